/* Targets with `each` become as many targets as they have values. */
#include "base/arena.h"
#include "base/vec.h"
#include "environments/parse.h"

struct expansion {
    struct arena *a;
    struct environment *e;
    each_query_fn query;
    void *arg;
    VEC(struct target) targets;
};

static int fail_at(const struct target *t, const char *key, const char *message, struct err *err)
{
    const struct yaml_node *at = yaml_get(t->node, key);
    return at ? yaml_error(err, at, "%s", message) : err_set(err, ERR_FILE, "%s", message);
}

static int compare_names(const void *x, const void *y)
{
    const struct target *a = *(const struct target *const *)x, *b = *(const struct target *const *)y;
    int c = strcmp(a->name, b->name);
    return c ? c : (a > b) - (a < b);
}

int env_unique_names(const struct target *targets, size_t n, struct err *err)
{
    const struct target **sorted = xcalloc(n, sizeof(*sorted)), *first = NULL, *again = NULL;
    for (size_t i = 0; i < n; i++) {
        sorted[i] = &targets[i];
    }
    qsort(sorted, n, sizeof(*sorted), compare_names);
    for (size_t i = 1; i < n; i++) {
        if (strcmp(sorted[i]->name, sorted[i - 1]->name) == 0 && (!again || sorted[i] < again)) {
            first = sorted[i - 1];
            again = sorted[i];
        }
    }
    free(sorted);
    if (!again) {
        return 0;
    }
    const struct yaml_node *at = yaml_get(again->node, "name"), *other = yaml_get(first->node, "name");
    if (!at || !other) {
        return err_set(err, ERR_FILE, "two targets are named \"%.200s\"", again->name);
    }
    yaml_error(err, at, "two targets are named \"%.200s\"", again->name);
    return at == other
               ? err_hint(err, "The values of each repeat; every one must be different.")
               : err_hint(err, "The first one is on line %d; every target needs its own name.", other->line);
}

/* After expansion a name may hold any printable text but white space and what globs and lists of names use.
 */
static bool is_target_name(const char *s)
{
    for (const char *c = s; *c; c++) {
        if ((unsigned char)*c <= ' ' || *c == 0x7F || strchr("/*?[\\,", *c)) {
            return false;
        }
    }
    return *s != '\0' && strlen(s) <= 200 && utf8_valid(s, strlen(s));
}

static int push_target(struct expansion *x, const struct target *t, const char *value, struct err *err)
{
    if (value[0] == '\0') {
        return fail_at(t, "each", "a value of each is empty", err);
    }
    if (x->targets.n >= ENV_TARGETS_MAX) {
        return fail_at(t, "each", "more than 100000 targets", err);
    }
    struct target made = *t;
    made.name = template_plain(x->a, t->name, value);
    if (!is_target_name(value) || !is_target_name(made.name)) {
        fail_at(t, "each", "a value of each cannot stand in a target's name", err);
        return err_hint(err,
                        "Values may not be long or hold white space or any of / * ? [ \\ and the comma.");
    }
    bool nested =
        template_nests_value(t->url.text) || (t->password.text && template_nests_value(t->password.text));
    if (nested && strpbrk(value, "{}$#")) {
        fail_at(t, "each", "a value of each cannot stand in a reference", err);
        return err_hint(err,
                        "Values that become part of a ${...} may not hold \"{\", \"}\", \"$\" or \"#\".");
    }
    /* The path of a SQLite URL stands as written: there is no encoding to undo. */
    bool percent = strncmp(t->url.text, "sqlite", 6) != 0;
    made.url.text = template_put_value(x->a, t->url.text, value, percent);
    if (t->password.text) {
        made.password.text = template_put_value(x->a, t->password.text, value, false);
    }
    made.labels = arena_array(x->a, t->nlabels, sizeof(*made.labels));
    for (size_t i = 0; i < t->nlabels; i++) {
        made.labels[i].name = t->labels[i].name;
        made.labels[i].value = template_plain(x->a, t->labels[i].value, value);
    }
    made.each = (struct each){.kind = EACH_NONE};
    *vec_push(x->a, &x->targets) = made;
    return 0;
}

static int expand_range(struct expansion *x, const struct target *t, struct err *err)
{
    int rc = 0;
    for (int64_t i = t->each.from; i <= t->each.to && !rc; i++) {
        char value[32];
        snprintf(value, sizeof(value), "%0*lld", t->each.width, (long long)i);
        rc = push_target(x, t, value, err);
    }
    return rc;
}

static int expand_values(struct expansion *x, const struct target *t, const char **values, size_t n,
                         struct err *err)
{
    if (n == 0) {
        fail_at(t, "each", "each found no value at all", err);
        return err_hint(err,
                        "Look at what its query returns; an environment without targets would look done.");
    }
    int rc = 0;
    for (size_t i = 0; i < n && !rc; i++) {
        rc = values[i] ? push_target(x, t, values[i], err)
                       : fail_at(t, "each", "a value of each is null", err);
    }
    return rc;
}

static int expand_target(struct expansion *x, const struct target *t, struct err *err)
{
    const char **values = t->each.values;
    size_t n = t->each.n;
    switch (t->each.kind) {
    case EACH_NONE:
        *vec_push(x->a, &x->targets) = *t;
        return 0;
    case EACH_RANGE:
        return expand_range(x, t, err);
    case EACH_QUERY:
        if (!x->query) {
            return fail_at(t, "each", "the query of each cannot be run here", err);
        }
        int rc = x->query(x->arg, x->a, x->e, t, &values, &n, err);
        if (rc) {
            return rc;
        }
        break;
    case EACH_LIST:
        break;
    }
    return expand_values(x, t, values, n, err);
}

int environment_expand(struct arena *a, struct environment *e, each_query_fn query, void *arg,
                       struct err *err)
{
    bool any = false;
    for (size_t i = 0; i < e->ntargets; i++) {
        any = any || e->targets[i].each.kind != EACH_NONE;
    }
    if (!any) {
        return 0;
    }
    struct expansion x = {.a = a, .e = e, .query = query, .arg = arg};
    int rc = 0;
    for (size_t i = 0; i < e->ntargets && !rc; i++) {
        rc = expand_target(&x, &e->targets[i], err);
    }
    if (!rc) {
        rc = env_unique_names(x.targets.items, x.targets.n, err);
    }
    if (rc) {
        return rc;
    }
    e->targets = x.targets.items;
    e->ntargets = x.targets.n;
    return 0;
}
