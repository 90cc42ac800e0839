/*
 * Where the project's own Python modules are found: under prepend_sys_path, then beside the project's file.
 * Only names inside those folders can be reached; files are read once and kept as long as the loader.
 */
#pragma once
#include "engine/alembic/python/py.h"

struct alembic_module {
    const char *name, *file; /* file: of a package without a file of its own, its folder */
    bool found, package;
    struct slice text;
};

struct alembic_loader {
    strings_t folders; /* tried in this order */
    /* Private: what was read. */
    struct arena arena;
    VEC(struct alembic_module) modules;
};

/* The folder that is tried next; copied. */
void alembic_loader_add(struct alembic_loader *l, const char *folder);
void alembic_loader_release(struct alembic_loader *l); /* accepts NULL and a zeroed loader */
struct py_loader alembic_loader_of(struct alembic_loader *l);
