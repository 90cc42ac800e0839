/* Opening and closing SQLite databases, cancelling, waiting for locks, and errors in our terms. */
#include "drivers/sqlite/connection.h"
#include "base/file.h"
#include "drivers/sqlite_library.h"
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>

#define LOCK_TIMEOUT_MS  5000
#define BUSY_WAIT_MAX_MS 20
#define PROGRESS_STEPS   2000 /* virtual machine steps between two looks at clock and cancel flag */

/* Called by SQLite while another connection holds the lock it needs; its own handler would not see a cancel.
 */
static int wait_busy(void *arg, int count)
{
    struct conn *c = arg;
    int64_t now = time_monotonic_us();
    if (count == 0) {
        c->busy_since_us = now;
    }
    if (atomic_load(&c->cancelled)) {
        return 0;
    }
    if (c->deadline_us && now >= c->deadline_us) {
        c->timed_out = true;
        return 0;
    }
    int64_t left_ms = (c->busy_since_us + c->lock_timeout_us - now + 999) / 1000;
    if (left_ms <= 0) {
        return 0;
    }
    int ms = count < BUSY_WAIT_MAX_MS ? count + 1 : BUSY_WAIT_MAX_MS;
    poll(NULL, 0, left_ms < ms ? (int)left_ms : ms);
    return 1;
}

/* sqlite3_interrupt() alone is forgotten when it comes just before a statement starts. */
static int check_progress(void *arg)
{
    struct conn *c = arg;
    if (atomic_load(&c->cancelled)) {
        return 1;
    }
    if (c->deadline_us && time_monotonic_us() >= c->deadline_us) {
        c->timed_out = true;
        return 1;
    }
    return 0;
}

/* `create` is the session's wish; a mode in the address outranks it. */
static int read_mode(const struct driver_address *address, bool create, int *flags, struct err *err)
{
    *flags = create ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE;
    for (size_t i = 0; i < address->nparams; i++) {
        const struct driver_param *p = &address->params[i];
        if (strcmp(p->name, "mode") != 0) {
            err_set(err, ERR_USAGE, "unknown parameter '%s' for SQLite", p->name);
            return err_hint(err, "The only parameter is mode, which is ro, rw or rwc.");
        }
        if (strcmp(p->value, "ro") == 0) {
            *flags = SQLITE_OPEN_READONLY;
        } else if (strcmp(p->value, "rw") == 0) {
            *flags = SQLITE_OPEN_READWRITE;
        } else if (strcmp(p->value, "rwc") != 0) {
            return err_set(err, ERR_USAGE, "parameter mode is '%s', expected ro, rw or rwc", p->value);
        }
    }
    return 0;
}

static int unreachable(struct conn *c, struct err *err, int error)
{
    return err_set(err, ERR_UNREACHABLE, "cannot open SQLite database '%s': %s", c->path, strerror(error));
}

/* Find out what the path names. c->real_path stays NULL when the file is missing and must not be made. */
static int look_up(struct conn *c, bool create, struct err *err)
{
    struct stat st;
    if (stat(c->path, &st) == 0) {
        if (S_ISDIR(st.st_mode)) {
            unreachable(c, err, EISDIR);
            return err_hint(err, "Name a file in that folder.");
        }
        char *real = realpath(c->path, NULL);
        if (!real) {
            return unreachable(c, err, errno);
        }
        c->real_path = arena_dup(&c->arena, real);
        free(real);
        return 0;
    }
    if (errno != ENOENT) {
        return unreachable(c, err, errno);
    }
    char *folder = realpath(path_dirname(&c->arena, c->path), NULL);
    if (!folder) {
        unreachable(c, err, errno);
        return err_hint(err, "Create the folder '%s' first, or correct the path.",
                        path_dirname(&c->arena, c->path));
    }
    if (create) {
        c->real_path = arena_printf(&c->arena, "%s/%s", folder, path_basename(c->path));
    }
    free(folder);
    return 0;
}

static int connect_file(struct conn *c, int flags, struct err *err)
{
    const char *name = ":memory:";
    if (c->real_path) {
        /* An absolute path is never mistaken for a URI or a special name. */
        name = c->real_path;
    }
    sqlite_library_begin();
    int rc = sqlite3_open_v2(name, &c->db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    if (rc != SQLITE_OK) {
        int error = c->db ? sqlite3_system_errno(c->db) : 0;
        err_set(err, ERR_UNREACHABLE, "cannot open SQLite database '%s': %s", c->path,
                error ? strerror(error) : sqlite3_errstr(rc));
        return err_hint(err,
                        "Check that the file and its folder exist and that you may read and write them.");
    }
    sqlite3_busy_handler(c->db, wait_busy, c);
    sqlite3_progress_handler(c->db, PROGRESS_STEPS, check_progress, c);
    return 0;
}

int sqlite_open(const struct driver_address *address, const struct driver_session *session, struct conn **out,
                struct err *err)
{
    if (!address->database || !address->database[0]) {
        err_set(err, ERR_UNREACHABLE, "no SQLite database is named");
        return err_hint(err, "Give the path of a file, as in sqlite:///data/shop.db, or :memory:.");
    }
    struct conn *c = xcalloc(1, sizeof(*c));
    c->base.driver = &driver_sqlite;
    c->lock_fd = -1;
    c->path = arena_dup(&c->arena, address->database);
    c->application = arena_dup(&c->arena, session->application);
    c->lock_timeout_us = (session->lock_timeout_ms > 0 ? session->lock_timeout_ms : LOCK_TIMEOUT_MS) * 1000;
    c->statement_timeout_us = session->statement_timeout_ms > 0 ? session->statement_timeout_ms * 1000 : 0;
    snprintf(c->server, sizeof(c->server), "SQLite %s", sqlite3_libversion());

    int flags = 0;
    int rc = read_mode(address, session->create, &flags, err);
    if (rc == 0 && strcmp(c->path, ":memory:") != 0) {
        rc = look_up(c, (flags & SQLITE_OPEN_CREATE) != 0, err);
    }
    if (rc == 0) {
        if (!c->real_path) {
            flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
        }
        rc = connect_file(c, flags, err);
    }
    if (rc != 0) {
        sqlite_close(c);
        return rc;
    }
    *out = c;
    return 0;
}

void sqlite_close(struct conn *c)
{
    if (!c) {
        return;
    }
    /* Before the lock goes, so that whoever takes it next finds no transaction of ours. */
    sqlite3_close(c->db);
    sqlite_lock_drop(c);
    arena_release(&c->arena);
    free(c);
}

void sqlite_cancel(struct conn *c)
{
    atomic_store(&c->cancelled, true);
    sqlite3_interrupt(c->db);
}

void sqlite_cancel_reset(struct conn *c)
{
    atomic_store(&c->cancelled, false);
}

static bool starts(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

static bool ends(const char *s, const char *suffix)
{
    size_t n = strlen(s), m = strlen(suffix);
    return n >= m && strcmp(s + n - m, suffix) == 0;
}

/* SQLITE_ERROR stands for most mistakes in a statement; only its message tells them apart. */
static const char *state_of_message(const char *message)
{
    static const struct {
        const char *start, *end, *state;
    } known[] = {
        {"no such table: ", "", "42S02"},         {"no such view: ", "", "42S02"},
        {"no such column: ", "", "42S22"},        {"no such index: ", "", "42S12"},
        {"duplicate column name: ", "", "42S21"}, {"table ", " already exists", "42S01"},
        {"view ", " already exists", "42S01"},    {"index ", " already exists", "42S11"},
        {"there is already ", "", "42S01"},       {"cannot start a transaction", "", "25001"},
        {"cannot commit - ", "", "25000"},        {"cannot rollback - ", "", "25000"},
        {"near \"", ": syntax error", "42000"},   {"unrecognized token", "", "42000"},
        {"incomplete input", "", "42000"},
    };
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        if (starts(message, known[i].start) && ends(message, known[i].end)) {
            return known[i].state;
        }
    }
    return "HY000";
}

static const char *state_of_code(int code, const char *message)
{
    static const struct {
        int code;
        const char state[6];
    } known[] = {
        {SQLITE_CONSTRAINT, "23000"}, {SQLITE_BUSY, "HYT00"},     {SQLITE_LOCKED, "HYT00"},
        {SQLITE_READONLY, "25006"},   {SQLITE_FULL, "53100"},     {SQLITE_NOMEM, "53200"},
        {SQLITE_TOOBIG, "54000"},     {SQLITE_CORRUPT, "XX001"},  {SQLITE_NOTADB, "08004"},
        {SQLITE_CANTOPEN, "08001"},   {SQLITE_IOERR, "58030"},    {SQLITE_PERM, "42501"},
        {SQLITE_AUTH, "42501"},       {SQLITE_MISMATCH, "22018"}, {SQLITE_INTERRUPT, "57014"},
    };
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        if (known[i].code == (code & 0xff)) {
            return known[i].state;
        }
    }
    return state_of_message(message);
}

static void set_hint(struct conn *c, int code, struct err *err)
{
    switch (code & 0xff) {
    case SQLITE_BUSY:
        err->retryable = true;
        err_hint(err, "Another program is using the database; wait for it, or raise lock_timeout.");
        break;
    case SQLITE_READONLY:
        err_hint(err, "Check that you may write '%s' and its folder, where the rollback journal goes.",
                 c->path);
        break;
    case SQLITE_CANTOPEN:
        err_hint(err, "Check that you may read and write '%s' and its folder.", c->path);
        break;
    case SQLITE_NOTADB:
        err_hint(err, "Check the path: the file is something else, or is encrypted.");
        break;
    case SQLITE_FULL:
        err_hint(err, "Make room on the disk and try again.");
        break;
    default:
        break;
    }
}

/* The offset counts bytes, columns characters. */
static void set_place(struct err *err, const struct slice *sql, int offset)
{
    if (!sql || offset < 0 || (size_t)offset > sql->len) {
        return;
    }
    err->line = err->column = 1;
    for (int i = 0; i < offset; i++) {
        unsigned char ch = (unsigned char)sql->ptr[i];
        if (ch == '\n') {
            err->line++;
            err->column = 1;
        } else if ((ch & 0xc0) != 0x80) {
            err->column++;
        }
    }
}

int sqlite_error(struct conn *c, const struct slice *sql, int code, struct err *err)
{
    const char *message = sqlite3_errmsg(c->db);
    int offset = sqlite3_error_offset(c->db);
    int primary = code & 0xff;
    if (atomic_load(&c->cancelled) && (primary == SQLITE_INTERRUPT || primary == SQLITE_BUSY)) {
        err_set(err, ERR_INTERRUPTED, "cancelled");
    } else if (c->timed_out) {
        err_set(err, ERR_FAILED, "statement timeout: not finished within %lld ms",
                (long long)(c->statement_timeout_us / 1000));
        code = SQLITE_INTERRUPT;
    } else if (primary == SQLITE_NOTADB) {
        err_set(err, ERR_UNREACHABLE, "'%s' is not an SQLite database", c->path);
    } else {
        err_set(err, ERR_FAILED, "%s", message);
    }
    if (!err) {
        return ERR_FAILED;
    }
    snprintf(err->sqlstate, sizeof(err->sqlstate), "%s", state_of_code(code, message));
    if (err->status != ERR_INTERRUPTED && !c->timed_out) {
        set_hint(c, code, err);
    }
    set_place(err, sql, offset);
    return err->status;
}
