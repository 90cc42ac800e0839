/* lockstep init --template, and the names it takes: see cmd/init.c and cmd/list_templates.c. */
#pragma once
#include "cmd/context.h"

struct alembic_template {
    const char *name, *summary;
    bool async, toml; /* asyncio in env.py; options in pyproject.toml */
};
extern const struct alembic_template alembic_templates[]; /* ends with a zeroed item */

/* The files of a new Alembic project, from the template of that name, in `folder` and beside it. */
int init_alembic(struct app *app, const char *name, const char *folder, struct err *err);
