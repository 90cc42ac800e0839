/* Which runs are in flight, and which died without saying so. */
#include "base/arena.h"
#include "base/file.h"
#include "engine/run/store_internal.h"
#include <errno.h>
#include <unistd.h>

struct process {
    int64_t pid, started; /* started: clock ticks since the machine's start; 0 when unknown */
    const char *boot;     /* which start of which machine, and which process namespace */
};

static const char *read_proc(struct arena *a, const char *path)
{
    struct slice text;
    return file_read(a, path, 0, &text, NULL) == 0 ? slice_dup(a, slice_trim(text)) : NULL;
}

/* The 22nd field of /proc/PID/stat; the second is the program's name, which may hold anything. */
static bool process_started(struct arena *a, int64_t pid, int64_t *out)
{
    const char *stat = read_proc(a, arena_printf(a, "/proc/%lld/stat", (long long)pid));
    const char *p = stat ? strrchr(stat, ')') : NULL;
    for (int field = 2; p && field < 22; field++) {
        p = strchr(p + 1, ' ');
    }
    if (!p) {
        return false;
    }
    *out = strtoll(p, NULL, 10);
    return true;
}

static const char *boot_id(struct arena *a)
{
    const char *boot = read_proc(a, "/proc/sys/kernel/random/boot_id");
    return boot ? boot : "";
}

static const char *namespace_id(struct arena *a)
{
    char text[64];
    ssize_t n = readlink("/proc/self/ns/pid", text, sizeof(text));
    return n > 0 ? arena_dupn(a, text, (size_t)n) : "";
}

int alive_add(struct store *s, const struct audit_event *started, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    int64_t since = 0;
    process_started(&a, getpid(), &since);
    AUTO(stmt_finalize) sqlite3_stmt *stmt = NULL;
    int rc = store_prepare(
        s, "INSERT OR REPLACE INTO runs_alive (run, host, pid, started, boot) VALUES (?, ?, ?, ?, ?)", &stmt,
        err);
    if (rc) {
        return rc;
    }
    sqlite3_bind_text(stmt, 1, started->run, -1, SQLITE_STATIC);
    sqlite3_bind_text(stmt, 2, actor_host(&a), -1, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 3, getpid());
    sqlite3_bind_int64(stmt, 4, since);
    sqlite3_bind_text(stmt, 5, arena_printf(&a, "%s %s", boot_id(&a), namespace_id(&a)), -1, SQLITE_STATIC);
    return sqlite3_step(stmt) == SQLITE_DONE ? 0 : store_error(s, err, "cannot write to the store");
}

int alive_remove(struct store *s, const char *run, struct err *err)
{
    AUTO(stmt_finalize) sqlite3_stmt *stmt = NULL;
    int rc = store_prepare(s, "DELETE FROM runs_alive WHERE run = ?", &stmt, err);
    if (rc) {
        return rc;
    }
    sqlite3_bind_text(stmt, 1, run, -1, SQLITE_STATIC);
    return sqlite3_step(stmt) == SQLITE_DONE ? 0 : store_error(s, err, "cannot write to the store");
}

/* Only what is certain counts: a run of another process namespace of this machine cannot be judged from here.
 */
static bool is_gone(struct arena *a, int64_t pid, int64_t started, const char *boot)
{
    const char *here = boot_id(a), *space = namespace_id(a);
    size_t n = strlen(here);
    if (!n || !boot) {
        return false;
    }
    if (strncmp(boot, here, n) != 0 || boot[n] != ' ') {
        return true; /* the machine was started anew since */
    }
    if (strcmp(boot + n + 1, space) != 0) {
        return false;
    }
    int64_t now;
    if (!process_started(a, pid, &now)) {
        return access(arena_printf(a, "/proc/%lld", (long long)pid), F_OK) != 0 && errno == ENOENT;
    }
    return started && now != started;
}

static int find_gone(struct store *s, struct arena *a, strings_t *out, struct err *err)
{
    AUTO(stmt_finalize) sqlite3_stmt *stmt = NULL;
    int rc = store_prepare(s, "SELECT run, pid, started, boot FROM runs_alive WHERE host = ? ORDER BY run",
                           &stmt, err);
    if (rc) {
        return rc;
    }
    sqlite3_bind_text(stmt, 1, actor_host(a), -1, SQLITE_STATIC);
    int step = sqlite3_step(stmt);
    for (; step == SQLITE_ROW; step = sqlite3_step(stmt)) {
        const char *boot = (const char *)sqlite3_column_text(stmt, 3);
        if (is_gone(a, sqlite3_column_int64(stmt, 1), sqlite3_column_int64(stmt, 2), boot)) {
            const char **run = vec_push(a, out);
            *run = arena_dup(a, (const char *)sqlite3_column_text(stmt, 0));
        }
    }
    return step == SQLITE_DONE ? 0 : store_error(s, err, "cannot read the store");
}

/* The event carries environment and plan of the run that it closes. */
static int abandoned_event(struct store *s, struct arena *a, const char *run, struct audit_event *out,
                           struct err *err)
{
    AUTO(stmt_finalize) sqlite3_stmt *stmt = NULL;
    int rc = store_prepare(
        s, "SELECT environment, plan FROM events WHERE run = ? AND kind = 'run_started' LIMIT 1", &stmt, err);
    if (rc) {
        return rc;
    }
    *out = (struct audit_event){.kind = EVENT_RUN_ABANDONED,
                                .at_us = time_now_us(),
                                .run = run,
                                .actor = actor_name(a),
                                .host = actor_host(a),
                                .rows = -1,
                                .outcome = "abandoned",
                                .detail = "its process is gone and wrote no end"};
    sqlite3_bind_text(stmt, 1, run, -1, SQLITE_STATIC);
    int step = sqlite3_step(stmt);
    if (step == SQLITE_ROW) {
        out->environment = arena_dup(a, (const char *)sqlite3_column_text(stmt, 0));
        out->plan = arena_dup(a, (const char *)sqlite3_column_text(stmt, 1));
    }
    return step == SQLITE_ROW || step == SQLITE_DONE ? 0 : store_error(s, err, "cannot read the store");
}

static int close_gone(struct store *s, struct arena *a, struct err *err)
{
    strings_t gone = {0};
    struct audit_head head;
    int rc = find_gone(s, a, &gone, err);
    rc = rc ? rc : audit_read_head(s, &head, err);
    for (size_t i = 0; !rc && i < gone.n; i++) {
        struct audit_event event;
        char digest[1][DIGEST_HEX + 1];
        rc = abandoned_event(s, a, gone.items[i], &event, err);
        rc = rc ? rc : audit_append_open(s, &event, 1, &head, digest, err);
    }
    return rc;
}

int audit_close_abandoned(struct store *s, struct err *err)
{
    STORE_LOCKED(s);
    if (!s->db || s->read_only) {
        return 0;
    }
    AUTO(arena_release) struct arena a = ARENA_INIT;
    strings_t gone = {0};
    int rc = find_gone(s, &a, &gone, err);
    if (rc || !gone.n) {
        return rc;
    }
    /* Looked for again inside the transaction: another process may be doing the same. */
    rc = store_exec(s, "BEGIN IMMEDIATE", "cannot write to the audit log", err);
    if (rc) {
        return rc;
    }
    rc = close_gone(s, &a, err);
    rc = rc ? rc : store_exec(s, "COMMIT", "cannot write to the audit log", err);
    if (rc && !sqlite3_get_autocommit(s->db)) {
        sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    }
    return rc;
}
