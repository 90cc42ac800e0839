"""Planning over many targets: which wave they fall into, which of them a command takes, and how their positions are read
by many threads, for schemas of one database over a few connections."""
import socket
from e2e import *

TABLE = "CREATE TABLE {0} (id integer);\n"


def fresh(case, targets, more=""):
    global name, path
    name = case
    path = project(folder("rollout"))
    environment(path, "dev", f"targets:\n{targets}{more}")
    revision(path, "r1", "", TABLE.format("t1"), "DROP TABLE t1;")
    revision(path, "r2", "r1", TABLE.format("t2"), "DROP TABLE t2;")
    return path


def each(text, url, label=""):
    return f'  - {{ name: "t-${{value}}", url: "{url}", each: {{ {text} }}{label} }}\n'


def planned(*words, status=2):
    r = run(path, "plan", "dev", "--format", "json", *words)
    if not same(f"{name}: plan {' '.join(words)}", r.status, status, r):
        return None
    return r.json


def in_waves(plan):
    return {t["name"]: t["wave"] for t in plan["targets"]}


# ---------------------------------------------------------------- waves

LOCAL = each("range: 01..20", "sqlite:///db-${value}.db") + \
    '  - { name: canary-a, url: "sqlite:///a.db", labels: { canary: true, region: eu } }\n' \
    '  - { name: canary-b, url: "sqlite:///b.db", labels: { canary: true, region: us } }\n'
WAVES = """rollout:
  parallel: 8
  max_failures: 10%
  on_failure: rollback
  waves:
    - { name: canary, match: { canary: true }, parallel: 1, pause: 10min }
    - { name: tenth, percent: 10, pause: { query: "SELECT 1", timeout: 5min } }
    - { count: 3, depends_on: [canary], pause: manual }
    - { name: others, rest: true, parallel_per_server: 2 }
"""
fresh("waves", LOCAL, WAVES)
whole = planned()
same(name, [(w["name"], w["targets"], w["parallel"], w["parallel_per_server"], w["after"], w["pause"], w["pause_ms"])
            for w in whole["waves"]],
     [("canary", 2, 1, None, [], "time", 600000), ("tenth", 2, 8, None, ["canary"], "query", 300000),
      ("3", 3, 8, None, ["canary"], "person", None), ("others", 15, 8, 2, ["3"], None, None)])
same(f"{name}: in their order", [t["name"] for t in whole["targets"]],
     ["canary-a", "canary-b"] + [f"t-{i:02}" for i in range(1, 21)])
same(f"{name}: the budget", (whole["failures_tolerated"], whole["on_failure"], whole["rollback_scope"]),
     (2, "rollback", "run"))
r = run(path, "plan", "dev")
for part in ("wave canary: 2 targets, one at a time; then a pause of 10 min\n",
             "wave others: 15 targets, 8 at once, at most 2 a server\n", "wave 3: 3 targets, all at once, after canary; then"):
    has(f"{name}: the plan says", r.out, part)
ok(f"{name}: in 80 columns", max(len(line) for line in r.out.splitlines()) <= 80, r)
ok(f"{name}: in few lines", len(r.out.splitlines()) < 20, r)
text = read(f"{path}/{whole['file']}")
write(f"{path}/changed.yaml", text.replace("parallel_per_server: 2", "parallel_per_server: 3"))
expect(f"{name}: are part of the digest", 4, path, "apply", "changed.yaml", part="was changed after it was made")
r = run(path, "env", "show", "dev", "--format", "json")
same(f"{name}: env show", [t["wave"] for t in r.json["targets"]][-3:], ["others", "canary", "canary"])
has(f"{name}: env show", run(path, "env", "show", "dev").out, "wave tenth: 2 targets")

fresh("a target in no wave", LOCAL, "rollout:\n  waves:\n    - { match: { canary: true } }\n    - { percent: 90 }\n")
for words in (["plan", "dev"], ["plan", "dev", "--only", "canary-a"], ["env", "check", "dev"], ["env", "show", "dev"]):
    expect(f"{name}: {' '.join(words)}", 65, path, *words, part="1 target of dev falls into no wave: t-20")
expect(f"{name}: upgrade knows no waves", 0, path, "upgrade", "-e", "dev", "-t", "t-20") \
    if "not supported yet" not in run(path, "upgrade", "-e", "dev", "-t", "t-19").errors else None

# ---------------------------------------------------------------- choosing

fresh("choosing", LOCAL, WAVES)
expected = in_waves(whole)
parts = [in_waves(planned("--shard", f"{i}/3")) for i in (1, 2, 3)]
same(f"{name}: every target is in one shard", sorted(n for p in parts for n in p), sorted(expected))
for p in parts:
    same(f"{name}: a shard leaves the waves as they are", p, {n: expected[n] for n in p})
some = planned("--only", "t-0*,canary-a", "--exclude", "t-01,t-05")
same(f"{name}: --only and --exclude", in_waves(some),
     {n: w for n, w in expected.items() if n == "canary-a" or n[:3] == "t-0" and n not in ("t-01", "t-05")})
same(f"{name}: the budget is of those", some["failures_tolerated"], 0)
environment(path, "dev", f"targets:\n{LOCAL}" + each("range: 21..40", "sqlite:///db-${value}.db").replace("t-$", "u-$") + WAVES)
more = [in_waves(planned("--shard", f"{i}/3")) for i in (1, 2, 3)]
same(f"{name}: more targets move no other", [sorted(n for n in p if n in expected) for p in more],
     [sorted(p) for p in parts])
for shard in ("0/3", "4/3", "x", "1", "1/x"):
    expect(f"{name}: --shard {shard}", 64, path, "plan", "dev", "--shard", shard, part=f"--shard")
expect(f"{name}: --only nothing", 64, path, "plan", "dev", "--only", "t-0*,tt-*", part='no target of dev matches "tt-*"')
expect(f"{name}: --exclude nothing", 64, path, "plan", "dev", "--exclude", "t-99", part='no target of dev matches "t-99"')
expect(f"{name}: --exclude all", 64, path, "plan", "dev", "--exclude", "*", part="is left after --exclude")
r = expect(f"{name}: status", 2, path, "status", "dev", "--only", "canary-*", "--format", "json")
same(f"{name}: status", [t["target"] for t in r.json["targets"]], ["canary-a", "canary-b"])

fresh("shards of a saved plan", each("range: 01..12", "sqlite:///db-${value}.db"))
whole = planned("-o", "p.yaml")
for option in (["--only", "t-01"], ["--exclude", "t-01"]):
    expect(f"{name}: {option[0]}", 64, path, "apply", "p.yaml", *option, part="a plan file runs as it was made")
done = []
for i in (1, 2, 3):
    r = expect(f"{name}: {i}/3", 0, path, "apply", "p.yaml", "--shard", f"{i}/3", "--format", "json")
    done += [t["target"] for t in r.json["targets"]]
same(f"{name}: all of them, each once", sorted(done), [f"t-{i:02}" for i in range(1, 13)])
same(f"{name}: where they are", {tuple(SQLite("", f"{path}/db-{i:02}.db").at()) for i in range(1, 13)}, {("r2",)})
expect(f"{name}: the log says which", 0, path, "audit", "export", part="apply p.yaml --shard 2/3")
expect(f"{name}: the log", 0, path, "audit", "verify")

fresh("shards of a saved plan with waves", each("range: 01..12", "sqlite:///db-${value}.db"),
      'rollout: { waves: [{ count: 3, pause: { query: "SELECT 1" } }, { rest: true, parallel: 4 }] }\n')
whole = planned("-o", "p.yaml")
done = []
for i in (1, 2, 3, 4):
    r = expect(f"{name}: {i}/4", 0, path, "apply", "p.yaml", "--shard", f"{i}/4", "--format", "json")
    done += [t["target"] for t in r.json["targets"]] if "run" in r.json else []
same(f"{name}: all of them, each once", sorted(done), [f"t-{i:02}" for i in range(1, 13)])
same(f"{name}: where they are", {tuple(SQLite("", f"{path}/db-{i:02}.db").at()) for i in range(1, 13)}, {("r2",)})

fresh("an empty shard", '  - { name: one, url: "sqlite:///one.db" }\n')
planned("-o", "p.yaml")
statuses = {i: run(path, "plan", "dev", "--shard", f"{i}/3") for i in (1, 2, 3)}
empty = [i for i, r in statuses.items() if r.status == 0]
same(f"{name}: two of three", len(empty), 2, *statuses.values())
for i in empty:
    same(f"{name}: plan", statuses[i].out, f"no target of dev falls to shard {i}/3\n")
    expect(f"{name}: apply", 0, path, "apply", "dev", "--yes", "--shard", f"{i}/3", part="no target of dev falls to shard")
    expect(f"{name}: apply of a plan", 0, path, "apply", "p.yaml", "--shard", f"{i}/3", part="no target of the plan falls to shard")
    expect(f"{name}: status", 0, path, "status", "dev", "--shard", f"{i}/3", part="no target falls to this shard")
same(f"{name}: nothing was done", os.path.exists(f"{path}/one.db"), False)

# ---------------------------------------------------------------- the first error, whoever finds it

taken = socket.socket()  # bound and not listening: connections are refused
taken.bind(("127.0.0.1", 0))
gone = f"postgresql://postgres@127.0.0.1:{taken.getsockname()[1]}/x"
fresh("errors", "".join(f'  - {{ name: t-{i}, url: "{gone if i in (5, 20) else f"sqlite:///db-{i}.db"}" }}\n' for i in range(30)))
for _ in range(5):
    expect(f"{name}: that of the first target", 69, path, "plan", "dev", part="lockstep: t-5: ")
r = expect(f"{name}: status tells of all", 69, path, "status", "dev", part="2 targets could not be reached")
fresh("errors of one server", each("range: 1..50", gone + "?schema=s${value}"))
expect(f"{name}: plan", 69, path, "plan", "dev", part="lockstep: t-1: ")
r = run(path, "status", "dev")
has(f"{name}: status says it once", r.out, "t-1, t-2, t-3 and 47 more", r)
r = run(path, "status", "dev", "--format", "json")
same(f"{name}: each by its name", [t["error"].split(":")[0] for t in r.json["targets"]], [f"t-{i}" for i in range(1, 51)])

silent = socket.socket()  # takes connections and says nothing
silent.bind(("127.0.0.1", 0))
silent.listen(200)
there = f"postgresql://postgres@127.0.0.1:{silent.getsockname()[1]}"
fresh("a server that is silent", each("range: 1..200", there + "/d${value}") + '  - { name: here, url: "sqlite:///here.db" }\n',
      "settings: { connect_timeout: 1s }\n")
r = expect(f"{name}: status", 69, path, "status", "dev", "--format", "json")
states = {t["target"]: t["error"] for t in r.json["targets"]}
has(f"{name}: the first was asked", states["t-1"] or "", "no answer from 127.0.0.1")
has(f"{name}: the last was not", states["t-200"] or "", "t-200: was not asked for, since localhost:")
same(f"{name}: others are told of", states["here"], None)
ok(f"{name}: one deadline, not one after the other", r.seconds < SOON, r.seconds)
expect(f"{name}: plan", 69, path, "plan", "dev", part="lockstep: t-1: no answer from")
silent.close()

# ---------------------------------------------------------------- tenants: schemas of one database

MANY = 60
tenants = postgresql_databases("tenants", [f"{i:02}" for i in range(1, MANY + 1)], schemas=True)
if tenants:
    admin = tenants[0].client
    base = tenants[0].url.split("?")[0]
    fresh("schemas", each(f"range: 01..{MANY}", base + "?schema=s_${value}"))
    for t in tenants:
        t.reset()
    expect(f"{name}: some are at r1", 0, path, "apply", "dev", "--to", "r1", "--yes", "--only", "t-1?,t-2?")
    expect(f"{name}: some are at r2", 0, path, "apply", "dev", "--yes", "--only", "t-2?")
    by = {t.name: t for t in tenants}
    by["31"].script("CREATE TABLE alembic_version (version_num varchar(32)); INSERT INTO alembic_version VALUES ('elsewhere')")
    by["32"].script("CREATE TABLE alembic_version (version_num varchar(32))")
    admin.run("DROP SCHEMA s_33 CASCADE")
    by["34"].script("CREATE TABLE alembic_version (other text)")
    # Whoever reads this one loses the connection, and those that were to be read after it are read all the same.
    by["35"].script("CREATE VIEW alembic_version AS SELECT 'r1' AS version_num WHERE pg_terminate_backend(pg_backend_pid())")
    # What a run that died left: its journal says "running", and nobody holds the lock.
    by["25"].script("UPDATE lockstep_history SET outcome = 'running', done = 0 WHERE revision = 'r2'")
    all_at_once = run(path, "status", "dev", "--format", "json")
    same(f"{name}: status", all_at_once.status, 1, all_at_once)
    rows = {t["target"]: t for t in all_at_once.json["targets"]}
    same(f"{name}: every one", sorted(rows), [f"t-{i:02}" for i in range(1, MANY + 1)])
    same(f"{name}: positions", [rows[f"t-{i}"]["at"] for i in ("05", "11", "21", "32", "33", "60")],
         ["base", "r1", "r2", "base", "base", "base"])
    has(f"{name}: a connection that is lost", rows["t-35"]["state"], "the connection was lost")
    for i in ("05", "11", "21", "25", "31", "32", "33", "34", "35", "36", "60"):
        alone = run(path, "status", "dev", "--format", "json", "--only", f"t-{i}")
        same(f"{name}: t-{i} is what it is alone", rows[f"t-{i}"], alone.json["targets"][0])
    has(f"{name}: a step that a run died in", rows["t-25"]["state"], "inside r2")
    r = run(path, "status", "dev")
    ok(f"{name}: in groups", len(r.out.splitlines()) < 10, r)
    expect(f"{name}: the first that cannot be planned", 4, path, "plan", "dev", part="lockstep: t-25: ")
    by["25"].script("UPDATE lockstep_history SET outcome = 'applied', done = 1 WHERE revision = 'r2'")
    expect(f"{name}: a position from elsewhere", 1, path, "plan", "dev", part="t-31: ") \
        if run(path, "plan", "dev").status == 1 else expect(f"{name}: a position from elsewhere", 4, path, "plan", "dev", part="t-31: ")
    by["31"].reset()
    by["34"].reset()
    by["35"].reset()
    admin.run("CREATE SCHEMA s_33")
    plan = planned("-o", "p.yaml")
    # base without and with a version table, r1, r2
    same(f"{name}: tracks", len(plan["tracks"]), 4)
    connections = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'lockstep%'"
    expect(f"{name}: apply", 0, path, "apply", "p.yaml")
    same(f"{name}: all at head", {tuple(t.at()) for t in tenants}, {("r2",)})
    wait_for("no connection is left", lambda: admin.run(connections) == ["0"])
    environment(path, "next", f'targets: [{{ name: one, url: "sqlite:///next.db" }}]\n')
    expect(f"{name}: promote what all of them have", 0, path, "promote", "dev", "next", "--yes")
    same(f"{name}: promoted", SQLite("", f"{path}/next.db").at(), ["r2"])
    # The project's own schema for the version table: every tenant has the same, and is read by itself.
    write(f"{path}/lockstep.yaml", "project: e2e\nversion_table_schema: s_01\n")
    r = expect(f"{name}: a schema for the version table", 0, path, "status", "dev", part="t-01")

mysql = mariadb_databases("tenants", [f"{i:02}" for i in range(1, 21)])
if mysql:
    fresh("databases of one MariaDB", "".join(f'  - {{ name: t-{d.name}, url: "{d.url}" }}\n' for d in mysql))
    expect(f"{name}: apply", 0, path, "apply", "dev", "--yes", "--only", "t-0*")
    r = expect(f"{name}: status", 2, path, "status", "dev", "--format", "json")
    same(f"{name}: positions", [t["at"] for t in r.json["targets"]], ["r2"] * 9 + ["base"] * 11)
    same(f"{name}: tracks", len(planned()["tracks"]), 2)

# ---------------------------------------------------------------- thousands of files

fresh("2,000 files", each("range: 0001..2000", "sqlite:///db-${value}.db"), WAVES.replace("match: { canary: true }", "count: 5"))
began = time.monotonic()
r = expect(f"{name}: plan", 2, path, "plan", "dev", part="wave others: 1792 targets")
ok(f"{name}: few lines", len(r.out.splitlines()) < 20, r)
r = expect(f"{name}: status", 2, path, "status", "dev", part="t-0001, t-0002, t-0003 and 1997 more")
ok(f"{name}: quickly", time.monotonic() - began < 20, time.monotonic() - began)
finish()
