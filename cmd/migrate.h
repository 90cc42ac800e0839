/* What upgrade and downgrade share: plan one target and run it at once, or print its SQL with --sql. */
#pragma once
#include "cmd/context.h"
#include "engine/revision/walk.h"

int migrate(struct app *app, enum direction direction, struct err *err);
