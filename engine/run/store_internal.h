/* What the files of the store share; everybody else sees engine/run/audit.h. */
#pragma once
#include "base/err.h"
#include "base/str.h"
#include "engine/run/audit.h"
#include "engine/run/runs.h"
#include "engine/run/store_db.h"
#include <pthread.h>
#include <sqlite3.h>

struct store_statement {
    const char *sql;
    sqlite3_stmt *stmt;
};

struct store {
    sqlite3 *db; /* NULL: there is no store, and it reads as empty */
    char *path;
    bool read_only;
    int64_t version;             /* of its tables: an old one that may not be written stays old */
    pthread_mutex_t mutex;       /* recursive; held for the whole of every call */
    sqlite3_stmt *insert, *last; /* of audit_append, kept prepared */
    struct store_statement kept[64];
    size_t nkept;
    struct audit_group *group; /* of audit_write() */
};

/* What SQLite said about the last call, in words; ERR_FILE or ERR_FAILED with the store's path. */
int store_error(struct store *s, struct err *err, const char *doing);
int store_prepare(struct store *s, const char *sql, sqlite3_stmt **out, struct err *err);
int store_exec(struct store *s, const char *sql, const char *doing, struct err *err);
void stmt_finalize(sqlite3_stmt **stmt); /* for AUTO() */

void store_lock(struct store *s);
void store_unlock(struct store **s); /* for AUTO() */
#define STORE_LOCKED(s)                                                                                      \
    AUTO(store_unlock) UNUSED struct store *locked_ = (s);                                                   \
    store_lock(s)

/* One row of events. The order is that of the table's columns and of the digest, and never changes. */
enum audit_column {
    COLUMN_SEQ,
    COLUMN_AT,
    COLUMN_KIND,
    COLUMN_RUN,
    COLUMN_ACTOR,
    COLUMN_HOST,
    COLUMN_ENVIRONMENT,
    COLUMN_TARGET,
    COLUMN_PLAN,
    COLUMN_REVISION,
    COLUMN_DIRECTION,
    COLUMN_STATEMENT,
    COLUMN_STATEMENT_DIGEST,
    COLUMN_SQL,
    COLUMN_DURATION,
    COLUMN_ROWS,
    COLUMN_OUTCOME,
    COLUMN_DETAIL,
    AUDIT_COLUMN_COUNT
};
#define COLUMN_PREVIOUS AUDIT_COLUMN_COUNT
#define COLUMN_DIGEST   (AUDIT_COLUMN_COUNT + 1)

struct audit_row {
    int64_t number[AUDIT_COLUMN_COUNT];    /* of the columns that are numbers */
    struct slice text[AUDIT_COLUMN_COUNT]; /* of the others; ptr NULL is NULL */
    struct slice previous, digest;
};

void audit_row_from_event(struct audit_row *row, const struct audit_event *e);
/* Texts are borrowed from the statement until its next step. */
void audit_row_from_statement(struct audit_row *row, sqlite3_stmt *stmt);
int audit_row_to_event(const struct audit_row *row, struct audit_event *e, struct err *err);
void audit_row_digest(const struct audit_row *row, const char *previous, char hex[DIGEST_HEX + 1]);
int audit_row_bind(const struct audit_row *row, sqlite3_stmt *stmt); /* SQLite's result code */

/* audit_append() inside a transaction that is open; digests[i] receives event i's. */
struct audit_head {
    int64_t seq;
    char digest[DIGEST_HEX + 1];
};
int audit_read_head(struct store *s, struct audit_head *out, struct err *err);
int audit_append_open(struct store *s, const struct audit_event *events, size_t n, struct audit_head *head,
                      char (*digests)[DIGEST_HEX + 1], struct err *err);

int audit_may_append(struct store *s, struct err *err);

struct audit_group *audit_group_new(void);
void audit_group_free(struct audit_group *group);

/* Parts of audit_write(), in its transaction. `seq`: of the first event that goes with it. */
struct run_change;
int runs_write_target(struct store *s, const char *run, const struct run_target_row *t, int64_t seq,
                      struct err *err);
int runs_write_wave(struct store *s, const char *run, const struct run_wave_row *w, struct err *err);
int runs_write_change(struct store *s, const char *run, const struct run_change *c, struct err *err);

/* Which process carries out a run. */
int alive_add(struct store *s, const struct audit_event *started, struct err *err);
int alive_remove(struct store *s, const char *run, struct err *err);
