/* Claims in the store's tables, and the thread that renews the lease. */
#include "engine/store/claims.h"
#include "base/arena.h"
#include "base/file.h"
#include "base/thread.h"
#include "engine/store/audit.h"
#include "engine/store/sql.h"
#include "engine/store/store_internal.h"
#include <unistd.h>

#define LEASE_MS         30000
#define RENEWALS_A_LEASE 6 /* so that several may fail before it runs out */

static const char doing[] = "cannot claim targets in the store";

struct claims {
    struct arena arena;
    struct store *store, *own; /* own: of the thread, whose renewals wait for nobody's writing */
    const char *run, *runner;
    int64_t lease_ms, seen; /* seen: the newest `written` of a look */
    pthread_t thread;
    bool runs;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t wake;
    bool stop;
    int64_t renewed_us; /* monotonic */
};

/* --- the lease */

/* Counted from before the question was sent: it may have taken long. */
static void renew(struct claims *c)
{
    const struct store_value values[] = {store_text(c->runner), store_number(c->lease_ms * 1000)};
    int64_t asked = time_monotonic_us(), changed = 0;
    /* One that was taken for dead comes back as the newest: who leads meanwhile goes on to lead. */
    int rc = store_run(c->own,
                       "UPDATE runners SET started_us = CASE WHEN lease_until_us > {now} THEN started_us "
                       "ELSE {now} END, lease_until_us = {now} + ?2 WHERE runner = ?1",
                       values, COUNT_OF(values), &changed, doing, NULL);
    pthread_mutex_lock(&c->lock);
    c->renewed_us = rc == 0 && changed == 1 ? asked : c->renewed_us;
    pthread_mutex_unlock(&c->lock);
}

/* A renewal that fails is tried again soon: the store may be away for a moment. */
static void *keep_lease(void *arg)
{
    struct claims *c = arg;
    pthread_mutex_lock(&c->lock);
    while (!c->stop) {
        int64_t age_us = time_monotonic_us() - c->renewed_us, step_us = c->lease_ms * 1000 / RENEWALS_A_LEASE;
        int64_t wait_us = age_us < step_us ? step_us - age_us : step_us / 4;
        int woken = cond_wait_until(&c->wake, &c->lock, time_monotonic_us() + wait_us);
        if (woken && !c->stop) {
            pthread_mutex_unlock(&c->lock);
            renew(c);
            pthread_mutex_lock(&c->lock);
        }
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

static int start_thread(struct claims *c, struct err *err)
{
    pthread_mutex_init(&c->lock, NULL);
    cond_init(&c->wake);
    c->runs = thread_start(&c->thread, 0, keep_lease, c) == 0;
    return c->runs ? 0 : err_set(err, ERR_FAILED, "cannot start a thread for the lease");
}

/* --- entering and leaving */

static int enter_work(void *arg, UNUSED struct store *s, struct arena *a, struct store_calls *calls,
                      UNUSED struct err *err)
{
    struct claims *c = arg;
    const struct store_value values[] = {store_text(c->runner),     store_text(c->run),
                                         store_text(actor_name(a)), store_text(actor_host(a)),
                                         store_number(getpid()),    store_number(c->lease_ms * 1000)};
    store_add(a, calls,
              "INSERT INTO runners (runner, run, actor, host, pid, started_us, lease_until_us) "
              "VALUES (?1, ?2, ?3, ?4, ?5, {now}, {now} + ?6) ON CONFLICT (runner) DO NOTHING",
              values, COUNT_OF(values));
    return 0;
}

int claims_open(struct store *s, const struct claims_opts *opts, struct claims **out, struct err *err)
{
    struct claims *c = xcalloc(1, sizeof(*c));
    c->store = s;
    c->run = arena_dup(&c->arena, opts->run);
    c->runner = arena_printf(&c->arena, "%s:%lld:%s", actor_host(&c->arena), (long long)getpid(),
                             run_id_new(&c->arena));
    c->lease_ms = opts->lease_ms > 0 ? opts->lease_ms : LEASE_MS;
    c->renewed_us = time_monotonic_us();
    c->seen = -1;
    const struct store_work work = {STORE_CHANGES, "cannot enter the run", enter_work, NULL, c};
    int rc = store_reopen(s, &c->own, err);
    rc = rc ? rc : store_transact(s, &c->arena, &work, err);
    rc = rc ? rc : start_thread(c, err);
    if (rc) {
        claims_close(c);
        return rc;
    }
    *out = c;
    return 0;
}

static int leave_work(void *arg, UNUSED struct store *s, struct arena *a, struct store_calls *calls,
                      UNUSED struct err *err)
{
    const struct claims *c = arg;
    const struct store_value values[] = {store_text(c->runner)};
    /* With the rows of those that died and have nothing to be taken over any more. */
    store_add(a, calls,
              "DELETE FROM runners WHERE runner = ?1 OR (lease_until_us < {now} AND run IN "
              "(SELECT run FROM runs WHERE state = 'ended'))",
              values, COUNT_OF(values));
    return 0;
}

void claims_leave(struct claims *c)
{
    if (c->runs) {
        pthread_mutex_lock(&c->lock);
        c->stop = true;
        pthread_cond_signal(&c->wake);
        pthread_mutex_unlock(&c->lock);
        pthread_join(c->thread, NULL);
        pthread_cond_destroy(&c->wake);
        pthread_mutex_destroy(&c->lock);
        /* When the store is not there the lease runs out by itself. */
        const struct store_work work = {STORE_CHANGES, "cannot leave the run", leave_work, NULL, c};
        store_transact(c->store, &c->arena, &work, NULL);
        c->runs = false;
    }
}

void claims_close(struct claims *c)
{
    if (!c) {
        return;
    }
    claims_leave(c);
    store_close(c->own);
    arena_release(&c->arena);
    free(c);
}

const char *claims_runner(const struct claims *c)
{
    return c->runner;
}

bool claims_expired(struct claims *c)
{
    if (!c->runs) {
        return true;
    }
    pthread_mutex_lock(&c->lock);
    bool expired = time_monotonic_us() - c->renewed_us > c->lease_ms * 1000;
    pthread_mutex_unlock(&c->lock);
    return expired;
}

/* --- looking and claiming */

struct look {
    struct claims *c;
    struct arena *a;
    claims_choose_fn choose;
    void *arg;
    struct claims_view view;
    bool found, led; /* led: the first runner that lives was seen */
    claims_picks_t picks;
    struct store_call *claiming; /* the picks' calls; in the arena of the transaction */
};

static int take_run(void *arg, const struct store_row *row, struct err *err)
{
    struct look *l = arg;
    l->found = true;
    l->view.wave = row_number(row, 1);
    l->view.exit_status = (int)row_number(row, 2);
    return runs_read_state(row, 0, &l->view.state, err);
}

static int take_runner(void *arg, const struct store_row *row, UNUSED struct err *err)
{
    struct look *l = arg;
    bool own = slice_eq(row_slice(row, 0), l->c->runner);
    l->view.leads = l->led ? l->view.leads : own;
    l->led = true;
    l->view.runners++;
    return 0;
}

static int take_target(void *arg, const struct store_row *row, struct err *err)
{
    struct look *l = arg;
    struct run_target_row target;
    int rc = runs_read_target(row, l->a, &target, err);
    if (!rc) {
        *vec_push(l->a, &l->view.changed) = target;
    }
    return rc;
}

static int take_wave(void *arg, const struct store_row *row, struct err *err)
{
    struct look *l = arg;
    struct run_wave_row wave;
    int rc = runs_read_wave(row, &wave, err);
    if (!rc) {
        *vec_push(l->a, &l->view.waves) = wave;
    }
    return rc;
}

/* The run's row is locked for the moment: the limits of a run are counted over all runners. */
static int read_view(struct look *l, struct store *s, struct err *err)
{
    const struct store_value values[] = {store_text(l->c->run), store_number(l->c->seen)};
    struct store_call reads[] = {
        {.sql = "SELECT state, wave, exit_status FROM runs WHERE run = ?1 {for_update}", .each = take_run},
        {.sql = "SELECT runner FROM runners WHERE run = ?1 AND lease_until_us > {now} "
                "ORDER BY started_us, runner",
         .each = take_runner},
        {.sql = sql_store_targets_changed, .n = 2, .each = take_target},
        {.sql = "SELECT wave, state, until_us FROM run_waves WHERE run = ?1 ORDER BY wave",
         .each = take_wave},
    };
    for (size_t i = 0; i < COUNT_OF(reads); i++) {
        reads[i].values = values;
        reads[i].n = reads[i].n ? reads[i].n : 1;
        reads[i].arg = l;
    }
    int rc = store_calls(s, reads, COUNT_OF(reads), doing, err);
    if (!rc && !l->found) {
        rc = err_set(err, ERR_FAILED, "run %s is not in the store any more", l->c->run);
    }
    return rc;
}

/* A row that somebody is writing just now is left to him: he was not as dead as he seemed. */
static const char claim_one[] =
    "UPDATE run_targets SET state = 'claimed', runner = ?4, claim = claim + 1 "
    "WHERE run = ?1 AND number IN (SELECT number FROM run_targets WHERE run = ?1 AND number = ?2 "
    "AND claim = ?3 {skip_locked})";

static int look_work(void *arg, struct store *s, struct arena *a, struct store_calls *calls, struct err *err)
{
    struct look *l = arg;
    l->view = (struct claims_view){0};
    l->picks.n = 0;
    l->found = l->led = false;
    int rc = read_view(l, s, err);
    rc = rc ? rc : l->choose(l->arg, &l->view, l->a, &l->picks, err);
    for (size_t i = 0; !rc && i < l->picks.n; i++) {
        const struct claims_pick *p = &l->picks.items[i];
        const struct store_value values[] = {store_text(l->c->run), store_number((int64_t)p->index),
                                             store_number(p->claim), store_text(l->c->runner)};
        store_add(a, calls, claim_one, values, COUNT_OF(values));
    }
    l->claiming = calls->items;
    return rc;
}

int claims_look(struct claims *c, struct arena *a, claims_choose_fn choose, void *arg, claims_picks_t *picks,
                struct err *err)
{
    AUTO(arena_release) struct arena scratch = ARENA_INIT;
    struct look l = {.c = c, .a = a, .choose = choose, .arg = arg};
    /* A claim whose answer was lost stands in the row as this runner's own, and is seen there. */
    const struct store_work work = {STORE_CHANGES, doing, look_work, NULL, &l};
    int rc = store_transact(c->store, &scratch, &work, err);
    if (rc) {
        return rc;
    }
    for (size_t i = 0; i < l.picks.n; i++) {
        l.picks.items[i].taken = l.claiming[i].affected == 1;
    }
    const struct run_target_row *row;
    vec_each (row, &l.view.changed) {
        c->seen = row->written > c->seen ? row->written : c->seen;
    }
    *picks = l.picks;
    return 0;
}
