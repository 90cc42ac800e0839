/* ALTER COLUMN per dialect. Private to engine/ddl. */
#pragma once
#include "engine/ddl/operation.h"

/* "ALTER TABLE t": the schema's parts at dots are quoted one by one, as Alembic does. */
void ddl_alter_table(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_name *table,
                     const struct ddl_name *schema);
/* schema.table in the same way. */
void ddl_dotted_table(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_name *table,
                      const struct ddl_name *schema);
/* A default that is given to ALTER COLUMN must be one that can be written. */
int ddl_alter_default_check(const struct ddl_default *def, struct err *err);
int ddl_alter_column_default(struct ddl_out *out, const struct ddl_alter_column *a, struct err *err);
int ddl_alter_column_postgresql(struct ddl_out *out, const struct ddl_alter_column *a, struct err *err);
int ddl_alter_column_mysql(struct ddl_out *out, const struct ddl_alter_column *a, struct err *err);
/* Appends to text the rest of ALTER TABLE ... ALTER COLUMN c; PostgreSQL. */
int ddl_alter_identity(struct strbuf *text, const struct ddl_dialect *d, const struct ddl_alter_column *a,
                       struct err *err);
