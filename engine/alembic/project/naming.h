/*
 * Does the project have a naming convention? Alembic takes it from target_metadata, an object of the
 * project's own code that env.py hands over. It is not evaluated here: where the project's sources mention
 * one, names that it would make or change are refused, and where they do not, there is none.
 */
#pragma once
#include "engine/alembic/project/alembic_project.h"
#include "engine/ddl/table.h"

/* For struct migration_settings; NULL: env.py hands over no metadata. The sources are looked through once,
 * when a name depends on it. Lives in the arena; used by one thread. */
const struct ddl_naming *alembic_naming(struct arena *a, const struct alembic_project *p);
