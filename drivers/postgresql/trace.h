/* What the catalogue can tell later about a statement outside of transactions. See trace in drivers/driver.h.
 */
#pragma once
#include "drivers/driver.h"

void postgresql_trace(struct arena *a, struct slice statement, struct trace *out);
char *postgresql_trace_entry(struct arena *a, const char *text, const char *objects, const char *recorded);
