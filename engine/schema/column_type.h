/*
 * From a type as the server prints it to a type of engine/ddl, as SQLAlchemy's reflection does: which class
 * it is, and with which arguments. What it does not recognise it takes for NullType (SQLite: for what the
 * type's affinity says), and *known is false.
 */
#pragma once
#include "engine/ddl/type.h"
#include "engine/schema/schema.h"

/* s: where enums and domains are looked up. known may be NULL. */
const struct ddl_type *schema_column_type(struct arena *a, const struct schema *s,
                                          const struct schema_column *c, bool *known);

/* The type of a column as it is declared, whatever that means: for writing it again. */
const struct ddl_type *schema_verbatim_type(struct arena *a, const char *text);
