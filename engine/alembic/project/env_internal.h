/* What is found in env.py, between its readers: env_find.c walks the tree, env_value.c evaluates, env_py.c
 * draws the conclusions. */
#pragma once
#include "engine/alembic/project/env_py.h"
#include "engine/alembic/python/py_ast.h"

/* Under which circumstances a place of the file runs; innermost first. */
enum env_when { ENV_IF, ENV_ELSE, ENV_LOOP, ENV_PERHAPS, ENV_FUNCTION };
struct env_place {
    enum env_when when;
    const struct py_node *node; /* the test; the function */
    const struct env_place *outer;
};

enum env_find_kind {
    ENV_CONFIGURE,      /* context.configure(...) */
    ENV_RUN,            /* context.run_migrations() */
    ENV_SET_URL,        /* config.set_main_option("sqlalchemy.url", value) */
    ENV_SECTION_URL,    /* section["sqlalchemy.url"] = value, and in a dictionary */
    ENV_ENGINE,         /* create_engine(value) */
    ENV_ENGINE_SECTION, /* engine_from_config(...), with value for url= */
    ENV_EXECUTE,        /* a statement of its own */
    ENV_CHANGE,         /* name[key] = value, name.update(...): node is the name */
};
struct env_found {
    enum env_find_kind kind;
    const struct py_node *node, *value;
    const struct env_place *place;
};
struct env_binding {
    const char *name;
    const struct py_node *value; /* NULL: bound to what is not looked into */
    const struct py_node *function;
};
struct env_file {
    struct arena *arena;
    const char *file;
    const struct py_node *module;
    const struct config *config;
    const struct alembic_options *options;
    VEC(struct env_found) found;
    VEC(struct env_binding) bindings;
    const char *context; /* what alembic.context is called */
    const char *url;     /* sqlalchemy.url as far as it is known: what config.get_main_option() gives */
    unsigned *budget;    /* evaluations left */
};

void env_find(struct env_file *f);

enum env_known { ENV_UNKNOWN, ENV_TEXT, ENV_NONE, ENV_TRUE, ENV_FALSE };
struct env_value {
    enum env_known known;
    const char *text;
    const char *variable;       /* ENV_NONE: of the process's environment, not set; may be NULL */
    const struct py_node *node; /* ENV_UNKNOWN: what is not known */
};
struct env_value env_eval(const struct env_file *f, const struct py_node *node);
/* "os.environ.get" of a chain of names; "" for anything else. */
const char *env_dotted(const struct env_file *f, const struct py_node *node);
/* The one binding of a name; NULL: none, or several. */
const struct env_binding *env_binding(const struct env_file *f, const char *name);
/* Does the place run: 1, 0, or -1 for not known. Functions do. */
int env_runs(const struct env_file *f, const struct env_place *place);
