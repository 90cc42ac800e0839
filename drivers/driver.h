/*
 * One database system behind one struct of functions.
 *
 * The engine knows databases only through this header: it asks capability bits, never for a system by name.
 * Drivers turn native errors into struct err (status, SQLSTATE, place in the statement, retryable,
 * connection_lost) and all pass the conformance suite in tests/drivers.
 *
 * A connection is used by one thread at a time; only conn_cancel() may be called from another.
 * Rows and texts that a call returns live in the arena passed to it.
 */
#pragma once
#include "base/err.h"
#include "base/str.h"
#include <stdatomic.h>
#include <stdint.h>

struct arena;
struct ssh_end;
struct conn; /* each driver has its own; begins with struct conn_base */

enum tls_mode { TLS_DEFAULT, TLS_DISABLE, TLS_REQUIRE, TLS_VERIFY_CA, TLS_VERIFY_FULL, TLS_MODE_COUNT };

struct driver_param {
    const char *name, *value;
};

/* Where a database is and who asks. Every string may be NULL: the client library's default then holds
 * (PGHOST, ~/.pgpass, my.cnf, ...). Secrets stand here in clear: never print or store one of these. */
struct driver_address {
    const char *host;     /* name, address, or a folder with a Unix socket (begins with '/') */
    const char *hostaddr; /* address to connect to in its place: the local end of a tunnel. `host` is then
                             only the name that certificates and password files go by */
    int port;             /* 0: default */
    const char *user, *password;
    const char *database; /* SQLite: the path, or ":memory:" */
    const char *schema;   /* PostgreSQL: search_path; MySQL: not used (the database is the schema) */
    enum tls_mode tls;
    const char *tls_ca, *tls_cert, *tls_key;
    const struct driver_param *params; /* further options for the client library */
    size_t nparams;
};

/* Zero means default everywhere. */
struct driver_session {
    int64_t connect_timeout_ms;   /* default 10 s, the whole of name look-up, TCP, TLS and login */
    int64_t lock_timeout_ms;      /* default 5 s; how long a statement may wait for a table lock */
    int64_t statement_timeout_ms; /* default 0: none */
    const char *application;      /* shown in the server's process list */
    bool create;                  /* SQLite: make the file when it is missing. Without it a missing file reads
                                     as an empty database and nothing is created. */
    const int *cancel_fd; /* an eventfd: once readable, a connect in progress gives up (ERR_INTERRUPTED) */
};

enum sql_kind {
    SQL_OTHER,       /* DDL and whatever has no kind of its own */
    SQL_DML,         /* INSERT UPDATE DELETE REPLACE MERGE, COPY ... FROM STDIN */
    SQL_QUERY,       /* SELECT VALUES WITH ... SELECT SHOW EXPLAIN */
    SQL_TRANSACTION, /* BEGIN COMMIT ROLLBACK END ABORT ...; not SAVEPOINT and what goes with it */
    SQL_KIND_COUNT
};

/* One statement of a script. */
struct sql_statement {
    struct slice text; /* without its terminator; comments before it belong to it */
    struct slice copy; /* rows of COPY ... FROM STDIN, each line with its end, without the closing \. ;
                          ptr NULL when the statement is not a COPY with inline rows */
    int line, column;  /* 1-based place of its first token (not its comments) in the script */
    enum sql_kind kind;
    bool outside_transaction; /* the server refuses it inside a transaction (CREATE INDEX CONCURRENTLY,
                                 VACUUM) */
};

struct sql_script {
    struct sql_statement *items;
    size_t n;
};

/* What the text of a cell stands for, as the database's client library tells. CELL_TEXT where it has no word
 * for it. */
enum cell_kind {
    CELL_TEXT,
    CELL_INT,
    CELL_FLOAT,
    CELL_DECIMAL,
    CELL_BOOL,     /* "t" or "f" */
    CELL_BYTES,    /* PostgreSQL: \x and hex digits; others: the bytes themselves */
    CELL_DATE,     /* 2026-11-21 */
    CELL_TIME,     /* 09:13:00[.123456][+01] */
    CELL_DATETIME, /* 2026-11-21 09:13:00[.123456][+01] */
    CELL_INTERVAL, /* as the server writes it */
    CELL_JSON,
    CELL_UUID,
    CELL_KIND_COUNT,
    CELL_ARRAY = 64 /* and the kind of the items: {1,2}, PostgreSQL's text of an array */
};

/* Text of one cell; ptr NULL is SQL NULL. Booleans of PostgreSQL read "t" and "f", of others "1" and "0". */
struct rowset {
    size_t nrows, ncols;
    const char **names;   /* ncols column names */
    struct slice *cells;  /* nrows * ncols, row by row, each NUL-terminated */
    unsigned char *kinds; /* enum cell_kind, one a column; with kind_by_cell (SQLite) one a cell */
    bool kind_by_cell;
};

enum statement_flags {
    STATEMENT_ROWS = 1 << 0,     /* keep the rows; otherwise they are counted and dropped */
    STATEMENT_TOLERATE = 1 << 1, /* an error is noted in its outcome and the batch goes on. Only for reads
                                    outside a transaction. */
};

struct statement {
    struct slice text; /* one statement */
    struct slice copy; /* as in struct sql_statement */
    unsigned flags;    /* enum statement_flags */
    /* With STATEMENT_ROWS, may be NULL: takes each row as it comes, a rowset of one row without names, which
     * is gone when it returns; outcome.rows stays empty. A driver that cannot do so fills that as usual. */
    void (*row)(void *arg, const struct rowset *row);
    void *row_arg;
};

struct outcome {
    bool done;           /* the server completed it (for a tolerated error: false) */
    int64_t affected;    /* rows inserted, updated, deleted or returned; -1 unknown */
    int64_t duration_us; /* from the answer before it to its own; overlapping waits make it approximate */
    struct rowset rows;  /* with STATEMENT_ROWS */
    struct err *err;     /* tolerated error, in the arena; NULL otherwise */
};

enum txn_state { TXN_IDLE, TXN_OPEN, TXN_FAILED, TXN_UNKNOWN, TXN_STATE_COUNT };

enum driver_caps {
    DRIVER_TXN_DDL = 1 << 0,         /* DDL takes part in transactions */
    DRIVER_LOCAL_FILE = 1 << 1,      /* the address is a file on this machine */
    DRIVER_IMPLICIT_COMMIT = 1 << 2, /* DDL commits the open transaction */
    DRIVER_SCHEMAS = 1 << 3, /* the address's schema holds its tables: any session of the database reads them
                                by SCHEMA.TABLE */
};

/* What another session that holds a lock tells about itself; strings in the arena, NULL when unknown. */
struct lock_holder {
    const char *who;   /* its `application`, or user and host */
    const char *since; /* time, as the server gives it */
    int64_t pid;       /* backend or process id; 0 unknown */
    int64_t age_s;     /* how long ago that was; 0 unknown */
    bool leases;       /* set whether the lock is got or not: LEASE_TABLE stands beside the key's table */
};

/* A lock's key is any text, and holds within one database as the server knows it, however it was named. A key
 * that begins with LOCK_OF_TABLE goes on with a table as SQL writes it: the lock is that of the table which
 * the session finds by this name, or would make. */
#define LOCK_OF_TABLE   "table "
#define LEASE_TABLE     "lockstep_lock"

#define PREPARED_PREFIX "lockstep:"

/* How the taking of a lease keeps sessions with lock() out: a condition in SQL that holds while none of them
 * has the key and, from then to `after`, none can take it. */
struct lease_guard {
    const char *condition, *after; /* `after`: NULL when the end of the transaction is enough */
};

/* What another session can find out, or has to do, about a statement that the one that sent it did not live
 * to see the end of. */
enum trace_kind {
    TRACE_ROWS,    /* it takes part in a transaction: it has taken effect when what is written with it has */
    TRACE_SESSION, /* it sets the session, and is repeated in one that goes on */
    TRACE_LOST,   /* the same with values of that moment (SET @n = (SELECT ...)), which cannot be had again */
    TRACE_REPEAT, /* running it once more does no harm */
    TRACE_SCHEMA, /* it shows in the catalogue: see trace_entry */
    TRACE_NONE,   /* nothing tells */
    TRACE_KIND_COUNT
};
struct trace {
    enum trace_kind kind;
    bool variables; /* it uses, or sets, variables of the session */
    bool assigns;   /* it sets them as it goes (MySQL's @n := @n + 1): once more would begin elsewhere */
    bool sets_last; /* it may set what the session says about its last statements: the last id, how many rows
                     */
    bool uses_last;
    bool leaves;  /* something in its session that no other can have: a temporary table, a cursor, a lock */
    bool unlocks; /* it gives up every lock of its session, the run's with them */
    bool several; /* it does several things one after another: refused, it may have done a part */
    const char *objects; /* TRACE_SCHEMA: what to look at, for trace_entry; words without quotes */
};

/* What a statement that failed has done all the same. */
enum statement_failure {
    FAILS_UNKNOWN,    /* perhaps a part of its work */
    FAILS_WHOLE,      /* nothing, but for what leftovers() tells */
    FAILS_COMMITTING, /* nothing, but it has committed the open transaction before it began */
};

/* Something that a statement has left behind, or found there and takes for its result. */
struct leftover {
    int64_t id;              /* the server's number of it */
    const char *name, *what; /* what: for people, "the INVALID index app.by_name" */
    const char *drop;        /* statement that takes it away, outside of transactions */
    bool named;              /* the statement names it; otherwise it may be somebody else's */
    int64_t builder;         /* session that is building it at this moment; 0: none, it was given up */
};

/* Another session that keeps one waiting; strings in the arena, NULL when unknown. */
struct lock_blocker {
    int64_t pid; /* 0: no session, such as a prepared transaction (then `state` says what) */
    const char *user, *application, *client, *state;
    const char *query; /* what it runs, or ran last: may hold secrets of others */
    int64_t age_s;     /* of its transaction */
    bool sure;         /* false: the server does not tell; it is one of those that could be it */
};

struct driver {
    const char *name;      /* "sqlite" "postgresql" "mysql" */
    const char *title;     /* "SQLite" "PostgreSQL" "MySQL/MariaDB" */
    unsigned caps;         /* enum driver_caps */
    size_t max_identifier; /* bytes */
    int default_port;      /* 0: a local file */
    /* Statement texts without terminator. */
    const char *begin, *commit, *rollback;
    const char
        *journal_begin; /* opens journaled work where DDL commits implicitly (SET autocommit = 0), or NULL */
    const char *journal_end; /* its counterpart, or NULL */
    /* Makes the session say about its last statements what a new one does, after ours; NULL: nothing does. */
    const char *forget_last;
    const char *table_options; /* behind the CREATE TABLE of the version table (ENGINE = InnoDB), or NULL */
    /* Query to send right behind a ROLLBACK, or NULL: a row with this code in its second column means that
     * something could not be rolled back (a table without transactions). */
    const char *rollback_doubt, *rollback_doubt_code;
    /* Commits in two phases: a transaction that is prepared ends by a word of any later session, whatever
     * becomes of its own. {id} stands for its name as a literal. NULL: there are none. */
    const char *prepare, *commit_prepared, *rollback_prepared;
    /* Query: how many may be prepared on the server, how many are, and the name of one of this database that
     * begins with PREPARED_PREFIX: a row each, at least one (with a NULL). NULL: see prepare. */
    const char *prepared;
    /* Statement within a transaction that will be held open, so that the server does not end it for its
     * idleness; NULL: none needed. */
    const char *hold;
    const char *now;         /* expression for the current time, of the history table's time columns */
    const char *script_head; /* lines at the top of a rendered script (client settings), or NULL */
    const char *history_ddl; /* CREATE TABLE IF NOT EXISTS {history} (...): one statement */

    /* Connect, apply session settings. On failure nothing is left open; ERR_UNREACHABLE when no session
     * could be had (network, login, missing file's folder), with a hint; retryable when the server, or the
     * machine it should run on, said "not now" (refused, starting up, too many clients). */
    int (*open)(const struct driver_address *, const struct driver_session *, struct conn **out,
                struct err *);
    void (*close)(struct conn *); /* accepts NULL; ends the session, which drops its locks and transaction */

    /* Send n statements in O(1) waits on the network and fill outcomes[0..n) in order. On the first failure
     * (not tolerated) the rest is not run: *done is the number completed, err tells of statement *done, with
     * err->line/column counted from 1 within that statement's text when the server gave a position.
     * Statements may hold BEGIN and COMMIT of the caller's; the batch adds none. */
    int (*batch)(struct conn *, struct arena *, const struct statement *, size_t n, struct outcome *,
                 size_t *done, struct err *);
    enum txn_state (*txn)(struct conn *);
    /* Stop the statement in flight; safe from any thread while the connection is open. The statement then
     * fails with ERR_INTERRUPTED. Without one in flight the next batch fails so. */
    void (*cancel)(struct conn *);
    /* The server will not answer any more: the call that waits for it comes back with the connection lost,
     * and this reason (a text that lives for ever). Safe from any thread while the connection is open. NULL
     * where nobody waits for a network. */
    void (*give_up)(struct conn *, const char *reason);
    /* Query, for another session, about the one of number {session}, which is {age} seconds old: the
     * number of the session that asks, and "working", "idle", or NULL when the server does not know it. NULL
     * with give_up. */
    const char *session_state;
    /* Query: how many further sessions the server could give us, leaving what is set aside for others; 0 when
     * that is not its to say. NULL: nobody can tell. */
    const char *room;
    void (*cancel_reset)(struct conn *); /* forget a cancel, so that the connection can roll back and go on */

    /* One holder per key; never waits. ERR_REFUSED with *holder filled when another session has it.
     * The lock goes with its session. unlock checks that it was held. Where sessions cannot hold locks,
     * nothing is locked (ERR_REFUSED) and shared() says why. */
    int (*lock)(struct conn *, struct arena *, const char *key, struct lock_holder *holder, struct err *);
    int (*unlock)(struct conn *, const char *key, struct err *);
    /* lock(), and in the same wait reads that run after it: as a batch of tolerated ones, whose outcomes are
     * filled also when the lock is refused. NULL where there is no network to wait for. */
    int (*lock_reading)(struct conn *, struct arena *, const char *key, struct lock_holder *holder,
                        const struct statement *reads, size_t n, struct outcome *, struct err *);

    /* Why locks of this session would not keep others out: another program hands out the sessions, or there
     * is more than one server. NULL when they do. Known from the first lock() on. May itself be NULL. */
    const char *(*shared)(struct conn *);
    const char *lease_ddl; /* CREATE TABLE IF NOT EXISTS {leases} (...): one statement; NULL: see shared() */
    const char *lease_age; /* expression: seconds since its column `acquired` */
    struct lease_guard (*lease_guard)(struct conn *, struct arena *, const char *key);
    /* Which session holds the key with lock(), as far as that can be told; fields stay as they are otherwise.
     */
    int (*lock_holder)(struct conn *, struct arena *, const char *key, struct lock_holder *, struct err *);

    /* The number that the server has for the session at work for us just now. From any thread. NULL where
     * there are no sessions, as the next one. */
    int64_t (*session)(struct conn *);
    /* Who keeps the session of that number waiting for a lock at this moment. */
    int (*blockers)(struct conn *, struct arena *, int64_t session, struct lock_blocker **out, size_t *n,
                    struct err *);

    /* By its text; FAILS_WHOLE for all when NULL. */
    enum statement_failure (*fails)(struct slice statement);
    /* May the statement leave something behind (by its text)? What of that is there now, on what it works on.
     * Both NULL where there is no such thing. */
    bool (*may_leave)(struct slice statement);
    int (*leftovers)(struct conn *, struct arena *, struct slice statement, struct leftover **out, size_t *n,
                     struct err *);

    /* "PostgreSQL 15.20", "MariaDB 10.11.19", "SQLite 3.40.1"; lives as long as the connection. */
    const char *(*server)(struct conn *);
    bool (*is_missing_table)(const struct err *);
    /* Query for the schema of the session's search path that holds a table {table} (its name as a literal)
     * and that this user may not look into, with the user's name, both quoted: no row when there is none. For
     * one that is missing, as far as the session can see. NULL where what may not be read is not missing. */
    const char *hidden_table;

    void (*quote_ident)(struct strbuf *, const char *name); /* always quotes */
    bool (*needs_quotes)(const char *name);                 /* false: the plain name means the same */
    void (*quote_literal)(struct strbuf *, struct slice text);

    /* What puts the session back, before our own tables are written, after a statement that may have turned
     * it to other tables or another role ("RESET search_path"); NULL when nothing is needed. May itself be
     * NULL. */
    const char *(*restore)(struct slice statement);

    /* Cut a script into statements as the database's own client would. Errors: ERR_FILE with line and column
     * within the script (unterminated quote, client command such as \connect, incomplete statement). */
    int (*split)(struct arena *, struct slice script, struct sql_script *out, struct err *);
    /* Judge one statement by its text. */
    void (*trace)(struct arena *, struct slice statement, struct trace *out);
    /* An SQL expression: the number of this session, the text, and for objects (may be NULL) a fingerprint of
     * them as they are, in words with a space between. Of several objects that ought to come and go together
     * but are there in part it is "?" and the names of those that are there; "!" before that means that the
     * catalogue does not show all. `recorded` is the fingerprint from before the statement, when that is what
     * this one is compared with, else NULL. */
    char *(*trace_entry)(struct arena *, const char *text, const char *objects, const char *recorded);
    /* Ends the session of that number, {session}; the numbers of other sessions that are at work at the
     * statement that {session} was about to run, whose text has that {digest} (SHA-256, empty: not known).
     * NULL where there are none. */
    const char *end_session, *session_at_work;
    /* Queries for the names of tables that no transaction protects, for the texts of what a statement may set
     * in motion without naming all that it writes to (triggers, routines, views), and for other databases
     * whose tables it can name and that have such tables. All NULL where there are none. */
    const char *loose_tables, *hidden_code, *loose_databases;
    /* Append the statement so that the database's own client reads it back as one: terminator, COPY rows,
     * DELIMITER where the text needs one; ends with a newline. */
    void (*print)(struct strbuf *, struct slice text, struct slice copy);
};

/* The start of every struct conn. */
struct conn_base {
    const struct driver *driver;
    /* Called by batch, on its thread, after each statement that is done; may be NULL. Set with
     * conn_on_progress(). */
    void (*progress)(void *arg, size_t done);
    void *progress_arg;
    struct ssh_end *tunnel; /* closed by conn_close(); NULL: none */
    /* For whoever looks after connections from another thread. */
    atomic_llong session;           /* its number on the server, as that said when it began; 0: none */
    atomic_llong quiet_since_us;    /* monotonic: waiting for the server since then; 0: not waiting */
    _Atomic(const char *) given_up; /* see give_up */
};

/* The driver of that name, loading its module when it is not built in. ERR_USAGE for an unknown name,
 * ERR_FAILED when its module or client library is missing. Thread-safe; drivers are never unloaded. */
int driver_find(const char *name, const struct driver **out, struct err *err);
/* The names of all drivers, built in or not; returns their number. */
size_t driver_names(const char *const **out);

/* Conveniences over driver->batch, for any driver. */
static inline const struct driver *conn_driver(const struct conn *c)
{
    return ((const struct conn_base *)(const void *)c)->driver;
}
static inline void conn_on_progress(struct conn *c, void (*progress)(void *arg, size_t done), void *arg)
{
    struct conn_base *base = (struct conn_base *)(void *)c;
    base->progress = progress;
    base->progress_arg = arg;
}
/* Its number on the server; 0: it has none. */
static inline int64_t conn_session(const struct conn *c)
{
    return atomic_load(&((const struct conn_base *)(const void *)c)->session);
}
/* For drivers: waiting begins, or goes on after a sign of life (now_us), or ends (0). */
static inline void conn_waits(struct conn_base *base, int64_t now_us)
{
    atomic_store_explicit(&base->quiet_since_us, now_us, memory_order_relaxed);
}
/* For drivers: `done` statements of the batch are complete. */
static inline void conn_progress(const struct conn_base *base, size_t done)
{
    if (base->progress) {
        base->progress(base->progress_arg, done);
    }
}
/* See `unlocks` of struct trace. */
bool statement_unlocks(const struct driver *, struct slice statement);
int conn_exec(struct conn *, const char *sql, struct err *);
int conn_query(struct conn *, struct arena *, const char *sql, struct rowset *out, struct err *);
void conn_close(struct conn *); /* accepts NULL */
/* rows->cells of row and column; {NULL, 0} for SQL NULL. */
struct slice rowset_cell(const struct rowset *rows, size_t row, size_t col);
enum cell_kind rowset_kind(const struct rowset *rows, size_t row, size_t col);
