/*
 * Where the project's own Python modules are found: under prepend_sys_path, then beside the project's file.
 * Only names inside those folders can be reached; files are read once.
 */
#pragma once
#include "engine/alembic/python/py.h"

struct alembic_module {
    const char *name, *file; /* file: of a package without a file of its own, its folder */
    bool found, package;
    struct slice text;
};

struct alembic_loader {
    struct arena *arena; /* keeps what is read */
    strings_t folders;   /* tried in this order; they live as long as the loader */
    /* Private: what was read. */
    VEC(struct alembic_module) modules;
};

/* The loader is changed by use: one thread at a time. */
struct py_loader alembic_loader_of(struct alembic_loader *l);
