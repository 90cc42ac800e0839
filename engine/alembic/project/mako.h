/*
 * Templates of new revision files: the part of Mako that Alembic's script.py.mako and lightly edited ones
 * use. Text, ${expression}, ${expression | filter}, "##" comment lines, <%doc>, <%text>, and a backslash that
 * joins two lines. Control lines ("% for"), Python blocks and other tags are refused with their line.
 * Expressions are Python, run by the interpreter of revisions.
 */
#pragma once
#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"

/* A name that expressions may use, and its value written in Python: {"message", "'add a column'"}. */
struct mako_name {
    const char *name, *source;
};
struct mako_names {
    const char *prelude; /* Python before the names: imports and functions; may be NULL */
    const struct mako_name *items;
    size_t n;
};

/* Append what the template renders to. ERR_REFUSED: a construct that is not supported; ERR_FILE: an
 * expression that is wrong or raises. Errors have the template's line. */
int mako_render(const char *file, struct slice text, const struct mako_names *names, struct strbuf *out,
                struct err *err);

/* Append s as a Python literal. */
void mako_quote(struct strbuf *out, const char *s);
