/* Clauses that indexes and constraints share. Private to engine/ddl. */
#pragma once
#include "engine/ddl/table.h"

/* postgresql_include. The columns must be among the table's, or where it has none, among `own`. */
int ddl_add_include(struct strbuf *out, const struct ddl_dialect *d, const ddl_options_t *options,
                    const struct ddl_table *t, const ddl_names_t *own, struct err *err);
bool ddl_valid_using(const char *using);
int ddl_add_using(struct strbuf *out, const char *using, struct err *err); /* "USING gin " */
