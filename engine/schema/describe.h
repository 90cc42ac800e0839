/* A schema as text for people and for tests: equal schemas, equal text. */
#pragma once
#include "engine/schema/schema.h"

void schema_describe(struct strbuf *out, const struct schema *s);
