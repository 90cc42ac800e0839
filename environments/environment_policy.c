/* The parts of an environment document that say how a run goes: rollout, waves, approvals, gates, notices. */
#include "base/arena.h"
#include "base/vec.h"
#include "environments/parse.h"

/* --- rollout */

static int read_parallel(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    return yaml_int(value, 1, 10000, &p->e->rollout.parallel, p->err);
}

static int read_parallel_per_server(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    return yaml_int(value, 1, 10000, &p->e->rollout.parallel_per_server, p->err);
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
    p->e->rollout.waves = value;
    return env_check_waves(p, value, NULL);
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
    return env_read_map(p, value, keys, COUNT_OF(keys), NULL);
}

/* --- waves */

struct waves {
    strings_t names; /* of the waves before */
    const struct yaml_node *rest;
};

static int check_match(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    int rc = yaml_expect(value, YAML_MAP, "match", p->err);
    if (!rc && value->n == 0) {
        rc = yaml_error(p->err, value, "match needs at least one label");
    }
    for (size_t i = 0; i < value->n && !rc; i++) {
        const struct yaml_node *want = value->items[i];
        const char *text;
        rc = env_read_name(p, value->keys[i], "a label", &text);
        if (!rc && want->kind != YAML_LIST) {
            rc = yaml_string(want, &text, p->err);
        }
        for (size_t j = 0; want->kind == YAML_LIST && j < want->n && !rc; j++) {
            rc = yaml_string(want->items[j], &text, p->err);
        }
    }
    return rc;
}

static int check_percent(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    int64_t n;
    return env_read_percent(p, value, 1, &n);
}

static int check_rest(struct env_parser *p, const struct yaml_node *value, void *into)
{
    struct waves *w = into;
    bool rest;
    int rc = yaml_bool(value, &rest, p->err);
    if (!rc && !rest) {
        rc = yaml_error(p->err, value, "rest can only be true");
    }
    w->rest = value;
    return rc;
}

static int check_pause(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    static const struct env_key keys[] = {
        {"for", env_check_duration}, {"query", env_check_string}, {"timeout", env_check_duration}};
    if (value->kind == YAML_MAP) {
        int rc = env_read_map(p, value, keys, COUNT_OF(keys), NULL);
        if (!rc && !yaml_get(value, "for") == !yaml_get(value, "query")) {
            rc = yaml_error(p->err, value,
                            "a pause is either \"for\" a time or until a \"query\" returns true");
        }
        return rc;
    }
    if (value->kind == YAML_SCALAR && slice_eq(value->text, "manual")) {
        return 0;
    }
    int64_t ms;
    int rc = yaml_duration(value, &ms, p->err);
    return rc ? err_hint(
                    p->err,
                    "Write a duration such as 10min, \"manual\" for a person to go on, or { query: ... }.")
              : 0;
}

static int wave_name(struct env_parser *p, const struct yaml_node *value, void *into)
{
    struct waves *w = into;
    const char *name;
    int rc = env_read_name(p, value, "a wave", &name);
    for (size_t i = 0; i < w->names.n && !rc; i++) {
        if (strcmp(w->names.items[i], name) == 0) {
            rc = yaml_error(p->err, value, "two waves are named \"%s\"", name);
        }
    }
    return rc;
}

static int check_depends_on(struct env_parser *p, const struct yaml_node *value, void *into)
{
    struct waves *w = into;
    int rc = env_check_names(p, value, NULL);
    for (size_t i = 0; i < value->n && !rc; i++) {
        const char *name = value->items[i]->text.ptr;
        bool known = false;
        for (size_t j = 0; j < w->names.n && !known; j++) {
            known = strcmp(w->names.items[j], name) == 0;
        }
        if (!known) {
            yaml_error(p->err, value->items[i], "no wave before this one is named \"%s\"", name);
            const char *near = str_nearest(name, w->names.items, w->names.n);
            return near ? err_hint(p->err, "did you mean \"%s\"?", near)
                        : err_hint(p->err, "Give the wave to wait for a name, and put it before this one.");
        }
    }
    return rc;
}

static int check_wave(struct env_parser *p, const struct yaml_node *wave, struct waves *w)
{
    static const char *const choices[] = {"match", "count", "percent", "rest"};
    static const struct env_key keys[] = {{"name", wave_name},
                                          {"match", check_match},
                                          {"count", env_check_count},
                                          {"percent", check_percent},
                                          {"rest", check_rest},
                                          {"parallel", env_check_count},
                                          {"parallel_per_server", env_check_count},
                                          {"depends_on", check_depends_on},
                                          {"pause", check_pause}};
    const struct yaml_node *rest_before = w->rest;
    int rc = yaml_expect(wave, YAML_MAP, "a wave", p->err);
    if (!rc) {
        rc = env_read_map(p, wave, keys, COUNT_OF(keys), w);
    }
    if (rc) {
        return rc;
    }
    int chosen = 0;
    for (size_t i = 0; i < COUNT_OF(choices); i++) {
        chosen += yaml_get(wave, choices[i]) != NULL;
    }
    if (chosen != 1) {
        return yaml_error(p->err, wave, "a wave needs exactly one of match, count, percent and rest");
    }
    if (rest_before) {
        yaml_error(p->err, wave, "no target is left for a wave after \"rest\"");
        return err_hint(p->err, "Put the wave with rest: true last.");
    }
    const struct yaml_node *name = yaml_get(wave, "name");
    if (name) {
        *vec_push(p->a, &w->names) = name->text.ptr;
    }
    return 0;
}

int env_check_waves(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    struct waves w = {0};
    int rc = yaml_expect(value, YAML_LIST, "waves", p->err);
    if (!rc && value->n == 0) {
        rc = yaml_error(p->err, value, "expected at least one wave, found an empty list");
    }
    for (size_t i = 0; i < value->n && !rc; i++) {
        rc = check_wave(p, value->items[i], &w);
    }
    return rc;
}

/* --- approvals, gates, notices */

int env_check_approvals(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    static const struct env_key keys[] = {
        {"required", env_check_count}, {"from", env_check_names}, {"distinct_from_author", env_check_bool}};
    int rc = env_read_map(p, value, keys, COUNT_OF(keys), NULL);
    return rc ? rc : env_require(p, value, "required", "approvals");
}

static int check_lint(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    static const char *const levels[] = {"note", "warning", "error"};
    int level;
    return yaml_enum(value, levels, COUNT_OF(levels), &level, p->err);
}

static int check_texts(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    if (value->kind != YAML_LIST) {
        return env_check_string(p, value, NULL);
    }
    int rc = value->n ? 0 : yaml_error(p->err, value, "expected at least one entry, found an empty list");
    for (size_t i = 0; i < value->n && !rc; i++) {
        rc = env_check_string(p, value->items[i], NULL);
    }
    return rc;
}

static int check_window(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    static const struct env_key keys[] = {{"allow", check_texts}, {"freeze", check_texts}};
    return env_read_map(p, value, keys, COUNT_OF(keys), NULL);
}

int env_check_gates(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    static const struct env_key keys[] = {
        {"soak", env_check_duration}, {"no_drift", env_check_bool},  {"reversible", env_check_bool},
        {"verify", env_check_bool},   {"lint", check_lint},          {"window", check_window},
        {"query", env_check_string},  {"command", env_check_string}, {"override", env_check_bool}};
    return env_read_map(p, value, keys, COUNT_OF(keys), NULL);
}

static int check_webhook(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    struct template_text t;
    int rc = env_read_template(p, value, false, &t);
    if (rc) {
        return rc;
    }
    if (!template_has_reference(&t) && !slice_starts(value->text, "https://") &&
        !slice_starts(value->text, "http://")) {
        yaml_error(p->err, value, "expected an http:// or https:// URL");
        p->err->excerpt[0] = '\0'; /* webhook addresses are secrets more often than not */
        return ERR_FILE;
    }
    return 0;
}

static int check_secret(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    struct template_text t;
    return env_read_template(p, value, false, &t);
}

static int check_format(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    static const char *const formats[] = {"generic", "slack"};
    int format;
    return yaml_enum(value, formats, COUNT_OF(formats), &format, p->err);
}

static int check_on(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    static const char *const events[] = {"failure", "drift", "approval", "success"};
    int rc = yaml_expect(value, YAML_LIST, "on", p->err);
    if (!rc && value->n == 0) {
        rc = yaml_error(p->err, value, "expected at least one event, found an empty list");
    }
    for (size_t i = 0; i < value->n && !rc; i++) {
        int event;
        rc = yaml_enum(value->items[i], events, COUNT_OF(events), &event, p->err);
    }
    return rc;
}

int env_check_notify(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    static const struct env_key keys[] = {
        {"webhook", check_webhook}, {"format", check_format}, {"secret", check_secret}, {"on", check_on}};
    int rc = yaml_expect(value, YAML_LIST, "notify", p->err);
    for (size_t i = 0; i < value->n && !rc; i++) {
        rc = env_read_map(p, value->items[i], keys, COUNT_OF(keys), NULL);
        if (!rc) {
            rc = env_require(p, value->items[i], "webhook", "an entry of notify");
        }
    }
    return rc;
}
