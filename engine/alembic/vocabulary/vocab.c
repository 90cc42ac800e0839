/* Which module has which tables of names. Adding a name is adding a row to a table; adding a module is adding
 * one here. */
#include "engine/alembic/vocabulary/vocab.h"

#define PARTS(...)                                                                                           \
    (const struct py_def *const[])                                                                           \
    {                                                                                                        \
        __VA_ARGS__, NULL                                                                                    \
    }

static const struct py_module_def modules[] = {
    {"alembic", PARTS(alembic_defs), NULL},
    {"alembic.op", PARTS(op_defs), op_getattr},
    {"alembic.operations", PARTS(op_operations_defs), NULL},
    {"alembic.operations.ops", PARTS(op_ops_defs), NULL},
    {"alembic.operations.base", PARTS(op_operations_defs), NULL},
    {"alembic.migration", PARTS(op_migration_defs), NULL},
    {"alembic.runtime", PARTS(op_migration_defs), NULL},
    {"alembic.runtime.migration", PARTS(op_migration_defs), NULL},
    {"alembic.util", PARTS(alembic_exc_defs), NULL},
    {"alembic.util.exc", PARTS(alembic_exc_defs), NULL},
    {"alembic.context", PARTS(op_context_defs), NULL},
    {"sqlalchemy", PARTS(sa_type_defs, sa_expr_defs, sa_schema_defs, live_defs), NULL},
    {"sqlalchemy.types", PARTS(sa_type_defs, sa_type_more_defs), NULL},
    {"sqlalchemy.sql", PARTS(sa_expr_defs, sa_schema_defs), NULL},
    {"sqlalchemy.schema", PARTS(sa_schema_defs, schema_ddl_defs), NULL},
    {"sqlalchemy.exc", PARTS(sa_exc_defs), NULL},
    {"sqlalchemy.orm", PARTS(live_orm_defs), NULL},
    {"sqlalchemy.dialects.postgresql",
     PARTS(sa_type_postgresql_defs, sa_expr_postgresql_defs, sa_schema_postgresql_defs), NULL},
    {"sqlalchemy.dialects.mysql", PARTS(sa_type_mysql_defs, sa_expr_mysql_defs), NULL},
    {"sqlalchemy.dialects.sqlite", PARTS(sa_type_sqlite_defs, sa_expr_sqlite_defs), NULL},
};

const struct py_module_def *vocab_module(const char *name)
{
    for (size_t i = 0; i < sizeof(modules) / sizeof(*modules); i++) {
        if (strcmp(modules[i].name, name) == 0) {
            return &modules[i];
        }
    }
    const struct py_module_def *m = sa_module(name);
    return m ? m : std_module(name);
}
