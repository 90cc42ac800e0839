"""Rollouts in waves, several targets at a time: what starts when, on real servers. The audit log tells when each target was
at work; what overlaps there was at work at the same time."""
from runs import *


def slow_revision(path, seconds=0.3):
    revision(path, "r1", "", {
        "postgresql": TABLE.format("a") + f"SELECT pg_sleep({seconds});\n",
        "mysql": TABLE.format("a") + f"SET @slow = SLEEP({seconds});\n",
        "sqlite": TABLE.format("a") + "INSERT INTO a SELECT sum(x) FROM (WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x "
                                      "+ 1 FROM c WHERE x < 300000) SELECT x FROM c);\n"}, "DROP TABLE a;")


def limits():
    """Three waves on three servers: the canary alone, at most two a server and four in all."""
    pg = schemas("waves", ["p1", "p2", "p3", "p4"])
    my = mariadb_databases("waves", ["m1", "m2", "m3"])
    lite = sqlite_databases("waves", ["s1", "s2", "s3", "s4", "s5"])
    if not pg or not my:
        return
    found = [*pg, *my, *lite]
    path = project(folder("waves"))
    environment(path, "dev", listed(found, {"p1": "canary: true"}), """rollout:
  parallel: 4
  parallel_per_server: 2
  waves:
    - { name: canary, match: { canary: true } }
    - { name: one, count: 1 }
    - { name: rest, rest: true }
""")
    slow_revision(path)
    r = expect("limits", 0, path, "apply", "dev", "--yes", "--format", "json")
    same("limits: all are done", {t["outcome"] for t in r.json["targets"]}, {"done"}, r)
    same("limits: at", [d.at() for d in found], [["r1"]] * len(found))
    when = spans(path)
    same("limits: the canary is first", before(when, ["p1"], [d.name for d in found if d.name != "p1"]), True, when)
    same("limits: then one more", before(when, ["p2"], ["p3", "p4", "m1", "m2", "m3", "s1", "s2", "s3", "s4", "s5"]), True, when)
    ok("limits: four in all", 2 <= at_once(when, when) <= 4, when)
    same("limits: two on PostgreSQL", at_once(when, ["p1", "p2", "p3", "p4"]), 2, when)
    ok("limits: two on MariaDB", at_once(when, ["m1", "m2", "m3"]) <= 2, when)
    same("limits: the log is whole", run(path, "audit", "verify").status, 0)


def names_of_one_server():
    """The limit of a server counts all that lead to it, whatever it is called."""
    found, sockets = schemas("aliases", ["a", "b", "c"]), os.environ.get("LOCKSTEP_TEST_POSTGRESQL_SOCKETS")
    if not found or not sockets:
        return
    found[1].url = found[1].url.replace("127.0.0.1", "LocalHost")
    found[2].url = re.sub(r"@127.0.0.1:(\d+)(/.*)", rf"@\2&host={sockets}&port=\1", found[2].url)
    path = project(folder("aliases"))
    environment(path, "dev", found, "rollout: { parallel: 3, parallel_per_server: 1 }\n")
    slow_revision(path)
    r = expect("aliases", 0, path, "apply", "dev", "--yes")
    when = spans(path)
    same("aliases: one at a time", at_once(when, ["a", "b", "c"]), 1, when, r)


def dependencies():
    """Two waves that wait for nobody but the first run side by side."""
    found = schemas("depends", ["a", "b1", "b2", "c1", "c2", "d"])
    if not found:
        return
    path = project(folder("depends"))
    environment(path, "dev", listed(found, {d.name: f"w: {d.name[0]}" for d in found}), """rollout:
  parallel: 8
  waves:
    - { name: a, match: { w: a } }
    - { name: b, match: { w: b }, depends_on: [a] }
    - { name: c, match: { w: c }, depends_on: [a] }
    - { name: d, match: { w: d }, depends_on: [b, c] }
""")
    slow_revision(path)
    expect("dependencies", 0, path, "apply", "dev", "--yes")
    when = spans(path)
    same("dependencies: a is first", before(when, ["a"], ["b1", "b2", "c1", "c2", "d"]), True, when)
    same("dependencies: b and c run side by side", at_once(when, ["b1", "b2", "c1", "c2"]), 4, when)
    same("dependencies: d is last", before(when, ["a", "b1", "b2", "c1", "c2"], ["d"]), True, when)


def many():
    """More targets than threads, on files: each once, whatever the order."""
    found = sqlite_databases("many", [f"t{i:02}" for i in range(40)])
    path = project(folder("many"))
    environment(path, "dev", found, "rollout: { parallel: 8 }\n")
    revision(path, "r1", "", TABLE.format("a"), "DROP TABLE a;")
    revision(path, "r2", "r1", TABLE.format("b"), "DROP TABLE b;")
    expect("many", 0, path, "apply", "dev", "--yes")
    same("many: at", {tuple(d.at()) for d in found}, {("r2",)})
    same("many: each step once", {tuple(h[1] for h in d.history()) for d in found}, {("r1", "r2")})
    same("many: the log is whole", run(path, "audit", "verify").status, 0)
    same("many: and complete", sum(e["kind"] == "target_finished" for e in log(path)), 40)


def open_files():
    """More at a time than files may be open is said before anything starts."""
    import resource
    found = sqlite_databases("files", [f"t{i:02}" for i in range(30)])
    path = project(folder("files"))
    environment(path, "dev", found, "rollout: { parallel: 30 }\n")
    revision(path, "r1", "", TABLE.format("a"), "DROP TABLE a;")
    r = ended(start(path, "apply", "dev", "--yes", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))))
    same("open files: refused", r.status, 4, r)
    has("open files: says so", r.errors, "open files")
    same("open files: nothing was done", [d.at() for d in found], [[]] * 30)
    r = ended(start(path, "apply", "dev", "--yes", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))))
    ok("open files: no advice that does not help", "parallel" not in r.errors and "ulimit -Hn 304" in r.errors, r)
    r = ended(start(path, "apply", "dev", "--yes", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (100, 1000))))
    same("open files: the soft limit is raised", r.status, 0, r)


for case in (limits, names_of_one_server, dependencies, many, open_files):
    case()
finish()
