/* Column(...): what its arguments make. */
#include "engine/alembic/vocabulary/sa_column.h"
#include <string.h>

/* --- construction --- */
enum {
    A_NAME,
    A_TYPE,
    A_AUTOINCREMENT,
    A_DEFAULT,
    A_INSERT_DEFAULT,
    A_DOC,
    A_KEY,
    A_INDEX,
    A_UNIQUE,
    A_INFO,
    A_NULLABLE,
    A_ONUPDATE,
    A_PRIMARY_KEY,
    A_SERVER_DEFAULT,
    A_SERVER_ONUPDATE,
    A_QUOTE,
    A_SYSTEM,
    A_COMMENT,
    A_INSERT_SENTINEL,
    A_OMIT,
    A_PROXIES,
    A_COUNT
};
static const struct py_arg column_args[] = {
    [A_NAME] = {"name", PY_ARG_KEYWORD},
    [A_TYPE] = {"type_", PY_ARG_KEYWORD},
    [A_AUTOINCREMENT] = {"autoincrement", PY_ARG_KEYWORD},
    [A_DEFAULT] = {"default", PY_ARG_KEYWORD},
    [A_INSERT_DEFAULT] = {"insert_default", PY_ARG_KEYWORD},
    [A_DOC] = {"doc", PY_ARG_KEYWORD},
    [A_KEY] = {"key", PY_ARG_KEYWORD},
    [A_INDEX] = {"index", PY_ARG_KEYWORD},
    [A_UNIQUE] = {"unique", PY_ARG_KEYWORD},
    [A_INFO] = {"info", PY_ARG_KEYWORD},
    [A_NULLABLE] = {"nullable", PY_ARG_KEYWORD},
    [A_ONUPDATE] = {"onupdate", PY_ARG_KEYWORD},
    [A_PRIMARY_KEY] = {"primary_key", PY_ARG_KEYWORD},
    [A_SERVER_DEFAULT] = {"server_default", PY_ARG_KEYWORD},
    [A_SERVER_ONUPDATE] = {"server_onupdate", PY_ARG_KEYWORD},
    [A_QUOTE] = {"quote", PY_ARG_KEYWORD},
    [A_SYSTEM] = {"system", PY_ARG_KEYWORD},
    [A_COMMENT] = {"comment", PY_ARG_KEYWORD},
    [A_INSERT_SENTINEL] = {"insert_sentinel", PY_ARG_KEYWORD},
    [A_OMIT] = {"_omit_from_statements", PY_ARG_KEYWORD},
    [A_PROXIES] = {"_proxies", PY_ARG_KEYWORD},
    [A_COUNT] = {0},
};

struct schema_column *schema_column_new(struct py *py, const struct ddl_column *from)
{
    struct schema_column *c = py_object_new(py, &py_type_column, sizeof(*c));
    struct ddl_column *d = c ? py_alloc(py, sizeof(*d)) : NULL;
    pyv items = d ? py_list_new(py) : NULL;
    if (!items) {
        return NULL;
    }
    *d = from ? *from : (struct ddl_column){.nullable = true, .type = ddl_type_null()};
    memset(&d->constraints, 0, sizeof(d->constraints));
    d->table = NULL;
    d->expr = NULL;
    c->column = d;
    c->items = items;
    return c;
}

void schema_column_expr(struct py *py, struct schema_column *c, const char *key)
{
    struct sql_expr *e = sql_column(py_arena(py), c->column->name, c->column->type, NULL);
    if (key && (!c->column->name.text || strcmp(key, c->column->name.text) != 0)) {
        e->key = key;
    }
    e->data = c->column;
    e->flags |= SQL_X_SCHEMA;
    c->expr = e;
    c->column->expr = e;
}

/* Leading positional arguments are the name and the type; None stands for either. */
static int take_leading(struct py *py, struct py_list *rest, pyv *v)
{
    size_t used = 0;
    if (rest->n && py_text(rest->items[0]).ptr) {
        if (schema_given(v[A_NAME])) {
            py_raise(py, "sqlalchemy.exc.ArgumentError", "May not pass name positionally and as a keyword.");
            return -1;
        }
        v[A_NAME] = rest->items[used++];
    } else if (rest->n && py_is_none(rest->items[0])) {
        used++;
    }
    if (used < rest->n && vocab_is_type(rest->items[used])) {
        if (schema_given(v[A_TYPE])) {
            py_raise(py, "sqlalchemy.exc.ArgumentError", "May not pass type_ positionally and as a keyword.");
            return -1;
        }
        v[A_TYPE] = rest->items[used++];
    } else if (used < rest->n && py_is_none(rest->items[used])) {
        used++;
    }
    rest->items = used ? rest->items + used : rest->items;
    rest->n -= used;
    return 0;
}

int schema_column_set_type(struct py *py, struct schema_column *c, pyv v)
{
    if (!schema_given(v)) {
        return 0;
    }
    c->column->type = vocab_type(py, v);
    c->type = py_is(v, &py_type_sqltype) ? v : NULL;
    if (c->expr && c->column->type) {
        c->expr->type = c->column->type;
    }
    return c->column->type ? 0 : -1;
}

int schema_column_set_autoincrement(struct py *py, struct schema_column *c, pyv v)
{
    c->column->autoincrement = DDL_AUTO;
    if (!v) {
        return 0;
    }
    struct slice text = py_text(v);
    if (slice_eq(text, "auto") || slice_eq(text, "ignore_fk")) {
        c->column->autoincrement = slice_eq(text, "auto") ? DDL_AUTO : DDL_AUTO_IGNORE_FK;
        return 0;
    }
    if (v != &py_true && v != &py_false && !py_is_none(v)) {
        py_refuse(py, "autoincrement=%s", py_repr_of(py, v));
        return -1;
    }
    c->column->autoincrement = v == &py_true ? DDL_AUTO_TRUE : DDL_AUTO_FALSE;
    return 0;
}

int schema_column_set_server_default(struct py *py, struct schema_column *c, pyv v)
{
    const struct ddl_identity *identity;
    const struct ddl_computed *computed;
    struct ddl_default def;
    if (vocab_default(py, v, &def, &identity, &computed)) {
        return -1;
    }
    struct ddl_column *d = c->column;
    bool other = d->server_default.kind != DDL_DEFAULT_NONE || d->server_onupdate.kind != DDL_DEFAULT_NONE;
    if (identity && (other || d->computed)) {
        py_raise(py, "sqlalchemy.exc.ArgumentError",
                 "A column with an Identity object cannot specify a server_default or a server_onupdate "
                 "argument");
        return -1;
    }
    if (identity && d->autoincrement == DDL_AUTO_FALSE) {
        py_raise(py, "sqlalchemy.exc.ArgumentError",
                 "A column with an Identity object cannot specify autoincrement=False");
        return -1;
    }
    if (computed && (other || d->identity)) {
        py_raise(py, "sqlalchemy.exc.ArgumentError",
                 "A generated column cannot specify a server_default or a server_onupdate argument");
        return -1;
    }
    if (identity && !d->nullable_given) {
        d->nullable = false;
    }
    d->identity = identity ? identity : d->identity;
    d->computed = computed ? computed : d->computed;
    if (!identity && !computed) {
        d->server_default = def;
    }
    c->server_default = v;
    return 0;
}

/* What INSERT and UPDATE make of default= and onupdate=. */
static const struct ddl_python_default *python_default(struct py *py, pyv v)
{
    pyv arg = py_is(v, &py_type_column_default) ? ((struct py_column_default *)(void *)v)->arg : v;
    struct ddl_python_default *d = py_alloc(py, sizeof(*d));
    if (!d) {
        return NULL;
    }
    if (py_is(arg, &py_type_clause)) {
        d->expr = vocab_expr(py, arg, VOCAB_EXPRESSION, NULL);
        return d->expr ? d : NULL;
    }
    bool callable = py_is(arg, &py_type_function) || py_is(arg, &py_type_native) ||
                    py_is(arg, &py_type_method) || py_is(arg, &py_type_type);
    if (callable) {
        d->callable = arg;
        return d;
    }
    return vocab_value(py, arg, &d->value) ? NULL : d;
}

static int set_default(struct py *py, struct schema_column *c, pyv v)
{
    if (!schema_given(v)) {
        return 0;
    }
    c->column->sequence = NULL; /* the last one given counts */
    c->column->python_default = NULL;
    if (py_is(v, &py_type_sequence)) {
        c->column->sequence = ((struct py_sequence *)(void *)v)->sequence;
        c->default_ = v;
        return 0;
    }
    if (!py_is(v, &py_type_column_default)) {
        struct py_column_default *d = py_object_new(py, &py_type_column_default, sizeof(*d));
        if (!d) {
            return -1;
        }
        d->arg = v;
        v = (pyv)d;
    }
    c->column->python_default = python_default(py, v);
    c->default_ = v;
    return c->column->python_default ? 0 : -1;
}

int schema_column_add_foreign_key(struct py *py, struct schema_column *c, pyv item)
{
    struct py_foreign_key *fk = (struct py_foreign_key *)(void *)item;
    if (fk->column && fk->column != (pyv)c) {
        py_raise(py, "sqlalchemy.exc.InvalidRequestError", "This ForeignKey already has a parent !");
        return -1;
    }
    fk->column = (pyv)c;
    *(struct ddl_constraint **)vec_push(py_arena(py), &c->column->constraints) = fk->constraint;
    return py_list_append(py, c->items, item);
}

/* Does the expression name a column() that is no Column? */
static bool has_clause_column(const struct sql_expr *e, int depth)
{
    if (!e || depth > 200) {
        return false;
    }
    if (e->kind == SQL_E_COLUMN && !e->data) {
        return true;
    }
    bool found = has_clause_column(e->left, depth + 1) || has_clause_column(e->right, depth + 1);
    for (size_t i = 0; !found && i < e->n; i++) {
        found = has_clause_column(e->items[i], depth + 1);
    }
    return found;
}

static int add_check(struct py *py, struct schema_column *c, pyv item)
{
    struct ddl_constraint *k = ((struct schema_item *)(void *)item)->constraint;
    if (has_clause_column(k->check, 0)) {
        py_raise(py, "AssertionError", "%s", ""); /* SQLAlchemy expects Columns there, and says no more */
        return -1;
    }
    k->inline_column = true;
    *(struct ddl_constraint **)vec_push(py_arena(py), &c->column->constraints) = k;
    return py_list_append(py, c->items, item);
}

static int add_item(struct py *py, struct schema_column *c, pyv item)
{
    if (py_is_none(item)) {
        return 0;
    }
    if (py_is(item, &py_type_foreign_key)) {
        return schema_column_add_foreign_key(py, c, item);
    }
    if (py_is(item, &py_type_check)) {
        return add_check(py, c, item);
    }
    if (py_is(item, &py_type_fetched_value)) {
        return schema_column_set_server_default(py, c, item);
    }
    if (py_is(item, &py_type_sequence) || py_is(item, &py_type_column_default)) {
        return set_default(py, c, item);
    }
    bool builtin = py_text(item).ptr || py_is(item, &py_type_int) || py_is(item, &py_type_dict) ||
                   py_is(item, &py_type_list) || py_is(item, &py_type_tuple) || py_is(item, &py_type_float) ||
                   item == (pyv)&py_type_int || item == (pyv)&py_type_str || item == (pyv)&py_type_bool ||
                   item == (pyv)&py_type_float;
    if (builtin) {
        py_raise(py, "sqlalchemy.exc.ArgumentError",
                 "'SchemaItem' object, such as a 'Column' or a 'Constraint' expected, got %s",
                 py_repr_of(py, item));
    } else {
        py_refuse(py, "%s within Column()", py_repr_of(py, item));
    }
    return -1;
}

static int set_flags(struct py *py, struct schema_column *c, pyv *v)
{
    struct ddl_column *d = c->column;
    int quote;
    if (vocab_name(py, v[A_NAME], &d->name) || schema_tristate(py, v[A_QUOTE], &quote)) {
        return -1;
    }
    if (quote >= 0 && !d->name.text) {
        py_raise(py, "sqlalchemy.exc.ArgumentError",
                 "Explicit 'name' is required when sending 'quote' argument");
        return -1;
    }
    if (quote >= 0) {
        d->name.quote = quote ? DDL_QUOTE_ALWAYS : DDL_QUOTE_NEVER;
    }
    d->nullable_given = v[A_NULLABLE] != NULL;
    if (schema_flag(py, v[A_PRIMARY_KEY], false, &d->primary_key) ||
        schema_flag(py, v[A_NULLABLE], !d->primary_key, &d->nullable) ||
        schema_flag(py, v[A_SYSTEM], false, &d->system) ||
        schema_text(py, v[A_COMMENT], "a comment", &d->comment)) {
        return -1;
    }
    static const struct {
        int arg;
        const char *text;
    } flags[] = {{A_INDEX, "The 'index' keyword argument on Column is boolean only. To create indexes with a "
                           "specific name, create an explicit Index object external to the Table."},
                 {A_UNIQUE,
                  "The 'unique' keyword argument on Column is boolean only. To create unique "
                  "constraints or indexes with a specific name, append an explicit UniqueConstraint "
                  "to the Table's list of elements, or create an explicit Index object external to "
                  "the Table."}};
    for (size_t i = 0; i < COUNT_OF(flags); i++) {
        if (v[flags[i].arg] && py_text(v[flags[i].arg]).len) {
            py_raise(py, "sqlalchemy.exc.ArgumentError", "%s", flags[i].text);
            return -1;
        }
    }
    return schema_flag(py, v[A_INDEX], false, &d->index) || schema_flag(py, v[A_UNIQUE], false, &d->unique)
               ? -1
               : 0;
}

static int set_onupdate(struct py *py, struct schema_column *c, pyv v)
{
    const struct ddl_identity *identity;
    const struct ddl_computed *computed;
    return vocab_default(py, v, &c->column->server_onupdate, &identity, &computed);
}

pyv schema_column_construct(struct py *py, const struct py_type *type, const struct py_args *args)
{
    pyv v[A_COUNT] = {NULL}, rest = NULL, kw = NULL;
    if (py_bind(py, type->name, args, column_args, v, &rest, &kw)) {
        return NULL;
    }
    struct schema_column *c = schema_column_new(py, NULL);
    if (!c) {
        return NULL;
    }
    c->head.head.type = type;
    struct py_list items = *(struct py_list *)(void *)rest;
    const char *key = NULL;
    if (take_leading(py, &items, v) || set_flags(py, c, v) || schema_column_set_type(py, c, v[A_TYPE]) ||
        schema_text(py, v[A_KEY], "the key of a column", &key) ||
        schema_column_set_autoincrement(py, c, v[A_AUTOINCREMENT])) {
        return NULL;
    }
    schema_column_expr(py, c, key);
    pyv def = v[A_INSERT_DEFAULT] ? v[A_INSERT_DEFAULT] : v[A_DEFAULT];
    c->info = v[A_INFO];
    c->doc = v[A_DOC];
    c->onupdate = schema_given(v[A_ONUPDATE]) ? v[A_ONUPDATE] : NULL;
    c->column->python_onupdate = c->onupdate ? python_default(py, c->onupdate) : NULL;
    if (c->onupdate && !c->column->python_onupdate) {
        return NULL;
    }
    if (set_onupdate(py, c, v[A_SERVER_ONUPDATE]) ||
        (schema_given(v[A_SERVER_DEFAULT]) && schema_column_set_server_default(py, c, v[A_SERVER_DEFAULT]))) {
        return NULL;
    }
    for (size_t i = 0; i < items.n; i++) {
        if (add_item(py, c, items.items[i])) {
            return NULL;
        }
    }
    pyv last = v[A_SERVER_DEFAULT];
    bool generated = schema_given(last) && (py_is(last, &py_type_identity) || py_is(last, &py_type_computed));
    if (set_default(py, c, def) || (generated && schema_column_set_server_default(py, c, last))) {
        return NULL;
    }
    return vocab_options(py, "sqlalchemy.sql.schema.Column", kw, &c->column->options) ? NULL : (pyv)c;
}

struct schema_column *schema_column_copy(struct py *py, struct schema_column *c)
{
    struct schema_column *n = schema_column_new(py, c->column);
    if (!n) {
        return NULL;
    }
    pyv items = n->items;
    struct py_instance head = n->head;
    *n = (struct schema_column){.head = head,
                                .column = n->column,
                                .items = items,
                                .type = c->type,
                                .default_ = c->default_,
                                .server_default = c->server_default,
                                .onupdate = c->onupdate,
                                .info = c->info,
                                .doc = c->doc};
    n->head.head.type = c->head.head.type;
    schema_column_expr(py, n, c->expr->key);
    struct ddl_constraint **k;
    vec_each (k, &c->column->constraints) {
        if ((*k)->kind != DDL_FOREIGN_KEY) {
            struct ddl_constraint *copy = py_alloc(py, sizeof(*copy));
            if (!copy) {
                return NULL;
            }
            *copy = **k;
            copy->table = NULL;
            *(struct ddl_constraint **)vec_push(py_arena(py), &n->column->constraints) = copy;
        }
    }
    /* References that are part of a table stay with that table. */
    struct py_list *l = (struct py_list *)(void *)c->items;
    for (size_t i = 0; i < l->n; i++) {
        struct py_foreign_key *fk = (struct py_foreign_key *)(void *)l->items[i];
        if (!py_is(l->items[i], &py_type_foreign_key) || fk->attached) {
            continue;
        }
        struct py_foreign_key *copy = py_object_new(py, &py_type_foreign_key, sizeof(*copy));
        struct ddl_constraint *d = copy ? py_alloc(py, sizeof(*d)) : NULL;
        if (!d) {
            return NULL;
        }
        *d = *fk->constraint;
        *copy = (struct py_foreign_key){.head = copy->head,
                                        .constraint = d,
                                        .target = fk->target,
                                        .kwargs = fk->kwargs,
                                        .link_to_name = fk->link_to_name};
        if (schema_column_add_foreign_key(py, n, (pyv)copy)) {
            return NULL;
        }
    }
    return n;
}

pyv schema_column_wrap(struct py *py, struct ddl_column *c, pyv table)
{
    struct schema_column *w = py_object_new(py, &py_type_column, sizeof(*w));
    pyv items = w ? py_list_new(py) : NULL;
    if (!items) {
        return NULL;
    }
    w->items = items;
    w->column = c;
    w->expr = c->expr;
    w->table = table;
    return (pyv)w;
}
