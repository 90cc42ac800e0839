/* The targets of an environment document: their form, before `each` is expanded. */
#include "base/arena.h"
#include "base/file.h"
#include "base/vec.h"
#include "environments/parse.h"

/* --- tls, tunnel, labels */

static int read_tls_mode(struct env_parser *p, const struct yaml_node *value, void *into)
{
    static const char *const names[] = {"disable", "require", "verify-ca", "verify-full"};
    _Static_assert(COUNT_OF(names) == ENV_TLS_COUNT - ENV_TLS_DISABLE,
                   "a name for each mode but the default");
    struct target *t = into;
    int i;
    int rc = yaml_enum(value, names, COUNT_OF(names), &i, p->err);
    if (!rc) {
        t->tls.mode = (enum env_tls)(i + ENV_TLS_DISABLE);
    }
    return rc;
}

int env_read_path(struct env_parser *p, const struct yaml_node *value, const char **out)
{
    const char *path;
    int rc = env_check_string(p, value, NULL);
    if (!rc) {
        rc = yaml_string(value, &path, p->err);
    }
    if (!rc && strstr(path, "${")) {
        yaml_error(p->err, value, "a reference cannot stand here, a path was expected");
        rc = err_hint(p->err, "Write the path of the file; relative ones begin at this document's folder.");
    }
    if (!rc) {
        *out = path_join(p->a, p->e->dir, path);
    }
    return rc;
}

static int read_tls_ca(struct env_parser *p, const struct yaml_node *value, void *into)
{
    return env_read_path(p, value, &((struct target *)into)->tls.ca);
}

static int read_tls_cert(struct env_parser *p, const struct yaml_node *value, void *into)
{
    return env_read_path(p, value, &((struct target *)into)->tls.cert);
}

static int read_tls_key(struct env_parser *p, const struct yaml_node *value, void *into)
{
    return env_read_path(p, value, &((struct target *)into)->tls.key);
}

static int read_tls(struct env_parser *p, const struct yaml_node *value, void *into)
{
    static const struct env_key keys[] = {
        {"mode", read_tls_mode}, {"ca", read_tls_ca}, {"cert", read_tls_cert}, {"key", read_tls_key}};
    struct target *t = into;
    t->has_tls = true;
    int rc = env_read_map(p, value, keys, COUNT_OF(keys), into);
    if (!rc) {
        rc = env_require(p, value, "mode", "tls");
    }
    if (!rc && !t->tls.cert != !t->tls.key) {
        rc = yaml_error(p->err, value, "tls needs both cert and key, or neither");
    }
    return rc;
}

static int read_tunnel(struct env_parser *p, const struct yaml_node *value, void *into)
{
    struct target *t = into;
    t->has_tunnel = true;
    return env_read_tunnel(p, value, &t->tunnel);
}

/* Names and label values take ${value} and no secrets. */
static int check_public_text(struct env_parser *p, const struct template_text *t)
{
    struct slice rest = slice_of(t->text);
    struct template_part part = {0};
    int rc = template_check(t, p->err);
    while (!rc && template_next(&rest, &part, NULL) > 0) {
        if (!part.literal && part.kind != REFERENCE_VALUE) {
            err_set(p->err, ERR_FILE, "a secret cannot stand here, this text is shown to everybody");
            rc = yaml_error_at(p->err, t->at, (size_t)(part.whole.ptr - t->text));
        }
    }
    return rc;
}

static int read_labels(struct env_parser *p, const struct yaml_node *value, void *into)
{
    struct target *t = into;
    int rc = yaml_expect(value, YAML_MAP, "labels", p->err);
    if (rc) {
        return rc;
    }
    t->labels = arena_array(p->a, value->n, sizeof(*t->labels));
    for (size_t i = 0; i < value->n && !rc; i++) {
        struct template_text text = {.at = value->items[i], .in_each = yaml_key(t->node, "each") != NULL};
        struct label *label = &t->labels[t->nlabels++];
        rc = env_read_name(p, value->keys[i], "a label", &label->name);
        if (!rc) {
            rc = yaml_string(value->items[i], &text.text, p->err);
        }
        if (!rc) {
            rc = check_public_text(p, &text);
            label->value = rc || text.in_each ? text.text : template_plain(p->a, text.text, "");
        }
    }
    return rc;
}

/* --- each */

static int read_each_list(struct env_parser *p, const struct yaml_node *value, void *into)
{
    struct each *each = into;
    int rc = yaml_expect(value, YAML_LIST, "the list of each", p->err);
    if (!rc && value->n == 0) {
        rc = yaml_error(p->err, value, "expected at least one value, found an empty list");
    }
    if (!rc && value->n > ENV_TARGETS_MAX) {
        rc = yaml_error(p->err, value, "more than %d values", ENV_TARGETS_MAX);
    }
    if (rc) {
        return rc;
    }
    each->kind = EACH_LIST;
    each->values = arena_array(p->a, value->n, sizeof(*each->values));
    for (size_t i = 0; i < value->n && !rc; i++) {
        rc = env_check_string(p, value->items[i], NULL);
        if (!rc) {
            rc = yaml_string(value->items[i], &each->values[each->n++], p->err);
        }
    }
    return rc;
}

/* Digits at the start of *s that fit an int64_t; their count, 0 for none. */
static int cut_number(const char **s, int64_t *out)
{
    int n = 0;
    *out = 0;
    for (; **s >= '0' && **s <= '9' && n < 15; (*s)++, n++) {
        *out = *out * 10 + (**s - '0');
    }
    return n;
}

static int read_each_range(struct env_parser *p, const struct yaml_node *value, void *into)
{
    struct each *each = into;
    const char *s;
    int rc = yaml_string(value, &s, p->err);
    if (rc) {
        return rc;
    }
    each->kind = EACH_RANGE;
    each->width = cut_number(&s, &each->from);
    bool dots = s[0] == '.' && s[1] == '.';
    s += dots ? 2 : 0;
    int width = cut_number(&s, &each->to);
    if (!each->width || !dots || !width || *s) {
        return yaml_error(p->err, value, "expected a range such as 1..40 or 001..040");
    }
    if (each->to < each->from) {
        return yaml_error(p->err, value, "the range is empty, its end is below its start");
    }
    if (each->to - each->from >= ENV_TARGETS_MAX) {
        return yaml_error(p->err, value, "the range holds more than %d values", ENV_TARGETS_MAX);
    }
    return 0;
}

static int read_each_query(struct env_parser *p, const struct yaml_node *value, void *into)
{
    struct each *each = into;
    each->kind = EACH_QUERY;
    int rc = env_check_string(p, value, NULL);
    return rc ? rc : yaml_string(value, &each->query, p->err);
}

static int read_each_from(struct env_parser *p, const struct yaml_node *value, void *into)
{
    return env_read_template(p, value, false, &((struct each *)into)->url);
}

static int read_each_password(struct env_parser *p, const struct yaml_node *value, void *into)
{
    return env_read_template(p, value, false, &((struct each *)into)->password);
}

/* A URL and the password beside it. */
static int check_address(struct env_parser *p, const struct template_text *url,
                         const struct template_text *password, struct env_url_form *form)
{
    int rc = env_check_url(p->a, url, form, p->err);
    if (rc || !password->text) {
        return rc;
    }
    if (form->has_password) {
        return yaml_error(p->err, password->at, "the password is given twice, here and in the URL");
    }
    if (form->dialect && strcmp(form->dialect, "sqlite") == 0) {
        return yaml_error(p->err, password->at, "a SQLite database has no password");
    }
    for (const char *c = password->text; *c; c++) {
        if (*c == '\n' || *c == '\r') {
            yaml_error(p->err, password->at, "the password holds a line end");
            return err_hint(p->err, "Write it on one line, or |- instead of | before it.");
        }
    }
    return 0;
}

static int read_each(struct env_parser *p, const struct yaml_node *value, void *into)
{
    static const struct env_key keys[] = {{"list", read_each_list},
                                          {"range", read_each_range},
                                          {"query", read_each_query},
                                          {"from", read_each_from},
                                          {"password", read_each_password}};
    struct each *each = &((struct target *)into)->each;
    if (value->kind == YAML_LIST) {
        return read_each_list(p, value, each);
    }
    if (value->kind == YAML_SCALAR) {
        yaml_error(p->err, value, "each must be a list or a mapping, found %s", yaml_kind_name(value));
        return err_hint(p->err, "Write [a, b], { range: 1..40 } or { query: ..., from: URL }.");
    }
    int rc = env_read_map(p, value, keys, COUNT_OF(keys), each);
    if (rc) {
        return rc;
    }
    int chosen = 0;
    for (int i = 0; i < 3; i++) {
        chosen += yaml_get(value, keys[i].name) != NULL;
    }
    if (chosen != 1) {
        return yaml_error(p->err, value, "each needs exactly one of list, range and query");
    }
    if (each->kind != EACH_QUERY) {
        const struct yaml_node *odd = yaml_key(value, each->url.text ? "from" : "password");
        return odd ? yaml_error(p->err, odd, "\"%s\" goes with a query only", odd->text.ptr) : 0;
    }
    rc = env_require(p, value, "from", "each with a query");
    struct env_url_form form;
    return rc ? rc : check_address(p, &each->url, &each->password, &form);
}

/* --- a target */

static int read_target_name(struct env_parser *p, const struct yaml_node *value, void *into)
{
    struct target *t = into;
    struct template_text text = {.at = value, .in_each = yaml_key(t->node, "each") != NULL};
    int rc = yaml_string(value, &text.text, p->err);
    if (!rc) {
        rc = check_public_text(p, &text);
    }
    if (rc) {
        return rc;
    }
    /* ${value} counts as a letter here; what it becomes is looked at when it is known. */
    struct slice shown = slice_of(template_plain(p->a, text.text, "x"));
    if (!env_is_name(shown)) {
        yaml_error(p->err, value, "\"%.60s\" cannot name a target", text.text);
        return err_hint(p->err, "Use letters, digits, \".\", \"_\" and \"-\".");
    }
    t->name = text.text;
    return 0;
}

static int read_target_url(struct env_parser *p, const struct yaml_node *value, void *into)
{
    struct target *t = into;
    return env_read_template(p, value, yaml_key(t->node, "each") != NULL, &t->url);
}

static int read_target_password(struct env_parser *p, const struct yaml_node *value, void *into)
{
    struct target *t = into;
    return env_read_template(p, value, yaml_key(t->node, "each") != NULL, &t->password);
}

static int check_target(struct env_parser *p, const struct target *t)
{
    int rc = env_require(p, t->node, "name", "a target");
    if (!rc) {
        rc = env_require(p, t->node, "url", "a target");
    }
    struct env_url_form form = {0};
    if (!rc) {
        rc = check_address(p, &t->url, &t->password, &form);
    }
    if (rc) {
        return rc;
    }
    if (form.dialect && strcmp(form.dialect, "sqlite") == 0 && (t->has_tls || t->tunnel)) {
        const struct yaml_node *key = yaml_key(t->node, t->has_tls ? "tls" : "tunnel");
        return yaml_error(p->err, key, "a SQLite database is a file, \"%s\" has no meaning for it",
                          key->text.ptr);
    }
    if (t->each.kind == EACH_NONE) {
        return 0;
    }
    const struct template_text name = {.text = t->name};
    const bool in_name = template_refers_to(&name, REFERENCE_VALUE);
    if (!in_name || !template_refers_to(&t->url, REFERENCE_VALUE)) {
        yaml_error(p->err, yaml_get(t->node, in_name ? "url" : "name"),
                   "the %s of a target with each must hold ${value}", in_name ? "url" : "name");
        return err_hint(p->err, "Otherwise all its expansions would be the same.");
    }
    return 0;
}

static int read_target(struct env_parser *p, const struct yaml_node *node, struct target *t)
{
    static const struct env_key keys[] = {
        {"name", read_target_name}, {"url", read_target_url}, {"password", read_target_password},
        {"tls", read_tls},          {"tunnel", read_tunnel},  {"labels", read_labels},
        {"each", read_each}};
    int rc = yaml_expect(node, YAML_MAP, "a target", p->err);
    if (rc) {
        return rc;
    }
    t->node = node;
    rc = env_read_map(p, node, keys, COUNT_OF(keys), t);
    return rc ? rc : check_target(p, t);
}

int env_read_targets(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    int rc = yaml_expect(value, YAML_LIST, "targets", p->err);
    if (!rc && value->n == 0) {
        rc = yaml_error(p->err, value, "expected at least one target, found an empty list");
    }
    if (!rc && value->n > ENV_TARGETS_MAX) {
        rc = yaml_error(p->err, value, "more than %d targets", ENV_TARGETS_MAX);
    }
    if (rc) {
        return rc;
    }
    struct target *targets = arena_array(p->a, value->n, sizeof(*targets));
    for (size_t i = 0; i < value->n && !rc; i++) {
        rc = read_target(p, value->items[i], &targets[i]);
    }
    if (!rc) {
        rc = env_unique_names(targets, value->n, p->err);
    }
    if (!rc) {
        p->e->targets = targets;
        p->e->ntargets = value->n;
    }
    return rc;
}
