/* INI files: what parses has options that can be looked up, and every error has a place in the text. */
#include "base/arena.h"
#include "engine/alembic/project/ini.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_error(const struct err *err, int rc)
{
    if (rc != ERR_FILE || err->status != rc || !err->message[0] || err->line < 1 || err->column < 1) {
        abort();
    }
}

static void look_up(struct arena *a, const struct ini *ini, const char *section)
{
    strings_t names = {0};
    ini_names(a, ini, section, &names);
    for (size_t i = 0; i < names.n; i++) {
        struct err err;
        const char *value = NULL;
        int rc = ini_get(a, ini, section, names.items[i], &value, &err);
        if (rc) {
            check_error(&err, rc);
        } else if (!value || !ini_has(ini, section, names.items[i])) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    char *copy = xmalloc(size + 1);
    struct ini *ini = NULL;
    struct err err;
    memcpy(copy, size ? (const char *)data : "", size);
    int rc = ini_parse(&a, "x", (struct slice){copy, size}, &ini, &err);
    if (rc) {
        check_error(&err, rc);
    } else {
        ini_default(ini, "here", "/x%y");
        look_up(&a, ini, "alembic");
        look_up(&a, ini, "a");
    }
    free(copy);
    return 0;
}
