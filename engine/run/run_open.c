/* Before a run begins: everything that can be refused, and what it will need. */
#include "engine/run/again.h"
#include "engine/run/limits.h"
#include "engine/run/run_internal.h"
#include "engine/store/claims.h"
#include <stdlib.h>

/* Where the position stands is part of what was approved. */
static int check_version_table(const struct run *r, struct err *err)
{
    const struct project *p = r->opts.fleet->project;
    const char *table = p && p->version_table ? p->version_table : "alembic_version";
    const char *schema = p && p->version_table_schema ? p->version_table_schema : "";
    const char *planned = r->plan->version_table_schema ? r->plan->version_table_schema : "";
    if (strcmp(table, r->plan->version_table) == 0 && strcmp(schema, planned) == 0) {
        return 0;
    }
    err_set(err, ERR_REFUSED, "the plan was made for the version table %s%s%s, which is now %s%s%s", planned,
            *planned ? "." : "", r->plan->version_table, schema, *schema ? "." : "", table);
    return err_hint(err, "Make a new plan, or put version_table in the project file back as it was.");
}

static int by_name(const void *a, const void *b)
{
    struct member *const *x = a, *const *y = b;
    return strcmp((*x)->target->name, (*y)->target->name);
}

static int check_member(const struct run *r, const struct plan_target *t, const struct member *m,
                        struct err *err)
{
    if (!m) {
        err_set(err, ERR_REFUSED, "target %s of the plan is not in environment %s any more", t->name,
                r->plan->environment);
        return err_hint(err, "Make a new plan.");
    }
    if (m->lost) {
        *err = *m->lost;
        return err->status;
    }
    if (strcmp(m->driver->name, r->plan->tracks.items[t->track].dialect) != 0 ||
        strcmp(m->address, t->address) != 0) {
        err_set(err, ERR_REFUSED, "target %s was planned for %s and is now %s", t->name, t->address,
                m->address);
        return err_hint(err, "Make a new plan.");
    }
    return 0;
}

static int find_members(struct run *r, struct err *err)
{
    struct fleet *fleet = r->opts.fleet;
    size_t n = fleet->members.n;
    struct member **sorted = arena_array(r->a, n + 1, sizeof(struct member *));
    for (size_t i = 0; i < n; i++) {
        sorted[i] = &fleet->members.items[i];
    }
    qsort(sorted, n, sizeof(*sorted), by_name);
    for (size_t i = 0; i < r->plan->targets.n; i++) {
        const struct plan_target *t = &r->plan->targets.items[i];
        struct target named = {.name = t->name};
        struct member key = {.target = &named}, *sought = &key;
        struct member **found = bsearch(&sought, sorted, n, sizeof(*sorted), by_name);
        int rc = check_member(r, t, found ? *found : NULL, err);
        if (rc) {
            return rc;
        }
        r->members[i] = *found;
        r->members[i]->lock_timeout_ms = t->lock_timeout_ms;
        r->members[i]->statement_timeout_ms = t->statement_timeout_ms;
    }
    return 0;
}

static size_t at_once(const struct run *r)
{
    return r->roster.most < r->plan->targets.n ? r->roster.most : r->plan->targets.n;
}

static void set_up_results(struct run *r)
{
    const struct plan *plan = r->plan;
    const char **servers = arena_array(r->a, plan->targets.n + 1, sizeof(*servers));
    for (size_t i = 0; i < plan->targets.n; i++) {
        struct target_result *t = vec_push(r->a, &r->result->targets);
        t->name = plan->targets.items[i].name;
        t->steps = plan->tracks.items[plan->targets.items[i].track].steps.n;
        servers[i] = r->members[i]->server;
    }
    roster_init(r->a, plan, servers, &r->roster);
    pauses_init(r);
    atomics_init(r);
}

/* Everything that can be refused is, before anything is written down or sent. */
int run_open(struct run *r, struct err *err)
{
    size_t n = r->plan->targets.n;
    r->members = arena_array(r->a, n + 1, sizeof(*r->members));
    r->jobs = arena_array(r->a, n + 1, sizeof(*r->jobs));
    r->anywhere = arena_array(r->a, n + 1, sizeof(*r->anywhere));
    r->begun = arena_array(r->a, r->plan->waves.n + 1, sizeof(*r->begun));
    pthread_mutex_init(&r->telling, NULL);
    r->tells = true;
    int rc = check_version_table(r, err);
    rc = rc ? rc : find_members(r, err);
    rc = rc ? rc : audit_close_abandoned(r->opts.store, err);
    if (rc) {
        return rc;
    }
    set_up_results(r);
    if (r->opts.join && r->atomics.waves) {
        err_set(err, ERR_REFUSED,
                "a plan with atomic waves is carried out by one runner, which has all of a wave in hand");
        return err_hint(err, "Apply it without --join.");
    }
    rc = r->opts.again && !r->opts.join ? again_load(r, err) : 0;
    rc = rc ? rc : limits_reserve_files(at_once(r), atomics_most(r), err);
    if (rc == 0) {
        r->crew = crew_open(at_once(r), r->opts.control);
    }
    return rc;
}

void run_close(struct run *r)
{
    crew_close(r->crew);
    shared_close(r);
    claims_close(r->claims);
    pauses_release(r);
    arena_release(&r->queue.arena);
    if (r->tells) {
        pthread_mutex_destroy(&r->telling);
    }
}

/* Other machines see by it that the run is alive. */
int run_keep_lease(struct run *r, struct err *err)
{
    struct claims_opts opts = {.run = r->result->run, .actor = r->actor, .host = r->host};
    return store_is_shared(r->opts.store) ? claims_open(r->opts.store, &opts, &r->claims, err) : 0;
}

int run_name(struct run *r, struct err *err)
{
    char *id = NULL;
    if (r->opts.join) {
        return 0; /* that is found out when it is entered */
    }
    if (r->opts.again) {
        r->result->run = r->opts.again->row->run;
        return 0;
    }
    int rc = store_run_id(r->opts.store, r->a, &id, err);
    r->result->run = id;
    return rc;
}
