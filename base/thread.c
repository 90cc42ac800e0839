/* Starting threads and timed waits, as everything here needs them. */
#include "base/thread.h"
#include <signal.h>
#include <time.h>

int thread_start(pthread_t *out, size_t stack_bytes, void *(*run)(void *), void *arg)
{
    sigset_t all, before;
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    int rc = stack_bytes ? pthread_attr_setstacksize(&attr, stack_bytes) : 0;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    rc = rc ? rc : pthread_create(out, &attr, run, arg);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attr);
    return rc;
}

void cond_init(pthread_cond_t *c)
{
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(c, &attr);
    pthread_condattr_destroy(&attr);
}

int cond_wait_until(pthread_cond_t *c, pthread_mutex_t *m, int64_t until_us)
{
    if (until_us == INT64_MAX) {
        return pthread_cond_wait(c, m);
    }
    struct timespec at = {.tv_sec = until_us / 1000000, .tv_nsec = until_us % 1000000 * 1000};
    return pthread_cond_timedwait(c, m, &at);
}
