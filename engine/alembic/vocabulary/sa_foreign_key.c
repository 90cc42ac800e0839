/* ForeignKey and ForeignKeyConstraint as a program makes them, before a table takes them. */
#include "engine/alembic/vocabulary/sa_constraint.h"

/* ForeignKey and ForeignKeyConstraint say ON DELETE and the like in the same words. */
static int read_reference(struct py *py, struct ddl_constraint *c, pyv onupdate, pyv ondelete, pyv match,
                          pyv use_alter)
{
    return schema_text(py, onupdate, "onupdate", &c->onupdate) ||
                   schema_text(py, ondelete, "ondelete", &c->ondelete) ||
                   schema_text(py, match, "match", &c->match) ||
                   schema_flag(py, use_alter, false, &c->use_alter)
               ? -1
               : 0;
}

static int check_target(struct py *py, pyv v)
{
    if (py_text(v).ptr || py_is(v, &py_type_column)) {
        return 0;
    }
    if (py_is(v, &py_type_int) || py_is_none(v) || py_is(v, &py_type_list) || py_is(v, &py_type_tuple)) {
        py_raise(py, "sqlalchemy.exc.ArgumentError",
                 "String column name or Column object for DDL foreign key constraint expected, got %s.",
                 py_repr_of(py, v));
    } else {
        py_refuse(py, "a foreign key to %s", py_repr_of(py, v));
    }
    return -1;
}

static pyv construct_foreign_key(struct py *py, const struct py_type *type, const struct py_args *args)
{
    enum {
        COLUMN,
        CONSTRAINT,
        USE_ALTER,
        NAME,
        ONUPDATE,
        ONDELETE,
        DEFERRABLE,
        INITIALLY,
        LINK,
        MATCH,
        INFO,
        COMMENT,
        UNRESOLVABLE,
        N
    };
    static const struct py_arg table[] = {{"column", PY_ARG_REQUIRED},
                                          {"_constraint", 0},
                                          {"use_alter", 0},
                                          {"name", 0},
                                          {"onupdate", 0},
                                          {"ondelete", 0},
                                          {"deferrable", 0},
                                          {"initially", 0},
                                          {"link_to_name", 0},
                                          {"match", 0},
                                          {"info", 0},
                                          {"comment", 0},
                                          {"_unresolvable", 0},
                                          {0}};
    pyv v[N] = {NULL}, kw = NULL;
    if (py_bind(py, "ForeignKey", args, table, v, NULL, &kw) || check_target(py, v[COLUMN])) {
        return NULL;
    }
    struct py_foreign_key *fk = py_object_new(py, type, sizeof(*fk));
    struct ddl_constraint *c = fk ? py_alloc(py, sizeof(*c)) : NULL;
    if (!c) {
        return NULL;
    }
    *c = (struct ddl_constraint){.kind = DDL_FOREIGN_KEY, .deferrable = -1};
    fk->constraint = c;
    fk->target = v[COLUMN];
    fk->kwargs = kw;
    return schema_constraint_common(py, c, v[NAME], v[DEFERRABLE], v[INITIALLY], v[COMMENT]) ||
                   read_reference(py, c, v[ONUPDATE], v[ONDELETE], v[MATCH], v[USE_ALTER]) ||
                   schema_flag(py, v[LINK], false, &fk->link_to_name)
               ? NULL
               : (pyv)fk;
}

static size_t distinct(struct py *py, pyv list)
{
    pyv set = py_set_new(py);
    struct py_list *l = (struct py_list *)(void *)list;
    for (size_t i = 0; set && i < l->n; i++) {
        if (py_set_add(py, set, l->items[i])) {
            return 0;
        }
    }
    return set ? (size_t)py_len(py, set) : 0;
}

static int check_counts(struct py *py, pyv columns, pyv targets)
{
    size_t n = ((struct py_list *)(void *)columns)->n, unlike = distinct(py, columns);
    if (unlike == ((struct py_list *)(void *)targets)->n) {
        return 0;
    }
    py_raise(py, "sqlalchemy.exc.ArgumentError", "%s",
             unlike != n ? "ForeignKeyConstraint with duplicate source column references are not supported."
                         : "ForeignKeyConstraint number of constrained columns must match the number of "
                           "referenced columns.");
    return -1;
}

pyv schema_foreign_key_constraint(struct py *py, const struct py_type *type, const struct py_args *args)
{
    enum {
        COLUMNS,
        REFCOLUMNS,
        NAME,
        ONUPDATE,
        ONDELETE,
        DEFERRABLE,
        INITIALLY,
        USE_ALTER,
        LINK,
        MATCH,
        TABLE,
        INFO,
        COMMENT,
        N
    };
    static const struct py_arg table[] = {{"columns", PY_ARG_REQUIRED},
                                          {"refcolumns", PY_ARG_REQUIRED},
                                          {"name", 0},
                                          {"onupdate", 0},
                                          {"ondelete", 0},
                                          {"deferrable", 0},
                                          {"initially", 0},
                                          {"use_alter", 0},
                                          {"link_to_name", 0},
                                          {"match", 0},
                                          {"table", 0},
                                          {"info", 0},
                                          {"comment", 0},
                                          {0}};
    pyv v[N] = {NULL}, kw = NULL;
    if (py_bind(py, "ForeignKeyConstraint", args, table, v, NULL, &kw)) {
        return NULL;
    }
    struct schema_item *s = schema_item_new(py, type, DDL_FOREIGN_KEY);
    if (!s || schema_constraint_common(py, s->constraint, v[NAME], v[DEFERRABLE], v[INITIALLY], v[COMMENT]) ||
        read_reference(py, s->constraint, v[ONUPDATE], v[ONDELETE], v[MATCH], v[USE_ALTER]) ||
        schema_flag(py, v[LINK], false, &s->link_to_name) ||
        vocab_options(py, "sqlalchemy.sql.schema.ForeignKeyConstraint", kw, &s->constraint->options)) {
        return NULL;
    }
    pyv columns = py_listed(py, v[COLUMNS]);
    s->targets = columns ? py_listed(py, v[REFCOLUMNS]) : NULL;
    if (!s->targets || check_counts(py, columns, s->targets) || schema_item_columns(py, s, columns)) {
        return NULL;
    }
    struct py_list *l = (struct py_list *)(void *)s->targets;
    for (size_t i = 0; i < l->n; i++) {
        if (check_target(py, l->items[i])) {
            return NULL;
        }
    }
    if (schema_given(v[TABLE])) {
        return py_refuse(py, "ForeignKeyConstraint(table=)");
    }
    return schema_item_attach(py, (pyv)s, s->pending) ? NULL : (pyv)s;
}

static struct py_foreign_key *as_key(pyv self)
{
    return (struct py_foreign_key *)(void *)self;
}
static pyv key_name(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return schema_name_wrap(py, as_key(self)->constraint->name);
}
static pyv key_parent(UNUSED struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return as_key(self)->column ? as_key(self)->column : &py_none;
}
static pyv key_target_fullname(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    pyv v = as_key(self)->target;
    if (py_text(v).ptr) {
        return v;
    }
    const struct ddl_column *c = ((struct schema_column *)(void *)v)->column;
    if (!c->table) {
        return schema_name_wrap(py, c->name);
    }
    return py_str_printf(py, "%s.%s", schema_table_key(py, c->table->name, c->table->schema), c->name.text);
}
static pyv key_column(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    pyv v = as_key(self)->target;
    return py_is(v, &py_type_column) ? v : py_refuse(py, "the column of a ForeignKey given by name");
}
static int key_repr(struct py *py, pyv self, struct strbuf *out)
{
    pyv name = key_target_fullname(py, self, NULL);
    strbuf_adds(out, "ForeignKey(");
    if (!name || py_repr(py, name, out)) {
        return -1;
    }
    strbuf_adds(out, ")");
    return 0;
}
static const struct py_def key_defs[] = {
    {"name", PY_DEF_PROPERTY, key_name, NULL, NULL},
    {"parent", PY_DEF_PROPERTY, key_parent, NULL, NULL},
    {"target_fullname", PY_DEF_PROPERTY, key_target_fullname, NULL, NULL},
    {"column", PY_DEF_PROPERTY, key_column, NULL, NULL},
    {0},
};

const struct py_type py_type_foreign_key = {.head = PY_TYPE_HEAD,
                                            .name = "ForeignKey",
                                            .module = "sqlalchemy.sql.schema",
                                            .base = &py_type_schema_item,
                                            .defs = key_defs,
                                            .construct = construct_foreign_key,
                                            .repr = key_repr};
