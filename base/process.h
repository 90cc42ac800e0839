/* Running a program for its output. */
#pragma once
#include "base/err.h"
#include "base/str.h"

struct arena;

#define PROCESS_INPUT_MAX 60000u /* bytes: what a pipe holds */

struct process {
    const char *const *argv; /* the program (looked for in PATH when it has no slash) and its arguments; ends
                                with NULL */
    struct slice input;      /* its standard input; ptr NULL: none */
    int timeout_ms;
    size_t max_output;    /* bytes */
    const char *what;     /* how messages call it; NULL: "the command" */
    bool last_line;       /* the last line of its standard error goes into the message, not the first */
    const int *cancel_fd; /* once readable, the group gets SIGINT; NULL: nothing interrupts it */
    int grace_ms;         /* and this long to end by itself before it is killed */
};

/* Run it in its own process group; *out is its standard output. ERR_FAILED when it does not end with status
 * 0, writes more than max_output, or takes longer than timeout_ms: then the whole group is killed. A line of
 * its standard error goes into the message. ERR_INTERRUPTED when it was interrupted, unless it ended with
 * status 0 all the same. */
int process_capture(struct arena *a, const struct process *p, struct slice *out, struct err *err);
