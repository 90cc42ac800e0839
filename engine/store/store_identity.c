/* The mark of a store in the ids of its runs. */
#include "base/arena.h"
#include "engine/store/store_internal.h"

static int take_identity(void *arg, const struct store_row *row, UNUSED struct err *err)
{
    struct slice id = row_slice(row, 0);
    snprintf(arg, 16, "%.*s", (int)id.len, id.ptr ? id.ptr : "");
    return 0;
}

static int read_identity(struct store *s, char id[16], struct err *err)
{
    static const char doing[] = "cannot read the store's identity";
    id[0] = '\0';
    int rc = store_query(s, "SELECT id FROM identity", NULL, 0, take_identity, id, doing, err);
    if (!rc && !id[0]) {
        err_set(err, ERR_FILE, "%s: there is none", doing);
        rc = err_place(err, s->path, 0, 0);
    }
    return rc;
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
