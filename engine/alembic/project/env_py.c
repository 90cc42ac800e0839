/* What env.py means for Lockstep: settings of a run, and the database's URL. */
#include "engine/alembic/project/env_py.h"
#include "base/file.h"
#include "engine/alembic/project/env_internal.h"
#include "environments/url.h"
#include <stdarg.h>

#define ENV_FILE_MAX ((size_t)4 << 20)

static const char settle_hint[] =
    "Say what it is in a section [lockstep] of %s: version_table, version_table_schema, "
    "transaction_per_migration "
    "(true or false); what the section leaves out is as Alembic has it without env.py.";

static void set_error(struct err *err, int status, const struct env_file *f, const struct py_node *n,
                      const char *fmt, ...) PRINTF(5, 6);
static void set_error(struct err *err, int status, const struct env_file *f, const struct py_node *n,
                      const char *fmt, ...)
{
    char message[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(message, sizeof(message), fmt, ap);
    va_end(ap);
    err_set(err, status, "%s", message);
    err_place(err, f->file, n ? n->line : 0, n ? n->column : 0);
}

/* --- settings */

/* Keywords of context.configure() that say how revisions run. Others are about autogenerate or the
 * connection. */
enum setting_kind { SETTING_TEXT, SETTING_FLAG, SETTING_REFUSED };
struct setting {
    const char *name;
    enum setting_kind kind;
    size_t offset;
    const char *plain; /* SETTING_REFUSED: the value that changes nothing */
};
#define AT(member) offsetof(struct migration_settings, member)
static const struct setting settings[] = {
    {"version_table", SETTING_TEXT, AT(version_table), NULL},
    {"version_table_schema", SETTING_TEXT, AT(version_table_schema), NULL},
    {"transaction_per_migration", SETTING_FLAG, AT(transaction_per_migration), NULL},
    {"render_as_batch", SETTING_FLAG, AT(render_as_batch), NULL},
    {"include_schemas", SETTING_FLAG, AT(include_schemas), NULL},
    {"version_table_pk", SETTING_REFUSED, 0, "True"},
    {"transactional_ddl", SETTING_REFUSED, 0, "None"},
    {"on_version_apply", SETTING_REFUSED, 0, "None"},
    {"as_sql", SETTING_REFUSED, 0, "None"},
    {"starting_rev", SETTING_REFUSED, 0, "None"},
    {"output_buffer", SETTING_REFUSED, 0, "None"},
};

static const struct setting *setting_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(settings); i++) {
        if (strcmp(settings[i].name, name) == 0) {
            return &settings[i];
        }
    }
    return NULL;
}

/* Of one mode, while calls are looked at. */
struct mode {
    struct migration_settings *settings;
    struct err *error; /* the first thing that is not known */
    unsigned calls;
};

/* What only autogenerate asks for need not be known. */
static bool matters(const struct setting *s)
{
    return s->offset != AT(render_as_batch) && s->offset != AT(include_schemas);
}

static void not_known(const struct env_file *f, struct mode *m, const struct py_node *n, const char *what)
{
    if (!m->error->status) {
        set_error(m->error, ERR_REFUSED, f, n,
                  "%s is known only when env.py runs, and Lockstep does not run it", what);
        err_hint(m->error, settle_hint, f->config->ini_file ? f->config->ini_file : "alembic.ini");
    }
}

static bool is_plain(const struct env_value *v, const char *plain)
{
    return (v->known == ENV_TRUE && strcmp(plain, "True") == 0) ||
           (v->known == ENV_NONE && !v->variable && strcmp(plain, "None") == 0);
}

/* A second call that says otherwise makes the setting unknown. */
static void take_setting(const struct env_file *f, struct mode *m, const struct setting *s,
                         const struct py_node *value)
{
    struct env_value v = env_eval(f, value);
    char *at = (char *)m->settings + s->offset;
    char what[128];
    snprintf(what, sizeof(what), "the value of %s", s->name);
    if (s->kind == SETTING_REFUSED) {
        if (!is_plain(&v, s->plain) && !m->error->status) {
            set_error(m->error, ERR_REFUSED, f, value, "env.py gives %s, which Lockstep does not do",
                      s->name);
            err_hint(m->error, settle_hint, f->config->ini_file ? f->config->ini_file : "alembic.ini");
        }
    } else if (s->kind == SETTING_TEXT && (v.known == ENV_TEXT || v.known == ENV_NONE)) {
        const char **text = (const char **)(void *)at;
        const char *now = v.known == ENV_TEXT ? v.text : NULL;
        bool same = *text == now || (*text && now && strcmp(*text, now) == 0);
        if (m->calls > 1 && !same) {
            not_known(f, m, value, what);
        }
        *text = now;
    } else if (s->kind == SETTING_FLAG && (v.known == ENV_TRUE || v.known == ENV_FALSE)) {
        bool *flag = (bool *)(void *)at, now = v.known == ENV_TRUE;
        if (m->calls > 1 && *flag != now && matters(s)) {
            not_known(f, m, value, what);
        }
        *flag = now;
    } else if (matters(s)) {
        not_known(f, m, value, what);
    }
}

/* {"name": value} or dict(name=value) behind **, also through a name; false: not known. */
static bool take_dictionary(const struct env_file *f, struct mode *m, const struct py_node *n)
{
    const struct env_binding *b = n->kind == PY_NAME ? env_binding(f, n->name) : NULL;
    const struct env_found *found;
    vec_each (found, &f->found) {
        if (n->kind == PY_NAME && found->kind == ENV_CHANGE && strcmp(found->node->name, n->name) == 0 &&
            env_runs(f, found->place) != 0) {
            return false;
        }
    }
    n = b && b->value ? b->value : n;
    if (n->kind == PY_CALL && strcmp(env_dotted(f, n->left), "dict") == 0 && !n->list.n) {
        for (size_t i = 0; i < n->keywords.n; i++) {
            const struct setting *s =
                n->keywords.items[i].name ? setting_find(n->keywords.items[i].name) : NULL;
            if (s) {
                take_setting(f, m, s, n->keywords.items[i].value);
            } else if (!n->keywords.items[i].name) {
                return false;
            }
        }
        return true;
    }
    if (n->kind != PY_DICT) {
        return false;
    }
    for (size_t i = 0; i < n->keys.n; i++) {
        struct env_value key = n->keys.items[i] ? env_eval(f, n->keys.items[i]) : (struct env_value){0};
        if (key.known != ENV_TEXT) {
            return false;
        }
        if (setting_find(key.text)) {
            take_setting(f, m, setting_find(key.text), n->list.items[i]);
        }
    }
    return true;
}

static bool has_keyword(const struct py_node *call, const char *name)
{
    for (size_t i = 0; i < call->keywords.n; i++) {
        if (call->keywords.items[i].name && strcmp(call->keywords.items[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static void take_call(const struct env_file *f, struct mode *m, const struct env_found *found)
{
    const struct py_node *call = found->node;
    struct migration_settings before = *m->settings;
    m->calls++;
    if (m->calls > 1) { /* what this call leaves out has its default here */
        for (size_t i = 0; i < COUNT_OF(settings); i++) {
            const struct setting *s = &settings[i];
            bool text = s->kind == SETTING_TEXT && *(const char **)(void *)((char *)&before + s->offset);
            bool flag = s->kind == SETTING_FLAG && *(bool *)(void *)((char *)&before + s->offset);
            if ((text || flag) && matters(s) && !has_keyword(call, s->name)) {
                not_known(f, m, call, s->name);
            }
        }
    }
    for (size_t i = 0; i < call->keywords.n; i++) {
        const struct py_keyword *k = &call->keywords.items[i];
        const struct setting *s = k->name ? setting_find(k->name) : NULL;
        if (s) {
            take_setting(f, m, s, k->value);
        } else if (!k->name && !take_dictionary(f, m, k->value)) {
            not_known(f, m, k->value, "what stands behind ** in context.configure()");
        }
    }
    for (const struct env_place *p = found->place; p; p = p->outer) {
        if (p->when == ENV_LOOP) {
            not_known(f, m, call, "what a loop around context.configure() goes over");
        }
    }
}

static void take_dialect(const struct env_file *f, struct mode *m, struct alembic_project *p,
                         const struct py_node *call)
{
    for (size_t i = 0; i < call->keywords.n; i++) {
        const struct py_keyword *k = &call->keywords.items[i];
        struct env_value v = k->name && strcmp(k->name, "dialect_name") == 0
                                 ? env_eval(f, k->value)
                                 : (struct env_value){.known = ENV_NONE};
        if (v.known == ENV_TEXT) {
            p->offline_dialect = v.text;
        } else if (v.known != ENV_NONE) {
            not_known(f, m, k->value, "dialect_name");
        }
    }
}

static bool in_loop(const struct env_place *place)
{
    while (place && place->when != ENV_LOOP) {
        place = place->outer;
    }
    return place != NULL;
}

static void read_settings(const struct env_file *f, struct alembic_project *p)
{
    struct mode online = {&p->online, &p->online_error, 0}, offline = {&p->offline, &p->offline_error, 0};
    const struct env_found *found;
    vec_each (found, &f->found) {
        if (env_runs(f, found->place) == 0) {
            continue;
        }
        if (found->kind == ENV_CONFIGURE) {
            bool live = has_keyword(found->node, "connection");
            bool text =
                !live && (has_keyword(found->node, "url") || has_keyword(found->node, "dialect_name"));
            if (!text) {
                take_call(f, &online, found);
            }
            if (!live) {
                take_call(f, &offline, found);
                take_dialect(f, &offline, p, found->node);
            }
        } else if (found->kind == ENV_RUN && in_loop(found->place)) {
            not_known(f, &online, found->node, "what a loop around context.run_migrations() goes over");
            not_known(f, &offline, found->node, "what a loop around context.run_migrations() goes over");
        } else if (found->kind == ENV_EXECUTE && !online.error->status) {
            set_error(online.error, ERR_REFUSED, f, found->node,
                      "env.py runs a statement of its own, which Lockstep does not");
            err_hint(
                online.error,
                "If revisions do not need it, say so with a section [lockstep] in %s, which may be empty.",
                f->config->ini_file ? f->config->ini_file : "alembic.ini");
        }
    }
    if (!online.calls) {
        not_known(f, &online, NULL, "what context.configure() is given");
    }
    if (!offline.calls) {
        not_known(f, &offline, NULL, "what context.configure() is given with --sql");
    }
}

/* --- the URL */

static void url_not_known(const struct env_file *f, struct alembic_project *p, const struct env_value *v,
                          const struct py_node *n)
{
    const struct py_node *at = v && v->node ? v->node : n;
    p->url = NULL;
    if (v && v->variable) {
        set_error(&p->url_error, ERR_USAGE, f, n,
                  "env.py takes the database's URL from $%s, which is not set", v->variable);
        err_hint(&p->url_error, "Set %s, or give --url.", v->variable);
    } else {
        set_error(&p->url_error, ERR_USAGE, f, at, "the database's URL is known only when env.py runs");
        err_hint(&p->url_error, "Give it with --url.");
    }
}

/* config.set_main_option() values have %% for a percent sign. */
static const char *unescaped(struct arena *a, const char *text)
{
    char *out = arena_dup(a, text), *to = out;
    for (const char *p = text; *p; p++) {
        *to++ = *p;
        p += p[0] == '%' && p[1] == '%';
    }
    *to = '\0';
    return out;
}

/* config.set_main_option() that runs; false: what it sets is not known. */
static bool take_main_options(struct env_file *f, struct alembic_project *p)
{
    const struct env_found *found;
    vec_each (found, &f->found) {
        int runs = found->kind == ENV_SET_URL ? env_runs(f, found->place) : 0;
        if (!runs) {
            continue;
        }
        struct env_value v = found->value ? env_eval(f, found->value) : (struct env_value){0};
        if (runs < 0 || v.known != ENV_TEXT) {
            url_not_known(f, p, runs < 0 ? NULL : &v, found->node);
            return false;
        }
        f->url = unescaped(f->arena, v.text);
    }
    return true;
}

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* The one text that all places of a kind give: false, with the error set, when one is not known or they
 * differ. */
static bool one_text(struct env_file *f, struct alembic_project *p, enum env_find_kind kind, const char **out)
{
    const struct env_found *found;
    vec_each (found, &f->found) {
        int runs = found->kind == kind ? env_runs(f, found->place) : 0;
        if (!runs || (kind == ENV_ENGINE_SECTION && !found->value)) {
            continue;
        }
        struct env_value v = found->value ? env_eval(f, found->value) : (struct env_value){0};
        if (runs < 0 || v.known != ENV_TEXT || (*out && !same(*out, v.text))) {
            url_not_known(f, p, runs > 0 && v.known != ENV_TEXT ? &v : NULL, found->node);
            return false;
        }
        *out = v.text;
    }
    return true;
}

/* What the engine is made with: a URL of its own, or the section's. */
static void take_engines(struct env_file *f, struct alembic_project *p)
{
    const char *section = NULL, *keyword = NULL, *own = NULL;
    bool of_section = false;
    const struct env_found *found;
    if (!one_text(f, p, ENV_SECTION_URL, &section) || !one_text(f, p, ENV_ENGINE_SECTION, &keyword) ||
        !one_text(f, p, ENV_ENGINE, &own)) {
        return;
    }
    vec_each (found, &f->found) {
        of_section = of_section || (found->kind == ENV_ENGINE_SECTION && env_runs(f, found->place) != 0);
    }
    const char *url = keyword ? keyword : of_section ? (section ? section : f->url) : own;
    if ((!of_section && !own) || (own && !same(own, url))) {
        url_not_known(f, p, NULL, NULL);
        return;
    }
    p->url = url;
}

static void no_url(const struct config *c, struct alembic_project *p)
{
    err_set(&p->url_error, ERR_USAGE, "there is no sqlalchemy.url in %s",
            c->ini_file ? c->ini_file : c->toml_file);
    err_hint(&p->url_error, "Write it there, or give --url.");
}

static void read_url(struct env_file *f, struct alembic_project *p)
{
    f->url = p->url;
    if (!take_main_options(f, p)) {
        return;
    }
    take_engines(f, p);
    if (p->url || p->url_error.status) {
        return;
    }
    no_url(f->config, p);
}

static void fail_all(struct alembic_project *p, const struct err *err)
{
    p->online_error = p->offline_error = p->url_error = *err;
    p->url = NULL;
}

void env_py_parse(struct arena *a, const struct config *c, const struct alembic_options *options,
                  const char *file, struct slice text, struct alembic_project *p)
{
    unsigned budget = 0;
    struct env_file f = {.arena = a, .file = file, .config = c, .options = options, .budget = &budget};
    struct py_node *module = NULL;
    struct err err = {0};
    if (py_parse(a, file, text, &module, &err)) {
        fail_all(p, &err);
        return;
    }
    f.module = module;
    env_find(&f);
    read_url(&f, p); /* before the settings, for these may ask config for it */
    f.url = p->url;
    read_settings(&f, p);
}

void env_py_read(struct arena *a, const struct config *c, const struct alembic_options *options,
                 struct alembic_project *p)
{
    struct slice text;
    struct err err = {0};
    const char *file = path_join(a, p->script_location, "env.py");
    if (!file_exists(file)) { /* a folder of revisions alone: what the file says holds */
        if (!p->url) {
            no_url(c, p);
        }
        return;
    }
    if (file_read(a, file, ENV_FILE_MAX, &text, &err)) {
        fail_all(p, &err);
        return;
    }
    env_py_parse(a, c, options, file, text, p);
}
