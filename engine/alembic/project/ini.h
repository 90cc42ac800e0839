/*
 * INI files as Python's configparser.ConfigParser reads them, which is what alembic.ini is written for:
 * sections, [DEFAULT], "=" or ":", values that go on in deeper lines, whole-line comments with "#" and ";"
 * (none after a value), option names in any case, and %(name)s with %% for a percent sign.
 *
 * Otherwise than there: a byte order mark is passed over, only ASCII letters of option names lose their case,
 * and a file has at most INI_OPTIONS_MAX options.
 */
#pragma once
#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"

#define INI_FILE_MAX    ((size_t)1 << 20)
#define INI_OPTIONS_MAX 4096u
#define INI_VALUE_MAX   ((size_t)1 << 20) /* bytes of a value with its references put in */

struct ini;

/* ERR_FILE at line and column: a line before the first section, a line that is no option, a section or an
 * option that is there already, text that is not UTF-8. Borrows text and file; everything lives in the arena.
 */
int ini_parse(struct arena *a, const char *file, struct slice text, struct ini **out, struct err *err);
/* A value for %(name)s that the file may override in [DEFAULT]; taken as it is, percent signs included. */
void ini_default(struct ini *ini, const char *name, const char *value);

bool ini_has_section(const struct ini *ini, const char *section); /* [DEFAULT] is none */
/* Is the option in the section or in [DEFAULT]? `name` in lower case. */
bool ini_has(const struct ini *ini, const char *section, const char *name);
/* In the section itself. */
bool ini_has_own(const struct ini *ini, const char *section, const char *name);
/* The option's value with its references put in; NULL when there is no such option or no such section.
 * ERR_FILE at the option: a reference to nothing or ten deep, a lone percent sign. */
int ini_get(struct arena *a, const struct ini *ini, const char *section, const char *name, const char **out,
            struct err *err);
/* Names of the section's options in order, then those of [DEFAULT] that it does not have. */
void ini_names(struct arena *a, const struct ini *ini, const char *section, strings_t *out);
/* ERR_FILE at the option's value, for what its reader makes of it. */
int ini_error(const struct ini *ini, const char *section, const char *name, struct err *err, const char *fmt,
              ...) PRINTF(5, 6);
