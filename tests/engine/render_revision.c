/*
 * lockstep-alembic-render FILE DIALECT up|down [plan]: the SQL of one direction of a revision file, as
 * Alembic's offline mode writes it (with "plan": as a run would send it). An error is printed behind it, as
 * "ERROR <message>", and the status is 1 for an exception, 2 for a refusal, 3 for what needs a database.
 */
#include "base/file.h"
#include "engine/alembic/migration.h"
#include <stdio.h>
#include <string.h>

static int print(void *arg, const struct migration_statement *s, struct arena *a, struct rowset *rows,
                 int64_t *affected, struct err *err)
{
    const struct ddl_dialect *d = arg;
    (void)a;
    (void)rows;
    (void)affected;
    (void)err;
    if (s->kind == MIGRATION_STATEMENT) {
        printf("%.*s;\n\n", (int)s->text.len, s->text.ptr);
    } else if (d->transactional_ddl) {
        printf("%s;\n\n", s->kind == MIGRATION_AUTOCOMMIT ? "COMMIT" : "BEGIN");
    }
    return 0;
}

static int render(const char *file, const struct ddl_dialect *d, bool down, bool plan)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct migration_settings settings = {0};
    struct slice text;
    struct py_node *tree;
    struct err err = {0};
    enum py_stop stop = PY_FAILED;
    struct migration m = {.mode = plan ? MIGRATION_PLAN : MIGRATION_OFFLINE,
                          .dialect = d,
                          .settings = &settings,
                          .downgrade = down,
                          .arg = (void *)(uintptr_t)d,
                          .statement = print};
    int rc = file_read(&a, file, 0, &text, &err);
    rc = rc ? rc : py_parse(&a, file, text, &tree, &err);
    rc = rc ? rc : migration_run(NULL, &m, file, text, tree, &stop, &err);
    if (rc == 0) {
        return 0;
    }
    char where[4096];
    printf("ERROR %s\n", err.message);
    fprintf(stderr, "%s\n%s\n", err_format(&err, where, sizeof(where)), err.excerpt);
    return stop == PY_REFUSED ? 2 : stop == PY_NEEDS_LIVE ? 3 : 1;
}

int main(int argc, char **argv)
{
    const struct ddl_dialect *d = argc > 2 ? ddl_dialect_find(argv[2]) : NULL;
    if (argc < 4 || !d) {
        fprintf(stderr, "usage: %s FILE postgresql|mysql|mariadb|sqlite up|down [plan]\n", argv[0]);
        return 64;
    }
    return render(argv[1], d, strcmp(argv[3], "down") == 0, argc > 4 && strcmp(argv[4], "plan") == 0);
}
