/*
 * The audit log: an append-only, hash-chained list of events in the store.
 *
 * Each event carries the digest of the one before and its own: SHA-256 over the previous digest and every
 * field. The digest of the newest event, the head, is also written into every target's lockstep_history, so
 * that cutting the log's tail off shows as well.
 */
#pragma once
#include "base/digest.h"
#include "base/err.h"
#include "base/vec.h"
#include "engine/store/store.h"
#include <stdint.h>

enum event_kind {
    EVENT_RUN_STARTED,    /* plan, environment, detail: command */
    EVENT_TARGET_STARTED, /* target, detail: from -> to */
    EVENT_STATEMENT,  /* target, revision, direction, statement number and digest, duration, rows, outcome */
    EVENT_STEP,       /* target, revision, direction: its statements are done */
    EVENT_COMMITTING, /* target: everything before the commit is done; the head that goes into the history */
    EVENT_TARGET_FINISHED, /* target, outcome, detail: position; error when it failed */
    EVENT_COMPENSATED,     /* target, revision: taken back */
    EVENT_STAMPED,         /* target, detail: from -> to */
    EVENT_RUN_FINISHED,    /* outcome, detail: summary */
    EVENT_RUN_ABANDONED,   /* a later run found that this one died without its end */
    EVENT_RUN_JOINED,      /* another process carries the run out too; detail: command */
    EVENT_RUN_RESUMED,     /* a run that had stopped goes on; detail: command */
    EVENT_LOCK_WAIT, /* target, revision, statement, outcome "again" or "failed"; detail: attempt, blockers */
    EVENT_LOCK_TAKEN,      /* target; detail: from whom the lock was taken over, or how it was lost */
    EVENT_LEFTOVER,        /* target, revision, statement; detail: what was found or dropped */
    EVENT_SNAPSHOT_FAILED, /* target; detail: why its schema could not be kept after the run */
    EVENT_KIND_COUNT
};
const char *event_kind_name(enum event_kind k);

/* Zero and NULL mean absent. Strings never hold secrets. */
struct audit_event {
    int64_t seq; /* 1, 2, 3, ... without holes; set by audit_append */
    int64_t at_us;
    enum event_kind kind;
    const char *run;
    const char *actor, *host;
    const char *environment, *target, *plan; /* plan: digest */
    const char *revision, *direction;
    int64_t statement; /* 1-based within the revision; 0 absent */
    const char *statement_digest;
    const char *sql;           /* the statement; its first line, cut at 200 bytes, is kept */
    int64_t duration_us, rows; /* rows -1: unknown */
    const char *outcome;       /* "ok" "failed" "rolled back" "interrupted" "refused" ... */
    const char *detail;        /* free text: error message, positions */
    char previous[DIGEST_HEX + 1], digest[DIGEST_HEX + 1];
};

/* Append n events in one durable transaction, chained in order; seq, previous, digest, and at_us where it is
 * 0, are filled in once they are stored. Thread-safe among processes and threads. head (may be NULL) receives
 * the new head. */
int audit_append(struct store *s, struct audit_event *events, size_t n, char head[DIGEST_HEX + 1],
                 struct err *err);
/* 64 zeros for an empty log. */
int audit_head(struct store *s, char head[DIGEST_HEX + 1], struct err *err);

/* One line a run, newest first. */
struct run_summary {
    const char *run, *environment, *plan, *actor, *host, *command,
        *outcome;                        /* outcome NULL: no end recorded;
                                            "abandoned": found dead by a later one */
    int64_t started_us, finished_us;     /* 0: not finished */
    int64_t targets, statements, failed; /* failed: targets that ended failed, refused or unreachable */
};
typedef VEC(struct run_summary) run_summaries_t;
int audit_runs(struct store *s, struct arena *a, int64_t limit, run_summaries_t *out, struct err *err);
/* Events in order of seq. run NULL: all; a unique prefix is enough (ERR_USAGE unknown or ambiguous). The
 * event's strings live until `each` returns; it may read the store, but not append. */
typedef int (*audit_each_fn)(void *arg, const struct audit_event *e, struct err *err);
int audit_each(struct store *s, const char *run, audit_each_fn each, void *arg, struct err *err);
/* Recompute the chain. *bad_seq is 0 when it holds; otherwise err (ERR_FAILED) says what is wrong with the
 * first bad event: edited, removed (a hole), reordered, or a first event that is not the first; *events
 * counts those that hold. A damaged file is another error, with *bad_seq 0. */
int audit_verify(struct store *s, int64_t *events, int64_t *bad_seq, struct err *err);
/* Does an event with this digest exist? For the heads found in targets. */
int audit_has_digest(struct store *s, const char *digest, bool *out, struct err *err);
/* Runs that started on this host and have no end, whose process is gone: their RUN_ABANDONED events are
 * written. */
int audit_close_abandoned(struct store *s, struct err *err);

/* A new run id: "r" + UTC time + random, sortable: "r20261121T093000-3f9a1c". Result in the arena. */
char *run_id_new(struct arena *a);
/* The same with this store's own mark at its end, "r20261121T093000-3f9a1c.9b2e41": a run's id. */
int store_run_id(struct store *s, struct arena *a, char **out, struct err *err);
/* Was the run of that id recorded in this store? False also when that cannot be read. */
bool store_owns_run(struct store *s, const char *run);
/* "ana@laptop"-style parts of who we are: user (SUDO_USER respected) and host. */
const char *actor_name(struct arena *a);
const char *actor_host(struct arena *a);
