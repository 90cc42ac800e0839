/* Further modules of sqlalchemy, and libraries with types: which tables of names each has. */
#include "engine/alembic/vocabulary/sa_type.h"
#include <string.h>

#define PARTS(...)                                                                                           \
    (const struct py_def *const[])                                                                           \
    {                                                                                                        \
        __VA_ARGS__, NULL                                                                                    \
    }
#define TYPES       sa_type_defs, sa_type_more_defs
#define EXPRESSIONS sa_expr_defs, sa_schema_defs, schema_ddl_defs
#define PG_TYPES    sa_type_postgresql_defs, sa_type_postgresql_base_defs
#define POSTGRESQL  PG_TYPES, sa_expr_postgresql_defs, sa_schema_postgresql_defs

/* MutableDict.as_mutable(JSONB): changes within values are noticed then, the type stays as it is. */
static pyv as_mutable(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    pyv out[2] = {NULL};
    static const struct py_arg table[] = {{"sqltype", PY_ARG_REQUIRED}, {0}};
    if (py_bind(py, "Mutable.as_mutable", args, table, out, NULL, NULL) < 0) {
        return NULL;
    }
    const struct ddl_type *t = vocab_type(py, out[0]);
    return t ? vocab_type_wrap(py, t) : NULL;
}

static int derive_mutable(struct py *py, struct py_type *type, const struct py_args *keywords)
{
    (void)py;
    (void)type;
    (void)keywords;
    return 0;
}

static const struct py_def mutable_methods[] = {
    {"as_mutable", PY_DEF_CLASS_METHOD, as_mutable, NULL, NULL},
    {0},
};
#define MUTABLE(name_)                                                                                       \
    {                                                                                                        \
        .head = PY_TYPE_HEAD, .name = name_, .module = "sqlalchemy.ext.mutable", .defs = mutable_methods,    \
        .init_subclass = derive_mutable                                                                      \
    }
static const struct py_type mutable = MUTABLE("Mutable"), mutable_dict = MUTABLE("MutableDict"),
                            mutable_list = MUTABLE("MutableList"), mutable_set = MUTABLE("MutableSet");
static const struct py_def mutable_defs[] = {
    {"Mutable", PY_DEF_TYPE, NULL, &mutable, NULL},
    {"MutableDict", PY_DEF_TYPE, NULL, &mutable_dict, NULL},
    {"MutableList", PY_DEF_TYPE, NULL, &mutable_list, NULL},
    {"MutableSet", PY_DEF_TYPE, NULL, &mutable_set, NULL},
    {0},
};

static const struct py_def empty_defs[] = {{0}};
static const struct py_module_def modules[] = {
    {"sqlalchemy.dialects", PARTS(empty_defs), NULL},
    {"sqlalchemy.ext", PARTS(empty_defs), NULL},
    {"sqlalchemy.ext.compiler", PARTS(sa_compiles_defs), NULL},
    {"sqlalchemy.ext.mutable", PARTS(mutable_defs), NULL},
    {"sqlalchemy.sql.sqltypes", PARTS(TYPES), NULL},
    {"sqlalchemy.sql.type_api", PARTS(TYPES), NULL},
    {"sqlalchemy.sql.schema", PARTS(EXPRESSIONS), NULL},
    {"sqlalchemy.sql.ddl", PARTS(EXPRESSIONS), NULL},
    {"sqlalchemy.sql.elements", PARTS(EXPRESSIONS), NULL},
    {"sqlalchemy.sql.expression", PARTS(EXPRESSIONS), NULL},
    {"sqlalchemy.sql.functions", PARTS(sa_expr_function_defs, EXPRESSIONS), NULL},
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
