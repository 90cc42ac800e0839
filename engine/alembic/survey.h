/* What the interpreter makes of each revision of a project: for `lockstep lint --python`, and for comparing
 * with Alembic. */
#pragma once
#include "engine/alembic/body.h"

enum survey_state {
    SURVEY_KNOWN,   /* runs, and its SQL is known beforehand */
    SURVEY_LIVE,    /* runs, and reads the database: err.message says what */
    SURVEY_PYTHON,  /* goes through the project's own Alembic: err.message says why */
    SURVEY_FAILED,  /* raises an exception, as it would in Alembic, or is no Python */
    SURVEY_REFUSED, /* does what the interpreter does not run */
    SURVEY_MISSING, /* there is no such function */
    SURVEY_STATE_COUNT
};
const char *survey_state_name(enum survey_state s);

struct survey_row {
    const struct revision *revision;
    bool downgrade;
    enum survey_state state;
    struct err err; /* why, with the place; status 0 when there is nothing to say */
};
typedef VEC(struct survey_row) survey_rows_t;

/* Every Python revision of the graph in order, upgrade and downgrade, as a run for this dialect meets it.
 * What is found is no error of the call; that the dialect's driver is missing is one. */
int survey_run(struct arena *a, const struct alembic_env *env, const struct graph *g,
               const struct ddl_dialect *dialect, survey_rows_t *out, struct err *err);
/* Append the text of `upgrade --sql` (downgrade --sql) of this revision alone, from what stands right before
 * it. */
int survey_offline(const struct alembic_env *env, const struct graph *g, const struct revision *r,
                   bool downgrade, const struct ddl_dialect *dialect, struct strbuf *out, struct err *err);
