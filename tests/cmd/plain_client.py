"""A revision does what the database's own client would do with its text: what a statement asks about the ones before it
(how many rows, the last id) tells about those of the revision, not about Lockstep's own between them."""
from e2e import *

CASES = {
    "mysql": ("CREATE TABLE log (what varchar(20), n bigint);\n"
              "CREATE TABLE a (id integer AUTO_INCREMENT PRIMARY KEY, v integer UNIQUE);\n"
              "INSERT INTO a (id, v) VALUES (41, 41);\n"
              "CREATE TRIGGER counts BEFORE INSERT ON log FOR EACH ROW SET NEW.n = COALESCE(NEW.n, ROW_COUNT());",
              {"ROW_COUNT() in the next INSERT": "INSERT INTO a (v) VALUES (1), (2), (3);\n"
                                                 "INSERT INTO log SELECT 'rows', ROW_COUNT();",
               "ROW_COUNT() in a SET": "INSERT INTO a (v) VALUES (1), (2), (3);\nUPDATE a SET v = v + 100 WHERE v < 3;\n"
                                       "SET @n = ROW_COUNT();\nINSERT INTO log VALUES ('set', @n);",
               "ROW_COUNT() in a trigger": "INSERT INTO a (v) VALUES (1), (2), (3);\nINSERT INTO log VALUES ('t', NULL);",
               "FOUND_ROWS()": "INSERT INTO a (v) VALUES (1), (2), (3);\nSELECT SQL_CALC_FOUND_ROWS id FROM a LIMIT 1;\n"
                               "INSERT INTO log SELECT 'found', FOUND_ROWS();",
               "an id that no statement has made": "INSERT IGNORE INTO a (v) VALUES (41);\n"
                                                   "INSERT INTO log SELECT 'id', LAST_INSERT_ID();",
               "the last id": "INSERT INTO a (v) VALUES (1);\nALTER TABLE a ADD COLUMN w integer;\n"
                              "INSERT INTO log SELECT 'id', LAST_INSERT_ID();"}),
    "postgresql": ("CREATE TABLE log (what text, n bigint);\nCREATE TABLE a (id serial PRIMARY KEY, v integer UNIQUE);",
                   {"the last id": "INSERT INTO a (v) VALUES (1), (2);\nINSERT INTO log VALUES ('id', lastval());\n"
                                   "INSERT INTO log VALUES ('id', currval('a_id_seq'));"}),
    "sqlite": ("CREATE TABLE log (what text, n integer);\nCREATE TABLE a (id integer PRIMARY KEY, v integer UNIQUE);",
               {"changes()": "INSERT INTO a (v) VALUES (1), (2), (3);\nINSERT INTO log SELECT 'rows', changes();",
                "the last id": "INSERT INTO a (v) VALUES (1), (2);\nINSERT INTO log SELECT 'id', last_insert_rowid();"}),
}


def in_client(d, text):
    """In a session of its own, which knows nothing of statements before."""
    if d.dialect == "sqlite":
        return d.script(text)
    args = mariadb_args(d.database) if d.dialect == "mysql" else psql_args(d.database)
    r = subprocess.run(args, input=text, capture_output=True, text=True)
    same(f"{d.dialect}: the client", (r.returncode, r.stderr), (0, ""))


def both(d, name, prepare, text, header):
    d.reset()
    d.script(prepare)
    in_client(d, text)
    expected = d.snapshot()
    d.reset()
    d.script(prepare)
    f = project(folder("plain"))
    environment(f, "dev", [d])
    revision(f, "r1", "", text, "SELECT 1;", header=header)
    r = expect(name, 0, f, "apply", "dev", "--yes")
    same(f"{name}: as the client", d.snapshot(), expected, r)


def live(d, name, prepare, text):
    """The same statements from a revision in Python that reads the database."""
    d.reset()
    d.script(prepare)
    in_client(d, text)
    expected = d.snapshot()
    d.reset()
    d.script(prepare)
    f = project(folder("plain"))
    environment(f, "dev", [d])
    lines = "".join(f"    op.execute({s!r})\n" for s in text.rstrip(";").split(";\n"))
    write(f"{f}/revisions/r1.py", "revision = 'r1'\ndown_revision = None\nfrom alembic import op\nimport sqlalchemy as sa\n"
          "def upgrade():\n    op.execute('CREATE TABLE made (n bigint)')\n"
          f"    op.get_bind().execute(sa.text('SELECT count(*) FROM log')).scalar()\n{lines}    op.execute('DROP TABLE made')\n"
          "def downgrade():\n    pass\n")
    r = expect(name, 0, f, "apply", "dev", "--yes")
    same(f"{name}: as the client", d.snapshot(), expected, r)


for dialect in DIALECTS:
    prepare, cases = CASES[dialect]
    for d in databases(dialect, "plain", ["main"]) or []:
        for what, text in cases.items():
            both(d, f"{dialect}: {what}", prepare, text, "")
            both(d, f"{dialect}, outside of transactions: {what}", prepare, text, "-- transaction: off\n")
            live(d, f"{dialect}, in Python: {what}", prepare, text)
finish()
