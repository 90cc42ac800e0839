/*
 * env.py, read and not run: literal keywords of context.configure(), and where the database's URL comes from.
 *
 * What is a literal: constants, names that the file binds once, os.environ and os.getenv,
 * config.get_main_option(), get_x_argument(as_dictionary=True), and joining, f-strings, str.replace() and
 * functions of one `return` over these.
 */
#pragma once
#include "engine/alembic/project/config.h"

/* Fill p->online, p->offline, their errors, p->url and p->url_error. `c` holds the ini file's options. Never
 * fails: what is not known is in the errors. */
void env_py_read(struct arena *a, const struct config *c, const struct alembic_options *options,
                 struct alembic_project *p);
/* The same from a text; `file` names it in errors. */
void env_py_parse(struct arena *a, const struct config *c, const struct alembic_options *options,
                  const char *file, struct slice text, struct alembic_project *p);
