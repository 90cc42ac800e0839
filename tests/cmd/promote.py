"""promote A B brings to B what every target of A has run, with the files as they ran, and tells what it holds back."""
from e2e import *


def table(name):
    return f"CREATE TABLE {name} (id integer);\n"


def fresh(case, servers=()):
    global name, path, dev, staging, production
    name = case
    place = folder("promote")
    dev = sqlite_databases("promote", ["dev-a", "dev-b"], place)
    staging = sqlite_databases("promote", ["staging"], place)
    production = sqlite_databases("promote", ["eu", "us"], place)
    path = project(folder("promote"), dev=dev)
    environment(path, "staging", staging, "promotes_from: dev\n")
    environment(path, "production", production, "promotes_from: staging\n")
    for i, id in enumerate(("r1", "r2", "r3")):
        revision(path, id, f"r{i}" if i else "", table(id), f"DROP TABLE {id};")


fresh("all of it")
same(f"{name}: dev", run(path, "apply", "dev", "--yes").status, 0)
r = expect(name, 0, path, "promote", "dev", "staging", "--yes")
same(f"{name}: staging", staging[0].at(), ["r3"], r)
r = expect(f"{name}: again", 0, path, "promote", "dev", "staging", "--yes", part="nothing to do")
r = expect(f"{name}: on", 0, path, "promote", "staging", "production", "--yes")
same(f"{name}: production", [d.at() for d in production], [["r3"], ["r3"]], r)
same(f"{name}: checksums are the same", *[d.history("revision, checksum") for d in (dev[0], production[1])])

fresh("not yet everywhere")
run(path, "upgrade", "r3", "-e", "dev", "-t", "dev-a")
run(path, "upgrade", "r1", "-e", "dev", "-t", "dev-b")
r = expect(name, 0, path, "promote", "dev", "staging", "--yes")
same(f"{name}: staging", staging[0].at(), ["r1"], r)
for id in ("r2", "r3"):
    has(f"{name}: held back, and why", r.out, f"{id}: not on dev-b", r)

fresh("edited after it ran")
run(path, "apply", "dev", "--yes")
revision(path, "r2", "r1", table("r2") + "CREATE INDEX i2 ON r2 (id);", "DROP TABLE r2;")
r = expect(name, 0, path, "promote", "dev", "staging", "--yes")
same(f"{name}: staging", staging[0].at(), ["r1"], r)
has(f"{name}: why", r.out, "r2: its file was edited after it ran on dev-a")

fresh("only what counts was edited")
run(path, "apply", "dev", "--yes")
text = read(f"{path}/revisions/r2.sql")
write(f"{path}/revisions/r2.sql", text.replace("message: revision r2", "message: another message"))
r = expect(name, 0, path, "promote", "dev", "staging", "--yes")
ok(f"{name}: a message is no reason to hold back, or it is said", staging[0].at() == ["r3"] or "edited" in r.out, r)

fresh("stamped only")
run(path, "upgrade", "r1", "-e", "dev", "-t", "dev-a")
run(path, "upgrade", "r1", "-e", "dev", "-t", "dev-b")
for d in dev:
    d.script(table("r2"))
    same(f"{name}: stamp", run(path, "stamp", "r2", "-e", "dev", "-t", d.name).status, 0)
r = expect(name, 0, path, "promote", "dev", "staging", "--yes", part="r2: dev-a has no record of having run it")
same(f"{name}: staging", staging[0].at(), ["r1"], r)

fresh("taken back in dev")
run(path, "apply", "dev", "--yes")
for d in dev:
    run(path, "downgrade", "-1", "-e", "dev", "-t", d.name)
r = expect(name, 0, path, "promote", "dev", "staging", "--yes", part="r3: not on")
same(f"{name}: staging", staging[0].at(), ["r2"], r)

fresh("the wrong way")
run(path, "apply", "dev", "--yes")
expect(f"{name}: past staging", 4, path, "promote", "dev", "production", "--yes", part="takes promotions from staging")
expect(f"{name}: to itself", 64, path, "promote", "dev", "dev", "--yes", part="itself")
expect(f"{name}: from an unknown one", 64, path, "promote", "dve", "staging", part="dev")
expect(f"{name}: one only", 64, path, "promote", "dev")
same(f"{name}: nothing was made", [os.path.exists(d.path) for d in staging + production], [False] * 3)

fresh("a plan to be approved")
run(path, "apply", "dev", "--yes")
r = expect(f"{name}: --plan-only", 2, path, "promote", "dev", "staging", "--plan-only", "-o", "p.yaml")
ok(f"{name}: nothing has run", not os.path.exists(staging[0].path), r)
has(f"{name}: the plan tells where it comes from", read(f"{path}/p.yaml"), "promotes_from: dev")
r = expect(f"{name}: apply", 0, path, "apply", "p.yaml")
same(f"{name}: staging", staging[0].at(), ["r3"], r)
expect(f"{name}: nothing left", 0, path, "promote", "dev", "staging", "--plan-only")

fresh("nobody to ask")
run(path, "apply", "dev", "--yes")
r = expect(name, 4, path, "promote", "dev", "staging", part="no terminal")
has(f"{name}: the plan stays", r.errors, "lockstep apply ")
saved = re.search(r"lockstep apply (\S+?)\.?$", r.errors, re.M)
expect(f"{name}: and runs", 0, path, "apply", saved.group(1).rstrip(".") if saved else "none")

fresh("a branch that dev lacks")
revision(path, "s1", "", table("s1"), "DROP TABLE s1;", header="-- labels: side\n")
run(path, "apply", "dev", "--yes", "--to", "r3")
r = expect(name, 0, path, "promote", "dev", "staging", "--yes", part="s1: not on dev-a")
same(f"{name}: staging", staging[0].at(), ["r3"], r)

fresh("staging is ahead")
run(path, "upgrade", "r1", "-e", "dev", "-t", "dev-a")
run(path, "upgrade", "r1", "-e", "dev", "-t", "dev-b")
run(path, "upgrade", "r2", "-e", "staging")
r = expect(name, 0, path, "promote", "dev", "staging", "--yes", part="nothing to do")
same(f"{name}: it stays", staging[0].at(), ["r2"], r)

# Between databases: the evidence is the section that ran there.
found = databases("postgresql", "promote", ["main"])
if found:
    fresh("from SQLite to PostgreSQL, one section for both")
    environment(path, "staging", found, "promotes_from: dev\n")
    run(path, "apply", "dev", "--yes")
    r = run(path, "promote", "dev", "staging", "--yes")
    same(f"{name}: status", r.status, 0, r)
    same(f"{name}: staging", found[0].at(), ["r3"], r)
finish()
