/*
 * Running upgrade() or downgrade() of one revision file: what the vocabulary works on, and what it says.
 *
 * OFFLINE is Alembic's --sql: nothing is connected, what needs rows fails as it does in Alembic.
 * PLAN stands for a run on a database without having it at hand: statements are collected, and whatever would
 * need an answer of the database stops the program with PY_NEEDS_LIVE. What comes out is what a run would
 * send. LIVE is a run: each statement is sent as it comes, rows are read, the schema is asked.
 */
#pragma once
#include "drivers/driver.h"
#include "engine/alembic/python/py.h"
#include "engine/ddl/operation.h"

enum migration_mode { MIGRATION_OFFLINE, MIGRATION_PLAN, MIGRATION_LIVE };

enum migration_statement_kind {
    MIGRATION_STATEMENT,
    MIGRATION_AUTOCOMMIT, /* op.get_context().autocommit_block() begins: what follows runs outside a
                             transaction */
    MIGRATION_AUTOCOMMIT_END,
};
struct migration_statement {
    enum migration_statement_kind kind;
    struct slice text; /* without ";" of ours; may hold several statements when op.execute() was given them */
    int line;          /* in the revision's file */
};

/* Settings of the project that operations look at: literal keywords of context.configure() in env.py. */
struct migration_settings {
    const char *version_table, *version_table_schema; /* NULL: alembic_version, none */
    bool render_as_batch, include_schemas, transaction_per_migration;
    const struct ddl_naming *naming; /* of target_metadata; NULL: none that is known */
    const char *url; /* for config.get_main_option("sqlalchemy.url"): without password; NULL: none */
    const struct driver_param *x; /* -x key=value */
    size_t nx;
    const char *ini_file, *script_location;
    const char *ini_section; /* the main section; NULL: alembic */
    const struct driver_param
        *ini; /* options of the main section, interpolated, for config.get_main_option() */
    size_t nini;
};

struct migration {
    enum migration_mode mode;
    const struct ddl_dialect *dialect;
    const struct migration_settings *settings;
    bool downgrade;
    const char *revision, *down_revision; /* for what asks the context; down_revision NULL: base */
    /* Where statements go. In LIVE mode they are run by it: affected and rows (when not NULL) are filled; a
     * server's error comes back in err with its sqlstate, and the vocabulary raises it as sqlalchemy.exc.*
     * so that `except` can catch it. */
    void *arg;
    int (*statement)(void *arg, const struct migration_statement *s, struct arena *a, struct rowset *rows,
                     int64_t *affected, struct err *err);
    struct conn *conn; /* LIVE: for introspection (engine/schema); else NULL */
    /* Named types that revisions before this one have created in the same run; NULL: each revision is on its
     * own. Alembic creates a type once a run, and does not ask whether it is there. */
    struct ddl_seen_types *types;
    /* private to the vocabulary */
    void *vocabulary;
    int savepoints;      /* made so far */
    uint64_t statements; /* sent so far */
};

/* Run one direction of the revision in `file`, whose tree is `module`. *stop says how it ended, PY_RUNNING
 * for well; otherwise err is filled. A revision without the function is ERR_FILE; an empty one runs nothing.
 */
int migration_run(const struct py_options *options, struct migration *m, const char *file, struct slice text,
                  const struct py_node *module, enum py_stop *stop, struct err *err);

/* Send one statement; stops py with the error, or raises it. rows and affected may be NULL. 0 or -1. In PLAN
 * mode rows asked for stop the program with PY_NEEDS_LIVE, and so does a statement inside `try` (py_guarded).
 */
int migration_emit(struct py *py, struct slice text, struct rowset *rows, int64_t *affected);
static inline struct migration *migration_of(struct py *py)
{
    return py_host(py);
}
