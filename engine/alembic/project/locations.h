/* Folders of an Alembic project: scripts, versions, modules. Private to the project's reader. */
#pragma once
#include "engine/alembic/project/config.h"

/* Fill script_location, versions, versions_given and sys_path. */
int locations_read(const struct config *c, struct alembic_project *p, struct err *err);
