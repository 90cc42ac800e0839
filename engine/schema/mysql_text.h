/* Texts of MySQL and MariaDB: quoting, and taking out what is not part of the schema. */
#pragma once
#include "base/arena.h"
#include "base/str.h"

const char *mysql_quoted(struct arena *a, const char *text); /* 'it''s' */
const char *mysql_name(struct arena *a, const char *name);   /* `name` */
/* The text without `own`. in front of names. As it is where `own` is also the name of something else. */
const char *mysql_without_database(struct arena *a, const char *text, const char *own);
/* MySQL gives expressions with quotes and backslashes escaped once more. */
const char *mysql_unescaped(struct arena *a, const char *text);
/* The sql_mode without what has no effect on what is stored; NULL for none. */
const char *mysql_mode(struct arena *a, const char *mode);
