/*
 * Places at which a test can end the process, as a crash would: SIGKILL, no cleaning up. They are compiled in
 * only with LOCKSTEP_FAILPOINTS (sanitizer and Debug builds).
 *
 *   LOCKSTEP_FAILPOINT=name[:n]     die when the point `name` is passed for the n-th time (default 1)
 *   LOCKSTEP_FAILPOINT_STOP=name    stop there once (SIGSTOP), as a laptop that sleeps, until somebody lets
 * it go on LOCKSTEP_FAILPOINT_LIST=file    append the name of every point that is passed
 */
#pragma once
#include <stdbool.h>

#ifdef LOCKSTEP_FAILPOINTS
void failpoint_pass(const char *name);
/* "before" or "after" what `name` says. */
void failpoint_pass_at(const char *when, const char *name);
/* One of the variables is set: batches are then sent statement by statement, so that there is a point between
 * each two. */
bool failpoint_wanted(void);
#define FAILPOINT(name)          failpoint_pass(name)
#define FAILPOINT_AT(when, name) failpoint_pass_at(when, name)
#else
static inline bool failpoint_wanted(void)
{
    return false;
}
#define FAILPOINT(name)          ((void)0)
#define FAILPOINT_AT(when, name) ((void)0)
#endif
