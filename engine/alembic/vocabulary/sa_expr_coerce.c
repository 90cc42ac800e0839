/* What Python gave where SQL is expected: expressions as they are, literals as values, strings as the place
 * has it. */
#include "engine/alembic/vocabulary/sa_expr.h"
#include "engine/alembic/vocabulary/sa_schema.h"
#include <string.h>

static const struct {
    const char *name; /* in messages */
    bool constants;   /* None, True and False are NULL, true and false */
} roles[] = {
    [EXPR_OPERAND] = {"SQL expression element or literal value", false},
    [EXPR_WHERE] = {"SQL expression for WHERE/HAVING role", true},
    [EXPR_ON] = {"SQL expression for ON clause, another FROM expression, or an ORM relationship attribute",
                 true},
    [EXPR_ORDER_BY] = {"ORDER BY expression", true},
    [EXPR_GROUP_BY] = {"GROUP BY expression", true},
    [EXPR_BY] = {"GROUP BY / OF / etc. expression", true},
    [EXPR_OPTION] = {"statement sub-expression element", true},
    [EXPR_DDL] = {"SQL expression element for DDL constraint", true},
};

void *expr_argument_error(struct py *py, const char *role, pyv v)
{
    return py_raise(py, "sqlalchemy.exc.ArgumentError", "%s expected, got %s.", role, py_repr_of(py, v));
}

/* The first 25 characters, as messages show texts. */
static const char *ellipsis(struct py *py, struct slice text)
{
    size_t chars = 0, i = 0;
    for (; i < text.len; i++) {
        if (((unsigned char)text.ptr[i] & 0xC0) != 0x80 && ++chars > 25) {
            break;
        }
    }
    bool cut = i < text.len;
    pyv shown = py_str_printf(py, "%.*s%s", (int)i, text.ptr, cut ? "..." : "");
    return shown ? py_repr_of(py, shown) : "";
}

static void *text_error(struct py *py, struct slice text)
{
    const char *shown = ellipsis(py, text);
    return py_raise(py, "sqlalchemy.exc.ArgumentError",
                    "Textual SQL expression %s should be explicitly declared as text(%s)", shown, shown);
}

pyv expr_element(struct py *py, pyv v)
{
    for (int depth = 0; depth < 10; depth++) {
        if (py_is(v, &py_type_clause) || !v->type->module || !*v->type->module) {
            return v;
        }
        pyv method = v->type->dict ? py_class_lookup(v->type, "__clause_element__") : NULL;
        if (!method) {
            return v;
        }
        v = py_call_method(py, v, "__clause_element__", PY_NO_ARGS);
        if (!v) {
            return NULL;
        }
    }
    return v;
}

/* The table of a mapped class. */
static const struct sql_from *mapped_table(struct py *py, pyv v)
{
    if (!py_is(v, &py_type_type) || !((const struct py_type *)(void *)v)->dict) {
        return NULL;
    }
    bool failed = false;
    pyv table = py_find_attr(py, v, "__table__", &failed);
    return table && is_from(table) ? from_in(table) : NULL;
}

const struct sql_from *expr_as_from(struct py *py, pyv v)
{
    return is_from(v) ? from_in(v) : mapped_table(py, v);
}

bool expr_is_literal(struct py *py, pyv v)
{
    return !py_is(v, &py_type_clause) && !vocab_is_type(v) && !mapped_table(py, v) &&
           !(v->type->dict && py_class_lookup(v->type, "__clause_element__"));
}

const struct sql_expr *expr_constant(struct py *py, pyv v)
{
    struct arena *a = arena_of(py);
    if (py_is_none(v)) {
        return sql_make(a, SQL_E_NULL, NULL);
    }
    if (v == &py_true || v == &py_false) {
        return sql_make(a, v == &py_true ? SQL_E_TRUE : SQL_E_FALSE, ddl_type_boolean());
    }
    if (is_expr(v)) {
        const struct sql_expr *e = expr_in(v);
        return e->kind == SQL_E_NULL || e->kind == SQL_E_TRUE || e->kind == SQL_E_FALSE ? e : NULL;
    }
    return NULL;
}

static const struct sql_expr *scalar(struct py *py, const struct sql_expr *select)
{
    return sql_scalar_select(arena_of(py), select);
}

static bool is_select(const struct sql_expr *e)
{
    return e->kind == SQL_E_SELECT || e->kind == SQL_E_COMPOUND || e->kind == SQL_E_TEXT_SELECT ||
           e->kind == SQL_E_SELECT_GROUPING;
}

/* A clause, as it is or as what SQLAlchemy makes of it in this place; NULL: it cannot stand here. */
static const struct sql_expr *clause(struct py *py, pyv v, enum expr_role role)
{
    if (is_from(v)) {
        const struct sql_from *f = from_in(v);
        if (f->kind == SQL_FROM_SUBQUERY && role != EXPR_OPTION && role != EXPR_DDL) {
            return scalar(py, f->select);
        }
        if (role == EXPR_GROUP_BY) {
            sql_exprs_t columns = {0};
            sql_from_columns(arena_of(py), f, &columns);
            return sql_list(arena_of(py), SQL_OP_COMMA, columns.items, columns.n);
        }
        return NULL;
    }
    const struct sql_expr *e = expr_in(v);
    if (is_select(e)) {
        return role == EXPR_OPTION || role == EXPR_DDL ? NULL : scalar(py, e);
    }
    if (e->kind == SQL_E_INSERT || e->kind == SQL_E_UPDATE || e->kind == SQL_E_DELETE ||
        e->kind == SQL_E_DDL) {
        return NULL;
    }
    if (role == EXPR_ORDER_BY) {
        const struct sql_expr *inner = e;
        while (inner->kind == SQL_E_UNARY && (inner->flags & SQL_X_MODIFIER)) {
            inner = inner->left;
        }
        if (inner->kind == SQL_E_LABEL) {
            struct sql_expr *reference = sql_make(arena_of(py), SQL_E_LABEL_REFERENCE, e->type);
            reference->left = e;
            return reference;
        }
    }
    return e;
}

static const struct sql_expr *literal_value(struct py *py, pyv v, const struct ddl_type *type)
{
    struct sql_value value;
    if (vocab_is_type(v) || py_is(v, &py_type_type)) {
        return py_raise(py, "sqlalchemy.exc.ArgumentError", "Object %s is not legal as a SQL literal value",
                        py_repr_of(py, v));
    }
    if (vocab_value(py, v, &value)) {
        return NULL;
    }
    struct sql_expr *e = sql_value(arena_of(py), value, type);
    e->flags = SQL_X_UNIQUE;
    return e;
}

static const struct sql_expr *text_in(struct py *py, struct slice text, enum expr_role role)
{
    struct arena *a = arena_of(py);
    if (role == EXPR_ORDER_BY || role == EXPR_GROUP_BY || role == EXPR_BY) {
        struct sql_expr *e = sql_make(a, SQL_E_NAME_REFERENCE, NULL);
        e->text = (struct slice){slice_dup(a, text), text.len};
        return e;
    }
    if (role == EXPR_OPTION || role == EXPR_DDL) {
        return sql_text(a, (struct slice){slice_dup(a, text), text.len});
    }
    return text_error(py, text);
}

const struct sql_expr *expr_coerce(struct py *py, pyv v, enum expr_role role, const struct ddl_type *type)
{
    v = expr_element(py, v);
    if (!v) {
        return NULL;
    }
    if (py_is(v, &py_type_clause)) {
        const struct sql_expr *e = clause(py, v, role);
        return e ? e : expr_argument_error(py, roles[role].name, v);
    }
    if (role == EXPR_OPERAND) {
        if (py_is_none(v) && !(type && type->should_evaluate_none)) {
            return sql_make(arena_of(py), SQL_E_NULL, NULL);
        }
        return literal_value(py, v, type);
    }
    if (py_text(v).ptr) {
        return text_in(py, py_text(v), role);
    }
    const struct sql_expr *constant = roles[role].constants ? expr_constant(py, v) : NULL;
    return constant ? constant : expr_argument_error(py, roles[role].name, v);
}

const struct sql_expr *expr_operand(struct py *py, pyv v, const struct sql_expr *left,
                                    const struct sql_operator *op, const struct ddl_type *type)
{
    struct arena *a = arena_of(py);
    v = expr_element(py, v);
    if (!v) {
        return NULL;
    }
    if (py_is(v, &py_type_clause)) {
        const struct sql_expr *e = clause(py, v, EXPR_OPERAND);
        return e ? sql_bind_expr(a, left, e, type) : expr_argument_error(py, roles[EXPR_OPERAND].name, v);
    }
    if (vocab_is_type(v) || py_is(v, &py_type_type)) {
        return expr_argument_error(py, roles[EXPR_OPERAND].name, v);
    }
    struct sql_value value;
    if (vocab_value(py, v, &value)) {
        return NULL;
    }
    if (left->kind == SQL_E_TUPLE && value.kind == SQL_VALUE_LIST) {
        /* Each member takes the type of the one that it is compared with. */
        struct sql_expr *tuple = sql_make(a, SQL_E_TUPLE, NULL);
        tuple->items = arena_array(a, value.n + 1, sizeof(struct sql_expr *));
        for (size_t i = 0; i < value.n && i < left->n; i++) {
            tuple->items[tuple->n++] = sql_bind(a, left->items[i], op, value.items[i], type);
        }
        return tuple;
    }
    if (left->kind == SQL_E_ARRAY && value.kind == SQL_VALUE_LIST && op->id != SQL_OP_GETITEM) {
        struct sql_expr *array = sql_make(a, SQL_E_ARRAY, left->type);
        array->items = arena_array(a, value.n + 1, sizeof(struct sql_expr *));
        for (size_t i = 0; i < value.n; i++) {
            array->items[array->n++] = sql_bind(a, left, op, value.items[i], type);
        }
        return array;
    }
    return sql_bind(a, left, op, value, type);
}

const struct sql_expr *vocab_expr(struct py *py, pyv v, enum vocab_role role, const struct ddl_type *type)
{
    if (role == VOCAB_EXPRESSION) {
        return expr_coerce(py, v, EXPR_OPERAND, type);
    }
    if (role == VOCAB_DDL_TEXT) {
        return expr_coerce(py, v, EXPR_DDL, NULL);
    }
    struct arena *a = arena_of(py);
    if (py_text(v).ptr) {
        return sql_text(a, (struct slice){slice_dup(a, py_text(v)), py_text(v).len});
    }
    v = expr_element(py, v);
    if (!v) {
        return NULL;
    }
    if (is_from(v) || !py_is(v, &py_type_clause)) {
        return expr_argument_error(py, "Executable SQL or text() construct", v);
    }
    return expr_in(v);
}

/* --- froms and selected columns --- */

int expr_check_columns(struct py *py, const struct sql_expr *select, const struct sql_from *from)
{
    sql_exprs_t columns = {0};
    if (select) {
        sql_selected(arena_of(py), select, &columns);
    } else {
        sql_from_columns(arena_of(py), from, &columns);
    }
    if (columns.n > SQL_MAX_COLUMNS) {
        py_refuse(py, "a select() of more than %d columns", SQL_MAX_COLUMNS);
        return -1;
    }
    sql_selected_t named = {0};
    const struct sql_selected *s;
    if (select) {
        sql_name_columns(arena_of(py), SQL_LABELS_DISTINCT, &columns, false, &named);
    }
    vec_each (s, &named) {
        if (s->column->kind == SQL_E_LABEL && !s->column->anon && s->required.anon) {
            py_refuse(py, "the label %s for two columns of a subquery", s->column->name.text);
            return -1;
        }
    }
    /* Each becomes a column of its own, and is compared with the others. */
    return py_spend(py, columns.n + columns.n * columns.n / 64, columns.n * 4 * sizeof(struct sql_expr)) ? 0
                                                                                                         : -1;
}

static const struct sql_from *from_as(struct py *py, pyv v, const char *role)
{
    struct arena *a = arena_of(py);
    const struct sql_from *f = expr_as_from(py, v);
    if (f) {
        return f;
    }
    if (py_text(v).ptr) {
        return text_error(py, py_text(v));
    }
    if (!py_is(v, &py_type_clause)) {
        return expr_argument_error(py, role, v);
    }
    const struct sql_expr *e = expr_in(v);
    if (is_select(e)) {
        return expr_check_columns(py, e, NULL) ? NULL : sql_subquery(a, e, NULL);
    }
    if (e->kind == SQL_E_TEXT || e->kind == SQL_E_FUNCTION) {
        struct sql_from *from = arena_alloc(a, sizeof(*from));
        from->kind = e->kind == SQL_E_TEXT ? SQL_FROM_TEXT : SQL_FROM_FUNCTION;
        from->select = e;
        return from;
    }
    return expr_argument_error(py, role, v);
}

const struct sql_from *expr_from(struct py *py, pyv v)
{
    return from_as(py, v, "FROM expression, such as a Table or alias() object");
}

const struct sql_from *expr_join_target(struct py *py, pyv v)
{
    return from_as(py, v, "Join target, typically a FROM expression, or ORM relationship attribute");
}

const struct sql_from *expr_dml_table(struct py *py, pyv v)
{
    static const char role[] = "subject table for an INSERT, UPDATE or DELETE";
    const struct sql_from *f = expr_as_from(py, v);
    if (f && (f->kind == SQL_FROM_TABLE || f->kind == SQL_FROM_ALIAS || f->kind == SQL_FROM_CTE ||
              f->kind == SQL_FROM_JOIN)) {
        return f;
    }
    if (py_is(v, &expr_type_select_base)) {
        return py_raise(py, "sqlalchemy.exc.ArgumentError",
                        "%s expected, got %s. To create a FROM clause from a <class '%s.%s'> object, use the "
                        ".subquery() method.",
                        role, py_repr_of(py, v), v->type->module, v->type->name);
    }
    return expr_argument_error(py, role, v);
}

static void *column_text_error(struct py *py, struct slice text)
{
    bool straight = text.len > 0;
    for (size_t i = 0; i < text.len; i++) {
        straight &=
            !strchr(" \t\n\r\f\v", text.ptr[i]) && (i > 0 || !strchr("()'\"*+-/<>=!.,;:", text.ptr[0]));
    }
    const char *shown = ellipsis(py, text);
    return py_raise(
        py, "sqlalchemy.exc.ArgumentError",
        "Textual column expression %s should be explicitly declared with text(%s), or use %s(%s) for "
        "more specificity",
        shown, shown, straight ? "column" : "literal_column", shown);
}

static void *list_error(struct py *py, pyv v)
{
    struct strbuf b = STRBUF_INIT;
    const struct py_list *list = (const void *)v;
    for (size_t i = 0; i < list->n; i++) {
        strbuf_adds(&b, i ? ", " : "");
        strbuf_adds(&b, py_repr_of(py, list->items[i]));
    }
    py_raise(
        py, "sqlalchemy.exc.ArgumentError",
        "Column expression, FROM clause, or other columns clause element expected, got %s. Did you mean to "
        "say select(%s)?",
        py_repr_of(py, v), strbuf_cstr(&b));
    strbuf_release(&b);
    return NULL;
}

int expr_entity(struct py *py, pyv v, struct sql_entity *out)
{
    struct arena *a = arena_of(py);
    *out = (struct sql_entity){0};
    v = expr_element(py, v);
    if (!v) {
        return -1;
    }
    out->from = expr_as_from(py, v);
    if (out->from) {
        return 0;
    }
    if (py_is(v, &py_type_clause)) {
        out->expr = clause(py, v, EXPR_OPERAND);
    } else if (py_text(v).ptr && slice_eq(py_text(v), "*")) {
        out->expr = sql_literal_column(a, SLICE("*"), NULL);
    } else if (py_text(v).ptr) {
        column_text_error(py, py_text(v));
        return -1;
    } else if ((out->expr = expr_constant(py, v))) {
        return 0;
    } else if (py_is(v, &py_type_int) || py_is(v, &py_type_float)) {
        out->expr = sql_literal_column(a, slice_of(py_repr_of(py, v)), NULL);
    } else if (py_is(v, &py_type_list)) {
        list_error(py, v);
        return -1;
    }
    if (!out->expr) {
        expr_argument_error(py, "Column expression, FROM clause, or other columns clause element", v);
        return -1;
    }
    return 0;
}

int expr_entities(struct py *py, pyv list, sql_entities_t *out)
{
    const struct py_list *l = (const void *)list;
    for (size_t i = 0; i < l->n; i++) {
        struct sql_entity e;
        if (py_is(l->items[i], &py_type_columns)) { /* t.c: each of them */
            pyv c;
            for (size_t at = 0; schema_columns_next(l->items[i], &at, &c);) {
                if (expr_entity(py, c, &e)) {
                    return -1;
                }
                *vec_push(arena_of(py), out) = e;
            }
            continue;
        }
        if (expr_entity(py, l->items[i], &e)) {
            return -1;
        }
        *vec_push(arena_of(py), out) = e;
    }
    return 0;
}

int expr_list(struct py *py, pyv list, enum expr_role role, sql_exprs_t *out)
{
    const struct py_list *l = (const void *)list;
    for (size_t i = 0; i < l->n; i++) {
        const struct sql_expr *e = expr_coerce(py, l->items[i], role, NULL);
        if (!e) {
            return -1;
        }
        *vec_push(arena_of(py), out) = e;
    }
    return 0;
}

int expr_str(struct py *py, pyv v, const char *what, const char **out)
{
    *out = NULL;
    if (!expr_given(v)) {
        return 0;
    }
    *out = py_cstr(py, v);
    if (!*out) {
        py_refuse(py, "%s that is no str", what);
        return -1;
    }
    return 0;
}

int expr_flag(struct py *py, pyv v, bool *out)
{
    int truth = v ? py_truth(py, v) : 0;
    *out = truth > 0;
    return truth < 0 ? -1 : 0;
}

pyv expr_generator_args(struct py *py, pyv list)
{
    struct py_list *l = (void *)list;
    if (l->n != 1 || py_is(l->items[0], &py_type_clause) || !strstr(l->items[0]->type->name, "generator")) {
        return list;
    }
    return py_listed(py, l->items[0]);
}

pyv expr_only_args(struct py *py, const char *name, const struct py_args *args)
{
    static const struct py_arg none[] = {{0}};
    pyv v[1], rest = NULL;
    return py_bind(py, name, args, none, v, &rest, NULL) ? NULL : rest;
}
