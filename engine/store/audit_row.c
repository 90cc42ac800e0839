/* One event as a row: its columns, its digest, its way into and out of the store. */
#include "base/arena.h"
#include "engine/store/store_internal.h"

static const char *const kind_names[] = {
    [EVENT_RUN_STARTED] = "run_started",   [EVENT_TARGET_STARTED] = "target_started",
    [EVENT_STATEMENT] = "statement",       [EVENT_STEP] = "step",
    [EVENT_COMMITTING] = "committing",     [EVENT_TARGET_FINISHED] = "target_finished",
    [EVENT_COMPENSATED] = "compensated",   [EVENT_STAMPED] = "stamped",
    [EVENT_RUN_FINISHED] = "run_finished", [EVENT_RUN_ABANDONED] = "run_abandoned",
    [EVENT_LOCK_WAIT] = "lock_wait",       [EVENT_LOCK_TAKEN] = "lock_taken",
    [EVENT_LEFTOVER] = "leftover",         [EVENT_RUN_RESUMED] = "run_resumed",
    [EVENT_RUN_JOINED] = "run_joined",     [EVENT_SNAPSHOT_FAILED] = "snapshot_failed",
};
_Static_assert(COUNT_OF(kind_names) == EVENT_KIND_COUNT, "a name for each kind");

const char *event_kind_name(enum event_kind k)
{
    return (unsigned)k < EVENT_KIND_COUNT ? kind_names[k] : "unknown";
}

/* Where a column's value stands in struct audit_event; the kind is kept by name. */
static const struct {
    bool number;
    size_t offset;
} columns[] = {
    [COLUMN_SEQ] = {true, offsetof(struct audit_event, seq)},
    [COLUMN_AT] = {true, offsetof(struct audit_event, at_us)},
    [COLUMN_KIND] = {false, offsetof(struct audit_event, kind)},
    [COLUMN_RUN] = {false, offsetof(struct audit_event, run)},
    [COLUMN_ACTOR] = {false, offsetof(struct audit_event, actor)},
    [COLUMN_HOST] = {false, offsetof(struct audit_event, host)},
    [COLUMN_ENVIRONMENT] = {false, offsetof(struct audit_event, environment)},
    [COLUMN_TARGET] = {false, offsetof(struct audit_event, target)},
    [COLUMN_PLAN] = {false, offsetof(struct audit_event, plan)},
    [COLUMN_REVISION] = {false, offsetof(struct audit_event, revision)},
    [COLUMN_DIRECTION] = {false, offsetof(struct audit_event, direction)},
    [COLUMN_STATEMENT] = {true, offsetof(struct audit_event, statement)},
    [COLUMN_STATEMENT_DIGEST] = {false, offsetof(struct audit_event, statement_digest)},
    [COLUMN_SQL] = {false, offsetof(struct audit_event, sql)},
    [COLUMN_DURATION] = {true, offsetof(struct audit_event, duration_us)},
    [COLUMN_ROWS] = {true, offsetof(struct audit_event, rows)},
    [COLUMN_OUTCOME] = {false, offsetof(struct audit_event, outcome)},
    [COLUMN_DETAIL] = {false, offsetof(struct audit_event, detail)},
};
_Static_assert(COUNT_OF(columns) == AUDIT_COLUMN_COUNT, "a place for each column");

#define SQL_SHOWN 200

/* The first line of a statement, whole characters only. */
static struct slice first_line(struct slice sql)
{
    const char *end = sql.len ? memchr(sql.ptr, '\n', sql.len) : NULL;
    if (end) {
        sql.len = (size_t)(end - sql.ptr);
    }
    if (sql.len > SQL_SHOWN) {
        sql.len = SQL_SHOWN;
        while (sql.len && ((unsigned char)sql.ptr[sql.len] & 0xC0) == 0x80) {
            sql.len--;
        }
    }
    return sql;
}

/* A server takes only what is UTF-8, and the log is the same wherever it is kept. */
static struct slice clean(struct arena *a, struct slice text)
{
    if (!text.len || utf8_valid(text.ptr, text.len)) {
        return text;
    }
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    while (text.len) {
        size_t n = utf8_valid_length(text.ptr, text.len);
        strbuf_add(&out, text.ptr, n);
        if (n < text.len) {
            strbuf_adds(&out, "\xEF\xBF\xBD");
            n++;
        }
        text = (struct slice){text.ptr + n, text.len - n};
    }
    return (struct slice){arena_dupn(a, out.ptr, out.len), out.len};
}

void audit_row_from_event(struct arena *a, struct audit_row *row, const struct audit_event *e)
{
    *row = (struct audit_row){0};
    for (int i = 0; i < AUDIT_COLUMN_COUNT; i++) {
        const char *at = (const char *)e + columns[i].offset;
        if (i == COLUMN_KIND) {
            row->text[i] = slice_of(event_kind_name(e->kind));
        } else if (columns[i].number) {
            row->number[i] = *(const int64_t *)(const void *)at;
        } else {
            row->text[i] = clean(a, slice_of(*(const char *const *)(const void *)at));
        }
    }
    row->text[COLUMN_SQL] = first_line(row->text[COLUMN_SQL]);
}

void audit_row_read(struct audit_row *row, const struct store_row *from)
{
    for (int i = 0; i < AUDIT_COLUMN_COUNT; i++) {
        if (columns[i].number) {
            row->number[i] = row_number(from, i);
        } else {
            row->text[i] = row_slice(from, i);
        }
    }
    row->previous = row_slice(from, COLUMN_PREVIOUS);
    row->digest = row_slice(from, COLUMN_DIGEST);
}

static void copy_digest(char hex[DIGEST_HEX + 1], struct slice text)
{
    size_t n = text.len > DIGEST_HEX ? DIGEST_HEX : text.len;
    memset(hex, 0, DIGEST_HEX + 1);
    if (n) {
        memcpy(hex, text.ptr, n);
    }
}

int audit_row_to_event(const struct audit_row *row, struct audit_event *e, struct err *err)
{
    struct audit_event it = {.kind = EVENT_KIND_COUNT};
    for (int i = 0; i < AUDIT_COLUMN_COUNT; i++) {
        char *at = (char *)&it + columns[i].offset;
        if (i == COLUMN_KIND) {
            for (int k = 0; k < EVENT_KIND_COUNT; k++) {
                it.kind = slice_eq(row->text[i], kind_names[k]) ? (enum event_kind)k : it.kind;
            }
        } else if (columns[i].number) {
            *(int64_t *)(void *)at = row->number[i];
        } else {
            *(const char **)(void *)at = row->text[i].ptr;
        }
    }
    if (it.kind == EVENT_KIND_COUNT) {
        return err_set(err, ERR_FILE,
                       "event %lld of the audit log is of a kind that this version does not know",
                       (long long)it.seq);
    }
    copy_digest(it.previous, row->previous);
    copy_digest(it.digest, row->digest);
    *e = it;
    return 0;
}

void audit_row_digest(const struct audit_row *row, const char *previous, char hex[DIGEST_HEX + 1])
{
    struct digest d;
    digest_init(&d);
    digest_string(&d, previous);
    for (int i = 0; i < AUDIT_COLUMN_COUNT; i++) {
        if (columns[i].number) {
            digest_number(&d, row->number[i]);
        } else if (row->text[i].ptr) {
            digest_field(&d, row->text[i].ptr, row->text[i].len);
        } else {
            digest_string(&d, NULL);
        }
    }
    digest_hex(&d, hex);
}

void audit_row_values(const struct audit_row *row, struct store_value values[AUDIT_COLUMN_COUNT + 2])
{
    for (int i = 0; i < AUDIT_COLUMN_COUNT; i++) {
        values[i] = columns[i].number ? store_number(row->number[i]) : store_slice(row->text[i]);
    }
    values[COLUMN_PREVIOUS] = store_slice(row->previous);
    values[COLUMN_DIGEST] = store_slice(row->digest);
}
