/*
 * Entries of the journal about the statement in flight. Before a statement that commits by itself is sent,
 * the history row of its step says which session sends it, what can tell whether it took effect, its digest,
 * and what the objects it is about look like: one text, computed on the server with the row's update.
 *
 *   4711 rows                                   it commits with its own progress: nothing can be in doubt
 *   4711 session DIGEST                         it changes nothing but its session
 *   4711 repeat DIGEST                          running it once more does no harm
 *   4711 shows DIGEST exists orders = 0:0       differs once it has taken effect
 *   4711 none DIGEST                            nothing tells: a person is asked
 *   4711 kept                                   a rollback did not take all of it back: a person is asked
 *
 * "begun" behind the session: an earlier run has begun with the step already, without getting past its first
 * statement, so that not even a statement without effect leaves the target as it was before the step.
 */
#pragma once
#include "engine/run/bookkeeping.h"

enum journal_kind {
    JOURNAL_ROWS,
    JOURNAL_SESSION,
    JOURNAL_REPEAT,
    JOURNAL_SCHEMA,
    JOURNAL_NONE,
    JOURNAL_KEPT,
    JOURNAL_KIND_COUNT
};

struct journal_entry {
    int64_t session; /* 0: it is none of a server */
    bool begun;
    enum journal_kind kind;
    const char *digest;         /* of the statement's text; "" for rows */
    const char *text, *objects; /* what driver->trace_entry() makes the entry of */
    const char *fingerprint;
};

/* The expression for a statement that is sent next; text empty: none is. */
char *journal_entry(const struct driver *driver, struct arena *a, struct slice statement, bool begun);
/* When rows outlived the rollback of what was in flight. */
char *journal_entry_kept(const struct driver *driver, struct arena *a);
/* What was read back; false: it is not such an entry. */
bool journal_entry_parse(struct arena *a, const char *in_flight, struct journal_entry *out);
/* How the statement can be judged later; TRACE_ROWS takes part in a transaction. */
enum trace_kind statement_trace(const struct driver *driver, struct slice statement);
