/*
 * ALTER COLUMN: one statement for each change, as most databases have it. SQLite takes few of them, but what
 * Alembic writes for it outside batch mode is the same.
 */
#include "engine/ddl/alter.h"
#include <string.h>

/* A CHECK that a Boolean or Enum carries goes with the old type and comes with the new one. */
struct ddl_constraint *ddl_alter_check(struct ddl_out *out, const struct ddl_alter_column *a,
                                       const struct ddl_type *type)
{
    struct ddl_table *t = ddl_table_new(out->arena, a->table, a->schema);
    struct ddl_column *c = arena_alloc(out->arena, sizeof(*c));
    *c = (struct ddl_column){.name = a->column, .type = type, .nullable = true};
    t->naming = a->naming;
    ddl_table_add_column(out->arena, t, c);
    struct ddl_constraint *check = t->constraints.n ? t->constraints.items[0] : NULL;
    return check && ddl_constraint_wanted(out->dialect, check) ? check : NULL;
}

int ddl_op_alter_column_alone(struct ddl_out *out, const struct ddl_alter_column *a, struct err *err)
{
    return out->dialect->kind == DDL_POSTGRESQL ? ddl_alter_column_postgresql(out, a, err)
           : ddl_is_mysql(out->dialect)         ? ddl_alter_column_mysql(out, a, err)
                                                : ddl_alter_column_default(out, a, err);
}

int ddl_op_alter_column(struct ddl_out *out, const struct ddl_alter_column *a, struct err *err)
{
    struct ddl_constraint *old =
        a->existing_type && a->type ? ddl_alter_check(out, a, a->existing_type) : NULL;
    int r = old ? ddl_op_drop_constraint(out, old, NULL, false, err) : 0;
    r = r < 0 ? r : ddl_op_alter_column_alone(out, a, err);
    struct ddl_constraint *new = r == 0 && a->type ? ddl_alter_check(out, a, a->type) : NULL;
    return new ? ddl_op_add_constraint(out, new, err) : r;
}

static void begin(struct strbuf *text, const struct ddl_dialect *d, const struct ddl_alter_column *a)
{
    ddl_alter_table(text, d, &a->table, &a->schema);
    strbuf_adds(text, " ALTER COLUMN ");
    ddl_quote_name(text, d, &a->column);
    strbuf_addch(text, ' ');
}

int ddl_alter_default_check(const struct ddl_default *def, struct err *err)
{
    if (def->kind == DDL_DEFAULT_FETCHED) {
        return ddl_fail(err, DDL_ASSERTION, "%s", "");
    }
    if (def->kind == DDL_DEFAULT_INVALID) {
        return ddl_fail(err, DDL_ARGUMENT,
                        "Argument 'arg' is expected to be one of type '<class 'str'>' or '<class "
                        "'sqlalchemy.sql.elements.ClauseElement'>' or '<class "
                        "'sqlalchemy.sql.elements.TextClause'>', got '<class '%.*s'>'",
                        (int)def->text.len, def->text.ptr);
    }
    return 0;
}

static int alter_default(struct ddl_out *out, struct strbuf *text, const struct ddl_alter_column *a,
                         struct err *err)
{
    const struct ddl_dialect *d = out->dialect;
    if (a->server_computed || a->existing_computed) {
        return err_set(err, ERR_FILE,
                       "Adding or removing a \"computed\" construct, e.g. GENERATED ALWAYS AS, to or from an "
                       "existing column is not supported.");
    }
    begin(text, d, a);
    if (a->server_identity || a->existing_identity) {
        if (d->kind != DDL_POSTGRESQL) {
            return err_set(err, ERR_FILE,
                           "Adding, removing or modifying an \"identity\" construct, e.g. GENERATED AS "
                           "IDENTITY, to or from an existing column is not supported in this dialect.");
        }
        int r = ddl_alter_identity(text, d, a, err);
        if (r < 0) {
            return r;
        }
    } else if (a->server_default.kind == DDL_DEFAULT_NONE) {
        strbuf_adds(text, "DROP DEFAULT");
    } else {
        strbuf_adds(text, "SET DEFAULT ");
        int r = ddl_alter_default_check(&a->server_default, err);
        r = r < 0 ? r : ddl_default_text(text, d, &a->server_default, err);
        if (r < 0) {
            return r;
        }
    }
    return ddl_out_statement(out, text, err);
}

static int alter_comment(struct ddl_out *out, struct strbuf *text, const struct ddl_alter_column *a,
                         struct err *err)
{
    const struct ddl_dialect *d = out->dialect;
    if (d->kind != DDL_POSTGRESQL) {
        return ddl_fail(
            err, DDL_UNSUPPORTED,
            "Compiler <sqlalchemy.dialects.%s.base.%sDDLCompiler> can't render element of type <class "
            "'alembic.ddl.base.ColumnComment'>: <class 'alembic.ddl.base.ColumnComment'> construct "
            "has no default compilation handler. (Background on this error at: "
            "https://sqlalche.me/e/20/l7de)",
            d->kind == DDL_SQLITE ? "sqlite" : "mysql", d->kind == DDL_SQLITE ? "SQLite" : "MySQL");
    }
    strbuf_adds(text, "COMMENT ON COLUMN ");
    ddl_dotted_table(text, d, &a->table, &a->schema);
    strbuf_addch(text, '.');
    ddl_quote_name(text, d, &a->column);
    strbuf_adds(text, " IS ");
    if (a->comment) {
        ddl_quote_comment(text, d, slice_of(a->comment));
    } else {
        strbuf_adds(text, "NULL");
    }
    return ddl_out_statement(out, text, err);
}

static int alter_name(struct ddl_out *out, struct strbuf *text, const struct ddl_alter_column *a,
                      struct err *err)
{
    const struct ddl_dialect *d = out->dialect;
    ddl_alter_table(text, d, &a->table, &a->schema);
    strbuf_adds(text, d->kind == DDL_SQLITE ? " RENAME COLUMN " : " RENAME ");
    ddl_quote_name(text, d, &a->column);
    strbuf_adds(text, " TO ");
    ddl_quote_name(text, d, &a->new_name);
    return ddl_out_statement(out, text, err);
}

int ddl_alter_column_default(struct ddl_out *out, const struct ddl_alter_column *a, struct err *err)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    const struct ddl_dialect *d = out->dialect;
    int r = 0;
    if (a->nullable >= 0) {
        begin(&text, d, a);
        strbuf_adds(&text, a->nullable ? "DROP NOT NULL" : "SET NOT NULL");
        r = ddl_out_statement(out, &text, err);
    }
    if (r == 0 && a->has_server_default) {
        r = alter_default(out, &text, a, err);
    }
    if (r == 0 && a->type && d->kind != DDL_POSTGRESQL) {
        begin(&text, d, a);
        strbuf_adds(&text, "TYPE ");
        r = ddl_type_render(&text, d, a->type, err);
        r = r < 0 ? r : ddl_out_statement(out, &text, err);
    }
    if (r == 0 && a->has_comment) {
        r = alter_comment(out, &text, a, err);
    }
    return r == 0 && a->new_name.text ? alter_name(out, &text, a, err) : r;
}
