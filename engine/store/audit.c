/* Appending to the audit log and reading it. Checking it lives in audit_verify.c. */
#include "base/arena.h"
#include "base/file.h"
#include "engine/store/audit_writer.h"
#include "engine/store/sql.h"
#include "engine/store/store_internal.h"

static const char cannot_append[] = "cannot write to the audit log";
static const char cannot_read[] = "cannot read the audit log";

static void head_of_empty_log(struct audit_head *out)
{
    out->seq = 0;
    memset(out->digest, '0', DIGEST_HEX);
    out->digest[DIGEST_HEX] = '\0';
}

static int take_head(void *arg, const struct store_row *row, UNUSED struct err *err)
{
    struct audit_head *out = arg;
    struct slice digest = row_slice(row, 1);
    out->seq = row_number(row, 0);
    snprintf(out->digest, sizeof(out->digest), "%.*s", (int)digest.len, digest.ptr ? digest.ptr : "");
    return 0;
}

struct store_call audit_head_call(struct audit_head *out)
{
    static const char newest[] = "SELECT seq, digest FROM events ORDER BY seq DESC LIMIT 1";
    head_of_empty_log(out);
    return (struct store_call){.sql = newest, .each = take_head, .arg = out};
}

int audit_read_head(struct store *s, struct audit_head *out, struct err *err)
{
    struct store_call call = audit_head_call(out);
    return store_calls(s, &call, 1, cannot_read, err);
}

static void note_liveness(struct store *s, struct arena *a, struct store_calls *calls,
                          const struct audit_event *e)
{
    if (e->run && (e->kind == EVENT_RUN_STARTED || e->kind == EVENT_RUN_RESUMED)) {
        alive_add(s, a, calls, e->run);
    } else if (e->run && (e->kind == EVENT_RUN_FINISHED || e->kind == EVENT_RUN_ABANDONED)) {
        alive_remove(a, calls, e->run);
    }
}

void audit_append_calls(struct store *s, struct arena *a, const struct audit_event *events, size_t n,
                        struct audit_head *head, char (*digests)[DIGEST_HEX + 1], struct store_calls *calls)
{
    for (size_t i = 0; i < n; i++) {
        struct audit_row row;
        struct store_value values[AUDIT_COLUMN_COUNT + 2];
        audit_row_from_event(a, &row, &events[i]);
        row.number[COLUMN_SEQ] = ++head->seq;
        audit_row_digest(&row, head->digest, digests[i]);
        row.previous = (struct slice){arena_dupn(a, head->digest, DIGEST_HEX), DIGEST_HEX};
        row.digest = (struct slice){digests[i], DIGEST_HEX};
        audit_row_values(&row, values);
        store_add(a, calls, sql_store_audit_insert, values, COUNT_OF(values));
        note_liveness(s, a, calls, &events[i]);
        memcpy(head->digest, digests[i], sizeof(head->digest));
    }
}

void audit_appended(struct audit_event *events, size_t n, const struct audit_head *before,
                    char (*digests)[DIGEST_HEX + 1])
{
    for (size_t i = 0; i < n; i++) {
        events[i].seq = before->seq + 1 + (int64_t)i;
        memcpy(events[i].previous, i ? digests[i - 1] : before->digest, sizeof(events[i].previous));
        memcpy(events[i].digest, digests[i], sizeof(events[i].digest));
    }
}

int audit_may_append(struct store *s, struct err *err)
{
    if (!s->backend) {
        err_set(err, ERR_FAILED, "%s: there is no store", cannot_append);
        return err_place(err, s->path, 0, 0);
    }
    if (s->read_only) {
        err_set(err, ERR_FILE, "%s: the store is read-only", cannot_append);
        return err_place(err, s->path, 0, 0);
    }
    return 0;
}

int audit_append(struct store *s, struct audit_event *events, size_t n, char head[DIGEST_HEX + 1],
                 struct err *err)
{
    return audit_write(s, &(struct audit_request){.events = events, .n = n}, head, err);
}

int audit_head(struct store *s, char head[DIGEST_HEX + 1], struct err *err)
{
    struct audit_head it;
    head_of_empty_log(&it);
    int rc = s->backend ? audit_read_head(s, &it, err) : 0;
    if (!rc) {
        memcpy(head, it.digest, sizeof(it.digest));
    }
    return rc;
}

static int note_found(void *arg, UNUSED const struct store_row *row, UNUSED struct err *err)
{
    *(bool *)arg = true;
    return 0;
}

int audit_stands(struct store *s, int64_t seq, const char *digest, bool *out, struct err *err)
{
    const struct store_value values[] = {store_number(seq), store_text(digest)};
    *out = false;
    return store_query(s, "SELECT 1 FROM events WHERE seq = ?1 AND digest = ?2", values, COUNT_OF(values),
                       note_found, out, cannot_read, err);
}

int audit_has_digest(struct store *s, const char *digest, bool *out, struct err *err)
{
    /* The index has the digests of those that may be looked for; any other is worth reading the table. */
    const struct store_value values[] = {store_text(digest)};
    bool found = false;
    int rc = 0;
    if (s->backend) {
        rc = store_query(s, "SELECT 1 FROM events WHERE digest = ?1 AND kind NOT IN ('statement', 'step')",
                         values, 1, note_found, &found, cannot_read, err);
    }
    if (!rc && s->backend && !found) {
        rc = store_query(s, "SELECT 1 FROM events WHERE digest = ?1", values, 1, note_found, &found,
                         cannot_read, err);
    }
    *out = found;
    return rc;
}

struct summaries {
    struct arena *a;
    run_summaries_t runs;
};

static int take_summary(void *arg, const struct store_row *row, UNUSED struct err *err)
{
    struct summaries *to = arg;
    struct arena *a = to->a;
    *vec_push(a, &to->runs) = (struct run_summary){.run = row_text(row, 0, a),
                                                   .environment = row_text(row, 1, a),
                                                   .plan = row_text(row, 2, a),
                                                   .actor = row_text(row, 3, a),
                                                   .host = row_text(row, 4, a),
                                                   .command = row_text(row, 5, a),
                                                   .started_us = row_number(row, 6),
                                                   .targets = row_number(row, 7),
                                                   .statements = row_number(row, 8),
                                                   .failed = row_number(row, 9),
                                                   .finished_us = row_number(row, 10),
                                                   .outcome = row_text(row, 11, a)};
    return 0;
}

int audit_runs(struct store *s, struct arena *a, int64_t limit, run_summaries_t *out, struct err *err)
{
    const struct store_value values[] = {store_number(limit > 0 ? limit : INT64_MAX)};
    struct summaries to = {.a = a};
    int rc =
        s->backend ? store_query(s, sql_store_audit_runs, values, 1, take_summary, &to, cannot_read, err) : 0;
    if (!rc) {
        *out = to.runs;
    }
    return rc;
}

static int unknown_run(struct err *err, const char *run)
{
    err_set(err, ERR_USAGE, "there is no run \"%s\" in the audit log", run);
    return err_hint(err, "\"lockstep audit log\" lists the runs.");
}

struct found_run {
    struct arena *a;
    const char *run;
};

static int take_run(void *arg, const struct store_row *row, UNUSED struct err *err)
{
    struct found_run *to = arg;
    to->run = row_text(row, 0, to->a);
    return 0;
}

/* The first run at or after (`after`: strictly after) the text; NULL for none. */
static int next_run(struct store *s, struct arena *a, const char *text, bool after, const char **out,
                    struct err *err)
{
    const struct store_value values[] = {store_text(text), store_number(after)};
    struct found_run to = {.a = a};
    int rc = store_query(s,
                         "SELECT run FROM events WHERE run >= ?1 AND (?2 = 0 OR run > ?1) "
                         "ORDER BY run LIMIT 1",
                         values, COUNT_OF(values), take_run, &to, cannot_read, err);
    *out = to.run;
    return rc;
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

/* A long log does not pass through memory whole: a server is asked for a page at a time. */
struct paging {
    audit_row_fn each;
    void *arg;
    int64_t last, n;
};

static int page_row(void *arg, const struct store_row *from, struct err *err)
{
    struct paging *p = arg;
    struct audit_row row;
    audit_row_read(&row, from);
    p->last = row.number[COLUMN_SEQ];
    p->n++;
    return p->each(p->arg, &row, err);
}

int audit_each_row(struct store *s, const char *run, audit_row_fn each, void *arg, struct err *err)
{
    STORE_LOCKED(s);
    struct paging p = {.each = each, .arg = arg, .last = INT64_MIN};
    int rc = 0;
    do {
        const struct store_value values[] = {store_number(p.last), store_number(s->backend->page),
                                             store_text(run)};
        p.n = 0;
        rc = store_query(s, run ? sql_store_audit_select_run : sql_store_audit_select, values, run ? 3 : 2,
                         page_row, &p, cannot_read, err);
    } while (!rc && p.n >= s->backend->page);
    return rc;
}

struct each_event {
    audit_each_fn each;
    void *arg;
};

static int each_event(void *arg, const struct audit_row *row, struct err *err)
{
    const struct each_event *to = arg;
    struct audit_event event;
    int rc = audit_row_to_event(row, &event, err);
    return rc ? rc : to->each(to->arg, &event, err);
}

int audit_each(struct store *s, const char *run, audit_each_fn each, void *arg, struct err *err)
{
    if (!s->backend) {
        return run ? unknown_run(err, run) : 0;
    }
    AUTO(arena_release) struct arena a = ARENA_INIT;
    const char *id = NULL;
    int rc = run ? find_run(s, &a, run, &id, err) : 0;
    return rc ? rc : audit_each_row(s, id, each_event, &(struct each_event){each, arg}, err);
}
