/* Rendering of expressions: which function renders which kind, and the kinds that need little. */
#include "engine/ddl/expr_render.h"
#include <stdarg.h>
#include <string.h>

/* Python gives up at about this depth, too. */
#define MAX_DEPTH 300
/* An expression used twice within itself, again and again, has a text without bounds. */

int sql_fail_as(struct sql_rendering *r, const char *sqlstate, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *text = arena_vprintf(r->arena, fmt, ap);
    va_end(ap);
    int status = err_set(r->err, ERR_FILE, "%s", text);
    if (r->err && sqlstate) {
        snprintf(r->err->sqlstate, sizeof(r->err->sqlstate), "%s", sqlstate);
    }
    return status;
}

int sql_fail(struct sql_rendering *r, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *text = arena_vprintf(r->arena, fmt, ap);
    va_end(ap);
    return err_set(r->err, ERR_FILE, "%s", text);
}

int sql_refuse(struct sql_rendering *r, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *text = arena_vprintf(r->arena, fmt, ap);
    va_end(ap);
    return err_set(r->err, ERR_REFUSED, "%s", text);
}

void sql_put(struct sql_rendering *r, const char *text)
{
    strbuf_adds(r->out, text);
}

void sql_put_name(struct sql_rendering *r, const struct ddl_name *name)
{
    ddl_quote_name(r->out, r->dialect, name);
}

void sql_put_text_name(struct sql_rendering *r, const char *name)
{
    ddl_quote_text(r->out, r->dialect, name);
}

const char *sql_render_apart(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    struct strbuf apart = STRBUF_INIT, *out = r->out;
    r->out = &apart;
    int rc = sql_render_expr(r, e, kw);
    r->out = out;
    const char *text = rc ? NULL : arena_dup(r->arena, strbuf_cstr(&apart));
    strbuf_release(&apart);
    return text;
}

const char *sql_render_from_apart(struct sql_rendering *r, const struct sql_from *f, struct sql_kw kw)
{
    struct strbuf apart = STRBUF_INIT, *out = r->out;
    r->out = &apart;
    int rc = sql_render_from(r, f, kw);
    r->out = out;
    const char *text = rc ? NULL : arena_dup(r->arena, strbuf_cstr(&apart));
    strbuf_release(&apart);
    return text;
}

int sql_render_items(struct sql_rendering *r, const struct sql_expr *const *items, size_t n,
                     const char *separator, struct sql_kw kw)
{
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        size_t before = r->out->len;
        if (any) {
            sql_put(r, separator);
        }
        size_t start = r->out->len;
        int rc = sql_render_expr(r, items[i], kw);
        if (rc) {
            return rc;
        }
        if (r->out->len == start && r->out->ptr) {
            r->out->len = before; /* what renders to nothing is left out */
            r->out->ptr[before] = '\0';
        } else {
            any = true;
        }
    }
    return 0;
}

int sql_render_criteria(struct sql_rendering *r, const sql_exprs_t *criteria, struct sql_kw kw)
{
    const struct sql_expr **kept = arena_array(r->arena, criteria->n + 1, sizeof(struct sql_expr *));
    size_t n = sql_boolean_operands(r->arena, SQL_OP_AND, criteria->items, criteria->n, kept);
    return sql_render_items(r, kept, n, " AND ", kw);
}

static int render_null(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    (void)e;
    (void)kw;
    sql_put(r, "NULL");
    return 0;
}

static int render_boolean(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    (void)kw;
    bool is_true = e->kind == SQL_E_TRUE;
    sql_put(r, r->dialect->kind == DDL_SQLITE ? (is_true ? "1" : "0") : is_true ? "true" : "false");
    return 0;
}

static int render_default(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    (void)e;
    (void)kw;
    sql_put(r, "DEFAULT");
    return 0;
}

static int render_literal_column(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    (void)kw;
    strbuf_add(r->out, e->text.ptr, e->text.len);
    return 0;
}

static int render_collation(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    (void)kw;
    sql_put_name(r, &e->name);
    return 0;
}

struct ddl_name sql_column_name(struct sql_rendering *r, const struct sql_expr *c)
{
    struct ddl_name name = c->name;
    if (c->anon) {
        name.text = sql_anon_name(r, "colident", c->anon);
    } else if (c->flags & SQL_X_TRUNCATABLE || c->name.conv) {
        name.text = sql_cut_name(r, "colident", c->name.text);
    }
    return name;
}

static int render_column(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    if (!e->name.text && !e->anon) {
        return sql_fail(r, "Cannot compile Column object until its 'name' is assigned.");
    }
    struct ddl_name name = sql_column_name(r, e);
    const struct sql_from *f = e->from;
    if (f && f == kw.inserted) {
        sql_put(r, "VALUES(");
        sql_put_name(r, &name);
        sql_put(r, ")");
        return 0;
    }
    if (f && !kw.no_table && sql_from_is_named(f)) {
        if (f->kind == SQL_FROM_TABLE && f->schema.text) {
            sql_put_name(r, &f->schema);
            sql_put(r, ".");
            sql_put_name(r, &f->name);
        } else {
            const char *table = sql_from_name(r, f);
            const struct sql_ambiguous *a = NULL;
            for (size_t i = 0; kw.ambiguous && i < kw.ambiguous->n; i++) {
                if (f->name.text && strcmp(kw.ambiguous->items[i].name, f->name.text) == 0) {
                    a = &kw.ambiguous->items[i];
                }
            }
            if (a) {
                table = sql_anon_name(r, "alias", a->alias);
            }
            struct ddl_name shown = f->name;
            shown.text = table;
            sql_put_name(r, &shown);
        }
        sql_put(r, ".");
    }
    sql_put_name(r, &name);
    return 0;
}

static int render_list(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    if (sql_op_is(e->op, SQL_OP_CONCAT) && ddl_is_mysql(r->dialect)) {
        sql_put(r, "concat(");
        int rc = sql_render_items(r, e->items, e->n, ", ", kw);
        sql_put(r, ")");
        return rc;
    }
    if (!sql_op_is(e->op, SQL_OP_COMMA)) {
        kw.in_operator = true;
    }
    return sql_render_items(r, e->items, e->n, e->op->text, kw);
}

static int render_tuple(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    sql_put(r, "(");
    int rc = sql_render_items(r, e->items, e->n, ", ", kw);
    sql_put(r, ")");
    return rc;
}

static int render_grouping(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    kw.asfrom = false;
    sql_put(r, "(");
    int rc = sql_render_expr(r, e->left, kw);
    sql_put(r, ")");
    return rc;
}

static int render_scalar_select(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    return render_grouping(r, e, kw);
}

static bool native_boolean(const struct sql_rendering *r)
{
    return r->dialect->kind == DDL_POSTGRESQL;
}

static int render_is_boolean(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    bool is_true = sql_op_is(e->op, SQL_OP_IS_TRUE), plain = (e->flags & SQL_X_BOOLEAN) || native_boolean(r);
    if (plain && !is_true) {
        sql_put(r, "NOT ");
    }
    int rc = sql_render_expr(r, e->left, kw);
    if (!plain) {
        sql_put(r, is_true ? " = 1" : " = 0");
    }
    return rc;
}

static int render_unary(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    if (sql_op_is(e->op, SQL_OP_IS_TRUE) || sql_op_is(e->op, SQL_OP_IS_FALSE)) {
        return render_is_boolean(r, e, kw);
    }
    if (!e->op->text) {
        return sql_refuse(r, "the operator %s before an expression", e->op->name);
    }
    const char *text = e->op->text;
    bool behind = e->flags & SQL_X_MODIFIER;
    if (e->op->id == SQL_OP_CUSTOM && !behind) {
        text++; /* without the blank before it */
    }
    if (!behind) {
        sql_put(r, text);
    }
    int rc = sql_render_expr(r, e->left, kw);
    if (behind) {
        sql_put(r, text);
    }
    return rc;
}

static int render_case(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    sql_put(r, "CASE ");
    int rc = 0;
    if (e->left) {
        rc = sql_render_expr(r, e->left, kw);
        sql_put(r, " ");
    }
    for (size_t i = 0; !rc && i + 1 < e->n; i += 2) {
        sql_put(r, "WHEN ");
        rc = sql_render_expr(r, e->items[i], kw);
        sql_put(r, " THEN ");
        rc = rc ? rc : sql_render_expr(r, e->items[i + 1], kw);
        sql_put(r, " ");
    }
    if (!rc && e->right) {
        sql_put(r, "ELSE ");
        rc = sql_render_expr(r, e->right, kw);
        sql_put(r, " ");
    }
    sql_put(r, "END");
    return rc;
}

static int render_coerce(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    const struct sql_expr *inner = e->left;
    if (inner->kind == SQL_E_VALUE) {
        struct sql_expr *typed = sql_copy(r->arena, inner);
        typed->type = e->type;
        inner = typed;
    }
    return sql_render_expr(r, inner, kw);
}

static int render_label(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    bool with_as = kw.within_columns && !kw.within_label, only = kw.label_only == e;
    const struct sql_expr *inner = sql_self_group(r->arena, e->left, sql_operator(SQL_OP_AS));
    struct ddl_name name = {0};
    kw.label_only = NULL;
    int rc = 0;
    if (with_as || only) {
        name = sql_column_name(r, e); /* before those of what is within are made up */
    }
    if (with_as) {
        kw.within_columns = kw.within_label = true;
        rc = sql_render_expr(r, inner, kw);
        sql_put(r, " AS ");
    } else if (!only) {
        kw.within_columns = kw.within_label = false;
        return sql_render_expr(r, inner, kw);
    }
    if (!rc) {
        sql_put_name(r, &name);
    }
    return rc;
}

static int only_postgresql(struct sql_rendering *r, const char *compiler_element)
{
    static const char *const compilers[] = {
        [DDL_POSTGRESQL] = "postgresql.psycopg2.PGCompiler_psycopg2",
        [DDL_MYSQL] = "mysql.mysqldb.MySQLCompiler_mysqldb",
        [DDL_MARIADB] = "mysql.mysqldb.MySQLCompiler_mysqldb",
        [DDL_SQLITE] = "sqlite.base.SQLiteCompiler",
    };
    return sql_fail_as(r, DDL_UNSUPPORTED,
                       "Compiler <sqlalchemy.dialects.%s> can't render element of type <class '%s'>",
                       compilers[r->dialect->kind], compiler_element);
}

static int render_array(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    if (r->dialect->kind != DDL_POSTGRESQL) {
        return only_postgresql(r, "sqlalchemy.dialects.postgresql.array.array");
    }
    sql_put(r, "ARRAY[");
    int rc = sql_render_items(r, e->items, e->n, ", ", kw);
    sql_put(r, "]");
    if (!rc && e->n == 0 && e->type->item && !sql_type_is_null(e->type->item)) {
        sql_put(r, "::");
        rc = ddl_type_render(r->out, r->dialect, e->type, r->err);
    }
    return rc;
}

static int render_slice(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    if (r->dialect->kind != DDL_POSTGRESQL) {
        return only_postgresql(r, "sqlalchemy.sql.elements.Slice");
    }
    int rc = sql_render_expr(r, e->left, kw);
    sql_put(r, ":");
    return rc ? rc : sql_render_expr(r, e->right, kw);
}

static int render_ordered_argument(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    if (r->dialect->kind != DDL_POSTGRESQL) {
        return only_postgresql(r, "sqlalchemy.dialects.postgresql.ext.aggregate_order_by");
    }
    int rc = sql_render_expr(r, e->left, kw);
    sql_put(r, " ORDER BY ");
    return rc ? rc : sql_render_items(r, e->items, e->n, ", ", kw);
}

static int render_function_column(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    sql_put(r, "(");
    int rc = sql_render_expr(r, e->left, kw);
    sql_put(r, ").");
    sql_put_name(r, &e->name);
    return rc;
}

static int render_table_valued(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    (void)kw;
    sql_put_from_name(r, e->from);
    return 0;
}

static int render_text_select(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    return sql_render_expr(r, e->left, kw);
}

static int render_refused(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    (void)kw;
    return sql_refuse(r, e->kind == SQL_E_INSERTED ? "insert().inserted outside of on_duplicate_key_update()"
                         : e->kind == SQL_E_DDL    ? "a schema element within an expression"
                                                   : "this kind of expression");
}

typedef int render_fn(struct sql_rendering *, const struct sql_expr *, struct sql_kw);
static render_fn *const renderers[] = {
    [SQL_E_COLUMN] = render_column,
    [SQL_E_VALUE] = sql_render_value,
    [SQL_E_TEXT] = sql_render_textual,
    [SQL_E_LITERAL_COLUMN] = render_literal_column,
    [SQL_E_NULL] = render_null,
    [SQL_E_TRUE] = render_boolean,
    [SQL_E_FALSE] = render_boolean,
    [SQL_E_DEFAULT] = render_default,
    [SQL_E_FUNCTION] = sql_render_function,
    [SQL_E_BINARY] = sql_render_binary,
    [SQL_E_UNARY] = render_unary,
    [SQL_E_LIST] = render_list,
    [SQL_E_CASE] = render_case,
    [SQL_E_CAST] = sql_render_cast,
    [SQL_E_COERCE] = render_coerce,
    [SQL_E_LABEL] = render_label,
    [SQL_E_EXTRACT] = sql_render_extract,
    [SQL_E_OVER] = sql_render_over,
    [SQL_E_FILTER] = sql_render_filter,
    [SQL_E_WITHIN_GROUP] = sql_render_within_group,
    [SQL_E_TUPLE] = render_tuple,
    [SQL_E_GROUPING] = render_grouping,
    [SQL_E_COLLATION] = render_collation,
    [SQL_E_ARRAY] = render_array,
    [SQL_E_SLICE] = render_slice,
    [SQL_E_ORDERED_ARGUMENT] = render_ordered_argument,
    [SQL_E_SCALAR_SELECT] = render_scalar_select,
    [SQL_E_LABEL_REFERENCE] = sql_render_name_reference,
    [SQL_E_NAME_REFERENCE] = sql_render_name_reference,
    [SQL_E_TABLE_VALUED] = render_table_valued,
    [SQL_E_FUNCTION_COLUMN] = render_function_column,
    [SQL_E_VALUES_ROWS] = render_refused,
    [SQL_E_INSERTED] = render_refused,
    [SQL_E_SELECT] = sql_render_select,
    [SQL_E_COMPOUND] = sql_render_compound,
    [SQL_E_SELECT_GROUPING] = render_grouping,
    [SQL_E_TEXT_SELECT] = render_text_select,
    [SQL_E_INSERT] = sql_render_dml,
    [SQL_E_UPDATE] = sql_render_dml,
    [SQL_E_DELETE] = sql_render_dml,
    [SQL_E_SEQUENCE] = sql_render_function,
    [SQL_E_DDL] = render_refused,
};
_Static_assert(sizeof(renderers) / sizeof(*renderers) == SQL_E_KIND_COUNT, "one function a kind");

int sql_render_expr(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    if (r->depth >= MAX_DEPTH || ++r->nodes > SQL_MAX_NODES || r->out->overflow) {
        return sql_refuse(r, "an expression of more than %d levels or %d parts", MAX_DEPTH, SQL_MAX_NODES);
    }
    r->depth++;
    int rc = renderers[e->kind](r, e, kw);
    r->depth--;
    return rc;
}

int sql_render_bound(struct strbuf *out, const struct ddl_dialect *d, const struct sql_expr *e,
                     unsigned flags, const sql_assignments_t *binds, struct err *err)
{
    struct arena arena = ARENA_INIT;
    struct strbuf text = STRBUF_INIT;
    struct sql_rendering r = {
        .out = &text, .arena = &arena, .dialect = d, .flags = flags, .binds = binds, .err = err};
    struct sql_kw kw = {.no_table = flags & SQL_NO_TABLE};
    if (flags & SQL_SELF_GROUP) {
        e = sql_self_group(&arena, e, NULL);
    }
    int rc = sql_render_expr(&r, e, kw);
    if (!rc && text.overflow) {
        rc = err_set(err, ERR_REFUSED, "a statement of more than %zu bytes", text.max);
    }
    if (!rc) {
        strbuf_add(out, text.ptr ? text.ptr : "", text.len);
    }
    strbuf_release(&text);
    arena_release(&arena);
    return rc;
}

int sql_render(struct strbuf *out, const struct ddl_dialect *d, const struct sql_expr *e, unsigned flags,
               struct err *err)
{
    return sql_render_bound(out, d, e, flags, NULL, err);
}

int sql_render_text(struct strbuf *out, const struct ddl_dialect *d, struct slice text, unsigned flags,
                    struct err *err)
{
    struct sql_expr e = {.kind = SQL_E_TEXT, .type = ddl_type_null(), .text = text};
    return sql_render_bound(out, d, &e, flags, NULL, err);
}
