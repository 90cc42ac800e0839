"""How many sessions a run makes: 20 targets are planned and changed over 20, where the server can spare them, and the
snapshot of each is read by one of its own, which a revision cannot have turned to other tables."""
from runs import *

MANY = 20
found = databases("postgresql", "connections", ["main"])
if not found:
    finish()
d = found[0]
d.script("".join(f"CREATE SCHEMA s{i};\n" for i in range(1, MANY + 1)))


def targets(more=""):
    """Nothing shows that they are in one database, which could be read over one connection."""
    return (f'targets:\n  - name: "t${{value}}"\n    url: "{d.url}?schema=s${{value}}&fallback_application_name=n${{value}}"\n'
            f"    each: {{ range: 1..{MANY} }}\nrollout:\n  parallel: 2\n{more}")


def sessions():
    return int(d.query(f"SELECT sessions FROM pg_stat_database WHERE datname = '{d.database}'")[0][0])


def ended():
    return d.query(f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{d.database}' AND "
                   "backend_type = 'client backend'")[0][0] == "1"


def check(name, expected, more=""):
    path = project(folder("connections"), dev=targets(more))
    revision(path, "r1", upgrade="CREATE TABLE t (id int);", downgrade="DROP TABLE t;")
    before = sessions()
    r = expect(name, 0, path, "apply", "dev", "--yes", "--format", "json")
    same(f"{name}: outcomes", set(outcomes(r).values()), {"done"}, r)
    wait_for("the sessions to end", ended)
    same(f"{name}: sessions", sessions() - before, expected + MANY)
    expect(f"{name}: back", 0, path, "rollback", "--yes")
    wait_for("the sessions to end", ended)


check("a target's connection serves planning and the run", MANY)
check("no more connections wait than parallel_per_server says", 2 * MANY - 5, "  parallel_per_server: 5\n")
check("a pause may take days: no connection waits for its end", 2 * MANY,
      "  waves: [{ name: first, count: 3, pause: 10ms }, { name: rest, rest: true }]\n")
d.script(f"ALTER DATABASE {d.database} CONNECTION LIMIT 150")
check("where sessions are counted, none waits", 2 * MANY)
finish()
