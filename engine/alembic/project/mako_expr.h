/* Expressions of templates. Private to mako.c. */
#pragma once
#include "engine/alembic/project/mako.h"

/* Append the text of an expression after its filters. Errors have no place of their own. */
int mako_evaluate(const char *file, struct slice expression, struct slice filters,
                  const struct mako_names *names, struct strbuf *out, struct err *err);
