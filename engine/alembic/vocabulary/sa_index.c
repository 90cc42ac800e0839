/* Index(...), and the elements of an index. */
#include "engine/alembic/vocabulary/sa_schema.h"
#include <string.h>

static struct schema_index *as_index(pyv self)
{
    return (struct schema_index *)(void *)self;
}

struct ddl_index *schema_index_new(struct py *py)
{
    return py_alloc(py, sizeof(struct ddl_index));
}

/* Alembic adds each named column and each text to a table of its own: none may come twice. */
static int check_twice(struct py *py, const struct ddl_index *index, const char *key)
{
    const struct ddl_index_element *e;
    vec_each (e, &index->elements) {
        if (e + 1 < index->elements.items + index->elements.n && e->column.text &&
            strcmp(e->column.text, key) == 0) {
            py_raise(
                py, "sqlalchemy.exc.DuplicateColumnError",
                "A column with name '%s' is already present in table '%s'. Specify replace_existing=True to "
                "Table.append_column() to replace an existing column.",
                key, index->table->name.text);
            return -1;
        }
    }
    return 0;
}

static int add_expression(struct py *py, pyv v, struct ddl_index *index, bool alembic)
{
    const struct sql_expr *e = vocab_expr(py, v, VOCAB_DDL_TEXT, NULL);
    if (!e) {
        return -1;
    }
    struct ddl_index_element *n = vec_push(py_arena(py), &index->elements);
    if (e->kind == SQL_E_COLUMN) {
        n->column = e->name;
        n->key = e->key;
        n->clause = !py_is(v, &py_type_column);
        return 0;
    }
    n->expr = e;
    if (e->kind == SQL_E_TEXT && alembic) {
        n->column = DDL_NAME(slice_dup(py_arena(py), e->text));
        if (memchr(e->text.ptr, '\0', e->text.len) || check_twice(py, index, n->column.text)) {
            return -1;
        }
    }
    n->key = e->kind == SQL_E_TEXT                                       ? slice_dup(py_arena(py), e->text)
             : e->kind == SQL_E_LABEL || e->kind == SQL_E_LITERAL_COLUMN ? e->name.text
                                                                         : NULL;
    return 0;
}

int schema_index_elements(struct py *py, pyv list, struct ddl_index *index, bool alembic)
{
    pyv listed = py_listed(py, list);
    struct py_list *l = listed ? (struct py_list *)(void *)listed : NULL;
    for (size_t i = 0; l && i < l->n; i++) {
        pyv v = l->items[i];
        if (py_text(v).ptr) {
            struct ddl_name name;
            if (vocab_name(py, v, &name)) {
                return -1;
            }
            if (!*name.text && alembic) {
                py_raise(
                    py, "sqlalchemy.exc.ArgumentError",
                    "Column must be constructed with a non-blank name or assign a non-blank .name before "
                    "adding to a Table.");
                return -1;
            }
            struct ddl_index_element *e = vec_push(py_arena(py), &index->elements);
            e->column = name;
            if (alembic && check_twice(py, index, name.text)) {
                return -1;
            }
            continue;
        }
        if (!py_is(v, &py_type_clause)) {
            if (alembic) {
                py_raise(py, "ValueError", "String or text() construct expected");
            } else {
                py_raise(py, "sqlalchemy.exc.ArgumentError",
                         "String column name or column expression for DDL constraint expected, got %s.",
                         py_repr_of(py, v));
            }
            return -1;
        }
        if (add_expression(py, v, index, alembic)) {
            return -1;
        }
    }
    return l ? 0 : -1;
}

/* The one table that all columns given as such belong to. */
static pyv common_table(struct py *py, pyv self, pyv list)
{
    struct py_list *l = (struct py_list *)(void *)list;
    pyv table = NULL;
    for (size_t i = 0; i < l->n; i++) {
        pyv v = l->items[i];
        if (py_is(v, &py_type_column)) {
            struct schema_column *c = (struct schema_column *)(void *)v;
            table = table ? table : c->table;
            if (!c->table) {
                c->waiting = c->waiting ? c->waiting : py_list_new(py);
                if (!c->waiting || py_list_append(py, c->waiting, self)) {
                    return NULL;
                }
            }
        } else if (py_is(v, &py_type_clause)) {
            const struct sql_expr *e = vocab_expr(py, v, VOCAB_DDL_TEXT, NULL);
            while (e && e->kind != SQL_E_COLUMN) {
                e = e->kind == SQL_E_FUNCTION && e->n ? e->items[0] : e->left;
            }
            const struct sql_from *f = e ? e->from : NULL;
            struct schema_table *t = f && f->data ? schema_table_of(py, f->data) : NULL;
            table = table ? table : (pyv)t;
        }
    }
    return table;
}

static pyv construct_index(struct py *py, const struct py_type *type, const struct py_args *args)
{
    enum { NAME, UNIQUE, QUOTE, INFO, TABLE, FLAG, N };
    static const struct py_arg table[] = {{"name", PY_ARG_REQUIRED},
                                          {"unique", PY_ARG_KEYWORD},
                                          {"quote", PY_ARG_KEYWORD},
                                          {"info", PY_ARG_KEYWORD},
                                          {"_table", PY_ARG_KEYWORD},
                                          {"_column_flag", PY_ARG_KEYWORD},
                                          {0}};
    pyv v[N] = {NULL}, rest = NULL, kw = NULL;
    if (py_bind(py, "Index", args, table, v, &rest, &kw)) {
        return NULL;
    }
    struct schema_index *s = py_object_new(py, type, sizeof(*s));
    struct ddl_index *i = s ? schema_index_new(py) : NULL;
    int quote;
    if (!i || vocab_name(py, v[NAME], &i->name) || schema_flag(py, v[UNIQUE], false, &i->unique) ||
        schema_tristate(py, v[QUOTE], &quote) ||
        vocab_options(py, "sqlalchemy.sql.schema.Index", kw, &i->options) ||
        schema_index_elements(py, rest, i, false)) {
        return NULL;
    }
    if (quote >= 0) {
        i->name.quote = quote ? DDL_QUOTE_ALWAYS : DDL_QUOTE_NEVER;
    }
    s->index = i;
    s->pending = rest;
    pyv to = schema_given(v[TABLE]) ? v[TABLE] : common_table(py, (pyv)s, rest);
    if (py_stopped(py) != PY_RUNNING) {
        return NULL;
    }
    return to && schema_table_add_index(py, (struct schema_table *)(void *)to, (pyv)s) ? NULL : (pyv)s;
}

static pyv read_name(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    struct ddl_name name = as_index(self)->index->name;
    struct err err = {0};
    if (!name.text && as_index(self)->table &&
        ddl_index_name(py_arena(py), migration_of(py)->dialect, as_index(self)->index, &name, &err) < 0) {
        return schema_raise(py, &err);
    }
    return schema_name_wrap(py, name);
}
static pyv read_unique(UNUSED struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return py_bool(as_index(self)->index->unique);
}
static pyv read_table(UNUSED struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return as_index(self)->table ? as_index(self)->table : &py_none;
}

static pyv read_columns(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    struct schema_index *s = as_index(self);
    pyv columns = schema_columns_new(py), column;
    const struct ddl_index_element *e;
    vec_each (e, &s->index->elements) {
        pyv table = s->table ? ((struct schema_table *)(void *)s->table)->columns : NULL;
        for (size_t at = 0; columns && !e->expr && table && schema_columns_next(table, &at, &column);) {
            const char *name = ((struct schema_column *)(void *)column)->column->name.text;
            if (strcmp(name, e->column.text) == 0 && schema_columns_add(py, columns, name, column)) {
                return NULL;
            }
        }
    }
    return columns;
}

static int index_repr(struct py *py, pyv self, struct strbuf *out)
{
    (void)py;
    strbuf_addf(out, "Index('%s')", as_index(self)->index->name.text ? as_index(self)->index->name.text : "");
    return 0;
}

static const struct py_def index_defs[] = {
    {"name", PY_DEF_PROPERTY, read_name, NULL, NULL},
    {"unique", PY_DEF_PROPERTY, read_unique, NULL, NULL},
    {"table", PY_DEF_PROPERTY, read_table, NULL, NULL},
    {"columns", PY_DEF_PROPERTY, read_columns, NULL, NULL},
    {"c", PY_DEF_PROPERTY, read_columns, NULL, NULL},
    {"create", PY_DEF_METHOD, schema_index_create, NULL, NULL},
    {"drop", PY_DEF_METHOD, schema_index_drop, NULL, NULL},
    {"expressions", PY_DEF_REFUSED, NULL, NULL, "the expressions of an Index"},
    {0},
};
const struct py_type py_type_index = {.head = PY_TYPE_HEAD,
                                      .name = "Index",
                                      .module = "sqlalchemy.sql.schema",
                                      .base = &py_type_schema_item,
                                      .defs = index_defs,
                                      .construct = construct_index,
                                      .repr = index_repr};

pyv schema_index_wrap(struct py *py, struct ddl_index *i, pyv table)
{
    struct schema_index *s = py_object_new(py, &py_type_index, sizeof(*s));
    if (s) {
        s->index = i;
        s->table = table;
    }
    return (pyv)s;
}
