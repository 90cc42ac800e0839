/* PostgreSQL: what comes before and after all other statements: who owns a sequence, whose part a table is,
 * and types that were replaced. */
#include "engine/schema/ddl_plan.h"
#include "engine/schema/ddl_postgresql.h"
#include <string.h>

/* The item of the column, or of its table, that owns the sequence goes. */
static bool owner_goes(const struct ddl_plan *plan, const struct schema_item *item)
{
    const struct schema_sequence *q = item->object;
    const struct schema_table table = {.schema = q->schema, .name = q->owner_table};
    const struct schema_item column = {SCHEMA_K_COLUMN, item->schema, q->owner_column, &table, NULL};
    return ddl_drops(plan, &column);
}

static bool same(const char *x, const char *y)
{
    return x == y || (x && y && strcmp(x, y) == 0);
}

static bool same_owner(const struct schema_sequence *x, const struct schema_sequence *y)
{
    return same(x->owner_table, y->owner_table) && same(x->owner_column, y->owner_column);
}

static void say_owner(const struct pen *p, const struct schema_sequence *q, bool none)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    strbuf_adds(&b, "ALTER SEQUENCE ");
    pen_path(&b, p, q->schema, q->name);
    strbuf_adds(&b, " OWNED BY ");
    if (none) {
        strbuf_adds(&b, "NONE");
    } else {
        pen_path(&b, p, q->schema, q->owner_table);
        strbuf_addch(&b, '.');
        pen_name(&b, p, q->owner_column);
    }
    pen_say(p, &b);
}

static const struct ddl_node *node_of(const struct ddl_plan *plan, const struct schema_item *item)
{
    const struct ddl_node *n;
    vec_each (n, &plan->nodes) {
        if (ddl_same_item(&n->item, item)) {
            return n;
        }
    }
    return NULL;
}

/* A sequence that stays must not go with the column that owned it. */
static void release_sequences(const struct pen *p, const struct ddl_plan *plan)
{
    schema_items_t items;
    const struct schema_item *i;
    struct schema_item new;
    schema_items(p->a, plan->from, &items);
    vec_each (i, &items) {
        const struct schema_sequence *q = i->kind == SCHEMA_K_SEQUENCE ? i->object : NULL;
        bool owned = q && q->owner_table && ddl_find(p->a, plan->to, i, &new) && !ddl_drops(plan, i);
        if (owned && ((!same_owner(q, new.object) && node_of(plan, i)) || owner_goes(plan, i))) {
            say_owner(p, q, true);
        }
    }
}

static void own_sequences(const struct pen *p, const struct ddl_plan *plan)
{
    schema_items_t items;
    const struct schema_item *i;
    struct schema_item old;
    schema_items(p->a, plan->to, &items);
    vec_each (i, &items) {
        const struct schema_sequence *q = i->kind == SCHEMA_K_SEQUENCE ? i->object : NULL;
        if (!q || !q->owner_table) {
            continue;
        }
        bool before = ddl_find(p->a, plan->from, i, &old);
        bool changed = !before || !same_owner(q, old.object);
        if ((changed && node_of(plan, i)) || (before && (ddl_drops(plan, i) || owner_goes(plan, i)))) {
            say_owner(p, q, false);
        }
    }
}

static bool is_part(const strings_t *parents, const char *parent)
{
    for (size_t i = 0; i < parents->n; i++) {
        if (strcmp(parents->items[i], parent) == 0) {
            return true;
        }
    }
    return false;
}

static void say_part(const struct pen *p, const struct schema_table *t, const char *words, const char *parent)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    strbuf_adds(&b, "ALTER TABLE ");
    pen_path(&b, p, t->schema, t->name);
    strbuf_addf(&b, " %s %s", words, parent);
    pen_say(p, &b);
}

static void say_partition(const struct pen *p, const struct schema_table *t, bool attach)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    strbuf_addf(&b, "ALTER TABLE %s %s PARTITION ", t->partition_of, attach ? "ATTACH" : "DETACH");
    pen_path(&b, p, t->schema, t->name);
    if (attach) {
        strbuf_addf(&b, " %s", t->partition_bound);
    }
    pen_say(p, &b)->hazard =
        attach ? "reads the whole table, and fails on rows that are not within its bounds" : NULL;
}

static const struct schema_table *table_at(const struct pen *p, const char *path)
{
    struct schema_table *const *t;
    vec_each (t, &p->s->tables) {
        AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
        pen_path(&b, p, (*t)->schema, (*t)->name);
        if (strcmp(strbuf_cstr(&b), path) == 0) {
            return *t;
        }
    }
    return NULL;
}

static bool has_own(const struct schema_table *t, const char *name)
{
    const struct schema_constraint *k;
    vec_each (k, &t->constraints) {
        if (!k->inherited && strcmp(k->name, name) == 0) {
            return true;
        }
    }
    return false;
}

/* A table that joins a parent has to have its checks, and keeps them when it leaves. */
static void change_checks(const struct pen *p, const struct schema_table *t, const char *path, bool join)
{
    const struct schema_table *parent = table_at(p, path);
    const struct schema_constraint *k;
    for (size_t i = 0; parent && i < parent->constraints.n; i++) {
        k = &parent->constraints.items[i];
        AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
        if (k->kind != SCHEMA_CHECK || k->no_inherit || has_own(t, k->name)) {
            continue;
        }
        strbuf_adds(&b, "ALTER TABLE ");
        pen_path(&b, p, t->schema, t->name);
        if (join) {
            strbuf_adds(&b, " ADD ");
            pg_constraint(&b, p, k);
        } else {
            strbuf_adds(&b, " DROP CONSTRAINT ");
            pen_name(&b, p, k->name);
        }
        pen_say(p, &b);
    }
}

static void change_parents(const struct pen *p, const struct ddl_plan *plan, bool join)
{
    const struct ddl_node *n;
    vec_each (n, &plan->nodes) {
        if (n->action != DDL_ALTER || n->item.kind != SCHEMA_K_TABLE) {
            continue;
        }
        const struct schema_table *old = n->change->actual.object, *new = n->change->expected.object;
        const struct schema_table *t = join ? new : old, *other = join ? old : new;
        if (t->partition_of &&
            (change_has(n->change, "partition_of") || change_has(n->change, "partition_bound"))) {
            if (join) {
                change_checks(p, t, t->partition_of, true);
            }
            say_partition(p, t, join);
            if (!join) {
                change_checks(p, t, t->partition_of, false);
            }
        }
        for (size_t i = 0; i < t->inherits.n; i++) {
            if (!is_part(&other->inherits, t->inherits.items[i])) {
                if (join) {
                    change_checks(p, t, t->inherits.items[i], true);
                }
                say_part(p, t, join ? "INHERIT" : "NO INHERIT", t->inherits.items[i]);
                if (!join) {
                    change_checks(p, t, t->inherits.items[i], false);
                }
            }
        }
    }
}

const char *pg_replaced_name(struct arena *a, const char *name)
{
    return arena_printf(a, "%.*s__old", (int)(strlen(name) > 58 ? 58 : strlen(name)), name);
}

static void drop_replaced(const struct pen *p, const struct ddl_plan *plan)
{
    for (size_t i = plan->nodes.n; i > 0;
         i--) { /* what was found to need another one first comes behind it */
        const struct ddl_node *n = &plan->nodes.items[i - 1];
        AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
        if (n->replaces) {
            strbuf_addf(&b, "DROP %s ", n->item.kind == SCHEMA_K_DOMAIN ? "DOMAIN" : "TYPE");
            const struct schema_other *o = n->item.kind == SCHEMA_K_OTHER ? n->item.object : NULL;
            pen_path(&b, p, n->item.schema, pg_replaced_name(p->a, o ? o->name : n->item.name));
            pen_say(p, &b);
        }
    }
}

/* A new label can be used only once the transaction that added it has ended. */
static void set_apart_used_labels(const schema_statements_t *statements)
{
    for (size_t i = 0; i < statements->n; i++) {
        const char *add = strstr(statements->items[i].text, " ADD VALUE '");
        const char *label = add ? strchr(add, '\'') : NULL;
        const char *end = label ? strstr(label + 1, " BEFORE ") : NULL;
        size_t n = !label ? 0 : end ? (size_t)(end - label) : strlen(label);
        for (size_t k = i + 1; label && k < statements->n; k++) {
            const char *text = statements->items[k].text;
            for (const char *at = strchr(text, '\''); at; at = strchr(at + 1, '\'')) {
                bool uses = strncmp(at, label, n) == 0 && !strstr(text, " ADD VALUE ");
                statements->items[i].alone = statements->items[i].alone || uses;
            }
        }
    }
}

int pg_before(struct arena *a, const struct ddl_plan *plan, bool qualify, schema_statements_t *out,
              struct err *err)
{
    struct pen pen = pen_of(a, plan->from, qualify, out, err);
    release_sequences(&pen, plan);
    change_parents(&pen, plan, false);
    return 0;
}

int pg_after(struct arena *a, const struct ddl_plan *plan, bool qualify, schema_statements_t *out,
             struct err *err)
{
    struct pen pen = pen_of(a, plan->to, qualify, out, err);
    own_sequences(&pen, plan);
    change_parents(&pen, plan, true);
    drop_replaced(&pen, plan);
    set_apart_used_labels(out);
    return 0;
}
