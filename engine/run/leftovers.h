/*
 * What a statement outside of transactions has left behind when it failed (an INVALID index): found,
 * reported, and dropped before the statement is sent again. Dropped is only what the statement names, or what
 * came up while it ran; never what another session is building. A statement whose result is such a leftover
 * has failed, also when the server says OK.
 */
#pragma once
#include "engine/run/settle.h"

/* About the statement looked at last; zero to begin with. */
struct leftovers_seen {
    bool active, outside; /* outside: of transactions, where it can be dropped */
    size_t item;
    VEC(int64_t) before; /* what was there before it was first sent */
};

/* Does the item have to be sent alone, so that it can be looked after? */
bool leftovers_possible(const struct execution *x, const struct script_item *item);
/* Drop what an earlier attempt has left. Nothing to do for other items. */
int leftovers_before(struct execution *x, const struct plan_track *track, const struct script *s, size_t item,
                     struct leftovers_seen *seen, struct err *err);
/* After the server said OK. */
int leftovers_after(struct execution *x, const struct script *s, size_t item,
                    const struct leftovers_seen *seen, struct err *err);
/* After the failure is settled: drop what it left, unless interrupted; the message says what became of it. */
void leftovers_after_failure(struct execution *x, const struct failure *f, const struct leftovers_seen *seen,
                             bool interrupted);
