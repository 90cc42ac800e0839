/* Running a command for its output, for ${exec:...}. */
#pragma once
#include "base/err.h"
#include "base/str.h"

struct arena;

#define EXEC_OUTPUT_MAX ((size_t)64 << 10)

/* Run `/bin/sh -c command` in its own process group with no standard input; *out is its standard output. An
 * error when it does not end with status 0, writes more than EXEC_OUTPUT_MAX, or takes longer than
 * timeout_ms: then the whole group is killed. The first line of its standard error goes into the message. */
int exec_capture(struct arena *a, const char *command, int timeout_ms, struct slice *out, struct err *err);
