/* Finding drivers by name. SQLite is built in; the others are modules. */
#include "base/arena.h"
#include "base/module.h"
#include "drivers/driver.h"

extern const struct driver driver_sqlite;

static struct module postgresql = {
    .name = "postgresql", .what = "the postgresql driver", .packages = "libpq5 libpg-query1504.0"};
static struct module mysql = {.name = "mysql", .what = "the mysql driver", .packages = "libmariadb3"};

static const struct {
    const struct driver *driver; /* NULL: a module */
    struct module *module;
} entries[] = {{&driver_sqlite, NULL}, {NULL, &postgresql}, {NULL, &mysql}};
static const char *const names[] = {"sqlite", "postgresql", "mysql"};
_Static_assert(COUNT_OF(entries) == COUNT_OF(names), "every driver has a name");

size_t driver_names(const char *const **out)
{
    *out = names;
    return COUNT_OF(names);
}

int driver_find(const char *name, const struct driver **out, struct err *err)
{
    for (size_t i = 0; i < COUNT_OF(entries); i++) {
        if (strcmp(names[i], name) != 0) {
            continue;
        }
        const void *api = entries[i].driver;
        int rc = api ? 0 : module_load(entries[i].module, &api, err);
        if (!rc) {
            *out = api;
        }
        return rc;
    }
    err_set(err, ERR_USAGE, "there is no driver called \"%s\"", name);
    const char *near = str_nearest(name, names, COUNT_OF(names));
    return near ? err_hint(err, "Did you mean %s?", near)
                : err_hint(err, "The drivers are sqlite, postgresql and mysql");
}
