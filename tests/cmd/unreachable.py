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
    same("status: says that something is not known", r.status, 1, r)
    for name in ("a", "b"):
        ok(f"status: {name} is told", re.search(rf"^dev +{name} +base +1 +1 pending", r.out, re.M), r)
    ok("status: and the other one with its reason", re.search(r"locked +.*LOCKSTEP_NO_SUCH is not set", r.out), r)
    ok("status: whose name stands there once", "locked: " not in r.out, r)
    r = run(path, "status")
    ok("status: an environment whose targets are not known hides no other", re.search(r"^other +c ", r.out, re.M), r)
    ok("status: and is told", re.search(r"^many +\? ", r.out, re.M), r)
    same("status: unreachable counts most", r.status, 69, r)
    rows = json.loads(run(path, "status", "--format", "json").out)["targets"]
    same("status as JSON: the same", sorted(row["target"] for row in rows), ["?", "a", "b", "c", "locked"], rows)


a_secret_that_cannot_be_read_hides_no_other_target()
finish()
