/* The store and its audit log: chaining, several processes, tampering. */
#include "tests/engine/store_fixture.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* A whole run of five events, every field in use. */
static void append_run(struct store *s, const char *run)
{
    struct audit_event e[5];
    static const enum event_kind kinds[] = {EVENT_RUN_STARTED, EVENT_TARGET_STARTED, EVENT_STATEMENT,
                                            EVENT_TARGET_FINISHED, EVENT_RUN_FINISHED};
    for (size_t i = 0; i < COUNT_OF(e); i++) {
        e[i] = event_of(kinds[i], run);
        e[i].at_us = 1795252380000000 + (int64_t)i;
        e[i].plan = "d2a1c0de";
    }
    e[0].detail = "apply plans/x.yaml";
    e[1].target = e[2].target = e[3].target = "orders-eu";
    e[2].revision = "3b1c2d4e5f6a";
    e[2].direction = "upgrade";
    e[2].statement = 1;
    e[2].statement_digest = "abcdef";
    e[2].sql = "ALTER TABLE users";
    e[2].duration_us = 1234;
    e[2].rows = 7;
    e[2].outcome = "ok";
    e[2].detail = "";
    e[3].outcome = "done";
    e[4].outcome = "ok";
    append_ok(s, e, COUNT_OF(e), NULL);
}

static void making_a_store(void **state)
{
    struct fixture *f = *state;
    struct store *s = open_ok(f, true);
    struct stat st;
    assert_int_equal(stat(f->path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    struct slice text;
    assert_int_equal(
        file_read(&f->a, arena_printf(&f->a, "%s/.lockstep/.gitignore", f->folder), 0, &text, NULL), 0);
    assert_true(slice_eq(text, "*\n"));
    append_run(s, "r1");
    assert_int_equal(stat(arena_printf(&f->a, "%s-wal", f->path), &st), 0); /* WAL mode is on */
    assert_int_equal(st.st_mode & 0777, 0600);
    store_close(s);
    s = open_ok(f, true);
    char head[DIGEST_HEX + 1];
    assert_int_equal(audit_head(s, head, NULL), 0);
    assert_string_not_equal(head, "0000000000000000000000000000000000000000000000000000000000000000");
    store_close(s);
    assert_holds(f, 5);
    /* A folder of the user's own gets no .gitignore. */
    f->path = arena_printf(&f->a, "%s/mine/audit.db", f->folder);
    store_close(open_ok(f, true));
    assert_false(file_exists(arena_printf(&f->a, "%s/mine/.gitignore", f->folder)));
}

static int count_each(void *arg, UNUSED const struct audit_event *e, UNUSED struct err *err)
{
    ++*(int *)arg;
    return 0;
}

static void a_missing_store_reads_as_empty(void **state)
{
    struct fixture *f = *state;
    struct store *s = open_ok(f, false);
    struct err err = {0};
    char head[DIGEST_HEX + 1];
    run_summaries_t runs;
    bool has = true;
    int n = 0;
    assert_int_equal(audit_head(s, head, &err), 0);
    assert_int_equal(strspn(head, "0"), DIGEST_HEX);
    assert_int_equal(audit_runs(s, &f->a, 0, &runs, &err), 0);
    assert_int_equal(runs.n, 0);
    assert_int_equal(audit_has_digest(s, head, &has, &err), 0);
    assert_false(has);
    assert_int_equal(audit_each(s, NULL, count_each, &n, &err), 0);
    assert_int_equal(n, 0);
    assert_int_equal(audit_each(s, "r1", count_each, &n, &err), ERR_USAGE);
    assert_int_equal(audit_close_abandoned(s, &err), 0);
    struct audit_event e = event_of(EVENT_STEP, "r1");
    assert_int_equal(audit_append(s, &e, 1, NULL, &err), ERR_FAILED);
    assert_non_null(strstr(err.message, "there is no store"));
    store_close(s);
    assert_holds(f, 0);
    assert_false(file_exists(arena_printf(&f->a, "%s/.lockstep", f->folder)));
}

static void assert_open_fails(const struct fixture *f, bool create, int status, const char *part)
{
    struct err err = {0};
    struct store *s = NULL;
    int rc = store_open(f->path, create, &s, &err);
    if (rc != status || !strstr(err.message, part) || s) {
        fail_msg("status %d, \"%s\"; expected %d, \"%s\"", rc, err.message, status, part);
    }
}

static void what_is_not_a_store(void **state)
{
    struct fixture *f = *state;
    char *real = f->path;
    for (int create = 0; create < 2; create++) {
        f->path = f->folder;
        assert_open_fails(f, create, ERR_FILE, "is a folder");
        f->path = "/dev/null";
        assert_open_fails(f, create, ERR_FILE, "not a regular file");
        f->path = arena_printf(&f->a, "%s/text", f->folder);
        assert_int_equal(file_write(f->path,
                                    SLICE("this is only a text, but a long one, longer than a header is; "
                                          "it goes on and on until there are a hundred bytes"),
                                    false, NULL),
                         0);
        assert_open_fails(f, create, ERR_FILE, "is not a lockstep store");
        assert_int_equal(file_write(f->path, SLICE(""), false, NULL), 0);
        assert_open_fails(f, create, ERR_FILE, "is not a lockstep store");
        f->path = arena_printf(&f->a, "%s/text/store.db", f->folder);
        assert_open_fails(f, create, ERR_FILE, "Not a directory");
    }
    f->path = real;
    store_close(open_ok(f, true));
    char *link = arena_printf(&f->a, "%s/link.db", f->folder);
    assert_int_equal(symlink(real, link), 0);
    f->path = link;
    assert_open_fails(f, true, ERR_FILE, "symbolic link");
    f->path = real;
    tamper(f, "PRAGMA user_version = 99");
    assert_open_fails(f, true, ERR_FILE, "version 99");
    tamper(f, "PRAGMA user_version = 1; PRAGMA application_id = 5");
    assert_open_fails(f, false, ERR_FILE, "is not a lockstep store");
}

static void appending_fills_the_chain_in(void **state)
{
    struct fixture *f = *state;
    struct store *s = open_ok(f, true);
    struct audit_event e[3] = {event_of(EVENT_RUN_STARTED, "r1"), event_of(EVENT_STEP, "r1"),
                               event_of(EVENT_RUN_FINISHED, "r1")};
    char head[DIGEST_HEX + 1], again[DIGEST_HEX + 1];
    append_ok(s, e, 1, head);
    append_ok(s, e + 1, 2, head);
    assert_int_equal(e[0].seq, 1);
    assert_int_equal(e[2].seq, 3);
    assert_true(e[0].at_us > 0);
    assert_int_equal(strspn(e[0].previous, "0"), DIGEST_HEX);
    assert_string_equal(e[1].previous, e[0].digest);
    assert_string_equal(e[2].previous, e[1].digest);
    assert_string_equal(head, e[2].digest);
    assert_int_equal(audit_head(s, again, NULL), 0);
    assert_string_equal(head, again);
    append_ok(s, NULL, 0, again);
    assert_string_equal(head, again);
    bool has = false;
    assert_int_equal(audit_has_digest(s, e[1].digest, &has, NULL), 0);
    assert_true(has);
    assert_int_equal(audit_has_digest(s, e[1].sql ? "" : "abc", &has, NULL), 0);
    assert_false(has);
    store_close(s);
    assert_holds(f, 3);
}

static int check_event(void *arg, const struct audit_event *e, UNUSED struct err *err)
{
    if (e->kind == EVENT_STATEMENT) {
        assert_string_equal(e->run, "r1");
        assert_string_equal(e->actor, "ana");
        assert_string_equal(e->host, "laptop");
        assert_string_equal(e->environment, "staging");
        assert_string_equal(e->target, "orders-eu");
        assert_string_equal(e->plan, "d2a1c0de");
        assert_string_equal(e->revision, "3b1c2d4e5f6a");
        assert_string_equal(e->direction, "upgrade");
        assert_int_equal(e->statement, 1);
        assert_string_equal(e->statement_digest, "abcdef");
        assert_string_equal(e->sql, "ALTER TABLE users");
        assert_int_equal(e->duration_us, 1234);
        assert_int_equal(e->rows, 7);
        assert_string_equal(e->outcome, "ok");
        assert_string_equal(e->detail, "");
        assert_int_equal(e->at_us, 1795252380000002);
        assert_int_equal(strlen(e->previous), DIGEST_HEX);
        assert_int_equal(strlen(e->digest), DIGEST_HEX);
        ++*(int *)arg;
    } else {
        assert_null(e->sql);
        assert_null(e->revision);
    }
    return 0;
}

static int stop_each(void *arg, const struct audit_event *e, struct err *err)
{
    *(int64_t *)arg = e->seq;
    return e->seq == 2 ? err_set(err, ERR_FAILED, "enough") : 0;
}

static void every_field_comes_back(void **state)
{
    struct fixture *f = *state;
    struct store *s = open_ok(f, true);
    append_run(s, "r1");
    int statements = 0;
    assert_int_equal(audit_each(s, NULL, check_event, &statements, NULL), 0);
    assert_int_equal(statements, 1);
    int64_t last = 0;
    struct err err = {0};
    assert_int_equal(audit_each(s, NULL, stop_each, &last, &err), ERR_FAILED);
    assert_int_equal(last, 2);
    assert_string_equal(err.message, "enough");
    store_close(s);
}

static void runs_by_prefix(void **state)
{
    struct fixture *f = *state;
    struct store *s = open_ok(f, true);
    struct err err = {0};
    append_run(s, "r20261121T093000-3f9a1c");
    append_run(s, "r20261121T093000-3f9b00");
    append_run(s, "r2026112");
    static const struct {
        const char *text;
        int status, n;
    } cases[] = {{"r20261121T093000-3f9a1c", 0, 5},
                 {"r20261121T093000-3f9b", 0, 5},
                 {"r2026112", 0, 5},
                 {"r20261121", ERR_USAGE, 0},
                 {"r2", ERR_USAGE, 0},
                 {"x", ERR_USAGE, 0},
                 {"", ERR_USAGE, 0},
                 {"r20261121T093000-3f9a1c0", ERR_USAGE, 0}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int n = 0;
        int rc = audit_each(s, cases[i].text, count_each, &n, &err);
        if (rc != cases[i].status || n != cases[i].n) {
            fail_msg("\"%s\": status %d, %d events", cases[i].text, rc, n);
        }
    }
    store_close(s);
}

static void sql_is_shown_by_its_first_line(void **state)
{
    struct fixture *f = *state;
    struct store *s = open_ok(f, true);
    struct audit_event e[2] = {event_of(EVENT_STATEMENT, "r1"), event_of(EVENT_STATEMENT, "r1")};
    e[0].sql = "SELECT 1\nFROM t";
    char *longer = arena_alloc(&f->a, 402);
    for (int i = 0; i < 200; i++) {
        memcpy(longer + 1 + 2 * i, "\xc3\xa4", 2);
    }
    longer[0] = 'x';
    e[1].sql = longer;
    append_ok(s, e, 2, NULL);
    store_close(s);
    tamper(
        f,
        "CREATE TABLE check_sql AS SELECT 1 FROM events WHERE (seq = 1 AND sql = 'SELECT 1') OR (seq = 2 AND "
        "length(CAST(sql AS BLOB)) = 199 AND length(sql) = 100);"
        "UPDATE check_sql SET \"1\" = 1 / ((SELECT count(*) FROM check_sql) = 2)");
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
    sqlite3_stmt *stmt = NULL;
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT count(*) FROM check_sql", -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(stmt, 0), 2);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    assert_holds(f, 2);
}

/* Each edit is made on a fresh log of 15 events and must be found at the event named. */
static void tampering_is_found(void **state)
{
    struct fixture *f = *state;
    char *base = f->path;
    static const struct {
        const char *sql;
        int64_t bad;
        const char *says;
    } cases[] = {
        {"UPDATE events SET at_us = at_us + 1 WHERE seq = 8", 8, "edited"},
        {"UPDATE events SET kind = 'step' WHERE seq = 8", 8, "edited"},
        {"UPDATE events SET run = 'r9' WHERE seq = 8", 8, "edited"},
        {"UPDATE events SET actor = 'eva' WHERE seq = 8", 8, "edited"},
        {"UPDATE events SET host = 'other' WHERE seq = 8", 8, "edited"},
        {"UPDATE events SET environment = 'dev' WHERE seq = 8", 8, "edited"},
        {"UPDATE events SET target = 'orders-us' WHERE seq = 8", 8, "edited"},
        {"UPDATE events SET plan = NULL WHERE seq = 8", 8, "edited"},
        {"UPDATE events SET revision = '3b1c2d4e5f6b' WHERE seq = 8", 8, "edited"},
        {"UPDATE events SET direction = 'downgrade' WHERE seq = 8", 8, "edited"},
        {"UPDATE events SET statement = 2 WHERE seq = 8", 8, "edited"},
        {"UPDATE events SET statement_digest = '' WHERE seq = 8", 8, "edited"},
        {"UPDATE events SET sql = sql || ' ' WHERE seq = 8", 8, "edited"},
        {"UPDATE events SET sql = sql || char(0) || 'x' WHERE seq = 8", 8, "edited"},
        {"UPDATE events SET duration_us = 0 WHERE seq = 8", 8, "edited"},
        {"UPDATE events SET rows = -1 WHERE seq = 8", 8, "edited"},
        {"UPDATE events SET outcome = 'failed' WHERE seq = 8", 8, "edited"},
        {"UPDATE events SET detail = NULL WHERE seq = 8", 8, "edited"},
        {"UPDATE events SET previous = '' WHERE seq = 8", 8, "edited"},
        {"UPDATE events SET previous = (SELECT digest FROM events WHERE seq = 3) WHERE seq = 8", 8, "edited"},
        {"UPDATE events SET digest = (SELECT digest FROM events WHERE seq = 3) WHERE seq = 8", 8, "edited"},
        {"UPDATE events SET detail = 'x' WHERE seq = 1", 1, "edited"},
        {"UPDATE events SET outcome = 'failed' WHERE seq = 15", 15, "edited"},
        {"UPDATE events SET detail = 'x' WHERE seq IN (4, 8, 12)", 4, "edited"},
        {"DELETE FROM events WHERE seq = 1", 1, "begins with event 2"},
        {"DELETE FROM events WHERE seq <= 5", 1, "begins with event 6"},
        {"DELETE FROM events WHERE seq = 8", 8, "event 8 was removed"},
        {"DELETE FROM events WHERE seq = 14", 14, "event 14 was removed"},
        {"DELETE FROM events WHERE seq = 8; UPDATE events SET seq = seq - 1 WHERE seq > 8", 8,
         "event 8 was moved"},
        {"UPDATE events SET seq = 99 WHERE seq = 8; UPDATE events SET seq = 8 WHERE seq = 9;"
         "UPDATE events SET seq = 9 WHERE seq = 99",
         8, "event 8 was moved"},
        {"UPDATE events SET seq = 16 WHERE seq = 8", 8, "event 8 was removed or renumbered"},
        {"UPDATE events SET seq = 17 WHERE seq = 15", 15, "event 15 was removed or renumbered"},
        {"UPDATE events SET seq = seq + 1000", 1, "begins with event 1001"},
        {"INSERT INTO events SELECT 16, at_us, kind, run, actor, host, environment, target, plan, revision, "
         "direction,"
         " statement, statement_digest, sql, duration_us, rows, outcome, detail, previous, digest FROM events"
         " WHERE seq = 15",
         16, "event 16 was moved, put in or edited"},
        {"INSERT INTO events SELECT 16, at_us, kind, run, actor, host, environment, target, plan, revision, "
         "direction,"
         " statement, statement_digest, sql, duration_us, rows, outcome, detail, digest, digest FROM events"
         " WHERE seq = 15",
         16, "event 16 was edited"},
        {"UPDATE events SET seq = seq + 100 WHERE seq >= 8; UPDATE events SET seq = seq - 99 WHERE seq > 100;"
         "INSERT INTO events SELECT 8, at_us, kind, run, actor, host, environment, target, plan, revision, "
         "direction,"
         " statement, statement_digest, sql, duration_us, rows, outcome, detail, digest, digest FROM events"
         " WHERE seq = 7",
         8, "event 8 was edited"},
    };
    struct store *s = open_ok(f, true);
    append_run(s, "r1");
    append_run(s, "r2");
    append_run(s, "r3");
    store_close(s);
    assert_holds(f, 15);
    struct slice bytes;
    assert_int_equal(file_read(&f->a, f->path, 0, &bytes, NULL), 0);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        f->path = arena_printf(&f->a, "%s.%zu", base, i);
        assert_int_equal(file_write(f->path, bytes, false, NULL), 0);
        assert_holds(f, 15);
        tamper(f, cases[i].sql);
        struct err err = {0};
        int64_t events = 0, bad = verify(f, &events, &err);
        if (bad != cases[i].bad || !strstr(err.message, cases[i].says)) {
            fail_msg("%s: event %lld: %s", cases[i].sql, (long long)bad, err.message);
        }
        assert_int_equal(events, bad - 1);
    }
    f->path = base;
}

/* A cut tail leaves a chain that holds; the heads kept in the targets tell. */
static void a_cut_tail_shows_by_its_digests(void **state)
{
    struct fixture *f = *state;
    struct store *s = open_ok(f, true);
    char head[DIGEST_HEX + 1];
    append_run(s, "r1");
    struct audit_event e = event_of(EVENT_COMMITTING, "r2");
    append_ok(s, &e, 1, head);
    store_close(s);
    tamper(f, "DELETE FROM events WHERE seq > 4");
    assert_holds(f, 4);
    s = open_ok(f, false);
    bool has = true;
    assert_int_equal(audit_has_digest(s, head, &has, NULL), 0);
    assert_false(has);
    run_summaries_t runs;
    assert_int_equal(audit_runs(s, &f->a, 10, &runs, NULL), 0);
    assert_int_equal(runs.n, 1);
    assert_null(runs.items[0].outcome);
    store_close(s);
}

/* The mark in the ids of a store's runs cannot be changed once it has runs. */
static void a_changed_identity_is_found(void **state)
{
    struct fixture *f = *state;
    static const char *const edits[] = {"UPDATE identity SET id = 'abcdef'", "DELETE FROM identity",
                                        "INSERT INTO identity VALUES ('abcdef')",
                                        "UPDATE identity SET id = ''"};
    char *base = f->path;
    for (size_t i = 0; i < COUNT_OF(edits); i++) {
        f->path = arena_printf(&f->a, "%s.%zu", base, i);
        struct store *s = open_ok(f, true);
        char *run = NULL;
        struct err err = {0};
        assert_int_equal(store_run_id(s, &f->a, &run, &err), 0);
        assert_true(store_owns_run(s, run));
        assert_false(store_owns_run(s, "r1.abcdef"));
        append_run(s, run);
        store_close(s);
        assert_holds(f, 5);
        tamper(f, edits[i]);
        int64_t events = 0;
        assert_int_equal(verify(f, &events, &err), 1);
        assert_non_null(strstr(err.message, "identity"));
    }
    f->path = base;
}

/* Triggers planted in the file do not run, so that events cannot be swallowed. */
static void planted_triggers_do_nothing(void **state)
{
    struct fixture *f = *state;
    store_close(open_ok(f, true));
    tamper(f, "CREATE TRIGGER swallow BEFORE INSERT ON events BEGIN SELECT RAISE(IGNORE); END;"
              "CREATE TRIGGER change AFTER INSERT ON events BEGIN UPDATE events SET actor = 'x'; END");
    struct store *s = open_ok(f, true);
    append_run(s, "r1");
    store_close(s);
    assert_holds(f, 5);
}

static void run_summaries(void **state)
{
    struct fixture *f = *state;
    struct store *s = open_ok(f, true);
    append_run(s, "r1");
    struct audit_event e[6];
    for (size_t i = 0; i < COUNT_OF(e); i++) {
        e[i] = event_of(EVENT_STATEMENT, "r2");
        e[i].target = i % 2 ? "b" : "a";
    }
    e[0].kind = EVENT_RUN_STARTED;
    e[0].target = NULL;
    e[0].detail = "upgrade head";
    e[4].kind = e[5].kind = EVENT_TARGET_FINISHED;
    e[4].outcome = "done";
    e[5].outcome = "failed";
    append_ok(s, e, COUNT_OF(e), NULL);
    run_summaries_t runs;
    assert_int_equal(audit_runs(s, &f->a, 0, &runs, NULL), 0);
    assert_int_equal(runs.n, 2);
    struct run_summary *r = &runs.items[0];
    assert_string_equal(r->run, "r2");
    assert_string_equal(r->command, "upgrade head");
    assert_null(r->outcome);
    assert_int_equal(r->finished_us, 0);
    assert_int_equal(r->targets, 2);
    assert_int_equal(r->statements, 3);
    assert_int_equal(r->failed, 1);
    r++;
    assert_string_equal(r->run, "r1");
    assert_string_equal(r->outcome, "ok");
    assert_string_equal(r->plan, "d2a1c0de");
    assert_string_equal(r->environment, "staging");
    assert_int_equal(r->started_us, 1795252380000000);
    assert_int_equal(r->finished_us, 1795252380000004);
    assert_int_equal(r->targets, 1);
    assert_int_equal(r->failed, 0);
    assert_int_equal(audit_runs(s, &f->a, 1, &runs, NULL), 0);
    assert_int_equal(runs.n, 1);
    store_close(s);
}

static void many_events_in_one_call(void **state)
{
    struct fixture *f = *state;
    struct store *s = open_ok(f, true);
    size_t n = 2000;
    struct audit_event *e = arena_array(&f->a, n, sizeof(*e));
    for (size_t i = 0; i < n; i++) {
        e[i] = event_of(EVENT_STATEMENT, "r1");
        e[i].statement = (int64_t)i + 1;
    }
    append_ok(s, e, n, NULL);
    assert_int_equal(e[n - 1].seq, n);
    store_close(s);
    assert_holds(f, (int64_t)n);
}

static void append_many(const struct fixture *f, int id)
{
    struct store *s = NULL;
    struct err err;
    if (store_open(f->path, true, &s, &err) != 0) {
        _exit(2);
    }
    char run[16];
    snprintf(run, sizeof(run), "r%d", id);
    for (int i = 0; i < 100; i++) {
        struct audit_event e[2] = {event_of(EVENT_STEP, run), event_of(EVENT_STEP, run)};
        if (audit_append(s, e, 2, NULL, &err) != 0 || strcmp(e[1].previous, e[0].digest) != 0) {
            _exit(3);
        }
    }
    store_close(s);
}

static void processes_share_one_chain(void **state)
{
    struct fixture *f = *state;
    pid_t pids[4];
    for (int i = 0; i < 4; i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            append_many(f, i); /* they also race for making the store */
            _exit(0);
        }
    }
    for (int i = 0; i < 4; i++) {
        assert_int_equal(wait_for(pids[i]), 0);
    }
    assert_holds(f, 800);
}

struct worker {
    struct store *store;
    int failed;
};

static void *append_in_thread(void *arg)
{
    struct worker *w = arg;
    for (int i = 0; i < 50; i++) {
        struct audit_event e = event_of(EVENT_STEP, "r1");
        struct err err;
        char head[DIGEST_HEX + 1];
        w->failed += audit_append(w->store, &e, 1, head, &err) != 0 || strcmp(head, e.digest) != 0;
        w->failed += audit_head(w->store, head, &err) != 0;
    }
    return NULL;
}

static void threads_share_one_store(void **state)
{
    struct fixture *f = *state;
    struct worker w[4];
    pthread_t threads[4];
    struct store *s = open_ok(f, true);
    for (int i = 0; i < 4; i++) {
        w[i] = (struct worker){s, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, append_in_thread, &w[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(w[i].failed, 0);
    }
    store_close(s);
    assert_holds(f, 200);
}

static void a_read_only_store(void **state)
{
    struct fixture *f = *state;
    struct store *s = open_ok(f, true);
    append_run(s, "r1");
    store_close(s);
    char *folder = path_dirname(&f->a, f->path);
    assert_int_equal(chmod(f->folder, 0755), 0);
    assert_int_equal(chmod(f->path, 0444), 0);
    assert_int_equal(chmod(folder, 0555), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct err err = {0};
        int64_t events = 0, bad = -1;
        if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) {
            _exit(77);
        }
        if (store_open(f->path, false, &s, &err) != 0 || audit_verify(s, &events, &bad, &err) != 0 ||
            events != 5) {
            _exit(2);
        }
        struct audit_event e = event_of(EVENT_STEP, "r1");
        if (audit_append(s, &e, 1, NULL, &err) != ERR_FILE || !strstr(err.message, "read-only")) {
            _exit(3);
        }
        store_close(s);
        bool refused = store_open(f->path, true, &s, &err) == ERR_FILE && strstr(err.message, "cannot write");
        _exit(refused ? 0 : 4);
    }
    assert_int_equal(wait_for(pid), 0);
    chmod(folder, 0755);
}

/* No room: the append fails with the reason, the log stays whole, and there is a way on. */
static void no_room_on_the_disk(void **state)
{
    struct fixture *f = *state;
    struct store *s = open_ok(f, true);
    append_run(s, "r1");
    store_close(s);
    pid_t pid = fork();
    if (pid == 0) {
        struct err err = {0};
        struct stat st;
        signal(SIGXFSZ, SIG_IGN);
        if (store_open(f->path, true, &s, &err) != 0 || stat(f->path, &st) != 0) {
            _exit(2);
        }
        rlim_t room = (rlim_t)st.st_size + 20000;
        struct rlimit limit = {room, RLIM_INFINITY}, none = {RLIM_INFINITY, RLIM_INFINITY};
        setrlimit(RLIMIT_FSIZE, &limit);
        struct audit_event e[900];
        for (size_t i = 0; i < COUNT_OF(e); i++) {
            e[i] = event_of(EVENT_STATEMENT, "r2");
            e[i].detail =
                "a text to take room, a text to take room, a text to take room, a text to take room";
        }
        int rc = audit_append(s, e, COUNT_OF(e), NULL, &err);
        if (rc != ERR_FAILED || !strstr(err.message, "cannot write to the audit log") || e[0].seq != 0) {
            _exit(3);
        }
        setrlimit(RLIMIT_FSIZE, &none);
        _exit(audit_append(s, e, COUNT_OF(e), NULL, &err) == 0 && e[0].seq == 6 ? 0 : 4);
    }
    assert_int_equal(wait_for(pid), 0);
    assert_holds(f, 905);
}

static void a_damaged_file(void **state)
{
    struct fixture *f = *state;
    struct store *s = open_ok(f, true);
    for (int i = 0; i < 40; i++) {
        append_run(s, "r1");
    }
    store_close(s);
    int fd = open(f->path, O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    static char noise[65536];
    memset(noise, 0x5a, sizeof(noise));
    assert_int_equal(pwrite(fd, noise, sizeof(noise), 8192), sizeof(noise));
    close(fd);
    struct err err = {0};
    int64_t events = 0, bad = 0;
    s = open_ok(f, false);
    assert_int_not_equal(audit_verify(s, &events, &bad, &err), 0);
    assert_non_null(strstr(err.message, "damaged"));
    store_close(s);
}

static void who_we_are(void **state)
{
    struct fixture *f = *state;
    assert_true(strlen(actor_host(&f->a)) > 0);
    setenv("SUDO_USER", "ana", 1);
    assert_true(geteuid() != 0 || strcmp(actor_name(&f->a), "ana") == 0);
    setenv("SUDO_USER", "not\na name", 1);
    assert_null(strchr(actor_name(&f->a), '\n'));
    unsetenv("SUDO_USER");
    assert_true(strlen(actor_name(&f->a)) > 0);
    char *one = run_id_new(&f->a), *two = run_id_new(&f->a);
    assert_int_equal(strlen(one), strlen("r20261121T093000-3f9a1c"));
    assert_true(one[0] == 'r' && one[9] == 'T' && one[16] == '-');
    assert_string_not_equal(one, two);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(making_a_store),
        TEST(a_missing_store_reads_as_empty),
        TEST(what_is_not_a_store),
        TEST(appending_fills_the_chain_in),
        TEST(every_field_comes_back),
        TEST(runs_by_prefix),
        TEST(sql_is_shown_by_its_first_line),
        TEST(tampering_is_found),
        TEST(a_cut_tail_shows_by_its_digests),
        TEST(a_changed_identity_is_found),
        TEST(planted_triggers_do_nothing),
        TEST(run_summaries),
        TEST(many_events_in_one_call),
        TEST(processes_share_one_chain),
        TEST(threads_share_one_store),
        TEST(a_read_only_store),
        TEST(no_room_on_the_disk),
        TEST(a_damaged_file),
        TEST(who_we_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
