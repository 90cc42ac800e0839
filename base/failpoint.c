/* Points at which a test ends the process. Nothing of this is in a release. */
#include "base/failpoint.h"

#ifdef LOCKSTEP_FAILPOINTS
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static atomic_long passed, stopped; /* how often, of the points that were asked for; all that is written */

bool failpoint_wanted(void)
{
    return getenv("LOCKSTEP_FAILPOINT") || getenv("LOCKSTEP_FAILPOINT_LIST");
}

static void note(const char *name)
{
    const char *path = getenv("LOCKSTEP_FAILPOINT_LIST");
    int fd = path ? open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666) : -1;
    if (fd >= 0) {
        dprintf(fd, "%s\n", name);
        close(fd);
    }
}

static void stop_at(const char *name)
{
    const char *wanted = getenv("LOCKSTEP_FAILPOINT_STOP");
    if (wanted && strcmp(wanted, name) == 0 && atomic_fetch_add(&stopped, 1) == 0) {
        kill(getpid(), SIGSTOP);
    }
}

void failpoint_pass(const char *name)
{
    note(name);
    stop_at(name);
    const char *wanted = getenv("LOCKSTEP_FAILPOINT");
    size_t n = strlen(name);
    if (!wanted || strncmp(wanted, name, n) != 0 || (wanted[n] && wanted[n] != ':')) {
        return;
    }
    long turn = wanted[n] ? strtol(wanted + n + 1, NULL, 10) : 1;
    if (atomic_fetch_add(&passed, 1) + 1 == turn) {
        kill(getpid(), SIGKILL);
        for (;;) {
            pause();
        }
    }
}

void failpoint_pass_at(const char *when, const char *name)
{
    char full[128];
    snprintf(full, sizeof(full), "%s-%s", when, name);
    failpoint_pass(full);
}
#endif
