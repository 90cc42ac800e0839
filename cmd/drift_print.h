/* A report of drift or of a comparison on standard output, or in a file, in the form that --format asks for.
 */
#pragma once
#include "cmd/print.h"
#include "engine/drift/drift.h"

#define DRIFT_PRINT_OPTIONS                                                                                  \
    {'o', "out", "FILE", .help = "write the report here instead of printing it", .complete = COMPLETE_FILE}, \
    {                                                                                                        \
        0, "exit-status", NULL, .help = "end with 2 when there is drift"                                     \
    }

int drift_print(struct app *app, struct drift_report *r, struct err *err);
/* For people, in at most 80 columns but for statements. */
void drift_text(struct app *app, const struct drift_report *r, struct strbuf *out);
/* How the command ends. Without --exit-status what was found is no failure. */
int drift_end(struct app *app, const struct drift_report *r, struct err *err);
