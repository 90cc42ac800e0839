/* PostgreSQL: what depends on what, and in which way. */
#include "engine/schema/ddl_plan.h"
#include "engine/schema/ddl_postgresql.h"
#include <string.h>

bool pg_recreates(const struct schema *from, const struct schema *to, const struct schema_change *c)
{
    static const char *const comments[] = {"comment"};
    static const char *const of_index[] = {"comment", "options", "tablespace", "clustered",
                                           "replica_identity"};
    static const char *const of_constraint[] = {"comment", "not_valid"};
    static const char *const firing[] = {"comment", "disabled", "fires"};
    static const char *const of_routine[] = {"comment", "definition", "language"};
    static const char *const of_policy[] = {"comment", "roles", "using", "with"};
    switch (c->expected.kind) {
    case SCHEMA_K_CONSTRAINT:
        return !change_only(c, of_constraint, COUNT_OF(of_constraint)) ||
               (change_has(c, "not_valid") &&
                ((const struct schema_constraint *)c->expected.object)->not_valid);
    case SCHEMA_K_INDEX:
        return !change_only(c, of_index, COUNT_OF(of_index));
    case SCHEMA_K_TRIGGER:
    case SCHEMA_K_RULE:
        return !change_only(c, firing, COUNT_OF(firing));
    case SCHEMA_K_ROUTINE:
        return !change_only(c, of_routine, COUNT_OF(of_routine)) ||
               (!change_only(c, comments, COUNT_OF(comments)) &&
                ((const struct schema_routine *)c->expected.object)->kind == SCHEMA_AGGREGATE);
    case SCHEMA_K_POLICY: {
        const struct schema_policy *old = c->actual.object, *new = c->expected.object;
        return !change_only(c, of_policy, COUNT_OF(of_policy)) || (old->using_text && !new->using_text) ||
               (old->with && !new->with);
    }
    case SCHEMA_K_OTHER:
        return !change_only(c, comments, COUNT_OF(comments)) && !pg_replaces(from, to, c);
    case SCHEMA_K_GRANT:
        return true;
    case SCHEMA_K_COLUMN:
        return change_has(c, "generated") && ((const struct schema_column *)c->expected.object)->generated;
    case SCHEMA_K_TABLE:
        return change_has(c, "partition_key") || change_has(c, "server") ||
               (pg_is_view(&c->expected) && (change_has(c, "definition") || change_has(c, "check_option")));
    default:
        return false;
    }
}

static bool loses_labels(const struct schema_change *c)
{
    const strings_t *old = &((const struct schema_enum *)c->actual.object)->labels;
    const strings_t *new = &((const struct schema_enum *)c->expected.object)->labels;
    size_t found = 0;
    for (size_t i = 0; i < new->n &&found < old->n; i++) {
        found += strcmp(old->items[found], new->items[i]) == 0;
    }
    return found < old->n;
}

/* A column that holds a domain within an array keeps it from getting stricter. */
static bool is_within(const struct schema *s, const struct schema_item *domain)
{
    struct schema_table *const *t;
    const struct schema_column *c;
    vec_each (t, &s->tables) {
        vec_each (c, &(*t)->columns) {
            size_t n = strlen(c->type);
            if (n > 2 && strcmp(c->type + n - 2, "[]") == 0 && strstr(c->type, domain->name)) {
                return true;
            }
        }
    }
    return false;
}

static bool gets_stricter(const struct schema_change *c)
{
    const struct schema_domain *new = c->expected.object;
    return (change_has(c, "nullable") && !new->nullable) || (change_has(c, "checks") && new->checks.n);
}

bool pg_replaces(const struct schema *from, const struct schema *to, const struct schema_change *c)
{
    (void)to;
    switch (c->expected.kind) {
    case SCHEMA_K_ENUM:
        return change_has(c, "labels") && loses_labels(c);
    case SCHEMA_K_DOMAIN:
        return change_has(c, "type") || change_has(c, "collation") ||
               (gets_stricter(c) && is_within(from, &c->expected));
    case SCHEMA_K_OTHER: {
        const char *what = ((const struct schema_other *)c->expected.object)->what;
        return change_has(c, "definition") &&
               (strcmp(what, "composite type") == 0 || strcmp(what, "range type") == 0);
    }
    default:
        return false;
    }
}

static bool same_names(const strings_t *x, const strings_t *y)
{
    size_t found = 0;
    for (size_t i = 0; i < x->n; i++) {
        for (size_t k = 0; k < y->n; k++) {
            found += strcmp(x->items[i], y->items[k]) == 0;
        }
    }
    return x->n == y->n && found == x->n;
}

static bool is_key_for(const struct schema_item *item, const struct schema_constraint *fk)
{
    strings_t columns = {0};
    const struct schema_constraint *k = item->kind == SCHEMA_K_CONSTRAINT ? item->object : NULL;
    if (!item->table || strcmp(item->table->name, fk->ref_table) != 0) {
        return false;
    }
    if (k) {
        return (k->kind == SCHEMA_PRIMARY_KEY || k->kind == SCHEMA_UNIQUE) &&
               same_names(&k->columns, &fk->ref_columns);
    }
    const struct schema_index *x = item->kind == SCHEMA_K_INDEX ? item->object : NULL;
    if (!x || !x->unique || x->keys.n != fk->ref_columns.n) {
        return false;
    }
    AUTO(arena_release) struct arena a = ARENA_INIT;
    for (size_t i = 0; i < x->keys.n; i++) {
        *vec_push(&a, &columns) = x->keys.items[i].column ? x->keys.items[i].column : "";
    }
    return same_names(&columns, &fk->ref_columns);
}

bool pg_needs(const struct schema_item *user, const struct schema_item *used)
{
    const struct schema_constraint *k = user->kind == SCHEMA_K_CONSTRAINT ? user->object : NULL;
    if (k && k->kind == SCHEMA_FOREIGN_KEY) {
        return is_key_for(used, k);
    }
    if (user->kind == SCHEMA_K_TABLE && used->table) {
        const struct schema_table *t = user->object;
        vec_each (k, &t->constraints) {
            if (k->kind == SCHEMA_FOREIGN_KEY && t != used->table && is_key_for(used, k)) {
                return true;
            }
        }
    }
    /* A view that groups by a primary key may show the table's other columns. */
    const struct schema_constraint *key = used->kind == SCHEMA_K_CONSTRAINT ? used->object : NULL;
    const char *text = pg_is_view(user) ? ((const struct schema_table *)user->object)->definition : NULL;
    return key && key->kind == SCHEMA_PRIMARY_KEY && text && strstr(text, "GROUP BY") &&
           strstr(text, used->table->name);
}

static bool same_table(const struct schema_item *x, const struct schema_item *y)
{
    return x->table && y->table && strcmp(x->table->name, y->table->name) == 0;
}

static bool is_foreign_key(const struct schema_item *item)
{
    return item->kind == SCHEMA_K_CONSTRAINT &&
           ((const struct schema_constraint *)item->object)->kind == SCHEMA_FOREIGN_KEY;
}

static bool in_the_way_of_column(const struct schema_change *c, bool goes,
                                 const struct schema_item *dependent, bool depends_by_code)
{
    const struct schema_item *column = schema_change_item(c);
    bool retyped = change_has(c, "type") || change_has(c, "collation");
    if (depends_by_code) {
        return goes || retyped;
    }
    if (dependent->kind == SCHEMA_K_COLUMN) {
        const char *expression = ((const struct schema_column *)dependent->object)->generated;
        return (goes || retyped) && same_table(dependent, column) && expression &&
               strstr(expression, column->name);
    }
    return (is_foreign_key(dependent) && (goes || change_has(c, "type"))) ||
           (goes && same_table(dependent, column) &&
            (dependent->kind == SCHEMA_K_INDEX || dependent->kind == SCHEMA_K_CONSTRAINT));
}

static bool signature_names(const struct schema_item *routine, const char *name)
{
    const struct schema_routine *r = routine->object;
    return (r->arguments && strstr(r->arguments, name)) || (r->returns && strstr(r->returns, name));
}

bool pg_in_the_way(const struct schema_change *c, bool recreated, const struct schema_item *dependent)
{
    const struct schema_item *item = schema_change_item(c);
    bool code = pg_is_view(dependent) || dependent->kind == SCHEMA_K_TRIGGER ||
                dependent->kind == SCHEMA_K_POLICY || dependent->kind == SCHEMA_K_RULE;
    bool expression = dependent->kind == SCHEMA_K_INDEX || dependent->kind == SCHEMA_K_CONSTRAINT ||
                      dependent->kind == SCHEMA_K_COLUMN;
    bool goes = recreated || c->kind != SCHEMA_CHANGED;
    bool part = dependent->kind == SCHEMA_K_TABLE && !pg_is_view(dependent);
    switch (item->kind) {
    case SCHEMA_K_COLUMN:
        return !part && in_the_way_of_column(c, goes, dependent, code);
    case SCHEMA_K_CONSTRAINT:
    case SCHEMA_K_INDEX:
        return goes && (is_foreign_key(dependent) || pg_is_view(dependent)) && pg_needs(dependent, item);
    case SCHEMA_K_ENUM:
    case SCHEMA_K_DOMAIN:
        return goes && (code || expression ||
                        (dependent->kind == SCHEMA_K_ROUTINE && signature_names(dependent, item->name)));
    case SCHEMA_K_ROUTINE:
    case SCHEMA_K_OTHER:
        return goes && (code || expression);
    case SCHEMA_K_TABLE:
        return goes && (pg_is_view(dependent) || dependent->kind == SCHEMA_K_RULE ||
                        is_foreign_key(dependent) || (part && !pg_is_view(item)));
    default:
        return false;
    }
}
