"""lockstep drift, snapshot and diff on real databases: what was changed by hand is found, and nothing else."""
from e2e import *

TABLE = "CREATE TABLE users (id integer PRIMARY KEY, email varchar(50) NOT NULL);"
SCRATCH = {"postgresql": "/postgres", "mysql": ""}


def scratch_url(dialect):
    return None if dialect == "sqlite" else server(dialect) + SCRATCH[dialect]


def left_over(dialect):
    """Scratch databases that stand on the server, of anybody."""
    if dialect == "postgresql":
        args = psql_args() + ["-c", "SELECT datname FROM pg_database WHERE datname LIKE 'lockstep\\_scratch\\_%'"]
    elif dialect == "mysql":
        args = mariadb_args() + ["-e", "SHOW DATABASES LIKE 'lockstep\\_scratch\\_%'"]
    else:
        return []
    return subprocess.run(args, capture_output=True, text=True).stdout.split()


def made(dialect, prefix, names=("a", "b", "c"), more=""):
    targets = databases(dialect, prefix, list(names))
    if not targets:
        return None, None
    path = project(folder(prefix))
    url = scratch_url(dialect)
    environment(path, "dev", targets, (f'scratch: "{url}"\n' if url else "") + more)
    revision(path, "r1", "", TABLE, "DROP TABLE users;")
    for t in targets:
        expect(f"{dialect}: upgrade {t.name}", 0, path, "upgrade", "-e", "dev", "-t", t.name)
    return path, targets


def drift(path, *words):
    return run(path, "drift", "dev", "--exit-status", *words)


def lines(r, mark):
    return sorted({l.strip().split(":")[0] for l in r.out.splitlines() if l.strip().startswith(mark + " ")})


def what_was_changed_by_hand(dialect):
    path, targets = made(dialect, "drift")
    if not path:
        return
    r = drift(path)
    same(f"{dialect}: nothing has drifted", (r.status, r.out), (0, "dev: no drift on 3 targets\n"), r)
    targets[0].script("CREATE INDEX by_email ON users (email);")
    r = drift(path)
    same(f"{dialect}: an index by hand: status", r.status, 2, r)
    same(f"{dialect}: that and nothing else", lines(r, "+"), ["+ index users.by_email"], r)
    same(f"{dialect}: nothing is missing or changed", [l for l in r.out.split("variant")[0].splitlines() if l[2:3] in ("-", "~")], [], r)
    back, over = ("DROP KEY `by_email`", "ADD KEY `by_email`") if dialect == "mysql" else ("DROP INDEX", "CREATE INDEX")
    has(f"{dialect}: how it is put back", r.out.split("put back:")[1].split("take over:")[0], back)
    has(f"{dialect}: how it is taken over", r.out.split("take over:")[1], over)
    has(f"{dialect}: groups", r.out, "2 with the same schema, 1 variant")
    has(f"{dialect}: what it is compared with", r.out, "compared with snapshot of run")
    same(f"{dialect}: without --exit-status that is no failure", run(path, "drift", "dev").status, 0)
    same(f"{dialect}: -t", drift(path, "-t", "b").status, 0)
    wide = [l for l in r.out.splitlines() if len(l) > 80 and "put back" not in l and "take over" not in l]
    same(f"{dialect}: 80 columns", wide, [])
    r = drift(path, "--scratch")
    same(f"{dialect}: the same against the revisions", lines(r, "+"), ["+ index users.by_email"], r)
    has(f"{dialect}: what the revisions build", r.out, "what the revisions build in a scratch database")


def taking_over(dialect):
    path, targets = made(dialect, "adopt", ("a", "b"))
    if not path:
        return
    targets[0].script("CREATE INDEX by_email ON users (email);")
    r = expect(f"{dialect}: adopt", 0, path, "drift", "dev", "--adopt", "-m", "index by hand")
    has(f"{dialect}: what comes next", r.errors, "lockstep stamp -e dev -t a head")
    expect(f"{dialect}: stamp", 0, path, "stamp", "-e", "dev", "-t", "a", "head")
    same(f"{dialect}: taken over", drift(path).status, 0)
    expect(f"{dialect}: the others", 0, path, "upgrade", "-e", "dev", "-t", "b")
    r = drift(path)
    same(f"{dialect}: all alike", r.out, "dev: no drift on 2 targets\n", r)
    same(f"{dialect}: against the revisions too", drift(path, "--scratch").status, 0)
    same(f"{dialect}: same structure", targets[0].structure()["users"], targets[1].structure()["users"])
    expect(f"{dialect}: back", 0, path, "downgrade", "-e", "dev", "-t", "a", "--", "-1")
    same(f"{dialect}: no drift after the way back", drift(path).status, 0)
    expect(f"{dialect}: nothing to adopt", 64, path, "drift", "dev", "--adopt", "-m", "x", part="nothing to take over")


def snapshots_and_baselines(dialect):
    path, targets = made(dialect, "base", ("a",))
    if not path:
        return
    os.unlink(f"{path}/.lockstep/store.db")
    for end in ("-wal", "-shm"):
        if os.path.exists(f"{path}/.lockstep/store.db{end}"):
            os.unlink(f"{path}/.lockstep/store.db{end}")
    r = drift(path)
    same(f"{dialect}: without a snapshot, the revisions", r.status, 0, r)
    text = read(f"{path}/environments/dev.yaml")
    if dialect != "sqlite":
        write(f"{path}/environments/dev.yaml", re.sub("scratch:.*\n", "", text))
        r = expect(f"{dialect}: neither", 1, path, "drift", "dev", part="no snapshot of it")
        has(f"{dialect}: how to get one", r.errors + r.out, "scratch: ")
    targets[0].script("CREATE TABLE extra (a integer);")
    expect(f"{dialect}: a snapshot by hand", 0, path, "snapshot", "dev", "--all")
    r = drift(path)
    same(f"{dialect}: takes over what there is", r.status, 0, r)
    targets[0].script("DROP TABLE extra;")
    same(f"{dialect}: a table is missing", lines(drift(path), "-"), ["- table extra"])
    write(f"{path}/environments/dev.yaml", text)
    same(f"{dialect}: not for the revisions", drift(path, "--scratch").status, 0)


def rules(dialect):
    path, targets = made(dialect, "rules", ("a",), """drift:
  ignore:
    - { path: "audit_*", kind: table, reason: "the auditor's", until: 2099-12-31 }
    - { path: "old_*", reason: "for a while", until: 2020-01-31 }
""")
    if not path:
        return
    targets[0].script("CREATE TABLE audit_log (a integer);")
    r = drift(path)
    same(f"{dialect}: ignored", r.status, 0, r)
    has(f"{dialect}: with its reason", r.out, "ignored: table audit_log (the auditor's, until 2099-12-31)")
    has(f"{dialect}: a rule that has ended is told", r.out, "a rule has ended, and ignores nothing: old_*")
    targets[0].script("CREATE TABLE old_log (a integer);")
    r = drift(path)
    same(f"{dialect}: and ignores nothing", (r.status, lines(r, "+")), (2, ["+ table old_log"]), r)


def three_kinds():
    path, (a, b) = made("sqlite", "kinds", ("a", "b"))
    revision(path, "r2", "r1", "CREATE TABLE t2 (a int);", "DROP TABLE t2;")
    r = drift(path)
    same("a pending revision is no drift", r.status, 0, r)
    text = read(f"{path}/revisions/r1.sql")
    write(f"{path}/revisions/r1.sql", text.replace("\n", "\r\n").replace(";", ";   "))
    same("line ends and trailing blanks are none", drift(path).status, 0)
    write(f"{path}/revisions/r1.sql", text.replace("varchar(50)", "varchar(60)"))
    r = drift(path, "-t", "a")
    same("an edited file", (r.status, lines(r, "~")), (2, ["~ revision r1"]), r)
    has("says when and by whom", r.out, "was edited after it was applied")
    write(f"{path}/revisions/r1.sql", text)
    expect("upgrade", 0, path, "upgrade", "-e", "dev", "-t", "a")
    os.unlink(f"{path}/revisions/r2.sql")
    r = drift(path, "-t", "a")
    same("a position that this checkout does not know", (r.status, lines(r, "~")), (2, ["~ revision r2"]), r)
    same("its schema is that of its snapshot", len(r.out.split("this checkout does not have it")), 2, r)


def busy(dialect):
    path, targets = made(dialect, "busy", ("a",))
    if not path:
        return
    targets[0].script("CREATE TABLE t1 (x bigint);")
    expect(f"{dialect}: snapshot", 0, path, "snapshot", "dev")
    revision(path, "slow", "r1", f"CREATE TABLE t2 (a int);\n{SLOW[dialect]};", "DROP TABLE t2;",
             header="-- transaction: off" if dialect == "postgresql" else "")
    p = start(path, "upgrade", "-e", "dev")
    wait_for("the slow statement", lambda: at_work(targets[0], p))
    r = drift(path)
    same(f"{dialect}: a run in flight is recognised", r.status, 0, r)
    has(f"{dialect}: and told", r.out, "a run is at work on it")
    p.send_signal(signal.SIGINT)
    ended(p)


def a_store_of_before():
    """A store whose tables are of the version before: the next run brings them up to date."""
    for dialect in ("sqlite", "postgresql"):
        place = databases(dialect, "oldstore", ["store"])
        if not place:
            continue
        path, targets = made("sqlite", "old", ("a",))
        if dialect == "postgresql":
            write(f"{path}/lockstep.yaml", f'project: e2e\nstore: "{place[0].url}?schema=lockstep"\n')
            expect("a store on a server", 0, path, "snapshot", "dev")
            place[0].script("DROP TABLE lockstep.snapshots, lockstep.snapshot_documents; "
                            "UPDATE lockstep.store_version SET version = 2")
        else:
            c = sqlite3.connect(f"{path}/.lockstep/store.db")
            c.executescript("DROP TABLE snapshots; DROP TABLE snapshot_documents; PRAGMA user_version = 2")
            c.close()
        expect(f"{dialect}: drift with an old store", 0, path, "drift", "dev", part="no drift")
        expect(f"{dialect}: it is brought up to date", 0, path, "snapshot", "dev")
        r = expect(f"{dialect}: and keeps the snapshot", 0, path, "drift", "dev", "--format", "json")
        has(f"{dialect}: that is compared with", r.out, "snapshot of 20")


def documents_that_nobody_refers_to():
    path, targets = made("sqlite", "documents", ("a", "b"))
    def documents():
        c = sqlite3.connect(f"{path}/.lockstep/store.db")
        n = c.execute("SELECT count(*) FROM snapshot_documents").fetchone()[0]
        c.close()
        return n
    same("one document for both", documents(), 1)
    targets[0].script("CREATE TABLE t2 (a int);")
    expect("a snapshot", 0, path, "snapshot", "dev", "-t", "a")
    same("and one for what differs", documents(), 2)
    targets[0].script("DROP TABLE t2;")
    expect("a snapshot again", 0, path, "snapshot", "dev", "-t", "a")
    same("that goes when nobody refers to it", documents(), 1)


def a_session_that_was_turned():
    """A revision that leaves its session with another search path, as a dump of pg_dump does."""
    path, targets = made("postgresql", "turned", ("a",))
    if not path:
        return
    revision(path, "r2", "r1", "SELECT pg_catalog.set_config('search_path', 'pg_catalog', false);\n"
             "CREATE TABLE public.t2 (a int DEFAULT 1);", "DROP TABLE public.t2;")
    expect("upgrade", 0, path, "upgrade", "-e", "dev")
    r = drift(path)
    same("a revision turned the session: no drift", (r.status, r.out), (0, "dev: no drift\n"), r)
    r = drift(path, "--scratch")
    same("and none from the revisions", r.status, 0, r)


def unreachable():
    path = project(folder("gone"))
    environment(path, "dev", "targets:\n  - { name: gone, url: \"postgresql://x@127.0.0.1:1/x\" }\n")
    revision(path, "r1", "", TABLE)
    r = run(path, "drift", "dev", "--exit-status")
    same("unreachable: status", r.status, 69, r)
    has("unreachable: told", r.out, "could not be reached")


def interrupted(dialect):
    """Ctrl-C while a scratch database is built: it is gone; and what a killed process left is dropped by the next."""
    path, targets = made(dialect, "stop", ("a",))
    if not path:
        return
    sleep = {"postgresql": "SELECT pg_sleep(55)", "mysql": "SET @slow = SLEEP(55)"}[dialect]
    revision(path, "r2", "r1", f"{sleep};\nCREATE TABLE t2 (a int);", "DROP TABLE t2;")
    targets[0].script("UPDATE alembic_version SET version_num = 'r2';")
    before = set(left_over(dialect))
    for how in (signal.SIGKILL, signal.SIGINT):
        p = start(path, "drift", "dev", "--scratch")
        wait_for(f"{dialect}: a scratch database at work", lambda: scratch_at_work(dialect, set(left_over(dialect)) - before))
        p.send_signal(how)
        r = ended(p)
        if how == signal.SIGINT:
            same(f"{dialect}: Ctrl-C: status", r.status, 130, r)
            same(f"{dialect}: Ctrl-C: nothing is left", set(left_over(dialect)) - before, set(), r)
        else:
            end_scratch(dialect, set(left_over(dialect)) - before)


def scratch_at_work(dialect, names):
    if dialect == "postgresql":
        args = psql_args() + ["-c", "SELECT datname FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep(55)%'"]
    else:
        args = mariadb_args() + ["-e", "SELECT db FROM information_schema.processlist WHERE info LIKE '%SLEEP(55)%'"]
    return names & set(subprocess.run(args, capture_output=True, text=True).stdout.split())


def end_scratch(dialect, names):
    """The server still works for the killed process: its statement is ended, as its end would be."""
    for name in names:
        if dialect == "postgresql":
            subprocess.run(psql_args() + ["-c", f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"],
                           capture_output=True)
        else:
            out = subprocess.run(mariadb_args() + ["-e", f"SELECT id FROM information_schema.processlist WHERE db = '{name}'"],
                                 capture_output=True, text=True).stdout.split()
            for id in out:
                subprocess.run(mariadb_args() + ["-e", f"KILL {id}"], capture_output=True)


def comparisons(dialect):
    targets = databases(dialect, "diff", ["s1", "p1", "p2"])
    if not targets:
        return
    path = project(folder("diff"))
    url = scratch_url(dialect)
    scratch = f'scratch: "{url}"\n' if url else ""
    environment(path, "staging", targets[:1], scratch)
    environment(path, "production", targets[1:], scratch)
    revision(path, "r1", "", TABLE, "DROP TABLE users;")
    for t in targets:
        t.script(TABLE)
    targets[2].script("ALTER TABLE users ADD name varchar(20);")
    r = run(path, "diff", "staging", "production", "--exit-status")
    same(f"{dialect}: one with each", (r.status, lines(r, "+")), (2, ["+ column users.name"]), r)
    has(f"{dialect}: how many", r.out, "1 of 2 targets has a difference")
    r = run(path, "diff", "production/p1", "production/p2")
    same(f"{dialect}: two targets", (r.status, lines(r, "+")), (0, ["+ column users.name"]), r)
    expect(f"{dialect}: a snapshot's file", 0, path, "snapshot", "production", "-t", "p2", "-o", "p2.schema")
    same(f"{dialect}: like itself", run(path, "diff", "p2.schema", "production/p2", "--exit-status").status, 0)
    r = run(path, "diff", "p2.schema", "production/p1")
    same(f"{dialect}: the other way round", lines(r, "-"), ["- column users.name"], r)
    write(f"{path}/schema.sql", TABLE)
    r = run(path, "diff", "schema.sql", "production/p1", "--exit-status")
    same(f"{dialect}: a file of SQL", r.status, 0, r)
    write(f"{path}/wrong.sql", f"{TABLE}\nCREATE TABEL x;\n")
    r = expect(f"{dialect}: a wrong file", 1, path, "diff", "wrong.sql", "production/p1", part="wrong.sql:2")
    expect(f"{dialect}: no such environment", 64, path, "diff", "stagin", "production")
    json = run(path, "diff", "staging", "production", "--format", "json")
    ok(f"{dialect}: as JSON", json.status == 0 and (not json.out or json.json is not None), json)


for dialect in DIALECTS:
    what_was_changed_by_hand(dialect)
    taking_over(dialect)
    snapshots_and_baselines(dialect)
    rules(dialect)
    comparisons(dialect)
    if dialect != "sqlite":
        busy(dialect)
        interrupted(dialect)
three_kinds()
a_store_of_before()
documents_that_nobody_refers_to()
a_session_that_was_turned()
unreachable()
finish()
