/* What the constructors of all constraints share. -1 or NULL: raised. */
#pragma once
#include "engine/alembic/vocabulary/sa_schema.h"

struct schema_item *schema_item_new(struct py *py, const struct py_type *type, enum ddl_constraint_kind kind);
/* name, deferrable, initially, comment: what all of them take. */
int schema_constraint_common(struct py *py, struct ddl_constraint *c, pyv name, pyv deferrable, pyv initially,
                             pyv comment);
/* Columns are named by a str or given as Column: kept until the constraint has a table. */
int schema_item_columns(struct py *py, struct schema_item *s, pyv list);
/* Made of columns that belong to a table already, it belongs to that table; made of columns that will, it
 * waits for them. */
int schema_item_attach(struct py *py, pyv self, pyv pending);
pyv schema_foreign_key_constraint(struct py *py, const struct py_type *type, const struct py_args *args);
