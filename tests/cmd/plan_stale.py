"""A plan runs as it was made or not at all: a target that has moved is refused alone, and so is a plan whose file,
environment or address was changed."""
from e2e import *

TABLE = "CREATE TABLE {0} (id integer);\n"
names = ("one", "two", "three")


def fresh(case, policy="continue"):
    global name, path, targets
    name = case
    targets = sqlite_databases("stale", names)
    path = project(folder("stale"))
    environment(path, "dev", targets, f"rollout: {{ on_failure: {policy} }}\n")
    for i, id in enumerate(("r1", "r2", "r3")):
        revision(path, id, f"r{i}" if i else "", TABLE.format(id), f"DROP TABLE {id};")
    same(f"{name}: plan", run(path, "plan", "dev", "-o", "p.yaml").status, 2)


def at(*expected):
    same(f"{name}: positions", [d.at() for d in targets], [[e] if e else [] for e in expected])


fresh("a target has moved")
mover = run(path, "upgrade", "r1", "-t", "two")
mover_id = re.search(r"run (\S+)", mover.out).group(1)
r = expect(name, 4, path, "apply", "p.yaml", "--format", "json")
same(f"{name}: outcomes", [t["outcome"] for t in r.json["targets"]], ["done", "refused", "done"], r)
two = r.json["targets"][1]
has(f"{name}: says how", two["error"]["message"], "it was at base and is at r1", r)
has(f"{name}: names the run that moved it", two["error"]["message"], mover_id, r)
has(f"{name}: the story", two["story"], "Nothing was changed on it: it is at r1")
at("r3", "r1", "r3")
same(f"{name}: nothing was written on it", [h[:2] for h in targets[1].history()], [(mover_id, "r1")])

fresh("the only moved target", "stop")
for d in names:
    run(path, "upgrade", "r1", "-t", d)
r = expect(name, 4, path, "apply", "p.yaml")
at("r1", "r1", "r1")
r = run(path, "audit", "log", "--format", "json")
same(f"{name}: the log", r.json["runs"][0]["outcome"], "refused", r)

fresh("moved by Alembic, or by hand", "stop")
targets[0].script("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); INSERT INTO alembic_version VALUES ('r2')")
r = expect(name, 4, path, "apply", "p.yaml", part="it was at base and is at r2")
at("r2", None, None)

fresh("moved and moved back")
run(path, "upgrade", "r1", "-t", "one")
run(path, "downgrade", "base", "-t", "one")
r = expect(f"{name} is where it was", 0, path, "apply", "p.yaml")
at("r3", "r3", "r3")

fresh("applied twice")
expect(name, 0, path, "apply", "p.yaml")
r = expect(name, 4, path, "apply", "p.yaml", part="is at r3")
at("r3", "r3", "r3")

fresh("revisions changed after planning")
for id in ("r1", "r2", "r3"):
    os.unlink(f"{path}/revisions/{id}.sql")
expect(f"{name}: the plan has all it needs", 0, path, "apply", "p.yaml")
at("r3", "r3", "r3")

for what, old, new in (("SQL", "CREATE TABLE r2 (id integer)", "CREATE TABLE r2 (id integer, x integer)"),
                       ("a target", "name: three", "name: trhee"), ("the position", "from: []", "from:\n      - r1"),
                       ("the policy", "on_failure: continue", "on_failure: rollback"),
                       ("the digest", "digest: ", "digest: 0"), ("reversibility", "reversible: true", "reversible: false"),
                       ("the environment", "environment: dev", "environment: prod"),
                       ("an unknown key", "format: 1", "format: 1\nforce: true")):
    fresh(f"{what} edited in the plan")
    text = read(f"{path}/p.yaml")
    ok(f"{name}: the text is there", old in text, text)
    write(f"{path}/p.yaml", text.replace(old, new, 1))
    for words in (("apply", "p.yaml"), ("render", "p.yaml")):
        r = run(path, *words)
        ok(f"{name}: {words[0]} is refused", r.status in (4, 65), r)
        has(f"{name}: {words[0]} names the file", r.errors, "p.yaml")
    at(None, None, None)

fresh("cut off in the middle")
text = read(f"{path}/p.yaml")
for part in (0, 1, len(text) // 3, len(text) // 2, len(text) - 30):
    write(f"{path}/p.yaml", text[:part])
    r = run(path, "apply", "p.yaml")
    ok(f"{name} at {part}: refused", r.status in (4, 65) and "p.yaml" in r.errors, r)
at(None, None, None)

fresh("comments and times may change")
text = read(f"{path}/p.yaml")
write(f"{path}/p.yaml", "# read and found good\n" + re.sub("created: .*", "created: 2026-01-01T00:00:00Z", text))
expect(name, 0, path, "apply", "p.yaml")

fresh("a target left the environment")
environment(path, "dev", targets[:2])
expect(name, 4, path, "apply", "p.yaml", part="three")
at(None, None, None)

fresh("a target has another address")
other = SQLite("three", targets[2].path + ".other")
environment(path, "dev", [*targets[:2], other])
r = expect(name, 4, path, "apply", "p.yaml", part="was planned for")
at(None, None, None)
ok(f"{name}: the other one was not made", not os.path.exists(other.path))

fresh("a target was added")
environment(path, "dev", [*targets, SQLite("four", targets[0].path + ".four")])
expect(name, 0, path, "apply", "p.yaml")
at("r3", "r3", "r3")
ok(f"{name}: it is left alone", not os.path.exists(targets[0].path + ".four"))

fresh("options that a plan does not take")
expect(f"{name}: -t", 64, path, "apply", "p.yaml", "-t", "one", part="-t")
environment(path, "prod", targets)
expect(f"{name}: -e", 64, path, "apply", "p.yaml", "-e", "prod", part="this plan is for dev")
expect(f"{name}: no such file", 65, path, "apply", "plans/nope.yaml", part="nope.yaml")
at(None, None, None)

# A named file holds what was planned last, also when that is nothing: "apply" of it never runs an older plan.
fresh("plan --out with nothing to do")
expect(f"{name}: all done", 0, path, "apply", "dev", "--yes")
before = read(f"{path}/p.yaml")
r = expect(f"{name}: planned again", 0, path, "plan", "dev", "-o", "p.yaml", part="saved as p.yaml")
ok(f"{name}: the old plan is gone", read(f"{path}/p.yaml") != before, r)
r = expect(f"{name}: applied", 0, path, "apply", "p.yaml", "--format", "json")
same(f"{name}: nothing was to be done", {t["outcome"] for t in r.json["targets"]}, {"unchanged"}, r)
at("r3", "r3", "r3")
expect(f"{name}: one goes back", 0, path, "downgrade", "r2", "-t", "two", "--yes")
expect(f"{name}: which the empty plan did not know", 4, path, "apply", "p.yaml", part="it was at r3 and is at r2")
expect(f"{name}: an empty shard", 0, path, "plan", "dev", "--only", "one", "--shard", "1/2", "-o", "p.yaml")
expect(f"{name}: another", 0, path, "plan", "dev", "--only", "one", "--shard", "2/2", "-o", "p.yaml")
expect(f"{name}: applied again", 0, path, "apply", "p.yaml")
finish()
