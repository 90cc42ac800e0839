"""Pauses after waves: a time, a query that has to become true on every target, a person."""
from runs import *

WAVES = """  waves:
    - { name: canary, count: 2, pause: %s }
    - { name: rest, rest: true }
"""


def of_time():
    found = sqlite_databases("pause", ["a", "b", "c"])
    path = rollout("pause", found, WAVES % "700ms")
    steps(path, "r1")
    expect("time", 0, path, "apply", "dev", "--yes")
    when = spans(path)
    waited = when["c"][0] - max(when["a"][1], when["b"][1])
    ok("time: it waits", 0.69 <= waited < SOON, waited)

    # Nothing was done in the first wave: there is nothing to wait for.
    found[2].script("UPDATE alembic_version SET version_num = 'r1'")
    steps(path, "r1", "r2")
    for d in found[:2]:
        expect("time: ahead", 0, path, "upgrade", "-t", d.name)
    began = time.monotonic()
    environment(path, "dev", listed(found, {}), "rollout:\n" + WAVES % "60s")
    expect("time: not after a wave that had nothing to do", 0, path, "apply", "dev", "--yes")
    ok("time: it is quick", time.monotonic() - began < SOON)


def interrupted():
    found = sqlite_databases("pause", ["a", "b", "c"])
    for policy, at in (("stop", ["r1"]), ("rollback", [])):
        for d in found:
            d.reset()
        path = rollout("pause", found, WAVES % "60s" + f"  on_failure: {policy}\n")
        steps(path, "r1")
        process = start(path, "apply", "dev", "--yes", "--format", "json")
        wait_for("the second target", lambda: process.poll() is not None or (has_store(path) and is_done(path, "b")))
        process.send_signal(signal.SIGINT)
        r = ended(process)
        same(f"interrupted, {policy}: status", r.status, 130, r)
        same(f"interrupted, {policy}: at", [d.at() for d in found], [at, at, []], r)


def what_is_left_of_it():
    """A process that dies in a pause: resume waits for the rest of it, no less, and does not begin it anew."""
    found = sqlite_databases("pause", ["a", "b", "c"])
    path = rollout("pause", found, WAVES % "4s")
    steps(path, "r1")
    process = start(path, "apply", "dev", "--yes")
    wait_for("the second target", lambda: process.poll() is not None or (has_store(path) and is_done(path, "b")))
    time.sleep(2)  # the pause's beginning is a write of its own, and half of the pause is over
    process.kill()
    ended(process)
    same("left: the third has not begun", found[2].at(), [])
    resumed = time.time()
    expect("left: resumed", 0, path, "resume")
    when = spans(path)
    waited = when["c"][0] - max(when["a"][1], when["b"][1])
    ok("left: the pause was as long as it had to be", waited >= 3.99, waited)
    ok("left: and was not begun anew", when["c"][0] - resumed < 4, when["c"][0] - resumed)
    same("left: at", [d.at() for d in found], [["r1"]] * 3)


def the_clock_is_put_back():
    """What stands in the store is then an hour away: nobody waits longer than the pause itself."""
    found = sqlite_databases("pause", ["a", "b", "c"])
    path = rollout("pause", found, WAVES % "2s")
    steps(path, "r1")
    process = start(path, "apply", "dev", "--yes")

    def store(sql):
        with sqlite3.connect(f"{path}/.lockstep/store.db", timeout=20) as c:
            return c.execute(sql).fetchall()
    wait_for("the pause", lambda: process.poll() is not None or (
        has_store(path) and store("SELECT 1 FROM run_waves WHERE state = 'paused' AND until_us > 0")))
    process.kill()
    ended(process)
    store("UPDATE run_waves SET until_us = until_us + 3600000000 WHERE state = 'paused'")
    began = time.monotonic()
    r = ended(start(path, "resume"), 60)
    same("the clock is put back: it goes on", (r.status, [d.at() for d in found]), (0, [["r1"]] * 3), r)
    ok("the clock is put back: not before its time", time.monotonic() - began >= 1.9)


def failed_and_forgotten():
    """With `continue` the run goes on behind a pause that failed; who ends it after a death still says so."""
    if "failpoints" not in run("/", "version").out:
        return
    found = sqlite_databases("pause", ["a", "b", "c"])
    path = rollout("pause", found, WAVES % '{ query: "SELECT 0", timeout: 200ms }' + "  on_failure: continue\n")
    steps(path, "r1")
    same("failed, continue: it dies at its end", run(path, "apply", "dev", "--yes", env={"LOCKSTEP_FAILPOINT": "before-ending"}).status, -9)
    r = expect("failed, continue: resumed", 1, path, "resume", part="did not become true in time")
    same("failed, continue: all are done", [d.at() for d in found], [["r1"]] * 3, r)
    same("failed, continue: the log says failed", [e["outcome"] for e in log(path) if e["kind"] == "run_finished"], ["failed"], r)


def of_query():
    found = schemas("pause", ["a", "b", "c"])
    if not found:
        return
    for d in found:
        d.script("CREATE TABLE gate (healthy boolean); INSERT INTO gate VALUES (false)")
    path = rollout("pause", found, WAVES % '{ query: "SELECT healthy FROM gate", timeout: 30s }')
    steps(path, "r1")
    process = start(path, "apply", "dev", "--yes", "--format", "json")
    wait_for("the second target", lambda: process.poll() is not None or (has_store(path) and is_done(path, "b")))
    found[0].script("UPDATE gate SET healthy = true")
    time.sleep(0.4)
    ok("query: true on one is not enough", process.poll() is None and found[2].at() == [], found[2].at())
    found[1].script("UPDATE gate SET healthy = true")
    r = ended(process)
    same("query: goes on", r.status, 0, r)
    same("query: at", [d.at() for d in found], [["r1"]] * 3)

    # It never becomes true.
    cases = ((("false",), "rollback", "is not true", [[], [], []]), (("false",), "stop", "is not true", [["r1"], ["r1"], []]),
             (("true", "DELETE FROM gate"), "stop", "gives no row", [["r1"], ["r1"], []]),
             (("true", "DROP TABLE gate"), "stop", "gate", [["r1"], ["r1"], []]),
             (("false",), "continue", "is not true", [["r1"], ["r1"], ["r1"]]))
    for (value, *more), policy, part, at in cases:
        name = f"query: never, {policy}, {value} {''.join(more)}"
        for d in found:
            d.reset()
            d.script(f"CREATE TABLE gate (healthy boolean); INSERT INTO gate VALUES ({value})")
        for sql in more:
            found[1].script(sql)
        environment(path, "dev", listed(found, {}),
                    "rollout:\n" + WAVES % '{ query: "SELECT healthy FROM gate", timeout: 300ms }' + f"  on_failure: {policy}\n")
        r = expect(name, 1, path, "apply", "dev", "--yes", part=part)
        same(f"{name}: at", [d.at() for d in found], at, r)


def of_a_person():
    found = sqlite_databases("pause", ["a", "b", "c", "d"])
    path = rollout("pause", found, """  waves:
    - { name: canary, count: 1, pause: manual }
    - { name: more, count: 2, pause: manual }
    - { name: rest, rest: true }
""")
    steps(path, "r1", "r2")
    r = expect("person: waits", 2, path, "apply", "dev", "--yes", part="lockstep resume r20")
    first = log(path)[0]["run"]
    same("person: at", [d.at() for d in found], [["r2"], [], [], []], r)
    r = expect("person: status tells", 2, path, "status", part=first)
    has("person: what to do", r.out, f"lockstep resume {first}")
    shutil.rmtree(f"{path}/plans", ignore_errors=True)
    r = expect("person: goes on to the next", 2, path, "resume", "--format", "json")
    same("person: the same run", r.json["run"], first)
    same("person: at the second", [d.at() for d in found], [["r2"], ["r2"], ["r2"], []], r)
    expect("person: to the end", 0, path, "resume", first[:16])
    same("person: at the end", [d.at() for d in found], [["r2"]] * 4)
    same("person: each step once", {tuple(h[1] for h in d.history()) for d in found}, {("r1", "r2")})
    expect("person: nothing is left", 0, path, "resume", part="nothing to go on with")
    expect("person: not of that run either", 4, path, "resume", first)
    same("person: the log is whole", run(path, "audit", "verify").status, 0)
    r = expect("person: status is still", 0, path, "status")
    ok("person: no run is named any more", first not in r.out, r)


for case in (of_time, interrupted, what_is_left_of_it, the_clock_is_put_back, failed_and_forgotten, of_query, of_a_person):
    case()
finish()
