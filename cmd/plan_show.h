/* Showing a plan and its SQL; the options that plans take. */
#pragma once
#include "cmd/print.h"
#include "engine/fleet.h"
#include "plans/plan.h"

/* Summary as text or JSON on stdout. `file` (may be NULL): where it was saved. */
/* Targets that the plan leaves out, as a list of objects. */
json_t *left_out_json(const struct plan *plan);
void plan_show(struct app *app, const struct plan *plan, const char *file);
/* The script of one track as its database's client reads it, with a heading. head: guards against going on
 * after an error. */
int plan_script(struct app *app, const struct plan *plan, unsigned track, bool history, struct strbuf *out,
                struct err *err);
/* --transaction plan|revision; -1 when it is not given. */
int option_transaction(struct app *app);
/* What the command line was, for the audit log: "upgrade head". */
char *command_line(struct app *app);
