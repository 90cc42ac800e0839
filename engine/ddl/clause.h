/* Clauses that indexes and constraints share. Private to engine/ddl. */
#pragma once
#include "engine/ddl/table.h"

int ddl_add_include(struct strbuf *out, const struct ddl_dialect *d, const ddl_options_t *options);
bool ddl_valid_using(const char *using);
int ddl_add_using(struct strbuf *out, const char *using, struct err *err); /* "USING gin " */
