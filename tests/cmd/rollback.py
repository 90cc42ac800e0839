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


for case in (killed_and_one_taken_back, ended_run, waiting_run, selected, irreversible, killed):
    case()
finish()
