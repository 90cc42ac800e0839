/* Loading modules: from beside the program in a build tree, from the library folder of an installation. */
#include "base/module.h"
#include "base/file.h"
#include "base/vec.h"
#include <dlfcn.h>
#include <glob.h>
#include <pthread.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards every module's api and module_dir */
static char *module_dir;

void module_set_dir(const char *dir)
{
    pthread_mutex_lock(&lock);
    free(module_dir);
    module_dir = dir ? xstrdup(dir) : NULL;
    pthread_mutex_unlock(&lock);
}

/* The folders that may hold modules: the build tree has modules/ beside the program, an installation has
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
    *vec_push(a, &folders) = arena_printf(a, "%s/modules", bin);
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

static int load(const char *path, struct module *m, struct err *err)
{
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        err_set(err, ERR_FAILED, "%s cannot be loaded: %s", m->what, dlerror());
        return err_hint(err, "Install the library it needs: apt-get install %s", m->packages);
    }
    /* POSIX lets dlsym() carry functions; ISO C has no cast for it. */
    const struct module_export *(*entry)(void);
    *(void **)&entry = dlsym(handle, "lockstep_module");
    const struct module_export *module = entry ? entry() : NULL;
    if (!module || strcmp(module->name, m->name) != 0) {
        err_set(err, ERR_FAILED, "%s is not the module of %s", path, m->what);
    } else if (strcmp(module->version, LOCKSTEP_VERSION) != 0) {
        err_set(err, ERR_FAILED, "%s is of version %s, and this is lockstep %s", path, module->version,
                LOCKSTEP_VERSION);
    } else {
        m->api = module->api;
        return 0;
    }
    dlclose(handle);
    return err_hint(err, "Build and install lockstep and its modules together.");
}

static int find(struct module *m, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    strings_t folders = module_folders(&a);
    AUTO(strbuf_release) struct strbuf tried = STRBUF_INIT;
    const char **folder;
    vec_each (folder, &folders) {
        const char *path = arena_printf(&a, "%s/lockstep-%s.so", *folder, m->name);
        if (file_exists(path)) {
            return load(path, m, err);
        }
        strbuf_addf(&tried, "%s%s", tried.len ? ", " : "", *folder);
    }
    err_set(err, ERR_FAILED, "lockstep-%s.so, the module of %s, is in none of %s", m->name, m->what,
            strbuf_cstr(&tried));
    return err_hint(err, "Keep the modules beside the program, or install both with cmake --install.");
}

int module_load(struct module *m, const void **api, struct err *err)
{
    pthread_mutex_lock(&lock);
    int rc = m->api ? 0 : find(m, err);
    if (!rc) {
        *api = m->api;
    }
    pthread_mutex_unlock(&lock);
    return rc;
}
