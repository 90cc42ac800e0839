/* The store's calls on SQLite. Statements are kept prepared, by the address of their text. */
#include "engine/store/store_sqlite.h"
#include "base/arena.h"

static const char *const words[] = {
    [STORE_WORD_NOW] = "CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)",
    [STORE_WORD_SKIP_LOCKED] = "",
    [STORE_WORD_FOR_UPDATE] = "",
};
_Static_assert(COUNT_OF(words) == STORE_WORD_COUNT, "each word");

static int prepare_words(struct store *s, const char *sql, sqlite3_stmt **out, const char *doing,
                         struct err *err)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    for (const char *p = sql; *p;) {
        size_t length = 1;
        int word = store_word_at(p, &length);
        if (word >= 0) {
            strbuf_adds(&text, words[word]);
        } else {
            length = 1;
            strbuf_addch(&text, *p);
        }
        p += length;
    }
    if (sqlite3_prepare_v3(s->sqlite->db, strbuf_cstr(&text), -1, SQLITE_PREPARE_PERSISTENT, out, NULL) !=
        SQLITE_OK) {
        return store_sqlite_error(s, err, doing);
    }
    return 0;
}

/* One that is at work already (a call inside of a store_row_fn) is left alone: *own is another then. */
static int statement_of(struct store *s, const char *sql, sqlite3_stmt **out, sqlite3_stmt **own,
                        const char *doing, struct err *err)
{
    for (size_t i = 0; i < s->sqlite->nkept; i++) {
        if (s->sqlite->kept[i].sql == sql && !sqlite3_stmt_busy(s->sqlite->kept[i].stmt)) {
            *out = s->sqlite->kept[i].stmt;
            return 0;
        }
    }
    int rc = prepare_words(s, sql, out, doing, err);
    if (rc) {
        return rc;
    }
    if (s->sqlite->nkept < COUNT_OF(s->sqlite->kept)) {
        s->sqlite->kept[s->sqlite->nkept++] = (struct store_statement){sql, *out};
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
        rc = store_sqlite_error(s, err, doing);
    }
    int step = rc ? SQLITE_DONE : sqlite3_step(stmt);
    for (; !rc && step == SQLITE_ROW; step = rc ? step : sqlite3_step(stmt)) {
        rc = call->each ? call->each(call->arg, &(struct store_row){.stmt = stmt}, err) : 0;
    }
    if (!rc && step != SQLITE_DONE) {
        rc = store_sqlite_error(s, err, doing);
    }
    if (!rc) {
        call->affected = sqlite3_changes64(s->sqlite->db);
    }
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
    return rc;
}

int store_sqlite_calls(struct store *s, struct store_call *calls, size_t n, const char *doing,
                       struct err *err)
{
    int rc = 0;
    for (size_t i = 0; i < n && !rc; i++) {
        rc = run_call(s, &calls[i], doing, err);
    }
    return rc;
}

int store_sqlite_begin(struct store *s, UNUSED enum store_write kind, const char *doing, struct err *err)
{
    /* IMMEDIATE: what is read stays true until the commit, whoever else wants to write. */
    static const char begin[] = "BEGIN IMMEDIATE";
    return store_sqlite_calls(s, &(struct store_call){.sql = begin}, 1, doing, err);
}

void store_sqlite_rollback(struct store *s)
{
    if (!sqlite3_get_autocommit(s->sqlite->db)) {
        sqlite3_exec(s->sqlite->db, "ROLLBACK", NULL, NULL, NULL);
    }
}

int store_sqlite_commit(struct store *s, struct store_call *calls, size_t n, const char *doing,
                        struct err *err)
{
    static const char commit[] = "COMMIT";
    int rc = store_sqlite_calls(s, calls, n, doing, err);
    rc = rc ? rc : store_sqlite_calls(s, &(struct store_call){.sql = commit}, 1, doing, err);
    if (rc) {
        store_sqlite_rollback(s);
    }
    return rc;
}
