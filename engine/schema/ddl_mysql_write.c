/*
 * The order of statements on MySQL and MariaDB. These servers hold little against a change: views, routines,
 * triggers and events may name what is not there. Foreign keys stand in the way of nearly everything, so they
 * go first and come back last; between, each table is changed by one statement.
 */
#include "engine/schema/ddl_mysql.h"
#include "engine/schema/ddl_plan.h"
#include <stdlib.h>
#include <string.h>

struct foreign_key {
    const struct schema *in; /* `from` or `to` */
    const struct schema_table *table;
    const struct schema_constraint *key;
    const struct schema_change *change;
};
typedef VEC(struct foreign_key) foreign_keys_t;

/* The changes of one table, but for foreign keys. */
struct altered {
    const struct schema_table *from, *to;
    VEC(const struct schema_change *) changes;
};

struct writing {
    struct arena *a;
    const struct schema *from, *to;
    const struct schema_change *const *changes;
    size_t n;
    bool qualify;
    schema_statements_t *out;
    struct err *err;
    VEC(struct altered) altered;
    foreign_keys_t gone, come;
    const char *mode; /* sql_mode that the statements so far have set; NULL: the session's own */
};

#define each_change(c, w) for (size_t i_ = 0; i_ < (w)->n && ((c) = (w)->changes[i_]) != NULL; i_++)

static bool is_view(const struct schema_item *item)
{
    return item->kind == SCHEMA_K_TABLE && ((const struct schema_table *)item->object)->kind == SCHEMA_VIEW;
}

static bool is_foreign_key(const struct schema_item *item)
{
    return item->kind == SCHEMA_K_CONSTRAINT &&
           ((const struct schema_constraint *)item->object)->kind == SCHEMA_FOREIGN_KEY;
}

/* Dropped and made again: whatever is not a table, and what was a view and becomes a table. */
static bool is_remade(const struct schema_change *c)
{
    enum schema_kind kind = schema_change_item(c)->kind;
    if (c->kind != SCHEMA_CHANGED) {
        return false;
    }
    return kind == SCHEMA_K_TABLE ? is_view(&c->expected) || is_view(&c->actual)
                                  : kind != SCHEMA_K_COLUMN && kind != SCHEMA_K_INDEX;
}

static const struct schema_item *goes(const struct schema_change *c)
{
    return c->kind == SCHEMA_UNEXPECTED || is_remade(c) ? &c->actual : NULL;
}

static const struct schema_item *comes(const struct schema_change *c)
{
    return c->kind == SCHEMA_MISSING || is_remade(c) ? &c->expected : NULL;
}

static void belong(struct writing *w, size_t first, const struct schema_change *c)
{
    for (; first < w->out->n; first++) {
        w->out->items[first].change = c;
    }
}

static int drop(struct writing *w, const struct schema_item *item, const struct schema_change *c)
{
    size_t first = w->out->n;
    int rc = my_drop(w->a, w->from, item, w->qualify, w->out, w->err);
    belong(w, first, c);
    return rc;
}

static int create_of(struct writing *w, const struct schema *s, const struct schema_item *item,
                     const struct schema_change *c)
{
    size_t first = w->out->n;
    int rc = my_create(w->a, s, item, w->qualify, w->out, w->err);
    belong(w, first, c);
    return rc;
}

static int create(struct writing *w, const struct schema_item *item, const struct schema_change *c)
{
    return create_of(w, w->to, item, c);
}

/* --- what changes in which table --- */
static struct altered *altered_of(struct writing *w, const char *table)
{
    struct altered *x;
    vec_each (x, &w->altered) {
        if (strcmp(x->to->name, table) == 0) {
            return x;
        }
    }
    return NULL;
}

static const struct schema_change *change_of_table(const struct writing *w, const char *table)
{
    const struct schema_change *c;
    each_change(c, w)
    {
        const struct schema_item *item = schema_change_item(c);
        if (item->kind == SCHEMA_K_TABLE && strcmp(item->name, table) == 0) {
            return c;
        }
    }
    return NULL;
}

/* A table that becomes a view is dropped with its columns, and the other way round. */
static bool goes_with_table(struct writing *w, const struct schema_item *item)
{
    const struct schema_change *own = item->table ? change_of_table(w, item->table->name) : NULL;
    return own && is_remade(own);
}

static void find_altered(struct writing *w)
{
    const struct schema_change *c;
    each_change(c, w)
    {
        const struct schema_item *item = schema_change_item(c);
        bool own = item->kind == SCHEMA_K_TABLE && c->kind == SCHEMA_CHANGED && !is_remade(c);
        bool part = item->kind == SCHEMA_K_COLUMN || item->kind == SCHEMA_K_INDEX ||
                    item->kind == SCHEMA_K_CONSTRAINT;
        if ((!own && !part) || is_foreign_key(item) || goes_with_table(w, item)) {
            continue;
        }
        const struct schema_table *t = own ? item->object : item->table;
        struct altered *x = altered_of(w, t->name);
        if (!x) {
            x = vec_push(w->a, &w->altered);
            x->from = schema_table(w->from, NULL, t->name);
            x->to = schema_table(w->to, NULL, t->name);
        }
        *vec_push(w->a, &x->changes) = c;
    }
}

/* --- foreign keys --- */
static bool has_name(const strings_t *names, const char *name)
{
    const char *const *n;
    vec_each (n, names) {
        if (strcmp(*n, name) == 0) {
            return true;
        }
    }
    return false;
}

static bool index_touches(const struct schema_change *c, const strings_t *columns)
{
    const struct schema_index *x = c->actual.object;
    return c->kind == SCHEMA_MISSING || !x->keys.n || !x->keys.items[0].column ||
           has_name(columns, x->keys.items[0].column);
}

/* Does what changes in the table concern a key on these columns, or to them? */
static bool touches(const struct altered *x, const strings_t *columns)
{
    const struct schema_change *const *c;
    vec_each (c, &x->changes) {
        const struct schema_item *item = schema_change_item(*c);
        bool column = item->kind == SCHEMA_K_COLUMN && has_name(columns, item->name);
        bool index = item->kind == SCHEMA_K_INDEX && index_touches(*c, columns);
        bool table =
            item->kind == SCHEMA_K_TABLE && (change_has(*c, "options") || change_has(*c, "partition_key") ||
                                             change_has(*c, "kind") || change_has(*c, "partition_bound"));
        if (column || index || table || item->kind == SCHEMA_K_CONSTRAINT) {
            return true;
        }
    }
    return false;
}

static const struct schema_change *change_of_key(const struct writing *w, const char *table, const char *name)
{
    const struct schema_change *c;
    each_change(c, w)
    {
        const struct schema_item *item = schema_change_item(c);
        if (is_foreign_key(item) && strcmp(item->table->name, table) == 0 && strcmp(item->name, name) == 0) {
            return c;
        }
    }
    return NULL;
}

static void look_at_old_key(struct writing *w, const struct schema_table *t,
                            const struct schema_constraint *k)
{
    const struct schema_change *c = change_of_key(w, t->name, k->name);
    const struct schema_change *own = change_of_table(w, t->name), *other = change_of_table(w, k->ref_table);
    const struct altered *here = altered_of(w, t->name), *there = altered_of(w, k->ref_table);
    bool with_table = own && goes(own);
    bool other_goes = other && goes(other);
    const struct schema_change *why = c                                          ? c
                                      : here && touches(here, &k->columns)       ? here->changes.items[0]
                                      : there && touches(there, &k->ref_columns) ? there->changes.items[0]
                                      : other_goes                               ? other
                                                                                 : NULL;
    if (!why || (with_table && !other_goes && !there)) {
        return;
    }
    *vec_push(w->a, &w->gone) = (struct foreign_key){w->from, t, k, why};
    if (!c && !with_table && !(other && other->kind == SCHEMA_UNEXPECTED)) {
        *vec_push(w->a, &w->come) = (struct foreign_key){w->from, t, k, why};
    }
}

static void find_foreign_keys(struct writing *w)
{
    struct schema_table *const *t;
    const struct schema_constraint *k;
    const struct schema_change *c;
    vec_each (t, &w->from->tables) {
        vec_each (k, &(*t)->constraints) {
            if (k->kind == SCHEMA_FOREIGN_KEY) {
                look_at_old_key(w, *t, k);
            }
        }
    }
    each_change(c, w)
    {
        const struct schema_item *item = comes(c);
        if (item && is_foreign_key(item)) {
            *vec_push(w->a, &w->come) = (struct foreign_key){w->to, item->table, item->object, c};
        } else if (item && item->kind == SCHEMA_K_TABLE) {
            const struct schema_table *made = item->object;
            vec_each (k, &made->constraints) {
                if (k->kind == SCHEMA_FOREIGN_KEY) {
                    *vec_push(w->a, &w->come) = (struct foreign_key){w->to, made, k, c};
                }
            }
        }
    }
}

static int write_foreign_keys(struct writing *w, const foreign_keys_t *keys, bool make)
{
    const struct foreign_key *f;
    int rc = 0;
    vec_each (f, keys) {
        const struct schema_item item = {SCHEMA_K_CONSTRAINT, NULL, f->key->name, f->table, f->key};
        rc = rc ? rc : make ? create_of(w, f->in, &item, f->change) : drop(w, &item, f->change);
        if (rc == 0 && make) {
            w->out->items[w->out->n - 1].hazard =
                "reads the whole table, and fails on rows that refer to nothing";
        }
    }
    return rc;
}

/* --- phases --- */
static int drop_kind(struct writing *w, enum schema_kind kind, bool views)
{
    const struct schema_change *c;
    int rc = 0;
    each_change(c, w)
    {
        const struct schema_item *item = goes(c);
        if (rc == 0 && item && item->kind == kind && is_view(item) == views) {
            rc = drop(w, item, c);
        }
    }
    return rc;
}

static int create_tables(struct writing *w)
{
    const struct schema_change *c;
    each_change(c, w)
    {
        const struct schema_item *item = comes(c);
        if (item && item->kind == SCHEMA_K_TABLE && !is_view(item)) {
            struct pen p = pen_of(w->a, w->to, w->qualify, w->out, w->err);
            size_t first = w->out->n;
            my_create_table(&p, item->object, true);
            belong(w, first, c);
        }
    }
    return 0;
}

static int alter_tables(struct writing *w)
{
    const struct altered *x;
    int rc = 0;
    vec_each (x, &w->altered) {
        struct pen p = pen_of(w->a, w->to, w->qualify, w->out, w->err);
        size_t first = w->out->n;
        rc = rc ? rc : my_alter_table(&p, x->from, x->to, x->changes.items, x->changes.n);
        belong(w, first, x->changes.items[0]);
    }
    return rc;
}

static int create_kind(struct writing *w, enum schema_kind kind)
{
    const struct schema_change *c;
    int rc = 0;
    each_change(c, w)
    {
        const struct schema_item *item = comes(c);
        if (rc == 0 && item && item->kind == kind) {
            rc = create(w, item, c);
        }
    }
    return rc;
}

/* A view may name only what is there. */
struct view {
    const struct schema_item *item;
    const struct schema_change *change;
    const char *name;
    strings_t words;
    bool done;
};
typedef VEC(struct view) views_t;

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct view *)a)->name, ((const struct view *)b)->name);
}

static int create_view(struct writing *w, views_t *views, struct view *v)
{
    if (v->done) {
        return 0;
    }
    v->done = true;
    for (size_t i = 0; i < v->words.n; i++) {
        struct view key = {.name = v->words.items[i]};
        struct view *needed = bsearch(&key, views->items, views->n, sizeof(key), by_name);
        int rc = needed ? create_view(w, views, needed) : 0;
        if (rc) {
            return rc;
        }
    }
    return create(w, v->item, v->change);
}

static int create_views(struct writing *w)
{
    views_t views = {0};
    const struct schema_change *c;
    struct view *v;
    int rc = 0;
    each_change(c, w)
    {
        const struct schema_item *item = comes(c);
        if (item && is_view(item)) {
            v = vec_push(w->a, &views);
            *v = (struct view){.item = item, .change = c, .name = ddl_bare_name(w->a, item)};
            ddl_words(w->a, w->to, item, false, &v->words);
        }
    }
    if (views.n) {
        qsort(views.items, views.n, sizeof(*views.items), by_name);
    }
    vec_each (v, &views) {
        rc = rc ? rc : create_view(w, &views, v);
    }
    return rc;
}

/* Code is stored with the sql_mode of the session that makes it. */
static void use_mode(struct writing *w, const char *mode, const struct schema_change *c)
{
    struct pen p = pen_of(w->a, w->to, w->qualify, w->out, w->err);
    size_t first = w->out->n;
    if (mode == w->mode || (mode && w->mode && strcmp(mode, w->mode) == 0)) {
        return;
    }
    if (!w->mode) {
        pen_sayf(&p, "SET @lockstep_sql_mode = @@sql_mode");
    }
    if (mode) {
        AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
        strbuf_adds(&b, "SET sql_mode = ");
        my_text(&b, mode);
        pen_say(&p, &b);
    } else {
        pen_sayf(&p, "SET sql_mode = @lockstep_sql_mode");
    }
    w->mode = mode;
    belong(w, first, c);
}

static const char *mode_of(const struct schema_item *item)
{
    return item->kind == SCHEMA_K_ROUTINE   ? ((const struct schema_routine *)item->object)->sql_mode
           : item->kind == SCHEMA_K_EVENT   ? ((const struct schema_event *)item->object)->sql_mode
           : item->kind == SCHEMA_K_TRIGGER ? ((const struct schema_trigger *)item->object)->sql_mode
                                            : NULL;
}

static int create_code(struct writing *w, enum schema_kind kind)
{
    const struct schema_change *c;
    int rc = 0;
    each_change(c, w)
    {
        const struct schema_item *item = comes(c);
        if (rc == 0 && item && item->kind == kind) {
            if (mode_of(item)) {
                use_mode(w, mode_of(item), c);
            }
            rc = create(w, item, c);
        }
    }
    return rc;
}

/* --- triggers --- */
struct trigger {
    const struct schema_table *table;
    const struct schema_trigger *trigger;
    const struct schema_change *change;
    bool done;
};
typedef VEC(struct trigger) triggers_t;

static const struct schema_change *trigger_change(const struct writing *w, const char *table,
                                                  const char *name)
{
    const struct schema_change *c;
    each_change(c, w)
    {
        const struct schema_item *item = schema_change_item(c);
        if (item->kind == SCHEMA_K_TRIGGER && strcmp(item->table->name, table) == 0 &&
            (!name || strcmp(item->name, name) == 0)) {
            return c;
        }
    }
    return NULL;
}

static bool in_order(const struct schema_table *t)
{
    const struct schema_trigger *g;
    vec_each (g, &t->triggers) {
        if (strstr(g->definition, " FOR EACH ROW FOLLOWS ")) {
            return true;
        }
    }
    return false;
}

/* Where triggers fire one behind the other, a change of one makes all of the table's anew: a trigger that is
 * made again would fire last. */
static void find_triggers(struct writing *w, triggers_t *gone, triggers_t *come)
{
    struct schema_table *const *t;
    const struct schema_trigger *g;
    vec_each (t, &w->from->tables) {
        const struct schema_table *now = schema_table(w->to, NULL, (*t)->name);
        const struct schema_change *own = change_of_table(w, (*t)->name);
        const struct schema_change *any = trigger_change(w, (*t)->name, NULL);
        bool all = any && (in_order(*t) || (now && in_order(now)));
        if (own && goes(own)) {
            continue;
        }
        vec_each (g, &(*t)->triggers) {
            const struct schema_change *c = trigger_change(w, (*t)->name, g->name);
            if (c || all) {
                *vec_push(w->a, gone) = (struct trigger){*t, g, c ? c : any, false};
            }
            if (!c && all) {
                *vec_push(w->a, come) = (struct trigger){*t, g, any, false};
            }
        }
    }
    const struct schema_change *c;
    each_change(c, w)
    {
        const struct schema_item *item = comes(c);
        if (item && item->kind == SCHEMA_K_TRIGGER) {
            *vec_push(w->a, come) = (struct trigger){item->table, item->object, c, false};
        } else if (item && item->kind == SCHEMA_K_TABLE) {
            const struct schema_table *made = item->object;
            vec_each (g, &made->triggers) {
                *vec_push(w->a, come) = (struct trigger){made, g, c, false};
            }
        }
    }
}

static int drop_triggers(struct writing *w, const triggers_t *gone)
{
    const struct trigger *g;
    int rc = 0;
    vec_each (g, gone) {
        const struct schema_item item = {SCHEMA_K_TRIGGER, NULL, g->trigger->name, g->table, g->trigger};
        rc = rc ? rc : drop(w, &item, g->change);
    }
    return rc;
}

static int create_trigger(struct writing *w, triggers_t *come, struct trigger *g)
{
    struct trigger *other;
    if (g->done) {
        return 0;
    }
    g->done = true;
    const char *behind = strstr(g->trigger->definition, " FOR EACH ROW FOLLOWS ");
    vec_each (other, come) {
        const char *name = mysql_name(w->a, other->trigger->name);
        if (behind && strncmp(behind + strlen(" FOR EACH ROW FOLLOWS "), name, strlen(name)) == 0) {
            int rc = create_trigger(w, come, other);
            if (rc) {
                return rc;
            }
        }
    }
    const struct schema_item item = {SCHEMA_K_TRIGGER, NULL, g->trigger->name, g->table, g->trigger};
    if (g->trigger->sql_mode) {
        use_mode(w, g->trigger->sql_mode, g->change);
    }
    return create(w, &item, g->change);
}

static int create_triggers(struct writing *w, triggers_t *come)
{
    struct trigger *g;
    int rc = 0;
    vec_each (g, come) {
        rc = rc ? rc : create_trigger(w, come, g);
    }
    return rc;
}

int my_write(struct arena *a, const struct schema *from, const struct schema *to,
             const struct schema_change *const *changes, size_t n, bool qualify, schema_statements_t *out,
             struct err *err)
{
    struct writing w = {.a = a,
                        .from = from,
                        .to = to,
                        .changes = changes,
                        .n = n,
                        .qualify = qualify,
                        .out = out,
                        .err = err};
    triggers_t gone = {0}, come = {0};
    find_altered(&w);
    find_foreign_keys(&w);
    find_triggers(&w, &gone, &come);
    int rc = drop_kind(&w, SCHEMA_K_GRANT, false);
    rc = rc ? rc : drop_kind(&w, SCHEMA_K_EVENT, false);
    rc = rc ? rc : drop_triggers(&w, &gone);
    rc = rc ? rc : drop_kind(&w, SCHEMA_K_TABLE, true);
    rc = rc ? rc : drop_kind(&w, SCHEMA_K_ROUTINE, false);
    rc = rc ? rc : write_foreign_keys(&w, &w.gone, false);
    rc = rc ? rc : drop_kind(&w, SCHEMA_K_TABLE, false);
    rc = rc ? rc : create_kind(&w, SCHEMA_K_NAMESPACE);
    rc = rc ? rc : drop_kind(&w, SCHEMA_K_SEQUENCE, false);
    rc = rc ? rc : create_kind(&w, SCHEMA_K_SEQUENCE);
    rc = rc ? rc : create_tables(&w);
    rc = rc ? rc : alter_tables(&w);
    rc = rc ? rc : write_foreign_keys(&w, &w.come, true);
    rc = rc ? rc : create_code(&w, SCHEMA_K_ROUTINE);
    rc = rc ? rc : create_views(&w);
    rc = rc ? rc : create_triggers(&w, &come);
    rc = rc ? rc : create_code(&w, SCHEMA_K_EVENT);
    rc = rc ? rc : create_kind(&w, SCHEMA_K_GRANT);
    if (rc == 0 && w.mode) {
        use_mode(&w, NULL, NULL);
    }
    return rc;
}
