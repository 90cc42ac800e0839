/* Threads beside the program's own, and waiting for a condition until a moment of the monotonic clock. */
#pragma once
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

/* Start a thread that takes no signals: those are for the program's own threads. stack_bytes 0: the system's
 * default. 0, or the error's number. */
int thread_start(pthread_t *out, size_t stack_bytes, void *(*run)(void *), void *arg);

/* A condition for cond_wait_until(). */
void cond_init(pthread_cond_t *c);
/* Wait, with the mutex held, until time_monotonic_us() is until_us at the latest (INT64_MAX: without end).
 * 0: woken, perhaps for nothing; ETIMEDOUT. */
int cond_wait_until(pthread_cond_t *c, pthread_mutex_t *m, int64_t until_us);
