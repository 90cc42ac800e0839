/*
 * Names: str, quoted_name and conv (op.f()), and small conversions of arguments.
 */
#include "engine/alembic/vocabulary/sa_schema.h"
#include <string.h>

static pyv make_name(struct py *py, const struct py_type *type, pyv text, enum ddl_quote quote)
{
    struct py_qname *n = py_object_new(py, type, sizeof(*n));
    if (n) {
        n->str.text = py_text(text);
        n->str.nchars = -1;
        n->quote = quote;
    }
    return (pyv)n;
}

static const struct py_qname *as_qname(pyv v)
{
    return py_is(v, &py_type_quoted_name) ? (const struct py_qname *)(const void *)v : NULL;
}

static pyv construct_name(struct py *py, const struct py_type *type, const struct py_args *args)
{
    static const struct py_arg table[] = {{"value", PY_ARG_REQUIRED}, {"quote", 0}, {0}};
    pyv v[2] = {NULL};
    if (py_bind(py, type->name, args, table, v, NULL, NULL)) {
        return NULL;
    }
    if (!py_text(v[0]).ptr) {
        return py_refuse(py, "%s() of something that is not a str", type->name);
    }
    const struct py_qname *from = as_qname(v[0]);
    enum ddl_quote quote = from ? from->quote : DDL_QUOTE_AUTO;
    if (schema_given(v[1])) {
        int truth = py_truth(py, v[1]);
        if (truth < 0) {
            return NULL;
        }
        quote = truth ? DDL_QUOTE_ALWAYS : DDL_QUOTE_NEVER;
    }
    return make_name(py, type, v[0], quote);
}

static pyv name_quote(UNUSED struct py *py, pyv self, UNUSED const struct py_args *args)
{
    enum ddl_quote quote = as_qname(self)->quote;
    return quote == DDL_QUOTE_AUTO ? &py_none : py_bool(quote == DDL_QUOTE_ALWAYS);
}

static const struct py_def name_defs[] = {{"quote", PY_DEF_PROPERTY, name_quote, NULL, NULL}, {0}};

const struct py_type py_type_quoted_name = {.head = PY_TYPE_HEAD,
                                            .name = "quoted_name",
                                            .module = "sqlalchemy.sql.elements",
                                            .base = &py_type_str,
                                            .defs = name_defs,
                                            .plain = true,
                                            .construct = construct_name};
const struct py_type py_type_conv = {.head = PY_TYPE_HEAD,
                                     .name = "conv",
                                     .module = "sqlalchemy.sql.elements",
                                     .base = &py_type_quoted_name,
                                     .plain = true,
                                     .construct = construct_name};

pyv schema_conv(struct py *py, pyv text)
{
    return construct_name(py, &py_type_conv, &(struct py_args){.pos = &text, .npos = 1});
}

pyv schema_name_wrap(struct py *py, struct ddl_name name)
{
    if (!name.text) {
        return &py_none;
    }
    pyv text = py_str_of(py, name.text);
    if (!text || (name.quote == DDL_QUOTE_AUTO && !name.conv)) {
        return text;
    }
    return make_name(py, name.conv ? &py_type_conv : &py_type_quoted_name, text, name.quote);
}

bool schema_given(pyv v)
{
    return v && !py_is_none(v);
}

int schema_flag(struct py *py, pyv v, bool def, bool *out)
{
    int truth = v ? py_truth(py, v) : def;
    *out = truth > 0;
    return truth < 0 ? -1 : 0;
}

int schema_tristate(struct py *py, pyv v, int *out)
{
    *out = schema_given(v) ? py_truth(py, v) : -1;
    return schema_given(v) && *out < 0 ? -1 : 0;
}

int schema_text(struct py *py, pyv v, const char *what, const char **out)
{
    *out = NULL;
    if (!schema_given(v)) {
        return 0;
    }
    struct slice text = py_text(v);
    if (!text.ptr || memchr(text.ptr, '\0', text.len)) {
        py_refuse(py, "%s that is not a plain str: %s", what, py_repr_of(py, v));
        return -1;
    }
    *out = py_cstr(py, v);
    return *out ? 0 : -1;
}

int vocab_schema(struct py *py, pyv v, struct ddl_name *out)
{
    *out = (struct ddl_name){0};
    if (schema_text(py, v, "a name", &out->text)) {
        return -1;
    }
    const struct py_qname *q = out->text ? as_qname(v) : NULL;
    if (q) {
        out->quote = q->quote;
        out->conv = py_is(v, &py_type_conv);
    }
    return 0;
}

int vocab_name(struct py *py, pyv v, struct ddl_name *out)
{
    if (vocab_schema(py, v, out)) {
        return -1;
    }
    if (out->text && !*out->text) {
        py_refuse(py, "a name that is empty");
        return -1;
    }
    return 0;
}

int schema_names(struct py *py, pyv v, ddl_names_t *out)
{
    pyv list = py_listed(py, v);
    if (!list) {
        return -1;
    }
    struct py_list *l = PY_AS(list, list);
    for (size_t i = 0; i < l->n; i++) {
        struct ddl_name name;
        if (vocab_name(py, l->items[i], &name)) {
            return -1;
        }
        if (!name.text) {
            py_refuse(py, "a column name that is None");
            return -1;
        }
        *(struct ddl_name *)vec_push(py_arena(py), out) = name;
    }
    return 0;
}
