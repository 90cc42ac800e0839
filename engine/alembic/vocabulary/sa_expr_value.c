/* Python's values as values of SQL. */
#include "engine/alembic/vocabulary/sa_expr.h"
#include <string.h>

#define MAX_DEPTH 50

static int convert(struct py *py, pyv v, struct sql_value *out, int depth);

static int convert_list(struct py *py, pyv v, struct sql_value *out, int depth)
{
    const struct py_list *l = (const void *)v;
    out->kind = SQL_VALUE_LIST;
    out->tuple = py_is(v, &py_type_tuple);
    out->items = py_alloc_array(py, l->n + 1, sizeof(*out->items));
    if (!out->items) {
        return -1;
    }
    for (size_t i = 0; i < l->n; i++) {
        if (convert(py, l->items[i], &out->items[out->n], depth + 1)) {
            return -1;
        }
        out->n++;
    }
    return 0;
}

static int convert_dict(struct py *py, pyv v, struct sql_value *out)
{
    struct strbuf b = STRBUF_INIT;
    int rc = std_json_dumps(py, v, &b);
    if (rc == 0) {
        out->kind = SQL_VALUE_JSON;
        char *copy = py_alloc(py, b.len + 1);
        if (copy) {
            memcpy(copy, strbuf_cstr(&b), b.len);
            out->text = (struct slice){copy, b.len};
        } else {
            rc = -1;
        }
    } else if (py_raised(py)) {
        /* No JSON: only its repr can be said. */
        py_clear(py);
        out->kind = SQL_VALUE_OBJECT;
        out->text = slice_of(py_repr_of(py, v));
        rc = 0;
    }
    strbuf_release(&b);
    return rc;
}

static int convert(struct py *py, pyv v, struct sql_value *out, int depth)
{
    *out = (struct sql_value){.origin = v};
    if (depth > MAX_DEPTH) {
        py_refuse(py, "a value of more than %d levels", MAX_DEPTH);
        return -1;
    }
    if (py_is_none(v)) {
        out->kind = SQL_VALUE_NULL;
    } else if (v == &py_true || v == &py_false) {
        out->kind = SQL_VALUE_BOOL;
        out->integer = v == &py_true;
    } else if (std_value(py, v, out)) {
        out->origin = v;
    } else if (py_is(v, &py_type_int)) {
        out->kind = SQL_VALUE_INT;
        out->integer = ((const struct py_int *)(void *)v)->value;
    } else if (py_is(v, &py_type_float)) {
        out->kind = SQL_VALUE_FLOAT;
        out->real = ((const struct py_float *)(void *)v)->value;
    } else if (py_text(v).ptr) {
        out->kind = SQL_VALUE_STR;
        out->text = py_text(v);
    } else if (py_is(v, &py_type_bytes)) {
        out->kind = SQL_VALUE_BYTES;
        out->text = ((const struct py_bytes *)(void *)v)->data;
    } else if (py_is(v, &py_type_list) || py_is(v, &py_type_tuple)) {
        return convert_list(py, v, out, depth);
    } else if (py_is(v, &py_type_dict)) {
        return convert_dict(py, v, out);
    } else {
        out->kind = SQL_VALUE_OBJECT;
        out->text = slice_of(py_repr_of(py, v));
    }
    return 0;
}

int vocab_value(struct py *py, pyv v, struct sql_value *out)
{
    return convert(py, v, out, 0);
}
