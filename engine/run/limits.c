/* Open files: each target at work holds its connection, that of a cancel, an eventfd, and with SQLite the
 * database with its side files and the lock. */
#include "engine/run/limits.h"
#include <sys/resource.h>

#define FILES_EACH 8
#define FILES_OURS 64

int limits_reserve_files(size_t at_once, size_t held, struct err *err)
{
    struct rlimit limit;
    rlim_t needed = (rlim_t)(at_once + held) * FILES_EACH + FILES_OURS;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= needed) {
        return 0;
    }
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_max >= needed) {
        return 0;
    }
    size_t fit = limit.rlim_max > FILES_OURS ? (size_t)(limit.rlim_max - FILES_OURS) / FILES_EACH : 0;
    err_set(err, ERR_REFUSED,
            "%zu targets at the same time need %zu open files, and this process may have %zu", at_once + held,
            (size_t)needed, (size_t)limit.rlim_max);
    return fit > held ? err_hint(err, "Set \"parallel\" to %zu or less, or raise the limit: ulimit -Hn %zu.",
                                 fit - held, (size_t)needed)
                      : err_hint(err, "Raise the limit: ulimit -Hn %zu.", (size_t)needed);
}
