"""A process that was away comes back to a run that is not its own any more, and processes that come while another one goes."""
from stores import *

TABLE = "CREATE TABLE {} (id int);\n"


def prepare(prefix, store, targets, more, slow="SELECT 1;"):
    for t in targets:
        t.reset()
    path = project(folder("taken"))
    write(f"{path}/lockstep.yaml", f'project: e2e\nstore: "{store}"\n')
    environment(path, "prod", targets, more)
    revision(path, "r1", "", TABLE.format("t1"), "DROP TABLE t1;")
    revision(path, "r2", "r1", slow + "\n" + TABLE.format("t2"), "DROP TABLE t2;")
    expect(f"{prefix}: the plan", 2, path, "plan", "prod", "--out", "plan.yaml")
    return path


def time_passes(store):
    """More than a lease, for whoever is stopped."""
    store.query("UPDATE runners SET lease_until_us = 0")
    store.query("UPDATE events SET at_us = at_us - 3600000000")


ROLLBACK = "rollout: { parallel: 1, on_failure: rollback, rollback_scope: run }\n"


def slept_at_work(store, targets):
    """Somebody has gone on with the run and ended it: whoever wakes up touches nothing and says why."""
    name = "slept at work"
    path = prepare("slept", store.new(), targets[:3], ROLLBACK, "SELECT pg_sleep(0.6);")
    process = start(path, "apply", "./plan.yaml")
    asleep = ("SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(0.6)%' AND state = 'active' AND "
              "pid <> pg_backend_pid()")
    wait_for(f"{name}: the second is at work", lambda: targets[0].at() == ["r2"] and store.query(asleep), 60)
    process.send_signal(signal.SIGSTOP)
    stopped(name, process)
    time_passes(store)
    r = run(path, "resume", "--kill")
    same(f"{name}: another one finishes", r.status, 0, r)
    go_on(process)
    r = ended(process)
    same(f"{name}: status", r.status, 4, r)
    has(f"{name}: it says why", r.errors, "is not this process's any more")
    same(f"{name}: nothing is taken back", [t.at() for t in targets[:3]], [["r2"]] * 3, r)
    same(f"{name}: the run's end is the other's", store.query("SELECT state, exit_status FROM runs"), [("ended", "0")], r)
    same(f"{name}: one end", store.query("SELECT count(*) FROM events WHERE kind = 'run_finished'"), [("1",)], r)
    same(f"{name}: all are done", store.query("SELECT DISTINCT outcome FROM run_targets"), [("done",)], r)


def slept_before_it_took_back(store, targets):
    name = "slept before it took back"
    path = prepare("slept", store.new(), targets[:3], ROLLBACK)
    targets[2].script("CREATE TABLE t2 (id int)")
    process = start(path, "apply", "./plan.yaml", env={"LOCKSTEP_FAILPOINT_STOP": "before-taking-back"})
    stopped(name, process)
    time_passes(store)
    targets[2].script("DROP TABLE t2")
    r = run(path, "resume")
    same(f"{name}: another one finishes", r.status, 0, r)
    go_on(process)
    r = ended(process)
    same(f"{name}: status", r.status, 4, r)
    has(f"{name}: it says why", r.errors, "is not this process's any more")
    same(f"{name}: nothing is taken back", [t.at() for t in targets[:3]], [["r2"]] * 3, r)
    same(f"{name}: the run's end is the other's", store.query("SELECT state, exit_status FROM runs"), [("ended", "0")], r)


def slept_and_nobody_came(store, targets):
    """It goes on, and the run is its own."""
    name = "slept, and nobody came"
    path = prepare("slept", store.new(), targets[:3], ROLLBACK, "SELECT pg_sleep(0.2);")
    process = start(path, "apply", "./plan.yaml")
    wait_for(f"{name}: the first is done", lambda: process.poll() is not None or targets[0].at() == ["r2"], 60)
    process.send_signal(signal.SIGSTOP)
    stopped(name, process)
    time_passes(store)
    go_on(process)
    r = ended(process)
    same(f"{name}: status", r.status, 0, r)
    same(f"{name}: at", [t.at() for t in targets[:3]], [["r2"]] * 3, r)


def stopped_with_a_file():
    """A process that is stopped lives: nobody goes on with its run."""
    name = "stopped, with a file"
    found = sqlite_databases("taken", ["a", "b"])
    path = prepare("stopped", ".lockstep/store.db", found, ROLLBACK)
    process = start(path, "apply", "./plan.yaml", env={"LOCKSTEP_FAILPOINT_STOP": "before-lock"})
    stopped(name, process)
    for words in (("resume",), ("rollback", "--yes")):
        expect(f"{name}: {words[0]} is refused", 4, path, *words, part=f"is at work: process {process.pid}")
    expect(f"{name}: status", 2, path, "status", part=f"is at work: process {process.pid}")
    go_on(process)
    r = ended(process)
    same(f"{name}: status of the end", (r.status, [d.at() for d in found]), (0, [["r2"]] * 2), r)


def left_and_joined(store, targets):
    """The last one leaves on Ctrl-C while another one comes: that one carries the run out."""
    name = "left and joined"
    path = prepare("left", store.new(), targets[:4], "rollout: { parallel: 1 }\n", "SELECT pg_sleep(0.3);")
    words = ("apply", "./plan.yaml", "--join", "--lease", "30")
    leaver = start(path, *words, env={"LOCKSTEP_FAILPOINT_STOP": "before-leaving"})
    wait_for_work(name, store, [leaver])
    leaver.send_signal(signal.SIGINT)
    stopped(name, leaver)
    joiner = start(path, *words)
    wait_for(f"{name}: the other comes", lambda: joiner.poll() is not None or len(store.query("SELECT 1 FROM runners")) == 2, 60)
    wait_for(f"{name}: and is in the log", lambda: joiner.poll() is not None or store.query(
        "SELECT 1 FROM events WHERE kind = 'run_joined'"), 60)
    go_on(leaver)
    same(f"{name}: the leaver was interrupted", ended(leaver).status, 130)
    r = ended(joiner)
    same(f"{name}: the joiner finishes", r.status, 0, r)
    same(f"{name}: at", [t.at() for t in targets[:4]], [["r2"]] * 4, r)
    same(f"{name}: one end", store.query("SELECT outcome FROM events WHERE kind = 'run_finished'"), [("ok",)], r)


def joined_while_the_last_one_goes(store, targets):
    """The run was stopped, and its last runner has not gone from the list yet."""
    name = "joined while the last one goes"
    path = prepare("goes", store.new(), targets[:4], "rollout: { parallel: 1 }\n", "SELECT pg_sleep(0.2);")
    words = ("apply", "./plan.yaml", "--join", "--lease", "30")
    process = start(path, *words)
    wait_for_work(name, store, [process])
    process.send_signal(signal.SIGINT)
    r = ended(process)
    same(f"{name}: interrupted", (r.status, store.query("SELECT state FROM runs")), (130, [("stopping",)]), r)
    store.query("INSERT INTO runners SELECT 'lingers', run, 'a', 'h', 1, 1, 9223372036854775807 FROM runs")
    process = start(path, *words)
    wait_for(f"{name}: the run goes on", lambda: process.poll() is not None or store.query("SELECT 1 FROM runs WHERE state = 'open'"))
    store.query("DELETE FROM runners WHERE runner = 'lingers'")
    r = ended(process, 20)
    same(f"{name}: status", r.status, 0, r)
    same(f"{name}: at", [t.at() for t in targets[:4]], [["r2"]] * 4, r)


def slept_at_the_end(store, targets):
    """The runner that leads sleeps when all is done: another one ends the run, and both say the same."""
    name = "slept at the end"
    path = prepare("end", store.new(), targets[:2], "rollout: { parallel: 1 }\n")
    words = ("apply", "./plan.yaml", "--join", "--lease", "1")
    process = start(path, *words, env={"LOCKSTEP_FAILPOINT_STOP": "before-ending"})
    stopped(name, process)
    r = run(path, *words)
    same(f"{name}: another one ends it", r.status, 0, r)
    go_on(process)
    r = ended(process)
    same(f"{name}: the first says the same", r.status, 0, r)
    has(f"{name}: and what was done", r.out, "2 done")
    same(f"{name}: one end", store.query("SELECT outcome FROM events WHERE kind = 'run_finished'"), [("ok",)], r)


def a_pause_that_fails_stops_all(store, targets):
    """The query of a pause is asked by one runner; that it stayed false stops the others as well."""
    name = "a pause that fails"
    path = prepare("pause", store.new(), targets, """rollout:
  parallel: 2
  waves:
    - { name: zero, count: 1 }
    - { name: first, count: 1, pause: { query: "SELECT false", timeout: 200ms } }
    - { name: second, rest: true, depends_on: [zero] }
""", "SELECT pg_sleep(0.4);")
    runners = [start(path, "apply", "./plan.yaml", "--join", "--lease", "30") for _ in range(2)]
    for r in map(ended, runners):
        same(f"{name}: status", r.status, 1, r)
        has(f"{name}: why", r.out + r.errors, "wave first")
    ok(f"{name}: not all were started", store.query("SELECT 1 FROM run_targets WHERE state = 'pending'"),
       store.query("SELECT name, state, outcome FROM run_targets"))
    same(f"{name}: one end", store.query("SELECT count(*) FROM events WHERE kind = 'run_finished'"), [("1",)])


def ended_by_itself_while_another_begins():
    """A run that waits is gone on with, to its end, while one begins that was about to take its place."""
    name = "ended by itself"
    found = sqlite_databases("taken", ["a", "b"])
    path = prepare("ended", ".lockstep/store.db", found, "rollout: { waves: [{ count: 1, pause: manual }, { rest: true }] }\n")
    old = expect(f"{name}: waits", 2, path, "apply", "prod", "--yes", "--format", "json").json["run"]
    process = start(path, "upgrade", "-e", "prod", "-t", "b", env={"LOCKSTEP_FAILPOINT_STOP": "before-taking-place"})
    stopped(name, process)
    expect(f"{name}: is resumed", 0, path, "resume", old)
    go_on(process)
    r = ended(process)
    same(f"{name}: the new one finds b moved", r.status, 4, r)
    ok(f"{name}: and takes nobody's place", "takes its place" not in r.out + r.errors, r)
    runs = {r["run"]: r["outcome"] for r in run(path, "audit", "log", "--format", "json").json["runs"]}
    same(f"{name}: the old one ended well", runs[old], "ok", runs)


def gone_on_with_while_another_begins():
    """The same, and it is at work when the new one comes to it: it stays as it is."""
    name = "gone on with"
    found = sqlite_databases("taken", ["a", "b"])
    path = prepare("gone", ".lockstep/store.db", found, "rollout: { waves: [{ count: 1, pause: manual }, { rest: true }] }\n")
    old = expect(f"{name}: waits", 2, path, "apply", "prod", "--yes", "--format", "json").json["run"]
    process = start(path, "upgrade", "-e", "prod", "-t", "b", env={"LOCKSTEP_FAILPOINT_STOP": "before-taking-place"})
    stopped(name, process)
    resumer = start(path, "resume", old, env={"LOCKSTEP_FAILPOINT_STOP": "after-lock"})
    stopped(name, resumer)
    go_on(process)
    r = ended(process)
    same(f"{name}: the new one is refused", r.status, 4, r)
    ok(f"{name}: and takes nobody's place", "takes its place" not in r.out + r.errors, r)
    go_on(resumer)
    r = ended(resumer)
    same(f"{name}: the old one finishes", (r.status, [d.at() for d in found]), (0, [["r2"]] * 2), r)


# Most cases stop a process at a named point.
if "failpoints" not in run("/", "version").out:
    print("skipped: this build has no failpoints (Debug and sanitizer builds do)")
    sys.exit(77)
stopped_with_a_file()
ended_by_itself_while_another_begins()
gone_on_with_while_another_begins()
if not server("postgresql"):
    print("skipped: the rest needs PostgreSQL")
    finish()
stores, databases = StoreDatabase("taken_store"), postgresql_databases("taken", [f"p{i}" for i in range(9)], schemas=True)
for case in (slept_at_work, slept_before_it_took_back, slept_and_nobody_came, left_and_joined, joined_while_the_last_one_goes,
             slept_at_the_end, a_pause_that_fails_stops_all):
    if len(sys.argv) < 2 or case.__name__ in sys.argv[1:]:
        case(stores, databases)
finish()
