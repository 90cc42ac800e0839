/* Looking up the addresses of a host within a deadline. */
#pragma once
#include "base/err.h"
#include <netdb.h>
#include <stdint.h>

/* getaddrinfo() for streams, without a port; *out is for freeaddrinfo(). Gives up at the deadline
 * (time_monotonic_us; ERR_UNREACHABLE) or when cancel_fd (may be NULL) becomes readable (ERR_INTERRUPTED).
 * Retryable when the name service says that the failure may pass. */
int lookup_host(const char *host, int64_t deadline_us, const int *cancel_fd, struct addrinfo **out,
                struct err *err);
