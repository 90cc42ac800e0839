/* Names of selected columns: which get AS, which are made up, under which key a subquery has them. */
#include "engine/ddl/expr_statement.h"
#include <string.h>

/* What SQLAlchemy asks a column for its name. */
static bool is_named(const struct sql_expr *c)
{
    return c->kind == SQL_E_COLUMN || c->kind == SQL_E_LABEL || c->kind == SQL_E_LITERAL_COLUMN ||
           c->kind == SQL_E_TABLE_VALUED || c->kind == SQL_E_FUNCTION_COLUMN;
}

static bool wraps_column(const struct sql_expr *c)
{
    return c->kind == SQL_E_CAST || c->kind == SQL_E_COERCE ||
           (c->kind == SQL_E_UNARY &&
            (sql_op_is(c->op, SQL_OP_IS_TRUE) || sql_op_is(c->op, SQL_OP_IS_FALSE)));
}

static struct sql_column_name own_name(const struct sql_expr *c)
{
    if (c->kind == SQL_E_GROUPING) {
        struct sql_column_name n = own_name(c->left);
        return c->left->kind == SQL_E_FUNCTION ? (struct sql_column_name){.text = c->left->name.text} : n;
    }
    if (!is_named(c)) {
        return (struct sql_column_name){0};
    }
    return (struct sql_column_name){.text = c->anon ? NULL : c->name.text, .anon = c->anon};
}

static const char *seed_of(const struct sql_expr *c)
{
    if (c->kind == SQL_E_GROUPING) {
        return seed_of(c->left);
    }
    if (c->anon) {
        return c->anon->seed;
    }
    return (is_named(c) || c->kind == SQL_E_FUNCTION) && c->name.text ? c->name.text : "anon";
}

/* The name that is made up for an unnamed column; a cast column keeps the name of what it casts. */
static struct sql_column_name made_up(struct arena *a, const struct sql_expr *c)
{
    if (wraps_column(c) && c->left->kind != SQL_E_TEXT) {
        struct sql_column_name inner = own_name(c->left);
        return inner.text || inner.anon ? inner : made_up(a, c->left);
    }
    return (struct sql_column_name){.anon = sql_anon(a, c, 0, seed_of(c))};
}

static const char *table_name(struct arena *a, const struct sql_expr *c);

static const char *seed_within(struct arena *a, const struct sql_expr *c)
{
    while (wraps_column(c) || c->kind == SQL_E_GROUPING) {
        c = c->left;
    }
    return table_name(a, c);
}

static struct sql_column_name made_up_again(struct arena *a, const struct sql_expr *c, unsigned index)
{
    const char *seed = seed_of(c);
    if (wraps_column(c)) {
        struct sql_column_name inner = own_name(c->left);
        if (inner.text) {
            return (struct sql_column_name){.anon = sql_anon(a, c, 0, arena_printf(a, "%s_", inner.text))};
        }
        seed = seed_within(a, c);
        seed = seed ? seed : "anon";
    }
    return (struct sql_column_name){.anon = sql_anon(a, c, index, arena_printf(a, "%s_", seed))};
}

/* t.a is "t_a" when columns are named with their tables. */
static const char *table_name(struct arena *a, const struct sql_expr *c)
{
    while (wraps_column(c)) {
        c = c->left;
    }
    if (c->kind == SQL_E_LITERAL_COLUMN || !is_named(c)) {
        return NULL;
    }
    const struct sql_from *f = c->from;
    if (c->kind != SQL_E_COLUMN || !f || !sql_from_is_named(f) || !f->name.text || !c->name.text) {
        return c->name.text;
    }
    const char *label = f->schema.text
                            ? arena_printf(a, "%s_%s_%s", f->schema.text, f->name.text, c->name.text)
                            : arena_printf(a, "%s_%s", f->name.text, c->name.text);
    if (f->schema.text) {
        size_t schema = strlen(f->schema.text);
        char *changed = arena_dup(a, label);
        for (size_t i = 0; i < schema; i++) {
            changed[i] = changed[i] == '.' ? '_' : changed[i];
        }
        label = changed;
    }
    const char *free_label = label;
    for (unsigned i = 1; sql_from_column(f, free_label); i++) {
        free_label = arena_printf(a, "%s_%u", label, i);
    }
    return free_label;
}

const char *sql_column_table_name(struct arena *a, const struct sql_expr *column)
{
    return table_name(a, column);
}

static bool same_name(const struct sql_column_name *x, const struct sql_column_name *y)
{
    if (x->anon || y->anon) {
        return x->anon && y->anon && x->anon->id == y->anon->id && x->anon->index == y->anon->index &&
               strcmp(x->anon->seed, y->anon->seed) == 0;
    }
    return x->text && y->text && strcmp(x->text, y->text) == 0;
}

struct sql_column_name sql_made_up_name(struct arena *a, const struct sql_expr *column)
{
    return made_up(a, column);
}

struct taken {
    struct sql_column_name name;
    const struct sql_expr *column;
};
struct naming {
    struct arena *arena;
    enum sql_label_style style;
    bool anon_for_dupe_key;
    unsigned dedupe;
    VEC(struct taken) taken;
    VEC(struct {
        const char *key;
        const struct sql_expr *column;
    })
    keys;
    VEC(struct {
        const char *seed;
        const struct sql_expr *column;
        unsigned number;
    })
    anons;
};

static const struct sql_expr *taken_by(const struct naming *s, const struct sql_column_name *name)
{
    for (size_t i = 0; i < s->taken.n; i++) {
        if (same_name(&s->taken.items[i].name, name)) {
            return s->taken.items[i].column;
        }
    }
    return NULL;
}

static void take(struct naming *s, struct sql_column_name name, const struct sql_expr *c)
{
    for (size_t i = 0; i < s->taken.n; i++) {
        if (same_name(&s->taken.items[i].name, &name)) {
            s->taken.items[i].column = c;
            return;
        }
    }
    *vec_push(s->arena, &s->taken) = (struct taken){name, c};
}

static struct sql_column_name again(struct naming *s, const struct sql_expr *c)
{
    if (s->style == SQL_LABELS_TABLE) {
        const char *table = table_name(s->arena, c);
        const char *seed = arena_printf(s->arena, "%s_", table ? table : "anon");
        return (struct sql_column_name){.anon = sql_anon(s->arena, c, s->dedupe++, seed)};
    }
    return made_up_again(s->arena, c, s->dedupe++);
}

/* An unnamed column: its made-up name is only a fallback. */
static void name_unnamed(struct naming *s, struct sql_selected *row)
{
    struct sql_column_name name = made_up(s->arena, row->column);
    row->repeated = taken_by(s, &name) != NULL;
    take(s, name, row->column);
    row->fallback = row->repeated ? again(s, row->column) : name;
}

static void name_effective(struct naming *s, struct sql_selected *row, struct sql_column_name name)
{
    const struct sql_expr *c = row->column, *other = taken_by(s, &name);
    if (!other) {
        take(s, name, c);
        return;
    }
    if (other != c) {
        const char *table = s->style == SQL_LABELS_TABLE ? table_name(s->arena, c) : NULL;
        row->required = table ? (struct sql_column_name){.anon = sql_anon(s->arena, c, 0, table)}
                        : wraps_column(c)
                            ? made_up(s->arena, c)
                            : (struct sql_column_name){.anon = sql_anon(s->arena, c, 0, seed_of(c))};
        if (s->anon_for_dupe_key && taken_by(s, &row->required)) {
            row->required = again(s, c);
            row->repeated = true;
        } else {
            take(s, row->required, c);
        }
        row->fallback = row->required;
    } else if (s->anon_for_dupe_key) {
        row->required = row->fallback = again(s, c);
        row->repeated = true;
    }
}

static void name_row(struct naming *s, struct sql_selected *row)
{
    const struct sql_expr *c = row->column;
    bool bare =
        (c->kind == SQL_E_COLUMN && !c->from) || c->kind == SQL_E_LITERAL_COLUMN || c->kind == SQL_E_TEXT;
    if (bare) {
        return;
    }
    if (s->style == SQL_LABELS_NONE) {
        row->fallback = own_name(c);
        if (!row->fallback.text && !row->fallback.anon) {
            row->fallback = made_up(s->arena, c);
        }
        return;
    }
    struct sql_column_name name = own_name(c);
    if (s->style == SQL_LABELS_TABLE) {
        const char *table = c->anon ? NULL : table_name(s->arena, c);
        name = table ? (struct sql_column_name){.text = table} : name;
        row->required = name;
    }
    row->fallback = name;
    if (name.text || name.anon) {
        name_effective(s, row, name);
    } else {
        name_unnamed(s, row);
    }
}

/* --- keys --- */

static const char *proxy_key(struct arena *a, const struct sql_expr *c, bool with_table)
{
    if (c->kind == SQL_E_GROUPING || wraps_column(c)) {
        return c->left->kind == SQL_E_TEXT ? NULL : proxy_key(a, c->left, false);
    }
    if (c->kind == SQL_E_VALUE) {
        return c->flags & SQL_X_UNIQUE ? NULL : c->name.text;
    }
    if (c->kind == SQL_E_FUNCTION) {
        return c->name.text;
    }
    if (!is_named(c) || (c->anon && !c->key)) {
        return NULL;
    }
    return with_table && c->kind == SQL_E_COLUMN && !c->key ? table_name(a, c) : sql_column_key(c);
}

static const char *numbered(struct naming *s, const char *seed, const struct sql_expr *c)
{
    unsigned number = 0;
    for (size_t i = 0; i < s->anons.n; i++) {
        if (strcmp(s->anons.items[i].seed, seed) == 0) {
            if (s->anons.items[i].column == c) {
                return arena_printf(s->arena, "%s_%u", seed, s->anons.items[i].number);
            }
            number = s->anons.items[i].number;
        }
    }
    s->anons.items = vec_grow_(s->arena, s->anons.items, s->anons.n, &s->anons.cap, sizeof(*s->anons.items));
    s->anons.items[s->anons.n].seed = seed;
    s->anons.items[s->anons.n].column = c;
    s->anons.items[s->anons.n++].number = number + 1;
    return arena_printf(s->arena, "%s_%u", seed, number + 1);
}

static const char *key_of(struct naming *s, const struct sql_expr *c)
{
    if (c->kind == SQL_E_TEXT) {
        return NULL;
    }
    const char *key = proxy_key(s->arena, c, s->style == SQL_LABELS_TABLE);
    const char *wanted = key ? key : "_no_label";
    if (s->style == SQL_LABELS_NONE) {
        return wanted;
    }
    for (size_t i = 0; i < s->keys.n; i++) {
        if (strcmp(s->keys.items[i].key, wanted) == 0) {
            return numbered(s, wanted, c);
        }
    }
    s->keys.items = vec_grow_(s->arena, s->keys.items, s->keys.n, &s->keys.cap, sizeof(*s->keys.items));
    s->keys.items[s->keys.n].column = c;
    s->keys.items[s->keys.n++].key = wanted;
    return wanted;
}

void sql_name_columns(struct arena *a, enum sql_label_style style, const sql_exprs_t *columns,
                      bool anon_for_dupe_key, sql_selected_t *out)
{
    struct naming s = {.arena = a, .style = style, .anon_for_dupe_key = anon_for_dupe_key, .dedupe = 1};
    for (size_t i = 0; i < columns->n; i++) {
        struct sql_selected row = {.column = columns->items[i]};
        name_row(&s, &row);
        row.key = key_of(&s, row.column);
        *vec_push(a, out) = row;
    }
}
