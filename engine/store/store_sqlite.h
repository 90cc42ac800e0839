/* A store in a file of SQLite's: what its two source files share. */
#pragma once
#include "engine/store/store_internal.h"

struct store_statement {
    const char *sql;
    sqlite3_stmt *stmt;
};

struct store_sqlite {
    sqlite3 *db;
    struct store_statement kept[64];
    size_t nkept;
    int alive_fd; /* of the file beside it whose bytes tell which runs are at work; -1: not opened */
};

void stmt_finalize(sqlite3_stmt **stmt); /* for AUTO() */
/* What SQLite said about the last call, in words; ERR_FILE or ERR_FAILED with the store's path. */
int store_sqlite_error(struct store *s, struct err *err, const char *doing);

int store_sqlite_calls(struct store *s, struct store_call *calls, size_t n, const char *doing,
                       struct err *err);
int store_sqlite_begin(struct store *s, enum store_write kind, const char *doing, struct err *err);
int store_sqlite_commit(struct store *s, struct store_call *calls, size_t n, const char *doing,
                        struct err *err);
void store_sqlite_rollback(struct store *s);
