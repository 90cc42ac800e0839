/* What the files of column_type.h share. */
#pragma once
#include "engine/schema/column_type.h"

struct schema_type_name {
    const char *name;
    enum ddl_type_id id;
};
/* Whatever its case; DDL_TYPE_NONE: unknown. */
enum ddl_type_id schema_type_name(const struct schema_type_name *names, size_t n, struct slice name);
/* Numbers in a text, as many as there is room for. */
size_t schema_type_numbers(struct slice text, int64_t *out, size_t max);
/* Positional arguments as the class's constructor takes them; false: it does not take so many. */
bool schema_type_arguments(struct ddl_type *t, const int64_t *numbers, size_t n);

const struct ddl_type *schema_postgresql_type(struct arena *a, const struct schema *s,
                                              const struct schema_column *c, bool *known);
const struct ddl_type *schema_mysql_type(struct arena *a, const struct schema_column *c, bool *known);
