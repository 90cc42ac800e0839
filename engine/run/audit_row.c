/* One event as a row: its columns, its digest, its way into and out of SQLite. */
#include "engine/run/store_internal.h"

static const char *const kind_names[] = {
    [EVENT_RUN_STARTED] = "run_started",   [EVENT_TARGET_STARTED] = "target_started",
    [EVENT_STATEMENT] = "statement",       [EVENT_STEP] = "step",
    [EVENT_COMMITTING] = "committing",     [EVENT_TARGET_FINISHED] = "target_finished",
    [EVENT_COMPENSATED] = "compensated",   [EVENT_STAMPED] = "stamped",
    [EVENT_RUN_FINISHED] = "run_finished", [EVENT_RUN_ABANDONED] = "run_abandoned",
    [EVENT_RUN_RESUMED] = "run_resumed",
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

void audit_row_from_event(struct audit_row *row, const struct audit_event *e)
{
    *row = (struct audit_row){0};
    for (int i = 0; i < AUDIT_COLUMN_COUNT; i++) {
        const char *at = (const char *)e + columns[i].offset;
        if (i == COLUMN_KIND) {
            row->text[i] = slice_of(event_kind_name(e->kind));
        } else if (columns[i].number) {
            row->number[i] = *(const int64_t *)(const void *)at;
        } else {
            row->text[i] = slice_of(*(const char *const *)(const void *)at);
        }
    }
    row->text[COLUMN_SQL] = first_line(row->text[COLUMN_SQL]);
}

static struct slice column_text(sqlite3_stmt *stmt, int column)
{
    const char *ptr = (const char *)sqlite3_column_text(stmt, column);
    return (struct slice){ptr, (size_t)sqlite3_column_bytes(stmt, column)};
}

void audit_row_from_statement(struct audit_row *row, sqlite3_stmt *stmt)
{
    for (int i = 0; i < AUDIT_COLUMN_COUNT; i++) {
        if (columns[i].number) {
            row->number[i] = sqlite3_column_int64(stmt, i);
        } else {
            row->text[i] = column_text(stmt, i);
        }
    }
    row->previous = column_text(stmt, COLUMN_PREVIOUS);
    row->digest = column_text(stmt, COLUMN_DIGEST);
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

int audit_row_bind(const struct audit_row *row, sqlite3_stmt *stmt)
{
    int rc = SQLITE_OK;
    for (int i = 0; i < AUDIT_COLUMN_COUNT + 2 && rc == SQLITE_OK; i++) {
        struct slice text = i == COLUMN_PREVIOUS ? row->previous
                            : i == COLUMN_DIGEST ? row->digest
                                                 : row->text[i];
        if (i < AUDIT_COLUMN_COUNT && columns[i].number) {
            rc = sqlite3_bind_int64(stmt, i + 1, row->number[i]);
        } else if (text.ptr) {
            rc = sqlite3_bind_text64(stmt, i + 1, text.ptr, text.len, SQLITE_STATIC, SQLITE_UTF8);
        } else {
            rc = sqlite3_bind_null(stmt, i + 1);
        }
    }
    return rc;
}
