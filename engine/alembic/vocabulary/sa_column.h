/* Between the construction of a Column (sa_column.c) and its attributes (sa_column_attr.c). */
#pragma once
#include "engine/alembic/vocabulary/sa_schema.h"

pyv schema_column_construct(struct py *py, const struct py_type *type, const struct py_args *args);
/* What stands for the column in expressions, made anew of its name; key may be NULL. */
void schema_column_expr(struct py *py, struct schema_column *c, const char *key);
/* As the keywords of Column() take them; -1 and raised. */
int schema_column_set_type(struct py *py, struct schema_column *c, pyv v);
int schema_column_set_autoincrement(struct py *py, struct schema_column *c, pyv v);
int schema_column_set_server_default(struct py *py, struct schema_column *c, pyv v);
int schema_column_add_foreign_key(struct py *py, struct schema_column *c, pyv item);
