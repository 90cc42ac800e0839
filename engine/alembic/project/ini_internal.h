/* What an INI file is made of. Private to ini.c and ini_value.c. */
#pragma once
#include "engine/alembic/project/ini.h"

struct ini_option {
    const char *name;  /* lower case */
    const char *place; /* in the file's text; NULL: ini_default() */
    VEC(struct slice) lines;
    struct slice raw; /* the lines joined, references as written */
    bool literal;     /* no references in it */
};

struct ini_section {
    struct slice name;
    VEC(struct ini_option *) options;
};

struct ini {
    struct arena *arena;
    const char *file;
    struct slice text;
    struct ini_section defaults;
    VEC(struct ini_section *) sections;
};

struct ini_section *ini_section_find(const struct ini *ini, struct slice name);
struct ini_option *ini_option_find(const struct ini_section *s, struct slice name);
