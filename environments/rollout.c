/* Reading the rollout of an environment document. */
#include "environments/rollout.h"
#include "base/arena.h"
#include "environments/parse.h"

#define PARALLEL_MAX 10000

static int read_match(struct env_parser *p, const struct yaml_node *value, void *into)
{
    struct rollout_wave *w = into;
    int rc = yaml_expect(value, YAML_MAP, "match", p->err);
    if (!rc && value->n == 0) {
        rc = yaml_error(p->err, value, "match needs at least one label");
    }
    for (size_t i = 0; i < value->n && !rc; i++) {
        const struct yaml_node *want = value->items[i];
        struct label_match *m = vec_push(p->a, &w->match);
        rc = env_read_name(p, value->keys[i], "a label", &m->name);
        if (!rc && want->kind != YAML_LIST) {
            rc = yaml_string(want, vec_push(p->a, &m->values), p->err);
        }
        for (size_t j = 0; want->kind == YAML_LIST && j < want->n && !rc; j++) {
            rc = yaml_string(want->items[j], vec_push(p->a, &m->values), p->err);
        }
        if (!rc && m->values.n == 0) {
            rc = yaml_error(p->err, want, "expected at least one value, found an empty list");
        }
    }
    return rc;
}

static int read_count(struct env_parser *p, const struct yaml_node *value, void *into)
{
    return yaml_int(value, 1, ENV_TARGETS_MAX, &((struct rollout_wave *)into)->amount, p->err);
}

static int read_percent(struct env_parser *p, const struct yaml_node *value, void *into)
{
    return env_read_percent(p, value, 1, &((struct rollout_wave *)into)->amount);
}

static int read_rest(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    bool rest;
    int rc = yaml_bool(value, &rest, p->err);
    return !rc && !rest ? yaml_error(p->err, value, "rest can only be true") : rc;
}

static int read_wave_parallel(struct env_parser *p, const struct yaml_node *value, void *into)
{
    return yaml_int(value, 1, PARALLEL_MAX, &((struct rollout_wave *)into)->parallel, p->err);
}

static int read_wave_per_server(struct env_parser *p, const struct yaml_node *value, void *into)
{
    return yaml_int(value, 1, PARALLEL_MAX, &((struct rollout_wave *)into)->parallel_per_server, p->err);
}

static int read_wave_atomic(struct env_parser *p, const struct yaml_node *value, void *into)
{
    return yaml_bool(value, &((struct rollout_wave *)into)->atomic, p->err);
}

static int pause_for(struct env_parser *p, const struct yaml_node *value, void *into)
{
    struct rollout_wave *w = into;
    w->pause = WAVE_PAUSE_TIME;
    return yaml_duration(value, &w->pause_ms, p->err);
}

static int pause_query(struct env_parser *p, const struct yaml_node *value, void *into)
{
    struct rollout_wave *w = into;
    int rc = env_check_string(p, value, NULL);
    w->pause = WAVE_PAUSE_QUERY;
    return rc ? rc : yaml_string(value, &w->pause_query, p->err);
}

static int pause_timeout(struct env_parser *p, const struct yaml_node *value, void *into)
{
    struct rollout_wave *w = into;
    int rc = yaml_duration(value, &w->pause_ms, p->err);
    return !rc && w->pause_ms == 0 ? yaml_error(p->err, value, "expected a time longer than nothing") : rc;
}

static int read_pause_map(struct env_parser *p, const struct yaml_node *value, struct rollout_wave *w)
{
    static const struct env_key keys[] = {
        {"for", pause_for}, {"query", pause_query}, {"timeout", pause_timeout}};
    int rc = env_read_map(p, value, keys, COUNT_OF(keys), w);
    if (rc) {
        return rc;
    }
    if (!yaml_get(value, "for") == !yaml_get(value, "query")) {
        return yaml_error(p->err, value,
                          "a pause is either \"for\" a time or until a \"query\" returns true");
    }
    if (yaml_get(value, "for") && yaml_get(value, "timeout")) {
        return yaml_error(p->err, yaml_key(value, "timeout"), "only a query has a timeout");
    }
    return 0;
}

static int read_pause(struct env_parser *p, const struct yaml_node *value, void *into)
{
    struct rollout_wave *w = into;
    int rc = 0;
    if (value->kind == YAML_MAP) {
        rc = read_pause_map(p, value, w);
    } else if (value->kind == YAML_SCALAR && slice_eq(value->text, "manual")) {
        w->pause = WAVE_PAUSE_PERSON;
    } else {
        rc = pause_for(p, value, w);
        if (rc) {
            err_hint(p->err,
                     "Write a duration such as 10min, \"manual\" for a person to go on, or { query: ... }.");
        }
    }
    if (w->pause == WAVE_PAUSE_TIME && w->pause_ms == 0) {
        w->pause = WAVE_PAUSE_NONE;
    }
    if (w->pause == WAVE_PAUSE_QUERY && w->pause_ms == 0) {
        w->pause_ms = WAVE_QUERY_TIMEOUT_MS;
    }
    return rc;
}

/* Among the waves before. */
static size_t wave_find(const struct rollout *r, const char *name)
{
    size_t i = 0;
    while (i < r->waves.n && strcmp(r->waves.items[i].name, name) != 0) {
        i++;
    }
    return i;
}

static int read_wave_name(struct env_parser *p, const struct yaml_node *value, void *into)
{
    struct rollout_wave *w = into;
    int rc = env_read_name(p, value, "a wave", &w->name);
    if (!rc && wave_find(&p->e->rollout, w->name) < p->e->rollout.waves.n) {
        rc = yaml_error(p->err, value, "two waves are named \"%s\"", w->name);
    }
    return rc;
}

static int unknown_wave(struct env_parser *p, const struct yaml_node *value, const char *name)
{
    const struct rollout *r = &p->e->rollout;
    const char **names = arena_array(p->a, r->waves.n + 1, sizeof(*names));
    size_t n = 0;
    for (size_t i = 0; i < r->waves.n; i++) {
        if (yaml_get(r->waves.items[i].node, "name")) {
            names[n++] = r->waves.items[i].name;
        }
    }
    yaml_error(p->err, value, "no wave before this one is named \"%s\"", name);
    const char *near = str_nearest(name, names, n);
    return near ? err_hint(p->err, "did you mean \"%s\"?", near)
                : err_hint(p->err, "Give the wave to wait for a name, and put it before this one.");
}

static int read_depends_on(struct env_parser *p, const struct yaml_node *value, void *into)
{
    struct rollout_wave *w = into;
    const struct rollout *r = &p->e->rollout;
    int rc = env_check_names(p, value, NULL);
    bool *chosen = arena_array(p->a, r->waves.n + 1, sizeof(bool));
    for (size_t i = 0; i < value->n && !rc; i++) {
        const char *name = value->items[i]->text.ptr;
        size_t at = wave_find(r, name);
        if (at == r->waves.n) {
            rc = unknown_wave(p, value->items[i], name);
        } else {
            chosen[at] = true;
        }
    }
    for (size_t i = 0; i < r->waves.n; i++) {
        if (chosen[i]) {
            *vec_push(p->a, &w->depends_on) = (unsigned)i;
        }
    }
    w->waits_for_some = true;
    return rc;
}

static const char *const choices[] = {"match", "count", "percent", "rest"};
_Static_assert(COUNT_OF(choices) == WAVE_CHOICE_COUNT, "a key for each choice");

static int read_choice(struct env_parser *p, struct rollout_wave *w)
{
    int chosen = 0;
    for (size_t i = 0; i < COUNT_OF(choices); i++) {
        if (yaml_get(w->node, choices[i])) {
            w->choice = (enum wave_choice)i;
            chosen++;
        }
    }
    return chosen == 1
               ? 0
               : yaml_error(p->err, w->node, "a wave needs exactly one of match, count, percent and rest");
}

/* Shares are of all targets, so together they come to all of them at most. */
static int check_shares(struct env_parser *p, const struct rollout_wave *last)
{
    int64_t sum = last->choice == WAVE_PERCENT ? last->amount : 0;
    const struct rollout_wave *w;
    vec_each (w, &p->e->rollout.waves) {
        sum += w->choice == WAVE_PERCENT ? w->amount : 0;
    }
    if (sum <= 100 || last->choice != WAVE_PERCENT) {
        return 0;
    }
    yaml_error(p->err, yaml_get(last->node, "percent"), "the shares of the waves add up to %lld %%",
               (long long)sum);
    return err_hint(p->err,
                    "A share is of all targets, not of those that are left: \"rest: true\" takes those.");
}

static int read_wave(struct env_parser *p, const struct yaml_node *node)
{
    static const struct env_key keys[] = {{"name", read_wave_name},
                                          {"match", read_match},
                                          {"count", read_count},
                                          {"percent", read_percent},
                                          {"rest", read_rest},
                                          {"parallel", read_wave_parallel},
                                          {"parallel_per_server", read_wave_per_server},
                                          {"depends_on", read_depends_on},
                                          {"pause", read_pause},
                                          {"atomic", read_wave_atomic}};
    struct rollout *r = &p->e->rollout;
    struct rollout_wave wave = {.node = node};
    int rc = yaml_expect(node, YAML_MAP, "a wave", p->err);
    rc = rc ? rc : env_read_map(p, node, keys, COUNT_OF(keys), &wave);
    rc = rc ? rc : read_choice(p, &wave);
    rc = rc ? rc : check_shares(p, &wave);
    if (rc) {
        return rc;
    }
    if (r->waves.n && r->waves.items[r->waves.n - 1].choice == WAVE_REST) {
        yaml_error(p->err, node, "no target is left for a wave after \"rest\"");
        return err_hint(p->err, "Put the wave with rest: true last.");
    }
    if (!wave.name) {
        wave.name = arena_printf(p->a, "%zu", r->waves.n + 1);
        if (wave_find(r, wave.name) < r->waves.n) {
            yaml_error(p->err, node, "two waves are named \"%s\"", wave.name);
            return err_hint(p->err, "A wave without a name goes by its number: give this one a name.");
        }
    }
    *vec_push(p->a, &r->waves) = wave;
    return 0;
}

static int read_parallel(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    return yaml_int(value, 1, PARALLEL_MAX, &p->e->rollout.parallel, p->err);
}

static int read_parallel_per_server(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    return yaml_int(value, 1, PARALLEL_MAX, &p->e->rollout.parallel_per_server, p->err);
}

static int read_on_failure(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    static const char *const names[] = {"stop", "continue", "rollback"};
    _Static_assert(COUNT_OF(names) == ON_FAILURE_COUNT, "a name for each way");
    int i;
    int rc = yaml_enum(value, names, COUNT_OF(names), &i, p->err);
    if (!rc) {
        p->e->rollout.on_failure = (enum on_failure)i;
    }
    return rc;
}

static int read_rollback_scope(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    static const char *const names[] = {"target", "wave", "run"};
    _Static_assert(COUNT_OF(names) == ROLLBACK_SCOPE_COUNT, "a name for each scope");
    int i;
    int rc = yaml_enum(value, names, COUNT_OF(names), &i, p->err);
    if (!rc) {
        p->e->rollout.rollback_scope = (enum rollback_scope)i;
    }
    return rc;
}

static int read_max_failures(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    struct rollout *r = &p->e->rollout;
    r->max_failures_percent =
        value->kind == YAML_SCALAR && value->text.len && value->text.ptr[value->text.len - 1] == '%';
    return r->max_failures_percent ? env_read_percent(p, value, 0, &r->max_failures)
                                   : yaml_int(value, 0, ENV_TARGETS_MAX, &r->max_failures, p->err);
}

static int read_atomic(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    return yaml_bool(value, &p->e->rollout.atomic, p->err);
}

static int read_waves(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    int rc = yaml_expect(value, YAML_LIST, "waves", p->err);
    if (!rc && value->n == 0) {
        rc = yaml_error(p->err, value, "expected at least one wave, found an empty list");
    }
    for (size_t i = 0; i < value->n && !rc; i++) {
        rc = read_wave(p, value->items[i]);
    }
    return rc;
}

/* What a wave does not say, the rollout says for it; its keys may stand in any order. */
static void inherit(struct rollout *r)
{
    struct rollout_wave *w;
    vec_each (w, &r->waves) {
        w->parallel = w->parallel ? w->parallel : r->parallel;
        w->parallel_per_server = w->parallel_per_server ? w->parallel_per_server : r->parallel_per_server;
        w->atomic = yaml_get(w->node, "atomic") ? w->atomic : r->atomic;
    }
}

int env_read_rollout(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    static const struct env_key keys[] = {{"waves", read_waves},
                                          {"parallel", read_parallel},
                                          {"parallel_per_server", read_parallel_per_server},
                                          {"on_failure", read_on_failure},
                                          {"rollback_scope", read_rollback_scope},
                                          {"max_failures", read_max_failures},
                                          {"atomic", read_atomic}};
    p->e->rollout.node = value;
    int rc = env_read_map(p, value, keys, COUNT_OF(keys), NULL);
    if (!rc) {
        inherit(&p->e->rollout);
    }
    return rc;
}

int64_t rollout_most_at_once(const struct rollout *r)
{
    int64_t most = r->waves.n ? 1 : r->parallel;
    for (size_t i = 0; i < r->waves.n; i++) {
        most = r->waves.items[i].parallel > most ? r->waves.items[i].parallel : most;
    }
    return most;
}

static int64_t on_one_server(int64_t parallel, int64_t per_server)
{
    return per_server && per_server < parallel ? per_server : parallel;
}

int64_t rollout_most_per_server(const struct rollout *r)
{
    int64_t most = r->waves.n ? 1 : on_one_server(r->parallel, r->parallel_per_server);
    for (size_t i = 0; i < r->waves.n; i++) {
        const struct rollout_wave *w = &r->waves.items[i];
        int64_t n = on_one_server(w->parallel, w->parallel_per_server);
        most = n > most ? n : most;
    }
    return most;
}
