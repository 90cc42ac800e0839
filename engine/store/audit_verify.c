/* Checking the audit log: the chain is computed again from its first event. */
#include "engine/store/sql.h"
#include "engine/store/store_internal.h"

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

struct verifying {
    struct store *s;
    struct chain chain;
    int64_t bad;
};

static int verify_row(void *arg, const struct audit_row *row, struct err *err)
{
    struct verifying *v = arg;
    if (!follows(&v->chain, row)) {
        return bad_event(v->s, &v->chain, row, &v->bad, err);
    }
    v->chain.seq++;
    snprintf(v->chain.digest, sizeof(v->chain.digest), "%.*s", DIGEST_HEX, row->digest.ptr);
    return 0;
}

static int foreign_run(void *arg, const struct store_row *row, struct err *err)
{
    struct verifying *v = arg;
    struct slice run = row_slice(row, 1);
    v->bad = row_number(row, 0);
    err_set(err, ERR_FAILED,
            "the store's identity was changed: event %lld begins run %.*s, which another store recorded",
            (long long)v->bad, (int)run.len, run.ptr ? run.ptr : "");
    return err_place(err, v->s->path, 0, 0), ERR_FAILED;
}

int audit_verify(struct store *s, int64_t *events, int64_t *bad_seq, struct err *err)
{
    STORE_LOCKED(s);
    struct verifying v = {.s = s};
    memset(v.chain.digest, '0', DIGEST_HEX);
    int rc = 0;
    if (s->backend) {
        rc = audit_each_row(s, NULL, verify_row, &v, err);
        /* Runs found in targets are looked for in this log only if they carry the store's mark
         * (store_owns_run): with another mark, what was cut off the log would pass for the runs of another
         * store. */
        rc = rc ? rc
                : store_query(s, sql_store_audit_foreign, NULL, 0, foreign_run, &v,
                              "cannot read the audit log", err);
        rc = rc || !s->backend->check ? rc : s->backend->check(s, err);
    }
    *events = v.chain.seq;
    *bad_seq = v.bad;
    return rc;
}
