/* Reading all tables of MySQL and MariaDB, or those of a schema. */
#pragma once
#include "engine/schema/schema.h"

bool mysql_is_mariadb(struct conn *c);
int mysql_version(struct conn *c); /* "MariaDB 10.11.19": 1011019 */
int mysql_read_set(struct arena *a, struct conn *c, const struct schema_scope *scope, struct schema *s,
                   struct err *err);
