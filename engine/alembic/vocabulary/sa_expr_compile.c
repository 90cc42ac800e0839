/* compile(): a statement's text in Python, for those who format it into another. */
#include "engine/alembic/vocabulary/sa_expr.h"
#include <string.h>

struct py_compiled {
    struct py_instance head;
    pyv text;
};

static int compiled_str(struct py *py, pyv self, struct strbuf *out)
{
    struct slice text = py_text(((const struct py_compiled *)(void *)self)->text);
    (void)py;
    strbuf_add(out, text.ptr, text.len);
    return 0;
}

static pyv compiled_string(struct py *py, pyv self, const struct py_args *args)
{
    (void)py;
    (void)args;
    return ((const struct py_compiled *)(void *)self)->text;
}

static const struct py_def compiled_defs[] = {{"string", PY_DEF_PROPERTY, compiled_string, NULL, NULL}, {0}};
static const struct py_type type_compiled = {PY_TYPE_HEAD, .name = "SQLCompiler",
                                             .module = "sqlalchemy.sql.compiler", .defs = compiled_defs,
                                             .str = compiled_str};

/* The dialect that was given, or that of a connection. */
static const struct ddl_dialect *dialect_of(struct py *py, pyv dialect, pyv bind)
{
    if (!expr_given(dialect) && expr_given(bind)) {
        dialect = py_getattr(py, bind, "dialect");
    }
    if (!expr_given(dialect)) {
        return py_stopped(py) != PY_RUNNING ? NULL : py_refuse(py, "compile() without a dialect");
    }
    pyv name = py_getattr(py, dialect, "name");
    const char *text = name ? py_cstr(py, name) : NULL;
    if (!text) {
        return name ? py_refuse(py, "compile() with such a dialect") : NULL;
    }
    const struct ddl_dialect *d = ddl_dialect_find(text);
    return d ? d : py_refuse(py, "compile() for the dialect %s", text);
}

static int wants_literals(struct py *py, pyv keywords)
{
    pyv literal = expr_given(keywords) && py_is(keywords, &py_type_dict)
                      ? py_dict_get_str(py, keywords, "literal_binds")
                      : NULL;
    int truth = literal ? py_truth(py, literal) : 0;
    if (truth == 0) {
        py_refuse(py, "compile() without literal_binds");
    }
    return truth > 0 ? 0 : -1;
}

pyv sa_compile(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {
        {"bind", 0}, {"dialect", 0}, {"compile_kwargs", PY_ARG_KEYWORD}, {0}};
    pyv v[4] = {NULL};
    struct strbuf b = STRBUF_INIT;
    struct err err = {0};
    if (py_bind(py, "compile", args, table, v, NULL, NULL)) {
        return NULL;
    }
    if (is_from(self) || expr_in(self)->kind == SQL_E_DDL) {
        return py_refuse(py, "compile() of %s", self->type->name);
    }
    const struct ddl_dialect *d = dialect_of(py, v[1], v[0]);
    if (!d || wants_literals(py, v[2])) {
        return NULL;
    }
    if (sql_render(&b, d, expr_in(self), 0, &err)) {
        strbuf_release(&b);
        return py_raise_err(py, ddl_exception(&err), &err);
    }
    /* A dialect by itself doubles % for its driver, and doubles backslashes or not, depending on the server.
     */
    bool depends = d->kind != DDL_SQLITE && (strchr(strbuf_cstr(&b), '%') || strchr(strbuf_cstr(&b), '\\'));
    struct py_compiled *c = NULL;
    if (depends) {
        py_refuse(py, "compile() of a statement with %% or a backslash");
    } else {
        c = py_object_new(py, &type_compiled, sizeof(*c));
        pyv text = c ? py_str_new(py, (struct slice){strbuf_cstr(&b), b.len}) : NULL;
        if (text) {
            c->text = text;
        } else {
            c = NULL;
        }
    }
    strbuf_release(&b);
    return (pyv)c;
}
