/* What revisions in Python need of the project at hand. */
#pragma once
#include "cmd/context.h"
#include "engine/alembic/body.h"

/* offline: for --sql. *out is NULL without a project. ERR_REFUSED: env.py decides something that is not known
 * without running it. Lives as long as app. */
int app_alembic(struct app *app, bool offline, const struct alembic_env **out, struct err *err);
struct member;
/* What --sql renders for: the dialect that env.py names, else that of the target's URL. */
const struct ddl_dialect *app_offline_dialect(const struct app *app, const struct member *m);
