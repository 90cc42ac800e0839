"""The audit log tells when somebody has edited, deleted, moved or cut off events; its export chains; and no secret ever
reaches the store, a plan, a log, an error or the process list."""
from e2e import *

TABLE = "CREATE TABLE {0} (id integer);\n"


def fresh(case):
    global name, path, store, targets
    name = case
    targets = sqlite_databases("audit", ["one", "two"])
    path = project(folder("audit"), dev=targets)
    store = f"{path}/.lockstep/store.db"
    for i, id in enumerate(("r1", "r2")):
        revision(path, id, f"r{i}" if i else "", TABLE.format(id), f"DROP TABLE {id};")
    same(f"{name}: apply", run(path, "apply", "dev", "--yes").status, 0)
    run(path, "downgrade", "-1", "-t", "one")
    run(path, "upgrade", "head", "-t", "one")
    expect(f"{name}: whole at first", 0, path, "audit", "verify", part="whole")


def tamper(sql):
    c = sqlite3.connect(store)
    c.execute("PRAGMA ignore_check_constraints = ON")
    for (trigger,) in c.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        c.execute(f"DROP TRIGGER {trigger}")
    c.executescript(sql)
    c.close()


def events(column="seq"):
    c = sqlite3.connect(store)
    rows = [r[0] for r in c.execute(f"SELECT {column} FROM {TABLE_NAME} ORDER BY seq")]
    c.close()
    return rows


fresh("tables")
c = sqlite3.connect(store)
found = [n for n, sql in c.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'") if "previous" in (sql or "")]
described = c.execute(f"PRAGMA table_info({found[0]})").fetchall() if found else []
columns, integers = [r[1] for r in described], [r[1] for r in described if r[2].upper() == "INTEGER"]
c.close()
ok("the table of events is found", len(found) == 1 and "seq" in columns, found, columns)
TABLE_NAME = found[0]

# Every column of an event in the middle: none can be changed unseen.
last = events()[-1]
middle = last // 2
for column in columns:
    fresh(f"{column} edited")
    value = "100000" if column in integers else "'x'"
    tamper(f"UPDATE {TABLE_NAME} SET {column} = {value} WHERE seq = {middle}")
    expect(name, 1, path, "audit", "verify", part=f"event {middle}")
    expect(f"{name}, offline", 1, path, "audit", "verify", "--offline", part=f"event {middle}")

fresh("an event deleted")
tamper(f"DELETE FROM {TABLE_NAME} WHERE seq = {middle}")
expect(name, 1, path, "audit", "verify", part=f"event {middle}")

fresh("the first event deleted")
tamper(f"DELETE FROM {TABLE_NAME} WHERE seq = 1")
expect(name, 1, path, "audit", "verify", part="event 1")

fresh("deleted, and those after it moved up")
tamper(f"DELETE FROM {TABLE_NAME} WHERE seq = {middle}; UPDATE {TABLE_NAME} SET seq = -(seq - 1) WHERE seq > {middle};"
       f"UPDATE {TABLE_NAME} SET seq = -seq WHERE seq < 0")
expect(name, 1, path, "audit", "verify", part=f"event {middle}")

fresh("two events exchanged")
tamper(f"UPDATE {TABLE_NAME} SET seq = -1 WHERE seq = {middle}; UPDATE {TABLE_NAME} SET seq = {middle} WHERE seq = {middle + 1};"
       f"UPDATE {TABLE_NAME} SET seq = {middle + 1} WHERE seq = -1")
expect(name, 1, path, "audit", "verify", part=f"event {middle}")

fresh("the last run cut off")
first_of_last = events("run").index(events("run")[-1]) + 1
tamper(f"DELETE FROM {TABLE_NAME} WHERE seq >= {first_of_last}")
expect(name, 1, path, "audit", "verify", part="cut off")
expect(f"{name}: not seen without the targets", 0, path, "audit", "verify", "--offline")

fresh("the last event cut off")
tamper(f"DELETE FROM {TABLE_NAME} WHERE seq = {events()[-1]}")
expect(name, 1, path, "audit", "verify", part="no end")

fresh("all of it deleted")
tamper(f"DELETE FROM {TABLE_NAME}")
expect(name, 1, path, "audit", "verify", part="cut off")

fresh("the store deleted")
shutil.rmtree(f"{path}/.lockstep")
r = run(path, "audit", "verify")
ok(f"{name}: the targets know of runs it lacks, or it says that there is no log", r.status != 0 or "other stores" in r.out or
   "elsewhere" in r.out, r)

fresh("not a store")
write(store, "this is not a database, but it is long enough to be looked at\n" * 50)
for suffix in ("-wal", "-shm"):
    if os.path.exists(store + suffix):
        os.unlink(store + suffix)
for words in (("audit", "verify"), ("audit", "log"), ("upgrade", "head", "-t", "one")):
    r = run(path, *words)
    ok(f"{name}: {words} says so", (r.status == 65 and "store.db" in r.errors) or (words[0] == "upgrade" and r.status == 0), r)

fresh("export")
r = expect(name, 0, path, "audit", "export", "--format", "jsonl")
rows = [json.loads(line) for line in r.out.splitlines()]
same(f"{name}: every event", [e["seq"] for e in rows], events())
same(f"{name}: the first has none before it", rows[0]["previous"], "0" * 64)
same(f"{name}: each carries the one before", [e["previous"] for e in rows[1:]], [e["digest"] for e in rows[:-1]])
same(f"{name}: digests are those of the store", [e["digest"] for e in rows], events("digest"))
statements = [e for e in rows if e["kind"] == "statement"]
ok(f"{name}: statements carry what was run", all(e["sql"] and e["statement_digest"] and e["outcome"] == "ok" for e in statements)
   and len(statements) == 6, statements)
import hashlib
same(f"{name}: the statement's digest is that of its text", statements[0]["statement_digest"],
     hashlib.sha256(b"CREATE TABLE r1 (id integer)").hexdigest())

fresh("show")
ids = [x["run"] for x in run(path, "audit", "log", "--format", "json").json["runs"]]
same(f"{name}: three runs", len(ids), 3)
r = expect(f"{name}: a run", 0, path, "audit", "show", ids[0], part="r2")
r = expect(f"{name}: by its beginning", 0, path, "audit", "show", ids[0][:-3])
expect(f"{name}: ambiguous", 64, path, "audit", "show", "r2")
expect(f"{name}: unknown", 64, path, "audit", "show", "r19990101")

# ---------------------------------------------------------------- secrets
SECRET = f"Pa55-{os.urandom(6).hex()}"


def everywhere(base):
    for root, _, files in os.walk(base):
        for f in files:
            yield os.path.join(root, f)


def search(what, base, *besides):
    for f in everywhere(base):
        if f not in besides:
            with open(f, "rb") as opened:
                ok(f"{what}: not in {os.path.relpath(f, base)}", SECRET.encode() not in opened.read())


mariadb = databases("mysql", "audit", ["main"])
if mariadb:
    d = mariadb[0]
    user = f"e2e_{os.getpid()}"
    d.script(f"CREATE USER {user} IDENTIFIED BY '{SECRET}'; GRANT ALL ON {d.database}.* TO {user};")
    plain = f"mysql://{user}@127.0.0.1:{port(d.url)}/{d.database}"
    for how in ("env", "file", "exec", "url"):
        name = f"secret by {how}"
        path = project(folder("audit"))
        secret = write(f"{path}/secret", SECRET + "\n")
        value = {"env": "${env:E2E_SECRET}", "file": f"${{file:{secret}}}", "exec": f"${{exec:cat {secret}}}"}.get(how)
        url = plain if value else plain.replace("@", ":${env:E2E_SECRET}@", 1)
        environment(path, "dev", f'targets:\n  - name: main\n    url: "{url}"\n' + (f'    password: "{value}"\n' if value else ""))
        slow = SLOW["mysql"].replace("60", "1")
        revision(path, "r1", "", f"{slow};\nCREATE TABLE {how} (id integer);", f"DROP TABLE {how};")
        revision(path, "r2", "r1", "SELECT nothing FROM nowhere;", "")
        env = {"E2E_SECRET": SECRET}
        d.reset()
        outputs = []
        process = start(path, "apply", "dev", "--yes", "-v", "--to", "r1", env=env)
        wait_for(name, lambda: at_work(d, process, 1) or process.poll() is not None)
        for pid in [p for p in os.listdir("/proc") if p.isdigit()]:
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as f:
                    ok(f"{name}: not in the process list", SECRET.encode() not in f.read())
            except OSError:
                pass
        same(f"{name}: not in the server's list", d.query("SELECT 1 FROM information_schema.processlist WHERE info LIKE "
                                                          "'%Pa55-%' AND id <> connection_id()"), [])
        outputs.append(ended(process))
        same(f"{name}: it works", outputs[0].status, 0, outputs[0])
        for words in (("plan", "dev", "-o", f"{path}/p.yaml"), ("render", f"{path}/p.yaml"), ("apply", f"{path}/p.yaml"), ("status",),
                      ("current", "-v"), ("env", "show", "dev"), ("env", "show", "dev", "--format", "json"), ("env", "check"),
                      ("doctor", "--connect"), ("audit", "log"), ("audit", "export"), ("audit", "verify")):
            outputs.append(run(path, *words, env=env))
        wrong = run(path, "status", env={"E2E_SECRET": SECRET + "x"})
        outputs.append(wrong)
        if how in ("env", "url"):
            same(f"{name}: a wrong one cannot connect", wrong.status, 69, wrong)
        for r in outputs:
            ok(f"{name}: not printed", SECRET not in str(r), r)
        search(name, path, secret)
        ok(f"{name}: not in the history", SECRET not in str(d.history("*")))
    r = run(path, "status", "--url", plain.replace("@", f":{SECRET}@", 1))
    ok("a secret in --url: not printed", SECRET not in str(r), r)
    r = run(path, "upgrade", "r1", "--url", plain.replace("@", f":{SECRET}@", 1))
    ok("a secret in --url: the run is not printed with it", SECRET not in str(r), r)
    search("a secret in --url", path, secret)
    d.script(f"DROP USER {user}")
finish()
