/*
 * alembic.context and op.get_context(): what a revision may ask about the run that it is part of.
 */
#include "engine/alembic/vocabulary/op.h"
#include <string.h>

static const struct py_type type_context, type_impl, type_config, type_autocommit, type_nothing;

static const struct migration_settings *settings_of(struct py *py)
{
    static const struct migration_settings none = {0};
    const struct migration_settings *s = migration_of(py)->settings;
    return s ? s : &none;
}

static bool offline(struct py *py)
{
    return migration_of(py)->mode == MIGRATION_OFFLINE;
}

static pyv simple(struct py *py, const struct py_type *type)
{
    return py_object_new(py, type, sizeof(struct py_instance));
}

pyv op_get_context(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    struct vocab_state *s = vocab_state(py);
    if (s && !s->context) {
        s->context = simple(py, &type_context);
    }
    return s ? s->context : NULL;
}

pyv op_get_bind(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return live_bind(py);
}

pyv op_f(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"name", PY_ARG_REQUIRED}, {0}};
    pyv v;
    return py_bind(py, "f", args, table, &v, NULL, NULL) ? NULL : schema_conv(py, v);
}

static pyv read_dialect(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return live_dialect(py);
}
static pyv read_as_sql(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return py_bool(offline(py));
}
static pyv read_impl(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return simple(py, &type_impl);
}
static pyv read_transactional(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return py_bool(migration_of(py)->dialect->transactional_ddl);
}
static pyv read_config(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    struct vocab_state *s = vocab_state(py);
    if (s && !s->config) {
        s->config = simple(py, &type_config);
    }
    return s ? s->config : NULL;
}

static pyv read_version_table(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    const char *name = settings_of(py)->version_table;
    return py_str_of(py, name ? name : "alembic_version");
}
static pyv read_version_table_schema(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return py_str_of(py, settings_of(py)->version_table_schema);
}

/* --- autocommit_block() --- */
static pyv autocommit_block(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return simple(py, &type_autocommit);
}

static pyv mark(struct py *py, enum migration_statement_kind kind)
{
    struct migration *m = migration_of(py);
    struct migration_statement s = {.kind = kind, .line = py_line(py)};
    struct err err = {0};
    if (m->statement(m->arg, &s, py_arena(py), NULL, NULL, &err) < 0) {
        return py_fail(py, &err);
    }
    return &py_none;
}
static pyv autocommit_enter(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return mark(py, MIGRATION_AUTOCOMMIT);
}
static pyv autocommit_exit(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return mark(py, MIGRATION_AUTOCOMMIT_END) ? &py_false : NULL;
}
static const struct py_def autocommit_defs[] = {
    {"__enter__", PY_DEF_METHOD, autocommit_enter, NULL, NULL},
    {"__exit__", PY_DEF_METHOD, autocommit_exit, NULL, NULL},
    {0},
};
static const struct py_type type_autocommit = {.head = PY_TYPE_HEAD,
                                               .name = "_GeneratorContextManager",
                                               .module = "contextlib",
                                               .defs = autocommit_defs};

/* context.begin_transaction() within a revision: the run has its transaction already. */
static pyv begin_transaction(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return offline(py) ? py_refuse(py, "context.begin_transaction() within a revision with --sql")
                       : simple(py, &type_nothing);
}
static pyv nothing_enter(UNUSED struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return &py_none;
}
static pyv nothing_exit(UNUSED struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return &py_false;
}
static const struct py_def nothing_defs[] = {
    {"__enter__", PY_DEF_METHOD, nothing_enter, NULL, NULL},
    {"__exit__", PY_DEF_METHOD, nothing_exit, NULL, NULL},
    {0},
};
static const struct py_type type_nothing = {
    .head = PY_TYPE_HEAD, .name = "nullcontext", .module = "contextlib", .defs = nothing_defs};

static pyv context_execute(struct py *py, pyv self, const struct py_args *args)
{
    return op_execute(py, self, args);
}

/* impl.static_output("-- text"): only --sql has a place for it. */
static pyv static_output(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return py_refuse(py, "static_output()");
}

static pyv unknown_attribute(struct py *py, pyv self, const char *name)
{
    if (py_type_def(self->type, name) || strncmp(name, "__", 2) == 0) {
        return NULL;
    }
    return py_refuse(py, "%s of %s", name,
                     self->type == &type_context ? "the migration context"
                     : self->type == &type_impl  ? "the migration context's impl"
                                                 : "the Alembic config");
}

static const struct py_def impl_defs[] = {
    {"dialect", PY_DEF_PROPERTY, read_dialect, NULL, NULL},
    {"bind", PY_DEF_PROPERTY, op_get_bind, NULL, NULL},
    {"connection", PY_DEF_PROPERTY, op_get_bind, NULL, NULL},
    {"as_sql", PY_DEF_PROPERTY, read_as_sql, NULL, NULL},
    {"transactional_ddl", PY_DEF_PROPERTY, read_transactional, NULL, NULL},
    {"execute", PY_DEF_METHOD, context_execute, NULL, NULL},
    {"static_output", PY_DEF_METHOD, static_output, NULL, NULL},
    {0},
};
static const struct py_type type_impl = {.head = PY_TYPE_HEAD,
                                         .name = "DefaultImpl",
                                         .module = "alembic.ddl.impl",
                                         .defs = impl_defs,
                                         .getattr = unknown_attribute};

static const struct py_def context_defs[] = {
    {"version_table", PY_DEF_PROPERTY, read_version_table, NULL, NULL},
    {"version_table_schema", PY_DEF_PROPERTY, read_version_table_schema, NULL, NULL},
    {"dialect", PY_DEF_PROPERTY, read_dialect, NULL, NULL},
    {"impl", PY_DEF_PROPERTY, read_impl, NULL, NULL},
    {"bind", PY_DEF_PROPERTY, op_get_bind, NULL, NULL},
    {"connection", PY_DEF_PROPERTY, op_get_bind, NULL, NULL},
    {"as_sql", PY_DEF_PROPERTY, read_as_sql, NULL, NULL},
    {"config", PY_DEF_PROPERTY, read_config, NULL, NULL},
    {"autocommit_block", PY_DEF_METHOD, autocommit_block, NULL, NULL},
    {"begin_transaction", PY_DEF_METHOD, begin_transaction, NULL, NULL},
    {"execute", PY_DEF_METHOD, context_execute, NULL, NULL},
    {0},
};
static const struct py_type type_context = {.head = PY_TYPE_HEAD,
                                            .name = "MigrationContext",
                                            .module = "alembic.runtime.migration",
                                            .defs = context_defs,
                                            .getattr = unknown_attribute};

/* --- config --- */
static pyv option(struct py *py, const char *name, pyv def)
{
    const struct migration_settings *s = settings_of(py);
    if (strcmp(name, "sqlalchemy.url") == 0 && s->url) {
        return py_str_of(py, s->url);
    }
    for (size_t i = 0; i < s->nini; i++) {
        if (strcmp(s->ini[i].name, name) == 0) {
            return py_str_of(py, s->ini[i].value);
        }
    }
    if (strcmp(name, "script_location") == 0 && s->script_location) {
        return py_str_of(py, s->script_location);
    }
    return def ? def : &py_none;
}

static pyv get_main_option(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"name", PY_ARG_REQUIRED}, {"default", 0}, {0}};
    pyv v[2] = {NULL};
    const char *name;
    if (py_bind(py, "get_main_option", args, table, v, NULL, NULL) ||
        schema_text(py, v[0], "the name of an option", &name)) {
        return NULL;
    }
    return name ? option(py, name, v[1]) : &py_none;
}

static pyv get_section_option(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {
        {"section", PY_ARG_REQUIRED}, {"name", PY_ARG_REQUIRED}, {"default", 0}, {0}};
    pyv v[3] = {NULL};
    const char *section, *name;
    if (py_bind(py, "get_section_option", args, table, v, NULL, NULL) ||
        schema_text(py, v[0], "the name of a section", &section) ||
        schema_text(py, v[1], "the name of an option", &name)) {
        return NULL;
    }
    const char *main = settings_of(py)->ini_section ? settings_of(py)->ini_section : "alembic";
    if (!section || !name || strcmp(section, main) != 0) {
        return py_refuse(py, "config.get_section_option() of a section that is not [%s]", main);
    }
    return option(py, name, v[2]);
}

static pyv config_file_name(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return py_str_of(py, settings_of(py)->ini_file);
}
static pyv config_ini_section(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return py_str_of(py, settings_of(py)->ini_section ? settings_of(py)->ini_section : "alembic");
}
static pyv config_attributes(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return py_dict_new(py);
}

static const struct py_def config_defs[] = {
    {"get_main_option", PY_DEF_METHOD, get_main_option, NULL, NULL},
    {"get_alembic_option", PY_DEF_METHOD, get_main_option, NULL, NULL},
    {"get_section_option", PY_DEF_METHOD, get_section_option, NULL, NULL},
    {"config_file_name", PY_DEF_PROPERTY, config_file_name, NULL, NULL},
    {"config_ini_section", PY_DEF_PROPERTY, config_ini_section, NULL, NULL},
    {"attributes", PY_DEF_PROPERTY, config_attributes, NULL, NULL},
    {0},
};
static const struct py_type type_config = {.head = PY_TYPE_HEAD,
                                           .name = "Config",
                                           .module = "alembic.config",
                                           .defs = config_defs,
                                           .getattr = unknown_attribute};

/* --- alembic.context --- */
static pyv is_offline_mode(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return py_bool(offline(py));
}
static pyv requires_connection(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return py_bool(!offline(py));
}

/* -x key=value, as given or as a dict. */
static pyv get_x_argument(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"as_dictionary", 0}, {0}};
    pyv v = NULL;
    bool dict;
    if (py_bind(py, "get_x_argument", args, table, &v, NULL, NULL) || schema_flag(py, v, false, &dict)) {
        return NULL;
    }
    const struct migration_settings *s = settings_of(py);
    pyv out = dict ? py_dict_new(py) : py_list_new(py);
    for (size_t i = 0; out && i < s->nx; i++) {
        const char *value = s->x[i].value ? s->x[i].value : "";
        pyv text = dict ? py_str_of(py, value)
                        : py_str_printf(py, s->x[i].value ? "%s=%s" : "%s%s", s->x[i].name, value);
        if (!text || (dict ? py_dict_set_str(py, out, s->x[i].name, text) : py_list_append(py, out, text))) {
            return NULL;
        }
    }
    return out;
}

static pyv get_tag_argument(UNUSED struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return &py_none;
}

const struct py_def op_context_defs[] = {
    {"is_offline_mode", PY_DEF_FUNCTION, is_offline_mode, NULL, NULL},
    {"requires_connection", PY_DEF_FUNCTION, requires_connection, NULL, NULL},
    {"is_transactional_ddl", PY_DEF_FUNCTION, read_transactional, NULL, NULL},
    {"get_context", PY_DEF_FUNCTION, op_get_context, NULL, NULL},
    {"get_bind", PY_DEF_FUNCTION, op_get_bind, NULL, NULL},
    {"get_impl", PY_DEF_FUNCTION, read_impl, NULL, NULL},
    {"get_x_argument", PY_DEF_FUNCTION, get_x_argument, NULL, NULL},
    {"get_tag_argument", PY_DEF_FUNCTION, get_tag_argument, NULL, NULL},
    {"execute", PY_DEF_FUNCTION, context_execute, NULL, NULL},
    {"static_output", PY_DEF_FUNCTION, static_output, NULL, NULL},
    {"begin_transaction", PY_DEF_FUNCTION, begin_transaction, NULL, NULL},
    {"config", PY_DEF_VALUE, read_config, NULL, NULL},
    {"configure", PY_DEF_REFUSED, NULL, NULL, "context.configure() within a revision"},
    {"run_migrations", PY_DEF_REFUSED, NULL, NULL, "context.run_migrations() within a revision"},
    {"script", PY_DEF_REFUSED, NULL, NULL, "context.script"},
    {"get_head_revision", PY_DEF_REFUSED, NULL, NULL, "context.get_head_revision()"},
    {"get_head_revisions", PY_DEF_REFUSED, NULL, NULL, "context.get_head_revisions()"},
    {"get_revision_argument", PY_DEF_REFUSED, NULL, NULL, "context.get_revision_argument()"},
    {"get_starting_revision_argument", PY_DEF_REFUSED, NULL, NULL,
     "context.get_starting_revision_argument()"},
    {0},
};
