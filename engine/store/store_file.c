/* A store in a file: making, opening, its schema, and what its errors mean to people. */
#include "base/arena.h"
#include "base/file.h"
#include "drivers/sqlite_library.h"
#include "engine/store/sql.h"
#include "engine/store/store.h"
#include "engine/store/store_sqlite.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define APPLICATION_ID  0x4c6b5374 /* "LkSt" */
#define BUSY_TIMEOUT_MS 10000

static const char *const versions[] = {sql_store_store_1, sql_store_store_2, sql_store_store_3};
_Static_assert(COUNT_OF(versions) == STORE_VERSION, "a file for each version");

void stmt_finalize(sqlite3_stmt **stmt)
{
    sqlite3_finalize(*stmt);
}

static int not_a_store(struct err *err, const char *path, const char *what)
{
    err_set(err, ERR_FILE, "%s", what);
    err_hint(err, "Name another file as \"store\" in lockstep.yaml, or move this one away.");
    return err_place(err, path, 0, 0);
}

int store_sqlite_error(struct store *s, struct err *err, const char *doing)
{
    int code = sqlite3_errcode(s->sqlite->db) & 0xFF;
    switch (code) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        err_set(err, ERR_FAILED, "%s: another process has been writing to it for %d seconds", doing,
                BUSY_TIMEOUT_MS / 1000);
        err_hint(err, "Try again when that process has ended.");
        if (err) {
            err->retryable = true;
        }
        break;
    case SQLITE_FULL:
        err_set(err, ERR_FAILED, "%s: the disk is full", doing);
        err_hint(err, "Make room on the disk that holds the store.");
        break;
    case SQLITE_READONLY:
        err_set(err, ERR_FILE, "%s: it is read-only", doing);
        err_hint(err, "Check who owns the store and its folder, and whether the disk is mounted read-only.");
        break;
    case SQLITE_NOTADB:
        return not_a_store(err, s->path, "is not a lockstep store");
    case SQLITE_CORRUPT:
        err_set(err, ERR_FILE, "%s: its file is damaged (%s)", doing, sqlite3_errmsg(s->sqlite->db));
        err_hint(err, "Move it away together with its -wal file, and keep both for examination.");
        break;
    default: {
        int system = sqlite3_system_errno(s->sqlite->db);
        bool why = (code == SQLITE_IOERR || code == SQLITE_CANTOPEN) && system;
        err_set(err, code == SQLITE_CANTOPEN ? ERR_FILE : ERR_FAILED, "%s: %s%s%s%s", doing,
                sqlite3_errmsg(s->sqlite->db), why ? " (" : "", why ? strerror(system) : "", why ? ")" : "");
    }
    }
    return err_place(err, s->path, 0, 0), err ? err->status : ERR_FAILED;
}

static int exec_text(struct store *s, const char *sql, const char *doing, struct err *err)
{
    if (sqlite3_exec(s->sqlite->db, sql, NULL, NULL, NULL) != SQLITE_OK) {
        return store_sqlite_error(s, err, doing);
    }
    return 0;
}

static int pragma_number(struct store *s, const char *pragma, int64_t *out, struct err *err)
{
    AUTO(stmt_finalize) sqlite3_stmt *stmt = NULL;
    if (sqlite3_prepare_v2(s->sqlite->db, pragma, -1, &stmt, NULL) != SQLITE_OK ||
        sqlite3_step(stmt) != SQLITE_ROW) {
        return store_sqlite_error(s, err, "cannot read the store");
    }
    *out = sqlite3_column_int64(stmt, 0);
    return 0;
}

/* Nothing in the file may act when it is read: a trigger could swallow events, a view pose as their table. */
static int connect_db(struct store *s, const char *name, int flags, struct err *err)
{
    sqlite_library_begin();
    /* The store's own mutex is held for the whole of every call: SQLite needs none. */
    if (sqlite3_open_v2(name, &s->sqlite->db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
        return store_sqlite_error(s, err, "cannot open the store");
    }
    sqlite3_extended_result_codes(s->sqlite->db, 1);
    sqlite3_busy_timeout(s->sqlite->db, BUSY_TIMEOUT_MS);
    sqlite3_db_config(s->sqlite->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config(s->sqlite->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    return exec_text(s, "PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON",
                     "cannot open the store", err);
}

static void disconnect_db(struct store *s)
{
    for (size_t i = 0; i < s->sqlite->nkept; i++) {
        sqlite3_finalize(s->sqlite->kept[i].stmt);
    }
    s->sqlite->nkept = 0;
    sqlite3_close_v2(s->sqlite->db);
    s->sqlite->db = NULL;
}

static int bring_up_to_date(struct store *s, struct err *err)
{
    static const char doing[] = "cannot bring the store up to date";
    int rc = exec_text(s, "BEGIN IMMEDIATE", doing, err);
    if (rc) {
        return rc;
    }
    int64_t version = 0;
    rc = pragma_number(s, "PRAGMA user_version", &version, err);
    for (int64_t v = version; !rc && v < STORE_VERSION; v++) {
        rc = exec_text(s, versions[v], doing, err);
    }
    char text[64];
    snprintf(text, sizeof(text), "PRAGMA user_version = %d; COMMIT", STORE_VERSION);
    rc = rc ? rc : exec_text(s, text, doing, err);
    if (rc && !sqlite3_get_autocommit(s->sqlite->db)) {
        sqlite3_exec(s->sqlite->db, "ROLLBACK", NULL, NULL, NULL);
    }
    s->version = rc ? version : STORE_VERSION;
    return rc;
}

static int fill_new(const char *temp, struct err *err)
{
    char text[128];
    /* Pages of 8 KiB: events are long, and each page is written twice, into the log and from there. */
    snprintf(text, sizeof(text), "PRAGMA page_size = 8192; PRAGMA application_id = %d", APPLICATION_ID);
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct store_sqlite sqlite = {.alive_fd = -1};
    struct store s = {.path = arena_dup(&a, temp), .sqlite = &sqlite};
    int rc = connect_db(&s, temp, SQLITE_OPEN_READWRITE, err);
    rc = rc ? rc : exec_text(&s, text, "cannot make the store", err);
    rc = rc ? rc : bring_up_to_date(&s, err);
    /* Last: with a log, a full disk would show only when the file is closed, where nobody is told. */
    rc = rc ? rc : exec_text(&s, "PRAGMA journal_mode = WAL", "cannot make the store", err);
    disconnect_db(&s);
    return rc;
}

static int publish(const char *temp, const char *path, const char *folder, struct err *err)
{
    /* A file system without links (some mounts into containers) still knows a rename that replaces nothing.
     */
    int rc = link(temp, path);
    if (rc != 0 && errno != EEXIST) {
        rc = renameat2(AT_FDCWD, temp, AT_FDCWD, path, RENAME_NOREPLACE);
    }
    if (rc != 0 && errno != EEXIST) {
        return err_errno(err, path, "cannot make the store");
    }
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    return 0;
}

/* The store is made under another name and appears complete: no other process ever sees half of one, and of
 * several that make it at the same time the first wins. */
static int store_make(struct arena *a, const char *path, struct err *err)
{
    char *folder = path_dirname(a, path), *above = path_dirname(a, folder);
    if (!file_exists(above)) { /* a slip of the pen would make an empty store in a place of its own */
        err_set(err, ERR_FILE, "cannot make the store: the folder %s does not exist", above);
        err_hint(err, "Make it, or name another place as \"store\" in lockstep.yaml.");
        return err_place(err, path, 0, 0);
    }
    int rc = file_mkdirs(folder, err);
    if (rc) {
        return rc;
    }
    char *ignore = path_join(a, folder, ".gitignore");
    if (strcmp(path_basename(folder), ".lockstep") == 0 && !file_exists(ignore)) {
        rc = file_write(ignore, SLICE("*\n"), false, err);
        if (rc) {
            return rc;
        }
    }
    char *temp = arena_printf(a, "%s.XXXXXX", path);
    int fd = mkostemp(temp, O_CLOEXEC); /* mode 0600, which the -wal and -shm files take over */
    if (fd < 0) {
        return err_errno(err, path, "cannot make the store");
    }
    close(fd);
    rc = fill_new(temp, err);
    if (rc) {
        err_place(err, path, 0, 0);
    } else {
        rc = publish(temp, path, folder, err);
    }
    unlink(temp);
    unlink(arena_printf(a, "%s-journal", temp));
    unlink(arena_printf(a, "%s-wal", temp));
    unlink(arena_printf(a, "%s-shm", temp));
    return rc;
}

static int check_header(struct store *s, struct err *err)
{
    int64_t application = 0, version = 0;
    int rc = pragma_number(s, "PRAGMA application_id", &application, err);
    rc = rc ? rc : pragma_number(s, "PRAGMA user_version", &version, err);
    if (rc) {
        return rc;
    }
    if (application != APPLICATION_ID) {
        return not_a_store(err, s->path, "is not a lockstep store");
    }
    if (version > STORE_VERSION) {
        return store_too_new(s, version, err);
    }
    if (version < STORE_VERSION && !s->read_only) {
        return bring_up_to_date(s, err);
    }
    s->version = version;
    return 0;
}

/* A store on a read-only disk, as an auditor may have it: WAL files cannot be made beside it. */
static int open_immutable(struct arena *a, struct store *s, struct err *err)
{
    AUTO(strbuf_release) struct strbuf uri = STRBUF_INIT;
    strbuf_adds(&uri, "file:");
    for (const char *p = s->path; *p; p++) {
        if (*p == '%' || *p == '?' || *p == '#') {
            strbuf_addf(&uri, "%%%02X", (unsigned)*p);
        } else {
            strbuf_addch(&uri, *p);
        }
    }
    strbuf_adds(&uri, file_exists(arena_printf(a, "%s-wal", s->path)) ? "" : "?immutable=1");
    s->read_only = true;
    int rc = connect_db(s, strbuf_cstr(&uri), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, err);
    return rc ? rc : check_header(s, err);
}

static int open_file(struct arena *a, struct store *s, bool create, struct err *err)
{
    char *folder = path_dirname(a, s->path);
    bool writable = access(s->path, W_OK) == 0 && access(folder, W_OK) == 0;
    if (!writable && !create) {
        return open_immutable(a, s, err);
    }
    if (!writable) {
        err_set(err, ERR_FILE, "cannot write to the store: %s", strerror(errno));
        err_hint(err, "Check who owns the store and its folder, and whether the disk is mounted read-only.");
        return err_place(err, s->path, 0, 0);
    }
    int rc = connect_db(s, s->path, SQLITE_OPEN_READWRITE, err);
    return rc ? rc : check_header(s, err);
}

static int open_existing(struct arena *a, struct store *s, bool create, struct err *err)
{
    struct stat st;
    if (lstat(s->path, &st) != 0) {
        return err_errno(err, s->path, "cannot open the store");
    }
    if (S_ISLNK(st.st_mode)) {
        return not_a_store(err, s->path, "is a symbolic link; the store must be a file of its own");
    }
    if (!S_ISREG(st.st_mode)) {
        return not_a_store(err, s->path,
                           S_ISDIR(st.st_mode) ? "is a folder, the store's file was expected"
                                               : "is not a regular file");
    }
    return open_file(a, s, create, err);
}

/* The chain is read from the table; what people are shown comes through indexes, which must say the same. */
static int check_file(struct store *s, struct err *err)
{
    AUTO(stmt_finalize) sqlite3_stmt *stmt = NULL;
    if (sqlite3_prepare_v2(s->sqlite->db, "PRAGMA integrity_check(1)", -1, &stmt, NULL) != SQLITE_OK ||
        sqlite3_step(stmt) != SQLITE_ROW) {
        return store_sqlite_error(s, err, "cannot read the audit log");
    }
    const char *said = (const char *)sqlite3_column_text(stmt, 0);
    if (said && strcmp(said, "ok") == 0) {
        return 0;
    }
    err_set(err, ERR_FILE, "the store's file is damaged: %s", said ? said : "unknown");
    return err_place(err, s->path, 0, 0);
}

static void close_file(struct store *s)
{
    disconnect_db(s);
    if (s->sqlite->alive_fd >= 0) {
        close(s->sqlite->alive_fd);
    }
    free(s->sqlite);
}

static int reopen_file(struct store *s, struct store **out, struct err *err)
{
    return store_open(s->path, !s->read_only, out, err);
}

static const struct store_backend backend_sqlite = {
    .page = INT64_MAX,
    .calls = store_sqlite_calls,
    .begin = store_sqlite_begin,
    .commit = store_sqlite_commit,
    .rollback = store_sqlite_rollback,
    .check = check_file,
    .reopen = reopen_file,
    .close = close_file,
};

int store_open(const char *path, bool create, struct store **out, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    /* "./" before a relative path: SQLite gives names such as ":memory:" a meaning of their own. */
    struct store *s = store_new(arena_printf(&a, "%s%s", path[0] == '/' || path[0] == '.' ? "" : "./", path));
    s->sqlite = xcalloc(1, sizeof(*s->sqlite));
    s->sqlite->alive_fd = -1;
    s->backend = &backend_sqlite;
    struct stat st;
    bool missing = lstat(s->path, &st) != 0 && errno == ENOENT;
    int rc = missing && create ? store_make(&a, s->path, err) : 0;
    if (!rc && (!missing || create)) {
        rc = open_existing(&a, s, create, err);
    }
    if (rc) {
        store_close(s);
        return rc;
    }
    if (!s->sqlite->db) {
        close_file(s);
        s->sqlite = NULL;
        s->backend = NULL; /* it reads as empty */
    }
    *out = s;
    return 0;
}
