"""Failures beyond the budget: nothing new starts, what is in flight ends, and what was done is taken back in reverse order of
commit, as far as rollback_scope says. Within it the run goes on, and its status is 3."""
from runs import *


def in_the_way(*targets):
    """The revision fails there."""
    for d in targets:
        d.script(TABLE.format("t_r1"))


def fresh(name, found, document, labels=None):
    for d in found:
        d.reset()
    path = rollout("budget", found, document, labels)
    steps(path, "r1", "r2")
    return path


def percentages():
    found = sqlite_databases("budget", [f"t{i:02}" for i in range(19)])
    for limit, failing, status in (("10%", 1, 3), ("10%", 2, 1), ("2", 2, 3), ("2", 3, 1), ("0", 1, 1), ("0", 0, 0)):
        name = f"{failing} of 19 with {limit}"
        path = fresh(name, found, f"  parallel: 4\n  max_failures: {limit}\n  on_failure: rollback\n")
        in_the_way(*found[:failing])
        r = expect(name, status, path, "apply", "dev", "--yes", "--format", "json")
        told = outcomes(r)
        same(f"{name}: those fail", [told[d.name] for d in found[:failing]], ["failed"] * failing, r)
        others = {told[d.name] for d in found[failing:]}
        if status == 1:
            ok(f"{name}: nothing stands", all(d.at() == [] for d in found) and others <= {"taken back", "skipped"}, others)
        else:
            same(f"{name}: the others are done", (others, {tuple(d.at()) for d in found[failing:]}), ({"done"}, {("r2",)}))
        same(f"{name}: the log is whole", run(path, "audit", "verify").status, 0)


def in_flight():
    """The others in flight finish well, and are taken back then, newest first; those that wait are never started."""
    found = schemas("budget", ["bad", "slow1", "slow2", "never1", "never2"])
    if not found:
        return
    path = fresh("in flight", found, "  parallel: 3\n  on_failure: rollback\n")
    bad, *others = found
    slow = "SELECT pg_sleep({}) FROM (SELECT 1 WHERE current_schema() LIKE '%{}') x;\n"
    revision(path, "r1", "", slow.format(0.9, "slow1") + slow.format(0.5, "slow2") + slow.format(0.2, "bad") + TABLE.format("t_r1"),
             "DROP TABLE t_r1;")
    in_the_way(bad)
    r = expect("in flight", 1, path, "apply", "dev", "--yes", "--format", "json")
    same("in flight: outcomes", outcomes(r), {"bad": "failed", "slow1": "taken back", "slow2": "taken back", "never1": "skipped",
                                              "never2": "skipped"}, r)
    same("in flight: nothing stands", [d.at() for d in found], [[]] * 5)
    done = [e["target"] for e in log(path) if e["kind"] == "target_finished" and e.get("outcome") == "done"]
    same("in flight: they did finish", done, ["slow2", "slow1"])
    back = [e["target"] for e in log(path) if e["kind"] == "target_finished" and e.get("outcome") == "taken back"]
    same("in flight: taken back", sorted(back), ["slow1", "slow2"])

    # How many start beside those that fail is the scheduler's luck with several at a time; one at a time it is none.
    path = fresh("stop", found, "  parallel: 1\n  on_failure: stop\n")
    in_the_way(found[1])
    r = expect("stop", 1, path, "apply", "dev", "--yes", "--format", "json")
    same("stop: nothing starts after the failure", [outcomes(r)[d.name] for d in found], ["done", "failed"] + ["skipped"] * 3, r)

    # One at a time the order of taking back is the reverse of that of commits, to the letter.
    path = fresh("order", found, "  parallel: 1\n  on_failure: rollback\n")
    in_the_way(others[-1])
    expect("order", 1, path, "apply", "dev", "--yes")
    same("order: newest first", order(path, "compensated")[::2], ["never1", "slow2", "slow1", "bad"])


def scopes():
    found = sqlite_databases("scope", ["a1", "a2", "b1", "b2", "b3", "c1"])
    waves = """  parallel: 2
  waves:
    - { name: a, match: { w: a } }
    - { name: b, match: { w: b } }
    - { name: c, match: { w: c } }
"""
    labels = {d.name: f"w: {d.name[0]}" for d in found}
    expected = {"run": ["taken back"] * 3 + ["failed"], "wave": ["done", "done", "taken back", "failed"],
                "target": ["done", "done", "done", "failed"]}
    for scope, told in expected.items():
        path = fresh(scope, found, waves + f"  on_failure: rollback\n  rollback_scope: {scope}\n", labels)
        in_the_way(found[3])
        r = expect(f"scope {scope}", 1, path, "apply", "dev", "--yes", "--format", "json")
        got = outcomes(r)
        same(f"scope {scope}: outcomes", [got[n] for n in ("a1", "a2", "b1", "b2")], told, r)
        same(f"scope {scope}: the next wave", got["c1"], "skipped")
        same(f"scope {scope}: at", [d.at() for d in found[:4]], [["r2"] if t == "done" else [] for t in told], r)


def goes_on():
    found = sqlite_databases("goes-on", ["a", "b", "c", "d"])
    path = fresh("continue", found, "  parallel: 2\n  on_failure: continue\n  waves: [{ count: 2 }, { rest: true }]\n")
    in_the_way(found[0], found[2])
    r = expect("continue", 1, path, "apply", "dev", "--yes", "--format", "json")
    same("continue: all are tried", list(outcomes(r).values()), ["failed", "done", "failed", "done"], r)

    path = fresh("stop", found, "  on_failure: stop\n")
    in_the_way(found[1])
    r = expect("stop", 1, path, "apply", "dev", "--yes", "--format", "json")
    same("stop: what is done stays", list(outcomes(r).values()), ["done", "failed", "skipped", "skipped"], r)


def interrupted():
    """Ctrl-C with several in flight cancels them all."""
    found = schemas("cancel", ["a", "b", "c", "d"])
    if not found:
        return
    for policy in ("stop", "rollback"):
        path = fresh(f"interrupted, {policy}", found, f"  parallel: 3\n  on_failure: {policy}\n")
        revision(path, "r1", "", TABLE.format("t_r1") + "SELECT pg_sleep(60);\n", "DROP TABLE t_r1;")
        process = start(path, "apply", "dev", "--yes", "--format", "json")
        wait_for("three at work", lambda: process.poll() is not None or found[0].query(
            f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{found[0].database}' AND query LIKE '%pg_sleep(60)%' AND "
            "state = 'active' AND pid <> pg_backend_pid()") == [("3",)])
        process.send_signal(signal.SIGINT)
        r = ended(process)
        same(f"interrupted, {policy}: status", r.status, 130, r)
        ok(f"interrupted, {policy}: soon", r.seconds < SOON, r.seconds)
        same(f"interrupted, {policy}: outcomes", list(outcomes(r).values()), ["failed"] * 3 + ["skipped"], r)
        same(f"interrupted, {policy}: nothing stands", [(d.at(), d.tables()) for d in found], [([], d.tables()) for d in found])
        same(f"interrupted, {policy}: no table", {t for d in found for t in d.tables()} - set(BOOKKEEPING), set())


for case in (percentages, in_flight, scopes, goes_on, interrupted):
    case()
finish()
