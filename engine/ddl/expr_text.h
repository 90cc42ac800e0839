/* Text with ":names": where they are. */
#pragma once
#include "base/str.h"

/* The next parameter in text at or after *at, as text() finds them when it is made (`made`), or as rendering
 * does: *name is its name without the colon, *at where it ends; false: no more. The two differ for ":a::int",
 * ":a$b" and the like. start: of the colon. */
bool sql_text_next(struct slice text, size_t *at, bool made, size_t *start, struct slice *name);
/* Has text() a parameter of that name? */
bool sql_text_has(struct slice text, struct slice name);
