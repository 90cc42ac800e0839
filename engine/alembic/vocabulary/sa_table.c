/*
 * Tables: how columns, constraints and indexes of a program become parts of one, in SQLAlchemy's order.
 */
#include "engine/alembic/vocabulary/sa_schema.h"
#include <string.h>

static struct schema_item *as_item(pyv v)
{
    return (struct schema_item *)(void *)v;
}

struct schema_table *schema_table_new(struct py *py, const struct py_type *type, struct py_metadata *metadata,
                                      struct ddl_name name, struct ddl_name schema)
{
    struct vocab_state *state = vocab_state(py);
    struct schema_table *t = state ? py_object_new(py, type, sizeof(*t)) : NULL;
    if (!t) {
        return NULL;
    }
    t->table = ddl_table_new(py_arena(py), name, schema);
    t->table->clock = &state->clock;
    t->table->naming = metadata->naming;
    t->table->from->data = t->table;
    t->from = t->table->from;
    t->metadata = (pyv)metadata;
    t->columns = schema_columns_new(py);
    t->constraints = py_list_new(py);
    t->indexes = py_list_new(py);
    t->foreign_keys = py_list_new(py);
    bool made = t->columns && t->constraints && t->indexes && t->foreign_keys;
    const char *key = schema_table_key(py, name, schema);
    return made && py_dict_set_str(py, metadata->tables, key, (pyv)t) == 0 &&
                   py_list_append(py, state->tables, (pyv)t) == 0
               ? t
               : NULL;
}

struct ddl_table *schema_bare_table(struct py *py, struct ddl_name name, struct ddl_name schema)
{
    const struct migration_settings *s = migration_of(py)->settings;
    struct vocab_state *state = vocab_state(py);
    if (!state) {
        return NULL;
    }
    struct ddl_table *t = ddl_table_new(py_arena(py), name, schema);
    t->clock = &state->clock;
    t->naming = s ? s->naming : NULL;
    return t;
}

struct schema_table *schema_table_of(struct py *py, const struct ddl_table *t)
{
    struct py_list *l = (struct py_list *)(void *)vocab_state(py)->tables;
    for (size_t i = l->n; i-- > 0;) {
        struct schema_table *s = (struct schema_table *)(void *)l->items[i];
        if (s->table == t) {
            return s;
        }
    }
    return NULL;
}

/* --- columns --- */
static const char *key_of(const struct schema_column *c)
{
    return c->expr->key ? c->expr->key : c->column->name.text;
}

static int check_name(struct py *py, struct schema_table *t, struct schema_column *c)
{
    if (!c->column->name.text || !*c->column->name.text) {
        py_raise(
            py, "sqlalchemy.exc.ArgumentError",
            "Column must be constructed with a non-blank name or assign a non-blank .name before adding to "
            "a Table.");
        return -1;
    }
    bool name = ddl_table_column(t->table, c->column->name.text) != NULL;
    bool key = schema_columns_get(py, t->columns, key_of(c)) != NULL;
    if (name || key) {
        bool same = strcmp(key_of(c), c->column->name.text) == 0;
        py_raise(py, "sqlalchemy.exc.DuplicateColumnError",
                 "A column with %s '%s' is already present in table '%s'.", key && !same ? "key" : "name",
                 key && !same ? key_of(c) : c->column->name.text, t->table->name.text);
        return -1;
    }
    return 0;
}

/* A reference within Column(...) becomes a constraint of its own. */
static int attach_column_keys(struct py *py, struct schema_table *t, struct schema_column *c)
{
    struct py_list *l = (struct py_list *)(void *)c->items;
    for (size_t i = 0; i < l->n; i++) {
        if (!py_is(l->items[i], &py_type_foreign_key)) {
            continue;
        }
        struct py_foreign_key *fk = (struct py_foreign_key *)(void *)l->items[i];
        fk->attached = true;
        fk->constraint->ref_columns.n = 0;
        if (vocab_options(py, "sqlalchemy.sql.schema.ForeignKeyConstraint", fk->kwargs,
                          &fk->constraint->options) ||
            schema_reference_guess(py, t, fk->constraint, fk->target, c->column->name.text) ||
            py_list_append(py, t->foreign_keys, (pyv)fk)) {
            return -1;
        }
    }
    return 0;
}

/* Constraints that were made of the column before it had a table. */
static int attach_waiting(struct py *py, struct schema_table *t, struct schema_column *c)
{
    struct py_list *l = c->waiting ? (struct py_list *)(void *)c->waiting : NULL;
    for (size_t i = 0; l && i < l->n; i++) {
        pyv item = l->items[i];
        bool index = py_is(item, &py_type_index);
        pyv pending = index ? ((struct schema_index *)(void *)item)->pending : as_item(item)->pending;
        pyv owner = index ? ((struct schema_index *)(void *)item)->table : as_item(item)->table;
        struct py_list *p = (struct py_list *)(void *)pending;
        bool all = owner == NULL;
        for (size_t k = 0; k < p->n; k++) {
            all = all && (!py_is(p->items[k], &py_type_column) ||
                          ((struct schema_column *)(void *)p->items[k])->table == (pyv)t);
        }
        if (all &&
            (index ? schema_table_add_index(py, t, item) : schema_table_add_constraint(py, t, item, 0))) {
            return -1;
        }
    }
    c->waiting = NULL;
    return 0;
}

int schema_table_add_column(struct py *py, struct schema_table *t, struct schema_column *c, unsigned flags)
{
    if (c->table && (flags & SCHEMA_OF_OP)) {
        c = schema_column_copy(py, c);
        if (!c) {
            return -1;
        }
    }
    if (c->table && c->table != (pyv)t) {
        py_raise(py, "sqlalchemy.exc.ArgumentError", "Column object '%s' already assigned to Table '%s'",
                 key_of(c), ((struct schema_table *)(void *)c->table)->table->name.text);
        return -1;
    }
    if (c->column->identity && c->column->sequence) {
        py_raise(py, "sqlalchemy.exc.ArgumentError", "An column cannot specify both Identity and Sequence.");
        return -1;
    }
    if (check_name(py, t, c) || attach_column_keys(py, t, c)) {
        return -1;
    }
    c->table = (pyv)t;
    ddl_table_add_column(py_arena(py), t->table, c->column);
    struct ddl_constraint **k;
    vec_each (k, &c->column->constraints) {
        if (schema_check_name(py, *k)) {
            return -1;
        }
    }
    return schema_columns_add(py, t->columns, key_of(c), (pyv)c) || attach_waiting(py, t, c) ||
                   schema_reference_check(py, t)
               ? -1
               : 0;
}

/* --- constraints --- */
static int column_of(struct py *py, struct schema_table *t, pyv v, const char *class, struct ddl_name *out)
{
    if (!py_text(v).ptr) {
        struct schema_column *c = (struct schema_column *)(void *)v;
        *out = c->column->name;
        return 0;
    }
    const char *key;
    if (schema_text(py, v, "a column name", &key)) {
        return -1;
    }
    pyv found = schema_columns_get(py, t->columns, key);
    if (!found) {
        py_raise(py, "sqlalchemy.exc.ConstraintColumnNotFoundError",
                 "Can't create %s on table '%s': no column named '%s' is present.", class,
                 t->table->name.text, key);
        return -1;
    }
    *out = ((struct schema_column *)(void *)found)->column->name;
    return 0;
}

/* A constraint of another table is copied; its columns are this table's of the same names. */
static struct schema_item *copy_item(struct py *py, struct schema_item *s)
{
    struct ddl_constraint *c = py_alloc(py, sizeof(*c));
    if (!c) {
        return NULL;
    }
    *c = *s->constraint;
    c->table = NULL;
    c->order = vocab_state(py)->clock++;
    bool plain = c->kind == DDL_UNIQUE || c->kind == DDL_PRIMARY_KEY;
    if (!plain) {
        memset(&c->options, 0, sizeof(c->options));
    }
    struct schema_item *copy = (struct schema_item *)(void *)schema_constraint_wrap(py, c, NULL);
    if (!copy) {
        return NULL;
    }
    copy->targets = s->targets;
    for (size_t i = 0; c->kind != DDL_CHECK && i < c->columns.n; i++) {
        pyv name = py_str_of(py, c->columns.items[i].text);
        if (!name || py_list_append(py, copy->pending, name)) {
            return NULL;
        }
    }
    return copy;
}

static bool has_name(const ddl_names_t *names, const char *name)
{
    const struct ddl_name *n;
    vec_each (n, names) {
        if (strcmp(n->text, name) == 0) {
            return true;
        }
    }
    return false;
}

static int resolve_columns(struct py *py, struct schema_table *t, struct schema_item *s)
{
    struct py_list *l = (struct py_list *)(void *)s->pending;
    s->constraint->columns = (ddl_names_t){0};
    s->constraint->ref_columns = (ddl_names_t){0};
    for (size_t i = 0; i < l->n; i++) {
        struct ddl_name name;
        if (column_of(py, t, l->items[i], s->head.head.type->name, &name)) {
            return -1;
        }
        if (s->constraint->kind != DDL_FOREIGN_KEY && has_name(&s->constraint->columns, name.text)) {
            continue; /* named twice it counts once */
        }
        *(struct ddl_name *)vec_push(py_arena(py), &s->constraint->columns) = name;
        if (s->constraint->kind == DDL_FOREIGN_KEY &&
            schema_reference_guess(py, t, s->constraint, ((struct py_list *)(void *)s->targets)->items[i],
                                   name.text)) {
            return -1;
        }
    }
    return 0;
}

int schema_check_name(struct py *py, const struct ddl_constraint *c)
{
    struct ddl_name name;
    struct err err = {0};
    /* Names too long for the dialect are another matter: they fail when the constraint is written. */
    if (c->table->naming &&
        ddl_constraint_name(py_arena(py), migration_of(py)->dialect, c, &name, &err) < 0 &&
        strcmp(err.sqlstate, DDL_IDENTIFIER) != 0) {
        schema_raise(py, &err);
        return -1;
    }
    return 0;
}

int schema_table_add_constraint(struct py *py, struct schema_table *t, pyv constraint, unsigned flags)
{
    struct schema_item *s = as_item(constraint);
    if (s->table == (pyv)t) {
        return 0;
    }
    if (s->table && !(flags & SCHEMA_OF_OP)) {
        py_refuse(py, "a constraint that is part of another table already");
        return -1;
    }
    if (s->table) {
        s = copy_item(py, s);
    }
    if (!s || resolve_columns(py, t, s)) {
        return -1;
    }
    s->table = (pyv)t;
    ddl_table_add_constraint(py_arena(py), t->table, s->constraint);
    return py_list_append(py, t->constraints, (pyv)s) || schema_reference_check(py, t) ||
                   schema_check_name(py, s->constraint)
               ? -1
               : 0;
}

int schema_table_add_index(struct py *py, struct schema_table *t, pyv index)
{
    struct schema_index *s = (struct schema_index *)(void *)index;
    if (s->table == (pyv)t) {
        return 0;
    }
    if (s->table) {
        py_raise(py, "sqlalchemy.exc.ArgumentError",
                 "Index '%s' is against table '%s', and cannot be associated with table '%s'.",
                 s->index->name.text ? s->index->name.text : "None",
                 ((struct schema_table *)(void *)s->table)->table->name.text, t->table->name.text);
        return -1;
    }
    struct py_list *l = s->pending ? (struct py_list *)(void *)s->pending : NULL;
    for (size_t i = 0; l && i < l->n && i < s->index->elements.n; i++) {
        if (py_text(l->items[i]).ptr &&
            column_of(py, t, l->items[i], "Index", &s->index->elements.items[i].column)) {
            return -1;
        }
    }
    s->table = (pyv)t;
    ddl_table_add_index(py_arena(py), t->table, s->index);
    return py_list_append(py, t->indexes, index);
}

/* --- everything given to Table() or op.create_table() --- */
static int add_item(struct py *py, struct schema_table *t, pyv item, unsigned flags)
{
    if (py_is(item, &py_type_column)) {
        return schema_table_add_column(py, t, (struct schema_column *)(void *)item, flags);
    }
    if (py_is(item, &py_type_constraint)) {
        return schema_table_add_constraint(py, t, item, flags);
    }
    if (py_is(item, &py_type_index)) {
        pyv owner = ((struct schema_index *)(void *)item)->table;
        if (owner && owner != (pyv)t && (flags & SCHEMA_OF_OP)) {
            py_refuse(py, "an Index of another table within op.create_table()");
            return -1;
        }
        return schema_table_add_index(py, t, item);
    }
    if (py_is_none(item)) {
        return 0;
    }
    bool builtin = py_text(item).ptr || py_is(item, &py_type_int) || py_is(item, &py_type_list) ||
                   py_is(item, &py_type_tuple) || py_is(item, &py_type_dict);
    if (builtin && (flags & SCHEMA_OF_OP)) {
        return 0; /* Alembic passes over what is no schema item */
    }
    if (builtin) {
        py_raise(py, "sqlalchemy.exc.ArgumentError",
                 "'SchemaItem' object, such as a 'Column' or a 'Constraint' expected, got %s",
                 py_repr_of(py, item));
    } else {
        py_refuse(py, "%s within Table()", py_repr_of(py, item));
    }
    return -1;
}

int schema_table_items(struct py *py, struct schema_table *t, pyv items, unsigned flags)
{
    struct py_list *l = (struct py_list *)(void *)items;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < l->n; i++) {
            bool column = py_is(l->items[i], &py_type_column);
            /* Alembic attaches columns first, SQLAlchemy takes things as they come. */
            bool now = flags & SCHEMA_OF_OP ? column == (pass == 0) : pass == 0;
            if (now && add_item(py, t, l->items[i], flags)) {
                return -1;
            }
        }
    }
    return 0;
}

int schema_table_keywords(struct py *py, struct schema_table *t, pyv kw)
{
    pyv key, value, left = py_dict_new(py);
    for (size_t at = 0; left && kw && py_dict_next(kw, &at, &key, &value);) {
        struct slice name = py_text(key);
        if (slice_eq(name, "comment")) {
            if (schema_text(py, value, "a comment", &t->table->comment)) {
                return -1;
            }
        } else if (slice_eq(name, "info")) {
            t->info = value;
        } else if (slice_eq(name, "prefixes")) {
            pyv list = schema_given(value) ? py_listed(py, value) : py_list_new(py);
            struct py_list *l = list ? (struct py_list *)(void *)list : NULL;
            for (size_t i = 0; l && i < l->n; i++) {
                const char *text;
                if (schema_text(py, l->items[i], "a prefix", &text) || !text) {
                    return -1;
                }
                *(const char **)vec_push(py_arena(py), &t->table->prefixes) = text;
            }
            if (!l) {
                return -1;
            }
        } else if (py_dict_set(py, left, key, value)) {
            return -1;
        }
    }
    return left ? vocab_options(py, "sqlalchemy.sql.schema.Table", left, &t->table->options) : -1;
}

struct ddl_table *vocab_table_build(struct py *py, struct ddl_name name, struct ddl_name schema, pyv items,
                                    pyv keywords)
{
    struct py_metadata *m = schema_metadata_of_op(py);
    struct schema_table *t = m ? schema_table_new(py, &py_type_table, m, name, schema) : NULL;
    bool built = t && schema_table_keywords(py, t, keywords) == 0 &&
                 schema_table_items(py, t, items, SCHEMA_OF_OP) == 0 && schema_table_resolve_op(py, t) == 0;
    return built ? t->table : NULL;
}

pyv vocab_table_wrap(struct py *py, struct ddl_table *table, pyv metadata)
{
    struct py_metadata *m = metadata && py_is(metadata, &py_type_metadata)
                                ? (struct py_metadata *)(void *)metadata
                                : schema_metadata_new(py);
    struct schema_table *t = m ? schema_table_new(py, &py_type_table, m, table->name, table->schema) : NULL;
    if (!t) {
        return NULL;
    }
    t->table = table;
    t->from = table->from;
    t->from->data = table;
    table->clock = &vocab_state(py)->clock;
    struct ddl_column **c;
    vec_each (c, &table->columns) {
        pyv column = schema_column_wrap(py, *c, (pyv)t);
        if (!column || schema_columns_add(py, t->columns, (*c)->name.text, column)) {
            return NULL;
        }
    }
    return (pyv)t;
}
