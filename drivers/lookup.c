/* getaddrinfo() knows no deadline and cannot be interrupted, so it runs in a thread that may be left behind.
 */
#include "drivers/lookup.h"
#include "base/arena.h"
#include "base/file.h"
#include "base/thread.h"
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct lookup {
    atomic_int users;  /* the thread and who waits for it: the last one frees */
    int finished;      /* eventfd that wakes the waiting thread ... */
    atomic_bool ready; /* ... and what it then looks at */
    int status;        /* of getaddrinfo() */
    struct addrinfo *found;
    char *host;
};

static void lookup_release(struct lookup *l)
{
    if (atomic_fetch_sub(&l->users, 1) != 1) {
        return;
    }
    if (l->found) {
        freeaddrinfo(l->found);
    }
    close(l->finished);
    free(l->host);
    free(l);
}

static void *lookup_run(void *arg)
{
    struct lookup *l = arg;
    struct addrinfo want = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    l->status = getaddrinfo(l->host, NULL, &want, &l->found);
    atomic_store(&l->ready, true);
    eventfd_write(l->finished, 1);
    lookup_release(l);
    return NULL;
}

static bool start_thread(struct lookup *l)
{
    pthread_t thread;
    return thread_start(&thread, 0, lookup_run, l) == 0 && pthread_detach(thread) == 0;
}

static int wait_finished(struct lookup *l, int64_t deadline_us, const int *cancel_fd, struct err *err)
{
    for (;;) {
        int64_t left = deadline_us - time_monotonic_us();
        if (left <= 0) {
            err_set(err, ERR_UNREACHABLE, "no name server could tell the address of host \"%s\" in time",
                    l->host);
            return err_hint(err, "Check the network, or give the address instead of the name");
        }
        struct pollfd fds[2] = {{.fd = l->finished, .events = POLLIN},
                                {.fd = cancel_fd ? *cancel_fd : -1, .events = POLLIN}};
        int n = poll(fds, 2, (int)(left / 1000 + 1));
        if (n < 0 && errno != EINTR) {
            return err_set(err, ERR_FAILED, "poll: %s", strerror(errno));
        }
        if (n > 0 && fds[1].revents) {
            return err_set(err, ERR_INTERRUPTED, "interrupted while looking up host \"%s\"", l->host);
        }
        if (atomic_load(&l->ready)) {
            return 0;
        }
    }
}

int lookup_host(const char *host, int64_t deadline_us, const int *cancel_fd, struct addrinfo **out,
                struct err *err)
{
    struct lookup *l = xcalloc(1, sizeof(*l));
    atomic_init(&l->users, 2);
    l->host = xstrdup(host);
    l->finished = eventfd(0, EFD_CLOEXEC);
    if (l->finished < 0 || !start_thread(l)) {
        atomic_store(&l->users, 1);
        lookup_release(l);
        return err_set(err, ERR_FAILED, "cannot start a thread to look up host \"%s\"", host);
    }
    int rc = wait_finished(l, deadline_us, cancel_fd, err);
    if (rc == 0 && l->status != 0) {
        rc = err_set(err, ERR_UNREACHABLE, "cannot find the address of host \"%s\": %s", host,
                     gai_strerror(l->status));
        err_hint(err, "Check the spelling of the host and the name service of this machine");
        if (err) {
            err->retryable = l->status == EAI_AGAIN;
        }
    }
    if (rc == 0) {
        *out = l->found;
        l->found = NULL;
    }
    lookup_release(l);
    return rc;
}
