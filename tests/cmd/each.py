"""Targets by list, range and query: many of them share one track, and no more connections are open than a process and a
server can bear."""
import resource
from e2e import *

TABLE = "CREATE TABLE {0} (id integer);\n"


def fresh(case, targets, more=""):
    global name, path
    name = case
    path = project(folder("each"))
    environment(path, "dev", f"targets:\n{targets}{more}")
    revision(path, "r1", "", TABLE.format("t1"), "DROP TABLE t1;")
    revision(path, "r2", "r1", TABLE.format("t2"), "DROP TABLE t2;")


def names():
    r = run(path, "env", "show", "dev", "--format", "json")
    same(f"{name}: env show", r.status, 0, r)
    return [t["name"] for t in r.json["targets"]]


def each(text, url="sqlite:///db-${value}.db"):
    return f'  - {{ name: "t-${{value}}", url: "{url}", each: {{ {text} }} }}\n'


fresh("a list", each("list: [eu, us, ap-2]"))
same(name, names(), ["t-eu", "t-us", "t-ap-2"])
r = expect(f"{name}: apply", 0, path, "apply", "dev", "--yes")
same(f"{name}: databases", sorted(f for f in os.listdir(path) if f.endswith(".db")), ["db-ap-2.db", "db-eu.db", "db-us.db"], r)

fresh("a padded range, and a plain target beside it", each("range: 008..011") + '  - { name: main, url: "sqlite:///main.db" }\n')
same(name, names(), ["t-008", "t-009", "t-010", "t-011", "main"])

fresh("a query", "  - { name: registry, url: \"sqlite:///registry.db\" }\n" +
      each('query: "select name from tenants order by name", from: "sqlite:///registry.db"'))
SQLite("registry", f"{path}/registry.db").script("CREATE TABLE tenants (name text); INSERT INTO tenants VALUES ('b'), ('a')")
r = expect(f"{name}: status", 2, path, "status", "--format", "json")
same(name, [t["target"] for t in r.json["targets"]], ["registry", "t-a", "t-b"], r)
expect(f"{name}: apply", 0, path, "apply", "dev", "--yes")
SQLite("registry", f"{path}/registry.db").script("INSERT INTO tenants VALUES ('c')")
r = expect(f"{name}: a new tenant", 2, path, "status", part="t-c")
SQLite("registry", f"{path}/registry.db").script("DELETE FROM tenants")
r = run(path, "status")
ok(f"{name}: no tenant is said", r.status != 0 and "query" in r.errors, r)

for case, text, part in (("twice the same", "list: [a, a]", "t-a"), ("an empty list", "list: []", "list"),
                         ("a range backwards", "range: 5..1", "range"), ("an endless range", "range: 1..99999999999", "range"),
                         ("no range", "range: one..two", "range"), ("nothing", "", "each"), ("two ways", "list: [a], range: 1..2", "each"),
                         ("a query without a place", 'query: "select 1"', "from")):
    fresh(case, each(text))
    r = run(path, "status")
    ok(f"{case}: refused, with the place", r.status == 65 and "environments/dev.yaml:" in r.errors and part in r.errors, r)
fresh("a query that fails", each('query: "select name from nowhere", from: "sqlite:///main.db"'))
SQLite("main", f"{path}/main.db").script("CREATE TABLE t (i)")
r = run(path, "status")
ok(f"{name}: says so", r.status in (1, 65, 69) and "nowhere" in r.errors, r)
fresh("values that would reach for more", each("list: ['a/../../b', 'c d', 'x%2e', \"q'uote\"]"))
r = run(path, "apply", "dev", "--yes")
made = [f for f in os.listdir(os.path.dirname(path)) if f == "b.db"]
same(f"{name}: nothing outside of the folder", made, [], r)

# Hundreds of targets, few of anything else.
MANY = 300
fresh(f"{MANY} targets", each(f"range: 1..{MANY}"))
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (100, hard))
r = expect(f"{name}: plan", 2, path, "plan", "dev", "-o", "p.yaml", part="and 290 more")
text = read(f"{path}/p.yaml")
same(f"{name}: they share one track", (text.count("- track:"), text.count("name: t-"), text.count("CREATE TABLE t1")), (1, MANY, 1))
run(path, "upgrade", "-t", "t-7")
r = expect(f"{name}: another position is another track", 2, path, "plan", "dev", "-o", "q.yaml")
same(f"{name}: two tracks", read(f"{path}/q.yaml").count("- track:"), 2, r)
r = expect(f"{name}: apply", 0, path, "apply", "q.yaml", "--format", "json")
same(f"{name}: outcomes", sorted({t["outcome"] for t in r.json["targets"]}), ["done", "unchanged"])
same(f"{name}: all of them", sum(SQLite("x", f"{path}/db-{i}.db").at() == ["r2"] for i in range(1, MANY + 1)), MANY)
expect(f"{name}: status", 0, path, "status")
expect(f"{name}: verify", 0, path, "audit", "verify")
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

found = databases("postgresql", "each", ["main"])
if found:
    d = found[0]
    limit = int(d.query("SHOW max_connections")[0][0])
    d.script("".join(f"CREATE SCHEMA s{i};\n" for i in range(1, limit + 21)))
    fresh(f"{limit + 20} schemas on a server that takes {limit} connections",
          each('query: "select nspname from pg_namespace where nspname ~ \'^s[0-9]\'", from: "' + d.url + '"', d.url + "?schema=${value}"))
    r = expect(f"{name}: plan", 2, path, "plan", "dev", "-o", "p.yaml")
    same(f"{name}: one track", read(f"{path}/p.yaml").count("- track:"), 1, r)
    r = expect(f"{name}: apply", 0, path, "apply", "p.yaml", "-q")
    same(f"{name}: each has its own", d.query("SELECT count(*) FROM pg_tables WHERE tablename = 't2' AND schemaname ~ '^s'"),
         [(str(limit + 20),)])
    expect(f"{name}: status", 0, path, "status", part="up to date")
    r = expect(f"{name}: status of one", 0, path, "current", "-t", "t-s7", part="r2")
finish()
