"""Atomic waves on real databases: all targets commit or none does, also when the process dies between two commits."""
import glob
from e2e import *
from poolers import _account, free_port

ALL = "rollout: { parallel: 4, atomic: true }\n"


class PlainServer:
    """A PostgreSQL without prepared transactions."""

    def __init__(self):
        binaries = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
        self.folder, self.port, self.binaries = folder("pg"), free_port(), binaries
        os.chmod(self.folder, 0o777)
        data = f"{self.folder}/data"
        as_postgres = _account("postgres")
        settings = {"cwd": "/", "stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **as_postgres}
        subprocess.run([f"{binaries}/initdb", "-D", data, "-A", "trust", "-U", "postgres", "--no-sync", "--no-instructions",
                        "--locale=C.UTF-8", "-E", "UTF8"], check=True, **settings)
        self.process = subprocess.Popen([f"{binaries}/postgres", "-D", data, "-p", str(self.port), "-c", "fsync=off", "-c",
                                         "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c",
                                         "max_prepared_transactions=0", "-c", "idle_in_transaction_session_timeout=300ms"], **settings)
        atexit.register(self.stop)
        wait_for("the second server", lambda: subprocess.run([*self.psql("postgres"), "-c", "SELECT 1"], capture_output=True).returncode == 0)

    def psql(self, database):
        return ["psql", "-X", "-q", "-A", "-t", "-F", "\t", "-P", "null=NULL", "-h", "127.0.0.1", "-p", str(self.port), "-U",
                "postgres", "-d", database]

    def database(self, name):
        subprocess.run([*self.psql("postgres"), "-c", f"CREATE DATABASE {name}"], check=True)
        client = Client(self.psql(name), f"\\echo {MARK}")
        client.run("SET client_min_messages = warning")
        made = PostgreSQL(name, client, name)
        made.url = f"postgresql://postgres@127.0.0.1:{self.port}/{name}"
        return made

    def stop(self):
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()


def fresh(targets, rollout=ALL, name="atomic", settings=""):
    path = project(folder(name))
    for d in targets:
        d.reset()
    environment(path, "prod", targets, rollout + settings)
    revision(path, "r1", "", "CREATE TABLE t1 (id integer);", "DROP TABLE t1;")
    revision(path, "r2", "r1", "INSERT INTO t1 VALUES (1);", "DELETE FROM t1;")
    return path


def nothing(name, targets):
    for d in targets:
        same(f"{name}: nothing on {d.name}", (d.at(), [t for t in d.tables() if t not in (*BOOKKEEPING, "lockstep_lock")]), ([], []))


def everything(name, targets):
    for d in targets:
        same(f"{name}: all on {d.name}", (d.at(), d.query("SELECT id FROM t1")), (["r2"], [("1",)]))
        same(f"{name}: history of {d.name}", standing(d.history()), ["r1", "r2"])


def prepared():
    return [r[0] for r in admin.query("SELECT gid FROM pg_prepared_xacts WHERE gid LIKE 'lockstep:%' ORDER BY 1")]


def breaks(path, d):
    """The second revision cannot succeed on this target."""
    d.script("CREATE TABLE t1 (id integer CHECK (id > 1))")
    revision(path, "r1", "", "CREATE TABLE IF NOT EXISTS t1 (id integer);", "DROP TABLE t1;")


pg = postgresql_databases("atomic", ["p1", "p2", "p3"])
if not pg:
    finish()
admin = pg[0]
lite = sqlite_databases("atomic", ["s1", "s2"])
maria = mariadb_databases("atomic", ["m1"])
plain_server = PlainServer()
plain = [plain_server.database("n1"), plain_server.database("n2")]

# ---------------------------------------------------------------- all commit
for name, targets, holds in (("prepared", pg, ["prepared"] * 3), ("open", plain, ["open"] * 2), ("sqlite", lite, ["open"] * 2),
                             ("mixed", [pg[0], plain[0], lite[0], maria[0], pg[1]], ["prepared", "open", "open", "first", "prepared"])):
    path = fresh(targets)
    r = expect(f"{name}: plan", 2, path, "plan", "prod", "-o", f"{path}/p.yaml")
    same(f"{name}: the plan says who waits how", re.findall(r"^ +hold: (\w+)", read(f"{path}/p.yaml"), re.M), holds)
    for part in {"prepared": "once that is decided all of them commit", "open": "these commit one after another", "first": "so it runs first"}[holds[-1] if name != "mixed" else "first"],:
        has(f"{name}: the summary says it", re.sub(r"\s+", " ", r.out), part)
    r = expect(f"{name}: apply", 0, path, "apply", f"{path}/p.yaml")
    everything(name, targets)
    same(f"{name}: nothing is left prepared", prepared(), [])
    expect(f"{name}: audit", 0, path, "audit", "verify")

# ---------------------------------------------------------------- one fails: none commits
for name, targets, bad in (("prepared", pg, 2), ("open", plain, 1), ("sqlite", lite, 1), ("mixed", [pg[0], plain[0], lite[0], maria[0], pg[1]], 2)):
    path = fresh(targets)
    breaks(path, targets[bad])
    r = expect(f"{name}, one fails", 1, path, "apply", "prod", "--yes", part=f"rolled back with its wave: {targets[bad].name} failed")
    nothing(f"{name}, one fails", [d for i, d in enumerate(targets) if i != bad])
    same(f"{name}, one fails: nothing on it", targets[bad].at(), [])
    same(f"{name}, one fails: nothing is left prepared", prepared(), [])
    expect(f"{name}, one fails: audit", 0, path, "audit", "verify")
    targets[bad].script("DROP TABLE t1")
    r = expect(f"{name}, one fails: resumed", 0, path, "resume", read_run := run(path, "audit", "log", "--format", "json").json["runs"][0]["run"]) \
        if name != "mixed" else expect(f"{name}, one fails: again", 0, path, "apply", "prod", "--yes")
    everything(f"{name}, one fails: then", targets)

# MariaDB fails: nobody else has begun.
targets = [pg[0], maria[0]]
path = fresh(targets)
breaks(path, maria[0])
r = expect("the first fails", 1, path, "apply", "prod", "--yes", "--format", "jsonl")
ok("the first fails: the others did not begin", '"target": "p1"' not in "".join(l for l in r.out.splitlines() if "target_started" in l), r.out)
nothing("the first fails", [pg[0]])
finish()
