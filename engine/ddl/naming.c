/*
 * Names of constraints and indexes: naming conventions of a MetaData, and names too long for the dialect.
 */
#include "base/md5.h"
#include "engine/ddl/table.h"
#include <stdlib.h>
#include <string.h>

static const char *const kind_keys[DDL_CONSTRAINT_COUNT] = {
    [DDL_PRIMARY_KEY] = "pk", [DDL_UNIQUE] = "uq", [DDL_FOREIGN_KEY] = "fk", [DDL_CHECK] = "ck"};

/* What a template is filled with. */
struct naming_subject {
    const struct ddl_table *table;
    const struct ddl_name *name; /* given by the program */
    const ddl_names_t *columns;
    const struct ddl_constraint *foreign_key; /* NULL: another kind */
};

static const char *template_of(const struct ddl_table *t, const char *key)
{
    static const struct ddl_naming none = {0};
    const struct ddl_naming *n = t ? t->naming : &none;
    if (!n || n->uncertain) {
        return strcmp(key, "ix") == 0 ? "ix_%(column_0_label)s" : NULL;
    }
    for (size_t i = 0; i < n->n; i++) {
        if (strcmp(n->items[i].key, key) == 0) {
            return n->items[i].template;
        }
    }
    return NULL;
}

/* The value of column number `at` under the token's last word: name, key, label; referred_column's name. */
static bool column_token(struct strbuf *out, const struct naming_subject *s, struct slice word, bool referred,
                         size_t at)
{
    if (referred) {
        if (!s->foreign_key || !slice_eq(word, "name")) {
            return false;
        }
        if (at < s->foreign_key->ref_columns.n) {
            strbuf_adds(out, s->foreign_key->ref_columns.items[at].text);
        }
        return true;
    }
    const char *name = at < s->columns->n ? s->columns->items[at].text : NULL;
    if (slice_eq(word, "name")) {
        strbuf_adds(out, name ? name : "");
        return true;
    }
    const struct ddl_column *c = name && s->table ? ddl_table_column(s->table, name) : NULL;
    if (slice_eq(word, "key")) {
        strbuf_adds(out, c && c->expr && c->expr->key ? c->expr->key : name ? name : "");
        return true;
    }
    if (slice_eq(word, "label")) {
        if (name && s->columns->items[at].conv) { /* column(): of no table */
            strbuf_adds(out, name);
            return true;
        }
        if (name && s->table->schema.text && *s->table->schema.text) {
            for (const char *p = s->table->schema.text; *p; p++) {
                strbuf_addch(out, *p == '.' ? '_' : *p);
            }
            strbuf_addch(out, '_');
        }
        if (name) {
            strbuf_addf(out, "%s_%s", s->table->name.text, name);
        }
        return true;
    }
    return false;
}

/* column_0_name, column_0N_name, column_0_N_name, referred_column_2_name. */
static bool numbered_token(struct strbuf *out, const struct naming_subject *s, struct slice token)
{
    bool referred = slice_starts(token, "referred_column_");
    if (!referred && !slice_starts(token, "column_")) {
        return false;
    }
    size_t skip = referred ? 16 : 7;
    struct slice rest = {token.ptr + skip, token.len - skip};
    size_t at = 0, digits = 0;
    while (digits < rest.len && rest.ptr[digits] >= '0' && rest.ptr[digits] <= '9' && digits < 6) {
        at = at * 10 + (size_t)(rest.ptr[digits++] - '0');
    }
    bool underscore = rest.len > digits + 1 && rest.ptr[digits] == '_' && rest.ptr[digits + 1] == 'N';
    bool all = underscore || (rest.len > digits && rest.ptr[digits] == 'N');
    size_t used = digits + (underscore ? 2 : all ? 1 : 0);
    if (digits == 0 || used + 1 >= rest.len || rest.ptr[used] != '_' || (all && at != 0)) {
        return false;
    }
    struct slice word = {rest.ptr + used + 1, rest.len - used - 1};
    if (!all) {
        return column_token(out, s, word, referred, at);
    }
    for (size_t i = 0; i < s->columns->n; i++) {
        if (i > 0 && underscore) {
            strbuf_addch(out, '_');
        }
        if (!column_token(out, s, word, referred, i)) {
            return false;
        }
    }
    return true;
}

static int add_token(struct strbuf *out, const struct naming_subject *s, struct slice token, struct err *err)
{
    if (slice_eq(token, "table_name")) {
        strbuf_adds(out, s->table->name.text);
    } else if (slice_eq(token, "constraint_name")) {
        if (!s->name->text) {
            return ddl_fail(err, DDL_INVALID_REQUEST,
                            "Naming convention including %%(constraint_name)s token requires that constraint "
                            "is explicitly named.");
        }
        strbuf_adds(out, s->name->text);
    } else if (slice_eq(token, "referred_table_name") && s->foreign_key) {
        strbuf_adds(out, s->foreign_key->ref_table.text);
    } else if (!numbered_token(out, s, token)) {
        return ddl_fail(err, DDL_KEY, "%.*s", (int)token.len, token.ptr);
    }
    return 0;
}

static int fill_template(struct strbuf *out, const char *template, const struct naming_subject *s,
                         struct err *err)
{
    for (const char *p = template; *p; p++) {
        const char *end = p[0] == '%' && p[1] == '(' ? strstr(p, ")s") : NULL;
        if (*p != '%') {
            strbuf_addch(out, *p);
        } else if (p[1] == '%') {
            strbuf_addch(out, *p++);
        } else if (end) {
            int r = add_token(out, s, (struct slice){p + 2, (size_t)(end - p - 2)}, err);
            if (r < 0) {
                return r;
            }
            p = end + 1;
        } else {
            return err_set(err, ERR_REFUSED, "the naming convention \"%s\"", template);
        }
    }
    return 0;
}

/* Apply the convention, if one is meant for this name. *out may be unnamed afterwards. */
static int apply_convention(struct arena *a, const char *template, const struct naming_subject *s,
                            struct ddl_name *out, struct err *err)
{
    *out = *s->name;
    if (s->name->conv || !template || (s->name->text && !strstr(template, "constraint_name"))) {
        return 0;
    }
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    int r = fill_template(&text, template, s, err);
    if (r < 0) {
        return r;
    }
    *out = (struct ddl_name){.text = arena_dup(a, strbuf_cstr(&text)), .conv = true};
    return 0;
}

static size_t characters(const char *text)
{
    size_t n = 0;
    for (; *text; text++) {
        n += ((unsigned char)*text & 0xc0) != 0x80;
    }
    return n;
}

/* Generated names are cut and get four digits of a digest; names that the program gave must fit. */
static int fit_name(struct arena *a, const struct ddl_dialect *d, size_t max, struct ddl_name *name,
                    struct err *err)
{
    size_t n = name->text ? characters(name->text) : 0;
    if (name->conv && n > max) {
        char hex[MD5_HEX + 1];
        md5_hex(slice_of(name->text), hex);
        const char *p = name->text;
        for (size_t left = max - 8; left > 0; left--) {
            do {
                p++;
            } while (((unsigned char)*p & 0xc0) == 0x80);
        }
        name->text = arena_printf(a, "%.*s_%s", (int)(p - name->text), name->text, hex + MD5_HEX - 4);
    } else if (!name->conv && n > d->max_identifier) {
        return ddl_fail(err, DDL_IDENTIFIER, "Identifier '%s' exceeds maximum length of %zu characters",
                        name->text, d->max_identifier);
    }
    return 0;
}

/* Columns that an expression names, in order; `conv` marks a column() that belongs to no table. */
static void gather_columns(struct arena *a, const struct sql_expr *e, ddl_names_t *out, int depth)
{
    if (!e || depth > 200) {
        return;
    }
    if (e->kind == SQL_E_COLUMN) {
        const struct ddl_name *n;
        vec_each (n, out) {
            if (strcmp(n->text, e->name.text) == 0) {
                return;
            }
        }
        struct ddl_name *name = vec_push(a, out);
        *name = e->name;
        name->conv = !e->data && !e->from;
    }
    gather_columns(a, e->left, out, depth + 1);
    gather_columns(a, e->right, out, depth + 1);
    for (size_t i = 0; i < e->n; i++) {
        gather_columns(a, e->items[i], out, depth + 1);
    }
}

/* A convention that is not known names what has no name, and often changes the names of CHECK constraints. */
static int check_certain(const struct ddl_table *t, const struct ddl_name *name, bool given_changes,
                         const char *what, struct err *err)
{
    const struct ddl_naming *n = t ? t->naming : NULL;
    bool matters = !name->conv && !name->none_name && (!name->text || given_changes);
    if (!n || !n->uncertain || !matters || !n->uncertain(n->arg)) {
        return 0;
    }
    err_set(err, ERR_REFUSED, "%s %s, whose name is made by the naming_convention of the project's metadata",
            what, name->text ? name->text : "without a name");
    return err_hint(err, "Name it with op.f(...): Lockstep does not run the code that has the convention.");
}

int ddl_constraint_name(struct arena *a, const struct ddl_dialect *d, const struct ddl_constraint *c,
                        struct ddl_name *out, struct err *err)
{
    ddl_names_t columns = {0};
    struct ddl_name name = c->type_bound ? ddl_type_undecorated(d, c->of_type)->name : c->name;
    struct naming_subject s = {.table = c->table, .name = &name, .columns = &c->columns};
    if (c->kind == DDL_FOREIGN_KEY) {
        s.foreign_key = c;
    } else if (c->kind == DDL_CHECK && !c->type_bound) {
        gather_columns(a, c->check, &columns, 0);
        s.columns = &columns;
    }
    const char *key = c->kind < DDL_CONSTRAINT_COUNT ? kind_keys[c->kind] : NULL;
    int certain = key ? check_certain(c->table, &name, c->kind == DDL_CHECK, "a constraint", err) : 0;
    if (certain < 0) {
        return certain;
    }
    int r = apply_convention(a, key && c->table ? template_of(c->table, key) : NULL, &s, out, err);
    return r < 0 ? r : fit_name(a, d, d->max_constraint, out, err);
}

int ddl_index_name(struct arena *a, const struct ddl_dialect *d, const struct ddl_index *i,
                   struct ddl_name *out, struct err *err)
{
    ddl_names_t columns = {0};
    const struct ddl_index_element *e;
    vec_each (e, &i->elements) {
        if (e->column.text) {
            struct ddl_name *name = vec_push(a, &columns);
            *name = e->column;
            name->conv = e->clause;
        } else {
            gather_columns(a, e->expr, &columns, 0);
        }
    }
    struct naming_subject s = {.table = i->table, .name = &i->name, .columns = &columns};
    int certain = i->unattached ? 0 : check_certain(i->table, &i->name, false, "an index", err);
    if (certain < 0) {
        return certain;
    }
    const char *template = i->table && !i->unattached ? template_of(i->table, "ix") : NULL;
    int r = apply_convention(a, template, &s, out, err);
    return r < 0 ? r : fit_name(a, d, d->max_index, out, err);
}
