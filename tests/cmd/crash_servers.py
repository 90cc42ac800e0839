"""A disk that is full, under the store and under targets; servers that are killed in the middle of a run and started again.
Nothing is lost and nothing is done twice: what failed is told, and `resume` finishes it."""
import resource
import socket
from concurrent.futures import ThreadPoolExecutor
from e2e import *


def limited(size):
    return {"preexec_fn": lambda: (signal.signal(signal.SIGXFSZ, signal.SIG_IGN),
                                   resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)))}


def size_of(path):
    return sum(os.path.getsize(f"{path}/.lockstep/{f}") for f in os.listdir(f"{path}/.lockstep"))


def last_run(path):
    runs = run(path, "audit", "log", "--format", "json").json["runs"]
    return runs[0]["run"] if runs else "none"


def finish_run(name, path, targets, at):
    """Whatever the end of the run before was, it goes on."""
    r = run(path, "resume")
    if "no run is unfinished" in r.errors:  # it has ended, as failed
        r = run(path, "resume", last_run(path))
    if "there is no run" in r.errors:  # or had not begun
        r = run(path, "apply", "dev", "--yes")
    same(f"{name}: goes on", r.status, 0, r)
    for d in targets:
        same(f"{name}: {d.name} at", d.at(), at, r)
        same(f"{name}: {d.name}: nothing is open", [h for h in d.history() if h[3] in ("running", "half")], [])
    r = run(path, "audit", "verify")
    same(f"{name}: the log is whole", r.status, 0, r)


def full_target(transaction):
    """The database file cannot grow any more."""
    name = f"a full disk under SQLite, transaction: {transaction}"
    d = sqlite_databases("full", ["main"])[0]
    d.reset()
    path = project(folder("full"))
    environment(path, "dev", [d])
    header = "-- transaction: off\n" if transaction == "off" else ""
    rows = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 600) INSERT INTO t1 SELECT x, " \
           "randomblob(4000) FROM c"
    revision(path, "r1", "", f"CREATE TABLE t1 (id integer, v blob);\nINSERT INTO t1 (id) VALUES (0);\n{rows};\n"
             "CREATE TABLE t2 (id integer);", "DROP TABLE t2;\nDROP TABLE t1;", header=header)
    r = ended(start(path, "apply", "dev", "--yes", **limited(1 << 20)))
    same(f"{name}: the run fails", r.status, 1, r)
    has(f"{name}: says why", r.out + r.errors, "disk")
    same(f"{name}: at", d.at(), [])
    state = run(path, "status", "dev", "--format", "json").json["targets"][0]["state"]
    if transaction == "off":
        has(f"{name}: status", state, "inside r1: 2 of 4 statements took effect")
        same(f"{name}: rows", d.query("SELECT id FROM t1"), [("0",)])
    else:
        same(f"{name}: status", state, "1 pending")
    finish_run(name, path, [d], ["r1"])
    same(f"{name}: rows once", d.query("SELECT count(*), count(DISTINCT id) FROM t1"), [("601", "601")])


def full_store(found, kilobytes):
    """The log cannot be written any more: nothing is committed that is not in it."""
    name = f"a full disk under the store, {found[0].dialect}, {kilobytes} kB"
    for d in found:
        d.reset()
    path = project(folder("full"))
    environment(path, "dev", found)
    for i in range(1, 13):
        body = "".join(f"INSERT INTO t{i} VALUES ({k});\n" for k in range(8))
        revision(path, f"r{i}", f"r{i - 1}" if i > 1 else "", f"CREATE TABLE t{i} (id integer);\n{body}",
                 f"DROP TABLE t{i};")
    r = ended(start(path, "apply", "dev", "--yes", "--transaction", "revision", **limited(kilobytes << 10)))
    ok(f"{name}: it is not done", r.status not in (0, -9, -11), r)
    for d in found:
        at = int(d.at()[0][1:]) if d.at() else 0
        history = [h for h in d.history() if h[3] == "applied"]
        same(f"{name}: {d.name}: the history gives the position", len(history), at, d.history())
    r = run(path, "audit", "verify")
    ok(f"{name}: no head is missing", r.status == 0 or "has no end" in r.out, r)
    finish_run(name, path, found, ["r12"])
    for d in found:
        for i in range(1, 13):
            same(f"{name}: {d.name}: rows of t{i}", len(d.query(f"SELECT * FROM t{i}")), 8)


# ---------------------------------------------------------------- servers of our own

def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    """One that may be killed: a process and a folder."""

    def __init__(self):
        self.place, self.port = folder("server"), free_port()

    def start(self):
        self.process = subprocess.Popen(self.args, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        start_new_session=True, cwd=self.place)
        atexit.register(self.stop)
        wait_for(f"{self.dialect} to start", self.answers, 40)

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def ask(self, sql):
        return subprocess.run([*self.client, sql], capture_output=True, text=True)

    def answers(self):
        return self.ask("SELECT 1").returncode == 0


class OwnPostgreSQL(Server):
    dialect = "postgresql"

    def __init__(self):
        super().__init__()
        found = subprocess.run("ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1", shell=True, capture_output=True,
                               text=True).stdout.strip()
        user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        if user:
            shutil.chown(self.place, "postgres")
        subprocess.run([*user, f"{found}/initdb", "-D", f"{self.place}/data", "-A", "trust", "-U", "postgres",
                        "--no-sync", "--locale=C.UTF-8", "-E", "UTF8"], check=True, capture_output=True, cwd=self.place)
        self.args = [*user, f"{found}/postgres", "-D", f"{self.place}/data", "-p", str(self.port), "-k", self.place, "-c",
                     "listen_addresses=127.0.0.1"]
        self.client = ["psql", "-X", "-q", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-A", "-t", "-c"]
        self.url = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def die(self):
        """All of its processes at once, as when the power goes."""
        pid = int(read(f"{self.place}/data/postmaster.pid").split("\n")[0])
        children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True).stdout.split()
        for p in (pid, *map(int, children)):
            try:
                os.kill(p, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()

    def stop(self):
        if self.process.poll() is None:
            self.die()


class OwnMariaDB(Server):
    dialect = "mysql"

    def __init__(self):
        super().__init__()
        user = ["--user=mysql"] if os.getuid() == 0 else []
        os.environ["PATH"] += ":/usr/sbin"
        if user:
            shutil.chown(self.place, "mysql")
        # Of its own: a server that starts removes the temporary files of others in the same folder.
        temporary = f"{self.place}/tmp"
        os.mkdir(temporary)
        if user:
            shutil.chown(temporary, "mysql")
        data = f"{self.place}/data"
        subprocess.run(["mariadb-install-db", "--no-defaults", *user, f"--datadir={data}", "--skip-test-db",
                        "--auth-root-authentication-method=normal", "--innodb-log-file-size=8M"], check=True,
                       capture_output=True, cwd=self.place, env={**os.environ, "TMPDIR": temporary})
        self.args = ["mariadbd", "--no-defaults", *user, f"--datadir={data}", f"--socket={self.place}/s.sock",
                     f"--port={self.port}", "--bind-address=127.0.0.1", "--skip-name-resolve", "--skip-log-bin", f"--tmpdir={temporary}",
                     "--innodb-buffer-pool-size=16M", "--innodb-log-file-size=8M", f"--log-error={self.place}/err.log"]
        self.client = ["mariadb", "--no-defaults", "-h", "127.0.0.1", "-P", str(self.port), "-u", "root", "-N", "-B", "-e"]
        self.url = f"mysql://root@127.0.0.1:{self.port}/shop"

    def start(self):
        super().start()
        self.ask("CREATE DATABASE IF NOT EXISTS shop")

    def die(self):
        self.process.kill()
        self.process.wait()


def server_dies(server, at_work, body, back_at_once):
    """kill -9 for the server while a statement is at work; the run fails, says so, and is finished afterwards. A server
    that is back soon is asked what took effect by that run itself."""
    name = f"{server.dialect} dies in the middle of a run"
    server.start()
    path = project(folder("dies"))
    environment(path, "dev", f'settings: {{ connect_timeout: 2s }}\ntargets:\n  - {{ name: main, url: "{server.url}" }}\n')
    revision(path, "r1", "", "CREATE TABLE t1 (id integer);\nINSERT INTO t1 VALUES (1);", "DROP TABLE t1;")
    revision(path, "r2", "r1", body, "DROP TABLE t3;\nDROP TABLE t2;")
    process = start(path, "apply", "dev", "--yes", "--transaction", "revision")
    wait_for(f"{name}: the statement", lambda: server.ask(at_work).stdout.strip() not in ("", "0"))
    server.die()
    if back_at_once:
        server.start()
    r = ended(process)
    ok(f"{name}: the run fails", r.status in (1, 69), r)
    ok(f"{name}: soon", r.seconds < 40, r.seconds)
    if not back_at_once:
        r = run(path, "status", "dev")
        same(f"{name}: status without it", r.status, 69, r)
        server.start()
    r = run(path, "status", "dev")
    same(f"{name}: status with it", r.status, 2, r)
    ok(f"{name}: where it stands", "inside r2: 1 of 3" in r.out if server.dialect == "mysql" else "1 pending" in r.out, r)
    r = run(path, "resume", last_run(path))
    same(f"{name}: it goes on", r.status, 0, r)
    shop = "shop." if server.dialect == "mysql" else ""
    for table, rows in (("t1", "1"), ("t2", "1"), ("t3", "0")):
        same(f"{name}: {table}", server.ask(f"SELECT count(*) FROM {shop}{table}").stdout.strip(), rows)
    same(f"{name}: the position", server.ask(f"SELECT version_num FROM {shop}alembic_version").stdout.strip(), "r2")
    r = run(path, "audit", "verify")
    same(f"{name}: the log is whole", r.status, 0, r)
    server.die()


def disks():
    full_target("on")
    full_target("off")
    for dialect in DIALECTS:
        found = databases(dialect, "full", ["one", "two", "three"])
        for size in (96, 176) if found else ():
            full_store(found, size)


def own_postgresql():
    server_dies(OwnPostgreSQL(), "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(2)%' AND pid <> "
                "pg_backend_pid()",
                "CREATE TABLE t2 (id integer);\nINSERT INTO t2 SELECT 1 FROM pg_sleep(2);\nCREATE TABLE t3 (id integer);",
                False)


def own_mariadb():
    server_dies(OwnMariaDB(), "SELECT count(*) FROM information_schema.processlist WHERE info LIKE 'CREATE TABLE t3%'",
                "CREATE TABLE t2 AS SELECT 1 AS id;\nCREATE TABLE t3 AS SELECT SLEEP(2) AS id;\nDELETE FROM t3;", True)


with ThreadPoolExecutor(3) as pool:
    for done in [pool.submit(disks)] + [pool.submit(own) for name, own in (("postgresql", own_postgresql),
                                                                          ("mysql", own_mariadb)) if server(name)]:
        done.result()
finish()
