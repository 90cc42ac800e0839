/* What a check for drift leaves aside, and where it may make scratch databases. */
#include "base/arena.h"
#include "environments/parse.h"
#include <time.h>

#define DAY_US INT64_C(86400000000)

/* Kinds of objects as engine/schema/object.h has them, and what people call some of them. */
const char *const drift_rule_kinds[] = {"namespace",     "extension", "enum",
                                        "domain",        "other",     "sequence",
                                        "routine",       "function",  "procedure",
                                        "aggregate",     "table",     "partitioned table",
                                        "foreign table", "view",      "materialized view",
                                        "virtual table", "column",    "constraint",
                                        "primary key",   "unique",    "foreign key",
                                        "check",         "exclusion", "index",
                                        "trigger",       "policy",    "rule",
                                        "event",         "grant",     NULL};

static int read_path(struct env_parser *p, const struct yaml_node *value, void *into)
{
    int rc = env_check_string(p, value, NULL);
    return rc ? rc : yaml_string(value, &((struct drift_rule *)into)->path, p->err);
}

static int read_reason(struct env_parser *p, const struct yaml_node *value, void *into)
{
    int rc = env_check_string(p, value, NULL);
    return rc ? rc : yaml_string(value, &((struct drift_rule *)into)->reason, p->err);
}

static int read_kind(struct env_parser *p, const struct yaml_node *value, void *into)
{
    int i, rc = yaml_enum(value, drift_rule_kinds, COUNT_OF(drift_rule_kinds) - 1, &i, p->err);
    if (!rc) {
        ((struct drift_rule *)into)->kind = drift_rule_kinds[i];
    }
    return rc;
}

static bool all_digits(struct slice s, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9') {
            return false;
        }
    }
    return true;
}

/* The start of the day in UTC; false: there is no such day. */
static bool day_of(struct slice s, int64_t *out)
{
    if (s.len != 10 || s.ptr[4] != '-' || s.ptr[7] != '-' || !all_digits(s, 0, 4) || !all_digits(s, 5, 7) ||
        !all_digits(s, 8, 10)) {
        return false;
    }
    struct tm t = {.tm_year = (int)strtol(s.ptr, NULL, 10) - 1900,
                   .tm_mon = (int)strtol(s.ptr + 5, NULL, 10) - 1,
                   .tm_mday = (int)strtol(s.ptr + 8, NULL, 10)};
    struct tm asked = t;
    time_t at = timegm(&t);
    *out = (int64_t)at * 1000000;
    return asked.tm_mon == t.tm_mon && asked.tm_mday == t.tm_mday && asked.tm_year == t.tm_year;
}

static int read_until(struct env_parser *p, const struct yaml_node *value, void *into)
{
    struct drift_rule *r = into;
    int64_t day;
    if (value->kind != YAML_SCALAR || !day_of(value->text, &day)) {
        yaml_error(p->err, value, "expected a date");
        return err_hint(p->err, "Write it as 2027-01-31: the last day on which the rule holds, in UTC.");
    }
    r->until = slice_dup(p->a, value->text);
    r->ends_us = day + DAY_US;
    return 0;
}

static int read_ignore(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    static const struct env_key keys[] = {
        {"path", read_path}, {"kind", read_kind}, {"reason", read_reason}, {"until", read_until}};
    int rc = yaml_expect(value, YAML_LIST, "ignore", p->err);
    p->e->ignored = arena_array(p->a, value->n + 1, sizeof(struct drift_rule));
    for (size_t i = 0; i < value->n && !rc; i++) {
        struct drift_rule *r = &p->e->ignored[i];
        r->node = value->items[i];
        rc = yaml_expect(value->items[i], YAML_MAP, "a rule", p->err);
        rc = rc ? rc : env_read_map(p, value->items[i], keys, COUNT_OF(keys), r);
        rc = rc ? rc : env_require(p, value->items[i], "path", "a rule");
        rc = rc ? rc : env_require(p, value->items[i], "reason", "a rule");
        p->e->nignored = i + 1;
    }
    return rc;
}

int env_read_drift(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    static const struct env_key keys[] = {{"ignore", read_ignore}};
    int rc = yaml_expect(value, YAML_MAP, "drift", p->err);
    return rc ? rc : env_read_map(p, value, keys, COUNT_OF(keys), NULL);
}

/* NULL when a reference decides it: it fits any. */
static int dialect_of(struct env_parser *p, const struct template_text *t, const char **out)
{
    struct env_url_form form = {0};
    int rc = env_check_url(p->a, t, &form, p->err);
    *out = form.dialect;
    return rc;
}

static int read_scratch_url(struct env_parser *p, const struct yaml_node *value)
{
    struct template_text t = {0};
    const char *dialect = NULL;
    int rc = env_read_template(p, value, false, &t);
    rc = rc ? rc : dialect_of(p, &t, &dialect);
    if (rc) {
        return rc;
    }
    if (dialect && strcmp(dialect, "sqlite") == 0) {
        yaml_error(p->err, value, "scratch databases of SQLite need no URL: they are made in memory");
        return err_hint(p->err, "Take this URL out.");
    }
    if (dialect && environment_scratch(p->e, dialect)) {
        return yaml_error(p->err, value, "a second URL for scratch databases of %s", dialect);
    }
    p->e->scratch[p->e->nscratch++] = t;
    return 0;
}

int env_read_scratch(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    size_t n = value->kind == YAML_LIST ? value->n : 1;
    p->e->scratch = arena_array(p->a, n + 1, sizeof(*p->e->scratch));
    if (value->kind != YAML_LIST) {
        return read_scratch_url(p, value);
    }
    int rc = 0;
    for (size_t i = 0; i < value->n && !rc; i++) {
        rc = read_scratch_url(p, value->items[i]);
    }
    return rc;
}

const struct template_text *environment_scratch(const struct environment *e, const char *dialect)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    for (size_t i = 0; i < e->nscratch; i++) {
        struct env_url_form form = {0};
        struct err ignored;
        if (env_check_url(&a, &e->scratch[i], &form, &ignored) == 0 &&
            (!form.dialect || strcmp(form.dialect, dialect) == 0)) {
            return &e->scratch[i];
        }
    }
    return NULL;
}
