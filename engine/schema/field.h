/* What the files of object.h share about fields. */
#pragma once
#include "engine/schema/object.h"

const void *schema_field_at(const struct schema_field *f, const void *object);
/* RECORD, RECORDS: how many, and the first; the next is f->record->size bytes on. */
size_t schema_records(const struct schema_field *f, const void *object, const char **first);
/* The default schema has no name: NULL. */
const char *schema_within(const struct schema *s, const char *schema);
