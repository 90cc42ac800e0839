/*
 * How the store's code talks to the database that holds the store. There is one text of each statement, with
 * placeholders ?1, ?2, ... and a few words in braces that each database has its own text for:
 *   {now}          the database's clock, in microseconds since 1970
 *   {skip_locked}  at the end of a SELECT: rows that another transaction has locked are left out
 *   {for_update}   at the end of a SELECT: its rows stay as they are until the transaction ends
 * Every text is a constant: its address tells it from others.
 *
 * All of these take the store's lock for as long as they last; a transaction holds it from store_begin() to
 * its end, so that other threads wait and never write into it.
 */
#pragma once
#include "base/err.h"
#include "base/str.h"
#include <stdint.h>

struct arena;
struct store;

struct store_value {
    enum { STORE_NULL, STORE_NUMBER, STORE_TEXT } kind;
    int64_t number;
    struct slice text;
};
static inline struct store_value store_number(int64_t n)
{
    return (struct store_value){.kind = STORE_NUMBER, .number = n};
}
static inline struct store_value store_slice(struct slice text) /* ptr NULL is NULL */
{
    return (struct store_value){.kind = text.ptr ? STORE_TEXT : STORE_NULL, .text = text};
}
static inline struct store_value store_text(const char *text) /* NULL is NULL */
{
    return store_slice(slice_of(text));
}

/* A row of an answer, valid during the call of store_row_fn. */
struct store_row;
struct slice row_slice(const struct store_row *row, int column);                /* ptr NULL for NULL */
const char *row_text(const struct store_row *row, int column, struct arena *a); /* NULL for NULL */
int64_t row_number(const struct store_row *row, int column);                    /* 0 for NULL */
typedef int (*store_row_fn)(void *arg, const struct store_row *row, struct err *err);

struct store_call {
    const char *sql;
    const struct store_value *values;
    size_t n;
    store_row_fn each; /* NULL: an answer's rows are dropped */
    void *arg;
    int64_t affected; /* out: rows that were changed */
};

/* Run the calls in order; on a server in one wait. Stops at the first failure. `doing` is for the message. */
int store_calls(struct store *s, struct store_call *calls, size_t n, const char *doing, struct err *err);
/* One of them. affected may be NULL. */
int store_run(struct store *s, const char *sql, const struct store_value *values, size_t n, int64_t *affected,
              const char *doing, struct err *err);
int store_query(struct store *s, const char *sql, const struct store_value *values, size_t n,
                store_row_fn each, void *arg, const char *doing, struct err *err);

/* What a transaction that writes may collide with. */
enum store_write {
    STORE_APPENDS, /* to the audit log: one at a time in the whole store */
    STORE_CHANGES  /* of other tables: rows that it reads have to be locked where that matters */
};
int store_begin(struct store *s, enum store_write kind, const char *doing, struct err *err);
/* Run the calls and commit; durable when it returns 0. On failure nothing is kept. */
int store_commit(struct store *s, struct store_call *calls, size_t n, const char *doing, struct err *err);
void store_rollback(struct store *s);
