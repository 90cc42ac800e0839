"""Atomic waves on real databases: all targets commit or none does, also when the process dies between two commits."""
import glob
from e2e import *
from poolers import PgBouncer, _account, _stop, free_port

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
                                         "max_prepared_transactions=0", "-c", "idle_in_transaction_session_timeout=700ms"], **settings)
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
    return [r[0] for r in admin.query(
        "SELECT gid FROM pg_prepared_xacts WHERE gid LIKE 'lockstep:%' AND database IN ("
        + ", ".join(f"'{d.database}'" for d in pg) + ") ORDER BY 1")]


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
    for part in {"prepared": "once it is decided all of them commit", "open": "then one after another", "first": "first, and taken back if the rest fails"}[holds[-1] if name != "mixed" else "first"],:
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

# ---------------------------------------------------------------- what cannot wait, and what does not last
def failing_commit(d):
    """The transaction of the revisions fails when it is committed, or prepared."""
    d.script("CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'not today'; END$$;"
             "CREATE TABLE t1 (id integer);"
             "CREATE CONSTRAINT TRIGGER c AFTER INSERT ON t1 DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION no()")


def with_table(path):
    revision(path, "r1", "", "CREATE TABLE IF NOT EXISTS t1 (id integer);", "DROP TABLE t1;")


path = fresh(pg)
failing_commit(pg[1])
with_table(path)
r = expect("preparing fails", 1, path, "apply", "prod", "--yes", part="not today")
nothing("preparing fails", [pg[0], pg[2]])
same("preparing fails: nothing is left prepared", prepared(), [])

path = fresh(pg)
revision(path, "r1", "", {"postgresql": "CREATE TEMP TABLE x (id integer); CREATE TABLE t1 (id integer);"}, "DROP TABLE t1;")
r = expect("a temporary table", 1, path, "apply", "prod", "--yes", part="temporary")
nothing("a temporary table", pg)

# The window: the first of the open ones has committed when the second cannot.
targets = [pg[0], plain[0], plain[1], pg[1]]
for on_failure in ("stop", "rollback"):
    path = fresh(targets, f"rollout: {{ parallel: 4, atomic: true, on_failure: {on_failure} }}\n")
    failing_commit(plain[1])
    with_table(path)
    r = expect(f"the window, {on_failure}", 1, path, "apply", "prod", "--yes", part="not today")
    nothing(f"the window, {on_failure}", [pg[0], plain[0], pg[1]])
    same(f"the window, {on_failure}: it was taken back", [h[1:4] for h in plain[0].history()][-1], ("r1", "downgrade", "applied"))
    same(f"the window, {on_failure}: nothing is left prepared", prepared(), [])
    expect(f"the window, {on_failure}: audit", 0, path, "audit", "verify")

# A server that ends idle transactions does not end those that wait; one whose session is ended is noticed in time.
sleeping = "rollout: { parallel: 4, atomic: true }\n"
for name, ended_by_somebody in (("a server that ends idle transactions", False), ("a session is ended", True)):
    path = fresh(plain, sleeping)
    revision(path, "r1", "", f"CREATE TABLE t1 (id integer); SELECT pg_sleep(1.2) WHERE current_database() = 'n2';", "DROP TABLE t1;")
    process = start(path, "apply", "prod", "--yes")
    if ended_by_somebody:
        found = wait_for("n1 waits", lambda: plain[0].query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'n1' AND "
                                                            "state = 'idle in transaction'"))
    r = ended(process)
    same(f"{name}: status", r.status, 1 if ended_by_somebody else 0, r)
    if ended_by_somebody:
        has(f"{name}: says", r.errors + r.out, "did not last until the others of the wave were done")
        nothing(name, plain)
    else:
        everything(name, plain)

# The session of a prepared transaction may go: the transaction stays, and is committed or rolled back by the next.
for name, then in (("the session of a prepared one is ended", ""), ("the same, and the last one fails", "DO $$BEGIN IF current_database() LIKE '%p3%' THEN RAISE EXCEPTION 'no'; END IF; END$$;")):
    path = fresh(pg)
    revision(path, "r1", "", f"CREATE TABLE t1 (id integer); SELECT pg_sleep(1.5) WHERE current_database() LIKE '%p3%'; {then}", "DROP TABLE t1;")
    process = start(path, "apply", "prod", "--yes")
    wait_for("two wait", lambda: len(prepared()) == 2)
    ended_sessions = admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'lockstep%' AND "
                                 f"datname IN ('{pg[0].database}', '{pg[1].database}')")
    ok(f"{name}: sessions were ended", len(ended_sessions) >= 2, ended_sessions)
    r = ended(process)
    same(f"{name}: status", r.status, 1 if then else 0, r)
    (nothing if then else everything)(name, pg)
    same(f"{name}: nothing is left prepared", prepared(), [])

# Revisions in Python that read the database take part.
live = [pg[0], plain[0], lite[0], pg[1]]
for name, then in (("python", ""), ("python that fails", 'if op.get_bind().dialect.name == "sqlite":\n        op.execute("SELECT nothing FROM nowhere")')):
    path = fresh(live)
    write(f"{path}/revisions/r3.py", f"""revision = "r3"
down_revision = "r2"
from alembic import op
import sqlalchemy as sa
def upgrade():
    n = op.get_bind().execute(sa.text("SELECT count(*) FROM t1")).scalar()
    op.execute("INSERT INTO t1 VALUES (%d)" % (n + 10))
    {then}
def downgrade():
    op.execute("DELETE FROM t1 WHERE id > 10")
""")
    r = run(path, "apply", "prod", "--yes")
    same(f"{name}: status", r.status, 1 if then else 0, r)
    if then:
        nothing(name, [pg[0], plain[0], pg[1]])
    for d in live if not then else []:
        same(f"{name}: all on {d.name}", (d.at(), sorted(d.query("SELECT id FROM t1"))), (["r3"], [("1",), ("11",)]))
    same(f"{name}: nothing is left prepared", prepared(), [])

# Behind a pooler a lease is the lock, which a prepared transaction would keep: they wait with open ones.
bouncer = PgBouncer()
pooled = [PostgreSQL(d.name, d.client, d.database) for d in pg]
for d in pooled:
    d.url = f"postgresql://postgres@127.0.0.1:{bouncer.port}/{d.database}"
for name, bad in (("pooled", None), ("pooled, one fails", 2)):
    path = fresh(pooled)
    if bad is not None:
        breaks(path, pooled[bad])
    r = expect(name, 1 if bad else 0, path, "apply", "prod", "--yes", "-v")
    (nothing if bad else everything)(name, [d for i, d in enumerate(pooled) if i != bad])
    same(f"{name}: nothing is left prepared", prepared(), [])
_stop(bouncer.process)

# Interrupted while two of three wait.
path = fresh(pg)
revision(path, "r1", "", "CREATE TABLE t1 (id integer); SELECT pg_sleep(60) WHERE current_database() LIKE '%p3%';", "DROP TABLE t1;")
process = start(path, "apply", "prod", "--yes")
wait_for("two wait", lambda: len(prepared()) == 2)
r = expect("while they wait: status", 2, path, "status", part="lockstep resume")
process.send_signal(signal.SIGINT)
r = ended(process)
same("interrupted: status", r.status, 130, r)
nothing("interrupted", pg)
same("interrupted: nothing is left prepared", prepared(), [])

# Limits hold for those at work, not for those that wait.
path = fresh([*pg, *lite], "rollout: { parallel: 1, atomic: true }\n")
expect("one at a time", 0, path, "apply", "prod", "--yes")
everything("one at a time", [*pg, *lite])

# No slots left: open transactions instead.
for i in range(30):
    admin.client.run(f"BEGIN; SELECT 1; PREPARE TRANSACTION 'other{i}'")
path = fresh(pg)
expect("no slots: plan", 2, path, "plan", "prod", "-o", f"{path}/p.yaml")
same("no slots: they wait open", re.findall(r"^ +hold: (\w+)", read(f"{path}/p.yaml"), re.M), ["open"] * 3)
expect("no slots: apply", 0, path, "apply", f"{path}/p.yaml")
everything("no slots", pg)
for i in range(30):
    admin.client.run(f"ROLLBACK PREPARED 'other{i}'")

# Waves before it stay or go as on_failure says.
waves = "rollout: {{ on_failure: {}, parallel: 4, waves: [{{ name: one, count: 1 }}, {{ name: two, rest: true, atomic: true }}] }}\n"
for on_failure in ("stop", "rollback"):
    path = fresh(pg, waves.format(on_failure))
    breaks(path, pg[2])
    expect(f"two waves, {on_failure}", 1, path, "apply", "prod", "--yes")
    nothing(f"two waves, {on_failure}", [pg[1]])
    same(f"two waves, {on_failure}: the first", pg[0].at(), ["r2"] if on_failure == "stop" else [])

# What it refuses.
path = fresh(pg, ALL, settings="settings: { transaction: revision }\n")
expect("a transaction each", 4, path, "plan", "prod", part="an atomic wave needs all revisions of a target in one transaction")

path = fresh(pg[1:])
expect("with others: plan", 2, path, "plan", "prod", "-o", f"{path}/p.yaml")
write(f"{path}/lockstep.yaml", f"project: e2e\nstore: {server('postgresql')}/{admin.database}\n")
expect("with others", 4, path, "apply", f"{path}/p.yaml", "--join", part="a plan with atomic waves is carried out by one runner")
expect("with a store on a server", 0, path, "apply", f"{path}/p.yaml")
everything("with a store on a server", pg[1:])

# ---------------------------------------------------------------- the store is away
for stored in ("open", "committing"):
    name = f"the decision has no answer, the store says {stored}"
    path = fresh(pg)
    write(f"{path}/lockstep.yaml", f"project: e2e\nstore: {server('postgresql')}/{admin.database}\n")
    # A sequence remembers what is rolled back.
    admin.client.run("""CREATE SEQUENCE lockstep.gone;
        CREATE FUNCTION lockstep.away() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.state = 'committing' THEN PERFORM nextval('lockstep.gone'); END IF;
        IF (SELECT is_called FROM lockstep.gone) THEN RAISE EXCEPTION 'away'; END IF; RETURN NEW; END $$;
        CREATE TRIGGER away BEFORE INSERT ON lockstep.run_waves FOR EACH ROW EXECUTE FUNCTION lockstep.away()""")
    r = run(path, "apply", "prod", "--yes")
    admin.client.run("DROP FUNCTION lockstep.away() CASCADE; DROP SEQUENCE lockstep.gone")
    ok(f"{name}: the run fails", r.status not in (0, 2, 3), r)
    has(f"{name}: and says who decides", r.out + r.errors, "decides, by what the store says", r)
    same(f"{name}: nothing is rolled back", len(prepared()), 3, r)
    id = run(path, "audit", "log", "--format", "json").json["runs"][0]["run"]
    admin.client.run(f"UPDATE lockstep.run_waves SET state = '{stored}' WHERE run = '{id}'")
    r = expect(f"{name}: resume", 0, path, "resume", id)
    same(f"{name}: nothing is left prepared", prepared(), [])
    everything(name, pg)
    log = run(path, "audit", "show", id).out
    same(f"{name}: as the store says", "rolled back" in log, stored == "open", log)

# ---------------------------------------------------------------- crashes
def newest(path):
    return run(path, "audit", "log", "--format", "json").json["runs"][0]["run"]


def crash(name, targets, point, way):
    path = fresh(targets, ALL)
    r = run(path, "apply", "prod", "--yes", env={"LOCKSTEP_FAILPOINT": point})
    if not same(f"{name}: it dies", r.status, -9, r):
        return
    wait_for("its sessions have ended", lambda: not admin.query(
        "SELECT 1 FROM pg_stat_activity WHERE application_name LIKE 'lockstep%' AND datname IN ("
        + ", ".join(f"'{d.database}'" for d in pg) + ")"))
    left = prepared()
    r = run(path, "status", "prod")
    for gid in left:
        has(f"{name}: status shows what is prepared", r.out, gid.split(":")[1])
    if left:
        expect(f"{name}: no new plan over it", 4, path, "plan", "prod", part="prepared transaction")
    r = expect(f"{name}: {way}", 0, path, way, newest(path), *(["--yes"] if way == "rollback" else []))
    same(f"{name}, {way}: nothing is left prepared", prepared(), [])
    (everything if way == "resume" else nothing)(f"{name}, {way}", targets)
    expect(f"{name}, {way}: audit", 0, path, "audit", "verify")
    expect(f"{name}, {way}: status", 0 if way == "resume" else 2, path, "status", "prod")


if "failpoints" in run("/", "version").out:
    two = ["before-decision", "after-decision", *[f"{w}-prepared-commit:{n}" for n in (1, 2) for w in ("before", "after")]]
    one = [f"{w}-commit:{n}" for n in (1, 2) for w in ("before", "after")]
    both = [pg[0], plain[0], maria[0], lite[0], pg[1]]
    for targets, what, points in ((pg, "prepared", two), (plain, "open", one), (both, "mixed", [*one, *two])):
        for i, point in enumerate(points):
            for way in ("resume", "rollback") if what != "mixed" else (("resume", "rollback")[i % 2],):
                crash(f"{what}, killed {point}", targets, point, way)
    # The same plan once more is no way around what is prepared, and takes nothing from the run that died.
    for point in ("before-decision", "after-decision"):
        name = f"the plan again, killed {point}"
        path = fresh(pg)
        expect(f"{name}: plan", 2, path, "plan", "prod", "-o", f"{path}/p.yaml")
        same(f"{name}: it dies", run(path, "apply", f"{path}/p.yaml", env={"LOCKSTEP_FAILPOINT": point}).status, -9)
        id = newest(path)
        expect(f"{name}: again", 4, path, "apply", f"{path}/p.yaml", part=f"lockstep resume {id}")
        expect(f"{name}: resumed", 0, path, "resume", id)
        everything(name, pg)
        same(f"{name}: nothing is left prepared", prepared(), [])
        expect(f"{name}: audit", 0, path, "audit", "verify")
    # One of a wave that a crash has cut in two is not taken back alone: the others would commit, or keep their locks.
    for point in ("before-decision", "after-decision", "after-prepared-commit:1"):
        name = f"a part is taken back, killed {point}"
        path = fresh(pg)
        same(f"{name}: it dies", run(path, "apply", "prod", "--yes", env={"LOCKSTEP_FAILPOINT": point}).status, -9)
        r = expect(f"{name}: refused", 4, path, "rollback", "--yes", "-t", pg[0].name,
                   part="its targets go back together or not at all")
        expect(f"{name}: the run is still there", 2, path, "status", part="to go back: lockstep rollback")
        expect(f"{name}: the whole", 0, path, "rollback", "--yes")
        nothing(name, pg)
        same(f"{name}: nothing is left prepared", prepared(), [])
    path = fresh(pg)
    expect("one of a wave that is complete: apply", 0, path, "apply", "prod", "--yes")
    expect("one of a wave that is complete: taken back", 0, path, "rollback", "--yes", "-t", pg[0].name)
    same("one of a wave that is complete", [d.at() for d in pg], [[], ["r2"], ["r2"]])
    # Decided, and one of them cannot be reached for now: nothing is taken back, and the next resume finishes it.
    for on_failure in ("rollback", "continue"):
        name = f"decided, one cannot be reached, {on_failure}"
        path = fresh(pg, f"rollout: {{ parallel: 4, atomic: true, on_failure: {on_failure} }}\nsettings: {{ connect_timeout: 1s }}\n")
        r = run(path, "apply", "prod", "--yes", env={"LOCKSTEP_FAILPOINT": "after-decision"})
        same(f"{name}: it dies", r.status, -9, r)
        admin.client.run(f"ALTER DATABASE {pg[2].database} ALLOW_CONNECTIONS false")
        id = newest(path)
        r = run(path, "resume", id)
        ok(f"{name}: it says so", r.status not in (0, 2), r)
        everything(f"{name}: the others", pg[:2])
        same(f"{name}: it is still prepared", len(prepared()), 1)
        admin.client.run(f"ALTER DATABASE {pg[2].database} ALLOW_CONNECTIONS true")
        has(f"{name}: what is prepared is not said to be unchanged", r.out + r.errors, 'decided to commit: what is prepared on it stays so')
        ok(f"{name}: nor told as nothing", "Nothing was changed" not in r.out + r.errors, r)
        expect(f"{name}: then", 0, path, "resume", id)
        everything(name, pg)
        same(f"{name}: nothing is left prepared", prepared(), [])
        same(f"{name}: what was prepared was committed", run(path, "audit", "export").out.count("prepared by an earlier part"), 3)
        ok(f"{name}: and nothing of it rolled back", "rolled back" not in run(path, "audit", "export").out)
    # Others on the same database: the one that keeps them waiting is named, with what decides.
    name = "stamp over a prepared transaction"
    path = fresh(pg)
    same(f"{name}: it dies", run(path, "apply", "prod", "--yes", env={"LOCKSTEP_FAILPOINT": "after-decision"}).status, -9)
    id = newest(path)
    r = expect(f"{name}: refused at once", 4, path, "stamp", "r2", "-e", "prod", "-t", pg[0].name, "--yes", part=f"run {id} has left a prepared")
    has(f"{name}: what decides", r.out + r.errors, f"lockstep resume {id}")
    namesake = PostgreSQL("namesake", pg[0].client, pg[0].database)
    namesake.url = pg[0].url
    environment(path, "other", [namesake], "settings: { lock_timeout: 100ms, lock_retries: 1 }\n")
    for command in (["stamp", "r2"], ["upgrade"]):
        r = run(path, *command, "-e", "other", "--yes")
        ok(f"{name}: {command[0]} under another name fails", r.status not in (0, 2), r)
        has(f"{name}: {command[0]} names the run", r.out + r.errors, f'"lockstep resume {id}" or "lockstep rollback {id}" decides')
    expect(f"{name}: resumed", 0, path, "resume", id)
    everything(name, pg)

    # It dies while it takes back what had committed before the window closed.
    targets = [pg[0], plain[0], plain[1], pg[1]]
    for point in ("before-undo-statement", "before-undo-commit", "after-undo-commit"):
        name = f"the window, killed {point}"
        path = fresh(targets)
        failing_commit(plain[1])
        with_table(path)
        r = run(path, "apply", "prod", "--yes", env={"LOCKSTEP_FAILPOINT": point})
        same(f"{name}: it dies", r.status, -9, r)
        expect(f"{name}: resumed", 0, path, "resume", newest(path))
        nothing(name, [pg[0], plain[0], pg[1]])
        same(f"{name}: nothing is left prepared", prepared(), [])
        expect(f"{name}: audit", 0, path, "audit", "verify")
finish()
