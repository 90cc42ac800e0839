/*
 * Cutting SQLite scripts into statements as the sqlite3 shell does. CRLF becomes LF as in the client.
 * Texts borrow from the script or the arena. See split
 * and print in drivers/driver.h.
 */
#pragma once
#include "drivers/driver.h"

int sqlite_split(struct arena *a, struct slice script, struct sql_script *out, struct err *err);
void sqlite_print(struct strbuf *to, struct slice text, struct slice copy);
