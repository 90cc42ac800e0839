/* Working through a fleet on many threads: limits of servers, and the same first error each time. */
#include "base/arena.h"
#include "engine/fleet_crew.h"
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>

#include <cmocka.h>

#define SERVERS 3

static const struct driver remote = {.name = "postgresql"};
static const struct environment plain = {.rollout = {.parallel = 1}}, busy = {.rollout = {.parallel = 40}},
                                limited = {.rollout = {.parallel = 40, .parallel_per_server = 20}},
                                shy = {.rollout = {.parallel = 8, .parallel_per_server = 2}};
static const char *const servers[SERVERS] = {"a:1", "b:1", "c:1"};

struct watched {
    atomic_int active[SERVERS], most[SERVERS], calls;
    const struct member *first; /* of the fleet */
    size_t fails_from;          /* members from here on fail; SIZE_MAX: none does */
    size_t slow;                /* this one fails last of all */
};

static void fleet_of(struct arena *a, size_t n, size_t nservers, struct fleet *f, struct crew_unit *units)
{
    struct member **list = arena_array(a, n, sizeof(*list));
    *f = (struct fleet){.arena = a};
    f->members.items = arena_array(a, n, sizeof(struct member));
    f->members.n = n;
    for (size_t i = 0; i < n; i++) {
        f->members.items[i].server = servers[i % nservers];
        f->members.items[i].driver = &remote;
        f->members.items[i].environment = &plain;
        list[i] = &f->members.items[i];
        units[i] = (struct crew_unit){&list[i], 1};
    }
}

static void call(void *arg, struct fleet *f UNUSED, const struct crew_unit *u, struct arena *scratch)
{
    struct watched *w = arg;
    struct member *m = u->members[0];
    size_t index = (size_t)(m - w->first), server = 0;
    while (servers[server] != m->server) {
        server++;
    }
    int now = atomic_fetch_add(&w->active[server], 1) + 1, most = atomic_load(&w->most[server]);
    while (now > most && !atomic_compare_exchange_weak(&w->most[server], &most, now)) {
    }
    int calls = atomic_fetch_add(&w->calls, 1);
    assert_non_null(arena_alloc(scratch, 100));
    for (int i = 0; i < 20 || (index == w->slow && atomic_load(&w->calls) < calls + 5 && i < 100000); i++) {
        sched_yield();
    }
    for (size_t i = 0; i < u->n; i++) {
        size_t at = (size_t)(u->members[i] - w->first);
        struct err err;
        if (at >= w->fails_from) {
            err_set(&err, ERR_UNREACHABLE, "%zu", at);
            member_fail(u->members[i], &err);
        }
    }
    atomic_fetch_sub(&w->active[server], 1);
}

static void release(struct fleet *f)
{
    for (size_t i = 0; i < f->members.n; i++) {
        arena_release(&f->members.items[i].arena);
        f->members.items[i].err = NULL;
    }
}

static void every_unit_once_within_the_limits(void **state)
{
    (void)state;
    for (size_t nservers = 1; nservers <= SERVERS; nservers++) {
        AUTO(arena_release) struct arena a = ARENA_INIT;
        struct fleet f;
        struct crew_unit units[300];
        fleet_of(&a, 300, nservers, &f, units);
        struct watched w = {.first = f.members.items, .fails_from = SIZE_MAX, .slow = SIZE_MAX};
        assert_int_equal(crew_work(&f, units, 300, false, call, &w), 0);
        assert_int_equal(atomic_load(&w.calls), 300);
        for (size_t i = 0; i < SERVERS; i++) {
            assert_in_range(atomic_load(&w.most[i]), i < nservers ? 1 : 0, 16);
        }
    }
}

/* As many as the environment has at work at once. */
static void limits_of_the_environment(void **state)
{
    (void)state;
    static const struct {
        const struct environment *environment;
        int most;
    } cases[] = {{&busy, 40}, {&limited, 20}, {&shy, 2}};
    for (size_t k = 0; k < COUNT_OF(cases); k++) {
        AUTO(arena_release) struct arena a = ARENA_INIT;
        struct fleet f;
        struct crew_unit units[300];
        fleet_of(&a, 300, 1, &f, units);
        f.members.items[0].environment = cases[k].environment;
        struct watched w = {.first = f.members.items, .fails_from = SIZE_MAX, .slow = SIZE_MAX};
        assert_int_equal(crew_work(&f, units, 300, false, call, &w), 0);
        assert_in_range(atomic_load(&w.most[0]), 1, cases[k].most);
    }
}

static void all_are_tried_when_they_are_to_be(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct fleet f;
    struct crew_unit units[100];
    fleet_of(&a, 100, 2, &f, units);
    struct watched w = {.first = f.members.items, .fails_from = 40, .slow = SIZE_MAX};
    assert_int_equal(crew_work(&f, units, 100, true, call, &w), 60);
    assert_int_equal(atomic_load(&w.calls), 100);
    release(&f);
}

/* Also when it is the last to come back. */
static void the_first_error_is_found_each_time(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct fleet f;
    struct crew_unit units[200];
    fleet_of(&a, 200, 2, &f, units);
    for (int round = 0; round < 30; round++) {
        struct watched w = {.first = f.members.items, .fails_from = 50, .slow = 50};
        size_t failed = crew_work(&f, units, 200, false, call, &w);
        assert_in_range(failed, 1, 64);
        assert_true(atomic_load(&w.calls) < 150); /* the rest is left out */
        struct err err = {0};
        assert_int_equal(fleet_first_error(&f, &err), ERR_UNREACHABLE);
        assert_string_equal(err.message, "50");
        release(&f);
    }
}

/* Units of several members, whose errors stand between those of other units. */
static void errors_within_units(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct fleet f;
    struct crew_unit units[3], ignored[6];
    fleet_of(&a, 6, 1, &f, ignored);
    struct member *m = f.members.items, *one[] = {&m[0], &m[5]}, *two[] = {&m[1], &m[2]}, *three[] = {&m[3]};
    units[0] = (struct crew_unit){one, 2};
    units[1] = (struct crew_unit){two, 2};
    units[2] = (struct crew_unit){three, 1};
    for (int round = 0; round < 50; round++) {
        struct watched w = {.first = m, .fails_from = 1, .slow = SIZE_MAX};
        crew_work(&f, units, 3, false, call, &w);
        struct err err = {0};
        fleet_first_error(&f, &err);
        assert_string_equal(err.message, "1");
        release(&f);
    }
}

static void no_members(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct fleet f = {.arena = &a};
    struct watched w = {0};
    assert_int_equal(crew_work(&f, NULL, 0, false, call, &w), 0);
    assert_int_equal(fleet_read(&f, false), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_unit_once_within_the_limits),
        cmocka_unit_test(limits_of_the_environment),
        cmocka_unit_test(all_are_tried_when_they_are_to_be),
        cmocka_unit_test(the_first_error_is_found_each_time),
        cmocka_unit_test(errors_within_units),
        cmocka_unit_test(no_members),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
