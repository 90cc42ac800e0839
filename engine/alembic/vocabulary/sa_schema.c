/* Names of sqlalchemy, sqlalchemy.schema and sqlalchemy.dialects.postgresql that make schema objects. */
#include "engine/alembic/vocabulary/sa_schema.h"

/* SchemaConst's members that programs name. */
static pyv blank_schema(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return py_refuse(py, "BLANK_SCHEMA");
}

const struct py_def sa_schema_defs[] = {
    {"Column", PY_DEF_TYPE, NULL, &py_type_column, NULL},
    {"Table", PY_DEF_TYPE, NULL, &py_type_table, NULL},
    {"MetaData", PY_DEF_TYPE, NULL, &py_type_metadata, NULL},
    {"Constraint", PY_DEF_TYPE, NULL, &py_type_constraint, NULL},
    {"SchemaItem", PY_DEF_TYPE, NULL, &py_type_schema_item, NULL},
    {"PrimaryKeyConstraint", PY_DEF_TYPE, NULL, &py_type_primary_key, NULL},
    {"UniqueConstraint", PY_DEF_TYPE, NULL, &py_type_unique, NULL},
    {"ForeignKeyConstraint", PY_DEF_TYPE, NULL, &py_type_foreign_key_constraint, NULL},
    {"CheckConstraint", PY_DEF_TYPE, NULL, &py_type_check, NULL},
    {"ForeignKey", PY_DEF_TYPE, NULL, &py_type_foreign_key, NULL},
    {"Index", PY_DEF_TYPE, NULL, &py_type_index, NULL},
    {"Sequence", PY_DEF_TYPE, NULL, &py_type_sequence, NULL},
    {"Identity", PY_DEF_TYPE, NULL, &py_type_identity, NULL},
    {"Computed", PY_DEF_TYPE, NULL, &py_type_computed, NULL},
    {"FetchedValue", PY_DEF_TYPE, NULL, &py_type_fetched_value, NULL},
    {"DefaultClause", PY_DEF_TYPE, NULL, &py_type_default_clause, NULL},
    {"ColumnDefault", PY_DEF_TYPE, NULL, &py_type_column_default, NULL},
    {"DDL", PY_DEF_TYPE, NULL, &py_type_ddl, NULL},
    {"quoted_name", PY_DEF_TYPE, NULL, &py_type_quoted_name, NULL},
    {"conv", PY_DEF_TYPE, NULL, &py_type_conv, NULL},
    {"BLANK_SCHEMA", PY_DEF_VALUE, blank_schema, NULL, NULL},
    {"ThreadLocalMetaData", PY_DEF_REFUSED, NULL, NULL, "ThreadLocalMetaData"},
    {0},
};
const struct py_def sa_schema_postgresql_defs[] = {
    {"ExcludeConstraint", PY_DEF_TYPE, NULL, &py_type_exclude, NULL},
    {0},
};
