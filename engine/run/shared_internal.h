/* What the two files of a shared run have in common. */
#pragma once
#include "engine/run/run_internal.h"
#include "engine/store/claims.h"

struct shared {
    struct claims *claims;
    bool *mine;       /* by target: it is at work here */
    bool *ended_here; /* its result is this process's own */
    int64_t *claim;   /* the number of its newest claim, as far as is known */
    VEC(size_t) picked, heard;
    enum run_state state;
    bool leads, looks_only;
    bool over; /* it had ended before this process came */
    size_t runners;
    int exit_status;
    int64_t next_us; /* of the next look, monotonic */
};
