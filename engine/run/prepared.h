/*
 * Names of prepared transactions. One that is prepared outlives its session; its name tells the run and the
 * target, so that whoever resumes the run, or looks at the target, knows whose it is.
 */
#pragma once
#include "engine/fleet.h"

char *prepared_name(struct arena *a, const char *run, const char *target);
/* The run that has left a prepared transaction on the member, as its state was read; NULL: none has. */
const char *prepared_run(const struct member *m, struct arena *a);
/* ERR_REFUSED when one has: the position that was read is not what the target will be at. */
int prepared_check_none(const struct member *m, struct err *err);
/* A lock was not to be had: another run that has left a prepared transaction in the database, on this target
 * or another one in it, may be who holds it. */
void prepared_advise(const struct member *m, const char *own_run, struct err *err);
