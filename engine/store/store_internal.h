/* What the files of the store share; everybody else sees engine/store/audit.h. */
#pragma once
#include "base/err.h"
#include "base/str.h"
#include "drivers/driver.h"
#include "engine/store/audit.h"
#include "engine/store/runs.h"
#include "engine/store/store_db.h"
#include <pthread.h>
#include <sqlite3.h>

/* The version of the tables that this program writes. */
#define STORE_VERSION 3

/* A database that a store can be in. What is called here holds the store's lock. */
struct store_backend {
    int64_t page; /* rows of a long answer that are asked for at once */
    int (*calls)(struct store *s, struct store_call *calls, size_t n, const char *doing, struct err *err);
    int (*begin)(struct store *s, enum store_write kind, const char *doing, struct err *err);
    /* Run the calls and commit; on failure roll back. */
    int (*commit)(struct store *s, struct store_call *calls, size_t n, const char *doing, struct err *err);
    void (*rollback)(struct store *s);
    /* After a failure with err->connection_lost: 0 when there is a new session. NULL: cannot happen. */
    int (*reconnect)(struct store *s, struct err *err);
    /* Is what is stored still what its indexes say? NULL: the server's own affair. */
    int (*check)(struct store *s, struct err *err);
    int (*reopen)(struct store *s, struct store **out, struct err *err);
    void (*close)(struct store *s);
};

struct store_sqlite;
struct store_server;

struct store {
    const struct store_backend *backend; /* NULL: there is no store, and it reads as empty */
    char *path;                          /* for people */
    bool read_only;
    bool in_transaction;
    bool away;                 /* its server was waited for in vain */
    int64_t version;           /* of its tables: an old one that may not be written stays old */
    pthread_mutex_t mutex;     /* recursive; held for the whole of every call and every transaction */
    struct audit_group *group; /* of audit_write() */
    /* This process, as runs_alive tells it from others; read when it is first needed. */
    struct store_self {
        int64_t pid, started;
        char boot[128];
    } self;
    struct store_sqlite *sqlite;
    struct store_server *server;
};

struct store *store_new(const char *path);
void store_lock(struct store *s);
void store_unlock(struct store **s); /* for AUTO() */
#define STORE_LOCKED(s)                                                                                      \
    AUTO(store_unlock) UNUSED struct store *locked_ = (s);                                                   \
    store_lock(s)

int store_too_new(struct store *s, int64_t version, struct err *err);

/* A row of either database. */
struct store_row {
    sqlite3_stmt *stmt; /* NULL: the other two */
    const struct rowset *rows;
    size_t row;
};

/* The text with the words in braces replaced: texts[i] for store_words[i]. */
enum { STORE_WORD_NOW, STORE_WORD_SKIP_LOCKED, STORE_WORD_FOR_UPDATE, STORE_WORD_COUNT };
/* Is there a word at p? Its number and length, or -1. */
int store_word_at(const char *p, size_t *length);

/* A transaction that writes, made again when the connection was lost while that is safe. `work` runs in it
 * and leaves what is to be written with the commit in *calls (in the arena). `stands` (may be NULL, when
 * doing it twice does no harm) tells whether the one before was committed although its answer was lost. */
struct store_calls {
    struct store_call *items;
    size_t n, cap;
};
struct store_work {
    enum store_write kind;
    const char *doing;
    int (*work)(void *arg, struct store *s, struct arena *a, struct store_calls *calls, struct err *err);
    int (*stands)(void *arg, struct store *s, bool *out, struct err *err);
    void *arg;
};
int store_transact(struct store *s, struct arena *a, const struct store_work *work, struct err *err);
/* A call whose values are copied into the arena. */
struct store_call *store_add(struct arena *a, struct store_calls *calls, const char *sql,
                             const struct store_value *values, size_t n);

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

/* Texts that are not UTF-8 are copied into the arena without what is wrong in them. */
void audit_row_from_event(struct arena *a, struct audit_row *row, const struct audit_event *e);
/* Texts are borrowed from the row. */
void audit_row_read(struct audit_row *row, const struct store_row *from);
int audit_row_to_event(const struct audit_row *row, struct audit_event *e, struct err *err);
void audit_row_digest(const struct audit_row *row, const char *previous, char hex[DIGEST_HEX + 1]);
void audit_row_values(const struct audit_row *row, struct store_value values[AUDIT_COLUMN_COUNT + 2]);

/* Each row in order of seq; run NULL: all. */
typedef int (*audit_row_fn)(void *arg, const struct audit_row *row, struct err *err);
int audit_each_row(struct store *s, const char *run, audit_row_fn each, void *arg, struct err *err);

struct audit_head {
    int64_t seq;
    char digest[DIGEST_HEX + 1];
};
int audit_read_head(struct store *s, struct audit_head *out, struct err *err);
/* The same as a call, for a list of such; *out is the head of an empty log until it is made. */
struct store_call audit_head_call(struct audit_head *out);
/* What stores the events behind *head, which moves on; digests[i] receives event i's. at_us must be set. */
void audit_append_calls(struct store *s, struct arena *a, const struct audit_event *events, size_t n,
                        struct audit_head *head, char (*digests)[DIGEST_HEX + 1], struct store_calls *calls);
/* The events are stored: fill in what they carry from then on. */
void audit_appended(struct audit_event *events, size_t n, const struct audit_head *before,
                    char (*digests)[DIGEST_HEX + 1]);
/* Is the event of that place and digest in the log? */
int audit_stands(struct store *s, int64_t seq, const char *digest, bool *out, struct err *err);
int audit_may_append(struct store *s, struct err *err);

struct audit_group *audit_group_new(void);
void audit_group_free(struct audit_group *group);

/* Parts of audit_write(). `seq`: of the first event that goes with it. */
struct run_change;
void runs_target_call(struct arena *a, struct store_calls *calls, const char *run,
                      const struct run_target_row *t, int64_t seq);
void runs_wave_call(struct arena *a, struct store_calls *calls, const char *run,
                    const struct run_wave_row *w);
void runs_change_call(struct arena *a, struct store_calls *calls, const char *run,
                      const struct run_change *c);

/* Rows of targets_select.sql and targets_changed.sql, of run_waves, and a run's state. */
int runs_read_target(const struct store_row *row, struct arena *a, struct run_target_row *out,
                     struct err *err);
int runs_read_wave(const struct store_row *row, struct run_wave_row *out, struct err *err);
int runs_read_state(const struct store_row *row, int column, enum run_state *out, struct err *err);

/* Which process carries out a run. */
void alive_add(struct store *s, struct arena *a, struct store_calls *calls, const char *run);
/* Finds a row when that is this process. */
struct store_call *alive_own_call(struct store *s, struct arena *a, struct store_calls *calls,
                                  const char *run);
void alive_remove(struct arena *a, struct store_calls *calls, const char *run);
