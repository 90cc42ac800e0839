/* Checking the audit log: the chain is computed again from its first event. */
#include "engine/run/sql.h"
#include "engine/run/store_internal.h"

struct chain {
    int64_t seq;                 /* of the last event that holds */
    char digest[DIGEST_HEX + 1]; /* its digest */
};

static bool follows(const struct chain *chain, const struct audit_row *row)
{
    char hex[DIGEST_HEX + 1];
    if (row->number[COLUMN_SEQ] != chain->seq + 1 || !slice_eq(row->previous, chain->digest)) {
        return false;
    }
    audit_row_digest(row, chain->digest, hex);
    return slice_eq(row->digest, hex);
}

/* What is wrong with the row that stands where the chain goes on. */
static int bad_event(struct store *s, const struct chain *chain, const struct audit_row *row, int64_t *bad,
                     struct err *err)
{
    long long seq = (long long)row->number[COLUMN_SEQ], expected = (long long)chain->seq + 1;
    *bad = expected;
    if (seq > expected && expected == 1) {
        err_set(err, ERR_FAILED, "the audit log begins with event %lld: those before it were removed", seq);
        return err_place(err, s->path, 0, 0), ERR_FAILED;
    }
    if (seq != expected) {
        err_set(err, ERR_FAILED, "event %lld was removed or renumbered: event %lld stands in its place",
                expected, seq);
        return err_place(err, s->path, 0, 0), ERR_FAILED;
    }
    char hex[DIGEST_HEX + 1], claimed[DIGEST_HEX + 1];
    snprintf(claimed, sizeof(claimed), "%.*s", (int)(row->previous.len > DIGEST_HEX ? 0 : row->previous.len),
             row->previous.ptr ? row->previous.ptr : "");
    audit_row_digest(row, claimed, hex);
    if (slice_eq(row->previous, chain->digest)) {
        err_set(err, ERR_FAILED, "event %lld was edited: its digest is not that of its content", seq);
    } else if (slice_eq(row->digest, hex)) {
        err_set(err, ERR_FAILED, "event %lld does not follow event %lld: one of the two was edited or put in",
                seq, seq - 1);
    } else {
        err_set(err, ERR_FAILED,
                "event %lld was moved, put in or edited: its digests fit neither it nor its place", seq);
    }
    return err_place(err, s->path, 0, 0), ERR_FAILED;
}

static int verify_rows(struct store *s, struct chain *chain, int64_t *bad, struct err *err)
{
    AUTO(stmt_finalize) sqlite3_stmt *stmt = NULL;
    int rc = store_prepare(s, sql_run_audit_select, &stmt, err);
    if (rc) {
        return rc;
    }
    int step = sqlite3_step(stmt);
    for (; step == SQLITE_ROW; step = sqlite3_step(stmt)) {
        struct audit_row row;
        audit_row_from_statement(&row, stmt);
        if (!follows(chain, &row)) {
            return bad_event(s, chain, &row, bad, err);
        }
        chain->seq++;
        snprintf(chain->digest, sizeof(chain->digest), "%.*s", DIGEST_HEX, row.digest.ptr);
    }
    return step == SQLITE_DONE ? 0 : store_error(s, err, "cannot read the audit log");
}

/* The chain is read from the table; what people are shown comes through indexes, which must say the same. */
static int verify_indexes(struct store *s, struct err *err)
{
    AUTO(stmt_finalize) sqlite3_stmt *stmt = NULL;
    int rc = store_prepare(s, "PRAGMA integrity_check(1)", &stmt, err);
    if (rc) {
        return rc;
    }
    if (sqlite3_step(stmt) != SQLITE_ROW) {
        return store_error(s, err, "cannot read the audit log");
    }
    const char *said = (const char *)sqlite3_column_text(stmt, 0);
    if (said && strcmp(said, "ok") == 0) {
        return 0;
    }
    err_set(err, ERR_FILE, "the store's file is damaged: %s", said ? said : "unknown");
    return err_place(err, s->path, 0, 0);
}

/* Runs found in targets are looked for in this log only if they carry the store's mark (store_owns_run): with
 * another mark, what was cut off the log would pass for the runs of another store. */
static int verify_identity(struct store *s, int64_t *bad, struct err *err)
{
    AUTO(stmt_finalize) sqlite3_stmt *stmt = NULL;
    int rc = store_prepare(s, sql_run_audit_foreign, &stmt, err);
    if (rc) {
        return rc;
    }
    int step = sqlite3_step(stmt);
    if (step == SQLITE_DONE) {
        return 0;
    }
    if (step != SQLITE_ROW) {
        return store_error(s, err, "cannot read the audit log");
    }
    *bad = sqlite3_column_int64(stmt, 0);
    err_set(err, ERR_FAILED,
            "the store's identity was changed: event %lld begins run %s, which another store recorded",
            (long long)*bad, (const char *)sqlite3_column_text(stmt, 1));
    return err_place(err, s->path, 0, 0), ERR_FAILED;
}

int audit_verify(struct store *s, int64_t *events, int64_t *bad_seq, struct err *err)
{
    STORE_LOCKED(s);
    struct chain chain = {0};
    memset(chain.digest, '0', DIGEST_HEX);
    int64_t bad = 0;
    int rc = 0;
    if (s->db) {
        rc = verify_rows(s, &chain, &bad, err);
        rc = rc ? rc : verify_identity(s, &bad, err);
        rc = rc ? rc : verify_indexes(s, err);
    }
    *events = chain.seq;
    *bad_seq = bad;
    return rc;
}
