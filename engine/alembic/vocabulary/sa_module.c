/* Further modules of sqlalchemy, and libraries with types: which tables of names each has. */
#include "engine/alembic/vocabulary/sa_type.h"
#include <string.h>

#define PARTS(...)                                                                                           \
    (const struct py_def *const[])                                                                           \
    {                                                                                                        \
        __VA_ARGS__, NULL                                                                                    \
    }
#define TYPES       sa_type_defs, sa_type_more_defs
#define EXPRESSIONS sa_expr_defs, sa_schema_defs
#define PG_TYPES    sa_type_postgresql_defs, sa_type_postgresql_base_defs
#define POSTGRESQL  PG_TYPES, sa_expr_postgresql_defs, sa_schema_postgresql_defs

static const struct py_module_def modules[] = {
    {"sqlalchemy.sql.sqltypes", PARTS(TYPES), NULL},
    {"sqlalchemy.sql.type_api", PARTS(TYPES), NULL},
    {"sqlalchemy.sql.schema", PARTS(EXPRESSIONS), NULL},
    {"sqlalchemy.sql.ddl", PARTS(EXPRESSIONS), NULL},
    {"sqlalchemy.sql.elements", PARTS(EXPRESSIONS), NULL},
    {"sqlalchemy.sql.expression", PARTS(EXPRESSIONS), NULL},
    {"sqlalchemy.sql.functions", PARTS(EXPRESSIONS), NULL},
    {"sqlalchemy.sql.operators", PARTS(EXPRESSIONS), NULL},
    {"sqlalchemy.sql.selectable", PARTS(EXPRESSIONS), NULL},
    {"sqlalchemy.sql.dml", PARTS(EXPRESSIONS), NULL},
    {"sqlalchemy.sql.naming", PARTS(EXPRESSIONS), NULL},
    {"sqlalchemy.engine", PARTS(live_defs), NULL},
    {"sqlalchemy.engine.base", PARTS(live_defs), NULL},
    {"sqlalchemy.engine.reflection", PARTS(live_defs), NULL},
    {"sqlalchemy.inspection", PARTS(live_defs), NULL},
    {"sqlalchemy.orm.session", PARTS(live_orm_defs), NULL},
    {"sqlalchemy.ext.declarative", PARTS(live_orm_defs), NULL},
    {"sqlalchemy.dialects.postgresql.array", PARTS(POSTGRESQL), NULL},
    {"sqlalchemy.dialects.postgresql.base", PARTS(POSTGRESQL), NULL},
    {"sqlalchemy.dialects.postgresql.ext", PARTS(POSTGRESQL), NULL},
    {"sqlalchemy.dialects.postgresql.hstore", PARTS(POSTGRESQL), NULL},
    {"sqlalchemy.dialects.postgresql.json", PARTS(POSTGRESQL), NULL},
    {"sqlalchemy.dialects.postgresql.named_types", PARTS(POSTGRESQL), NULL},
    {"sqlalchemy.dialects.postgresql.ranges", PARTS(POSTGRESQL), NULL},
    {"sqlalchemy.dialects.postgresql.types", PARTS(POSTGRESQL), NULL},
    {"sqlalchemy.dialects.mysql.base", PARTS(sa_type_mysql_defs, sa_expr_mysql_defs), NULL},
    {"sqlalchemy.dialects.mysql.enumerated", PARTS(sa_type_mysql_defs), NULL},
    {"sqlalchemy.dialects.mysql.json", PARTS(sa_type_mysql_defs), NULL},
    {"sqlalchemy.dialects.mysql.types", PARTS(sa_type_mysql_defs), NULL},
    {"sqlalchemy.dialects.sqlite.base", PARTS(sa_type_sqlite_defs, sa_expr_sqlite_defs), NULL},
    {"sqlalchemy.dialects.sqlite.json", PARTS(sa_type_sqlite_defs), NULL},
};

const struct py_module_def *sa_module(const char *name)
{
    for (size_t i = 0; i < sizeof(modules) / sizeof(*modules); i++) {
        if (strcmp(modules[i].name, name) == 0) {
            return &modules[i];
        }
    }
    return sa_library_module(name);
}
