/* What the tests of a store in a file share: a folder of its own, events, and a look behind the store's back.
 */
#pragma once
#include "base/arena.h"
#include "base/file.h"
#include "engine/store/audit.h"
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
    struct arena a;
    char folder[64];
    char *path;
};

static inline int setup(void **state)
{
    struct fixture *f = xcalloc(1, sizeof(*f));
    snprintf(f->folder, sizeof(f->folder), "/tmp/lockstep-audit-XXXXXX");
    if (!mkdtemp(f->folder)) {
        return -1;
    }
    f->path = arena_printf(&f->a, "%s/.lockstep/store.db", f->folder);
    *state = f;
    return 0;
}

static inline void remove_all(const char *folder)
{
    pid_t pid = fork();
    if (pid == 0) {
        execlp("rm", "rm", "-rf", folder, (char *)NULL);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
}

static inline int teardown(void **state)
{
    struct fixture *f = *state;
    remove_all(f->folder);
    arena_release(&f->a);
    free(f);
    return 0;
}

static inline struct store *open_ok(const struct fixture *f, bool create)
{
    struct err err = {0};
    struct store *s = NULL;
    if (store_open(f->path, create, &s, &err) != 0) {
        fail_msg("store_open: %s: %s", err.file, err.message);
    }
    return s;
}

static inline void append_ok(struct store *s, struct audit_event *events, size_t n, char *head)
{
    struct err err = {0};
    if (audit_append(s, events, n, head, &err) != 0) {
        fail_msg("audit_append: %s: %s", err.file, err.message);
    }
}

static inline struct audit_event event_of(enum event_kind kind, const char *run)
{
    return (struct audit_event){
        .kind = kind, .run = run, .actor = "ana", .host = "laptop", .environment = "staging", .rows = -1};
}

static inline void tamper(const struct fixture *f, const char *sql)
{
    sqlite3 *db = NULL;
    char *message = NULL;
    assert_int_equal(sqlite3_open_v2(f->path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    sqlite3_busy_timeout(db, 10000);
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK) {
        fail_msg("%s: %s", sql, message);
    }
    assert_true(sqlite3_total_changes(db) > 0 || strstr(sql, "TRIGGER") || strstr(sql, "PRAGMA"));
    sqlite3_close(db);
}

static inline int64_t verify(const struct fixture *f, int64_t *events, struct err *err)
{
    struct store *s = open_ok(f, false);
    int64_t bad = -1;
    int rc = audit_verify(s, events, &bad, err);
    assert_int_equal(rc, bad ? ERR_FAILED : 0);
    store_close(s);
    return bad;
}

static inline void assert_holds(const struct fixture *f, int64_t expected)
{
    struct err err = {0};
    int64_t events = 0;
    int64_t bad = verify(f, &events, &err);
    if (bad) {
        fail_msg("event %lld: %s", (long long)bad, err.message);
    }
    assert_int_equal(events, expected);
}

static inline int wait_for(pid_t pid)
{
    int status = -1;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}
