/* What is read of an Alembic project: options, folders, and what env.py says without being run. */
#include "base/file.h"
#include "engine/alembic/project/alembic_project.h"
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

static struct arena arena;
static char folder[64];

static void write_file(const char *name, const char *text)
{
    struct err err = {0};
    if (file_write(name, slice_of(text), false, &err)) {
        fail_msg("%s: %s", name, err.message);
    }
}

static int begin(void **state UNUSED)
{
    snprintf(folder, sizeof(folder), "/tmp/lockstep-test-XXXXXX");
    unsetenv("ALEMBIC_CONFIG");
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int end(void **state UNUSED)
{
    arena_release(&arena);
    char command[128];
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

static int load_with(const struct alembic_options *options, struct alembic_project **out, struct err *err)
{
    *out = NULL;
    return alembic_project_load(&arena, options, out, err);
}

static struct alembic_project *load(void)
{
    struct alembic_project *p;
    struct err err = {0};
    if (load_with(&(struct alembic_options){0}, &p, &err)) {
        fail_msg("%s:%d: %s", err.file, err.line, err.message);
    }
    return p;
}

/* --- folders and options */

static void locations(void **state UNUSED)
{
    static const struct {
        const char *lines;
        size_t n;
        const char *folders[3], *paths;
    } cases[] = {
        {"", 1, {"m/versions"}, ""},
        {"version_locations = a b\n", 2, {"a", "b"}, ""},
        {"version_locations = a, b,c\n", 3, {"a", "b", "c"}, ""},
        {"version_locations = a:b c\npath_separator = os\n", 2, {"a", "b c"}, ""},
        {"version_locations = a ; b\nversion_path_separator = ;\n", 2, {"a", "b"}, ""},
        {"version_locations =\n  a\n  b c\npath_separator = newline\n", 2, {"a", "b c"}, ""},
        {"version_locations = a  b\npath_separator = space\n", 2, {"a", "b"}, ""},
        {"version_locations = %(here)s/x:/abs//y/./z\npath_separator = :\n", 2, {"x", "/abs/y/z"}, ""},
        {"prepend_sys_path = . src:lib,more\n", 1, {"m/versions"}, ".|src|lib|more"},
        {"prepend_sys_path = a b:c\npath_separator = os\n", 1, {"m/versions"}, "a b|c"},
        {"prepend_sys_path = a;b\nversion_path_separator = os\n", 1, {"m/versions"}, "a;b"},
    };
    write_file("m/env.py", "");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        write_file("alembic.ini", arena_printf(&arena, "[alembic]\nscript_location = m\n%s", cases[i].lines));
        const struct alembic_project *p = load();
        assert_int_equal(p->nversions, cases[i].n);
        for (size_t k = 0; k < cases[i].n; k++) {
            assert_string_equal(p->versions[k], cases[i].folders[k]);
        }
        AUTO(strbuf_release) struct strbuf paths = STRBUF_INIT;
        for (size_t k = 0; k < p->sys_path.n; k++) {
            strbuf_addf(&paths, "%s%s", k ? "|" : "", p->sys_path.items[k]);
        }
        assert_string_equal(strbuf_cstr(&paths), cases[i].paths);
    }
}

static void options(void **state UNUSED)
{
    write_file("m/env.py", "");
    write_file("alembic.ini",
               "[alembic]\nscript_location = %(here)s/m\nfile_template = %%(rev)s\ntruncate_slug_length = 7\n"
               "recursive_version_locations = true\nsourceless = True\n");
    write_file("pyproject.toml",
               "[tool.alembic]\ntimezone = \"UTC\"\nfile_template = \"%%(slug)s\"\nsourceless = true\n"
               "[[tool.alembic.post_write_hooks]]\nname = \"ruff\"\n");
    const struct alembic_project *p = load();
    assert_string_equal(p->script_location, "m");
    assert_string_equal(p->file_template, "%(rev)s"); /* the ini file's comes first */
    assert_string_equal(p->timezone, "UTC");
    assert_int_equal(p->truncate_slug_length, 7);
    assert_true(p->recursive);
    assert_false(p->sourceless); /* "True" is not "true", and the ini file decides */
    assert_string_equal(p->hook, "ruff");
    assert_string_equal(p->ini, "alembic.ini");
    assert_string_equal(p->toml, "pyproject.toml");

    unlink("alembic.ini");
    write_file(
        "pyproject.toml",
        "[tool.alembic]\nscript_location = \"%(here)s/m\"\nversion_locations = [\"a b\", \"%(here)s/c\"]\n"
        "truncate_slug_length = 9\nrecursive_version_locations = true\n");
    p = load();
    assert_int_equal(p->nversions, 2);
    assert_string_equal(p->versions[0], "a b");
    assert_string_equal(p->versions[1], "c");
    assert_int_equal(p->truncate_slug_length, 9);
    assert_true(p->recursive);
    assert_string_equal(p->file_template, "%(rev)s_%(slug)s");
}

static void wrong_files(void **state UNUSED)
{
    static const struct {
        const char *ini, *toml;
        int line;
        const char *message;
    } cases[] = {
        {"[alembic]\nscript_location = m\npath_separator = x\nversion_locations = a\n", NULL, 3,
         "'x' is not a valid value for path_separator; expected 'space', 'newline', 'os', ':', ';'"},
        {"[alembic]\nscript_location = m\ntruncate_slug_length = many\n", NULL, 3, "expected a number"},
        {"[alembic]\nscript_location = %(nowhere)s/m\n", NULL, 2, "names %(nowhere)s"},
        {"[alembic]\nscript_location = x:y\n", NULL, 2, "cannot find the package \"x\""},
        {NULL, "[tool.alembic]\nscript_location = \"m\"\nversion_locations = \"a\"\n", 3,
         "to be a list of strings"},
        {NULL, "[tool.alembic]\nscript_location = \"m\"\nsourceless = \"true\"\n", 3,
         "boolean value expected"},
        {NULL, "[tool.alembic]\nscript_location = \"%(there)s/m\"\n", 2, "expected %% or %(here)s"},
        {NULL, "[tool]\nalembic = 1\n", 2, "expected [tool.alembic] to be a table"},
        {"[other]\n", NULL, 0, "No config file 'alembic.ini' found, or file has no '[alembic]' section"},
        {"[alembic]\nscript_location = m\n[lockstep]\ntransaction_per_migration = maybe\n", NULL, 4,
         "expected true or false"},
        {"[alembic]\nscript_location = m\n[lockstep]\nurls = x\n", NULL, 4, "unknown option"},
    };
    write_file("m/env.py", "");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct alembic_project *p;
        struct err err = {0};
        unlink("alembic.ini");
        unlink("pyproject.toml");
        write_file(cases[i].ini ? "alembic.ini" : "pyproject.toml",
                   cases[i].ini ? cases[i].ini : cases[i].toml);
        assert_int_equal(load_with(&(struct alembic_options){0}, &p, &err), ERR_FILE);
        if (err.line != cases[i].line || !strstr(err.message, cases[i].message)) {
            fail_msg("%zu: %s:%d: %s", i, err.file, err.line, err.message);
        }
        assert_string_equal(err.file, cases[i].ini ? "alembic.ini" : "pyproject.toml");
    }
}

/* --- env.py */

#define ONLINE  "e = engine_from_config(config.get_section(config.config_ini_section))\n"
#define CONTEXT "from alembic import context\nconfig = context.config\n"

static struct alembic_project *with_env(const char *ini, const char *env)
{
    static const struct driver_param x[] = {{"url", "sqlite:///of_x.db"}};
    write_file("alembic.ini", arena_printf(&arena, "[alembic]\nscript_location = m\n%s", ini));
    write_file("m/env.py", env);
    struct alembic_project *p;
    struct err err = {0};
    if (load_with(&(struct alembic_options){.x = x, .nx = 1}, &p, &err)) {
        fail_msg("%s:%d: %s", err.file, err.line, err.message);
    }
    return p;
}

static void urls(void **state UNUSED)
{
    static const char of_ini[] = "sqlalchemy.url = sqlite:///ini.db\n";
    static const struct {
        const char *ini, *env;
        const char *url, *error;
    } cases[] = {
        {of_ini, CONTEXT ONLINE, "sqlite:///ini.db", NULL},
        {"sqlalchemy.url = postgresql://u:a%%40b@h/d\n", CONTEXT ONLINE, "postgresql://u:a%40b@h/d", NULL},
        {"", CONTEXT ONLINE, NULL, "there is no sqlalchemy.url in alembic.ini"},
        {of_ini, CONTEXT "from shop import engine\n", NULL, "known only when env.py runs"},
        {of_ini, CONTEXT "config.set_main_option('sqlalchemy.url', 'sqlite:///set%%20it.db')\n" ONLINE,
         "sqlite:///set%20it.db", NULL},
        {"", CONTEXT "config.set_main_option('sqlalchemy.url', os.environ['TEST_URL'])\n" ONLINE,
         "sqlite:///of_env.db", NULL},
        {"",
         CONTEXT
         "config.set_main_option('sqlalchemy.url', os.getenv('TEST_NOTHING', 'sqlite:///d.db'))\n" ONLINE,
         "sqlite:///d.db", NULL},
        {of_ini, CONTEXT "config.set_main_option('sqlalchemy.url', os.environ['TEST_NOTHING'])\n" ONLINE,
         NULL, "from $TEST_NOTHING, which is not set"},
        {of_ini,
         CONTEXT "url = os.getenv('TEST_NOTHING')\nif url:\n    config.set_main_option('sqlalchemy.url', "
                 "url)\n" ONLINE,
         "sqlite:///ini.db", NULL},
        {of_ini,
         CONTEXT "url = os.getenv('TEST_URL')\nif url is not None:\n"
                 "    config.set_main_option('sqlalchemy.url', url.replace('of_', 'for_'))\n" ONLINE,
         "sqlite:///for_env.db", NULL},
        {of_ini,
         CONTEXT "from shop import settings\nconfig.set_main_option('sqlalchemy.url', settings.URL)\n" ONLINE,
         NULL, "known only when env.py runs"},
        {of_ini,
         CONTEXT
         "from shop import on\nif on:\n    config.set_main_option('sqlalchemy.url', 'sqlite://')\n" ONLINE,
         NULL, "known only when env.py runs"},
        {"",
         CONTEXT
         "def get_url():\n    \"\"\"doc\"\"\"\n    return f\"sqlite:///{os.environ.get('TEST_NAME')}.db\"\n"
         "def run():\n    c = config.get_section('alembic')\n    c['sqlalchemy.url'] = get_url()\n"
         "    e = engine_from_config(c)\n",
         "sqlite:///name.db", NULL},
        {"",
         CONTEXT
         "u = os.environ['TEST_NAME']\ne = create_engine('postgresql://' + quote_plus(u + ' x') + '@h/d')\n",
         "postgresql://name+x@h/d", NULL},
        {"",
         CONTEXT "e = create_engine(context.get_x_argument(as_dictionary=True).get('url', 'sqlite://'))\n",
         "sqlite:///of_x.db", NULL},
        {of_ini, CONTEXT "e = create_engine(config.get_main_option('sqlalchemy.url'))\n", "sqlite:///ini.db",
         NULL},
        {of_ini, CONTEXT "e = create_engine(URL)\n", NULL, "known only when env.py runs"},
        {of_ini, CONTEXT "e = create_engine('sqlite:///one.db')\n" ONLINE, NULL,
         "known only when env.py runs"},
        {of_ini, CONTEXT ONLINE "def f():\n    def (", NULL, "syntax"},
        {"sqlalchemy.url = driver://user:pass@localhost/dbname\n", CONTEXT ONLINE, NULL,
         "still what Alembic's template"},
    };
    setenv("TEST_URL", "sqlite:///of_env.db", 1);
    setenv("TEST_NAME", "name", 1);
    unsetenv("TEST_NOTHING");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct alembic_project *p = with_env(cases[i].ini, cases[i].env);
        if (cases[i].url) {
            if (!p->url || strcmp(p->url, cases[i].url) != 0) {
                fail_msg("%zu: %s, %s", i, p->url ? p->url : "none", p->url_error.message);
            }
            continue;
        }
        if (p->url || !p->url_error.status || !strstr(p->url_error.message, cases[i].error)) {
            fail_msg("%zu: %s, %s", i, p->url ? p->url : "none", p->url_error.message);
        }
    }
}

/* Names of names of names: the reader gives up before the reader's reader does. */
static void names_end(void **state UNUSED)
{
    AUTO(strbuf_release) struct strbuf env = STRBUF_INIT;
    strbuf_adds(&env, CONTEXT "n0 = 'x'\n");
    for (int i = 1; i < 40; i++) {
        strbuf_addf(&env, "n%d = n%d + n%d + n%d\n", i, i - 1, i - 1, i - 1);
    }
    strbuf_adds(&env, "a = b\nb = a\ne = create_engine(n39)\nf = create_engine(a)\n");
    assert_null(with_env("", strbuf_cstr(&env))->url);
}

static void settings(void **state UNUSED)
{
    static const struct {
        const char *env;
        const char *table, *schema; /* online */
        bool each, batch;
        const char *online, *offline; /* errors */
    } cases[] = {
        {CONTEXT "context.configure(connection=c)\ncontext.configure(url=u)\n", NULL, NULL, false, false,
         NULL, NULL},
        {CONTEXT "context.configure(connection=c, version_table='v', version_table_schema=\"s\", "
                 "transaction_per_migration=True, render_as_batch=True)\ncontext.configure(url=u)\n",
         "v", "s", true, true, NULL, NULL},
        {"from alembic import context as ctx\nT = 'v'\nctx.configure(version_table=T, "
         "version_table_schema=None)\n",
         "v", NULL, false, false, NULL, NULL},
        {CONTEXT "kw = dict(version_table='v')\ncontext.configure(**kw)\n", "v", NULL, false, false, NULL,
         NULL},
        {CONTEXT "kw = {'version_table': 'v'}\nkw['version_table'] = f()\ncontext.configure(**kw)\n", NULL,
         NULL, false, false, "**", "**"},
        {CONTEXT "context.configure(connection=c, version_table=settings.T)\ncontext.configure(url=u)\n",
         NULL, NULL, false, false, "value of version_table", NULL},
        {CONTEXT "context.configure(connection=c, render_as_batch=f())\ncontext.configure(url=u)\n", NULL,
         NULL, false, false, NULL, NULL},
        {CONTEXT "context.configure(connection=c)\ncontext.configure(url=u, transaction_per_migration=f())\n",
         NULL, NULL, false, false, NULL, "value of transaction_per_migration"},
        {CONTEXT "context.configure(connection=c, version_table='a')\ncontext.configure(connection=d)\n"
                 "context.configure(url=u)\n",
         "a", NULL, false, false, "version_table", NULL},
        {CONTEXT "for s in schemas:\n    context.configure(connection=c, version_table_schema='x')\n"
                 "context.configure(url=u)\n",
         NULL, "x", false, false, "loop", NULL},
        {CONTEXT "context.configure(connection=c, **current_app.args)\ncontext.configure(url=u)\n", NULL,
         NULL, false, false, "**", NULL},
        {CONTEXT
         "context.configure(connection=c)\nc.execute('SET search_path TO x')\ncontext.configure(url=u)\n",
         NULL, NULL, false, false, "statement of its own", NULL},
        {CONTEXT "context.configure(on_version_apply=f)\n", NULL, NULL, false, false, "on_version_apply",
         "on_version_apply"},
        {CONTEXT "context.configure(version_table_pk=True, transactional_ddl=None)\n", NULL, NULL, false,
         false, NULL, NULL},
        {CONTEXT "context.configure(connection=c)\n", NULL, NULL, false, false, NULL, "with --sql"},
        {"import shop\nshop.run()\n", NULL, NULL, false, false, "context.configure()", "context.configure()"},
        {CONTEXT "structlog.configure(version_table=f())\ncontext.configure(version_table='v')\n", "v", NULL,
         false, false, NULL, NULL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct alembic_project *p = with_env("", cases[i].env);
        struct migration_settings s;
        struct err err = {0};
        const char *errors[] = {cases[i].online, cases[i].offline};
        for (size_t k = 0; k < 2; k++) {
            int rc = alembic_settings(p, k == 1, &s, &err);
            if (rc != (errors[k] ? ERR_REFUSED : 0) || (errors[k] && !strstr(err.message, errors[k]))) {
                fail_msg("%zu, %zu: %d %s", i, k, rc, err.message);
            }
        }
        const char *table = p->online.version_table, *schema = p->online.version_table_schema;
        if (!cases[i].online) {
            assert_true(table == cases[i].table ||
                        (table && cases[i].table && strcmp(table, cases[i].table) == 0));
            assert_true(schema == cases[i].schema ||
                        (schema && cases[i].schema && strcmp(schema, cases[i].schema) == 0));
            assert_int_equal(p->online.transaction_per_migration, cases[i].each);
            assert_int_equal(p->online.render_as_batch, cases[i].batch);
        }
    }
}

static void settled_by_hand(void **state UNUSED)
{
    static const char env[] = "import shop\nshop.run()\n";
    setenv("TEST_PASSWORD", "secret", 1);
    const struct alembic_project *p =
        with_env("[lockstep]\nversion_table = v\ntransaction_per_migration = true\n"
                 "url = postgresql://u:${env:TEST_PASSWORD}@h/d\n",
                 env);
    struct migration_settings s;
    struct err err = {0};
    assert_int_equal(alembic_settings(p, false, &s, &err), 0);
    assert_string_equal(s.version_table, "v");
    assert_true(s.transaction_per_migration);
    struct project *wrapped = alembic_project_wrap(&arena, (struct alembic_project *)p);
    assert_non_null(wrapped->only);
    struct url url;
    assert_int_equal(target_url(&arena, &wrapped->only->targets[0], ".", &url, &err), 0);
    assert_string_equal(url.password, "secret");
}

/* A dollar sign of SQLAlchemy's URL is one. */
static void dollar_signs(void **state UNUSED)
{
    struct alembic_project *p = with_env("sqlalchemy.url = postgresql://u:${env:HOME}@h/d\n", CONTEXT ONLINE);
    struct project *wrapped = alembic_project_wrap(&arena, p);
    assert_non_null(wrapped->only);
    struct url url;
    struct err err = {0};
    assert_int_equal(target_url(&arena, &wrapped->only->targets[0], ".", &url, &err), 0);
    assert_string_equal(url.password, "${env:HOME}");
    assert_null(strstr(p->online.url, "HOME"));
}

/* What revisions may ask config.get_main_option() for. */
static void ini_options(void **state UNUSED)
{
    const struct alembic_project *p =
        with_env("mine = %(here)s/x\nsqlalchemy.url = sqlite://\n", CONTEXT ONLINE);
    const char *mine = NULL;
    for (size_t i = 0; i < p->online.nini; i++) {
        mine = strcmp(p->online.ini[i].name, "mine") == 0 ? p->online.ini[i].value : mine;
    }
    assert_non_null(mine);
    assert_string_equal(mine, arena_printf(&arena, "%s/x", folder));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(locations), TEST(options),         TEST(wrong_files),  TEST(urls),        TEST(names_end),
        TEST(settings),  TEST(settled_by_hand), TEST(dollar_signs), TEST(ini_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
