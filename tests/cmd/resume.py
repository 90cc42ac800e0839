"""A run that was killed, interrupted or has failed goes on: the same run, the plan out of the store, what is done stays done."""
from runs import *


def slow(statement="t_r2"):
    """A second revision that takes a while before its table is there, in each dialect."""
    table = TABLE.format(statement)
    return {"postgresql": "SELECT pg_sleep(60);\n" + table, "mysql": "SET @slow = SLEEP(60);\n" + table,
            "sqlite": "INSERT INTO t_r1 SELECT sum(x) FROM (WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE "
                      "x < 2000000000) SELECT x FROM c);\n" + table}


def killed():
    """Several in flight on three databases when the process dies."""
    pg, my = schemas("resume", ["p1", "p2"]), mariadb_databases("resume", ["m1", "m2"])
    lite = sqlite_databases("resume", ["s1", "s2"])
    if not pg or not my:
        return
    found = [*pg, *my, *lite]
    path = rollout("resume", found, "  parallel: 6\n")
    steps(path, "r1")
    revision(path, "r2", "r1", slow(), "DROP TABLE t_r2;")
    process = start(path, "apply", "dev", "--yes")
    wait_for("all at work", lambda: process.poll() is not None or (
        len(pg[0].query("SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND state = 'active' AND pid <> "
                        f"pg_backend_pid() AND datname = '{pg[0].database}'")) == 2
        and len(my[0].query("SELECT 1 FROM information_schema.processlist WHERE info LIKE '%SLEEP(60)%' AND id <> connection_id() "
                            "AND db LIKE 'resume%'")) == 2 and cpu_ticks(process.pid) > 15), 60)
    r = run(path, "resume")
    same("at work: refused", r.status, 4, r)
    has("at work: names the process", r.errors, f"process {process.pid} on ")
    r = expect("at work: status", 2, path, "status", part=f"process {process.pid} on ")
    process.kill()
    ended(process)
    r = expect("killed: status", 2, path, "status", part="has died; 0 of 6 targets done")
    for d in my:  # the server works on; the statement of a dead run is waited for, or ended
        for (id,) in d.query("SELECT id FROM information_schema.processlist WHERE info LIKE '%SLEEP(60)%' AND id <> "
                             f"connection_id() AND db = '{d.database}'"):
            d.client.run(f"KILL {id}", tolerate=True)
    for d in pg:
        d.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND pid <> "
                f"pg_backend_pid() AND datname = '{d.database}'")
    # The plan is the run's own: that the files have changed since does not matter.
    steps(path, "r1")
    os.unlink(f"{path}/revisions/r2.sql")
    shutil.rmtree(f"{path}/plans", ignore_errors=True)
    plan = start(path, "resume", "--format", "json")
    wait_for("at work again", lambda: plan.poll() is not None or pg[0].query(
        "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND state = 'active' AND pid <> pg_backend_pid() AND "
        f"datname = '{pg[0].database}'"), 60)
    same("resumed: the statement that was cut off runs again", plan.poll(), None)
    plan.send_signal(signal.SIGINT)
    r = ended(plan, 20)
    same("resumed: interrupted", r.status, 130, r)
    # A server may end a statement well although it was cancelled (cmd_interrupt): then that target is done, and said to be.
    done = [o == "done" and d.dialect == "mysql" for d, o in zip(found, outcomes(r).values())]
    same("resumed: nothing is lost", [d.at() for d in found], [["r2"] if o else [] for o in done], r)


def once():
    """Killed in the third of four: those that are done are not touched again, the third is finished, the fourth follows."""
    found = sqlite_databases("resume", ["a", "b", "c", "d"])
    path = rollout("resume", found, "  parallel: 1\n")
    steps(path, "r1")
    revision(path, "r2", "r1", "INSERT INTO slow SELECT sum(x) FROM (WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c "
             "WHERE x < 2000000000 AND EXISTS (SELECT 1 FROM slow)) SELECT x FROM c);\n" + TABLE.format("t_r2"), "DROP TABLE t_r2;")
    for d, rows in zip(found, (0, 0, 1, 0)):
        d.script("CREATE TABLE slow (id bigint);" + "INSERT INTO slow VALUES (1);" * rows)
    process = start(path, "apply", "dev", "--yes")
    wait_for("the second", lambda: process.poll() is not None or os.path.exists(found[1].path) and found[1].at() == ["r2"])
    before = cpu_ticks(process.pid)
    wait_for("the third", lambda: process.poll() is not None or cpu_ticks(process.pid) > before + 15)
    process.kill()
    ended(process)
    found[2].script("DELETE FROM slow")
    before = [os.stat(d.path).st_mtime_ns for d in found[:2]]
    r = expect("once: resumed", 0, path, "resume", "--format", "json")
    same("once: outcomes", list(outcomes(r).values()), ["done"] * 4, r)
    same("once: at", [d.at() for d in found], [["r2"]] * 4, r)
    same("once: done ones are not touched", [os.stat(d.path).st_mtime_ns for d in found[:2]], before)
    same("once: each step once", {tuple(h[1] for h in d.history()) for d in found}, {("r1", "r2")})


def failed():
    """Those that failed are tried again, by the same run; those that were not started too."""
    found = sqlite_databases("resume", ["a", "b", "c"])
    path = rollout("resume", found, "  on_failure: stop\n")
    steps(path, "r1", "r2")
    found[1].script(TABLE.format("t_r1"))
    r = expect("failed", 1, path, "apply", "dev", "--yes", "--format", "json")
    id = r.json["run"]
    expect("failed: it has ended, and is not gone on with unasked", 0, path, "resume", part="nothing to go on with")
    expect("failed: again", 1, path, "resume", id)
    found[1].script("DROP TABLE t_r1")
    expect("failed: no such target", 64, path, "resume", id, "-t", "zzz")
    r = expect("failed: one of them", 0, path, "resume", id, "-t", "b", "--format", "json")
    same("failed: the other is left", [d.at() for d in found], [["r2"], ["r2"], []], r)
    r = expect("failed: status names it", 2, path, "status", part=f"lockstep resume {id}")
    r = expect("failed: the rest", 0, path, "resume", "--format", "json")
    same("failed: at", [d.at() for d in found], [["r2"]] * 3, r)
    same("failed: the same run", r.json["run"], id)
    same("failed: each step once", {tuple(h[1] for h in d.history()) for d in found}, {("r1", "r2")})
    expect("failed: nothing is left", 4, path, "resume", id, part="complete")
    same("failed: the log is whole", run(path, "audit", "verify").status, 0)


def twice():
    """Two people say resume at once: one of them goes on, the other is told so, and every step is done once."""
    found = sqlite_databases("resume", [f"t{i}" for i in range(6)])
    for _ in range(5):
        for d in found:
            d.reset()
        path = rollout("resume", found, "  parallel: 2\n  waves: [{ count: 1, pause: manual }, { rest: true }]\n")
        steps(path, "r1", "r2")
        expect("twice: waits", 2, path, "apply", "dev", "--yes")
        both = [start(path, "resume") for _ in range(2)]
        results = [ended(p) for p in both]
        statuses = sorted(r.status for r in results)
        ok("twice: one goes on", statuses in ([0, 4], [0, 64], [0, 0]), *results)  # 0: it came when all was done
        same("twice: each step once", {tuple(h[1] for h in d.history()) for d in found}, {("r1", "r2")}, *results)
        same("twice: the log is whole", run(path, "audit", "verify").status, 0)


def superseded():
    """A new run over the same targets takes the place of one that stopped."""
    found = sqlite_databases("resume", ["a", "b"])
    path = rollout("resume", found, "  waves: [{ count: 1, pause: manual }, { rest: true }]\n")
    steps(path, "r1")
    old = expect("superseded: waits", 2, path, "apply", "dev", "--yes", "--format", "json").json["run"]
    expect("superseded: another target is none of its business", 0, path, "upgrade", "-t", "a")
    r = expect("superseded: it still waits", 2, path, "status", part="lockstep resume")
    expect("superseded: what it waited for is done otherwise, which is said", 0, path, "upgrade", "-t", "b",
           part=f"run {old} had not ended: run r")
    last = log(path, old)[-1]
    same("superseded: the log tells", (last["kind"], "takes its place" in last["detail"]), ("run_abandoned", True), last)
    r = expect("superseded: over", 0, path, "status")
    ok("superseded: nothing is unfinished", "resume" not in r.out, r)


def moved():
    """A target that somebody has moved since is refused, alone."""
    found = sqlite_databases("resume", ["a", "b", "c"])
    path = rollout("resume", found, "  on_failure: continue\n  waves: [{ count: 1, pause: manual }, { rest: true }]\n")
    steps(path, "r1", "r2")
    expect("moved: waits", 2, path, "apply", "dev", "--yes")
    expect("moved: by hand", 0, path, "upgrade", "r1", "-t", "b")
    r = expect("moved: resume", 4, path, "resume", "--format", "json")
    same("moved: outcomes", list(outcomes(r).values()), ["done", "refused", "done"], r)
    same("moved: at", [d.at() for d in found], [["r2"], ["r1"], ["r2"]])


def usage():
    found = sqlite_databases("resume", ["a"])
    path = rollout("resume", found, "  parallel: 1\n")
    steps(path, "r1")
    expect("no store", 0, path, "resume", part="nothing to go on with")
    expect("one", 0, path, "upgrade")
    expect("nothing unfinished", 0, path, "resume", part="nothing to go on with")
    expect("a run that is not there", 4, path, "resume", "r2000", part="no run \"r2000\"")
    expect("no such run", 4, path, "resume", "r1999")
    id = log(path)[0]["run"]
    expect("two answers", 64, path, "resume", id, "--took-effect", "--no-effect")


for case in (killed, once, failed, twice, superseded, moved, usage):
    case()
finish()
