/* What SHOW CREATE TABLE prints, read into a table. */
#pragma once
#include "engine/schema/schema.h"

/* t->definition is the statement. What is not understood sets t->partly_read. */
void mysql_parse_table(struct arena *a, struct schema_table *t);
