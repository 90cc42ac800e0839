/* Appending to the audit log and reading it. Checking it lives in audit_verify.c. */
#include "base/arena.h"
#include "base/file.h"
#include "engine/run/sql.h"
#include "engine/run/store_internal.h"

static const char cannot_append[] = "cannot write to the audit log";
static const char cannot_read[] = "cannot read the audit log";

static void head_of_empty_log(struct audit_head *out)
{
    out->seq = 0;
    memset(out->digest, '0', DIGEST_HEX);
    out->digest[DIGEST_HEX] = '\0';
}

int audit_read_head(struct store *s, struct audit_head *out, struct err *err)
{
    if (!s->last) {
        int rc = store_prepare(s, "SELECT seq, digest FROM events ORDER BY seq DESC LIMIT 1", &s->last, err);
        if (rc) {
            return rc;
        }
    }
    head_of_empty_log(out);
    int step = sqlite3_step(s->last);
    if (step == SQLITE_ROW) {
        const char *digest = (const char *)sqlite3_column_text(s->last, 1);
        out->seq = sqlite3_column_int64(s->last, 0);
        snprintf(out->digest, sizeof(out->digest), "%s", digest ? digest : "");
    }
    int rc = step == SQLITE_ROW || step == SQLITE_DONE ? 0 : store_error(s, err, cannot_read);
    sqlite3_reset(s->last);
    return rc;
}

static int insert_row(struct store *s, const struct audit_row *row, struct err *err)
{
    if (!s->insert) {
        int rc = store_prepare(s, sql_run_audit_insert, &s->insert, err);
        if (rc) {
            return rc;
        }
    }
    bool ok = audit_row_bind(row, s->insert) == SQLITE_OK && sqlite3_step(s->insert) == SQLITE_DONE;
    int rc = ok ? 0 : store_error(s, err, cannot_append);
    sqlite3_reset(s->insert);
    sqlite3_clear_bindings(s->insert);
    return rc;
}

static int note_liveness(struct store *s, const struct audit_event *e, struct err *err)
{
    if ((e->kind == EVENT_RUN_STARTED || e->kind == EVENT_RUN_RESUMED) && e->run) {
        return alive_add(s, e, err);
    }
    bool ends = e->kind == EVENT_RUN_FINISHED || e->kind == EVENT_RUN_ABANDONED;
    return ends && e->run ? alive_remove(s, e->run, err) : 0;
}

int audit_append_open(struct store *s, const struct audit_event *events, size_t n, struct audit_head *head,
                      char (*digests)[DIGEST_HEX + 1], struct err *err)
{
    for (size_t i = 0; i < n; i++) {
        struct audit_row row;
        audit_row_from_event(&row, &events[i]);
        row.number[COLUMN_SEQ] = ++head->seq;
        audit_row_digest(&row, head->digest, digests[i]);
        row.previous = slice_of(head->digest);
        row.digest = slice_of(digests[i]);
        int rc = insert_row(s, &row, err);
        rc = rc ? rc : note_liveness(s, &events[i], err);
        if (rc) {
            return rc;
        }
        memcpy(head->digest, digests[i], sizeof(head->digest));
    }
    return 0;
}

int audit_may_append(struct store *s, struct err *err)
{
    if (!s->db) {
        err_set(err, ERR_FAILED, "%s: there is no store", cannot_append);
        return err_place(err, s->path, 0, 0);
    }
    if (s->read_only) {
        err_set(err, ERR_FILE, "%s: the store is read-only", cannot_append);
        return err_place(err, s->path, 0, 0);
    }
    return 0;
}

static int append_all(struct store *s, const struct audit_event *events, size_t n, struct audit_head *start,
                      struct audit_head *end, char (*digests)[DIGEST_HEX + 1], struct err *err)
{
    /* IMMEDIATE: the head that is read stays the head until the commit, whoever else wants to append. */
    int rc = store_exec(s, "BEGIN IMMEDIATE", cannot_append, err);
    if (rc) {
        return rc;
    }
    rc = audit_read_head(s, start, err);
    *end = *start;
    rc = rc ? rc : audit_append_open(s, events, n, end, digests, err);
    rc = rc ? rc : store_exec(s, "COMMIT", cannot_append, err);
    if (rc && !sqlite3_get_autocommit(s->db)) {
        sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    }
    return rc;
}

int audit_append(struct store *s, struct audit_event *events, size_t n, char head[DIGEST_HEX + 1],
                 struct err *err)
{
    STORE_LOCKED(s);
    int rc = audit_may_append(s, err);
    if (rc) {
        return rc;
    }
    AUTO(arena_release) struct arena a = ARENA_INIT;
    char(*digests)[DIGEST_HEX + 1] = arena_array(&a, n, sizeof(*digests));
    int64_t now = time_now_us();
    for (size_t i = 0; i < n; i++) {
        events[i].at_us = events[i].at_us ? events[i].at_us : now;
    }
    struct audit_head start, end;
    rc = append_all(s, events, n, &start, &end, digests, err);
    if (rc) {
        return rc;
    }
    for (size_t i = 0; i < n; i++) {
        events[i].seq = start.seq + 1 + (int64_t)i;
        memcpy(events[i].previous, i ? digests[i - 1] : start.digest, sizeof(events[i].previous));
        memcpy(events[i].digest, digests[i], sizeof(events[i].digest));
    }
    if (head) {
        memcpy(head, end.digest, sizeof(end.digest));
    }
    return 0;
}

int audit_head(struct store *s, char head[DIGEST_HEX + 1], struct err *err)
{
    STORE_LOCKED(s);
    struct audit_head it;
    head_of_empty_log(&it);
    int rc = s->db ? audit_read_head(s, &it, err) : 0;
    if (!rc) {
        memcpy(head, it.digest, sizeof(it.digest));
    }
    return rc;
}

static int find_digest(struct store *s, const char *sql, const char *digest, bool *out, struct err *err)
{
    AUTO(stmt_finalize) sqlite3_stmt *stmt = NULL;
    int rc = store_prepare(s, sql, &stmt, err);
    if (rc) {
        return rc;
    }
    sqlite3_bind_text(stmt, 1, digest, -1, SQLITE_STATIC);
    int step = sqlite3_step(stmt);
    if (step != SQLITE_ROW && step != SQLITE_DONE) {
        return store_error(s, err, cannot_read);
    }
    *out = step == SQLITE_ROW;
    return 0;
}

int audit_has_digest(struct store *s, const char *digest, bool *out, struct err *err)
{
    STORE_LOCKED(s);
    *out = false;
    if (!s->db) {
        return 0;
    }
    /* The index has the digests of those that may be looked for; any other is worth reading the table. */
    static const char indexed[] =
        "SELECT 1 FROM events WHERE digest = ? AND kind NOT IN ('statement', 'step')";
    int rc = find_digest(s, indexed, digest, out, err);
    return rc || *out ? rc : find_digest(s, "SELECT 1 FROM events WHERE digest = ?", digest, out, err);
}

static const char *column_dup(struct arena *a, sqlite3_stmt *stmt, int column)
{
    return arena_dup(a, (const char *)sqlite3_column_text(stmt, column));
}

int audit_runs(struct store *s, struct arena *a, int64_t limit, run_summaries_t *out, struct err *err)
{
    STORE_LOCKED(s);
    run_summaries_t runs = {0};
    if (!s->db) {
        *out = runs;
        return 0;
    }
    AUTO(stmt_finalize) sqlite3_stmt *stmt = NULL;
    int rc = store_prepare(s, sql_run_audit_runs, &stmt, err);
    if (rc) {
        return rc;
    }
    sqlite3_bind_int64(stmt, 1, limit > 0 ? limit : -1);
    int step = sqlite3_step(stmt);
    for (; step == SQLITE_ROW; step = sqlite3_step(stmt)) {
        struct run_summary *r = vec_push(a, &runs);
        *r = (struct run_summary){.run = column_dup(a, stmt, 0),
                                  .environment = column_dup(a, stmt, 1),
                                  .plan = column_dup(a, stmt, 2),
                                  .actor = column_dup(a, stmt, 3),
                                  .host = column_dup(a, stmt, 4),
                                  .command = column_dup(a, stmt, 5),
                                  .started_us = sqlite3_column_int64(stmt, 6),
                                  .targets = sqlite3_column_int64(stmt, 7),
                                  .statements = sqlite3_column_int64(stmt, 8),
                                  .failed = sqlite3_column_int64(stmt, 9),
                                  .finished_us = sqlite3_column_int64(stmt, 10),
                                  .outcome = column_dup(a, stmt, 11)};
    }
    if (step != SQLITE_DONE) {
        return store_error(s, err, cannot_read);
    }
    *out = runs;
    return 0;
}

static int unknown_run(struct err *err, const char *run)
{
    err_set(err, ERR_USAGE, "there is no run \"%s\" in the audit log", run);
    return err_hint(err, "\"lockstep audit log\" lists the runs.");
}

/* The first run at or after (`after`: strictly after) the text; NULL for none. */
static int next_run(struct store *s, struct arena *a, const char *text, bool after, const char **out,
                    struct err *err)
{
    AUTO(stmt_finalize) sqlite3_stmt *stmt = NULL;
    int rc = store_prepare(s,
                           after ? "SELECT run FROM events WHERE run > ? ORDER BY run LIMIT 1"
                                 : "SELECT run FROM events WHERE run >= ? ORDER BY run LIMIT 1",
                           &stmt, err);
    if (rc) {
        return rc;
    }
    sqlite3_bind_text(stmt, 1, text, -1, SQLITE_STATIC);
    int step = sqlite3_step(stmt);
    if (step != SQLITE_ROW && step != SQLITE_DONE) {
        return store_error(s, err, cannot_read);
    }
    *out = step == SQLITE_ROW ? column_dup(a, stmt, 0) : NULL;
    return 0;
}

static int find_run(struct store *s, struct arena *a, const char *prefix, const char **out, struct err *err)
{
    size_t n = strlen(prefix);
    const char *first = NULL, *second = NULL;
    int rc = next_run(s, a, prefix, false, &first, err);
    if (rc) {
        return rc;
    }
    if (!n || !first || strncmp(first, prefix, n) != 0) {
        return unknown_run(err, prefix);
    }
    if (first[n]) {
        rc = next_run(s, a, first, true, &second, err);
        if (rc) {
            return rc;
        }
    }
    if (second && strncmp(second, prefix, n) == 0) {
        err_set(err, ERR_USAGE, "\"%s\" is the beginning of several runs: %s, %s, ...", prefix, first,
                second);
        return err_hint(err, "Give more of the run's id.");
    }
    *out = first;
    return 0;
}

int audit_each(struct store *s, const char *run, audit_each_fn each, void *arg, struct err *err)
{
    STORE_LOCKED(s);
    if (!s->db) {
        return run ? unknown_run(err, run) : 0;
    }
    AUTO(arena_release) struct arena a = ARENA_INIT;
    const char *id = NULL;
    int rc = run ? find_run(s, &a, run, &id, err) : 0;
    if (rc) {
        return rc;
    }
    AUTO(stmt_finalize) sqlite3_stmt *stmt = NULL;
    rc = store_prepare(s, id ? sql_run_audit_select_run : sql_run_audit_select, &stmt, err);
    if (rc) {
        return rc;
    }
    if (id) {
        sqlite3_bind_text(stmt, 1, id, -1, SQLITE_STATIC);
    }
    int step = sqlite3_step(stmt);
    for (; step == SQLITE_ROW; step = sqlite3_step(stmt)) {
        struct audit_row row;
        struct audit_event event;
        audit_row_from_statement(&row, stmt);
        rc = audit_row_to_event(&row, &event, err);
        rc = rc ? rc : each(arg, &event, err);
        if (rc) {
            return rc;
        }
    }
    return step == SQLITE_DONE ? 0 : store_error(s, err, cannot_read);
}
