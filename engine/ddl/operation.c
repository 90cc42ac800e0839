/*
 * Operations on tables, columns, constraints and indexes as sequences of statements, in the order of
 * Alembic's implementation classes.
 */
#include "engine/ddl/operation.h"
#include "engine/ddl/alter.h"
#include <string.h>

static const char no_alter[] = "No support for ALTER of constraints in SQLite dialect. Please refer to the "
                               "batch mode feature which allows "
                               "for SQLite migrations using a copy-and-move strategy.";

int ddl_out_statement(struct ddl_out *out, struct strbuf *text, struct err *err)
{
    int r = out->statement(out->arg, (struct slice){strbuf_cstr(text), text->len}, err);
    strbuf_clear(text);
    return r;
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* Is the type known to be there? Otherwise it is noted. */
static bool seen_before(struct ddl_seen_types *seen, const struct ddl_type *t)
{
    struct ddl_seen_type *s;
    if (!seen) {
        return false;
    }
    vec_each (s, &seen->items) {
        if (same_text(s->schema, t->schema) && same_text(s->name, t->name.text)) {
            return true;
        }
    }
    s = vec_push(seen->arena, &seen->items);
    s->schema = arena_dup(seen->arena, t->schema);
    s->name = arena_dup(seen->arena, t->name.text);
    return false;
}

/* The named type that a column's type needs: itself, or an array's item. */
const struct ddl_type *ddl_named_type(struct arena *a, const struct ddl_dialect *d, const struct ddl_type *t)
{
    (void)a;
    return ddl_type_named(d, t);
}

static int create_type(struct ddl_out *out, struct strbuf *text, const struct ddl_type *t, struct err *err)
{
    bool exists = false;
    if (out->live && out->type_exists && out->type_exists(out->arg, t, &exists, err) < 0) {
        return err->status;
    }
    if (exists) {
        return 0;
    }
    int r = ddl_type_create(text, out->dialect, t, err);
    return r < 0 ? r : ddl_out_statement(out, text, err);
}

int ddl_op_create_types(struct ddl_out *out, const struct ddl_table *t, struct err *err)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    struct ddl_column **c;
    vec_each (c, &t->columns) {
        const struct ddl_type *named = ddl_named_type(out->arena, out->dialect, (*c)->type);
        if (!named || named->has_metadata || !named->create_type || seen_before(out->seen, named)) {
            continue;
        }
        int r = create_type(out, &text, named, err);
        if (r < 0) {
            return r;
        }
    }
    return 0;
}

static int create_comments(struct ddl_out *out, struct strbuf *text, const struct ddl_table *t,
                           struct err *err)
{
    struct ddl_column **c;
    int r = 0;
    if (out->dialect->kind != DDL_POSTGRESQL) {
        return 0;
    }
    if (t->comment && *t->comment) {
        r = ddl_table_comment(text, out->dialect, t, t->comment, false, err);
        r = r < 0 ? r : ddl_out_statement(out, text, err);
    }
    vec_each (c, &t->columns) {
        if (r == 0 && (*c)->comment && *(*c)->comment) {
            r = ddl_column_comment(out->arena, text, out->dialect, *c, err);
            r = r < 0 ? r : ddl_out_statement(out, text, err);
        }
    }
    return r;
}

int ddl_op_create_table(struct ddl_out *out, struct ddl_table *t, bool if_not_exists, struct err *err)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    struct ddl_index **i;
    int r = ddl_op_create_types(out, t, err);
    if (r == 0) {
        bool before = t->if_not_exists;
        t->if_not_exists = if_not_exists;
        r = ddl_create_table(out->arena, &text, out->dialect, t, err);
        t->if_not_exists = before;
        r = r < 0 ? r : ddl_out_statement(out, &text, err);
    }
    vec_each (i, &t->indexes) {
        if (r == 0) {
            r = ddl_create_index(out->arena, &text, out->dialect, *i, -1, err);
            r = r < 0 ? r : ddl_out_statement(out, &text, err);
        }
    }
    return r < 0 ? r : create_comments(out, &text, t, err);
}

int ddl_op_drop_table(struct ddl_out *out, const struct ddl_table *t, bool if_exists, struct err *err)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    int r = ddl_drop_table(&text, out->dialect, t, if_exists, err);
    return r < 0 ? r : ddl_out_statement(out, &text, err);
}

void ddl_dotted_table(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_name *table,
                      const struct ddl_name *schema)
{
    if (schema && schema->text && *schema->text) {
        if (schema->quote != DDL_QUOTE_AUTO || schema->conv) {
            ddl_quote_name(out, d, schema);
        } else {
            struct slice rest = slice_of(schema->text), part;
            for (bool first = true; slice_cut(&rest, '.', &part); first = false) {
                AUTO(strbuf_release) struct strbuf name = STRBUF_INIT;
                strbuf_add(&name, part.ptr, part.len);
                strbuf_adds(out, first ? "" : ".");
                ddl_quote_text(out, d, strbuf_cstr(&name));
            }
        }
        strbuf_addch(out, '.');
    }
    ddl_quote_name(out, d, table);
}

void ddl_alter_table(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_name *table,
                     const struct ddl_name *schema)
{
    strbuf_adds(out, "ALTER TABLE ");
    ddl_dotted_table(out, d, table, schema);
}

int ddl_op_rename_table(struct ddl_out *out, struct ddl_name from, struct ddl_name to, struct ddl_name schema,
                        struct err *err)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    ddl_alter_table(&text, out->dialect, &from, &schema);
    strbuf_adds(&text, " RENAME TO ");
    ddl_dotted_table(&text, out->dialect, &to, ddl_is_mysql(out->dialect) ? &schema : NULL);
    return ddl_out_statement(out, &text, err);
}

const struct ddl_constraint *ddl_inline_reference(const struct ddl_table *t, const struct ddl_column *c)
{
    const struct ddl_constraint *found = NULL;
    struct ddl_constraint **k;
    vec_each (k, &t->constraints) {
        for (size_t i = 0; (*k)->kind == DDL_FOREIGN_KEY && i < (*k)->columns.n; i++) {
            if (strcmp((*k)->columns.items[i].text, c->name.text) == 0) {
                if (found || (*k)->columns.n != 1) {
                    return NULL;
                }
                found = *k;
            }
        }
    }
    return found;
}

static int add_column_text(struct ddl_out *out, struct strbuf *text, const struct ddl_table *t,
                           const struct ddl_column *c, const struct ddl_add_column_opts *o,
                           const struct ddl_constraint *reference, struct err *err)
{
    const struct ddl_dialect *d = out->dialect;
    ddl_alter_table(text, d, &t->name, &t->schema);
    strbuf_adds(text, o->if_not_exists ? " ADD COLUMN IF NOT EXISTS " : " ADD COLUMN ");
    int r = ddl_column_spec(out->arena, text, d, c, err);
    if (r < 0) {
        return r;
    }
    strbuf_adds(text, o->inline_primary_key && c->primary_key ? " PRIMARY KEY" : "");
    if (reference) {
        strbuf_adds(text, " REFERENCES ");
        ddl_quote_table(text, d, &reference->ref_schema, &reference->ref_table);
        strbuf_adds(text, " (");
        ddl_quote_name(text, d, &reference->ref_columns.items[0]);
        strbuf_addch(text, ')');
        r = ddl_references_tail(text, d, reference, err);
    }
    struct ddl_constraint **k;
    vec_each (k, &c->constraints) {
        if (r == 0 && (*k)->kind != DDL_FOREIGN_KEY) {
            strbuf_addch(text, ' ');
            r = ddl_constraint_text(out->arena, text, d, *k, err);
        }
    }
    return r;
}

int ddl_op_add_column_alone(struct ddl_out *out, const struct ddl_table *t, const struct ddl_column *c,
                            const struct ddl_add_column_opts *o, struct err *err)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    const struct ddl_constraint *reference = o->inline_references ? ddl_inline_reference(t, c) : NULL;
    int r = add_column_text(out, &text, t, c, o, reference, err);
    return r < 0 ? r : ddl_out_statement(out, &text, err);
}

int ddl_op_column_comment(struct ddl_out *out, const struct ddl_column *c, struct err *err)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    int r = ddl_column_comment(out->arena, &text, out->dialect, c, err);
    return r < 0 ? r : ddl_out_statement(out, &text, err);
}

int ddl_op_add_column(struct ddl_out *out, struct ddl_table *t, struct ddl_column *c,
                      const struct ddl_add_column_opts *o, struct err *err)
{
    const struct ddl_constraint *reference = o->inline_references ? ddl_inline_reference(t, c) : NULL;
    int r = ddl_op_add_column_alone(out, t, c, o, err);
    struct ddl_constraint **k;
    vec_each (k, &t->constraints) {
        if (r == 0 && (*k)->kind != DDL_PRIMARY_KEY && *k != reference) {
            r = ddl_op_add_constraint(out, *k, err);
        }
    }
    struct ddl_index **i;
    vec_each (i, &t->indexes) {
        if (r == 0) {
            r = ddl_op_create_index(out, *i, -1, err);
        }
    }
    bool commented = c->comment && *c->comment && out->dialect->kind == DDL_POSTGRESQL;
    return r == 0 && commented ? ddl_op_column_comment(out, c, err) : r;
}

int ddl_op_drop_column(struct ddl_out *out, const struct ddl_table *t, const struct ddl_column *c,
                       bool if_exists, const ddl_options_t *kw, struct err *err)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    (void)kw; /* of other databases (mssql_drop_check) */
    ddl_alter_table(&text, out->dialect, &t->name, &t->schema);
    strbuf_adds(&text, if_exists ? " DROP COLUMN IF EXISTS " : " DROP COLUMN ");
    ddl_quote_name(&text, out->dialect, &c->name);
    return ddl_out_statement(out, &text, err);
}

int ddl_op_add_constraint(struct ddl_out *out, struct ddl_constraint *c, struct err *err)
{
    if (out->dialect->kind == DDL_SQLITE) {
        return c->type_bound ? 0 : ddl_fail(err, DDL_NOT_IMPLEMENTED, "%s", no_alter);
    }
    if (!ddl_constraint_wanted(out->dialect, c)) {
        return 0;
    }
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    int r = ddl_add_constraint(out->arena, &text, out->dialect, c, err);
    return r < 0 ? r : ddl_out_statement(out, &text, err);
}

int ddl_op_drop_constraint(struct ddl_out *out, const struct ddl_constraint *c, const char *type,
                           bool if_exists, struct err *err)
{
    static const struct {
        const char *type;
        enum ddl_constraint_kind kind;
    } kinds[] = {{"foreignkey", DDL_FOREIGN_KEY},
                 {"primary", DDL_PRIMARY_KEY},
                 {"unique", DDL_UNIQUE},
                 {"check", DDL_CHECK}};
    struct ddl_constraint typed = *c;
    if (type) {
        typed.kind = DDL_CONSTRAINT_COUNT;
        for (size_t i = 0; i < COUNT_OF(kinds); i++) {
            typed.kind = strcmp(kinds[i].type, type) == 0 ? kinds[i].kind : typed.kind;
        }
        if (typed.kind == DDL_CONSTRAINT_COUNT) {
            return ddl_fail(err, DDL_TYPE,
                            "'type' can be one of 'check', 'foreignkey', 'primary', 'unique', None");
        }
    }
    if (out->dialect->kind == DDL_SQLITE) {
        return c->type_bound ? 0 : ddl_fail(err, DDL_NOT_IMPLEMENTED, "%s", no_alter);
    }
    if (c->type_bound && ddl_is_mysql(out->dialect)) {
        return 0;
    }
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    int r = ddl_drop_constraint(out->arena, &text, out->dialect, &typed, if_exists, false, err);
    return r < 0 ? r : ddl_out_statement(out, &text, err);
}

int ddl_op_create_index(struct ddl_out *out, struct ddl_index *i, int if_not_exists, struct err *err)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    int r = ddl_create_index(out->arena, &text, out->dialect, i, if_not_exists, err);
    return r < 0 ? r : ddl_out_statement(out, &text, err);
}

int ddl_op_drop_index(struct ddl_out *out, struct ddl_index *i, bool if_exists, struct err *err)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    int r = ddl_drop_index(out->arena, &text, out->dialect, i, if_exists, err);
    return r < 0 ? r : ddl_out_statement(out, &text, err);
}

int ddl_op_table_comment(struct ddl_out *out, const struct ddl_table *t, const char *comment, bool drop,
                         struct err *err)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    int r = ddl_table_comment(&text, out->dialect, t, comment, drop, err);
    return r < 0 ? r : ddl_out_statement(out, &text, err);
}
