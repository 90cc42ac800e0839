/* The names of alembic and alembic.op. */
#include "engine/alembic/vocabulary/op.h"

const struct py_def op_defs[] = {
    {"create_table", PY_DEF_FUNCTION, op_create_table, NULL, NULL},
    {"drop_table", PY_DEF_FUNCTION, op_drop_table, NULL, NULL},
    {"rename_table", PY_DEF_FUNCTION, op_rename_table, NULL, NULL},
    {"create_table_comment", PY_DEF_FUNCTION, op_create_table_comment, NULL, NULL},
    {"drop_table_comment", PY_DEF_FUNCTION, op_drop_table_comment, NULL, NULL},
    {"add_column", PY_DEF_FUNCTION, op_add_column, NULL, NULL},
    {"drop_column", PY_DEF_FUNCTION, op_drop_column, NULL, NULL},
    {"alter_column", PY_DEF_FUNCTION, op_alter_column, NULL, NULL},
    {"create_index", PY_DEF_FUNCTION, op_create_index, NULL, NULL},
    {"drop_index", PY_DEF_FUNCTION, op_drop_index, NULL, NULL},
    {"create_primary_key", PY_DEF_FUNCTION, op_create_primary_key, NULL, NULL},
    {"create_unique_constraint", PY_DEF_FUNCTION, op_create_unique_constraint, NULL, NULL},
    {"create_foreign_key", PY_DEF_FUNCTION, op_create_foreign_key, NULL, NULL},
    {"create_check_constraint", PY_DEF_FUNCTION, op_create_check_constraint, NULL, NULL},
    {"create_exclude_constraint", PY_DEF_FUNCTION, op_create_exclude_constraint, NULL, NULL},
    {"drop_constraint", PY_DEF_FUNCTION, op_drop_constraint, NULL, NULL},
    {"execute", PY_DEF_FUNCTION, op_execute, NULL, NULL},
    {"bulk_insert", PY_DEF_FUNCTION, op_bulk_insert, NULL, NULL},
    {"inline_literal", PY_DEF_FUNCTION, op_inline_literal, NULL, NULL},
    {"batch_alter_table", PY_DEF_FUNCTION, op_batch_alter_table, NULL, NULL},
    {"f", PY_DEF_FUNCTION, op_f, NULL, NULL},
    {"get_bind", PY_DEF_FUNCTION, op_get_bind, NULL, NULL},
    {"get_context", PY_DEF_FUNCTION, op_get_context, NULL, NULL},
    {"invoke", PY_DEF_FUNCTION, op_invoke, NULL, NULL},
    {"run_async", PY_DEF_REFUSED, NULL, NULL, "op.run_async()"},
    {"register_operation", PY_DEF_REFUSED, NULL, NULL, "op.register_operation()"},
    {"implementation_for", PY_DEF_REFUSED, NULL, NULL, "op.implementation_for()"},
    {"schema_obj", PY_DEF_REFUSED, NULL, NULL, "op.schema_obj"},
    {"impl", PY_DEF_REFUSED, NULL, NULL, "op.impl"},
    {"migration_context", PY_DEF_REFUSED, NULL, NULL, "op.migration_context: use op.get_context()"},
    {0},
};

pyv op_getattr(struct py *py, const char *name)
{
    if (name[0] == '_') {
        return NULL;
    }
    if (strcmp(name, "sync_enum_values") == 0) {
        pyv plugin = py_import(py, "alembic_postgresql_enum");
        return plugin ? py_getattr(py, plugin, name) : NULL;
    }
    return py_refuse(py, "op.%s() is a plug-in's operation", name);
}

static pyv version(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return py_str_of(py, "1.19.0");
}

const struct py_def alembic_defs[] = {
    {"op", PY_DEF_MODULE, NULL, NULL, "alembic.op"},
    {"context", PY_DEF_MODULE, NULL, NULL, "alembic.context"},
    {"operations", PY_DEF_MODULE, NULL, NULL, "alembic.operations"},
    {"util", PY_DEF_MODULE, NULL, NULL, "alembic.util"},
    {"__version__", PY_DEF_VALUE, version, NULL, NULL},
    {0},
};
