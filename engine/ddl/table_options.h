/* What follows the closing parenthesis of CREATE TABLE. Private to engine/ddl. */
#pragma once
#include "engine/ddl/table.h"

int ddl_add_table_options(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_table *t,
                          struct err *err);
