/* What columns have to search in text: like(), contains(), regexp_match(), match() and so on. */
#include "engine/alembic/vocabulary/sa_expr.h"
#include <string.h>

static pyv like_method(struct py *py, pyv self, const struct py_args *args, const char *name, enum sql_op op)
{
    static const struct py_arg table[] = {{"other", PY_ARG_REQUIRED}, {"escape", 0}, {0}};
    pyv v[3] = {NULL};
    struct sql_modifiers *m = arena_alloc(arena_of(py), sizeof(*m));
    if (py_bind(py, name, args, table, v, NULL, NULL) || expr_str(py, v[1], "escape", &m->escape)) {
        return NULL;
    }
    return sa_compare(py, expr_in(self), op, v[0], m);
}

pyv sa_like(struct py *py, pyv self, const struct py_args *args)
{
    return like_method(py, self, args, "ColumnOperators.like", SQL_OP_LIKE);
}
pyv sa_not_like(struct py *py, pyv self, const struct py_args *args)
{
    return like_method(py, self, args, "ColumnOperators.not_like", SQL_OP_NOT_LIKE);
}
pyv sa_ilike(struct py *py, pyv self, const struct py_args *args)
{
    return like_method(py, self, args, "ColumnOperators.ilike", SQL_OP_ILIKE);
}
pyv sa_not_ilike(struct py *py, pyv self, const struct py_args *args)
{
    return like_method(py, self, args, "ColumnOperators.not_ilike", SQL_OP_NOT_ILIKE);
}

/* What % and _ of the text become, so that they stand for themselves. */
static pyv escaped(struct py *py, pyv v, const char **escape)
{
    struct slice text = py_text(v);
    if (!text.ptr) {
        return py_raise(py, "TypeError", "String value expected when autoescape=True");
    }
    *escape = *escape ? *escape : "/";
    if (strlen(*escape) != 1) {
        return py_refuse(py, "autoescape with an escape character of several bytes");
    }
    struct strbuf b = STRBUF_INIT;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '%' || c == '_' || c == **escape) {
            strbuf_adds(&b, *escape);
        }
        strbuf_addch(&b, c);
    }
    pyv out = py_str_new(py, (struct slice){strbuf_cstr(&b), b.len});
    strbuf_release(&b);
    return out;
}

static pyv substring_method(struct py *py, pyv self, const struct py_args *args, const char *name,
                            enum sql_op op)
{
    static const struct py_arg table[] = {
        {"other", PY_ARG_REQUIRED}, {"escape", PY_ARG_KEYWORD}, {"autoescape", PY_ARG_KEYWORD}, {0}};
    pyv v[4] = {NULL};
    struct sql_modifiers *m = arena_alloc(arena_of(py), sizeof(*m));
    bool autoescape;
    if (py_bind(py, name, args, table, v, NULL, NULL) || expr_str(py, v[1], "escape", &m->escape) ||
        expr_flag(py, v[2], &autoescape)) {
        return NULL;
    }
    if (autoescape) {
        if (m->escape && (strcmp(m->escape, "%") == 0 || strcmp(m->escape, "_") == 0)) {
            return py_refuse(py, "autoescape with %s as the escape character", m->escape);
        }
        v[0] = escaped(py, v[0], &m->escape);
    }
    return v[0] ? sa_compare(py, expr_in(self), op, v[0], m) : NULL;
}

pyv sa_contains(struct py *py, pyv self, const struct py_args *args)
{
    pyv typed = sa_typed_contains(py, self, args);
    if (typed || py_stopped(py) != PY_RUNNING) {
        return typed;
    }
    return substring_method(py, self, args, "ColumnOperators.contains", SQL_OP_CONTAINS);
}
pyv sa_startswith(struct py *py, pyv self, const struct py_args *args)
{
    return substring_method(py, self, args, "ColumnOperators.startswith", SQL_OP_STARTSWITH);
}
pyv sa_endswith(struct py *py, pyv self, const struct py_args *args)
{
    return substring_method(py, self, args, "ColumnOperators.endswith", SQL_OP_ENDSWITH);
}
pyv sa_icontains(struct py *py, pyv self, const struct py_args *args)
{
    return substring_method(py, self, args, "ColumnOperators.icontains", SQL_OP_ICONTAINS);
}
pyv sa_istartswith(struct py *py, pyv self, const struct py_args *args)
{
    return substring_method(py, self, args, "ColumnOperators.istartswith", SQL_OP_ISTARTSWITH);
}
pyv sa_iendswith(struct py *py, pyv self, const struct py_args *args)
{
    return substring_method(py, self, args, "ColumnOperators.iendswith", SQL_OP_IENDSWITH);
}

static pyv regexp(struct py *py, pyv self, pyv pattern, pyv flags)
{
    struct sql_modifiers *m = arena_alloc(arena_of(py), sizeof(*m));
    const struct sql_expr *e = expr_in(self);
    const struct sql_expr *right = expr_operand(py, pattern, e, sql_operator(SQL_OP_COMMA), NULL);
    if (!right || expr_str(py, flags, "flags", &m->flags)) {
        return NULL;
    }
    return expr_wrap(py, sql_binary_raw(arena_of(py), e, sql_operator(SQL_OP_REGEXP_MATCH), right, NULL,
                                        sql_operator(SQL_OP_NOT_REGEXP_MATCH), m));
}

pyv sa_regexp_match(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"pattern", PY_ARG_REQUIRED}, {"flags", 0}, {0}};
    pyv v[3] = {NULL};
    return py_bind(py, "ColumnOperators.regexp_match", args, table, v, NULL, NULL)
               ? NULL
               : regexp(py, self, v[0], v[1]);
}

pyv sa_regexp_replace(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {
        {"pattern", PY_ARG_REQUIRED}, {"replacement", PY_ARG_REQUIRED}, {"flags", 0}, {0}};
    pyv v[4] = {NULL};
    struct arena *a = arena_of(py);
    struct sql_modifiers *m = arena_alloc(a, sizeof(*m));
    if (py_bind(py, "ColumnOperators.regexp_replace", args, table, v, NULL, NULL) ||
        expr_str(py, v[2], "flags", &m->flags)) {
        return NULL;
    }
    const struct sql_expr *e = expr_in(self), *both[2];
    const struct sql_operator *comma = sql_operator(SQL_OP_COMMA);
    both[0] = expr_operand(py, v[0], e, comma, NULL);
    both[1] = both[0] ? expr_operand(py, v[1], e, comma, NULL) : NULL;
    if (!both[1]) {
        return NULL;
    }
    struct sql_expr *list = sql_list(a, SQL_OP_COMMA, both, 2);
    list->flags = SQL_X_UNGROUPED;
    return expr_wrap(py, sql_binary_raw(a, e, sql_operator(SQL_OP_REGEXP_REPLACE), list, NULL, NULL, m));
}

pyv sa_match(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"other", PY_ARG_REQUIRED}, {0}};
    pyv v[2] = {NULL}, kw = NULL, key, value;
    size_t at = 0;
    struct sql_modifiers *m = arena_alloc(arena_of(py), sizeof(*m));
    if (py_bind(py, "ColumnOperators.match", args, table, v, NULL, &kw)) {
        return NULL;
    }
    while (py_dict_next(kw, &at, &key, &value)) {
        if (!slice_eq(py_text(key), "postgresql_regconfig")) {
            return py_refuse(py, "match() with the keyword %s", py_repr_of(py, key));
        }
        if (expr_str(py, value, "postgresql_regconfig", &m->regconfig)) {
            return NULL;
        }
    }
    return sa_compare(py, expr_in(self), SQL_OP_MATCH, v[0], m);
}
