"""Every exit status of the architecture page, from the command line; servers that cannot be reached."""
import socket
from e2e import *

TABLE = "CREATE TABLE {0} (id integer);\n"


def fresh(case, n=1, more=""):
    global name, path, targets
    name = case
    targets = sqlite_databases("statuses", ["one", "two", "three"])[:n]
    path = project(folder("statuses"))
    environment(path, "dev", targets, more)
    revision(path, "r1", "", TABLE.format("t1"), "DROP TABLE t1;")


# 0 and 2
fresh("something is pending")
expect(name, 2, path, "status")
expect(f"{name}: plan", 2, path, "plan")
expect(f"{name}: apply", 0, path, "apply", "dev", "--yes")
expect("nothing is pending", 0, path, "status")
expect("nothing to plan", 0, path, "plan")
expect("nothing to apply", 0, path, "apply", "dev", "--yes")
ok("and no question is asked", run(path, "apply", "dev").status == 0)

# 1
fresh("failed")
targets[0].script(TABLE.format("t1"))
expect(name, 1, path, "apply", "dev", "--yes", part="already exists")
expect(f"{name}: upgrade", 1, path, "upgrade")

# 3
fresh("within the failure budget", 3, "rollout: { on_failure: continue, max_failures: 1 }\n")
targets[1].script(TABLE.format("t1"))
r = expect(name, 3, path, "apply", "dev", "--yes", "--format", "json")
same(f"{name}: outcomes", [t["outcome"] for t in r.json["targets"]], ["done", "failed", "done"], r)
same(f"{name}: the log", run(path, "audit", "log", "--format", "json").json["runs"][0]["outcome"], "within budget")
fresh("beyond the failure budget", 3, "rollout: { on_failure: continue, max_failures: 1 }\n")
for d in targets[:2]:
    d.script(TABLE.format("t1"))
expect(name, 1, path, "apply", "dev", "--yes")
fresh("a third of three is one", 3, "rollout: { on_failure: continue, max_failures: 34% }\n")
targets[0].script(TABLE.format("t1"))
expect(name, 3, path, "apply", "dev", "--yes")
fresh("33% of three is none", 3, "rollout: { on_failure: continue, max_failures: 33% }\n")
targets[0].script(TABLE.format("t1"))
expect(name, 1, path, "apply", "dev", "--yes")
fresh("a budget, then stop", 3, "rollout: { on_failure: stop, max_failures: 1 }\n")
targets[0].script(TABLE.format("t1"))
r = expect(name, 3, path, "apply", "dev", "--yes", "--format", "json")
same(f"{name}: goes on within it", [t["outcome"] for t in r.json["targets"]], ["failed", "done", "done"], r)

# 4
fresh("nobody to ask")
expect(name, 4, path, "apply", "dev")
fresh("what is not supported yet", more="approvals: { required: 2 }\n")
expect(name, 4, path, "apply", "dev", "--yes", part="not supported yet")
same(f"{name}: nothing was made", os.path.exists(targets[0].path), False)
environment(path, "dev", targets, "protected: true\n")
expect(f"{name}: protected", 4, path, "apply", "dev", "--yes", part="not supported yet")

# 64 and 65
fresh("usage")
for words in (("frobnicate",), ("upgrade", "--frobnicate"), ("apply", "nope", "--yes"), ("upgrade", "zzzz"), ("upgrade", "head:base"),
              ("status", "-e", "dev", "--url", "sqlite:///x"), ("plan", "--format", "xml"), ("audit",), ("stamp",), ("downgrade",),
              ("upgrade", "-t", "nope"), ("promote", "dev")):
    r = expect(f"{name}: {' '.join(words)}", 64, path, *words)
    ok(f"{name}: {' '.join(words)}: says why", r.errors.startswith("lockstep: "), r)
fresh("files")
write(f"{path}/environments/dev.yaml", "environment: dev\ntargts: []\n")
expect(f"{name}: an environment", 65, path, "status", part="dev.yaml:2:1")
fresh("files")
write(f"{path}/revisions/bad.sql", "SELECT 1;\n")
expect(f"{name}: a revision", 65, path, "status", part="bad.sql:1")
expect(f"{name}: a plan", 65, path, "apply", "no.yaml")
expect(f"{name}: no project", 65, folder("statuses"), "status", part="lockstep init")
fresh("errors as JSON")
r = run(path, "upgrade", "zzzz", "--format", "json")
try:
    e = json.loads(r.errors)["error"]
    same(name, (r.status, e["exit"], e["status"]), (64, 64, "usage"), r)
except ValueError as why:
    ok(name, False, why, r)

# 69
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen(1)
deaf = listener.getsockname()[1]  # accepts, and never says a word
closed = socket.socket()
closed.bind(("127.0.0.1", 0))
refusing = closed.getsockname()[1]
closed.close()
for kind in ("postgresql", "mysql"):
    for what, number in (("refuses", refusing), ("is silent", deaf)):
        fresh(f"a {kind} server that {what}")
        environment(path, "dev", f'targets:\n  - {{ name: far, url: "{kind}://me@127.0.0.1:{number}/db", password: "${{env:E2E_PASSWORD}}" }}\n'
                    f'  - {{ name: near, url: "{targets[0].url}" }}\nsettings: {{ connect_timeout: 1s }}\n')
        env = {"E2E_PASSWORD": "open-sesame-61"}
        if what == "is silent":
            env["ASAN_OPTIONS"] = "detect_leaks=0"  # an attempt that was given up ends with the process, in the middle
        for words in (("status",), ("upgrade", "-t", "far"), ("apply", "dev", "--yes"), ("current", "-t", "far"), ("plan",)):
            r = expect(f"{name}: {words[0]}", 69, path, *words, env=env, part="far")
            ok(f"{name}: {words[0]}: soon", r.seconds < SOON, r.seconds)
            ok(f"{name}: {words[0]}: no password", "sesame" not in str(r), r)
            if words[0] == "upgrade":
                has(f"{name}: {words[0]}: a hint", r.errors, "hint: ")
        has(f"{name}: status has the others", run(path, "status", env=env).out, "near")
        same(f"{name}: nothing was run", os.path.exists(targets[0].path), False)
listener.close()

fresh("a missing password")
environment(path, "dev", 'targets:\n  - { name: far, url: "postgresql://me@127.0.0.1/db", password: "${env:E2E_NOT_SET}" }\n')
r = run(path, "status")
ok(name, r.status != 0 and "E2E_NOT_SET" in r.out + r.errors, r)
for kind in ("postgresql", "mysql"):
    base = server(kind)
    if base:
        fresh(f"{kind}: no such database")
        environment(path, "dev", f'targets:\n  - {{ name: main, url: "{base}/nothing_here_{os.getpid()}" }}\n')
        expect(name, 69, path, "upgrade", part="nothing_here")

# A target that cannot be reached when its turn comes: the others are as the policy says.
found = databases("mysql", "statuses", ["gone"])
if found:
    for policy, expected, status in (("stop", ["done", "unreachable", "skipped"], 69), ("continue", ["done", "unreachable", "done"], 69),
                                     ("rollback", ["taken back", "unreachable", "skipped"], 69)):
        fresh(f"a target goes away after planning, {policy}", 2)
        found[0].reset()
        environment(path, "dev", [targets[0], found[0], targets[1]], f"rollout: {{ on_failure: {policy} }}\n")
        expect(f"{name}: plan", 2, path, "plan", "-o", "p.yaml")
        found[0].client.run(f"DROP DATABASE {found[0].database}")
        r = expect(name, status, path, "apply", "p.yaml", "--format", "json")
        reports = r.json["targets"] if r.out.strip() else []
        same(f"{name}: outcomes", [t["outcome"] for t in reports], expected, r)
        same(f"{name}: positions", [d.at() for d in targets],
             [["r1"] if o == "done" else [] for o in (expected[0], expected[2])])
finish()
