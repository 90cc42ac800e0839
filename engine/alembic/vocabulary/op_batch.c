/* `with op.batch_alter_table(...) as batch_op:` what the block records is done at its end. */
#include "engine/alembic/vocabulary/op.h"
#include <string.h>

static const struct py_type type_batch, type_manager;

/* What `with` sees. */
struct batch_manager {
    struct py_instance head;
    struct op_batch *batch;
};

struct op_batch *op_batch_of(pyv self)
{
    return self && py_is(self, &type_batch) ? (struct op_batch *)(void *)self : NULL;
}

static int read_recreate(struct py *py, pyv v, enum op_recreate *out)
{
    static const char *const words[] = {"auto", "always", "never"};
    *out = OP_RECREATE_AUTO;
    if (!v) {
        return 0;
    }
    struct slice text = py_text(v);
    for (int i = 0; i < (int)COUNT_OF(words); i++) {
        if (slice_eq(text, words[i])) {
            *out = (enum op_recreate)i;
            return 0;
        }
    }
    py_raise(py, "ValueError", "recreate may be one of 'auto', 'always', or 'never'.");
    return -1;
}

pyv op_batch_alter_table(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    enum { TABLE, SCHEMA, RECREATE, REORDER, COPY, T_ARGS, T_KWARGS, R_ARGS, R_KWARGS, NAMING, N };
    static const struct py_arg table[] = {{"table_name", PY_ARG_REQUIRED},
                                          {"schema", 0},
                                          {"recreate", 0},
                                          {"partial_reordering", 0},
                                          {"copy_from", 0},
                                          {"table_args", 0},
                                          {"table_kwargs", 0},
                                          {"reflect_args", 0},
                                          {"reflect_kwargs", 0},
                                          {"naming_convention", 0},
                                          {0}};
    pyv v[N] = {NULL};
    if (py_bind(py, "AbstractOperations.batch_alter_table", args, table, v, NULL, NULL)) {
        return NULL;
    }
    struct batch_manager *m = py_object_new(py, &type_manager, sizeof(*m));
    struct op_batch *b = m ? py_object_new(py, &type_batch, sizeof(*b)) : NULL;
    if (!b || op_target(py, NULL, v[TABLE], v[SCHEMA], &b->table, &b->schema) ||
        read_recreate(py, v[RECREATE], &b->recreate)) {
        return NULL;
    }
    b->copy_from = schema_given(v[COPY]) ? v[COPY] : NULL;
    b->table_args = v[T_ARGS];
    b->table_kwargs = v[T_KWARGS];
    b->reflect_args = v[R_ARGS];
    b->reflect_kwargs = v[R_KWARGS];
    b->partial_reordering = schema_given(v[REORDER]) ? v[REORDER] : NULL;
    if (b->copy_from && !py_is(b->copy_from, &py_type_table)) {
        return py_refuse(py, "batch_alter_table(copy_from=%s)", py_repr_of(py, b->copy_from));
    }
    if (schema_given(v[NAMING])) {
        b->naming = schema_naming(py, v[NAMING]);
        if (!b->naming) {
            return NULL;
        }
    }
    m->batch = b;
    return (pyv)m;
}

/* A default that SQLite does not take in ADD COLUMN: an expression, or a stored generated column. */
static bool needs_copy(const struct ddl_column *c)
{
    return c->server_default.kind == DDL_DEFAULT_EXPR || (c->computed && c->computed->persisted == 1);
}

bool op_batch_recreates(struct py *py, const struct op_batch *batch)
{
    if (batch->recreate != OP_RECREATE_AUTO || migration_of(py)->dialect->kind != DDL_SQLITE) {
        return batch->recreate == OP_RECREATE_ALWAYS;
    }
    const struct op_item *i;
    vec_each (i, &batch->items) {
        bool alters = i->kind != OP_CREATE_INDEX && i->kind != OP_DROP_INDEX;
        if (alters && (i->kind != OP_ADD_COLUMN || needs_copy(i->column))) {
            return true;
        }
    }
    return false;
}

static int flush(struct py *py, struct op_batch *b)
{
    if (op_batch_recreates(py, b)) {
        if (!b->copy_from && migration_of(py)->mode == MIGRATION_OFFLINE) {
            py_raise(
                py, "alembic.util.exc.CommandError",
                "This operation cannot proceed in --sql mode; batch mode with dialect %s requires a live "
                "database connection with which to reflect the table \"%s\". To generate a batch SQL "
                "migration script using table \"move and copy\", a complete Table object should be passed "
                "to the \"copy_from\" argument of the batch_alter_table() method so that table reflection "
                "can be skipped.",
                migration_of(py)->dialect->name, b->table.text);
            return -1;
        }
        return op_batch_recreate(py, b);
    }
    const struct op_item *i;
    vec_each (i, &b->items) {
        if (op_run(py, i)) {
            return -1;
        }
    }
    return 0;
}

static pyv manager_enter(UNUSED struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return (pyv)((struct batch_manager *)(void *)self)->batch;
}

static pyv manager_exit(struct py *py, pyv self, const struct py_args *args)
{
    bool failed = args->npos > 0 && !py_is_none(args->pos[0]);
    return !failed && flush(py, ((struct batch_manager *)(void *)self)->batch) ? NULL : &py_false;
}

static const struct py_def manager_defs[] = {
    {"__enter__", PY_DEF_METHOD, manager_enter, NULL, NULL},
    {"__exit__", PY_DEF_METHOD, manager_exit, NULL, NULL},
    {0},
};
static const struct py_type type_manager = {
    .head = PY_TYPE_HEAD, .name = "_GeneratorContextManager", .module = "contextlib", .defs = manager_defs};

static pyv batch_impl(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return py_refuse(py, "the impl of a batch operation");
}

static const struct py_def batch_defs[] = {
    {"add_column", PY_DEF_METHOD, op_add_column, NULL, NULL},
    {"drop_column", PY_DEF_METHOD, op_drop_column, NULL, NULL},
    {"alter_column", PY_DEF_METHOD, op_alter_column, NULL, NULL},
    {"create_index", PY_DEF_METHOD, op_create_index, NULL, NULL},
    {"drop_index", PY_DEF_METHOD, op_drop_index, NULL, NULL},
    {"create_primary_key", PY_DEF_METHOD, op_create_primary_key, NULL, NULL},
    {"create_unique_constraint", PY_DEF_METHOD, op_create_unique_constraint, NULL, NULL},
    {"create_foreign_key", PY_DEF_METHOD, op_create_foreign_key, NULL, NULL},
    {"create_check_constraint", PY_DEF_METHOD, op_create_check_constraint, NULL, NULL},
    {"create_exclude_constraint", PY_DEF_METHOD, op_create_exclude_constraint, NULL, NULL},
    {"drop_constraint", PY_DEF_METHOD, op_drop_constraint, NULL, NULL},
    {"create_table_comment", PY_DEF_METHOD, op_create_table_comment, NULL, NULL},
    {"drop_table_comment", PY_DEF_METHOD, op_drop_table_comment, NULL, NULL},
    {"execute", PY_DEF_METHOD, op_execute, NULL, NULL},
    {"f", PY_DEF_METHOD, op_f, NULL, NULL},
    {"inline_literal", PY_DEF_METHOD, op_inline_literal, NULL, NULL},
    {"get_bind", PY_DEF_METHOD, op_get_bind, NULL, NULL},
    {"get_context", PY_DEF_METHOD, op_get_context, NULL, NULL},
    {"migration_context", PY_DEF_PROPERTY, op_get_context, NULL, NULL},
    {"impl", PY_DEF_PROPERTY, batch_impl, NULL, NULL},
    {"run_async", PY_DEF_REFUSED, NULL, NULL, "op.run_async()"},
    {"invoke", PY_DEF_REFUSED, NULL, NULL, "invoke() of a batch operation"},
    {0},
};
static const struct py_type type_batch = {
    .head = PY_TYPE_HEAD, .name = "BatchOperations", .module = "alembic.operations.base", .defs = batch_defs};
