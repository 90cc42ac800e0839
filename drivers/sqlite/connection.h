/*
 * The SQLite driver's connection, shared by the files of this folder; everybody else sees it through
 * driver_sqlite. Addresses: `database` is a path or ":memory:"; the only parameter is mode=ro|rw|rwc.
 *
 * A missing file reads as an empty database in memory unless the session says `create`; a path is never
 * taken for a URI. The user's pragmas stay as the library and the file have them.
 *
 * SQLite itself rolls a transaction back after some errors (disk full, an interrupted write): ask txn()
 * before sending ROLLBACK.
 */
#pragma once
#include "base/arena.h"
#include "base/vec.h"
#include "drivers/driver.h"
#include <sqlite3.h>
#include <stdatomic.h>

extern const struct driver driver_sqlite;

struct conn {
    struct conn_base base;
    sqlite3 *db;
    struct arena arena;      /* strings below and the keys of locks */
    const char *path;        /* as given, for messages */
    const char *real_path;   /* absolute, symbolic links resolved; NULL for a database in memory */
    const char *application; /* NULL when not given */
    char server[32];
    atomic_bool cancelled;
    int64_t lock_timeout_us;
    int64_t busy_since_us;        /* start of the wait in progress */
    int64_t statement_timeout_us; /* 0: none */
    int64_t deadline_us;          /* of the statement in flight; 0: none */
    bool timed_out;
    int lock_fd;           /* -1 when no lock is held */
    VEC(char *) lock_keys; /* NULL: a free place */
};

int sqlite_open(const struct driver_address *, const struct driver_session *, struct conn **out,
                struct err *);
void sqlite_close(struct conn *);
void sqlite_cancel(struct conn *);
void sqlite_cancel_reset(struct conn *);
/* Fill err from the connection's last error; sql is the statement it came from, or NULL. */
int sqlite_error(struct conn *, const struct slice *sql, int code, struct err *);

int sqlite_batch(struct conn *, struct arena *, const struct statement *, size_t n, struct outcome *,
                 size_t *done, struct err *);
enum txn_state sqlite_txn(struct conn *);

/* The lock covers the database, whatever the key: SQLite lets one writer in anyway. One connection may take
 * it under several keys and loses it with the last. */
int sqlite_lock(struct conn *, struct arena *, const char *key, struct lock_holder *holder, struct err *);
int sqlite_unlock(struct conn *, const char *key, struct err *);
void sqlite_lock_drop(struct conn *); /* all keys; for closing */

void sqlite_quote_ident(struct strbuf *, const char *name);
bool sqlite_needs_quotes(const char *name);
void sqlite_quote_literal(struct strbuf *, struct slice text);
