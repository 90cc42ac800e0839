/*
 * Values with references: ${env:NAME} ${file:PATH} ${exec:COMMAND} ${vault:PATH#KEY}; "$$" is a dollar sign.
 * A template is kept unresolved in the model and resolved when it is used, so that a secret never stands in
 * a document, a plan, a log or an error. `exec` runs through /bin/sh -c, takes standard output without its
 * last line end, must end with status 0 within 30 s and write at most 64 KiB; its standard error goes into
 * the error. `file` is relative to the folder of the document; its last line end is dropped.
 */
#pragma once
#include "base/err.h"
#include "base/yaml.h"

struct arena;

struct template_text {
    const char *text;             /* as written; NULL when absent */
    const struct yaml_node *at;   /* for errors; may be NULL */
    const char *dir;              /* folder of the document */
};

/* Check the form without resolving: unknown scheme, missing brace. */
int template_check(const struct template_text *t, struct err *err);
bool template_has_reference(const struct template_text *t);
/* Resolve into the arena. Errors name the reference and the place, never a value.
 * ${vault:...}: ERR_REFUSED, not supported yet. */
int template_resolve(struct arena *a, const struct template_text *t, const char **out, struct err *err);
