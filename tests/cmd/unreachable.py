"""Targets that cannot be reached, or whose secrets cannot be read: the others are told, planned and changed as far as the
failure budget allows, and what was left out is said everywhere."""
from e2e import *

ONE = "CREATE TABLE t1 (id bigint);"


def sqlite_targets(path, names, extra=""):
    return "targets:\n" + "".join(f'  - {{ name: {n}, url: "sqlite:///{path}/{n}.db" }}\n' for n in names) + extra


def a_secret_that_cannot_be_read_hides_no_other_target():
    path = project(folder("secret"))
    revision(path, "r1", "", ONE, "DROP TABLE t1;")
    environment(path, "dev", sqlite_targets(path, ["a", "b"],
                '  - { name: locked, url: "postgresql://u@127.0.0.1:1/x", password: "${env:LOCKSTEP_NO_SUCH}" }\n'))
    environment(path, "many", "targets:\n  - name: ${value}\n    url: sqlite:///${value}.db\n"
                '    each: { query: "select 1", from: "postgresql://u@127.0.0.1:1/registry" }\n')
    environment(path, "other", sqlite_targets(path, ["c"]))
    r = run(path, "status", "dev")
    same("status: says that something is not known", r.status, 65, r)
    for name in ("a", "b"):
        ok(f"status: {name} is told", re.search(rf"^dev +{name} +base +1 +1 pending", r.out, re.M), r)
    ok("status: and the other one with its reason", re.search(r"locked +.*LOCKSTEP_NO_SUCH is not set", r.out), r)
    has("status: and the place in the document", re.sub(r"\s+", " ", r.out), "environments/dev.yaml:5:")
    ok("status: whose name stands there once", "locked: " not in r.out, r)
    r = run(path, "status")
    ok("status: an environment whose targets are not known hides no other", re.search(r"^other +c ", r.out, re.M), r)
    ok("status: and is told", re.search(r"^many +\? ", r.out, re.M), r)
    same("status: unreachable counts most", r.status, 69, r)
    rows = json.loads(run(path, "status", "--format", "json").out)["targets"]
    same("status as JSON: the same", sorted(row["target"] for row in rows), ["?", "a", "b", "c", "locked"], rows)


def doctor_tries_the_others_too():
    path = project(folder("doctor"))
    revision(path, "r1", "", ONE, "DROP TABLE t1;")
    environment(path, "dev", sqlite_targets(path, ["a"],
                '  - { name: locked, url: "postgresql://u@127.0.0.1:1/x", password: "${env:LOCKSTEP_NO_SUCH}" }\n'))
    r = run(path, "doctor", "--connect", "-e", "dev")
    ok("doctor: one line for each target", re.search(r"^ok +connect dev/a ", r.out, re.M) and
       re.search(r"^fail +connect dev/locked .*LOCKSTEP_NO_SUCH is not set", r.out, re.M), r)


def two_groups_that_read_the_same_say_what_parts_them():
    path = project(folder("alike"))
    revision(path, "r1", "", ONE, "DROP TABLE t1;")
    targets = [SQLite(n, f"{path}/{n}.db") for n in ("new", "old")]
    environment(path, "dev", targets)
    targets[1].script("CREATE TABLE alembic_version (version_num varchar(32) NOT NULL PRIMARY KEY)")
    out = run(path, "plan", "dev").out
    has("alike: the new one", out, "on new: base -> r1  (sqlite, without a version table yet)")
    has("alike: the one that has it", out, "on old: base -> r1  (sqlite, has a version table)")


def what_cannot_be_reached_counts_against_the_budget():
    path = project(folder("budget"))
    revision(path, "r1", "", ONE, "DROP TABLE t1;")
    gone = '  - { name: gone, url: "postgresql://u@127.0.0.1:1/x" }\n'
    locked = '  - { name: locked, url: "postgresql://u@127.0.0.1:1/y", password: "${env:LOCKSTEP_NO_SUCH}" }\n'
    some = sqlite_targets(path, [f"t{i}" for i in range(8)])
    dbs = [SQLite(f"t{i}", f"{path}/t{i}.db") for i in range(8)]

    environment(path, "dev", some + gone)
    expect("no budget: refused", 69, path, "apply", "dev", "--yes", part="gone: ")
    same("no budget: nothing was changed", [d.at() for d in dbs if os.path.exists(d.path)], [])

    environment(path, "dev", some + gone + locked, "rollout: { max_failures: 1 }\n")
    expect("one too many: refused", 69, path, "apply", "dev", "--yes", part="2 of 10 targets cannot be reached, and 1 may fail")
    same("one too many: nothing was changed", [d.at() for d in dbs if os.path.exists(d.path)], [])

    environment(path, "dev", some + gone + locked, "rollout: { max_failures: 20% }\n")
    r = expect("within: plan", 2, path, "plan", "dev", "-o", "p.yaml", part="2 targets cannot be reached: left out, and counted as failed")
    has("within: each with its reason", r.out, "LOCKSTEP_NO_SUCH is not set")
    same("within: the plan says which", [t["name"] for t in run(path, "plan", "dev", "--format", "json").json["left_out"]],
         ["gone", "locked"])
    text = read(f"{path}/p.yaml")
    has("within: and so does its file", text, "left_out:")
    write(f"{path}/q.yaml", text.replace("name: locked", "name: lokced"))
    expect("within: which the digest covers", 4, path, "apply", "q.yaml", part="was changed after it was made")
    r = expect("within: applied", 3, path, "apply", "p.yaml", part="left out of the plan, and counted as failed: gone, locked")
    has("within: says so at the end", r.errors, "2 of 10 targets failed, which is within the failure budget")
    same("within: the others are there", [d.at() for d in dbs], [["r1"]] * 8)
    expect("within: nothing but them is left", 3, path, "apply", "dev", "--yes", part="2 targets cannot be reached")
    expect("within: the way back", 0, path, "rollback", "--yes")
    same("within: all are back", [d.at() for d in dbs], [[]] * 8)

    # What was left out is spent: the next failure is one too many.
    revision(path, "r1", "", ONE + "\nINSERT INTO t1 SELECT count(*) FROM bad;", "DROP TABLE t1;")
    for d in dbs[1:]:
        d.script("CREATE TABLE bad (id int);")
    r = expect("spent: the first failure stops", 1, path, "apply", "dev", "--yes",
               part="1 of 8 targets failed, and 0 may beside the 2 that were left out")
    same("spent: nothing else was started", [d.at() for d in dbs], [[]] * 8, r)

    waves = "rollout:\n  max_failures: 2\n  waves: [{ name: canary, match: { c: yes }, %s }, { rest: true }]\n"
    canary = gone.replace(" }\n", ", labels: { c: yes } }\n")
    environment(path, "dev", some + canary, waves % "parallel: 1")
    expect("no canary: refused", 69, path, "apply", "dev", "--yes", part="no target of wave canary can be reached")
    environment(path, "dev", some.replace("t0.db\"", "t0.db\", labels: { c: yes }") + canary, waves % "atomic: true")
    expect("an atomic wave: refused", 69, path, "apply", "dev", "--yes", part="wave canary is atomic and needs all of its targets")
    expect("left out by hand", 2, path, "plan", "dev", "--exclude", "gone")


a_secret_that_cannot_be_read_hides_no_other_target()
doctor_tries_the_others_too()
two_groups_that_read_the_same_say_what_parts_them()
what_cannot_be_reached_counts_against_the_budget()
finish()
