/*
 * Parts of the program that need a library which most runs do without: each is a module, lockstep-NAME.so,
 * loaded when it is first asked for, so that starting up costs no such library and works where it is not
 * installed. In CMakeLists.txt a module is made by lockstep_module(); cmake/module.c is what it exports.
 */
#pragma once
#include "base/err.h"

/* One a module, static and shared by all that ask for it; module_load() fills `api` under its own lock. */
struct module {
    const char *name;     /* "http": the file is lockstep-http.so */
    const char *what;     /* for messages: "the HTTP client" */
    const char *packages; /* Debian packages with the libraries it needs */
    const void *api;      /* for module_load() only */
};

/* What every module exports as lockstep_module(). */
struct module_export {
    const char *name, *version;
    const void *api; /* a const struct of functions, as the header of that part says */
};

/* The module's api, loaded at the first call. ERR_FAILED when the file or a library that it needs is missing,
 * or when it is of another version. Thread-safe; modules are never unloaded. */
int module_load(struct module *m, const void **api, struct err *err);
/* Where modules are looked for before the places beside the program (for tests). NULL: only those. */
void module_set_dir(const char *dir);
