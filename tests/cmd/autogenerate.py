"""revision --autogenerate and check: one change of the models at a time is found, written, applied by Alembic and by
us, and taken back; and what Alembic's autogenerate finds on the same models and database, we find."""
import os
import shutil
import subprocess

from e2e import (SOURCE, expect, finish, folder, has, mariadb_databases, ok, postgresql_databases, read, run, same, server, write)

MODELS = '''from sqlalchemy import (CheckConstraint, Column, DateTime, Enum, ForeignKey, Index, Integer, String, Text,
                        UniqueConstraint)
from sqlalchemy.orm import declarative_base, relationship
Base = declarative_base()


class User(Base):
    __tablename__ = "users"
    __table_args__ = (CheckConstraint("age >= 0", name="ck_age"), UniqueConstraint("email", name="uq_email"),)
    id = Column(Integer, primary_key=True)
    email = Column(String(100), nullable=False)
    age = Column(Integer, nullable=False, server_default="1")
    state = Column(Enum("new", "old", name="state"))
    made = Column(DateTime)
    posts = relationship("Post")


class Post(Base):
    __tablename__ = "posts"
    __table_args__ = (Index("ix_title", "title"),)
    id = Column(Integer, primary_key=True)
    title = Column(String(50), comment="shown")
    user_id = Column(ForeignKey("users.id", name="fk_user"))
'''
TABLE = '''

class Tag(Base):
    __tablename__ = "tags"
    name = Column(String(20), primary_key=True)
'''

# What changes: the text, what takes its place, the lines of check, whether Alembic sees it on each database.
CHANGES = [
    ("a table is new", None, TABLE, ["add table tags"], "both"),
    ("a table is gone", MODELS[MODELS.index("\n\nclass Post"):], "", ["drop table posts"], "both"),
    ("a column is new", "    made =", "    nick = Column(Text)\n    made =", ["add column users.nick"], "both"),
    ("a column that must have a value is new", "    made =",
     "    nick = Column(Text, nullable=False, server_default='x')\n    made =", ["add column users.nick"], "both"),
    ("a column is gone", '    made = Column(DateTime)\n', "", ["drop column users.made"],
     "both"),
    ("a column may be empty", "age = Column(Integer, nullable=False,", "age = Column(Integer,",
     ["change column users.age: nullable from no to yes"], "both"),
    ("a type is wider", "String(100)", "String(200)", ["change column users.email: type"], "both"),
    ("a default is another", 'server_default="1"', 'server_default="2"', ["change column users.age: default"], "both"),
    ("a default is gone", ', server_default="1"', "", ["change column users.age: default"], "both"),
    ("an index is gone", 'Index("ix_title", "title"),', "", ["drop index posts.ix_title"], "both"),
    ("an index is new", 'Index("ix_title", "title"),', 'Index("ix_title", "title"), Index("ix_two", "user_id", "title"),',
     ["add index posts.ix_two"], "both"),
    ("an index is unique", 'Index("ix_title", "title")', 'Index("ix_title", "title", unique=True)',
     ["change index posts.ix_title: unique from no to yes"], "both"),
    ("a unique constraint is gone", ', UniqueConstraint("email", name="uq_email"),', ",",
     ["drop unique users.uq_email"], "both"),
    ("a unique constraint is new", 'Index("ix_title", "title")',
     'Index("ix_title", "title"), UniqueConstraint("title", name="uq_title")', ["add unique posts.uq_title"], "both"),
    ("a foreign key is gone", 'Column(ForeignKey("users.id", name="fk_user"))', "Column(Integer)",
     ["drop foreign key posts.fk_user"], "both"),
    ("a foreign key deletes", 'name="fk_user")', 'name="fk_user", ondelete="CASCADE")',
     ["change foreign key posts.fk_user: on_delete"], "both"),
    ("a comment is another", '"shown"', '"hidden"', ["change column posts.title: comment"], "postgresql"),
    ("a check constraint is another", "age >= 0", "age > 0", ["users.ck_age"], "neither"),
    ("a check constraint is gone", 'CheckConstraint("age >= 0", name="ck_age"), ', "", ["drop check users.ck_age"],
     "neither"),
    ("an enum has another value", '"new", "old"', '"new", "old", "lost"', ["state"], "neither"),
    ("nothing", "", "", [], "neither"),
]

ALEMBIC = shutil.which("alembic")
PYTHON = open(ALEMBIC).readline()[2:].strip() if ALEMBIC else None
COMMENTS = {"postgresql"}


class Peer:
    """Alembic's autogenerate, kept open."""

    def __init__(self, path, url):
        self.process = ALEMBIC and subprocess.Popen([PYTHON, "-B", SOURCE + "/tests/cmd/autogenerate_peer.py", url],
                                                    cwd=path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def finds(self):
        if not self.process:
            return None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        found = []
        for line in self.process.stdout:
            if line == "\n":
                return found
            found.append(line.rstrip("\n"))
        ok("Alembic compares", False, self.process.wait())
        return found

    def close(self):
        if self.process:
            self.process.stdin.close()
            self.process.wait()


def alembic(name, path, *words):
    if ALEMBIC:
        done = subprocess.run([ALEMBIC, *words], cwd=path, capture_output=True, text=True)
        ok(name, done.returncode == 0, done.stdout, done.stderr)
    else:
        expect(name, 0, path, *words)


def change(name, old, new):
    if old is None:
        return MODELS + new
    ok(f"{name}: the models have it", old in MODELS)
    return MODELS.replace(old, new)


def models_in_an_alembic_project(dialect, url, *more):
    path = folder("autogenerate")
    peer = Peer(path, url)
    expect("init", 0, path, "init", "--template", "generic", "migrations")
    ini = read(path + "/alembic.ini")
    at = ini.index("sqlalchemy.url")
    write(path + "/alembic.ini", ini[:at] + f"sqlalchemy.url = {url}" + ini[ini.index("\n", at):])
    env = path + "/migrations/env.py"
    write(env, read(env).replace("target_metadata = None",
                                 "from app.models import Base\ntarget_metadata = Base.metadata"))
    write(path + "/app/__init__.py", "")
    write(path + "/app/models.py", MODELS)
    r = expect("what is missing in an empty database is found", 2, path, "check", *more, part="add table posts")
    same("and it is two tables", r.out.count("add table"), 2, r)
    expect("and written", 0, path, "revision", "--autogenerate", "-m", "first", "--rev-id", "first",
           *more)
    alembic("Alembic applies the first revision", path, "upgrade", "head")
    expect("then there is nothing to do", 0, path, "check", *more, part="No new upgrade operations detected.")
    same("nor for Alembic", peer.finds() or [], [])
    for name, old, new, lines, seen in CHANGES:
        if "comment" in name and dialect not in COMMENTS:
            continue
        write(path + "/app/models.py", change(name, old, new))
        r = expect(f"{name}: check", 2 if lines else 0, path, "check", *more)
        for line in lines:
            has(f"{name}: found", r.out, line)
        theirs = peer.finds()
        if theirs is not None and seen in ("both", dialect):
            ok(f"{name}: Alembic finds it as well, which the test says", theirs != [], r)
        ok(f"{name}: what Alembic finds we find", not theirs or r.status == 2, theirs, r)
        if not lines or (dialect != "sqlite" and seen != "neither"):
            continue
        expect(f"{name}: written", 0, path, "revision", "--autogenerate", "-m", "second", "--rev-id", "second",
               *more)
        expect(f"{name}: upgrade", 0, path, "upgrade", "head")
        expect(f"{name}: nothing is left", 0, path, "check", *more)
        if seen == "both":
            same(f"{name}: nor for Alembic", peer.finds() or [], [])
        expect(f"{name}: downgrade", 0, path, "downgrade", "-1")
        for file in os.listdir(path + "/migrations/versions"):
            if file.startswith("second"):
                os.unlink(f"{path}/migrations/versions/{file}")
        write(path + "/app/models.py", MODELS)
        expect(f"{name}: taken back", 0, path, "check", *more)
    # The last word is Alembic's: it runs what was written, up and down.
    write(path + "/app/models.py", change("all", "String(100)", "String(200)").replace('"shown"', '"a :b c"') + TABLE)
    expect("a last revision", 0, path, "revision", "--autogenerate", "-m", "last", "--rev-id", "last",
           *more)
    alembic("Alembic runs it", path, "upgrade", "head")
    expect("and has built the models", 0, path, "check", *more)
    alembic("and takes it back", path, "downgrade", "-1")
    expect("which is behind", 4, path, "check", *more, part="Target database is not up to date.")
    peer.close()


def sql_in_a_project(url):
    path = folder("autogenerate")
    os.mkdir(path + "/revisions")
    write(path + "/lockstep.yaml", "project: p\n")
    expect("a project that names no schema says how", 64, path, "check", "--url", url, part="models: app.models:Base")
    write(path + "/lockstep.yaml", "project: p\nschema: [a.sql, b.sql]\n")
    write(path + "/a.sql", "CREATE TABLE a (id integer PRIMARY KEY);\n")
    write(path + "/b.sql", "CREATE VIEW v AS SELECT id FROM a;\n")
    expect("files of SQL", 0, path, "revision", "--autogenerate", "-m", "one", "--url", url, part="add view v")
    expect("are applied", 0, path, "upgrade", "head", "--url", url)
    r = expect("and nothing is left", 0, path, "revision", "--autogenerate", "-m", "two", "--url", url,
               part="no file is written")
    same("no file is written", len(os.listdir(path + "/revisions")), 1, r)
    write(path + "/b.sql", "CREATE VIEW v AS SELEC id FROM a;\n")
    expect("a mistake has its line", 1, path, "check", "--url", url, part="b.sql:1")
    write(path + "/lockstep.yaml", "project: p\ncommand: cat a.sql; echo 'CREATE TABLE b (x integer);'\n")
    r = expect("a command", 2, path, "check", "--url", url, part="add table b")
    has("that leaves the view out", r.out, "drop view v")
    write(path + "/lockstep.yaml", "project: p\ncommand: echo oh no >&2; exit 3\n")
    expect("a command that fails", 1, path, "check", "--url", url, part="oh no")
    write(path + "/lockstep.yaml", "project: p\nmodels: app:Base\ncommand: x\n")
    expect("two of them", 65, path, "check", "--url", url, part="only one of them counts")
    write(path + "/lockstep.yaml", "project: p\nmodels: app\n")
    write(path + "/app.py", "from sqlalchemy.orm import declarative_base\nfrom sqlalchemy import Column, Integer\n"
          "from shapes import Point\nBase = declarative_base()\n"
          "class A(Base):\n    __tablename__ = 'a'\n    id = Column(Integer, primary_key=True)\n")
    r = run(path, "check", "--url", url, "--format", "json")
    same("as JSON", [(d["change"], d["kind"], d["path"]) for d in r.json["differences"]],
         [("change", "column", "a.id")], r)
    same("with what changes", r.json["differences"][0]["attributes"], [{"name": "nullable", "from": "yes", "to": "no"}])
    write(path + "/app.py", read(path + "/app.py") + "    at = Column(Point)\n")
    expect("a type of others", 4, path, "check", "--url", url, part="app.py:8")
    expect("has a way out", 4, path, "check", "--url", url, part="command:")
    write(path + "/lockstep.yaml", "project: p\nmodels: nowhere:Base\n")
    expect("models that are not there", 64, path, "check", "--url", url, part="no module nowhere")


def models_that_python_prints(url):
    path = folder("autogenerate")
    write(path + "/app/__init__.py", "")
    write(path + "/app/models.py", MODELS)
    os.mkdir(path + "/revisions")
    write(path + "/lockstep.yaml", "project: p\nmodels: app.models:Base\n")
    expect("models of a project", 0, path, "revision", "--autogenerate", "-m", "one", "--url", url)
    expect("are built", 0, path, "upgrade", "head", "--url", url)
    if ALEMBIC:
        shutil.copy(SOURCE + "/examples/autogenerate/print_models.py", path)
        write(path + "/lockstep.yaml", f"project: p\ncommand: {PYTHON} -B print_models.py app.models:Base\n")
        expect("and are what SQLAlchemy itself prints", 0, path, "check", "--url", url)


def on_mariadb(database):
    path = folder("autogenerate")
    more = ["--url", database.url, "--scratch", server("mysql")]
    write(path + "/app/__init__.py", "")
    write(path + "/app/models.py", MODELS)
    os.mkdir(path + "/revisions")
    write(path + "/lockstep.yaml", "project: p\nmodels: app.models:Base\n")
    expect("MariaDB: models", 0, path, "revision", "--autogenerate", "-m", "one", *more)
    expect("MariaDB: are built", 0, path, "upgrade", "head", *more[:2])
    expect("MariaDB: and nothing is left", 0, path, "check", *more)
    write(path + "/app/models.py", change("all", "String(100)", "String(200)").replace('"old"', '"old", "lost"') + TABLE)
    r = expect("MariaDB: a change", 2, path, "check", *more, part="add table tags")
    has("MariaDB: of a type", r.out, "change column users.email: type")
    expect("MariaDB: is written", 0, path, "revision", "--autogenerate", "-m", "two", *more)
    expect("MariaDB: and applied", 0, path, "upgrade", "head", *more[:2])
    expect("MariaDB: and all there is", 0, path, "check", *more)
    expect("MariaDB: no server for a scratch database", 64, path, "check", *more[:2], part="scratch")


def main():
    place = folder("autogenerate-db")
    models_in_an_alembic_project("sqlite", f"sqlite:///{place}/models.db")
    for database in postgresql_databases("autogenerate", ["models"]) or []:
        models_in_an_alembic_project("postgresql", database.url, "--scratch", server("postgresql"))
    for database in mariadb_databases("autogenerate", ["models"]) or []:
        on_mariadb(database)
    sql_in_a_project(f"sqlite:///{place}/sql.db")
    models_that_python_prints(f"sqlite:///{place}/printed.db")
    finish()


if __name__ == "__main__":
    main()
