"""What the end-to-end tests share: checks, projects, runs of the program, and databases read by their own clients
(psql, mariadb, Python's sqlite3), never by the program under test."""
import atexit
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

PROGRAM = os.path.realpath(os.environ["LOCKSTEP"])
SOURCE = os.environ["LOCKSTEP_SOURCE"]
os.environ["LC_ALL"] = "C.UTF-8"
os.environ.pop("NO_COLOR", None)

# ---------------------------------------------------------------- checks

_counts = {"passed": 0, "failed": 0}
_counting = threading.Lock()
_skipped = []


def ok(name, condition, *details):
    """A check. `details` are shown when it does not hold."""
    with _counting:
        _counts["passed" if condition else "failed"] += 1
        if not condition:
            print("not ok", name)
            for detail in details:
                print("    " + str(detail).replace("\n", "\n    "))
            sys.stdout.flush()
    return bool(condition)


def same(name, got, expected, *details):
    return ok(name, got == expected, f"expected: {expected!r}", f"got:      {got!r}", *details)


def has(name, text, part, *details):
    return ok(name, part in text, f"expected part: {part}", f"got: {text}", *details)


def finish():
    print(f"{_counts['passed']} passed, {_counts['failed']} failed")
    if _counts["failed"] or not _counts["passed"]:
        sys.exit(1)
    if _skipped:
        print("skipped for want of a server:", ", ".join(_skipped))
        sys.exit(77)
    sys.exit(0)


def wait_for(what, condition, seconds=60):
    """Poll until the condition gives something true; a check fails when it does not in time."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            ok(f"waiting for {what}", False)
            return value
        time.sleep(0.005)


# At once, for a machine that is busy: what has to be quick would take a minute otherwise.
SOON = 20

# ---------------------------------------------------------------- the program

class Result:
    def __init__(self, status, out, errors, seconds=0.0):
        self.status, self.out, self.errors, self.seconds = status, out, errors, seconds

    @property
    def json(self):
        return json.loads(self.out)

    def __str__(self):
        return f"status {self.status}\n{self.out}\n{self.errors}"


def start(folder, *words, env=None, **kw):
    kw.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.Popen([PROGRAM, *words], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            env={**os.environ, **(env or {})}, **kw)


def ended(process, timeout=120):
    began = time.monotonic()
    try:
        out, errors = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        out, errors = process.communicate()
        ok(f"{' '.join(process.args[1:])} ends within {timeout} s", False, out, errors)
    return Result(process.returncode, out, errors, time.monotonic() - began)


def run(folder, *words, env=None):
    return ended(start(folder, *words, env=env))


def expect(name, status, folder, *words, part="", env=None):
    """Run; check the status, and that `part` is in what it says."""
    r = run(folder, *words, env=env)
    if same(f"{name}: status", r.status, status, r) and part:
        has(f"{name}: says", r.out + r.errors, part)
    return r


# ---------------------------------------------------------------- projects

_folders = []


def folder(name="e2e"):
    """A fresh folder, in memory where that can be: the store waits for the disk at every event otherwise."""
    place = "/dev/shm" if os.access("/dev/shm", os.W_OK | os.X_OK) and "TMPDIR" not in os.environ else None
    path = tempfile.mkdtemp(prefix=f"lockstep-{name}-", dir=place)
    os.chmod(path, 0o755)
    _folders.append(path)
    return path


@atexit.register
def _clean():
    for client in list(_clients):
        client.close()
    for path in _folders:
        shutil.rmtree(path, ignore_errors=True)


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as f:
        f.write(text)
    return path


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def project(path, **environments):
    """lockstep.yaml, and environments from keyword arguments: text, or a list of targets (databases)."""
    write(f"{path}/lockstep.yaml", "project: e2e\n")
    os.makedirs(f"{path}/revisions", exist_ok=True)
    for name, content in environments.items():
        environment(path, name, content)
    return path


def environment(path, name, targets, more=""):
    text = targets if isinstance(targets, str) else "targets:\n" + "".join(
        f'  - {{ name: {t.name}, url: "{t.url}" }}\n' for t in targets)
    write(f"{path}/environments/{name}.yaml", f"environment: {name}\n{text}{more}")


def revision(path, id, revises="", upgrade="", downgrade=None, verify=None, header="", message=None):
    """Sections are text, or {dialect: text}; the key "" is the section for all."""
    def section(kind, content):
        if content is None:
            return ""
        if isinstance(content, str):
            content = {"": content}
        return "".join(f"-- {kind}{': ' + d if d else ''}\n{text}\n" for d, text in content.items())
    head = f"-- revision: {id}\n-- revises: {revises}\n-- message: {message or 'revision ' + id}\n{header}\n"
    return write(f"{path}/revisions/{id}.sql",
                 head + section("upgrade", upgrade) + section("downgrade", downgrade) + section("verify", verify))


# ---------------------------------------------------------------- databases

BOOKKEEPING = ("alembic_version", "lockstep_history", "lockstep_lock")
HISTORY = "run, revision, direction, outcome, done, total"


def server(name):
    """The base URL of a test server, or None."""
    url = os.environ.get(f"LOCKSTEP_TEST_{name.upper()}")
    if not url:
        if os.environ.get("LOCKSTEP_TEST_REQUIRE_SERVERS") == "1":
            ok(f"a {name} server", False, "run through tests/servers/with-servers")
        elif name not in _skipped:
            _skipped.append(name)
    return url


def port(url):
    return int(re.search(r":(\d+)", url.split("@")[-1]).group(1))


_clients = []
MARK = "--lockstep-end-of-answer--"


class Client:
    """A database's own client, kept open: texts go in, rows come out."""

    def __init__(self, args, ask):
        self.ask = ask
        self.process = subprocess.Popen(args, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        text=True, encoding="utf-8", bufsize=1)
        self.lock = threading.Lock()
        _clients.append(self)

    def run(self, sql, tolerate=False):
        with self.lock:
            self.process.stdin.write(f"{sql}\n;\n{self.ask}\n")
            self.process.stdin.flush()
            rows, failure = [], None
            for line in self.process.stdout:
                line = line.rstrip("\n")
                if line == MARK and failure and not tolerate:
                    raise RuntimeError(f"{failure}\n{sql}")
                if line == MARK:
                    return rows
                failure = failure or (line if line.startswith("ERROR") else None)
                rows.append(line)
            raise RuntimeError(f"the client has ended: {rows[-3:]}\n{sql}")

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        if self in _clients:
            _clients.remove(self)


def psql_args(database="postgres"):
    return ["psql", "-X", "-q", "-A", "-t", "-F", "\t", "-P", "null=NULL", "-h", "127.0.0.1", "-p",
            str(port(server("postgresql"))), "-U", "postgres", "-d", database]


def mariadb_args(database=None):
    args = ["mariadb", "--no-defaults", "-h", "127.0.0.1", "-P", str(port(server("mysql"))), "-u", "root",
            "--default-character-set=utf8mb4", "-N", "-B"]
    return args + ([database] if database else [])


class Database:
    """One target. `name` is its name in environments, `schema` what holds its tables."""
    transactional = True

    def __init__(self, name):
        self.name = name

    def tables(self):
        raise NotImplementedError

    def columns_of(self, tables):
        """{table: text} of columns, indexes, constraints."""
        raise NotImplementedError

    def at(self):
        return sorted(r[0] for r in self.query("SELECT version_num FROM alembic_version")) \
            if "alembic_version" in self.tables() else []

    def history(self, columns=HISTORY):
        return self.query(f"SELECT {columns} FROM lockstep_history ORDER BY seq") \
            if "lockstep_history" in self.tables() else []

    def snapshot(self):
        """Everything but the bookkeeping: {table: (structure, sorted rows)}."""
        tables = [t for t in self.tables() if t not in BOOKKEEPING]
        structure = self.structure()
        return {t: (structure.get(t), sorted(self.query(f"SELECT * FROM {t}"))) for t in tables}


class PostgreSQL(Database):
    dialect = "postgresql"
    now = "now()"

    def __init__(self, name, client, database, schema=None):
        super().__init__(name)
        self.client, self.database, self.schema = client, database, schema or "public"
        self.url = f"{server('postgresql')}/{database}" + (f"?schema={schema}" if schema else "")

    def script(self, sql):
        self.client.run(f"SET search_path = {self.schema};\n{sql}")

    def query(self, sql):
        rows = self.client.run(f"SET search_path = {self.schema};\n{sql}")
        return [tuple(r.split("\t")) for r in rows]

    def reset(self):
        self.client.run(f"SET client_min_messages = warning; DROP SCHEMA IF EXISTS {self.schema} CASCADE; "
                        f"CREATE SCHEMA {self.schema};")

    def tables(self):
        return [r[0] for r in self.query("SELECT table_name FROM information_schema.tables WHERE table_schema = "
                                         f"'{self.schema}' ORDER BY 1")]

    def structure(self):
        rows = self.query(
            "SELECT table_name, string_agg(concat_ws(' ', column_name, data_type, is_nullable, column_default), ', ' "
            f"ORDER BY ordinal_position) FROM information_schema.columns WHERE table_schema = '{self.schema}' GROUP BY 1 "
            "UNION ALL SELECT tablename, string_agg(replace(indexdef, schemaname || '.', ''), '; ' ORDER BY indexname) "
            f"FROM pg_indexes WHERE schemaname = '{self.schema}' GROUP BY 1 ORDER BY 1, 2")
        found = {}
        for table, text in rows:
            found.setdefault(table, []).append(text)
        return found


class MariaDB(Database):
    dialect = "mysql"
    now = "utc_timestamp()"
    transactional = False

    def __init__(self, name, client, database):
        super().__init__(name)
        self.client, self.database = client, database
        self.url = f"{server('mysql')}/{database}"

    def script(self, sql):
        self.client.run(f"USE {self.database};\n{sql}")

    def query(self, sql):
        return [tuple(r.split("\t")) for r in self.client.run(f"USE {self.database};\n{sql}")]

    def reset(self):
        self.client.run(f"DROP DATABASE IF EXISTS {self.database}; CREATE DATABASE {self.database};")

    def tables(self):
        return [r[0] for r in self.query("SELECT table_name FROM information_schema.tables WHERE table_schema = "
                                         f"'{self.database}' ORDER BY 1")]

    def structure(self):
        rows = self.query(
            "SELECT table_name, concat_ws(' ', ordinal_position, column_name, column_type, is_nullable, column_default) "
            f"FROM information_schema.columns WHERE table_schema = '{self.database}' UNION ALL "
            "SELECT table_name, concat_ws(' ', 'index', index_name, seq_in_index, column_name, non_unique) "
            f"FROM information_schema.statistics WHERE table_schema = '{self.database}' ORDER BY 1, 2")
        found = {}
        for table, text in rows:
            found.setdefault(table, []).append(text)
        return found


class SQLite(Database):
    dialect = "sqlite"

    def __init__(self, name, path):
        super().__init__(name)
        self.path = path
        self.url = f"sqlite:///{path}"

    def _open(self):
        return sqlite3.connect(self.path, timeout=20)

    def script(self, sql):
        c = self._open()
        c.executescript(sql)
        c.close()

    def query(self, sql):
        c = self._open()
        rows = [tuple("NULL" if v is None else str(v) for v in r) for r in c.execute(sql)]
        c.close()
        return rows

    def reset(self):
        for suffix in ("", "-wal", "-shm", "-journal", "-lockstep-lock"):
            if os.path.exists(self.path + suffix):
                os.unlink(self.path + suffix)

    def tables(self):
        return [r[0] for r in self.query("SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT "
                                         "LIKE 'sqlite_%' ORDER BY 1")] if os.path.exists(self.path) else []

    def structure(self):
        found = {}
        for table, sql in self.query("SELECT tbl_name, coalesce(sql, name) FROM sqlite_master ORDER BY type, name"):
            found.setdefault(table, []).append(sql)
        return found


def postgresql_databases(prefix, names, schemas=False):
    """A database for each name; with `schemas` a schema each in one database. None without a server."""
    if not server("postgresql"):
        return None
    admin = Client(psql_args(), f"\\echo {MARK}")
    made = []
    own = [f"{prefix}_{os.getpid()}"] if schemas else [f"{prefix}_{n.replace('-', '_')}_{os.getpid()}" for n in names]
    for database in own:
        admin.run(f"DROP DATABASE IF EXISTS {database}")
        admin.run(f"CREATE DATABASE {database}")
        atexit.register(_drop_postgresql, database)
    client = None
    for i, n in enumerate(names):
        if not schemas or client is None:
            client = Client(psql_args(own[0 if schemas else i]), f"\\echo {MARK}")
            client.run("SET client_min_messages = warning")
        made.append(PostgreSQL(n, client, own[0 if schemas else i], f"s_{n.replace('-', '_')}" if schemas else None))
    admin.close()
    return made


def _drop_postgresql(database):
    for c in list(_clients):
        c.close()
    subprocess.run([*psql_args(), "-c", f"DROP DATABASE IF EXISTS {database} WITH (FORCE)"], capture_output=True)


def postgresql_user(database, password, more=""):
    """The name of a user, this test's own, who has to tell a password. It lasts as long as the server."""
    name = f"e2e_{os.getpid()}"
    quoted = password.replace("'", "''")
    database.client.run(f"CREATE ROLE {name} LOGIN PASSWORD '{quoted}' IN ROLE with_password {more}")
    return name


def mariadb_databases(prefix, names):
    if not server("mysql"):
        return None
    client = Client(mariadb_args() + ["-n", "--force"], f"SELECT '{MARK}';")
    made = [MariaDB(n, client, f"{prefix}_{n.replace('-', '_')}_{os.getpid()}") for n in names]
    for d in made:
        d.reset()
        atexit.register(_drop_mariadb, d.database)
    return made


def _drop_mariadb(database):
    subprocess.run([*mariadb_args(), "-e", f"DROP DATABASE IF EXISTS {database}"], capture_output=True)


def sqlite_databases(prefix, names, place=None):
    place = place or folder(prefix)
    return [SQLite(n, f"{place}/{n}.db") for n in names]


def databases(dialect, prefix, names, **kw):
    return {"sqlite": sqlite_databases, "postgresql": postgresql_databases, "mysql": mariadb_databases}[dialect](
        prefix, names, **kw)


DIALECTS = ("sqlite", "postgresql", "mysql")


# A statement that takes long, and how to see that it is at work.
SLOW = {"postgresql": "SELECT pg_sleep(60)", "mysql": "SET @slow = SLEEP(60)",
        "sqlite": "INSERT INTO t1 SELECT sum(x) FROM (WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c "
                  "WHERE x < 2000000000) SELECT x FROM c)"}


def at_work(d, process, seconds=60):
    """Is the slow statement of this process running?"""
    if d.dialect == "postgresql":
        return d.query(f"SELECT 1 FROM pg_stat_activity WHERE datname = '{d.database}' AND state = 'active' AND "
                       f"query LIKE '%pg_sleep({seconds})%' AND pid <> pg_backend_pid()")
    if d.dialect == "mysql":
        return d.query(f"SELECT 1 FROM information_schema.processlist WHERE db = '{d.database}' AND info LIKE '%SLEEP({seconds})%' "
                       "AND id <> connection_id()")
    return cpu_ticks(process.pid) > 15


def heeds(process, number=signal.SIGINT):
    """Does the program take this signal in its own way by now: by a handler, or blocked and read?"""
    masks = re.findall(r"^Sig(?:Blk|Cgt):\s*(\w+)", read(f"/proc/{process.pid}/status"), re.M)
    return process.poll() is not None or any(int(m, 16) >> (number - 1) & 1 for m in masks)


def cpu_ticks(pid):
    fields = read(f"/proc/{pid}/stat").rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def standing(history):
    """The revisions that a history says stand, oldest first: rows of run, revision, direction, outcome, ..."""
    found = []
    for _, id, direction, outcome, *_ in history:
        if outcome not in ("applied", "stamped"):
            continue
        if id in found:
            found.remove(id)
        if direction != "downgrade":
            found.append(id)
    return found


__all__ = [n for n in dir() if not n.startswith("_")]
