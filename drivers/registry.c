/*
 * Finding drivers by name. SQLite is built in; the others are modules beside the program, loaded when a
 * target first needs them, so that starting up costs no client library and works without one.
 */
#include "base/arena.h"
#include "base/file.h"
#include "base/vec.h"
#include "drivers/driver.h"
#include <dlfcn.h>
#include <glob.h>
#include <pthread.h>
#include <unistd.h>

extern const struct driver driver_sqlite;

struct entry {
    const char *name;
    const struct driver *driver; /* NULL: a module that is not loaded yet */
    const char *packages;        /* Debian packages with the client library */
};

static struct entry entries[] = {
    {"sqlite", &driver_sqlite, NULL},
    {"postgresql", NULL, "libpq5 libpg-query1504.0"},
    {"mysql", NULL, "libmariadb3"},
};
static const char *const names[] = {"sqlite", "postgresql", "mysql"};
_Static_assert(COUNT_OF(entries) == COUNT_OF(names), "every driver has a name");

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards entries and module_dir */
static char *module_dir;

void driver_set_module_dir(const char *dir)
{
    pthread_mutex_lock(&lock);
    free(module_dir);
    module_dir = dir ? xstrdup(dir) : NULL;
    pthread_mutex_unlock(&lock);
}

size_t driver_names(const char *const **out)
{
    *out = names;
    return COUNT_OF(names);
}

/* The folders that may hold modules: the build tree has drivers/ beside the program, an installation has
 * lib/lockstep or lib/<architecture>/lockstep beside bin/. */
static strings_t module_folders(struct arena *a)
{
    strings_t folders = {0};
    if (module_dir) {
        *vec_push(a, &folders) = module_dir;
    }
    char program[4096];
    ssize_t n = readlink("/proc/self/exe", program, sizeof(program) - 1);
    if (n <= 0) {
        return folders;
    }
    program[n] = '\0';
    const char *bin = path_dirname(a, program);
    *vec_push(a, &folders) = arena_printf(a, "%s/drivers", bin);
    *vec_push(a, &folders) = arena_printf(a, "%s/../lib/lockstep", bin);
    *vec_push(a, &folders) = arena_printf(a, "%s/../lib64/lockstep", bin);
    glob_t found = {0};
    if (glob(arena_printf(a, "%s/../lib/*-linux-*/lockstep", bin), 0, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc; i++) {
            *vec_push(a, &folders) = arena_dup(a, found.gl_pathv[i]);
        }
    }
    globfree(&found);
    return folders;
}

static int load(const char *path, const struct entry *e, const struct driver **out, struct err *err)
{
    void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!module) {
        err_set(err, ERR_FAILED, "the %s driver cannot be loaded: %s", e->name, dlerror());
        return err_hint(err, "Install the client library it needs: apt-get install %s", e->packages);
    }
    /* POSIX lets dlsym() carry functions; ISO C has no cast for it. */
    const struct driver *(*entry)(void);
    *(void **)&entry = dlsym(module, "lockstep_driver");
    const struct driver *driver = entry ? entry() : NULL;
    if (!driver || strcmp(driver->name, e->name) != 0) {
        err_set(err, ERR_FAILED, "%s is not the module of the %s driver", path, e->name);
        err_hint(err, "Build and install lockstep and its modules together");
        dlclose(module);
        return ERR_FAILED;
    }
    *out = driver;
    return 0;
}

static int find_module(struct entry *e, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    strings_t folders = module_folders(&a);
    AUTO(strbuf_release) struct strbuf tried = STRBUF_INIT;
    const char **folder;
    vec_each (folder, &folders) {
        const char *path = arena_printf(&a, "%s/lockstep-%s.so", *folder, e->name);
        if (file_exists(path)) {
            return load(path, e, &e->driver, err);
        }
        strbuf_addf(&tried, "%s%s", tried.len ? ", " : "", *folder);
    }
    err_set(err, ERR_FAILED, "lockstep-%s.so, the module of the %s driver, is in none of %s", e->name,
            e->name, strbuf_cstr(&tried));
    return err_hint(err, "Keep the modules beside the program, or install both with cmake --install");
}

int driver_find(const char *name, const struct driver **out, struct err *err)
{
    struct entry *e = NULL;
    for (size_t i = 0; i < COUNT_OF(entries); i++) {
        if (strcmp(entries[i].name, name) == 0) {
            e = &entries[i];
        }
    }
    if (!e) {
        err_set(err, ERR_USAGE, "there is no driver called \"%s\"", name);
        const char *near = str_nearest(name, names, COUNT_OF(names));
        return near ? err_hint(err, "Did you mean %s?", near)
                    : err_hint(err, "The drivers are sqlite, postgresql and mysql");
    }
    pthread_mutex_lock(&lock);
    int rc = e->driver ? 0 : find_module(e, err);
    if (rc == 0) {
        *out = e->driver;
    }
    pthread_mutex_unlock(&lock);
    return rc;
}
