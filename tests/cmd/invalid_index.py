"""An index that CREATE INDEX CONCURRENTLY did not finish stays behind, INVALID: it is found, named, and dropped before the
next attempt. Indexes of others are left alone, and an OK that stands for an INVALID index is a failure."""
from concurrent.futures import ThreadPoolExecutor
from e2e import *

OFF = "-- transaction: off\n"


def invalid(d):
    return [r[0] for r in d.query("SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE NOT "
                                  "indisvalid ORDER BY 1")]


def valid(d):
    return [r[0] for r in d.query("SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN "
                                  "pg_class t ON t.oid = i.indrelid WHERE indisvalid AND t.relname = 't' ORDER BY 1")]


def break_index(d, name, table="t"):
    """As a client leaves it that was killed while it waited for the second scan."""
    d.client.run(f"INSERT INTO {table} VALUES (7, 7), (8, 7)")
    d.client.run(f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} (v)", tolerate=True)
    d.client.run(f"DELETE FROM {table} WHERE id IN (7, 8)")
    return ok(f"{name} is broken", name.strip('"') in invalid(d), invalid(d))


def fresh(d, settings="{ lock_timeout: 400ms, lock_retries: 2 }"):
    d.reset()
    path = project(folder("invalid"))
    environment(path, "dev", [d], f"settings: {settings}\n")
    revision(path, "r1", "", "CREATE TABLE t (id int, v int);\nINSERT INTO t VALUES (1, 1), (2, 1);\n"
             "CREATE TABLE other (id int, v int);", "DROP TABLE other;\nDROP TABLE t;")
    same("before", run(path, "upgrade").status, 0)
    return path


def refused_by_rows(d):
    path = fresh(d)
    break_index(d, "stranger", "other")
    revision(path, "r2", "r1", "INSERT INTO other VALUES (9, 9);\nCREATE UNIQUE INDEX CONCURRENTLY \"By V\" ON t (v);\n"
             "CREATE INDEX CONCURRENTLY second ON t (id);", 'DROP INDEX second;\nDROP INDEX "By V";\nDELETE FROM other;',
             header=OFF)
    r = expect("rows that are not unique", 1, path, "upgrade", part='the INVALID index public."By V" that it left was dropped')
    same("only the stranger's is left", invalid(d), ["stranger"], r)
    log = run(path, "audit", "export").out
    has("the log tells of it", log, "leftover")
    d.client.run("UPDATE t SET v = id")
    r = run(path, "upgrade")
    same("then it goes on", (r.status, d.at(), valid(d)), (0, ["r2"], ["By V", "second"]), r)
    same("each statement once", d.query("SELECT count(*) FROM other WHERE id = 9"), [("1",)], r)
    same("the stranger's is still there", invalid(d), ["stranger"])


def left_by_a_dead_run(d):
    """What a killed client left: named by the statement, so it is dropped; unnamed ones are not ours to drop."""
    path = fresh(d)
    d.client.run("UPDATE t SET v = id")
    break_index(d, "by_v")
    break_index(d, "nameless")
    revision(path, "r2", "r1", "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS by_v ON t (v);\n"
             "CREATE INDEX CONCURRENTLY ON t (id);", "DROP INDEX by_v;", header=OFF)
    r = run(path, "upgrade")
    same("IF NOT EXISTS over a broken one builds it", (r.status, valid(d)), (0, ["by_v", "t_id_idx"]), r)
    same("others of the table are left alone", invalid(d), ["nameless"], r)


def killed_while_building(d):
    path = fresh(d, "{ lock_timeout: 30s }")
    d.client.run("UPDATE t SET v = id")
    other = Client(psql_args(d.database), f"\\echo {MARK}")
    other.run("BEGIN; SELECT count(*) FROM t; INSERT INTO t VALUES (3, 3)")
    revision(path, "r2", "r1", "CREATE UNIQUE INDEX CONCURRENTLY by_v ON t (v);\nCREATE TABLE done ();",
             "DROP TABLE done;\nDROP INDEX by_v;", header=OFF)
    process = start(path, "upgrade")
    wait_for("the index is being built", lambda: "by_v" in invalid(d))
    # While somebody builds it, it is not a leftover, whatever another project's revision says about it.
    second = fresh_second(d, path)
    r = run(second, "upgrade")
    ok("what another session builds is not dropped", "by_v" in invalid(d) and process.poll() is None, r)
    same("and is no success either", r.status, 1, r)
    has("who builds it is said", r.out + r.errors, f"({process.pid})")
    process.kill()
    ended(process)
    other.run("ROLLBACK")
    other.close()
    wait_for("the dead one's session is gone", lambda: not d.query(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'CREATE UNIQUE%' AND state = 'active'"))
    if "by_v" in valid(d):  # it had come to its end after all
        d.client.run("DROP INDEX by_v")
        break_index(d, "by_v")

    def arrives():
        run(path, "resume")
        r = run(path, "upgrade")
        return r if r.status == 0 else None
    r = wait_for("the next run drops it and goes on", arrives, 15)
    same("it stands", (d.at(), invalid(d), "by_v" in valid(d)), (["r2"], [], True), r)


def fresh_second(d, path):
    """Another project on the same database, with a version table of its own."""
    second = project(folder("invalid"))
    write(f"{second}/lockstep.yaml", "project: second\nversion_table: second_version\n")
    environment(second, "dev", [d], "settings: { lock_timeout: 3s, lock_retries: 0 }\n")
    revision(second, "s1", "", "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS by_v ON t (v);", "", header=OFF)
    return second


def lock_timeout(d):
    """It could not get its lock within the time: what it left is dropped before each attempt."""
    path = fresh(d, "{ lock_timeout: 200ms, lock_retries: 30 }")
    d.client.run("UPDATE t SET v = id")
    other = Client(psql_args(d.database), f"\\echo {MARK}")
    other.run("BEGIN; INSERT INTO t VALUES (3, 3)")
    revision(path, "r2", "r1", "CREATE UNIQUE INDEX CONCURRENTLY by_v ON t (v);", "DROP INDEX by_v;", header=OFF)
    process = start(path, "upgrade")

    def tried():
        return run(path, "audit", "export").out.count("lock_wait") >= 2 or process.poll() is not None
    wait_for("two attempts", tried)
    other.run("COMMIT")
    other.close()
    r = ended(process)
    same("it arrives", (r.status, invalid(d), valid(d)), (0, [], ["by_v"]), r)
    has("the log says that it dropped", run(path, "audit", "export").out, "dropped the INVALID index public.by_v")


def reindex(d):
    path = fresh(d)
    d.client.run("CREATE INDEX by_v ON t (v)")
    d.client.run("CREATE INDEX lonely ON other (v)")
    other = Client(psql_args(d.database), f"\\echo {MARK}")
    other.run("BEGIN; INSERT INTO t VALUES (3, 3)")
    revision(path, "r2", "r1", "REINDEX INDEX CONCURRENTLY by_v;", "", header=OFF)
    r = run(path, "upgrade")
    same("REINDEX that cannot get its lock", r.status, 1, r)
    other.run("COMMIT")
    other.close()
    r = run(path, "upgrade")
    same("goes through later", (r.status, d.at()), (0, ["r2"]), r)
    same("no _ccnew is left", (invalid(d), valid(d)), ([], ["by_v"]), r)


def reindex_all(d):
    """REINDEX of a schema goes from table to table, and what it leaves is found on each of them, also behind a long name."""
    path = fresh(d, "{ lock_timeout: 200ms, lock_retries: 1 }")
    long = "by_" + "v" * 60
    d.client.run(f"CREATE INDEX {long} ON t (v); ALTER TABLE t ADD note text; CREATE INDEX by_v ON t (v)")
    break_index(d, "t_ccnewest", "other")
    d.client.run("CREATE INDEX t ON other (v)", tolerate=True)
    for i, what in enumerate(("SCHEMA CONCURRENTLY public", "(CONCURRENTLY) TABLE t", f"DATABASE CONCURRENTLY {d.database}")):
        other = Client(psql_args(d.database), f"\\echo {MARK}")
        other.run("BEGIN; INSERT INTO t VALUES (3, 3)")
        revision(path, f"r{i + 2}", f"r{i + 1}", f"REINDEX {what};", "", header=OFF)
        r = run(path, "upgrade")
        same(f"REINDEX {what} that cannot get its lock", r.status, 1, r)
        ok(f"REINDEX {what}: its attempts do not pile up", len(invalid(d)) <= 5, invalid(d))
        other.run("COMMIT")
        other.close()
        r = run(path, "upgrade")
        same(f"REINDEX {what} goes through later", (r.status, d.at()), (0, [f"r{i + 2}"]), r)
        same(f"REINDEX {what}: nothing of it is left", invalid(d), ["t_ccnewest"], r)


def built_by_somebody_else(d):
    """Who may not see what others do still does not take what they are building for a leftover."""
    path = fresh(d, "{ lock_timeout: 3s, lock_retries: 0 }")
    role = f"e2e_builder_{os.getpid()}"
    d.client.run(f"CREATE ROLE {role} LOGIN; GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}; GRANT CREATE, USAGE ON SCHEMA public TO "
                 f"{role}; ALTER TABLE t OWNER TO {role}; ALTER TABLE alembic_version OWNER TO {role}; ALTER TABLE lockstep_history "
                 f"OWNER TO {role}")
    other, builder = (Client(psql_args(d.database), f"\\echo {MARK}") for _ in range(2))
    other.run("BEGIN; INSERT INTO t VALUES (3, 3)")
    building = threading.Thread(target=builder.run, args=("CREATE INDEX CONCURRENTLY by_v ON t (v)",))
    building.start()
    wait_for("the index is being built", lambda: "by_v" in invalid(d))
    write(f"{path}/environments/dev.yaml", read(f"{path}/environments/dev.yaml").replace("postgres@", f"{role}@"))
    revision(path, "r2", "r1", "CREATE INDEX CONCURRENTLY IF NOT EXISTS by_v ON t (v);", "DROP INDEX by_v;", header=OFF)
    oid = d.query("SELECT 'by_v'::regclass::oid")
    r = expect("while another role builds", 1, path, "upgrade", part="blocked by pid")
    ok("what another role builds is not to be dropped", "dropping" not in r.out + r.errors, r)
    other.run("COMMIT")
    building.join()
    r = run(path, "upgrade")
    same("what another role has built is enough", (r.status, d.at()), (0, ["r2"]), r)
    same("it was not built anew", d.query("SELECT 'by_v'::regclass::oid"), oid, r)
    for c in (other, builder):
        c.close()
    d.client.run(f"REASSIGN OWNED BY {role} TO postgres; DROP OWNED BY {role}; DROP ROLE {role}")


def inside_a_transaction(d):
    path = fresh(d)
    d.client.run("UPDATE t SET v = id")
    break_index(d, "by_v")
    revision(path, "r2", "r1", "CREATE TABLE n (id int);\nCREATE UNIQUE INDEX IF NOT EXISTS by_v ON t (v);", "DROP TABLE n;")
    r = expect("OK from the server is not enough", 1, path, "upgrade",
               part="the server said OK, but this is the INVALID index public.by_v")
    has("it says what to do", r.out + r.errors, "DROP INDEX CONCURRENTLY IF EXISTS public.by_v")
    same("nothing of it stays", ("n" in d.tables(), d.at()), (False, ["r1"]), r)
    d.client.run("DROP INDEX by_v")
    same("then it goes through", run(path, "upgrade").status, 0)
    # A partitioned table's own index is not valid before all parts have theirs, as it should be.
    revision(path, "r3", "r2", "CREATE TABLE p (id int, v int) PARTITION BY LIST (id);\nCREATE TABLE p1 PARTITION OF p FOR "
             "VALUES IN (1);\nCREATE INDEX IF NOT EXISTS p_v ON ONLY p (v);", "DROP TABLE p;")
    same("an index ON ONLY is none", run(path, "upgrade").status, 0)


TESTS = (refused_by_rows, left_by_a_dead_run, killed_while_building, lock_timeout, reindex, reindex_all, built_by_somebody_else,
         inside_a_transaction)
found = postgresql_databases("invalid", [t.__name__ for t in TESTS])
if found:
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda job: job[0](job[1]), zip(TESTS, found)))
finish()
