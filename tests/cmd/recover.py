"""After a crash on MariaDB: a statement that the server still works at is waited for, or ended when told; where nothing
tells what a statement did, a person is asked and answers; settings of the session are there again when it goes on."""
from e2e import *


class Scene:
    """A project with one target, and a client that dies while a statement is at work."""

    def __init__(self, name, target, **revisions):
        self.name, self.d = f"{target.dialect}: {name}", target
        target.reset()
        self.folder = project(folder("recover"))
        environment(self.folder, "dev", [target])
        revision(self.folder, "r1", "", "CREATE TABLE t1 (id integer);", "DROP TABLE t1;")
        self.expect(0, "apply", "dev", "--yes")
        for id, parts in revisions.items():
            revision(self.folder, id, f"r{int(id[1:]) - 1}", *parts)

    def expect(self, status, *words, part=""):
        return expect(f"{self.name}: {' '.join(words)}", status, self.folder, *words, part=part)

    def dies(self, at_work):
        process = start(self.folder, "apply", "dev", "--yes")
        wait_for(f"{self.name}: the statement", lambda: at_work(process))
        process.kill()
        ended(process)

    def run(self):
        return self.d.history()[-1][0]

    def state(self):
        return run(self.folder, "status", "dev", "--format", "json").json["targets"][0]["state"]

    def ends(self, at, tables):
        same(f"{self.name}: at", self.d.at(), at)
        same(f"{self.name}: tables", [t for t in self.d.tables() if t not in BOOKKEEPING], tables)
        same(f"{self.name}: nothing is open", [h for h in self.d.history() if h[3] in ("running", "half")], [])
        r = run(self.folder, "audit", "verify")
        same(f"{self.name}: the log is whole", r.status, 0, r)


def busy(d, text):
    return d.query("SELECT id FROM information_schema.processlist WHERE info LIKE "
                   f"'{text}%' AND db = '{d.database}' AND id <> connection_id()")


def paced(d, seconds):
    """How long the slow statements of this file take; what runs already keeps to what it has read. A table would be
    locked by them, and this variable of the server does nothing else here."""
    d.script(f"SET GLOBAL long_query_time = {seconds};")


PACE = "SLEEP(@@global.long_query_time)"


def outlives(d, seconds, *words):
    """The server goes on with a statement whose client has gone."""
    s = Scene(f"a statement of {seconds} s outlives its client, {' '.join(words)}", d,
              r2=(f"CREATE TABLE t2 AS SELECT {PACE} AS x;\nCREATE TABLE t3 (id integer);",
                  "DROP TABLE t3;\nDROP TABLE t2;"))
    paced(d, seconds)
    s.dies(lambda _: busy(d, "CREATE TABLE t2"))
    r = run(s.folder, "status", "dev")
    has(f"{s.name}: status", r.out, "another run works on this target")
    paced(d, 0)
    r = s.expect(0, *words, part="waiting: another run works on this target")
    ok(f"{s.name}: it is not waited for", "--kill" not in words or r.seconds < seconds / 2, r.seconds, r)
    s.ends(["r2"], ["t1", "t2", "t3"])


def undecided(d, statement, prepare, effect, why):
    """Nothing tells what it did: both answers, and the way that `plan` refuses to guess."""
    for answer, rows in (("--took-effect", 1), ("--no-effect", 2)):
        s = Scene(f"{statement}, {answer}", d)
        d.script(prepare)
        paced(d, 60)
        revision(s.folder, "r2", "r1", f"CREATE TABLE t2 (id integer);\n{statement};\nCREATE TABLE t3 (id integer);",
                 "DROP TABLE t3;\nDROP TABLE t2;")
        process = start(s.folder, "apply", "dev", "--yes")
        session = wait_for(f"{s.name}: the statement", lambda: busy(d, "DO SLEEP" if statement.startswith("CALL") else statement[:17]))
        d.script(f"KILL CONNECTION {session[0][0]};")
        r = ended(process)
        same(f"{s.name}: the run fails", r.status, 1, r)
        d.script(effect)
        paced(d, 0)
        has(f"{s.name}: status", s.state(), "inside r2: 1 of 3 statements took effect, whether the next did is for a "
            "person to say: " + why)
        r = s.expect(4, "plan", part="not known")
        has(f"{s.name}: and what to do", r.errors, "--took-effect")
        r = s.expect(4, "resume", s.run(), part="nobody can tell whether statement 2 of the upgrade of revision r2 took effect")
        has(f"{s.name}: names the statement", r.out, statement[:30])
        has(f"{s.name}: and the answers", r.out, "--no-effect")
        s.expect(0, "resume", s.run(), "-t", "main", answer)
        s.ends(["r2"], ["loose", "t1", "t2", "t3"])
        same(f"{s.name}: as was said", len(d.query("SELECT * FROM loose")), rows)


def session(d):
    """What the dead session had set is set again; what only it knew is not guessed."""
    s = Scene("settings of the session", d)
    d.script("CREATE TABLE child (id integer PRIMARY KEY, p integer, FOREIGN KEY (p) REFERENCES child (id));")
    slow = "CREATE TABLE t2 AS SELECT SLEEP({0}) AS x"

    def dies(more):
        """Its session is ended while the second statement is at work."""
        revision(s.folder, "r2", "r1", more.format(slow.format(30)), "DROP TABLE t2;")
        process = start(s.folder, "apply", "dev", "--yes")
        session = wait_for(f"{s.name}: the statement", lambda: busy(d, "CREATE TABLE t2"))
        d.script(f"KILL CONNECTION {session[0][0]};")
        r = ended(process)
        same(f"{s.name}: the run fails", r.status, 1, r)
        has(f"{s.name}: status", s.state(), "inside r2: 1 of 3 statements took effect")
        revision(s.folder, "r2", "r1", more.format(slow.format(0)), "DROP TABLE t2;")
    dies("SET foreign_key_checks = 0;\n{0};\nINSERT INTO child VALUES (1, 99);")
    s.expect(0, "apply", "dev", "--yes")
    s.ends(["r2"], ["child", "t1", "t2"])
    s = Scene("variables of the session", d)
    dies("SET @n = (SELECT 40 + 2);\n{0};\nINSERT INTO t1 VALUES (@n);")
    s.expect(4, "plan", part="statement 3 uses a variable of the session that statement 1 has set")
    s.expect(4, "resume", s.run(), part="statement 3 uses a variable of the session that statement 1 has set")
    same(f"{s.name}: no row without its value", d.query("SELECT * FROM t1"), [])


MAYBE = "inside r2: 0 of {} statements took effect, the next may have in part"


def first_dies(d, way, times):
    """Doing it again does no harm, but "nothing took effect" would leave it behind; also when it dies again."""
    s = Scene(f"dies in the first statement, with IF EXISTS, {times} times, then {way[0]}", d)
    d.script("CREATE TABLE old (id integer);")
    revision(s.folder, "r2", "r1", "DROP TABLE IF EXISTS old;\nCREATE TABLE t2 (id integer);",
             "DROP TABLE IF EXISTS t2;\nCREATE TABLE old (id integer);")
    words = ("apply", "dev", "--yes")
    for i in range(times):
        r = run(s.folder, *words, env={"LOCKSTEP_FAILPOINT": ("before" if i else "after") + "-statement:1"})
        same(f"{s.name}: died", r.status, -9, r)
        has(f"{s.name}: status", s.state(), MAYBE.format(2))
        words = ("resume",)
    s.expect(0, *way)
    s.ends(*((["r1"], ["old", "t1"]) if way[0] == "rollback" else (["r2"], ["t1", "t2"])))


def first_undo_dies(d):
    s = Scene("dies in the first statement of taking back", d, r2=(
        "CREATE TABLE t2 (id integer);\nCREATE TABLE t3 (id integer);", "DROP TABLE IF EXISTS t3;\nDROP TABLE t2;"))
    s.expect(0, "apply", "dev", "--yes")
    r = run(s.folder, "rollback", "--yes", env={"LOCKSTEP_FAILPOINT": "after-undo-statement:1"})
    same(f"{s.name}: died", r.status, -9, r)
    has(f"{s.name}: status", s.state(), "inside the downgrade of r2: 0 of 2 statements took effect, the next may have")
    s.expect(0, "rollback", "--yes")
    s.ends(["r1"], ["t1"])


def refused(d, statement, prepare, tells, left):
    """The server refuses it after a part of its work."""
    s = Scene(f"{statement}, refused", d)
    d.script(prepare)
    revision(s.folder, "r2", "r1", f"{statement};", "SELECT 1;")
    for words, part in ((("apply", "dev", "--yes"), tells), (("resume",), "")):
        r = s.expect(1, *words, *([s.run()] if words[0] == "resume" else []), part=part)
        has(f"{s.name}: {words[0]} does not say that it was rolled back", r.out, "the next may have in part", r)
        has(f"{s.name}: status", s.state(), MAYBE.format(1))
    same(f"{s.name}: what is left", [t for t in d.tables() if t not in BOOKKEEPING], left)
    revision(s.folder, "r2", "r1", "CREATE TABLE t9 (id integer);", "DROP TABLE t9;")
    s.expect(0, "apply", "dev", "--yes")
    s.ends(["r2"], sorted(left + ["t9"]))


def refused_whole(d, statement, *prepare):
    """One that did nothing leaves the target as it was, and says so."""
    s = Scene(f"{statement}, refused as a whole", d)
    for text in prepare:
        d.script(text)
    before = d.tables()
    revision(s.folder, "r2", "r1", f"{statement};", "SELECT 1;")
    r = s.expect(1, "apply", "dev", "--yes", part="it is at r1, as before")
    same(f"{s.name}: what is left", d.tables(), before, r)
    has(f"{s.name}: status", s.state(), "1 pending")


def dies_in(s, statement, session_of, more=""):
    """Revision r2 begins with it, and its session is ended while it is at work."""
    revision(s.folder, "r2", "r1", f"{statement};\n{more}", "DROP TABLE IF EXISTS t2;")
    process = start(s.folder, "apply", "dev", "--yes")
    session = wait_for(f"{s.name}: the statement", lambda: busy(s.d, session_of))
    s.d.script(f"KILL CONNECTION {session[0][0]};")
    r = ended(process)
    same(f"{s.name}: the run fails", r.status, 1, r)
    return r


def rows_may_have_come(d):
    """CREATE OR REPLACE TABLE once more would take the rows that came since."""
    s = Scene("CREATE OR REPLACE TABLE", d)
    paced(d, 30)
    r = dies_in(s, f"CREATE OR REPLACE TABLE t2 AS SELECT {PACE} AS x", "CREATE OR REPLACE TABLE t2")
    paced(d, 0)
    has(f"{s.name}: a person is asked", r.out, "--took-effect", r)
    s.expect(4, "plan", part="not known")
    s.expect(4, "resume", s.run(), part="--no-effect")
    s.expect(0, "stamp", "r1")
    s.ends(["r1"], ["t1"])


def settings_of_one_statement(d):
    """SET STATEMENT ... FOR is what stands behind it: not done once more as a setting of the session."""
    s = Scene("SET STATEMENT ... FOR an INSERT", d)
    paced(d, 30)
    insert = "SET STATEMENT lock_wait_timeout = 9 FOR INSERT INTO t1 VALUES (1)"
    slow = f"CREATE TABLE t2 AS SELECT {PACE} AS x"
    dies_in(s, insert, "CREATE TABLE t2", more=slow + ";")
    paced(d, 0)
    has(f"{s.name}: status", s.state(), "inside r2: 1 of 2 statements took effect")
    s.expect(0, "resume", s.run())
    s.ends(["r2"], ["t1", "t2"])
    same(f"{s.name}: one row", d.query("SELECT * FROM t1"), [("1",)])


def what_only_the_session_had(d):
    """Without the temporary table the INSERT would read the other table of that name; the last id would be another."""
    for name, before, after, part in (
            ("a temporary table", "CREATE TEMPORARY TABLE t1 AS SELECT 7 AS id", "INSERT INTO kept SELECT id FROM t1",
             "statement 1 left something in its session"),
            ("the last id", "INSERT INTO kept VALUES (NULL)", "INSERT INTO t1 VALUES (LAST_INSERT_ID())",
             "statement 3 asks the session about statements before it")):
        s = Scene(f"{name} of a session that died", d)
        d.script("CREATE TABLE kept (id integer AUTO_INCREMENT PRIMARY KEY);")
        paced(d, 30)
        dies_in(s, before, "CREATE TABLE t2", more=f"CREATE TABLE t2 AS SELECT {PACE} AS x;\n{after};")
        paced(d, 0)
        s.expect(4, "plan", part=part)
        s.expect(4, "resume", s.run(), part=part)
        same(f"{s.name}: nothing is guessed", d.query("SELECT id FROM t1"), [])


def old_history(d):
    """Tables of an earlier version, without the column of journal entries."""
    s = Scene("a history from before", d)
    d.script("ALTER TABLE lockstep_history DROP COLUMN in_flight;")
    revision(s.folder, "r2", "r1", "CREATE TABLE t2 (id integer);", "DROP TABLE t2;", header="-- transaction: off\n")
    s.expect(2, "status", part="1 pending")
    s.expect(0, "apply", "dev", "--yes")
    s.ends(["r2"], ["t1", "t2"])
    s.expect(0, "downgrade", "base")
    s.ends([], [])
    # A run of that version that died.
    d.script("ALTER TABLE lockstep_history DROP COLUMN in_flight;")
    d.script("INSERT INTO lockstep_history (run, revision, direction, total, done, prefix, outcome, started_at) SELECT "
             "'r-old', 'r1', 'upgrade', 1, 0, prefix, 'running', started_at FROM lockstep_history WHERE outcome = "
             "'applied' ORDER BY seq LIMIT 1;")
    has(f"{s.name}: status of one that died", s.state(), "the journal does not say what was in flight")
    s.expect(4, "plan", part="lockstep stamp")
    s.expect(0, "stamp", "base")
    s.expect(0, "apply", "dev", "--yes")
    s.ends(["r2"], ["t1", "t2"])


LIVE = '''"""reads the database"""
from alembic import op
import sqlalchemy as sa
revision = "r2"
down_revision = "r1"


def upgrade():
    n = op.get_bind().execute(sa.text("SELECT count(*) FROM t1")).scalar()
    op.create_table("t%d" % (n + 2), sa.Column("id", sa.Integer))
    op.execute("INSERT INTO t1 VALUES (5)")
    op.execute("INSERT INTO t1 VALUES (6)")
    op.add_column("t1", sa.Column("c", sa.Integer))


def downgrade():
    pass
'''


def live(d, turn, when):
    """A revision that reads the database dies at each of its statements: how many took effect is known exactly, and it goes
    on only from its start."""
    s = Scene(f"a live step dies {when} statement {turn}", d)
    write(f"{s.folder}/revisions/r2.py", LIVE)
    r = run(s.folder, "apply", "dev", "--yes", env={"LOCKSTEP_FAILPOINT": f"{when}-live-statement:{turn}"})
    same(f"{s.name}: died", r.status, -9, r)
    tables, rows = [t for t in d.tables() if t not in BOOKKEEPING], d.query("SELECT id FROM t1")
    # The rows go with the transaction that the next statement commits.
    done = ("t2" in tables) + len(rows) + ("c integer" in str(d.structure()["t1"]) or " c int" in str(d.structure()["t1"]))
    if done == 0:
        has(f"{s.name}: status", s.state(), "at the start of r2")
        s.expect(0, "resume")
        s.ends(["r2"], ["t1", "t2"])
        same(f"{s.name}: rows once", sorted(d.query("SELECT id FROM t1")), [("5",), ("6",)])
    else:
        has(f"{s.name}: status", s.state(), f"inside r2: {done} statements took effect", tables, rows)
        s.expect(4, "plan", part="reads the database")
        s.expect(4, "resume", part=f"after {done} statements, and that revision reads the database")


def keeps_its_lock(d, statement):
    """It would give up the lock of the run, and another one could begin on the target."""
    name = f"{d.dialect}: {statement}"
    d.reset()
    path = project(folder("recover"))
    environment(path, "dev", [d])
    revision(path, "r1", "", f"CREATE TABLE t1 (id integer);\n{statement};", "DROP TABLE t1;", header="-- transaction: off\n")
    r = expect(name, 65, path, "apply", "dev", "--yes", part="it would give up the lock of the run")
    same(f"{name}: nothing is done", d.tables(), [], r)


def another_search_path(d):
    """An index behind SET search_path is looked for where the statement made it, not where a new session would."""
    for at, done in (("before", 1), ("after", 2)):
        name = f"{d.dialect}: dies {at} an index in another schema"
        d.reset()
        d.script("DROP SCHEMA IF EXISTS other CASCADE; CREATE SCHEMA other; CREATE TABLE other.t (id integer); "
                 "CREATE TABLE t0 (id integer);")
        path = project(folder("recover"))
        environment(path, "dev", [d])
        revision(path, "r1", "", "SET search_path = other, public;\nCREATE INDEX CONCURRENTLY t_id ON t (id);\n"
                 "INSERT INTO t VALUES (1);", "DROP INDEX other.t_id;", header="-- transaction: off\n")
        r = run(path, "apply", "dev", "--yes", env={"LOCKSTEP_FAILPOINT": f"{at}-statement:2"})
        same(f"{name}: died", r.status, -9, r)
        state = run(path, "status", "dev", "--format", "json").json["targets"][0]["state"]
        has(f"{name}: status", state, f"inside r1: {done} of 3 statements took effect")
        expect(name, 0, path, "resume")
        same(f"{name}: one index, one row", d.query("SELECT (SELECT count(*) FROM pg_indexes WHERE indexname = 't_id' AND "
             "schemaname = 'other'), (SELECT count(*) FROM other.t)"), [("1", "1")])
        d.script("DROP SCHEMA other CASCADE;")


made = [databases(dialect, "recover", ["main"]) for dialect in DIALECTS]
for found in made:
    if found:
        old_history(found[0])
if made[1]:
    keeps_its_lock(made[1][0], "DISCARD ALL")
    keeps_its_lock(made[1][0], "SELECT pg_advisory_unlock_all()")
    if "failpoints" in run("/", "version").out:
        another_search_path(made[1][0])
if made[2]:
    d = made[2][0]
    keeps_its_lock(d, "DO RELEASE_ALL_LOCKS()")
    outlives(d, 5, "resume")
    outlives(d, 60, "resume", "--kill")
    undecided(d, "CALL fill()", "CREATE TABLE loose (id integer);\nDELIMITER //\nCREATE PROCEDURE fill() BEGIN "
              f"DO {PACE}; "
              "INSERT INTO loose VALUES (1); END//\nDELIMITER ;", "DELETE FROM loose; INSERT INTO loose VALUES (7);",
              "nothing in the catalogue tells about it")
    undecided(d, f"INSERT INTO loose SELECT {PACE}", "CREATE TABLE loose (id integer) ENGINE = MyISAM;",
              "DELETE FROM loose; INSERT INTO loose VALUES (7);", "the database has tables without transactions (loose)")
    undecided(d, f"INSERT INTO t1 SELECT {PACE}", "CREATE TABLE loose (id integer) ENGINE = MyISAM;\nCREATE TRIGGER "
              "keeps AFTER INSERT ON t1 FOR EACH ROW INSERT INTO loose VALUES (NEW.id);",
              "DELETE FROM loose; INSERT INTO loose VALUES (7);", "the database has tables without transactions (loose)")
    session(d)
    rows_may_have_come(d)
    settings_of_one_statement(d)
    what_only_the_session_had(d)
    refused(d, "DROP TABLE t1, missing", "SELECT 1;", "of what it names there was before it only: t1; now: nothing", [])
    refused(d, "DROP TABLE t1, parent", "CREATE TABLE parent (id integer PRIMARY KEY);\n"
            "CREATE TABLE child (id integer, FOREIGN KEY (id) REFERENCES parent (id));",
            "of what it names there is still: parent", ["child", "parent"])
    refused(d, "CALL fill()", "DELIMITER //\nCREATE PROCEDURE fill() BEGIN INSERT INTO t1 VALUES (1); COMMIT; "
            "SIGNAL SQLSTATE '45000'; END//\nDELIMITER ;", "statement 1 of 1", ["t1"])
    refused_whole(d, "DROP TABLE missing, gone")
    refused_whole(d, "CREATE OR REPLACE VIEW v AS SELECT nothing FROM t1")
    refused_whole(d, "ALTER TABLE t1 ADD COLUMN a integer, ADD COLUMN id integer")
    if "failpoints" in run("/", "version").out:
        for turn in (1, 2, 3, 4):
            live(d, turn, "before")
            live(d, turn, "after")
        for times in (1, 2):
            first_dies(d, ("resume",), times)
            first_dies(d, ("rollback", "--yes"), times)
        first_undo_dies(d)
finish()
