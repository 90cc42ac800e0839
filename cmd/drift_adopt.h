/* lockstep drift --adopt */
#pragma once
#include "cmd/context.h"
#include "engine/drift/drift.h"

/* --adopt and -m go together. */
int drift_adopt_check(struct app *app, bool adopt, struct err *err);
/* Write a revision that makes of the expected schema the one that there is. */
int drift_adopt(struct app *app, const struct environment *e, const struct drift_report *r, struct err *err);
