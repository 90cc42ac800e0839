/* Signals as events: blocked in every thread, read from a signalfd by one. */
#include "cmd/interrupt.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

static void *watch(void *arg)
{
    struct interrupt_watch *w = arg;
    struct pollfd fds[] = {{w->signal_fd, POLLIN, 0}, {w->stop_fd, POLLIN, 0}};
    for (int count = 0;;) {
        int n = poll(fds, 2, -1);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0 || fds[1].revents) {
            return NULL;
        }
        struct signalfd_siginfo info;
        if (read(w->signal_fd, &info, sizeof(info)) != (ssize_t)sizeof(info)) {
            continue;
        }
        if (info.ssi_signo == SIGCONT) {
            if (w->resumed) {
                w->resumed(w->arg);
            }
        } else {
            count++;
            if (w->notify) {
                w->notify(w->arg, count);
            }
            run_control_interrupt(w->control);
        }
    }
}

int interrupt_watch_start(struct interrupt_watch *w, struct run_control *control, struct err *err)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    sigaddset(&signals, SIGCONT);
    w->control = control;
    pthread_sigmask(SIG_BLOCK, &signals, &w->previous);
    w->signal_fd = signalfd(-1, &signals, SFD_CLOEXEC);
    w->stop_fd = eventfd(0, EFD_CLOEXEC);
    int error = w->signal_fd < 0 || w->stop_fd < 0 ? errno : pthread_create(&w->thread, NULL, watch, w);
    if (error == 0) {
        return 0;
    }
    if (w->signal_fd >= 0) {
        close(w->signal_fd);
    }
    if (w->stop_fd >= 0) {
        close(w->stop_fd);
    }
    pthread_sigmask(SIG_SETMASK, &w->previous, NULL);
    return err_set(err, ERR_FAILED, "cannot watch for signals: %s", strerror(error));
}

void interrupt_watch_stop(struct interrupt_watch *w)
{
    uint64_t one = 1;
    ssize_t written = write(w->stop_fd, &one, sizeof(one));
    (void)written;
    pthread_join(w->thread, NULL);
    close(w->signal_fd);
    close(w->stop_fd);
    pthread_sigmask(SIG_SETMASK, &w->previous, NULL);
}
