/*
 * Cutting MySQL and MariaDB scripts into statements as the mariadb client does, with DELIMITER; stored
 * programs written without it are recognised too. CRLF becomes LF as in the client.
 * Texts borrow from the script or the arena. See split and print in
 * drivers/driver.h.
 */
#pragma once
#include "drivers/driver.h"

int mysql_split(struct arena *a, struct slice script, struct sql_script *out, struct err *err);
void mysql_print(struct strbuf *to, struct slice text, struct slice copy);
