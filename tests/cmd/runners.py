"""Several runners on one run, over a store in PostgreSQL: killed at random, every target still ends once, exactly."""
import random
from concurrent.futures import ThreadPoolExecutor
from stores import *

RUNNERS, KILLED, LEASE = 10, 3, "3"
ROUNDS = int(os.environ.get("LOCKSTEP_TEST_ROUNDS", "1"))


def fleet(prefix):
    targets = postgresql_databases(prefix, [f"pg-{i:02}" for i in range(8)], schemas=True)
    targets += mariadb_databases(prefix, [f"my-{i}" for i in range(3)])
    targets += sqlite_databases(prefix, [f"lite-{i}" for i in range(3)])
    return targets


SLEEP = {"postgresql": "SELECT pg_sleep(0.1)", "mysql": "DO SLEEP(0.1)",
         "sqlite": "INSERT INTO busy SELECT sum(x) FROM (WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c "
                   "WHERE x < 300000) SELECT x FROM c)"}


def prepare(store, targets, more="rollout: { parallel: 8 }\n"):
    for t in targets:
        t.reset()
    path = project(folder("runners"))
    write(f"{path}/lockstep.yaml", f'project: e2e\nstore: "{store}"\n')
    environment(path, "prod", targets, more)
    revision(path, "r1", "", "CREATE TABLE done (revision varchar(10) NOT NULL);\nCREATE TABLE busy (x bigint);\n"
             "INSERT INTO done VALUES ('r1');", "DROP TABLE busy;\nDROP TABLE done;")
    for i in (2, 3):
        revision(path, f"r{i}", f"r{i - 1}", {
            d: f"CREATE TABLE t{i} (id bigint);\n{s};\nINSERT INTO done VALUES ('r{i}');" for d, s in SLEEP.items()},
            f"DELETE FROM done WHERE revision = 'r{i}';\nDROP TABLE t{i};")
    expect("the plan", 2, path, "plan", "prod", "--out", "plan.yaml")
    return path, "./plan.yaml"


def join(path, plan, env=None):
    return start(path, "apply", plan, "--join", "--lease", LEASE, env=env)


def check_ended(name, path, store, targets):
    """Every revision once on every target, one end, and a log that holds."""
    for t in targets:
        same(f"{name}: {t.name} has each revision once", sorted(r[0] for r in t.query("SELECT revision FROM done")),
             ["r1", "r2", "r3"], t.history())
        same(f"{name}: {t.name} is at the head", t.at(), ["r3"])
        applied = [r[1] for r in t.history() if r[3] == "applied"]
        same(f"{name}: {t.name}'s history has each revision once", applied, ["r1", "r2", "r3"], t.history())
    same(f"{name}: one run", len(store.query("SELECT run FROM runs")), 1)
    same(f"{name}: one end", store.query("SELECT count(*), min(outcome) FROM events WHERE kind = 'run_finished'"), [("1", "ok")])
    same(f"{name}: every target ended once", store.query(
        "SELECT count(*) FROM (SELECT target FROM events WHERE kind = 'target_finished' AND outcome = 'done' "
        "GROUP BY target HAVING count(*) = 1) AS t"), [(str(len(targets)),)])
    r = run(path, "audit", "verify")
    same(f"{name}: the log holds", r.status, 0, r)


def ten_runners(store, targets, seed):
    name = f"ten runners, three killed ({seed})"
    rng = random.Random(seed)
    path, plan = prepare(store.new(), targets)
    runners = [join(path, plan) for _ in range(RUNNERS)]
    victims = rng.sample(runners, KILLED)
    began = time.monotonic()
    for i, victim in enumerate(victims):
        time.sleep(max(0, began + 0.4 + 0.5 * i + rng.random() * 0.5 - time.monotonic()))
        victim.kill()
    with ThreadPoolExecutor(RUNNERS) as pool:
        results = list(pool.map(ended, runners))
    killed = [r for r in results if r.status == -9]
    ok(f"{name}: some were killed at work", killed, [r.status for r in results])
    for r in results:
        if r.status != -9:
            same(f"{name}: a survivor has the run's status", r.status, 0, r)
    check_ended(name, path, store, targets)


EVENTS = ("SELECT target, string_agg(concat_ws(' ', kind, revision, direction, statement, statement_digest, outcome), ', ' "
          "ORDER BY seq) FROM events WHERE target IS NOT NULL GROUP BY target ORDER BY target")


def one_or_ten(store, targets):
    logs = []
    for n in (1, RUNNERS):
        path, plan = prepare(store.new(), targets)
        runners = [join(path, plan) for _ in range(n)]
        for r in map(ended, runners):
            same(f"{n} runners: all has been done", r.status, 0, r)
        check_ended(f"{n} runners", path, store, targets)
        same(f"{n} runners: nobody is left", store.query("SELECT runner FROM runners"), [])
        logs.append(store.query(EVENTS))
        if n > 1:
            joined = store.query("SELECT count(*) FROM events WHERE kind = 'run_joined'")[0][0]
            ok("the others are in the log", int(joined) > 0, joined)
            hosts = store.query("SELECT count(DISTINCT runner) FROM run_targets")[0][0]
            ok("the work was shared", int(hosts) > 1, hosts)
    same("one runner or ten: the same events on each target", logs[1], logs[0])


def a_failure_is_taken_back_by_one(store, targets):
    """Beyond the budget nothing starts on any runner, one of them takes back, and all say the same."""
    name = "a failure"
    path, plan = prepare(store.new(), targets[:8], "rollout: { parallel: 4, on_failure: rollback, rollback_scope: run }\n")
    targets[5].script("CREATE TABLE t2 (id bigint);")
    results = [ended(p) for p in [join(path, plan) for _ in range(4)]]
    for r in results:
        same(f"{name}: status", r.status, 1, r)
    for t in targets[:8]:
        same(f"{name}: {t.name} is back", t.at(), [], t.history())
    same(f"{name}: one end", store.query("SELECT count(*) FROM events WHERE kind = 'run_finished'"), [("1",)])
    same(f"{name}: the run has ended", store.query("SELECT state, exit_status FROM runs"), [("ended", "1")])
    same(f"{name}: nobody is left", store.query("SELECT runner FROM runners"), [])


def waves_and_a_person(store, targets):
    name = "waves"
    path, plan = prepare(store.new(), targets[:6], """rollout:
  parallel: 4
  waves:
    - { name: first, count: 2, pause: 300ms }
    - { name: second, count: 2, pause: manual }
    - { name: third, rest: true }
""")
    results = [ended(p) for p in [join(path, plan) for _ in range(3)]]
    for r in results:
        same(f"{name}: waits for a person", r.status, 2, r)
    same(f"{name}: four are done", store.query("SELECT count(*) FROM run_targets WHERE outcome = 'done'"), [("4",)])
    expect(f"{name}: joining does not go on", 4, path, "apply", plan, "--join", part="waits for a person")
    results = [ended(start(path, "resume", "--join", "--lease", LEASE)) for _ in range(1)]
    for r in results:
        same(f"{name}: goes on", r.status, 0, r)
    same(f"{name}: all are done", store.query("SELECT count(*) FROM run_targets WHERE outcome = 'done'"), [("6",)])
    expect(f"{name}: one that comes late has the run's end", 0, path, "apply", plan, "--join", part="6 done")
    run_id = store.query("SELECT run FROM runs")
    same(f"{name}: and begins no other", len(run_id), 1)
    expect(f"{name}: nothing is left to resume", 0, path, "resume", run_id[0][0], "--join", part="6 done")
    same(f"{name}: two ends", store.query("SELECT outcome FROM events WHERE kind = 'run_finished' ORDER BY seq"),
         [("waiting",), ("ok",)])
    expect(f"{name}: downgraded since", 0, path, "downgrade", "base", "-e", "prod", "-t", targets[0].name, "--yes")
    expect(f"{name}: the plan is meant anew then", 4, path, "apply", plan, "--join", part="refused")


def an_interrupted_runner_leaves(store, targets):
    name = "an interrupt"
    path, plan = prepare(store.new(), targets)
    runners = [join(path, plan) for _ in range(3)]
    wait_for_work(name, store, runners)
    runners[1].send_signal(signal.SIGINT)
    results = [ended(p) for p in runners]
    same(f"{name}: the one says so", results[1].status in (0, 130), True, results[1])
    for r in (results[0], results[2]):
        same(f"{name}: the others finish", r.status, 0, r)
    same(f"{name}: one end", store.query("SELECT count(*), min(outcome) FROM events WHERE kind = 'run_finished'"), [("1", "ok")])
    for t in targets:
        same(f"{name}: {t.name} is at the head", t.at(), ["r3"], t.history())


def all_interrupted_and_joined_again(store, targets):
    name = "all interrupted"
    path, plan = prepare(store.new(), targets)
    runners = [join(path, plan) for _ in range(2)]
    wait_for_work(name, store, runners)
    for p in runners:
        p.send_signal(signal.SIGTERM)
    results = [ended(p) for p in runners]
    same(f"{name}: all say so", [r.status for r in results], [130, 130], *results)
    ok(f"{name}: something is left", store.query("SELECT 1 FROM run_targets WHERE outcome IS DISTINCT FROM 'done' LIMIT 1"))
    r = ended(join(path, plan))
    same(f"{name}: joining goes on", r.status, 0, r)
    for t in targets:
        same(f"{name}: {t.name} is at the head", t.at(), ["r3"], t.history())
    same(f"{name}: one run", len(store.query("SELECT run FROM runs")), 1)


def the_leader_dies_while_it_takes_back(store, targets):
    name = "a leader killed while it takes back"
    few = targets[:6]
    path, plan = prepare(store.new(), few, "rollout: { parallel: 2, on_failure: rollback, rollback_scope: run }\n")
    revision(path, "r3", "r2", "CREATE TABLE t3 (id bigint);\nINSERT INTO done VALUES ('r3');",
             "SELECT pg_sleep(0.4);\nDELETE FROM done WHERE revision = 'r3';\nDROP TABLE t3;")
    expect(f"{name}: the plan", 2, path, "plan", "prod", "--out", "plan.yaml")
    few[5].script("CREATE TABLE t2 (id bigint);")
    runners = [join(path, plan) for _ in range(3)]
    wait_for(f"{name}: it takes back", lambda: store.query("SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND "
                                                           "tablename = 'run_targets'") and
             store.query("SELECT 1 FROM runs WHERE state = 'taking back'") and
             store.query("SELECT 1 FROM run_targets WHERE state = 'claimed'"))
    leader = int(store.query("SELECT pid FROM runners ORDER BY started_us, runner LIMIT 1")[0][0])
    next(p for p in runners if p.pid == leader).kill()
    results = [ended(p) for p in runners]
    same(f"{name}: the others have the run's status", sorted(r.status for r in results), [-9, 1, 1], *results)
    for t in few[:5]:
        same(f"{name}: {t.name} is back", (t.at(), [x for x in t.tables() if x not in BOOKKEEPING]), ([], []), t.history())
    same(f"{name}: one end", store.query("SELECT count(*) FROM events WHERE kind = 'run_finished'"), [("1",)])
    r = run(path, "audit", "verify")
    same(f"{name}: the log holds", r.status, 0, r)


def a_store_in_a_file(targets):
    """The same code, among processes of one machine."""
    name = "a file"
    few = targets[:4] + targets[-2:]
    path, plan = prepare(".lockstep/store.db", few)
    for r in [ended(p) for p in [join(path, plan) for _ in range(3)]]:
        same(f"{name}: status", r.status, 0, r)
    for t in few:
        same(f"{name}: {t.name}", (t.at(), sorted(r[0] for r in t.query("SELECT revision FROM done"))), (["r3"], ["r1", "r2", "r3"]))
    db = sqlite3.connect(f"{path}/.lockstep/store.db")
    same(f"{name}: one run, one end", db.execute("SELECT (SELECT count(*) FROM runs), (SELECT count(*) FROM events "
                                                 "WHERE kind = 'run_finished'), (SELECT count(*) FROM runners)").fetchall(), [(1, 1, 0)])
    db.close()


def store_trouble(store, targets):
    few = targets[:4] + targets[8:10]
    path, plan = prepare(store.new(), few)
    write(f"{path}/lockstep.yaml", 'project: e2e\nstore: "postgresql://nobody:s3cret@127.0.0.1:1/store"\n')
    r = expect("no server", 69, path, "apply", plan, part="cannot reach the store")
    ok("no server: the password is not shown", "s3cret" not in r.out + r.errors, r)
    for t in few:
        same(f"no server: {t.name} is untouched", t.at(), [])
    # References and a password beside the URL.
    base = server("postgresql").replace("postgres@", "${env:STORE_USER}@")
    write(f"{path}/lockstep.yaml", f'project: e2e\nstore: {{ url: "{base}/{store.d.database}?schema=secrets", '
                                   'password: "${env:STORE_PASSWORD}" }\n')
    r = expect("a store from the environment", 65, path, "audit", "verify", part="there is no store at", env={"STORE_USER": "postgres", "STORE_PASSWORD": "s3cret"})
    ok("the password is not shown", "s3cret" not in r.out + r.errors, r)
    # No rights, and tables of another version.
    psql("postgres", "DROP ROLE IF EXISTS runners_guest")
    psql("postgres", "CREATE ROLE runners_guest LOGIN")
    guest = store.d.url.replace("postgres@", "runners_guest@")
    write(f"{path}/lockstep.yaml", f'project: e2e\nstore: "{guest}"\n')
    expect("no rights", 4, path, "apply", plan, part="CREATE SCHEMA lockstep AUTHORIZATION")
    psql("postgres", "DROP ROLE runners_guest")
    write(f"{path}/lockstep.yaml", f'project: e2e\nstore: "{store.new()}"\n')
    expect("a store is made", 0, path, "apply", plan)
    store.query("UPDATE store_version SET version = 99")
    expect("a newer store", 65, path, "audit", "log", part="version 99")


def a_store_that_goes_away(store, targets):
    """In the middle of a run: what is at work ends at a recorded place, and the run can be gone on with."""
    name = "the store goes away"
    path, plan = prepare(store.new(), targets, "rollout: { parallel: 2 }\n")
    revision(path, "r3", "r2", {d: f"CREATE TABLE t3 (id bigint);\n{x.replace('0.1', '0.7')};\nINSERT INTO done VALUES ('r3');"
                                for d, x in SLEEP.items()}, "DROP TABLE t3;")
    expect(f"{name}: the plan", 2, path, "plan", "prod", "--out", "plan.yaml")
    process = join(path, plan)
    wait_for_work(name, store, [process])
    database = store.d.database
    subprocess.run([*psql_args("postgres"), "-c", f"ALTER DATABASE {database} ALLOW_CONNECTIONS false", "-c",
                    f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}' "
                    "AND application_name = 'lockstep store'"], capture_output=True, check=True)
    r = ended(process)
    psql("postgres", f"ALTER DATABASE {database} ALLOW_CONNECTIONS true")
    ok(f"{name}: it says so", r.status != 0 and "store" in r.errors + r.out, r)
    for t in targets:
        same(f"{name}: {t.name} is between two revisions", [h for h in t.history() if h[3] == "running"], [])
        same(f"{name}: {t.name} has what its history says", sorted(x[0] for x in t.query("SELECT revision FROM done"))
             if t.history() else [], standing(t.history()))
    r = ended(join(path, plan))
    same(f"{name}: another goes on", r.status, 0, r)
    for t in targets:
        same(f"{name}: {t.name} is at the head", t.at(), ["r3"], t.history())
        same(f"{name}: {t.name} has each revision once", sorted(x[0] for x in t.query("SELECT revision FROM done")),
             ["r1", "r2", "r3"])
    r = run(path, "audit", "verify")
    same(f"{name}: the log holds", r.status, 0, r)


if not server("postgresql") or not server("mysql"):
    print("skipped: needs PostgreSQL and MariaDB")
    sys.exit(77)
store, targets = StoreDatabase("store"), fleet("runners")
other_store, other_targets = StoreDatabase("other"), fleet("others")[::2]
cases = {"one": lambda: one_or_ten(store, targets), "fail": lambda: a_failure_is_taken_back_by_one(store, targets),
         "waves": lambda: waves_and_a_person(store, targets), "interrupt": lambda: an_interrupted_runner_leaves(store, targets),
         "all": lambda: all_interrupted_and_joined_again(store, targets), "file": lambda: a_store_in_a_file(targets),
         "leader": lambda: the_leader_dies_while_it_takes_back(store, targets),
         "trouble": lambda: store_trouble(store, targets), "away": lambda: a_store_that_goes_away(other_store, other_targets),
         "ten": lambda: [ten_runners(store, targets, random.randrange(10**6)) for _ in range(ROUNDS)]}
chosen = sys.argv[1:] or list(cases)
with ThreadPoolExecutor(1) as beside:
    # Most of it is waiting for a store that does not come back.
    away = beside.submit(cases["away"]) if "away" in chosen else None
    for key in chosen:
        began = time.monotonic()
        if key != "away":
            cases[key]()
            print(f"{key}: {time.monotonic() - began:.1f} s")
    if away:
        away.result()
finish()
