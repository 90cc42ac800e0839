/* Ctrl-C and SIGTERM during a run: a thread that takes the signals and interrupts the run's control. */
#pragma once
#include "engine/run/control.h"
#include <signal.h>

struct interrupt_watch {
    struct run_control *control;
    pthread_t thread;
    int signal_fd, stop_fd;
    void (*notify)(void *arg, int count); /* after each signal; may be NULL */
    void (*resumed)(void *arg);           /* after Ctrl-Z and fg; may be NULL */
    void *arg;
    sigset_t previous;
};

int interrupt_watch_start(struct interrupt_watch *w, struct run_control *control, struct err *err);
void interrupt_watch_stop(struct interrupt_watch *w);
