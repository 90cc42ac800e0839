/* env.py as it is read: settings or reasons, and a URL or a reason. */
#include "base/arena.h"
#include "engine/alembic/project/env_py.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    static const char ini[] = "[alembic]\nsqlalchemy.url = sqlite://\n";
    struct alembic_options options = {0};
    struct alembic_project p = {.url = "sqlite://"};
    struct config c = {.arena = &a, .section = "alembic", .ini_file = "x.ini"};
    char *copy = xmalloc(size + 1);
    memcpy(copy, size ? (const char *)data : "", size);
    if (ini_parse(&a, "x.ini", SLICE(ini), &c.ini, NULL) != 0) {
        abort();
    }
    env_py_parse(&a, &c, &options, "env.py", (struct slice){copy, size}, &p);
    if ((p.url != NULL) == (p.url_error.status != 0)) {
        abort();
    }
    free(copy);
    return 0;
}
