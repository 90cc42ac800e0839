/* Commands of ${exec:...}. */
#include "environments/exec.h"
#include "base/process.h"

int exec_capture(struct arena *a, const char *command, int timeout_ms, struct slice *out, struct err *err)
{
    const char *const argv[] = {"/bin/sh", "-c", command, NULL};
    return process_capture(
        a, &(struct process){.argv = argv, .timeout_ms = timeout_ms, .max_output = EXEC_OUTPUT_MAX}, out,
        err);
}
