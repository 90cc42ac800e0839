/*
 * Cutting PostgreSQL scripts into statements as psql does, and writing statements so that psql reads them
 * back. Texts borrow from the script. See split and print in drivers/driver.h.
 */
#pragma once
#include "drivers/driver.h"

int postgresql_split(struct arena *a, struct slice script, struct sql_script *out, struct err *err);
void postgresql_print(struct strbuf *to, struct slice text, struct slice copy);
