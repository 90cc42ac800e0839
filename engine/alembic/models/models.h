/*
 * SQLAlchemy and SQLModel models of a project, read by the interpreter: the statements that create their
 * tables, as SQLAlchemy's create_all() sends them to an empty database.
 *
 * Modules run as far as models are concerned: what they import of the project, their classes, Table(...) and
 * Index(...). The rest of a module runs only when one of these needs it. What cannot be read is refused at
 * its place, never left out.
 */
#pragma once
#include "engine/alembic/body.h"

struct models_place {
    /* "app.models:Base", "app.db:metadata": a module, and in it a declarative base, a registry, a MetaData or
     * a list of them (default: Base). NULL: target_metadata of env_py. */
    const char *name;
    const char *env_py;
};

/* ERR_USAGE: there is no such module or name. ERR_REFUSED: something is not known without running it by
 * Python; ERR_FILE: it raises. All with file and line. */
int models_statements(struct arena *a, const struct alembic_env *env, const struct ddl_dialect *dialect,
                      const struct models_place *place, strings_t *out, struct err *err);
