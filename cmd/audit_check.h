/* lockstep audit verify: the chain, and what the targets know of it. */
#pragma once
#include "cmd/context.h"
#include "engine/store/audit.h"

int audit_check(struct app *app, struct store *store, struct err *err);
