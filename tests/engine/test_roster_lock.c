/* Events of any thread carry the roster's counts: whoever changes them holds r->telling. Without it
 * ThreadSanitizer ends this test with 66. */
#include "base/arena.h"
#include "base/thread.h"
#include "engine/run/shared_internal.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>

#include <cmocka.h>
#include <sched.h>

enum { TARGETS = 8, ROUNDS = 40 };

static atomic_int told, over;

static void on_event(void *arg, const struct run_event *e)
{
    size_t *sum = arg;
    *sum += e->running + e->wave_running + e->failed;
    atomic_fetch_add_explicit(&told, 1, memory_order_relaxed);
}

/* A worker of another target, which tells how far it is. */
static void *tell(void *arg)
{
    while (!atomic_load_explicit(&over, memory_order_relaxed)) {
        run_tell(arg, &(struct run_event){.kind = RUN_PROGRESS, .index = 0, .target = "t"});
        sched_yield(); /* on two processors the other thread has to come by */
    }
    return NULL;
}

static void wait_for_more(void)
{
    int seen = atomic_load_explicit(&told, memory_order_relaxed);
    while (atomic_load_explicit(&told, memory_order_relaxed) == seen) {
        sched_yield();
    }
}

static void set_up(struct arena *a, struct plan *plan, struct run *r, struct shared *shared)
{
    *vec_push(a, &plan->waves) = (struct plan_wave){.name = "all", .n = TARGETS, .parallel = TARGETS};
    for (size_t i = 0; i < TARGETS; i++) {
        *vec_push(a, &plan->targets) = (struct plan_target){.name = "t"};
        *vec_push(a, &r->result->targets) = (struct target_result){.name = "t"};
    }
    shared->mine = arena_array(a, TARGETS, sizeof(bool));
    shared->ended_here = arena_array(a, TARGETS, sizeof(bool));
    shared->claim = arena_array(a, TARGETS, sizeof(int64_t));
    const char **servers = arena_array(a, TARGETS, sizeof(*servers));
    pthread_mutex_init(&r->telling, NULL);
    roster_init(a, plan, servers, &r->roster);
}

static void test_a_target_that_is_given_back_changes_the_counts_under_their_lock(UNUSED void **state)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    size_t sum = 0, target;
    struct plan plan = {0};
    struct run_result result = {0};
    struct run_opts asked = {.on_event = on_event, .arg = &sum};
    struct shared shared = {0};
    struct run r = {.a = &a, .plan = &plan, .result = &result, .asked = &asked, .shared = &shared};
    pthread_t teller;
    set_up(&a, &plan, &r, &shared);
    assert_int_equal(thread_start(&teller, 0, tell, &r), 0);
    for (size_t i = 0; i < ROUNDS; i++) {
        assert_true(run_next(&r, &target));
        bool lost = i % 2; /* or interrupted */
        result.targets.items[target].outcome = TARGET_FAILED;
        result.targets.items[target].err.status = lost ? ERR_FAILED : ERR_INTERRUPTED;
        struct target_job job = {.run = &r, .index = target, .rc = lost ? ERR_REFUSED : 0};
        wait_for_more(); /* it has read what is changed now */
        assert_true(shared_ended(&r, &job));
        pthread_mutex_lock(&r.telling);
        roster_set(&r.roster, target, ROSTER_PENDING);
        pthread_mutex_unlock(&r.telling);
    }
    atomic_store_explicit(&over, 1, memory_order_relaxed);
    pthread_join(teller, NULL);
    assert_int_equal(r.roster.running, 0);
    pthread_mutex_destroy(&r.telling);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_target_that_is_given_back_changes_the_counts_under_their_lock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
