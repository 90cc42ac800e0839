/* What the files of the PostgreSQL driver share. */
#pragma once
#include "base/arena.h"
#include "drivers/driver.h"
#include <libpq-fe.h>
#include <pthread.h>
#include <stdatomic.h>

struct pg_conn {
    struct conn_base base;
    PGconn *pg;
    PGcancel *cancel;
    int cancel_event; /* eventfd, readable from pg_cancel() to pg_cancel_reset() */
    atomic_bool cancelled;
    pthread_t canceller; /* the thread inside PQcancel(), which blocks */
    bool canceller_runs;
    int64_t cancel_sent_us;  /* when the last one ended */
    int64_t cancel_began_us; /* 0: none since the batch began */
    bool lost;
    bool probed;    /* `pooled` is known */
    bool pooled;    /* a program between hands out sessions, perhaps another one for each transaction */
    char *settings; /* a query that sets for one transaction what the start of a session did not, or NULL */
    bool sets;      /* pooled: the open transaction has set something beyond its end */
    bool has_schema, own_options; /* among the settings; the user gave options that a pooler drops */
    atomic_llong backend;         /* the server's process at work for us; changes when pooled */
    char server[64];
};

static inline struct pg_conn *pg_of(struct conn *c)
{
    return (struct pg_conn *)(void *)c;
}

/* connection.c */
int pg_open(const struct driver_address *, const struct driver_session *, struct conn **out, struct err *);
void pg_close(struct conn *);
enum txn_state pg_txn(struct conn *);
const char *pg_server(struct conn *);

/* resolve.c: look up host within the deadline (monotonic microseconds); cancel_fd may be NULL. *names and
 * *addresses become comma-separated lists of equal length, as libpq takes them in host and hostaddr. */
int pg_resolve(struct arena *a, const char *host, int64_t deadline_us, const int *cancel_fd,
               const char **names, const char **addresses, struct err *err);

/* wait.c */
void pg_cancel(struct conn *);
void pg_cancel_reset(struct conn *);
void pg_give_up(struct conn *, const char *reason);
/* Wait until the socket can be read, or written when asked. While a cancel is wanted the server is told
 * again and again: a request that arrives between two statements has no effect. ERR_INTERRUPTED when
 * the server does not even answer that. */
int pg_wait(struct pg_conn *c, bool write, struct err *err);
/* No cancel request of this batch may hit the next one. */
void pg_wait_end(struct pg_conn *c);

/* refusal.c */
/* The message of a connection that was not made, without the SQLSTATE, which goes into state ("" for none).
 */
const char *pg_refusal(struct arena *a, const char *message, char state[6]);
/* Would the same perhaps be let in a little later? */
bool pg_may_pass(const char *message, const char *state);

/* error.c */
/* Fill err from a failed result; text is the statement, for the position. */
int pg_error(struct pg_conn *c, const PGresult *res, struct slice text, struct err *err);
/* The session is gone; says so with libpq's message. */
int pg_error_lost(struct pg_conn *c, struct err *err);
/* This failure, whatever it was, ended the session. */
void pg_mark_lost(struct pg_conn *c, struct err *err);
/* One line of libpq's message, for people. */
char *pg_message(struct arena *a, const char *message);

/* statement.c */
enum pg_class {
    PG_PLAIN,
    PG_BEGIN,    /* opens a transaction */
    PG_COMMIT,   /* ends it, also as END or PREPARE TRANSACTION; when it had failed, with a ROLLBACK tag */
    PG_ROLLBACK, /* ends it, not to a savepoint */
    PG_COPY,     /* has its own protocol */
};
enum pg_class pg_classify(struct slice text);

/* pooled.c: batches through a pooler, where each transaction sets what it needs. */
int pg_pooled_batch(struct pg_conn *, struct arena *, const struct statement *, size_t n, struct outcome *,
                    size_t *done, struct err *);
const char *pg_shared(struct conn *); /* see struct driver */

/* batch.c */
/* Without looking for a pooler. */
int pg_batch_raw(struct pg_conn *, struct arena *, const struct statement *, size_t n, struct outcome *,
                 size_t *done, struct err *);
int pg_batch(struct conn *, struct arena *, const struct statement *, size_t n, struct outcome *,
             size_t *done, struct err *);
/* Fill the outcome from a result that is not an error. */
void pg_outcome(struct arena *a, const PGresult *res, bool rows, struct outcome *out);

/* copy.c: run one COPY outside pipeline mode. */
int pg_copy(struct pg_conn *c, const struct statement *s, struct outcome *out, struct err *err);

/* lock.c */
int pg_lock(struct conn *, struct arena *, const char *key, struct lock_holder *holder, struct err *);
int pg_lock_reading(struct conn *, struct arena *, const char *key, struct lock_holder *holder,
                    const struct statement *reads, size_t n, struct outcome *, struct err *);
int pg_unlock(struct conn *, const char *key, struct err *);
struct lease_guard pg_lease_guard(struct conn *, struct arena *, const char *key);
int pg_lock_holder(struct conn *, struct arena *, const char *key, struct lock_holder *, struct err *);

/* blockers.c */
int64_t pg_session(struct conn *);
int pg_blockers(struct conn *, struct arena *, int64_t session, struct lock_blocker **out, size_t *n,
                struct err *);

/* leftovers.c: see struct driver */
enum statement_failure pg_fails(struct slice statement);
bool pg_may_leave(struct slice statement);
int pg_leftovers(struct conn *, struct arena *, struct slice statement, struct leftover **out, size_t *n,
                 struct err *);

/* text.c */
const char *pg_restore(struct slice statement); /* see struct driver */
void pg_quote_ident(struct strbuf *, const char *name);
/* The hint of an error about rights, from what the server says. */
void pg_advise_rights(struct pg_conn *c, const char *message, struct err *err);
bool pg_needs_quotes(const char *name);
void pg_quote_literal(struct strbuf *, struct slice text);
