"""Where a session's lock would keep nobody out, a lease does: through a pooler, and on a cluster of several servers. It
keeps out those with a session's lock too, runs out when its holder dies, and a holder that was only slow commits nothing
once somebody else has taken over."""
from concurrent.futures import ThreadPoolExecutor
from e2e import *
from poolers import *

LEASE = "settings: {{ lock_lease: {lasts}, lock_wait: {wait} }}\n"


def targets(d, url, wait="100ms", lasts="1s"):
    return f'targets:\n  - {{ name: {d.name}, url: "{url}" }}\n' + LEASE.format(wait=wait, lasts=lasts)


def lease(d):
    return d.query("SELECT token, holder, host, pid, previous FROM lockstep_lock")


def lease_held(d):
    return "lockstep_lock" in d.tables() and d.query("SELECT 1 FROM lockstep_lock WHERE owner IS NOT NULL")


def sleeping(d, n=1):
    if d.dialect == "mysql":
        return len(d.query("SELECT 1 FROM information_schema.processlist WHERE info LIKE '%SLEEP(%' AND info NOT LIKE "
                           f"'%processlist%' AND db = '{d.database}'")) >= n
    return len(d.query("SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(%' AND state = 'active' AND pid <> "
                       "pg_backend_pid() AND datname = current_database()")) >= n


def begin(name, d, seconds, off=False):
    """A project whose second revision takes that long; the first is there."""
    d.reset()
    path = project(folder("lease"))
    revision(path, "r1", "", "CREATE TABLE log (k varchar(20));", "DROP TABLE log;")
    # SLEEP() as an INSERT, which a rollback takes back
    slow = f"INSERT INTO log SELECT 'slept' WHERE pg_sleep({seconds}) IS NOT NULL" if d.dialect == "postgresql" else \
        f"INSERT INTO log SELECT 'slept' FROM dual WHERE SLEEP({seconds}) = 0"
    revision(path, "r2", "r1", f"{slow};", "DELETE FROM log;", header="-- transaction: off\n" if off else "")
    return path


def everybody_is_kept_out(name, d, held, others):
    """`held` and `others`: URLs. The run on `held` keeps every other out, and says who it is."""
    path = begin(name, d, 30)
    for i, url in enumerate([held, *others]):
        environment(path, f"e{i}", targets(d, url))
    same(f"{name}: before", run(path, "upgrade", "r1", "--env", "e0").status, 0)
    process = start(path, "upgrade", "--env", "e0")
    wait_for(f"{name}: it is at work", lambda: sleeping(d) or process.poll() is not None)
    # For longer than the lease lasts without being renewed.
    later = "interval '1200 ms'" if d.dialect == "postgresql" else "INTERVAL 1200000 MICROSECOND"
    if lease_held(d):
        wait_for(f"{name}: it is renewed", lambda: d.query(f"SELECT 1 FROM lockstep_lock WHERE heartbeat > acquired + {later}"))
    for i, url in enumerate([held, *others]):
        for words in (("upgrade",), ("stamp", "r2")):
            r = expect(f"{name}: e{i} {words[0]}", 4, path, *words, "--env", f"e{i}",
                       part="another run works on this target")
            has(f"{name}: e{i} {words[0]} names the holder", r.out + r.errors, f"({process.pid})")
    process.send_signal(signal.SIGINT)
    r = ended(process)
    same(f"{name}: interrupted", r.status, 130, r)
    same(f"{name}: nothing was done", (d.at(), d.query("SELECT k FROM log")), (["r1"], []), r)
    for i, url in enumerate([held, *others]):
        same(f"{name}: e{i} may work again", run(path, "stamp", "r2" if i % 2 == 0 else "r1", "--env", f"e{i}").status, 0)
    same(f"{name}: nobody holds it", d.query("SELECT count(*) FROM lockstep_lock WHERE owner IS NOT NULL"), [("0",)])


def nothing_to_unlock(name, d, url, other):
    """kill -9, and the next one takes over by itself, and says from whom."""
    path = begin(name, d, 30)
    environment(path, "dev", targets(d, url, "20s"))
    environment(path, "other", targets(d, other, "20s"))
    same(f"{name}: before", run(path, "upgrade", "r1", "--env", "dev").status, 0)
    process = start(path, "upgrade", "--env", "dev")
    wait_for(f"{name}: it is at work", lambda: sleeping(d) or process.poll() is not None)
    token = int(lease(d)[0][0])
    process.kill()
    ended(process)
    r = run(path, "stamp", "r2", "--env", "other")
    same(f"{name}: taken over", r.status, 0, r)
    ok(f"{name}: with a higher token", int(lease(d)[0][0]) > token, lease(d), token)
    log = run(path, "audit", "export").out
    has(f"{name}: the log names the one before", log, f"taken over from lockstep")
    has(f"{name}: by its number", log, f"({process.pid})")


def zombie(name, d, url, other, off=False):
    """It was stopped for longer than its lease lasts, and goes on when another run has been there."""
    path = begin(name, d, 0.4, off)
    environment(path, "dev", targets(d, url))
    environment(path, "other", targets(d, other, "20s"))
    same(f"{name}: before", run(path, "upgrade", "r1", "--env", "dev").status, 0)
    process = start(path, "upgrade", "--env", "dev")
    wait_for(f"{name}: it is at work", lambda: sleeping(d) or process.poll() is not None)
    process.send_signal(signal.SIGSTOP)
    revision(path, "x1", "r1", "CREATE TABLE x (id int);", "DROP TABLE x;")
    token = int(lease(d)[0][0])
    # Its transaction may still be open on the server, and in the way of the other's; not so its lock.
    second = start(path, "stamp", "x1", "--env", "other")
    wait_for(f"{name}: another takes over", lambda: int(lease(d)[0][0]) > token or second.poll() is not None)
    process.send_signal(signal.SIGCONT)
    r = ended(second)
    same(f"{name}: another arrives", r.status, 0, r)
    r = ended(process)
    ok(f"{name}: the first one fails", r.status not in (0, 130), r)
    same(f"{name}: the position is the other's", d.at(), ["x1"], r)
    if d.transactional and not off:
        same(f"{name}: nothing of the first was committed", d.query("SELECT k FROM log"), [], r)
        has(f"{name}: and says why", r.out + r.errors, "lost its lease")
    ok(f"{name}: no step of the first stands", not [h for h in d.history() if h[1] == "r2" and h[3] == "applied"],
       d.history(), r)


def at_once(name, d, urls, rounds=12, settle=lambda: None):
    d.reset()
    path = project(folder("lease"))
    for i, url in enumerate(urls):
        environment(path, f"e{i}", targets(d, url, "0s", "30s"))
    for i in (1, 2, 3):
        revision(path, f"r{i}", f"r{i - 1}" if i > 1 else "", f"CREATE TABLE t{i} (id int);\nINSERT INTO log VALUES ('r{i}');",
                 f"DROP TABLE t{i};", header="-- transaction: off\n" if i == 2 else "")
    met = 0
    for n in range(rounds):
        d.reset()
        d.script("CREATE TABLE log (k varchar(20));")
        settle()
        both = [start(path, "upgrade", "--env", f"e{i}") for i in range(len(urls))]
        results = [ended(p) for p in both]
        ok(f"{name}: each done or refused, round {n}", sorted({r.status for r in results}) in ([0], [0, 4]), *results)
        met += any(r.status == 4 for r in results)
        same(f"{name}: each statement once, round {n}", sorted(d.query("SELECT k FROM log")), [("r1",), ("r2",), ("r3",)], *results)
        same(f"{name}: position, round {n}", d.at(), ["r3"], *results)
        same(f"{name}: history, round {n}", [(h[1], h[3]) for h in d.history()],
             [("r1", "applied"), ("r2", "applied"), ("r3", "applied")], *results)
    ok(f"{name}: they met", met > 0)


def settings_stay_ours(name, d, b):
    """Nothing is set or locked in the sessions of the pool, and the schema is found all the same."""
    path = begin(name, d, 0)
    environment(path, "dev", f'targets:\n  - {{ name: main, url: "{b.url(d)}?schema=elsewhere" }}\n'
                             "settings: { lock_timeout: 4321ms }\n")
    d.client.run("DROP SCHEMA IF EXISTS elsewhere CASCADE; CREATE SCHEMA elsewhere")
    revision(path, "r2", "r1", "SET statement_timeout = '1234s';\nSET search_path = elsewhere, pg_temp;\n"
             "COPY log FROM stdin;\none\ntwo\n\\.\nINSERT INTO log VALUES (current_setting('statement_timeout'));", "")
    r = run(path, "upgrade", "--env", "dev")
    same(f"{name}: upgrade", r.status, 0, r)
    same(f"{name}: in its schema", d.query("SELECT count(*) FROM pg_tables WHERE schemaname = 'elsewhere'"), [("4",)])
    same(f"{name}: and nowhere else", d.tables(), [])
    same(f"{name}: its rows", d.query("SELECT k FROM elsewhere.log ORDER BY 1"), [("1234s",), ("one",), ("two",)])
    pool = Client(["psql", "-X", "-q", "-A", "-t", "-h", "127.0.0.1", "-p", str(b.port), "-U", "postgres", "-d", d.database],
                  f"\\echo {MARK}")
    seen = set()
    for _ in range(12):
        seen.update(pool.run("SELECT current_setting('lock_timeout') || current_setting('search_path') || "
                             "current_setting('statement_timeout')"))
    pool.close()
    same(f"{name}: the pool's sessions are as they were", seen, {'0"$user", public0'})
    same(f"{name}: no lock stays", d.query(
        "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE locktype = 'advisory' AND datname = "
        "current_database()"), [("0",)])
    revision(path, "r3", "r2", "VACUUM log;", "", header="-- transaction: off\n")
    r = run(path, "upgrade", "--env", "dev")
    same(f"{name}: a statement that cannot be told its schema", r.status, 1, r)
    has(f"{name}: is not sent", r.out + r.errors, "would not find the target's schema")
    d.client.run("DROP SCHEMA elsewhere CASCADE")
    plain = project(folder("lease"))
    environment(plain, "dev", targets(d, b.url(d)))
    revision(plain, "s1", "", "SET maintenance_work_mem = '64MB';\nCREATE TABLE s (id int);", "DROP TABLE s;",
             header="-- transaction: off\n")
    r = expect(f"{name}: a SET that would stay in the pool", 1, plain, "upgrade", part="would stay with a session of the pooler")
    same(f"{name}: nothing of it", "s" in d.tables(), False, r)
    d.reset()


def outlived(name, d, url):
    """The lease of a dead run has run out, and the server is still at its statement: nobody goes by what the schema looks
    like before that has ended."""
    d.reset()
    path = project(folder("lease"))
    environment(path, "dev", targets(d, url, "20s"))
    revision(path, "r1", "", "CREATE TABLE t1 (id int);", "DROP TABLE t1;")
    same(f"{name}: before", run(path, "upgrade", "r1", "--env", "dev").status, 0)
    revision(path, "r2", "r1", "CREATE INDEX CONCURRENTLY i1 ON t1 (id);\nCREATE TABLE t2 (id int);", "",
             header="-- transaction: off\n")
    other = Client(["psql", "-X", "-q", "-A", "-t", d.url], f"\\echo {MARK}")
    other.run("BEGIN; INSERT INTO t1 VALUES (1)")
    at_work = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX C%' AND state = 'active'"
    process = start(path, "upgrade", "--env", "dev")
    session, = wait_for(f"{name}: the statement", lambda: d.query(at_work))
    process.kill()
    ended(process)
    r = run(path, "status", "--env", "dev", "--format", "json")
    has(f"{name}: status", r.json["targets"][0]["state"], f"session {session[0]} of run", r)
    has(f"{name}: status does not guess", r.json["targets"][0]["state"], "is still at work on this target", r)
    plan = start(path, "plan", "dev")
    wait_for(f"{name}: the plan looks", lambda: plan.poll() is not None or d.query(
        "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%track_activity_query_size%' AND pid <> pg_backend_pid()"))
    same(f"{name}: the statement goes on", d.query(at_work), [session])
    other.run("COMMIT")
    other.close()
    r = ended(plan)
    has(f"{name}: the plan goes on behind it", r.out, "resumes at statement 2 of 2", r)
    expect(f"{name}: resume", 0, path, "upgrade", "--env", "dev")
    same(f"{name}: position", d.at(), ["r2"])


def pooler(pool):
    found = postgresql_databases("lease", ["kept", "direct", "dead", "gone", "zombie", "slow", "off", "once", "settings",
                                           "outlived"])
    if not found:
        return []
    kept, direct, dead, gone, slept, slow, off, once, own, late = found
    strict, lax = PgBouncer(), PgBouncer(ignore_options=True)
    jobs = ((everybody_is_kept_out, "held through a pooler", kept, strict.url(kept), [lax.url(kept), kept.url]),
            (everybody_is_kept_out, "held by a session", direct, direct.url, [strict.url(direct)]),
            (nothing_to_unlock, "dead through a pooler", dead, strict.url(dead), lax.url(dead)),
            (nothing_to_unlock, "dead through a pooler, then a session", gone, lax.url(gone), gone.url),
            (zombie, "slow through a pooler", slept, strict.url(slept), lax.url(slept)),
            (zombie, "slow through a pooler, then a session", slow, strict.url(slow), slow.url),
            (zombie, "slow outside of transactions", off, strict.url(off), off.url, True),
            (at_once, "at once", once, [strict.url(once), once.url, lax.url(once)]),
            (outlived, "a statement outlives the lease", late, strict.url(late)),
            (both_settings, own, strict, lax))
    return [pool.submit(*job) for job in jobs]


def both_settings(own, strict, lax):
    settings_stay_ours("settings", own, strict)
    settings_stay_ours("settings, options ignored", own, lax)


def cluster(pool):
    g = Galera(2) if server("mysql") else None
    if not g or len(g.nodes) < 2:
        return []

    def url(d, node):
        return f"mysql://root@127.0.0.1:{g.nodes[node]}/{d.database}"
    kept, dead, slept, once = (g.database(n) for n in ("kept", "dead", "slept", "once"))
    jobs = ((everybody_is_kept_out, "held on one node", kept, url(kept, 0), [url(kept, 1)]),
            (nothing_to_unlock, "dead on one node", dead, url(dead, 0), url(dead, 1)),
            (zombie, "slow on one node", slept, url(slept, 0), url(slept, 1)))
    at_once("at once on two nodes", once, [url(once, 0), url(once, 1)], settle=g.settle)
    return [pool.submit(*job) for job in jobs]


with ThreadPoolExecutor(6) as pool:
    for jobs in [pool.submit(pooler, pool), pool.submit(cluster, pool)]:
        for job in jobs.result():
            job.result()
finish()
