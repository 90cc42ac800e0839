/* What the catalogue can tell later about a statement that commits by itself. See trace in drivers/driver.h.
 */
#pragma once
#include "drivers/driver.h"

void mysql_trace(struct arena *a, struct slice statement, struct trace *out);
/* looks.c */
char *mysql_trace_entry(struct arena *a, const char *text, const char *objects, const char *recorded);
