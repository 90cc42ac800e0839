/* alembic.ini and pyproject.toml as one set of options, looked up as Alembic's Config does. Private to the
 * project's reader. */
#pragma once
#include "engine/alembic/project/alembic_project.h"
#include "engine/alembic/project/ini.h"
#include "engine/alembic/project/toml.h"

struct config {
    struct arena *arena;
    const char *section;              /* of the ini file */
    const char *ini_file;             /* NULL: none */
    struct ini *ini;                  /* NULL: none */
    const char *toml_file;            /* NULL: none, or without [tool.alembic] */
    struct toml_doc *toml;            /* NULL: none */
    struct toml_node *tool;           /* [tool.alembic]; NULL: none */
    const char *ini_here, *toml_here; /* absolute folders of the files; NULL: no such file */
};

int config_open(struct arena *a, const struct alembic_options *options, struct config *out, struct err *err);
/* The option as text, the ini file's before the other one's; NULL: nowhere. A number in TOML gives its
 * digits. */
int config_text(const struct config *c, const char *name, const char **out, struct err *err);
/* "true" in the ini file, a boolean in TOML. */
int config_flag(const struct config *c, const char *name, bool *out, struct err *err);
/* An option of the ini file's main section alone; NULL: none. */
int config_ini(const struct config *c, const char *name, const char **out, struct err *err);
/* A list of paths: in the ini file split by path_separator (version_path_separator counts too when
 * `versions`, and without either at what `legacy` holds), a list in TOML. found false: the option is nowhere.
 */
int config_paths(const struct config *c, const char *name, bool versions, const char *legacy, strings_t *out,
                 bool *found, struct err *err);
/* ERR_FILE at the option, wherever it is. */
int config_error(const struct config *c, const char *name, struct err *err, const char *fmt, ...)
    PRINTF(4, 5);
