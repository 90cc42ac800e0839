/* Runs in the store, and the group commit of many threads' events. */
#include "base/arena.h"
#include "base/file.h"
#include "base/module.h"
#include "drivers/driver.h"
#include "engine/store/audit_writer.h"
#include "engine/store/claims.h"
#include "engine/store/sql.h"
#include "engine/store/store_server.h"
#include "tests/servers/servers.h"
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Every test is run on both kinds of store. */
struct fixture {
    struct arena a;
    char folder[64];
    char *path;
    const char *database; /* NULL: the store is a file */
    struct store *s;
};

static struct store *open_file(const char *path)
{
    struct err err = {0};
    struct store *s = NULL;
    if (store_open(path, true, &s, &err) != 0) {
        fail_msg("store_open: %s: %s", err.file, err.message);
    }
    return s;
}

static struct driver_address address_of(const char *database)
{
    return (struct driver_address){.host = "127.0.0.1",
                                   .port = server_port(server_postgresql()),
                                   .user = "postgres",
                                   .database = database};
}

static struct store *open_store(const struct fixture *f)
{
    if (!f->database) {
        return open_file(f->path);
    }
    const struct driver_address at = address_of(f->database);
    struct err err = {0};
    struct store *s = NULL;
    if (store_open_server(&at, "postgresql://store", true, &s, &err) != 0) {
        fail_msg("store_open_server: %s: %s", err.file, err.message);
    }
    return s;
}

/* What somebody else does to the store's tables. */
static void tamper(const struct fixture *f, const char *sql)
{
    if (f->database) {
        char out[2000];
        if (test_run(out, sizeof(out),
                     "psql -qX -v ON_ERROR_STOP=1 '%s/%s' -c 'SET search_path = lockstep' -c \"%s\"",
                     server_postgresql(), f->database, sql) != 0) {
            fail_msg("%s: %s", sql, out);
        }
        return;
    }
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 10000);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static int set_up(void **state, const char *database)
{
    struct fixture *f = xcalloc(1, sizeof(*f));
    snprintf(f->folder, sizeof(f->folder), "/tmp/lockstep-runs-XXXXXX");
    if (!mkdtemp(f->folder)) {
        return -1;
    }
    f->path = arena_printf(&f->a, "%s/store.db", f->folder);
    f->database = database;
    f->s = open_store(f);
    *state = f;
    return 0;
}

static int on_file(void **state)
{
    return set_up(state, NULL);
}

static int on_server(void **state)
{
    module_set_dir(LOCKSTEP_MODULE_DIR);
    return set_up(state, server_postgresql_database("runs"));
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    store_close(f->s);
    pid_t pid = fork();
    if (pid == 0) {
        execlp("rm", "rm", "-rf", f->folder, (char *)NULL);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
    arena_release(&f->a);
    free(f);
    return 0;
}

static void ok(int rc, const struct err *err)
{
    if (rc) {
        fail_msg("%s%s%s", err->file, *err->file ? ": " : "", err->message);
    }
}

static void begin(struct store *s, const char *run, const char *plan, bool shared, size_t n)
{
    struct run_target_row targets[64] = {0};
    char names[64][24];
    for (size_t i = 0; i < n; i++) {
        snprintf(names[i], sizeof(names[i]), "t%02zu", i);
        targets[i] = (struct run_target_row){
            .index = i, .name = names[i], .server = "db:5432", .wave = i < n / 2 ? 0 : 1};
    }
    const struct run_row row = {.run = run,
                                .environment = "prod",
                                .plan = plan,
                                .document = "plan: of many\nlines\n",
                                .command = "apply x",
                                .shared = shared,
                                .exit_status = -1};
    struct audit_event e = {.kind = EVENT_RUN_STARTED, .run = run, .plan = plan, .rows = -1};
    struct err err = {0};
    ok(runs_begin(s, &row, targets, n, 2, &e, 1, &err), &err);
    assert_true(e.seq > 0);
}

static void assert_chain(struct store *s, int64_t expected)
{
    struct err err = {0};
    int64_t events = 0, bad = 0;
    ok(audit_verify(s, &events, &bad, &err), &err);
    assert_int_equal(events, expected);
}

static void a_run_is_found_again(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    struct run_row row;
    assert_int_equal(runs_find(f->s, &f->a, NULL, &row, &err), ERR_USAGE);
    assert_string_equal(err.message, "there is no unfinished run");
    begin(f->s, "r1", "d1", false, 4);
    begin(f->s, "r2", "d1", false, 4);
    ok(runs_find(f->s, &f->a, NULL, &row, &err), &err);
    assert_string_equal(row.run, "r2");
    assert_string_equal(row.document, "plan: of many\nlines\n");
    assert_int_equal(row.exit_status, -1);
    assert_int_equal(row.state, RUN_STATE_OPEN);
    assert_int_equal(runs_find(f->s, &f->a, "r", &row, &err), ERR_USAGE);
    assert_non_null(strstr(err.message, "several"));
    assert_int_equal(runs_find(f->s, &f->a, "R1", &row, &err), ERR_REFUSED);
    ok(runs_set_state(f->s, "r2", RUN_STATE_ENDED, -1, 0, &err), &err);
    ok(runs_find(f->s, &f->a, NULL, &row, &err), &err);
    assert_string_equal(row.run, "r1");
    ok(runs_find(f->s, &f->a, "r2", &row, &err), &err);
    assert_int_equal(row.state, RUN_STATE_ENDED);
    assert_int_equal(row.exit_status, 0);
    assert_true(row.ended_us >= row.created_us);
    assert_int_equal(runs_set_state(f->s, "r2", RUN_STATE_OPEN, -1, -1, &err), ERR_REFUSED);
    const struct run_change again = {
        .state = RUN_STATE_OPEN, .wave = -1, .exit_status = -1, .from_ended = true};
    ok(audit_write(f->s, &(struct audit_request){.run = "r2", .change = &again}, NULL, &err), &err);
    ok(runs_set_state(f->s, "r2", RUN_STATE_WAITING, 1, -1, &err), &err);
    ok(runs_find(f->s, &f->a, "r2", &row, &err), &err);
    assert_int_equal(row.state, RUN_STATE_WAITING);
    assert_int_equal(row.wave, 1);
    assert_int_equal(row.ended_us, 0);
}

static void targets_change_with_their_events(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    begin(f->s, "r1", "d1", false, 6);
    char head[DIGEST_HEX + 1], newest[DIGEST_HEX + 1];
    for (size_t i = 0; i < 2; i++) {
        struct audit_event e = {.kind = EVENT_TARGET_FINISHED, .run = "r1", .target = "t", .rows = -1};
        const struct run_target_row t = {.index = i ? 1 : 3,
                                         .state = RUN_TARGET_ENDED,
                                         .outcome = "done",
                                         .commit_order = RUN_COMMITTED_NOW,
                                         .steps_done = 5,
                                         .at = "abc",
                                         .duration_us = 17};
        const struct audit_request q = {.events = &e, .n = 1, .run = "r1", .targets = &t, .ntargets = 1};
        ok(audit_write(f->s, &q, head, &err), &err);
        assert_string_equal(e.digest, head);
    }
    ok(audit_head(f->s, newest, &err), &err);
    assert_string_equal(newest, head);
    run_target_rows_t rows;
    ok(runs_targets(f->s, &f->a, "r1", &rows, &err), &err);
    assert_int_equal(rows.n, 6);
    assert_int_equal(rows.items[0].state, RUN_TARGET_PENDING);
    assert_null(rows.items[0].outcome);
    assert_int_equal(rows.items[0].commit_order, 0);
    assert_string_equal(rows.items[5].name, "t05");
    assert_string_equal(rows.items[5].server, "db:5432");
    assert_int_equal(rows.items[5].wave, 1);
    assert_int_equal(rows.items[3].state, RUN_TARGET_ENDED);
    assert_string_equal(rows.items[3].outcome, "done");
    assert_int_equal(rows.items[3].steps_done, 5);
    assert_true(rows.items[1].commit_order > rows.items[3].commit_order);
    assert_true(rows.items[3].commit_order > 0);
    /* Nothing of a request is kept when a part of it cannot be. */
    struct audit_event e = {.kind = EVENT_TARGET_FINISHED, .run = "r1", .rows = -1};
    const struct run_target_row wrong = {.index = 99, .state = RUN_TARGET_ENDED};
    const struct audit_request q = {.events = &e, .n = 1, .run = "r1", .targets = &wrong, .ntargets = 1};
    assert_int_equal(audit_write(f->s, &q, NULL, &err), ERR_FAILED);
    assert_chain(f->s, 3);
}

static void waves_have_states(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    begin(f->s, "r1", "d1", false, 4);
    run_wave_rows_t rows;
    ok(runs_waves(f->s, &f->a, "r1", &rows, &err), &err);
    assert_int_equal(rows.n, 2);
    assert_int_equal(rows.items[1].state, WAVE_CLOSED);
    ok(runs_set_wave(f->s, "r1", &(struct run_wave_row){1, WAVE_PAUSED, 1234}, &err), &err);
    ok(runs_waves(f->s, &f->a, "r1", &rows, &err), &err);
    assert_int_equal(rows.n, 2);
    assert_int_equal(rows.items[1].state, WAVE_PAUSED);
    assert_int_equal(rows.items[1].until_us, 1234);
}

static void one_shared_run_of_a_plan(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    struct run_row row;
    ok(runs_find_shared(f->s, &f->a, "d1", &row, &err), &err);
    assert_null(row.run);
    begin(f->s, "r1", "d1", true, 4);
    begin(f->s, "r2", "d1", false, 4);
    begin(f->s, "r3", "d2", true, 4);
    const struct run_row second = {.run = "r4", .plan = "d1", .shared = true, .exit_status = -1};
    assert_int_equal(runs_begin(f->s, &second, NULL, 0, 1, NULL, 0, &err), ERR_REFUSED);
    ok(runs_find_shared(f->s, &f->a, "d1", &row, &err), &err);
    assert_string_equal(row.run, "r1");
    ok(runs_set_state(f->s, "r1", RUN_STATE_ENDED, -1, 1, &err), &err);
    ok(runs_begin(f->s, &second, NULL, 0, 1, NULL, 0, &err), &err);
    assert_chain(f->s, 3);
}

static void a_store_of_version_1_is_upgraded_in_place(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    char *path = arena_printf(&f->a, "%s/old.db", f->folder);
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db, "PRAGMA application_id = 1282102132; PRAGMA user_version = 1", NULL, NULL, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql_store_store_1, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    /* Where it may not be written it stays as it is, and has no runs. */
    assert_int_equal(chmod(path, 0400), 0);
    struct store *s = NULL;
    run_rows_t rows = {0};
    if (geteuid() != 0) {
        ok(store_open(path, false, &s, &err), &err);
        ok(runs_open(s, &f->a, &rows, &err), &err);
        assert_int_equal(rows.n, 0);
        store_close(s);
    }
    assert_int_equal(chmod(path, 0600), 0);
    s = open_file(path);
    begin(s, "r1", "d1", false, 3);
    store_close(s);
    s = open_file(path);
    ok(runs_open(s, &f->a, &rows, &err), &err);
    assert_int_equal(rows.n, 1);
    assert_chain(s, 1);
    store_close(s);
}

/* --- group commit */

#define THREADS 32
#define WRITES  40

struct writer {
    struct store *s;
    size_t index;
    int failed;
    bool wrong;
};

static void *write_much(void *arg)
{
    struct writer *w = arg;
    char run[24], last[DIGEST_HEX + 1] = "";
    snprintf(run, sizeof(run), "r%02zu", w->index);
    for (int i = 0; i < WRITES; i++) {
        struct audit_event e[3];
        for (size_t j = 0; j < COUNT_OF(e); j++) {
            e[j] = (struct audit_event){.kind = EVENT_STATEMENT, .run = run, .statement = i * 3 + (int)j + 1};
        }
        char head[DIGEST_HEX + 1];
        struct err err = {0};
        if (audit_write(w->s, &(struct audit_request){.events = e, .n = COUNT_OF(e)}, head, &err)) {
            w->failed++;
            continue;
        }
        w->wrong = w->wrong || strcmp(head, e[2].digest) != 0 || strcmp(e[1].previous, e[0].digest) != 0 ||
                   e[2].seq != e[0].seq + 2 || strcmp(head, last) == 0;
        memcpy(last, head, sizeof(last));
    }
    return NULL;
}

static int check_order(void *arg, const struct audit_event *e, UNUSED struct err *err)
{
    int64_t *last = arg;
    size_t run = (size_t)strtol(e->run + 1, NULL, 10);
    assert_int_equal(e->statement, last[run] + 1);
    last[run] = e->statement;
    return 0;
}

static void thirty_two_threads_share_transactions(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    pthread_t threads[THREADS];
    struct writer writers[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        writers[i] = (struct writer){.s = f->s, .index = i};
        assert_int_equal(pthread_create(&threads[i], NULL, write_much, &writers[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(writers[i].failed, 0);
        assert_false(writers[i].wrong);
    }
    assert_chain(f->s, THREADS * WRITES * 3);
    int64_t last[THREADS] = {0};
    ok(audit_each(f->s, NULL, check_order, last, &err), &err);
    int64_t transactions = audit_writes(f->s);
    if (transactions > THREADS * WRITES / 4) {
        fail_msg("%lld transactions for %d flushes", (long long)transactions, THREADS * WRITES);
    }
}

static void every_writer_hears_of_an_error(void **state)
{
    struct fixture *f = *state;
    tamper(f, "ALTER TABLE events RENAME TO gone");
    pthread_t threads[4];
    struct writer writers[4];
    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        writers[i] = (struct writer){.s = f->s, .index = i};
        assert_int_equal(pthread_create(&threads[i], NULL, write_much, &writers[i]), 0);
    }
    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(writers[i].failed, WRITES);
    }
    tamper(f, "ALTER TABLE gone RENAME TO events");
    write_much(&writers[0]);
    assert_int_equal(writers[0].failed, WRITES);
    assert_chain(f->s, WRITES * 3);
}

static void who_lost_the_claim_is_refused_alone(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    begin(f->s, "r1", "d1", true, 4);
    struct audit_event e = {.kind = EVENT_COMMITTING, .run = "r1", .rows = -1};
    struct audit_request q = {
        .events = &e, .n = 1, .run = "r1", .guard = {.index = 2, .runner = "somebody", .claim = 1}};
    assert_int_equal(audit_write(f->s, &q, NULL, &err), ERR_REFUSED);
    assert_non_null(strstr(err.message, "taken this target over"));
    assert_int_equal(e.seq, 0);
    assert_chain(f->s, 1);
}

/* Whatever is lost on the way, an event is in the log once. */
struct killer {
    const struct fixture *f;
    atomic_bool stop;
    atomic_int killed;
};

static void *kill_sessions(void *arg)
{
    struct killer *k = arg;
    while (!atomic_load(&k->stop)) {
        char out[200];
        test_run(out, sizeof(out),
                 "psql -qXAt '%s/%s' -c \"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                 "WHERE datname = current_database() AND application_name = 'lockstep store'\"",
                 server_postgresql(), k->f->database);
        k->killed += (int)strtol(out, NULL, 10);
    }
    return NULL;
}

static void sessions_that_die_lose_nothing_and_double_nothing(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    struct killer k = {.f = f};
    pthread_t killer, threads[8];
    struct writer writers[8];
    assert_int_equal(pthread_create(&killer, NULL, kill_sessions, &k), 0);
    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        writers[i] = (struct writer){.s = f->s, .index = i};
        assert_int_equal(pthread_create(&threads[i], NULL, write_much, &writers[i]), 0);
    }
    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(writers[i].failed, 0);
        assert_false(writers[i].wrong);
    }
    for (int i = 0; i < 200 && k.killed < 5; i++) {
        write_much(&writers[0]);
        assert_int_equal(writers[0].failed, 0);
    }
    atomic_store(&k.stop, true);
    pthread_join(killer, NULL);
    assert_true(k.killed >= 5);
    int64_t events = 0, bad = 0;
    ok(audit_verify(f->s, &events, &bad, &err), &err);
    assert_true(events >= (int64_t)COUNT_OF(threads) * WRITES * 3);
    char out[200];
    test_run(out, sizeof(out),
             "psql -qXAt '%s/%s' -c 'SELECT count(*) FROM (SELECT run, statement, at_us FROM lockstep.events "
             "GROUP BY 1, 2, 3 HAVING count(*) > 1) AS twice'",
             server_postgresql(), f->database);
    assert_string_equal(out, "0\n");
}

static void a_server_store_says_what_is_wrong(void **state)
{
    struct fixture *f = *state;
    struct store *s = NULL;
    struct err err = {0};
    struct driver_address at = address_of(f->database);
    /* Read without being made: empty. */
    at.schema = "other";
    ok(store_open_server(&at, "place", false, &s, &err), &err);
    run_rows_t rows = {0};
    ok(runs_open(s, &f->a, &rows, &err), &err);
    assert_int_equal(rows.n, 0);
    store_close(s);
    /* No rights. */
    char out[1000];
    test_run(out, sizeof(out), "psql -qX '%s/%s' -c 'CREATE ROLE store_guest LOGIN'", server_postgresql(),
             f->database);
    at.user = "store_guest";
    assert_int_equal(store_open_server(&at, "place", true, &s, &err), ERR_REFUSED);
    assert_non_null(strstr(err.message, "cannot make the store: permission denied"));
    assert_non_null(strstr(err.hint, "CREATE SCHEMA other AUTHORIZATION"));
    at.schema = NULL;
    assert_int_not_equal(store_open_server(&at, "place", true, &s, &err), 0);
    assert_non_null(strstr(err.message, "permission denied"));
    assert_non_null(strstr(err.hint, "GRANT"));
    test_run(out, sizeof(out), "psql -qX '%s/%s' -c 'DROP ROLE store_guest'", server_postgresql(),
             f->database);
    /* A newer one. */
    at.user = "postgres";
    tamper(f, "UPDATE store_version SET version = 99");
    assert_int_equal(store_open_server(&at, "place", true, &s, &err), ERR_FILE);
    assert_non_null(strstr(err.message, "version 99"));
    /* Nobody there. */
    at.port = 1;
    assert_int_equal(store_open_server(&at, "place", true, &s, &err), ERR_UNREACHABLE);
    assert_non_null(strstr(err.message, "cannot reach the store"));
}

/* A server that hangs: the answer is waited for no longer than it may take. */
static void a_server_that_hangs_is_given_up(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    f->s->server->answer_ms = 300;
    int64_t began = time_monotonic_us();
    assert_int_equal(store_query(f->s, "SELECT pg_sleep(20)", NULL, 0, NULL, NULL, "reading", &err),
                     ERR_FAILED);
    assert_non_null(strstr(err.message, "does not answer"));
    assert_true(err.connection_lost);
    assert_true(time_monotonic_us() - began < 18000000);
    f->s->server->answer_ms = 20000;
    begin(f->s, "r1", "d1", false, 4); /* in a new session */
    assert_chain(f->s, 1);
}

static int find_abandoned(void *arg, const struct audit_event *e, UNUSED struct err *err)
{
    *(int *)arg += e->kind == EVENT_RUN_ABANDONED;
    return 0;
}

/* What another machine does can only be told by its lease. */
static void runs_of_other_machines_live_by_their_lease(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    struct claims *claims = NULL;
    struct run_holder holder = {0};
    begin(f->s, "r1", "d1", false, 4);
    ok(claims_open(f->s, &(struct claims_opts){.run = "r1", .lease_ms = 600}, &claims, &err), &err);
    tamper(f, "UPDATE runs_alive SET host = 'elsewhere', boot = 'another'");
    tamper(f, "UPDATE events SET at_us = at_us - 60000000"); /* it began a minute ago */
    int abandoned = 0;
    for (int i = 0; i < 10; i++) { /* longer than one lease */
        ok(audit_close_abandoned(f->s, &err), &err);
        ok(runs_holder(f->s, &f->a, "r1", &holder, &err), &err);
        assert_string_equal(holder.host, "elsewhere");
        poll(NULL, 0, 100);
    }
    ok(audit_each(f->s, NULL, find_abandoned, &abandoned, &err), &err);
    assert_int_equal(abandoned, 0);
    claims_close(claims);
    ok(runs_holder(f->s, &f->a, "r1", &holder, &err), &err);
    assert_null(holder.host);
    ok(audit_close_abandoned(f->s, &err), &err);
    ok(audit_close_abandoned(f->s, &err), &err);
    ok(audit_each(f->s, NULL, find_abandoned, &abandoned, &err), &err);
    assert_int_equal(abandoned, 1);
}

static void several_make_the_same_store(void **state)
{
    struct fixture *f = *state;
    char out[200];
    store_close(f->s); /* its thread would not be in the children */
    f->s = NULL;
    test_run(out, sizeof(out), "psql -qX '%s/%s' -c 'DROP SCHEMA lockstep CASCADE'", server_postgresql(),
             f->database);
    pid_t pids[6];
    for (size_t i = 0; i < COUNT_OF(pids); i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            const struct driver_address at = address_of(f->database);
            struct store *s = NULL;
            struct err err = {0};
            struct audit_event e = {.kind = EVENT_STEP, .run = "r1", .rows = -1};
            int rc = store_open_server(&at, "place", true, &s, &err);
            rc = rc ? rc : audit_append(s, &e, 1, NULL, &err);
            if (rc) {
                fprintf(stderr, "%s\n", err.message);
            }
            _exit(rc != 0);
        }
    }
    for (size_t i = 0; i < COUNT_OF(pids); i++) {
        int status;
        waitpid(pids[i], &status, 0);
        assert_int_equal(status, 0);
    }
    struct store *s = open_store(f);
    assert_chain(s, COUNT_OF(pids));
    store_close(s);
}

#define BOTH(test)                                                                                           \
    cmocka_unit_test_setup_teardown(test, on_file, teardown),                                                \
    {                                                                                                        \
#test " (server)", test, on_server, teardown, NULL                                                   \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(a_run_is_found_again),
        BOTH(targets_change_with_their_events),
        BOTH(waves_have_states),
        BOTH(one_shared_run_of_a_plan),
        BOTH(thirty_two_threads_share_transactions),
        BOTH(every_writer_hears_of_an_error),
        BOTH(who_lost_the_claim_is_refused_alone),
        cmocka_unit_test_setup_teardown(a_store_of_version_1_is_upgraded_in_place, on_file, teardown),
        cmocka_unit_test_setup_teardown(sessions_that_die_lose_nothing_and_double_nothing, on_server,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_server_store_says_what_is_wrong, on_server, teardown),
        cmocka_unit_test_setup_teardown(several_make_the_same_store, on_server, teardown),
        cmocka_unit_test_setup_teardown(a_server_that_hangs_is_given_up, on_server, teardown),
        cmocka_unit_test_setup_teardown(runs_of_other_machines_live_by_their_lease, on_server, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
