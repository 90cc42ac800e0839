/* The mark of a store in the ids of its runs. */
#include "base/arena.h"
#include "engine/run/store_internal.h"

static int read_identity(struct store *s, char id[16], struct err *err)
{
    STORE_LOCKED(s);
    if (!s->db) {
        return err_set(err, ERR_FAILED, "there is no store");
    }
    AUTO(stmt_finalize) sqlite3_stmt *stmt = NULL;
    int rc = store_prepare(s, "SELECT id FROM identity", &stmt, err);
    if (rc) {
        return rc;
    }
    if (sqlite3_step(stmt) != SQLITE_ROW || sqlite3_column_type(stmt, 0) != SQLITE_TEXT) {
        return store_error(s, err, "cannot read the store's identity");
    }
    snprintf(id, 16, "%s", (const char *)sqlite3_column_text(stmt, 0));
    return 0;
}

int store_run_id(struct store *s, struct arena *a, char **out, struct err *err)
{
    char id[16];
    int rc = read_identity(s, id, err);
    if (rc) {
        return rc;
    }
    *out = arena_printf(a, "%s.%s", run_id_new(a), id);
    return 0;
}

bool store_owns_run(struct store *s, const char *run)
{
    char id[16];
    struct err ignored;
    const char *mark = run ? strrchr(run, '.') : NULL;
    return mark && read_identity(s, id, &ignored) == 0 && strcmp(mark + 1, id) == 0;
}
