/* SQLite: statements that make, drop and change objects. What ALTER TABLE cannot do is done by making the
 * table anew. */
#include "engine/schema/ddl_sqlite.h"
#include "engine/schema/field.h"
#include "engine/schema/sqlite_parse.h"
#include <string.h>
#include <strings.h>

static int create_whole_table(const struct pen *p, const struct schema_table *t)
{
    struct sqlite_shape shape;
    if (t->kind != SCHEMA_TABLE || t->partly_read) {
        pen_sayf(p, "%s", t->definition);
        return 0;
    }
    sqlite_shape_of(p->a, t, &shape);
    return sqlite_create_table(p, &shape, NULL);
}

static void add_index_key(struct strbuf *b, const struct pen *p, const struct schema_key *k)
{
    if (k->column) {
        pen_name(b, p, k->column);
    } else {
        strbuf_adds(b, k->expression);
    }
    if (k->collation) {
        strbuf_adds(b, " COLLATE ");
        pen_name(b, p, k->collation);
    }
    strbuf_adds(b, k->descending ? " DESC" : "");
}

static void create_index(const struct pen *p, const struct schema_table *t, const struct schema_index *x)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    const struct schema_key *k;
    strbuf_addf(&b, "CREATE %sINDEX ", x->unique ? "UNIQUE " : "");
    pen_path(&b, p, t->schema, x->name);
    strbuf_adds(&b, " ON ");
    pen_name(&b, p, t->name);
    strbuf_adds(&b, " (");
    vec_each (k, &x->keys) {
        strbuf_adds(&b, k == x->keys.items ? "" : ", ");
        add_index_key(&b, p, k);
    }
    strbuf_adds(&b, ")");
    if (x->predicate) {
        strbuf_addf(&b, " WHERE %s", x->predicate);
    }
    struct schema_statement *st = pen_say(p, &b);
    st->hazard = x->unique ? "fails where rows have the same values" : NULL;
}

int sqlite_create(const struct pen *p, const struct schema_item *item)
{
    switch (item->kind) {
    case SCHEMA_K_TABLE:
        return create_whole_table(p, item->object);
    case SCHEMA_K_INDEX:
        create_index(p, item->table, item->object);
        return 0;
    case SCHEMA_K_TRIGGER:
        pen_sayf(p, "%s", ((const struct schema_trigger *)item->object)->definition);
        return 0;
    case SCHEMA_K_COLUMN:
    case SCHEMA_K_CONSTRAINT: {
        AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
        strbuf_adds(&b, "ALTER TABLE ");
        pen_path(&b, p, item->table->schema, item->table->name);
        strbuf_adds(&b, item->kind == SCHEMA_K_COLUMN ? " ADD COLUMN " : " ADD ");
        if (item->kind == SCHEMA_K_COLUMN) {
            sqlite_column(&b, p, item->object);
        } else {
            sqlite_constraint(&b, p, item->object, false);
        }
        pen_say(p, &b);
        return 0;
    }
    default:
        return pen_cannot(p, item, "SQLite has no such thing");
    }
}

static int create(struct arena *a, const struct schema *s, const struct schema_item *item, bool qualify,
                  schema_statements_t *out, struct err *err)
{
    struct pen pen = pen_of(a, s, qualify, out, err);
    return sqlite_create(&pen, item);
}

static int drop(struct arena *a, const struct schema *s, const struct schema_item *item, bool qualify,
                schema_statements_t *out, struct err *err)
{
    struct pen pen = pen_of(a, s, qualify, out, err);
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    const char *word = item->kind == SCHEMA_K_INDEX     ? "INDEX"
                       : item->kind == SCHEMA_K_TRIGGER ? "TRIGGER"
                                                        : NULL;
    const char *schema = item->kind == SCHEMA_K_TABLE ? ((const struct schema_table *)item->object)->schema
                         : item->table                ? item->table->schema
                                                      : NULL;
    bool view = false;
    if (item->kind == SCHEMA_K_TABLE) {
        view = ((const struct schema_table *)item->object)->kind == SCHEMA_VIEW;
        word = view ? "VIEW" : "TABLE";
    }
    if (!word) {
        return pen_cannot(&pen, item, "SQLite has no such thing");
    }
    strbuf_addf(&b, "DROP %s ", word);
    pen_path(&b, &pen, schema, item->name);
    struct schema_statement *st = pen_say(&pen, &b);
    st->hazard = item->kind == SCHEMA_K_TABLE && !view ? "drops the table with its rows" : NULL;
    return 0;
}

/* --- all changes of one table --- */
struct changing {
    struct pen p;
    const struct schema *from, *to;
    const struct schema_change *const *changes;
    size_t n;
    const struct schema_table *old, *new;
};

static const struct schema_change *change_of(const struct changing *g, enum schema_kind kind,
                                             const void *object)
{
    for (size_t i = 0; i < g->n; i++) {
        const struct schema_change *c = g->changes[i];
        if (schema_change_item(c)->kind == kind &&
            (c->expected.object == object || c->actual.object == object)) {
            return c;
        }
    }
    return NULL;
}

static const struct schema_table *find_table(const struct schema *s, const struct schema_item *like)
{
    struct schema_table *const *t;
    const char *name = like->kind == SCHEMA_K_TABLE ? like->name : like->table->name;
    vec_each (t, &s->tables) {
        const char *schema = schema_within(s, (*t)->schema);
        bool same = schema && like->schema ? strcmp(schema, like->schema) == 0 : schema == like->schema;
        if (same && !(*t)->temporary && strcmp((*t)->name, name) == 0) {
            return *t;
        }
    }
    return NULL;
}

/* The columns as they will be when the wanted changes are made: in the order of the new table, and those
 * that stay against it behind them. */
static void shape_columns(const struct changing *g, struct sqlite_shape *out)
{
    struct schema_column *c;
    vec_each (c, &g->new->columns) {
        const struct schema_column *before = schema_column(g->old, c->name);
        const struct schema_change *change = change_of(g, SCHEMA_K_COLUMN, c);
        if (before || change) {
            *(const struct schema_column **)vec_push(g->p.a, &out->columns) = change ? c : before;
        }
    }
    vec_each (c, &g->old->columns) {
        if (!schema_column(g->new, c->name) && !change_of(g, SCHEMA_K_COLUMN, c)) {
            *(const struct schema_column **)vec_push(g->p.a, &out->columns) = c;
        }
    }
}

static void shape_constraints(const struct changing *g, struct sqlite_shape *out)
{
    struct schema_constraint *k;
    vec_each (k, &g->old->constraints) {
        if (!change_of(g, SCHEMA_K_CONSTRAINT, k)) {
            *(const struct schema_constraint **)vec_push(g->p.a, &out->constraints) = k;
        }
    }
    vec_each (k, &g->new->constraints) {
        if (change_of(g, SCHEMA_K_CONSTRAINT, k)) {
            *(const struct schema_constraint **)vec_push(g->p.a, &out->constraints) = k;
        }
    }
}

static const char *find_hazard(const struct changing *g)
{
    const char *hazard = "makes the table anew and copies its rows: it is locked for as long as that takes";
    for (size_t i = 0; i < g->n; i++) {
        const struct schema_change *c = g->changes[i];
        const struct schema_item *item = schema_change_item(c);
        if (item->kind == SCHEMA_K_COLUMN && c->kind == SCHEMA_UNEXPECTED) {
            return "drops a column with what is in it, and makes the table anew";
        }
        if (item->kind == SCHEMA_K_CONSTRAINT && c->kind != SCHEMA_UNEXPECTED) {
            bool foreign = ((const struct schema_constraint *)item->object)->kind == SCHEMA_FOREIGN_KEY;
            hazard = foreign ? "makes the table anew; rows are not checked against the foreign key: PRAGMA "
                               "foreign_key_check tells which break it"
                             : "makes the table anew; fails where rows break the constraint";
        }
        if (item->kind == SCHEMA_K_COLUMN && c->expected.object &&
            !((const struct schema_column *)c->expected.object)->nullable) {
            hazard = "makes the table anew; fails where a row has NULL in a column that is NOT NULL now";
        }
    }
    return hazard;
}

static int make_anew(const struct changing *g)
{
    struct sqlite_shape shape = {.table = g->old};
    for (size_t i = 0; i < g->n; i++) {
        shape.table = g->changes[i]->expected.kind == SCHEMA_K_TABLE && g->changes[i]->expected.object
                          ? g->new
                          : shape.table;
    }
    shape_columns(g, &shape);
    shape_constraints(g, &shape);
    return sqlite_make_anew(&g->p, g->from, g->old, &shape, find_hazard(g));
}

/* --- what ALTER TABLE can do --- */
static bool is_constant(const char *text)
{
    static const char *const now[] = {"CURRENT_TIME", "CURRENT_DATE", "CURRENT_TIMESTAMP"};
    for (size_t i = 0; i < COUNT_OF(now); i++) {
        if (strcasecmp(text, now[i]) == 0) {
            return false;
        }
    }
    return sqlite_stands_bare(text);
}

static bool is_null(const char *text)
{
    return !text || strcasecmp(text, "NULL") == 0;
}

static bool can_add(const struct schema_column *c)
{
    if (c->generated) {
        return !c->stored && c->nullable;
    }
    return (!c->default_text || is_constant(c->default_text)) && (c->nullable || !is_null(c->default_text));
}

/* The text names it, or may. */
static bool names(const char *text, const char *name)
{
    return text && sqlite_mentions(text, name);
}

static bool is_named(const struct changing *g, const struct schema_column *c)
{
    struct schema_constraint *k;
    vec_each (k, &g->old->constraints) {
        for (size_t i = 0; i < k->columns.n; i++) {
            if (strcasecmp(k->columns.items[i], c->name) == 0) {
                return true;
            }
        }
        for (size_t i = 0; i < k->ref_columns.n; i++) {
            if (strcasecmp(k->ref_columns.items[i], c->name) == 0) {
                return true;
            }
        }
        if (names(k->expression, c->name)) {
            return true;
        }
    }
    struct schema_index *x;
    vec_each (x, &g->old->indexes) {
        if (!x->automatic && names(x->definition, c->name)) {
            return true;
        }
    }
    struct schema_column *other;
    vec_each (other, &g->old->columns) {
        if (other != c && names(other->generated, c->name)) {
            return true;
        }
    }
    return false;
}

/* DROP COLUMN looks through all views and triggers, and refuses when one of them is left without it. */
static bool is_named_elsewhere(const struct changing *g, const struct schema_column *c)
{
    struct schema_table *const *t;
    vec_each (t, &g->from->tables) {
        struct schema_trigger *r;
        if ((*t)->kind == SCHEMA_VIEW &&
            (names((*t)->definition, c->name) || names((*t)->definition, g->old->name))) {
            return true;
        }
        vec_each (r, &(*t)->triggers) {
            if (names(r->definition, c->name) || names(r->definition, g->old->name)) {
                return true;
            }
        }
    }
    return false;
}

static bool can_alter(const struct changing *g)
{
    size_t left = g->old->columns.n, generated = 0;
    for (size_t i = 0; i < g->n; i++) {
        const struct schema_change *c = g->changes[i];
        const struct schema_column *column = schema_change_item(c)->object;
        if (schema_change_item(c)->kind != SCHEMA_K_COLUMN || c->kind == SCHEMA_CHANGED) {
            return false;
        }
        generated += c->kind == SCHEMA_MISSING && column->generated;
        if (generated > 1) { /* one may need the other */
            return false;
        }
        if (c->kind == SCHEMA_MISSING ? !can_add(column)
                                      : is_named(g, column) || is_named_elsewhere(g, column) || --left == 0) {
            return false;
        }
    }
    return true;
}

static void alter_column(const struct changing *g, const struct schema_change *c)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    strbuf_adds(&b, "ALTER TABLE ");
    pen_path(&b, &g->p, g->old->schema, g->old->name);
    strbuf_adds(&b, c->kind == SCHEMA_MISSING ? " ADD COLUMN " : " DROP COLUMN ");
    if (c->kind == SCHEMA_MISSING) {
        sqlite_column(&b, &g->p, c->expected.object);
        pen_say(&g->p, &b);
    } else {
        pen_name(&b, &g->p, c->actual.name);
        pen_say(&g->p, &b)->hazard = "drops the column with what is in it";
    }
}

/* What others are generated from comes before them, and no table is ever without a column. */
static void alter_columns(const struct changing *g)
{
    for (int pass = 0; pass < 3; pass++) {
        for (size_t i = 0; i < g->n; i++) {
            const struct schema_column *c = schema_change_item(g->changes[i])->object;
            int when = g->changes[i]->kind == SCHEMA_UNEXPECTED ? 2 : c->generated ? 1 : 0;
            if (when == pass) {
                alter_column(g, g->changes[i]);
            }
        }
    }
}

/* A view, and a virtual table, whose rows go with it; triggers on a view go with it, too. */
static void replace(const struct changing *g)
{
    bool view = g->old->kind == SCHEMA_VIEW;
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    strbuf_adds(&b, view ? "DROP VIEW " : "DROP TABLE ");
    pen_path(&b, &g->p, g->old->schema, g->old->name);
    pen_say(&g->p, &b)->hazard = view ? NULL : "drops the virtual table with its rows";
    pen_sayf(&g->p, "%s", g->new->definition);
}

static int alter_table(struct arena *a, const struct schema *from, const struct schema *to,
                       const struct schema_change *const *changes, size_t n, bool qualify,
                       schema_statements_t *out, struct err *err)
{
    const struct schema_item *first = schema_change_item(changes[0]);
    struct changing g = {pen_of(a, to, qualify, out, err),
                         from,
                         to,
                         changes,
                         n,
                         find_table(from, first),
                         find_table(to, first)};
    if (g.old->kind != SCHEMA_TABLE) {
        struct sqlite_shape shape = {.table = NULL};
        replace(&g);
        return sqlite_make_anew(&g.p, from, g.old, &shape, NULL);
    }
    if (can_alter(&g)) {
        alter_columns(&g);
        return 0;
    }
    if (g.old->partly_read || g.new->partly_read) {
        const struct schema_item whole = {.kind = SCHEMA_K_TABLE, .name = g.old->name, .object = g.old};
        return pen_cannot(
            &g.p, &whole,
            "its CREATE TABLE is not understood as a whole, and it cannot be made anew from half "
            "of it: write this change by hand");
    }
    return make_anew(&g);
}

/* Asked for indexes and triggers. */
static bool recreates(const struct schema *from, const struct schema *to, const struct schema_change *c)
{
    (void)from, (void)to, (void)c;
    return true;
}

static int alter(struct arena *a, const struct schema *from, const struct schema *to,
                 const struct schema_change *c, bool qualify, schema_statements_t *out, struct err *err)
{
    (void)from;
    struct pen pen = pen_of(a, to, qualify, out, err);
    return pen_cannot(&pen, &c->expected, "SQLite cannot change it");
}

/* x.y as it stands in a path; false: there is no dot. */
static const char *behind_dot(struct arena *a, const char *path, const char **table)
{
    const char *dot = strrchr(path, '.');
    *table = dot ? arena_dupn(a, path, (size_t)(dot - path)) : NULL;
    return dot ? dot + 1 : path;
}

static int rename_object(struct arena *a, const struct schema *s, const struct schema_rename *r, bool qualify,
                         schema_statements_t *out, struct err *err)
{
    struct pen p = pen_of(a, s, qualify, out, err);
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    const char *table, *other, *from = behind_dot(a, r->from, &table), *to = behind_dot(a, r->to, &other);
    strbuf_adds(&b, "ALTER TABLE ");
    if (r->kind == SCHEMA_K_TABLE) {
        pen_path(&b, &p, table, from);
        strbuf_adds(&b, " RENAME TO ");
        pen_name(&b, &p, to);
    } else if (r->kind == SCHEMA_K_COLUMN && table) {
        pen_path(&b, &p, NULL, table);
        strbuf_adds(&b, " RENAME COLUMN ");
        pen_name(&b, &p, from);
        strbuf_adds(&b, " TO ");
        pen_name(&b, &p, to);
    } else {
        return err_set(err, ERR_REFUSED, "%s: SQLite renames tables and columns only", r->from);
    }
    pen_say(&p, &b);
    return 0;
}

const struct schema_dialect schema_dialect_sqlite = {.inline_foreign_keys = true,
                                                     .recreates = recreates,
                                                     .create = create,
                                                     .drop = drop,
                                                     .alter = alter,
                                                     .alter_table = alter_table,
                                                     .rename = rename_object};
