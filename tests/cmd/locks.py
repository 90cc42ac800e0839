"""Two runs never work on one target: the second is refused and names the first, a lock goes with its holder, and of two
that start at once one does the work."""
from concurrent.futures import ThreadPoolExecutor
from e2e import *


def start_slow(path, d, *words):
    process = start(path, *words)
    wait_for(f"{d.dialect}: the slow statement", lambda: process.poll() is not None or at_work(d, process), 60)
    ok(f"{d.dialect}: the first run is at work", process.poll() is None)
    return process


def refused(d):
    name = f"{d.dialect}: a second run"
    d.reset()
    path = project(folder("locks"), dev=[d])
    revision(path, "r1", "", "CREATE TABLE t1 (id bigint);", "DROP TABLE t1;")
    same(f"{name}: before", run(path, "upgrade").status, 0)
    revision(path, "r2", "r1", SLOW[d.dialect] + ";", "")
    first = start_slow(path, d, "apply", "dev", "--yes")
    for words in (("apply", "dev", "--yes"), ("upgrade",), ("downgrade", "-1"), ("stamp", "r2")):
        r = expect(f"{name}: {words[0]}", 4, path, *words, part="another run works on this target")
        if d.dialect != "mysql":  # servers without performance_schema tell the user only
            has(f"{name}: {words[0]} names the holder", r.out + r.errors, f"({first.pid})")
        else:
            has(f"{name}: {words[0]} names the holder", r.out + r.errors, "root@")
    if d.dialect == "postgresql":  # the same database, named otherwise
        base, database = d.url.rsplit("/", 1)
        r = expect(f"{name}: PGDATABASE", 4, path, "--url", base, "upgrade", env={"PGDATABASE": database},
                   part="another run works on this target")
    if d.dialect != "mysql":  # where a statement is in flight in the journal, that is found before
        environment(path, "dev", [d], "settings: { lock_wait: 60s }\n")
        second = start(path, "apply", "dev", "--yes", "--format", "jsonl")
        told = next((line for line in second.stdout if '"event":"lock_wait"' in line), "")
        has(f"{name}: that it waits is told while it does", told, "another run works on this target")
        second.kill()
        ended(second)
        environment(path, "dev", [d])
    r = run(path, "status")
    has(f"{name}: status still answers", r.out, "r1", r)
    same(f"{name}: current still answers", run(path, "current").status, 0)
    began = time.monotonic()
    first.kill()
    ended(first)
    revision(path, "r2", "r1", "CREATE TABLE t2 (id bigint);", "DROP TABLE t2;")
    if not d.transactional:
        # Whether the slow statement took effect is not known: the next run says so, and a person decides.
        def settled():
            return run(path, "stamp", "r1").status == 0
        wait_for(f"{name}: the lock after kill -9", settled)
    r = None

    def applied():
        nonlocal r
        r = run(path, "apply", "dev", "--yes")
        return r.status == 0
    wait_for(f"{name}: the lock after kill -9", applied)
    ok(f"{name}: soon after kill -9", time.monotonic() - began < 2 * SOON, r)
    same(f"{name}: arrives", d.at(), ["r2"])


def at_once(d, rounds=20):
    """Both may find nothing to do, be refused, or do it; one does it, and nothing is done twice."""
    name = f"{d.dialect}: two at once"
    path = project(folder("locks"), dev=[d])
    ids = [f"r{i}" for i in range(1, 6)]
    for i, id in enumerate(ids):
        revision(path, id, ids[i - 1] if i else "", f"CREATE TABLE t{i} (id integer);\nINSERT INTO log VALUES ('{id}');",
                 f"DROP TABLE t{i};", header="-- transaction: off\n" if i == 2 else "")
    seen = {}
    for n in range(rounds):
        d.reset()
        d.script("CREATE TABLE log (k varchar(20));")
        both = [start(path, "apply", "dev", "--yes", "--format", "json") for _ in range(2)]
        results = [ended(p) for p in both]
        outcomes = []
        for r in results:
            report = json.loads(r.out) if r.out.strip() else {}
            done = "targets" in report and report.get("run") and report["targets"][0]["outcome"] == "done"
            outcomes.append("done" if done else {0: "nothing to do", 4: "refused"}.get(r.status, f"status {r.status}"))
        seen[tuple(sorted(outcomes))] = seen.get(tuple(sorted(outcomes)), 0) + 1
        ok(f"{name}: one does the work, round {n}", outcomes.count("done") == 1 and not any("status" in o for o in outcomes),
           outcomes, *results)
        same(f"{name}: each statement once, round {n}", sorted(r[0] for r in d.query("SELECT k FROM log")), ids, *results)
        same(f"{name}: history, round {n}", [r[1:] for r in d.history()],
             [(id, "upgrade", "applied", "2", "2") for id in ids], *results)
        same(f"{name}: position, round {n}", d.at(), ids[-1:])
    ok(f"{name}: they met", any("refused" in k for k in seen), seen)
    r = run(path, "audit", "verify")
    same(f"{name}: the audit log is whole", r.status, 0, r)


def machine_that_vanishes(d):
    """The server notices within minutes that a machine has lost its power, and lets go of its lock."""
    d.reset()
    path = project(folder("locks"), dev=[d])
    names = ("tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count")
    reads = " || ' ' || ".join(f"current_setting('{n}')" for n in names)
    revision(path, "r1", "", f"CREATE TABLE seen AS SELECT {reads} AS seen;", "DROP TABLE seen;")
    r = expect("a machine that vanishes", 0, path, "upgrade")
    same("a machine that vanishes: is asked for a sign of life", d.query("SELECT seen FROM seen"), [("60 10 6",)], r)


def locks(dialect):
    found = databases(dialect, "locks", ["main", "other"])
    if found:
        refused(found[0])
        if dialect == "postgresql":
            machine_that_vanishes(found[0])
        at_once(found[1])


with ThreadPoolExecutor(3) as pool:
    list(pool.map(locks, DIALECTS))
finish()
