/* The store's calls on SQLite. Statements are kept prepared, by the address of their text. */
#include "base/arena.h"
#include "engine/run/store_internal.h"

struct store_row {
    sqlite3_stmt *stmt;
};

struct slice row_slice(const struct store_row *row, int column)
{
    const char *ptr = (const char *)sqlite3_column_text(row->stmt, column);
    return (struct slice){ptr, ptr ? (size_t)sqlite3_column_bytes(row->stmt, column) : 0};
}

const char *row_text(const struct store_row *row, int column, struct arena *a)
{
    struct slice text = row_slice(row, column);
    return text.ptr ? slice_dup(a, text) : NULL;
}

int64_t row_number(const struct store_row *row, int column)
{
    return sqlite3_column_int64(row->stmt, column);
}

static const struct {
    const char *word, *text;
} words[] = {
    {"{now}", "CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)"},
    {"{skip_locked}", ""},
    {"{for_update}", ""},
};

static int prepare_words(struct store *s, const char *sql, sqlite3_stmt **out, const char *doing,
                         struct err *err)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    for (const char *p = sql; *p;) {
        size_t skip = 0;
        for (size_t i = 0; *p == '{' && i < COUNT_OF(words); i++) {
            if (strncmp(p, words[i].word, strlen(words[i].word)) == 0) {
                strbuf_adds(&text, words[i].text);
                skip = strlen(words[i].word);
            }
        }
        if (!skip) {
            strbuf_addch(&text, *p);
        }
        p += skip ? skip : 1;
    }
    if (sqlite3_prepare_v3(s->db, strbuf_cstr(&text), -1, SQLITE_PREPARE_PERSISTENT, out, NULL) !=
        SQLITE_OK) {
        return store_error(s, err, doing);
    }
    return 0;
}

/* One that is at work already (a call inside of a store_row_fn) is left alone: *own is another then. */
static int statement_of(struct store *s, const char *sql, sqlite3_stmt **out, sqlite3_stmt **own,
                        const char *doing, struct err *err)
{
    for (size_t i = 0; i < s->nkept; i++) {
        if (s->kept[i].sql == sql && !sqlite3_stmt_busy(s->kept[i].stmt)) {
            *out = s->kept[i].stmt;
            return 0;
        }
    }
    int rc = prepare_words(s, sql, out, doing, err);
    if (rc) {
        return rc;
    }
    if (s->nkept < COUNT_OF(s->kept)) {
        s->kept[s->nkept++] = (struct store_statement){sql, *out};
    } else {
        *own = *out;
    }
    return 0;
}

static int bind_values(sqlite3_stmt *stmt, const struct store_call *call)
{
    int rc = SQLITE_OK;
    for (size_t i = 0; i < call->n && rc == SQLITE_OK; i++) {
        const struct store_value *v = &call->values[i];
        int at = (int)i + 1;
        rc = v->kind == STORE_NUMBER ? sqlite3_bind_int64(stmt, at, v->number)
             : v->kind == STORE_TEXT
                 ? sqlite3_bind_text64(stmt, at, v->text.ptr, v->text.len, SQLITE_STATIC, SQLITE_UTF8)
                 : sqlite3_bind_null(stmt, at);
    }
    return rc;
}

static int run_call(struct store *s, struct store_call *call, const char *doing, struct err *err)
{
    AUTO(stmt_finalize) sqlite3_stmt *own = NULL;
    sqlite3_stmt *stmt = NULL;
    int rc = statement_of(s, call->sql, &stmt, &own, doing, err);
    if (rc) {
        return rc;
    }
    if (bind_values(stmt, call) != SQLITE_OK) {
        rc = store_error(s, err, doing);
    }
    int step = rc ? SQLITE_DONE : sqlite3_step(stmt);
    for (; !rc && step == SQLITE_ROW; step = rc ? step : sqlite3_step(stmt)) {
        rc = call->each ? call->each(call->arg, &(struct store_row){stmt}, err) : 0;
    }
    if (!rc && step != SQLITE_DONE) {
        rc = store_error(s, err, doing);
    }
    if (!rc) {
        call->affected = sqlite3_changes64(s->db);
    }
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
    return rc;
}

int store_calls(struct store *s, struct store_call *calls, size_t n, const char *doing, struct err *err)
{
    STORE_LOCKED(s);
    int rc = 0;
    for (size_t i = 0; i < n && !rc; i++) {
        rc = run_call(s, &calls[i], doing, err);
    }
    return rc;
}

int store_run(struct store *s, const char *sql, const struct store_value *values, size_t n, int64_t *affected,
              const char *doing, struct err *err)
{
    struct store_call call = {.sql = sql, .values = values, .n = n};
    int rc = store_calls(s, &call, 1, doing, err);
    if (!rc && affected) {
        *affected = call.affected;
    }
    return rc;
}

int store_query(struct store *s, const char *sql, const struct store_value *values, size_t n,
                store_row_fn each, void *arg, const char *doing, struct err *err)
{
    struct store_call call = {.sql = sql, .values = values, .n = n, .each = each, .arg = arg};
    return store_calls(s, &call, 1, doing, err);
}

int store_begin(struct store *s, UNUSED enum store_write kind, const char *doing, struct err *err)
{
    store_lock(s);
    /* IMMEDIATE: what is read stays true until the commit, whoever else wants to write. */
    int rc = store_run(s, "BEGIN IMMEDIATE", NULL, 0, NULL, doing, err);
    if (rc) {
        store_unlock(&s);
    }
    return rc;
}

int store_commit(struct store *s, struct store_call *calls, size_t n, const char *doing, struct err *err)
{
    int rc = store_calls(s, calls, n, doing, err);
    rc = rc ? rc : store_run(s, "COMMIT", NULL, 0, NULL, doing, err);
    if (rc && !sqlite3_get_autocommit(s->db)) {
        sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    }
    store_unlock(&s);
    return rc;
}

void store_rollback(struct store *s)
{
    if (!sqlite3_get_autocommit(s->db)) {
        sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    }
    store_unlock(&s);
}
