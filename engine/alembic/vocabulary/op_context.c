/*
 * alembic.context as revisions use it: is it offline, what did -x say, what stands in alembic.ini; and the
 * migration context, with its autocommit blocks. What env.py alone may do is refused.
 */
#include "engine/alembic/vocabulary/op_context.h"

static const struct py_type type_context, type_config, type_block;

static pyv object(struct py *py, const struct py_type *type)
{
    return py_object_new(py, type, sizeof(struct py_instance));
}

pyv op_migration_context(struct py *py)
{
    return object(py, &type_context);
}

static pyv offline(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return py_bool(migration_of(py)->mode == MIGRATION_OFFLINE);
}

static pyv bind(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return live_bind(py);
}

static pyv dialect(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return live_dialect(py);
}

static pyv get_context(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return op_migration_context(py);
}

static pyv none(UNUSED struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return &py_none;
}

/* --- -x key=value --- */

static pyv x_dictionary(struct py *py)
{
    const struct migration_settings *s = migration_of(py)->settings;
    pyv dict = py_dict_new(py);
    for (size_t i = 0; dict && i < s->nx; i++) {
        if (py_dict_set_str(py, dict, s->x[i].name, py_str_of(py, s->x[i].value ? s->x[i].value : ""))) {
            return NULL;
        }
    }
    return dict;
}

static pyv x_list(struct py *py)
{
    const struct migration_settings *s = migration_of(py)->settings;
    pyv list = py_list_new(py);
    for (size_t i = 0; list && i < s->nx; i++) {
        pyv item = s->x[i].value ? py_str_printf(py, "%s=%s", s->x[i].name, s->x[i].value)
                                 : py_str_of(py, s->x[i].name);
        if (!item || py_list_append(py, list, item)) {
            return NULL;
        }
    }
    return list;
}

static pyv get_x_argument(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    pyv as_dictionary = NULL;
    if (py_bind(py, "get_x_argument", args, (const struct py_arg[]){{.name = "as_dictionary"}, {0}},
                &as_dictionary, NULL, NULL)) {
        return NULL;
    }
    int wanted = as_dictionary ? py_truth(py, as_dictionary) : 0;
    return wanted < 0 ? NULL : wanted ? x_dictionary(py) : x_list(py);
}

/* --- alembic.ini --- */

static pyv config(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return object(py, &type_config);
}

static const char *option(const struct migration_settings *s, const char *name)
{
    for (size_t i = 0; i < s->nini; i++) {
        if (strcmp(s->ini[i].name, name) == 0) {
            return s->ini[i].value;
        }
    }
    return NULL;
}

/* The URL is the one in use, without its password: what a revision does with it is its own affair. */
static pyv main_option(struct py *py, const char *name, pyv absent)
{
    const struct migration_settings *s = migration_of(py)->settings;
    const char *value = strcmp(name, "sqlalchemy.url") == 0 && s->url ? s->url : option(s, name);
    return value ? py_str_of(py, value) : absent ? absent : &py_none;
}

static pyv get_main_option(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    pyv out[2] = {NULL};
    static const struct py_arg table[] = {{"name", PY_ARG_REQUIRED}, {.name = "default"}, {0}};
    if (py_bind(py, "get_main_option", args, table, out, NULL, NULL)) {
        return NULL;
    }
    const char *name = py_cstr(py, out[0]);
    return name ? main_option(py, name, out[1]) : py_raise(py, "TypeError", "an option's name is a str");
}

static pyv get_section_option(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    pyv out[3] = {NULL};
    static const struct py_arg table[] = {
        {"section", PY_ARG_REQUIRED}, {"name", PY_ARG_REQUIRED}, {.name = "default"}, {0}};
    if (py_bind(py, "get_section_option", args, table, out, NULL, NULL)) {
        return NULL;
    }
    const char *section = py_cstr(py, out[0]), *name = py_cstr(py, out[1]);
    return section && name && strcmp(section, "alembic") == 0
               ? main_option(py, name, out[2])
               : py_refuse(py, "a section of alembic.ini other than [alembic]");
}

static pyv config_file_name(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return py_str_of(py, migration_of(py)->settings->ini_file);
}

static const struct py_def config_defs[] = {
    {"get_main_option", PY_DEF_METHOD, get_main_option, NULL, NULL},
    {"get_section_option", PY_DEF_METHOD, get_section_option, NULL, NULL},
    {"config_file_name", PY_DEF_PROPERTY, config_file_name, NULL, NULL},
    {"get_section", PY_DEF_REFUSED, NULL, NULL, "a whole section of alembic.ini"},
    {"set_main_option", PY_DEF_REFUSED, NULL, NULL, "changing the configuration inside a revision"},
    {"attributes", PY_DEF_REFUSED, NULL, NULL, "attributes that a program hands to Alembic"},
    {"cmd_opts", PY_DEF_REFUSED, NULL, NULL, "the options of Alembic's command line"},
    {0},
};

static const struct py_type type_config = {
    .head = PY_TYPE_HEAD, .name = "Config", .module = "alembic.config", .defs = config_defs};

/* --- autocommit blocks --- */

static int tell(struct py *py, enum migration_statement_kind kind)
{
    struct migration *m = migration_of(py);
    struct err err = {0};
    struct migration_statement s = {.kind = kind, .line = py_line(py)};
    if (m->statement(m->arg, &s, py_arena(py), NULL, NULL, &err)) {
        py_fail(py, &err);
        return -1;
    }
    return 0;
}

static pyv block_enter(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return tell(py, MIGRATION_AUTOCOMMIT) ? NULL : &py_none;
}

static pyv block_exit(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return tell(py, MIGRATION_AUTOCOMMIT_END) ? NULL : &py_false;
}

static pyv autocommit_block(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    return py_bind(py, "autocommit_block", args, (const struct py_arg[]){{0}}, NULL, NULL, NULL)
               ? NULL
               : object(py, &type_block);
}

static const struct py_def block_defs[] = {
    {"__enter__", PY_DEF_METHOD, block_enter, NULL, NULL},
    {"__exit__", PY_DEF_METHOD, block_exit, NULL, NULL},
    {0},
};

static const struct py_type type_block = {
    .head = PY_TYPE_HEAD, .name = "_GeneratorContextManager", .module = "contextlib", .defs = block_defs};

/* --- the migration context --- */

static pyv execute(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    pyv out[2] = {NULL};
    static const struct py_arg table[] = {{"sql", PY_ARG_REQUIRED}, {.name = "execution_options"}, {0}};
    if (py_bind(py, "execute", args, table, out, NULL, NULL)) {
        return NULL;
    }
    struct vocab_statement *statements;
    size_t n;
    if (vocab_statement_render(py, out[0], NULL, &statements, &n)) {
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        if (migration_emit(py, statements[i].text, NULL, NULL)) {
            return NULL;
        }
    }
    return &py_none;
}

static const struct py_def context_defs[] = {
    {"dialect", PY_DEF_PROPERTY, dialect, NULL, NULL},
    {"bind", PY_DEF_PROPERTY, bind, NULL, NULL},
    {"connection", PY_DEF_PROPERTY, bind, NULL, NULL},
    {"as_sql", PY_DEF_PROPERTY, offline, NULL, NULL},
    {"config", PY_DEF_PROPERTY, config, NULL, NULL},
    {"autocommit_block", PY_DEF_METHOD, autocommit_block, NULL, NULL},
    {"execute", PY_DEF_METHOD, execute, NULL, NULL},
    {"impl", PY_DEF_REFUSED, NULL, NULL, "the implementation behind a migration context"},
    {"opts", PY_DEF_REFUSED, NULL, NULL, "the options of context.configure()"},
    {"script", PY_DEF_REFUSED, NULL, NULL, "the script directory"},
    {"begin_transaction", PY_DEF_REFUSED, NULL, NULL, "begin_transaction() inside a revision"},
    {"get_current_revision", PY_DEF_REFUSED, NULL, NULL, "the current revision inside a revision"},
    {"get_current_heads", PY_DEF_REFUSED, NULL, NULL, "the current heads inside a revision"},
    {0},
};

static const struct py_type type_context = {.head = PY_TYPE_HEAD,
                                            .name = "MigrationContext",
                                            .module = "alembic.runtime.migration",
                                            .defs = context_defs};

#define ENV_ONLY(name)                                                                                       \
    {                                                                                                        \
        name, PY_DEF_REFUSED, NULL, NULL, "context." name "(): only env.py may do that"                      \
    }

const struct py_def op_context_defs[] = {
    {"is_offline_mode", PY_DEF_FUNCTION, offline, NULL, NULL},
    {"get_x_argument", PY_DEF_FUNCTION, get_x_argument, NULL, NULL},
    {"get_tag_argument", PY_DEF_FUNCTION, none, NULL, NULL},
    {"get_context", PY_DEF_FUNCTION, get_context, NULL, NULL},
    {"get_bind", PY_DEF_FUNCTION, bind, NULL, NULL},
    {"execute", PY_DEF_FUNCTION, execute, NULL, NULL},
    {"config", PY_DEF_VALUE, config, NULL, NULL},
    ENV_ONLY("configure"),
    ENV_ONLY("run_migrations"),
    ENV_ONLY("begin_transaction"),
    ENV_ONLY("script"),
    {0},
};
