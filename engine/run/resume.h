/*
 * Executions that begin where an earlier one ended: after a crash a target may stand anywhere within its
 * track.
 */
#pragma once
#include "engine/run/settle.h"

/* On the connected and locked target: find where it stands, record it, and carry out what remains. Fills
 * x->result; returns non-zero, having changed nothing but the journal, when it cannot be done (*err). */
int resume_execute(struct execution *x, struct err *err);
/* The same, taking back what stands. The reason of a failure is in x->result->compensation. */
void resume_take_back(struct execution *x);
/* ERR_REFUSED unless this run did the first n steps of the track, which stand: what somebody else did since
 * is not its to take back. */
int resume_check_own(struct execution *x, size_t n, struct err *err);
