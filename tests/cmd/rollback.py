"""rollback takes back what a run did: of one that has ended, one that waits, and one that was killed on three databases."""
from runs import *


def fresh(name, found, document="  parallel: 2\n", *ids):
    for d in found:
        d.reset()
    path = rollout("rollback", found, document)
    steps(path, *(ids or ("r1", "r2")))
    return path


def ended_run():
    found = sqlite_databases("rollback", ["a", "b", "c", "d"])
    path = fresh("ended", found, "  parallel: 1\n")
    expect("ended: first", 0, path, "upgrade", "r1", "-t", "a")
    before = [d.snapshot() for d in found]
    r = expect("ended: applied", 0, path, "apply", "dev", "--yes", "--format", "json")
    id = r.json["run"]
    r = expect("ended: somebody has to say yes", 4, path, "rollback", part="--yes")
    same("ended: nothing has happened", [d.at() for d in found], [["r2"]] * 4)
    found[1].script("UPDATE alembic_version SET version_num = 'r1'")  # somebody was here
    r = expect("ended: one has moved", 4, path, "rollback", "--yes")
    has("ended: shows what it does", r.out, "newest first")
    has("ended: and that one is left alone", r.out, "b: has moved since")
    same("ended: at", [d.at() for d in found], [["r1"], ["r1"], [], []], r)
    same("ended: order", [e["target"] for e in log(path, id) if e["kind"] == "compensated"][::2], ["d", "c", "a"][:3])
    found[1].script("UPDATE alembic_version SET version_num = 'r2'")
    r = expect("ended: put right, it is taken back as well", 0, path, "rollback", id, "--yes")
    same("ended: everything as before", [d.snapshot() for d in found], before, r)
    same("ended: at, at last", [d.at() for d in found], [["r1"], [], [], []], r)
    expect("ended: nothing is left to take back", 4, path, "rollback", id, "--yes", part="nothing to take back")
    expect("ended: and nothing to go on with", 4, path, "resume", id, part="taken back")
    same("ended: the log is whole", run(path, "audit", "verify").status, 0)
    expect("ended: a new run is possible", 0, path, "apply", "dev", "--yes")
    same("ended: everywhere", [d.at() for d in found], [["r2"]] * 4)


def waiting_run():
    found = sqlite_databases("rollback", ["a", "b"])
    path = fresh("waiting", found, "  waves: [{ count: 1, pause: manual }, { rest: true }]\n")
    expect("waiting: waits", 2, path, "apply", "dev", "--yes")
    expect("waiting: taken back", 0, path, "rollback", "--yes")
    same("waiting: at", [d.at() for d in found], [[], []])
    r = run(path, "status")
    ok("waiting: no run is left", "resume" not in r.out, r)


def selected():
    found = sqlite_databases("rollback", ["a", "b", "c"])
    path = fresh("selected", found)
    expect("selected: applied", 0, path, "apply", "dev", "--yes")
    expect("selected: two of them", 0, path, "rollback", "-t", "[ab]", "--yes")
    same("selected: at", [d.at() for d in found], [[], [], ["r2"]])
    expect("selected: the rest", 0, path, "rollback", "--yes")
    same("selected: at, at last", [d.at() for d in found], [[], [], []])


def irreversible():
    found = sqlite_databases("rollback", ["a", "b"])
    path = fresh("irreversible", found)
    revision(path, "r3", "r2", TABLE.format("t_r3"))
    expect("irreversible: applied", 0, path, "apply", "dev", "--yes")
    r = expect("irreversible: named before anything starts", 4, path, "rollback", "--yes", part="r3")
    same("irreversible: at", [d.at() for d in found], [["r3"]] * 2, r)


def killed():
    """Dead in the middle of a revision on MariaDB, with others done: the half revision is finished first."""
    my, pg = mariadb_databases("rollback", ["m1", "m2"]), schemas("rollback", ["p1", "p2"])
    if not my or not pg:
        return
    found = [*pg, *my]
    path = fresh("killed", found, "  parallel: 4\n", "r1")
    asleep = "UPDATE {} SET id = id + SLEEP(60);\n"
    revision(path, "r2", "r1", {"mysql": TABLE.format("b") + asleep.format("on_the_way") + TABLE.format("c"),
                                "postgresql": TABLE.format("b") + TABLE.format("c")},
             {"mysql": "DROP TABLE c;\n" + asleep.format("on_the_way_back") + "DROP TABLE b;",
              "postgresql": "DROP TABLE c;\nDROP TABLE b;"})
    for d in my:
        for table in ("on_the_way", "on_the_way_back"):
            d.script(f"CREATE TABLE {table} (id int); INSERT INTO {table} VALUES (1);")
    sleeping = "SELECT id FROM information_schema.processlist WHERE info LIKE '%SLEEP(60)%' AND id <> connection_id() AND db LIKE " \
               "'rollback%'"

    def kill(process, table):
        wait_for(f"both asleep {table}", lambda: process.poll() is not None or len(my[0].query(sleeping)) == 2)
        wait_for("the others done", lambda: process.poll() is not None or (is_done(path, "p1") and is_done(path, "p2")))
        process.kill()
        ended(process)
        for (id,) in my[0].query(sleeping):
            my[0].client.run(f"KILL {id}", tolerate=True)
        wait_for("they are gone", lambda: not my[0].query(sleeping))
        for d in my:
            d.script(f"DELETE FROM {table}")

    kill(start(path, "apply", "dev", "--yes"), "on_the_way")
    same("killed: inside", [d.at() for d in found], [["r2"], ["r2"], ["r1"], ["r1"]])
    kill(start(path, "rollback", "--yes"), "on_the_way_back")
    same("killed: the others are back", [d.at() for d in pg], [[], []])
    r = expect("killed: status", 2, path, "status", part="stopped while it was taking back")
    r = expect("killed: goes on to take back", 0, path, "resume", "--format", "json")
    same("killed: outcomes", set(outcomes(r).values()), {"taken back"}, r)
    same("killed: at", [d.at() for d in found], [[]] * 4, r)
    same("killed: everything as before", [set(d.tables()) - set(BOOKKEEPING) - {"on_the_way", "on_the_way_back"} for d in found],
         [set()] * 4, r)
    same("killed: the log is whole", run(path, "audit", "verify").status, 0)


def killed_and_one_taken_back():
    """Taking one target back does not end a run that has died at work on others."""
    if "failpoints" not in run("/", "version").out:
        return
    found = sqlite_databases("rollback", ["a", "b"])
    path = fresh("in part", found, "  parallel: 1\n")
    same("in part: it dies", run(path, "apply", "dev", "--yes", env={"LOCKSTEP_FAILPOINT": "after-commit:2"}).status, -9)
    r = expect("in part: one is taken back", 0, path, "rollback", "--yes", "-t", "a")
    has("in part: what becomes of the other", r.out, "b: left as it was when the run stopped")
    same("in part: at", [d.at() for d in found], [[], ["r2"]], r)
    expect("in part: the run has not ended", 2, path, "status", part="to go back: lockstep rollback")
    expect("in part: the rest", 0, path, "rollback", "--yes")
    same("in part: at, at last", [d.at() for d in found], [[], []])
    ok("in part: the run has ended", "to go back" not in run(path, "status").out)


def another_run_since():
    """Within the same track, also where it stands as the run left it: what another run did is not this one's to take back."""
    found = sqlite_databases("rollback", ["a", "b", "c", "d"])
    path = fresh("since", found, "  parallel: 1\n")
    id = expect("since: applied", 0, path, "apply", "dev", "--yes", "--format", "json").json["run"]
    expect("since: down", 0, path, "downgrade", "-1", "-e", "dev", "-t", "b", "--yes")
    expect("since: and up again", 0, path, "upgrade", "head", "-e", "dev", "-t", "b")
    for r in ("r1", "r2"):
        expect("since: stamped", 0, path, "stamp", r, "-e", "dev", "-t", "c", "--yes")
    later = {d.name: d.query("SELECT run FROM lockstep_history ORDER BY seq DESC LIMIT 1")[0][0] for d in found}
    r = expect("since: two have moved", 4, path, "rollback", id, "--yes")
    for name in "bc":
        has(f"since: {name} is said to be left alone", r.out, f"{name}: has moved since, by run {later[name]}")
        has(f"since: {name} is told at the end", r.out.split("newest first")[1], f"it has moved since, by run {later[name]}")
    same("since: at", [d.at() for d in found], [[], ["r2"], ["r2"], []], r)


def killed_and_gone_on_with_by_another():
    """What a run that died had done stands where a later one went on: the later one's steps are not taken back with it."""
    found = sqlite_databases("rollback", ["a"])
    path = rollout("rollback", found, "  parallel: 1\n")
    steps(path, "r1", "r2")
    if run(path, "version").out.find("failpoints") < 0:
        return
    r = ended(start(path, "apply", "dev", "--yes", "--transaction", "revision", env={"LOCKSTEP_FAILPOINT": "after-commit:1"}))
    same("gone on: killed after the first", (r.status, found[0].at()), (-9, ["r1"]), r)
    id = re.search("run (r[^ ]*)", run(path, "status").out).group(1)
    expect("gone on: by another run", 0, path, "upgrade", "r2", "-e", "dev", "-t", "a")
    r = expect("gone on: is left alone", 4, path, "rollback", id, "--yes", part="has moved since, by run")
    same("gone on: at", found[0].at(), ["r2"], r)


def nothing_was_done():
    """Targets on which nothing was done are not listed, and a run that did nothing is not the one that is meant."""
    found = sqlite_databases("rollback", ["a", "b"])
    path = fresh("nothing", found, "  parallel: 1\n")
    expect("nothing: no run at all", 0, path, "rollback", "--yes", part="there is nothing to take back")
    expect("nothing: a run that is not there", 4, path, "rollback", "r2000", "--yes", part="no run \"r2000\"")
    revision(path, "r3", "r2", "NOT SQL;", "DROP TABLE x;")
    expect("nothing: a plan", 2, path, "plan", "dev", "--to", "r2", "--out", "plan.yaml")
    found[1].script("CREATE TABLE t_r2 (id int)")  # in the way of b
    id = expect("nothing: applied, b fails", 1, path, "apply", "./plan.yaml", "--format", "json").json["run"]
    expect("nothing: the plan does not hold any more", 4, path, "apply", "./plan.yaml")  # a is refused; b fails again
    r = expect("nothing: the run that did something is meant", 0, path, "rollback", "--yes", part=f"Take back run {id}")
    has("nothing: a is listed", r.out, "  a: r2 -> base")
    ok("nothing: b is not", "  b: " not in r.out, r)
    same("nothing: at", [d.at() for d in found], [[], []], r)
    r = expect("nothing: again", 4, path, "rollback", "--yes", part="nothing to take back")


def fails_and_is_repeated():
    """What could not be taken back stays to be done: status tells it, and rollback is given again."""
    found = sqlite_databases("rollback", ["a", "b"])
    path = fresh("repeated", found)
    expect("repeated: applied", 0, path, "apply", "dev", "--yes")
    found[0].script("DROP TABLE t_r2")
    expect("repeated: a fails", 1, path, "rollback", "--yes", part="t_r2")
    same("repeated: at", [d.at() for d in found], [["r2"], []])
    same("repeated: the run is open", run_state(path), "taking back")
    expect("repeated: status", 2, path, "status", part="stopped while it was taking back")
    found[0].script("CREATE TABLE t_r2 (id int)")
    r = expect("repeated: given again", 0, path, "rollback", "--yes")
    ok("repeated: b is not listed again", "  b: " not in r.out, r)
    same("repeated: at, at last", ([d.at() for d in found], run_state(path)), ([[], []], "ended"), r)
    run(path, "apply", "dev", "--yes")
    found[0].script("DROP TABLE t_r2")
    expect("repeated: a fails again", 1, path, "rollback", "--yes")
    expect("repeated: moved by somebody else", 0, path, "stamp", "r1", "-e", "dev", "-t", "a", "--yes")
    expect("repeated: is refused", 4, path, "rollback", "--yes", part="a: has moved since, by run")
    same("repeated: and there is nothing left to do", run_state(path), "ended")


for case in (killed_and_one_taken_back, fails_and_is_repeated, ended_run, waiting_run, selected, irreversible, killed,
             another_run_since, killed_and_gone_on_with_by_another, nothing_was_done):
    case()
finish()
