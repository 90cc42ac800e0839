/* Several runners on one run: claims, leases, fencing; on both kinds of store. */
#include "base/arena.h"
#include "base/file.h"
#include "base/module.h"
#include "drivers/driver.h"
#include "engine/store/audit_writer.h"
#include "engine/store/claims.h"
#include "engine/store/store_db.h"
#include "tests/servers/servers.h"
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define TARGETS  60
#define PARALLEL 7
#define RUNNERS  10

struct fixture {
    const char *path, *database; /* one of them */
};

static struct store *open_store(const struct fixture *f)
{
    struct err err = {0};
    struct store *s = NULL;
    const struct driver_address at = {.host = "127.0.0.1", .user = "postgres", .database = f->database};
    struct driver_address address = at;
    address.port = f->database ? server_port(server_postgresql()) : 0;
    int rc = f->database ? store_open_server(&address, "place", true, &s, &err)
                         : store_open(f->path, true, &s, &err);
    if (rc) {
        fail_msg("%s", err.message);
    }
    return s;
}

static int on_file(void **state)
{
    static char path[200];
    struct fixture *f = xcalloc(1, sizeof(*f));
    snprintf(path, sizeof(path), "%s/store.db", test_folder());
    f->path = path;
    *state = f;
    return 0;
}

static int on_server(void **state)
{
    struct fixture *f = xcalloc(1, sizeof(*f));
    module_set_dir(LOCKSTEP_MODULE_DIR);
    f->database = server_postgresql_database("claims");
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    free(*state);
    return 0;
}

static void begin(const struct fixture *f)
{
    struct store *s = open_store(f);
    struct run_target_row targets[TARGETS] = {0};
    char names[TARGETS][24];
    for (size_t i = 0; i < TARGETS; i++) {
        snprintf(names[i], sizeof(names[i]), "t%02zu", i);
        targets[i] = (struct run_target_row){.index = i, .name = names[i]};
    }
    const struct run_row row = {.run = "r1", .plan = "d1", .shared = true, .exit_status = -1};
    struct audit_event e = {.kind = EVENT_RUN_STARTED, .run = "r1", .plan = "d1", .rows = -1};
    struct err err = {0};
    if (runs_begin(s, &row, targets, TARGETS, 1, &e, 1, &err)) {
        fail_msg("%s", err.message);
    }
    store_close(s);
}

/* A runner that knows the limit and nothing else. */
struct runner {
    const struct fixture *f;
    struct claims *claims;
    struct run_target_row known[TARGETS];
    size_t most;
    bool over, leads;
    size_t runners;
    int worked;
    char problem[2200];
};

static atomic_int at_work, too_many, worked[TARGETS];

static int choose(void *arg, const struct claims_view *view, struct arena *a, claims_picks_t *picks,
                  UNUSED struct err *err)
{
    struct runner *r = arg;
    for (size_t i = 0; i < view->changed.n; i++) {
        r->known[view->changed.items[i].index] = view->changed.items[i];
    }
    size_t busy = 0, ended = 0;
    for (size_t i = 0; i < TARGETS; i++) {
        busy += r->known[i].state == RUN_TARGET_CLAIMED && r->known[i].lease_until_us > 0;
        ended += r->known[i].state == RUN_TARGET_ENDED;
    }
    for (size_t i = 0; i < TARGETS && busy < PARALLEL && picks->n < r->most; i++) {
        const struct run_target_row *t = &r->known[i];
        bool free =
            t->state == RUN_TARGET_PENDING || (t->state == RUN_TARGET_CLAIMED && t->lease_until_us == 0);
        if (free) {
            *vec_push(a, picks) = (struct claims_pick){.index = i, .claim = t->claim};
            busy++;
        }
    }
    r->over = ended == TARGETS;
    r->leads = view->leads;
    r->runners = view->runners;
    return 0;
}

static int finish(struct runner *r, struct store *s, const struct claims_pick *p, struct err *err)
{
    int now = atomic_fetch_add(&at_work, 1) + 1;
    if (now > PARALLEL) {
        atomic_store(&too_many, now);
    }
    atomic_fetch_add(&worked[p->index], 1);
    poll(NULL, 0, 2); /* the work */
    atomic_fetch_sub(&at_work, 1);
    struct audit_event e = {.kind = EVENT_TARGET_FINISHED, .run = "r1", .rows = -1};
    const struct run_target_row t = {.index = p->index, .state = RUN_TARGET_ENDED, .outcome = "done"};
    const struct audit_request q = {
        .events = &e,
        .n = 1,
        .run = "r1",
        .guard = {.index = p->index, .runner = claims_runner(r->claims), .claim = p->claim + 1},
        .targets = &t,
        .ntargets = 1};
    return audit_write(s, &q, NULL, err);
}

static void *work(void *arg)
{
    struct runner *r = arg;
    struct store *s = open_store(r->f);
    struct err err = {0};
    AUTO(arena_release) struct arena a = ARENA_INIT;
    int rc = claims_open(s, &(struct claims_opts){.run = "r1"}, &r->claims, &err);
    while (!rc && !r->over) {
        claims_picks_t picks;
        rc = claims_look(r->claims, &a, choose, r, &picks, &err);
        for (size_t i = 0; !rc && i < picks.n; i++) {
            if (picks.items[i].taken) {
                rc = finish(r, s, &picks.items[i], &err);
                r->worked++;
            }
        }
        poll(NULL, 0, 1);
    }
    if (rc) {
        snprintf(r->problem, sizeof(r->problem), "%s", err.message);
    }
    claims_close(r->claims);
    store_close(s);
    return NULL;
}

static void ten_runners_share_a_run(void **state)
{
    struct fixture *f = *state;
    begin(f);
    memset(worked, 0, sizeof(worked));
    atomic_store(&too_many, 0);
    static struct runner runners[RUNNERS];
    memset(runners, 0, sizeof(runners));
    pthread_t threads[RUNNERS];
    for (size_t i = 0; i < RUNNERS; i++) {
        runners[i].f = f;
        runners[i].most = 2;
        assert_int_equal(pthread_create(&threads[i], NULL, work, &runners[i]), 0);
    }
    int helped = 0;
    for (size_t i = 0; i < RUNNERS; i++) {
        pthread_join(threads[i], NULL);
        assert_string_equal(runners[i].problem, "");
        helped += runners[i].worked > 0;
    }
    assert_true(helped > 1);
    assert_int_equal(atomic_load(&too_many), 0);
    for (size_t i = 0; i < TARGETS; i++) {
        assert_int_equal(atomic_load(&worked[i]), 1);
    }
    struct store *s = open_store(f);
    int64_t events = 0, bad = 0;
    assert_int_equal(audit_verify(s, &events, &bad, NULL), 0);
    assert_int_equal(events, TARGETS + 1);
    store_close(s);
}

/* A runner of another process, which claims three and says so through the pipe. */
static pid_t start_other(const struct fixture *f, int64_t lease_ms, int out)
{
    pid_t pid = fork();
    if (pid != 0) {
        return pid;
    }
    struct runner r = {.f = f, .most = 3};
    struct err err = {0};
    struct arena a = ARENA_INIT;
    claims_picks_t picks;
    struct store *s = open_store(f);
    if (claims_open(s, &(struct claims_opts){.run = "r1", .lease_ms = lease_ms}, &r.claims, &err) ||
        claims_look(r.claims, &a, choose, &r, &picks, &err) || picks.n != 3) {
        _exit(1);
    }
    dprintf(out, "%s", claims_runner(r.claims));
    for (;;) {
        pause();
    }
}

static void what_a_dead_runner_held_is_taken_over(void **state)
{
    struct fixture *f = *state;
    begin(f);
    int fds[2];
    char other[200] = "";
    assert_int_equal(pipe(fds), 0);
    pid_t pid = start_other(f, 600, fds[1]);
    assert_true(read(fds[0], other, sizeof(other) - 1) > 0);
    struct store *s = open_store(f);
    struct runner r = {.f = f, .most = 1};
    struct err err = {0};
    struct arena a = ARENA_INIT;
    claims_picks_t picks;
    assert_int_equal(claims_open(s, &(struct claims_opts){.run = "r1"}, &r.claims, &err), 0);
    /* While it lives, what it holds is its own, for longer than one lease. */
    int64_t until = time_monotonic_us() + 1000000;
    do {
        r.most = 0;
        assert_int_equal(claims_look(r.claims, &a, choose, &r, &picks, &err), 0);
        assert_int_equal(r.runners, 2);
        assert_false(r.leads);
        assert_true(r.known[0].lease_until_us > 0);
        poll(NULL, 0, 20);
    } while (time_monotonic_us() < until);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    until = time_monotonic_us() + 10000000;
    do {
        assert_int_equal(claims_look(r.claims, &a, choose, &r, &picks, &err), 0);
        poll(NULL, 0, 20);
    } while (r.runners > 1 && time_monotonic_us() < until);
    assert_true(r.leads);
    r.most = 3;
    assert_int_equal(claims_look(r.claims, &a, choose, &r, &picks, &err), 0);
    assert_int_equal(picks.n, 3);
    assert_int_equal(picks.items[0].index, 0);
    assert_true(picks.items[0].taken);
    assert_int_equal(picks.items[0].claim, 1);
    /* What the other one writes now is refused, and nothing of it is kept. */
    struct audit_event e = {.kind = EVENT_COMMITTING, .run = "r1", .rows = -1};
    struct audit_request q = {.events = &e, .n = 1, .run = "r1", .guard = {.runner = other, .claim = 1}};
    assert_int_equal(audit_write(s, &q, NULL, &err), ERR_REFUSED);
    assert_int_equal(finish(&r, s, &picks.items[0], &err), 0);
    claims_close(r.claims);
    store_close(s);
    arena_release(&a);
    close(fds[0]);
    close(fds[1]);
}

static void a_lease_outlives_a_store_that_is_away_for_a_moment(void **state)
{
    struct fixture *f = *state;
    begin(f);
    struct store *s = open_store(f);
    struct runner r = {.f = f};
    struct err err = {0};
    AUTO(arena_release) struct arena a = ARENA_INIT;
    claims_picks_t picks;
    assert_int_equal(claims_open(s, &(struct claims_opts){.run = "r1", .lease_ms = 1500}, &r.claims, &err),
                     0);
    int64_t until = time_monotonic_us() + 3000000;
    do {
        char out[200];
        test_run(out, sizeof(out),
                 "psql -qXAt '%s/%s' -c \"SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                 "WHERE datname = current_database() AND application_name = 'lockstep store'\"",
                 server_postgresql(), f->database);
        assert_int_equal(claims_look(r.claims, &a, choose, &r, &picks, &err), 0);
        assert_int_equal(r.runners, 1);
        assert_false(claims_expired(r.claims));
        poll(NULL, 0, 100);
    } while (time_monotonic_us() < until);
    claims_close(r.claims);
    store_close(s);
}

#define ON_SERVER(test)                                                                                      \
    {                                                                                                        \
#test " (server)", test, on_server, teardown, NULL                                                   \
    }

static int write_state(struct store *s, struct run_guard guard, enum run_state state)
{
    struct err err = {0};
    const struct run_change change = {.state = state, .wave = -1, .exit_status = -1};
    return audit_write(s, &(struct audit_request){.run = "r1", .guard = guard, .change = &change}, NULL,
                       &err);
}

static void who_slept_leads_no_more(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    struct claims *first = NULL, *second = NULL;
    const struct claims_opts opts = {.run = "r1", .lease_ms = 60000};
    begin(f);
    struct store *s = open_store(f);
    assert_int_equal(claims_open(s, &opts, &first, &err), 0);
    assert_int_equal(claims_open(s, &opts, &second, &err), 0);
    const struct run_guard one = {.runner = claims_runner(first), .leads = true};
    const struct run_guard two = {.runner = claims_runner(second), .leads = true};
    assert_int_equal(write_state(s, one, RUN_STATE_OPEN), 0);
    assert_int_equal(write_state(s, two, RUN_STATE_OPEN), ERR_REFUSED);
    const struct store_value values[] = {store_text(claims_runner(first))};
    int64_t changed = 0;
    assert_int_equal(store_run(s, "UPDATE runners SET lease_until_us = 0 WHERE runner = ?1", values, 1,
                               &changed, "test", &err),
                     0);
    assert_int_equal(changed, 1);
    assert_int_equal(write_state(s, one, RUN_STATE_OPEN), ERR_REFUSED);
    assert_int_equal(write_state(s, two, RUN_STATE_OPEN), 0);
    claims_close(first);
    claims_close(second);
    store_close(s);
}

static void the_last_that_leaves_ends_the_run(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    struct claims *first = NULL, *second = NULL;
    const struct claims_opts opts = {.run = "r1"};
    const struct run_guard last = {.last = true};
    begin(f);
    struct store *s = open_store(f);
    assert_int_equal(claims_open(s, &opts, &first, &err), 0);
    assert_int_equal(claims_open(s, &opts, &second, &err), 0);
    claims_leave(first);
    assert_true(claims_expired(first));
    assert_int_equal(write_state(s, last, RUN_STATE_STOPPING), ERR_REFUSED);
    claims_leave(second);
    assert_int_equal(write_state(s, last, RUN_STATE_STOPPING), 0);
    assert_int_equal(write_state(s, last, RUN_STATE_STOPPING), ERR_REFUSED); /* it has been ended */
    claims_close(first);
    claims_close(second);
    store_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(ten_runners_share_a_run, on_file, teardown),
        ON_SERVER(ten_runners_share_a_run),
        cmocka_unit_test_setup_teardown(what_a_dead_runner_held_is_taken_over, on_file, teardown),
        ON_SERVER(what_a_dead_runner_held_is_taken_over),
        cmocka_unit_test_setup_teardown(who_slept_leads_no_more, on_file, teardown),
        ON_SERVER(who_slept_leads_no_more),
        cmocka_unit_test_setup_teardown(the_last_that_leaves_ends_the_run, on_file, teardown),
        ON_SERVER(the_last_that_leaves_ends_the_run),
        ON_SERVER(a_lease_outlives_a_store_that_is_away_for_a_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
