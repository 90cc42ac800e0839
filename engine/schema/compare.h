/* What differs between two schemas of one dialect. */
#pragma once
#include "engine/schema/object.h"

enum schema_change_kind {
    SCHEMA_MISSING,    /* expected, not there */
    SCHEMA_UNEXPECTED, /* there, not expected */
    SCHEMA_CHANGED,
    SCHEMA_CHANGE_KIND_COUNT
};
struct schema_attribute {
    const struct schema_field *field;
    const char *expected, *actual; /* as people read them; NULL: absent */
};
struct schema_change {
    enum schema_change_kind kind;
    struct schema_item expected, actual;     /* object NULL in what has none */
    VEC(struct schema_attribute) attributes; /* CHANGED: those that differ */
};
typedef VEC(struct schema_change) schema_changes_t;

/* Sorted by kind, schema and name, a table's children behind it. A missing or unexpected table is one change,
 * not one for each of its columns. Both schemas must outlive the result. */
void schema_compare(struct arena *a, const struct schema *expected, const struct schema *actual,
                    schema_changes_t *out);
/* The one of the two that is there: for kind, schema and name. */
const struct schema_item *schema_change_item(const struct schema_change *c);
