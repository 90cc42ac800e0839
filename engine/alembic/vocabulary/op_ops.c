/*
 * alembic.operations: op.invoke() of operations as objects, where the object says what the call would, and
 * the classes that plug-ins register operations with, which are refused when used.
 */
#include "engine/alembic/vocabulary/op.h"
#include <string.h>

/* An operation not yet invoked: its function with the arguments. */
struct op_object {
    struct py_instance head;
    py_native *fn;
    struct py_args args;
};

static pyv make(struct py *py, const struct py_type *type, py_native *fn, const struct py_args *args)
{
    struct op_object *o = py_object_new(py, type, sizeof(*o));
    pyv *pos = o ? py_alloc_array(py, args->npos + 1, sizeof(*pos)) : NULL;
    pyv *values = pos ? py_alloc_array(py, args->nkw + 1, sizeof(*values)) : NULL;
    const char **names = values ? py_alloc_array(py, args->nkw + 1, sizeof(*names)) : NULL;
    if (!names) {
        return NULL;
    }
    for (size_t i = 0; i < args->npos; i++) {
        pos[i] = args->pos[i];
    }
    for (size_t i = 0; i < args->nkw; i++) {
        names[i] = args->names[i];
        values[i] = args->values[i];
    }
    o->fn = fn;
    o->args = (struct py_args){pos, args->npos, names, values, args->nkw};
    return (pyv)o;
}

static const struct py_type type_operation = {
    .head = PY_TYPE_HEAD, .name = "MigrateOperation", .module = "alembic.operations.ops"};

/* Classes whose arguments are those of the function. */
#define SAME(class, function)                                                                                \
    static pyv construct_##class(struct py * py, const struct py_type *type, const struct py_args *args)     \
    {                                                                                                        \
        return make(py, type, function, args);                                                               \
    }                                                                                                        \
    static const struct py_type type_##class = {.head = PY_TYPE_HEAD,                                        \
                                                .name = #class,                                              \
                                                .module = "alembic.operations.ops",                          \
                                                .base = &type_operation,                                     \
                                                .construct = construct_##class};
SAME(AddColumnOp, op_add_column)
SAME(DropColumnOp, op_drop_column)
SAME(CreateIndexOp, op_create_index)
SAME(DropIndexOp, op_drop_index)
SAME(CreateUniqueConstraintOp, op_create_unique_constraint)
SAME(CreatePrimaryKeyOp, op_create_primary_key)
SAME(CreateForeignKeyOp, op_create_foreign_key)
SAME(CreateCheckConstraintOp, op_create_check_constraint)
SAME(DropConstraintOp, op_drop_constraint)
SAME(RenameTableOp, op_rename_table)
SAME(ExecuteSQLOp, op_execute)
SAME(BulkInsertOp, op_bulk_insert)
SAME(CreateTableCommentOp, op_create_table_comment)
SAME(DropTableCommentOp, op_drop_table_comment)

/* CreateTableOp(name, [columns]): the function takes them one by one. */
static pyv construct_CreateTableOp(struct py *py, const struct py_type *type, const struct py_args *args)
{
    if (args->npos != 2) {
        return py_refuse(py, "CreateTableOp() without a list of columns");
    }
    pyv list = py_listed(py, args->pos[1]);
    struct py_list *l = list ? (struct py_list *)(void *)list : NULL;
    pyv *pos = l ? py_alloc_array(py, l->n + 1, sizeof(*pos)) : NULL;
    if (!pos) {
        return NULL;
    }
    pos[0] = args->pos[0];
    for (size_t i = 0; i < l->n; i++) {
        pos[i + 1] = l->items[i];
    }
    struct py_args flat = {pos, l->n + 1, args->names, args->values, args->nkw};
    return make(py, type, op_create_table, &flat);
}
static const struct py_type type_CreateTableOp = {.head = PY_TYPE_HEAD,
                                                  .name = "CreateTableOp",
                                                  .module = "alembic.operations.ops",
                                                  .base = &type_operation,
                                                  .construct = construct_CreateTableOp};

static pyv construct_DropTableOp(struct py *py, const struct py_type *type, const struct py_args *args)
{
    for (size_t i = 0; i < args->nkw; i++) {
        if (strcmp(args->names[i], "table_kw") == 0) {
            return py_refuse(py, "DropTableOp(table_kw=)");
        }
    }
    return make(py, type, op_drop_table, args);
}
static const struct py_type type_DropTableOp = {.head = PY_TYPE_HEAD,
                                                .name = "DropTableOp",
                                                .module = "alembic.operations.ops",
                                                .base = &type_operation,
                                                .construct = construct_DropTableOp};

pyv op_invoke(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"operation", PY_ARG_REQUIRED}, {0}};
    pyv v;
    if (py_bind(py, "invoke", args, table, &v, NULL, NULL)) {
        return NULL;
    }
    const struct op_object *o = (const struct op_object *)(const void *)v;
    if (!py_is(v, &type_operation) || !o->fn) {
        return py_refuse(py, "op.invoke() of %s", v->type->name);
    }
    return o->fn(py, NULL, &o->args);
}

/* --- what plug-ins use --- */
static pyv register_operation(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return py_refuse(py, "an operation that the project registers with Alembic");
}
static pyv construct_operations(struct py *py, UNUSED const struct py_type *type,
                                UNUSED const struct py_args *args)
{
    return py_refuse(py, "Operations() with a context of its own");
}
static const struct py_def operations_defs[] = {
    {"register_operation", PY_DEF_STATIC, register_operation, NULL, NULL},
    {"implementation_for", PY_DEF_STATIC, register_operation, NULL, NULL},
    {"context", PY_DEF_STATIC, register_operation, NULL, NULL},
    {0},
};
static const struct py_type type_operations = {.head = PY_TYPE_HEAD,
                                               .name = "Operations",
                                               .module = "alembic.operations.base",
                                               .defs = operations_defs,
                                               .construct = construct_operations};

static pyv construct_context(struct py *py, UNUSED const struct py_type *type,
                             UNUSED const struct py_args *args)
{
    return py_refuse(py, "a MigrationContext of its own");
}
static pyv configure_context(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return py_refuse(py, "MigrationContext.configure()");
}
static const struct py_def context_class_defs[] = {
    {"configure", PY_DEF_STATIC, configure_context, NULL, NULL}, {0}};
static const struct py_type type_context_class = {.head = PY_TYPE_HEAD,
                                                  .name = "MigrationContext",
                                                  .module = "alembic.runtime.migration",
                                                  .defs = context_class_defs,
                                                  .construct = construct_context};

#define ROW(class)                                                                                           \
    {                                                                                                        \
#class, PY_DEF_TYPE, NULL, &type_##class, NULL                                                       \
    }
const struct py_def op_ops_defs[] = {
    {"MigrateOperation", PY_DEF_TYPE, NULL, &type_operation, NULL},
    ROW(CreateTableOp),
    ROW(DropTableOp),
    ROW(AddColumnOp),
    ROW(DropColumnOp),
    ROW(CreateIndexOp),
    ROW(DropIndexOp),
    ROW(CreateUniqueConstraintOp),
    ROW(CreatePrimaryKeyOp),
    ROW(CreateForeignKeyOp),
    ROW(CreateCheckConstraintOp),
    ROW(DropConstraintOp),
    ROW(RenameTableOp),
    ROW(ExecuteSQLOp),
    ROW(BulkInsertOp),
    ROW(CreateTableCommentOp),
    ROW(DropTableCommentOp),
    {"AlterColumnOp", PY_DEF_REFUSED, NULL, NULL, "AlterColumnOp"},
    {0},
};
const struct py_def op_operations_defs[] = {
    {"Operations", PY_DEF_TYPE, NULL, &type_operations, NULL},
    {"BatchOperations", PY_DEF_TYPE, NULL, &type_operations, NULL},
    {"MigrateOperation", PY_DEF_TYPE, NULL, &type_operation, NULL},
    {"ops", PY_DEF_MODULE, NULL, NULL, "alembic.operations.ops"},
    {0},
};
const struct py_def op_migration_defs[] = {
    {"MigrationContext", PY_DEF_TYPE, NULL, &type_context_class, NULL},
    {0},
};
