/* One side of lockstep diff: the targets of an environment, one target, a snapshot's file, or a file of SQL.
 */
#pragma once
#include "cmd/context.h"
#include "engine/fleet.h"
#include "engine/schema/object.h"

struct diff_schema {
    const char *name, *address, *server;
    struct schema *schema; /* NULL: err tells why */
    const struct err *err;
    bool narrow; /* of a target with ?schema= */
};

struct diff_side {
    const char *text; /* as given, without a password */
    const char *sql;  /* a file of SQL: to be loaded once the dialect is known; else NULL */
    struct environment *environment;
    struct fleet fleet;
    VEC(struct diff_schema) schemas;
};

/* Everything but files of SQL is read. */
int diff_side_open(struct app *app, const char *text, struct diff_side *out, struct err *err);
/* Load the file of SQL into a scratch database of the other side's dialect. */
int diff_side_load(struct app *app, struct diff_side *side, const struct diff_side *other, struct err *err);
void diff_side_close(struct diff_side *side);
