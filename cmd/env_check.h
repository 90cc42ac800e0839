/* Checking environment documents one by one, without connecting anywhere; shared by env and doctor. */
#pragma once
#include "cmd/context.h"
#include <dirent.h>

struct env_check {
    const char *file;
    struct environment *environment; /* NULL when the document is wrong */
    bool has_query;                  /* some of its targets come from a query and are not known here */
    label_doubts_t doubts;           /* labels that waves match and nobody has */
    struct err err;                  /* what is wrong; status 0: nothing */
    const char *cannot; /* what this version cannot do with it: "connect", "apply", "promote"; NULL */
    struct err why;     /* the reason, when cannot is set */
};
typedef VEC(struct env_check) env_checks_t;

/* Check every document of the project, sorted by file. Wrong documents are in the list, not errors. */
int env_check_all(struct app *app, env_checks_t *out, struct err *err);
/* Check the one of that name (NULL: the selected one). */
int env_check_one(struct app *app, const char *name, env_checks_t *out, struct err *err);

/* For scandir: files that are YAML documents by their names. */
int env_is_document(const struct dirent *d);
