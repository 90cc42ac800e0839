"""A lock that somebody else has is waited for in short attempts, with nothing held between them; who was in the way is
named on giving up, and every attempt is in the audit log."""
from concurrent.futures import ThreadPoolExecutor
from e2e import *

SETTINGS = "settings: { lock_timeout: 1s, lock_retries: 1 }\n"
PATIENT = "settings: { lock_timeout: 1s, lock_retries: 50 }\n"
QUICK = {"postgresql": "300ms", "mysql": "1s", "sqlite": "300ms"}  # MySQL knows whole seconds
HOLD = {"postgresql": "BEGIN; UPDATE t1 SET v = 'top secret 7' WHERE id = 1",
        "mysql": "BEGIN; UPDATE t1 SET v = 'top secret 7' WHERE id = 1",
        "sqlite": "BEGIN IMMEDIATE; UPDATE t1 SET v = 'top secret 7' WHERE id = 1"}


class Holder:
    """Another session that has a lock."""

    def __init__(self, d):
        self.d = d
        if d.dialect == "sqlite":
            self.c = sqlite3.connect(d.path, isolation_level=None, timeout=20)
            for sql in HOLD["sqlite"].split(";")[:2]:
                self.c.execute(sql)
        else:
            args = psql_args(d.database) if d.dialect == "postgresql" else mariadb_args(d.database) + ["-n", "--force"]
            self.c = Client(args, f"\\echo {MARK}" if d.dialect == "postgresql" else f"SELECT '{MARK}';")
            self.pid = self.c.run("SELECT pg_backend_pid()" if d.dialect == "postgresql" else "SELECT CONNECTION_ID()")[0]
            self.c.run(HOLD[d.dialect])

    def let_go(self):
        if self.d.dialect == "sqlite":
            self.c.execute("ROLLBACK")
            self.c.close()
        else:
            self.c.run("ROLLBACK")
            self.c.close()


def events(path, kind, run_id=None):
    words = ("audit", "export") if run_id is None else ("audit", "export", "--run", run_id)
    lines = run(path, *words).out.splitlines()
    return [e for e in map(json.loads, lines) if e.get("kind") == kind or e.get("event") == kind]


def settings(path, d, text):
    environment(path, "dev", [d], text.replace("1s", QUICK[d.dialect]))


def retries(d):
    name = f"{d.dialect}: locked"
    d.reset()
    path = project(folder("retries"))
    settings(path, d, SETTINGS)
    revision(path, "r1", "", "CREATE TABLE t1 (id bigint PRIMARY KEY, v varchar(40));\nINSERT INTO t1 VALUES (1, 'a');\n"
             "CREATE TABLE log (k varchar(20));", "DROP TABLE log;\nDROP TABLE t1;")
    revision(path, "r2", "r1", "INSERT INTO log VALUES ('r2');\nUPDATE t1 SET v = 'b' WHERE id = 1;\n"
             "ALTER TABLE t1 ADD COLUMN x int;\nINSERT INTO log VALUES ('end');",
             "ALTER TABLE t1 DROP COLUMN x;\nDELETE FROM log;")
    same(f"{name}: before", run(path, "upgrade", "r1").status, 0)

    holder = Holder(d)
    began = time.monotonic()
    r = run(path, "upgrade", "r2")
    took = time.monotonic() - began
    same(f"{name}: gives up", r.status, 1, r)
    has(f"{name}: says how often it tried", r.out + r.errors, "gave up after 2 attempts")
    ok(f"{name}: in good time", took < SOON, took, r)
    if d.dialect != "sqlite":
        text = r.out + r.errors
        has(f"{name}: names the blocker", text, f"blocked by pid {holder.pid} (user ")
        ok(f"{name}: literals of others stay with them", "secret" not in text, text)
        if d.dialect == "postgresql":
            has(f"{name}: with its application, state and query", text, "application psql")
            has(f"{name}: with its application, state and query", text, "idle in transaction")
            has(f"{name}: with its application, state and query", text, "UPDATE t1 SET v = ? WHERE id = ?")
    found = events(path, "lock_wait")
    same(f"{name}: each attempt is an event", [e.get("outcome") for e in found], ["again", "failed"], found)
    has(f"{name}: with its number", str(found[0].get("detail")), "attempt 1 of 2")
    holder.let_go()
    same(f"{name}: nothing of it stays", d.query("SELECT k FROM log"), [], r)
    same(f"{name}: nor of its position", d.at(), ["r1"], r)

    # Patient, and let go while it waits: everything is there once.
    settings(path, d, PATIENT)
    for id, sql, off in (("r2", None, False), ("r3", "UPDATE t1 SET v = 'c' WHERE id = 1;", True)):
        if sql:
            revision(path, id, "r2", f"INSERT INTO log VALUES ('{id}');\n{sql}\nINSERT INTO log VALUES ('last');",
                     f"DELETE FROM log WHERE k IN ('{id}', 'last');", header="-- transaction: off\n")
        holder = Holder(d)
        before = len(events(path, "lock_wait"))
        process = start(path, "upgrade", id, "--format", "jsonl")
        # On a busy machine the first attempt may be over before the other connection could look.
        seen = f"pid {holder.pid} " if d.dialect != "sqlite" else ""
        wait_for(f"{name}: {id} has tried", lambda: any(seen in json.dumps(e) for e in events(path, "lock_wait")[before:]) or
                 process.poll() is not None)
        ok(f"{name}: {id} is still at it", process.poll() is None)
        holder.let_go()
        r = ended(process)
        same(f"{name}: {id} goes through", r.status, 0, r)
        told = [e for e in map(json.loads, r.out.splitlines()) if e["event"] == "lock_wait"]
        ok(f"{name}: {id}: each attempt is told", [e["attempt"] for e in told] == list(range(1, len(told) + 1)) and told, r)
        same(f"{name}: {id}: with target and revision", {(e["target"], e["revision"], e["attempts"]) for e in told},
             {(d.name, id, 51)}, r)
        ok(f"{name}: {id}: and when it is tried again", all(50 < e["next_ms"] <= 10000 for e in told), told)
        if d.dialect != "sqlite":
            has(f"{name}: {id}: and who is in the way", str([e["blockers"] for e in told]), f"blocked by pid {holder.pid} (user ")
        same(f"{name}: {id}: position", d.at(), [id], r)
    same(f"{name}: each statement once", sorted(d.query("SELECT k FROM log")), [("end",), ("last",), ("r2",), ("r3",)])
    same(f"{name}: history", [(h[1], h[3], h[4], h[5]) for h in d.history() if h[3] == "applied"],
         [("r1", "applied", "3", "3"), ("r2", "applied", "4", "4"), ("r3", "applied", "3", "3")])
    ok(f"{name}: attempts in the log", len(events(path, "lock_wait")) > 2)

    # The way back waits as well.
    holder = Holder(d)
    before = len(events(path, "lock_wait"))
    process = start(path, "downgrade", "r1")
    wait_for(f"{name}: the downgrade waits", lambda: len(events(path, "lock_wait")) > before or process.poll() is not None)
    holder.let_go()
    r = ended(process)
    has(f"{name}: and says so in a log", r.errors, f"{d.name}: attempt 1 of 51: ")
    has(f"{name}: with the time until the next", r.errors, "; again in 0.")
    same(f"{name}: downgrade", (r.status, d.at(), d.query("SELECT k FROM log")), (0, ["r1"], []), r)
    same(f"{name}: the log is whole", run(path, "audit", "verify").status, 0)


def interrupted(d):
    """Ctrl-C while it rests between two attempts ends it at once."""
    name = f"{d.dialect}: interrupted between attempts"
    d.reset()
    path = project(folder("retries"))
    environment(path, "dev", [d], "settings: { lock_timeout: 20ms, lock_retries: 1000 }\n" if d.dialect != "mysql" else
                "settings: { lock_timeout: 1s, lock_retries: 1000 }\n")
    revision(path, "r1", "", "CREATE TABLE t1 (id bigint PRIMARY KEY, v varchar(40));\nINSERT INTO t1 VALUES (1, 'a');",
             "DROP TABLE t1;")
    revision(path, "r2", "r1", "ALTER TABLE t1 ADD COLUMN x int;", "ALTER TABLE t1 DROP COLUMN x;")
    same(f"{name}: before", run(path, "upgrade", "r1").status, 0)
    holder = Holder(d)
    process = start(path, "upgrade", "r2")
    wait_for(f"{name}: it has tried", lambda: len(events(path, "lock_wait")) >= (1 if d.dialect == "mysql" else 3))
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    r = ended(process)
    same(f"{name}: status", r.status, 130, r)
    ok(f"{name}: soon", time.monotonic() - began < SOON, r)
    holder.let_go()
    same(f"{name}: position", d.at(), ["r1"], r)


def deadlock(d):
    """Two that wait for each other: the server ends one, which begins anew."""
    name = f"{d.dialect}: deadlock"
    d.reset()
    path = project(folder("retries"), dev=[d])
    revision(path, "r1", "", "CREATE TABLE a (id int PRIMARY KEY, v int);\nCREATE TABLE b (id int PRIMARY KEY, v int);\n"
             "INSERT INTO a VALUES (1, 0);\nINSERT INTO b VALUES (1, 0);", "DROP TABLE b;\nDROP TABLE a;")
    slow = {"postgresql": "SELECT pg_sleep(0.6)", "mysql": "SELECT SLEEP(0.6)"}[d.dialect]
    revision(path, "r2", "r1", f"UPDATE a SET v = v + 1;\n{slow};\nUPDATE b SET v = v + 1;", "UPDATE a SET v = v - 1;")
    same(f"{name}: before", run(path, "upgrade", "r1").status, 0)
    args = psql_args(d.database) if d.dialect == "postgresql" else mariadb_args(d.database) + ["-n", "--force"]
    other = Client(args, f"\\echo {MARK}" if d.dialect == "postgresql" else f"SELECT '{MARK}';")
    # The server ends the one with less work behind it, or that waits longer: make this one the heavier.
    other.run("BEGIN; UPDATE b SET v = v + 10;" + "UPDATE b SET v = v + 0;" * 3)
    if d.dialect == "mysql":
        other.run("CREATE TEMPORARY TABLE w (i int PRIMARY KEY);" +
                  "INSERT INTO b SELECT seq + 1, 0 FROM seq_1_to_200; DELETE FROM b WHERE id > 1;")
    process = start(path, "upgrade", "r2")
    at = "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(0.6)%' AND pid <> pg_backend_pid() AND state = 'active'" \
        if d.dialect == "postgresql" else "SELECT 1 FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP(0.6)%'"
    wait_for(f"{name}: it has the first", lambda: d.query(at) or process.poll() is not None)
    other.run("UPDATE a SET v = v + 10; COMMIT;", tolerate=True)
    other.close()
    r = ended(process)
    same(f"{name}: goes through", r.status, 0, r)
    a, b = d.query("SELECT v FROM a"), d.query("SELECT v FROM b WHERE id = 1")
    ok(f"{name}: once", a in ([("1",)], [("11",)]) and b in ([("1",)], [("11",)]), a, b, r)


def counting(d):
    """Sent again, a statement that counts in a variable of the session would go on where the first attempt had got to."""
    name = f"{d.dialect}: a variable that counts"
    d.reset()
    d.script("CREATE TABLE t1 (id bigint PRIMARY KEY, v varchar(40)); INSERT INTO t1 VALUES (1, 'a'); "
             "CREATE TABLE a (id integer PRIMARY KEY, pos integer); INSERT INTO a (id) VALUES (5), (6), (7);")
    path = project(folder("retries"))
    settings(path, d, SETTINGS)
    revision(path, "r1", "", "SET @i = 0;\nUPDATE a SET pos = (@i := @i + 1) ORDER BY id;\n"
             "UPDATE t1 SET v = 'b' WHERE id = 1;", "SELECT 1;")
    holder = Holder(d)
    r = expect(f"{name}: locked", 1, path, "upgrade", "r1", part="gave up after 1 attempt")
    holder.let_go()
    same(f"{name}: nothing of it stays", d.query("SELECT pos FROM a ORDER BY id"), [("NULL",)] * 3, r)
    expect(f"{name}: free", 0, path, "upgrade", "r1")
    same(f"{name}: from one", d.query("SELECT pos FROM a ORDER BY id"), [("1",), ("2",), ("3",)])


def all_of(dialect):
    found = databases(dialect, "retries", ["main", "other", "third"])
    if found:
        retries(found[0])
        interrupted(found[1])
        if dialect != "sqlite":
            deadlock(found[2])
        if dialect == "mysql":
            counting(found[2])


with ThreadPoolExecutor(3) as pool:
    list(pool.map(all_of, DIALECTS))
finish()
