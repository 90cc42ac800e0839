/* Secrets from a server that speaks Vault's API (tests/servers/vault.py). */
#include "base/file.h"
#include "base/http.h"
#include "base/module.h"
#include "environments/vault_internal.h"
#include "tests/environments/document.h"
#include "tests/servers/servers.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

static struct arena arena;
static FILE *server;
static char address[64];

static FILE *start(const char *more, int *port)
{
    char *file = arena_printf(&arena, "%s/port", test_folder());
    FILE *started = popen(arena_printf(&arena, "exec python3 -B tests/servers/vault.py %s %s", file, more),
                          "w"); // NOLINT
    assert_non_null(started);
    struct slice text = {0};
    for (int i = 0; i < 4000 && file_read(&arena, file, 0, &text, NULL) != 0; i++) {
        usleep(5000);
    }
    *port = text.len ? (int)strtol(text.ptr, NULL, 10) : 0;
    assert_in_range(*port, 1, 65535);
    return started;
}

/* Tell the server how to behave; its answer says what it was asked so far. */
static const char *server_test(const char *json)
{
    struct http_answer answer = {0};
    struct http_request r = {.url = arena_printf(&arena, "%s/test", address), .method = json ? "PUT" : "GET"};
    if (json) {
        r.body = slice_of(json);
    }
    assert_int_equal(http_send(&arena, &r, &answer, NULL), 0);
    assert_int_equal(answer.status, 200);
    return answer.body.ptr;
}

static size_t count(const char *text, const char *part)
{
    size_t n = 0;
    for (const char *at = strstr(text, part); at; at = strstr(at + 1, part)) {
        n++;
    }
    return n;
}

static size_t asked(const char *path)
{
    return count(server_test(NULL), arena_printf(&arena, "\"path\": \"%s", path));
}

#define SECRETS                                                                                              \
    "\"secrets\": {\"secret/db/orders\": [{\"password\": \"old-hunter2\"}, {\"password\": \"hunter2\", "     \
    "\"port\": 5432, \"on\": true, \"n\": null, \"list\": [1], \"real\": 1.5, \"wild\": "                    \
    "\"p@ss:w/rd?#%&=+ \\u00e9$\\\"'\"}], \"secret/gone\": [{\"a\": \"1\"}, null], \"secret/ashes\": "       \
    "[false], \"secret/data/x\": [{\"a\": \"nested\"}], \"team/kv/app\": [{\"a\": \"team\"}], "              \
    "\"secret/private/x\": [{\"a\": \"1\"}]}, "
#define TOKENS                                                                                               \
    "\"tokens\": {\"hvs.token\": [\"secret/db\", \"secret/gone\", \"secret/ashes\", \"secret/data\", "       \
    "\"team\", \"secret/\\u00e9\", "                                                                         \
    "\"secret/no\"]}, \"roles\": {\"role\": \"hvs.secretid\"}, \"approle\": \"approle\", \"spent\": []"

static int before(void **state UNUSED)
{
    static const char *const variables[] = {"VAULT_TOKEN",         "VAULT_NAMESPACE", "VAULT_CACERT",
                                            "VAULT_ROLE_ID",       "VAULT_SECRET_ID", "VAULT_ROLE_ID_FILE",
                                            "VAULT_SECRET_ID_FILE"};
    for (size_t i = 0; i < COUNT_OF(variables); i++) {
        unsetenv(variables[i]);
    }
    setenv("VAULT_ADDR", address, 1);
    setenv("VAULT_TOKEN", "hvs.token", 1);
    setenv("HOME", test_folder(), 1);
    server_test("{" SECRETS TOKENS ", \"mode\": \"normal\"}");
    vault_use(NULL);
    return 0;
}

static int begin(void **state UNUSED)
{
    setenv("NO_PROXY", "127.0.0.1,localhost", 1);
    module_set_dir(LOCKSTEP_MODULE_DIR);
    int port;
    server = start("", &port);
    snprintf(address, sizeof(address), "http://127.0.0.1:%d", port);
    return 0;
}

static int end(void **state UNUSED)
{
    pclose(server);
    vault_use(NULL);
    arena_release(&arena);
    return 0;
}

static const char *read_ok(const char *reference)
{
    struct slice out = {0};
    struct err e = {0};
    if (vault_read(&arena, reference, &out, &e) != 0) {
        fail_msg("%s: %s", reference, e.message);
    }
    return slice_dup(&arena, out);
}

static void no_secret_in(const struct err *e)
{
    static const char *const secrets[] = {"hunter2", "hvs.", "p@ss", "nested"};
    for (size_t i = 0; i < COUNT_OF(secrets); i++) {
        assert_null(strstr(e->message, secrets[i]));
        assert_null(strstr(e->hint, secrets[i]));
        assert_null(strstr(e->excerpt, secrets[i]));
    }
}

static void read_fails(const char *reference, int status, const char *message, const char *hint)
{
    struct slice out = {0};
    struct err e = {0};
    int rc = vault_read(&arena, reference, &out, &e);
    if (rc != status || !strstr(e.message, message) || !strstr(e.hint, hint)) {
        fail_msg("%s: %d %s (%s)", reference, rc, e.message, e.hint);
    }
    no_secret_in(&e);
}

static void references(void **state UNUSED)
{
    static const char *const mounts[] = {"team", "team/kv", "team/k"};
    const struct vault_settings settings = {.mounts = (const char **)(uintptr_t)mounts, .nmounts = 3};
    static const struct {
        const char *text, *path, *key;
    } cases[] = {{"secret/db/orders#password", "secret/data/db/orders", "password"},
                 {"secret/data/db/orders#password", "secret/data/db/orders", "password"},
                 {"secret/data/data/x#a", "secret/data/data/x", "a"},
                 {"secret/database/x#a", "secret/data/database/x", "a"},
                 {"secret/x?version=12#a", "secret/data/x?version=12", "a"},
                 {"secret/x#a#b", "secret/data/x", "a#b"},
                 {"secret/a b/\xC3\xA9%#k e y", "secret/data/a%20b/%C3%A9%25", "k e y"},
                 {"team/kv/app#a", "team/kv/data/app", "a"},
                 {"team/kv/data/app#a", "team/kv/data/app", "a"},
                 {"team/x#a", "team/data/x", "a"},
                 {"team/kv#a", "team/data/kv", "a"}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct vault_reference r = {0};
        assert_int_equal(vault_reference_parse(&arena, &settings, slice_of(cases[i].text), &r, NULL), 0);
        assert_string_equal(r.path, cases[i].path);
        assert_string_equal(r.key, cases[i].key);
    }
    static const char *const wrong[] = {"x",
                                        "secret/x",
                                        "secret#a",
                                        "secret/#a",
                                        "/secret/x#a",
                                        "secret//x#a",
                                        "secret/x#",
                                        "secret/../x#a",
                                        "secret/./x#a",
                                        "secret/x/#a",
                                        "#a",
                                        "secret/x?a#b",
                                        "secret/x?version=#b",
                                        "secret/x?version=-1#b"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct err e = {0};
        if (vault_check_reference(slice_of(wrong[i]), &e) != ERR_FILE) {
            fail_msg("%s", wrong[i]);
        }
    }
    struct vault_reference r;
    assert_int_equal(vault_reference_parse(&arena, NULL, SLICE("secret/data#a"), &r, NULL), ERR_FILE);
}

static void secrets(void **state UNUSED)
{
    assert_string_equal(read_ok("secret/db/orders#password"), "hunter2");
    assert_string_equal(read_ok("secret/data/db/orders#password"), "hunter2");
    assert_string_equal(read_ok("secret/db/orders?version=1#password"), "old-hunter2");
    assert_string_equal(read_ok("secret/db/orders#port"), "5432");
    assert_string_equal(read_ok("secret/db/orders#on"), "true");
    assert_string_equal(read_ok("secret/data/data/x#a"), "nested");
}

static void secrets_with_strange_names(void **state UNUSED)
{
    server_test("{\"secrets\": {\"secret/\\u00e9 %&+/y\": [{\"a b#\": \"strange\"}]}}");
    assert_string_equal(read_ok("secret/\xC3\xA9 %&+/y#a b#"), "strange");
}

/* A secret may hold whatever a URL gives a meaning to. */
static void secrets_in_urls(void **state UNUSED)
{
    struct environment *env;
    struct url u;
    struct err e = {0};
    assert_int_equal(
        environment_from_url(&arena, "postgresql://u:${vault:secret/db/orders#wild}@h/d", &env, &e), 0);
    assert_int_equal(target_url(&arena, &env->targets[0], ".", &u, &e), 0);
    assert_string_equal(u.password, "p@ss:w/rd?#%&=+ \xC3\xA9$\"'");
    assert_string_equal(u.host, "h");
    assert_string_equal(target_display(&arena, &env->targets[0], "."), "postgresql://u:***@h/d");
    assert_int_equal(environment_supported(env, USE_CONNECT, &e), 0);
}

static void secrets_of_tenants(void **state UNUSED)
{
    server_test(
        "{\"secrets\": {\"secret/db/acme\": [{\"p\": \"one\"}], \"secret/db/zeta\": [{\"p\": \"two\"}]}}");
    struct environment *env;
    struct url u;
    struct err e = {0};
    const char *text = "environment: e\ntargets:\n  - name: t-${value}\n    url: "
                       "mysql://u:${vault:secret/db/${value}#p}@h/${value}\n"
                       "    each: [acme, zeta]\n";
    if (environment_parse(&arena, "e.yaml", slice_of(text), &env, &e) != 0) {
        fail_msg("%s", e.message);
    }
    if (environment_expand(&arena, env, NULL, NULL, &e) != 0) {
        fail_msg("%s", e.message);
    }
    assert_int_equal(env->ntargets, 2);
    assert_int_equal(target_url(&arena, &env->targets[1], ".", &u, &e), 0);
    assert_string_equal(u.password, "two");
    assert_string_equal(u.database, "zeta");
    /* A value that would change what is referred to. */
    text = "environment: e\ntargets:\n  - name: t-${value}\n    url: mysql://h/${value}\n    password: "
           "${vault:secret/db/${value}#p}\n"
           "    each: [\"a#b\"]\n";
    assert_int_equal(environment_parse(&arena, "e.yaml", slice_of(text), &env, &e), 0);
    assert_int_equal(environment_expand(&arena, env, NULL, NULL, &e), ERR_FILE);
    assert_string_equal(e.message, "a value of each cannot stand in a reference");
    text = "environment: e\ntargets:\n  - name: t\n    url: mysql://h/d\n    password: "
           "${vault:secret/db/${value}#p}\n";
    assert_int_equal(environment_parse(&arena, "e.yaml", slice_of(text), &env, &e), ERR_FILE);
    assert_string_equal(e.message, "${value} needs an \"each\" beside it");
}

static void what_is_missing(void **state UNUSED)
{
    read_fails("secret/db/orders#passwort", ERR_FILE, "has no key \"passwort\"",
               "Did you mean \"password\"? Its keys are");
    read_fails("secret/db/orders#xyzzy", ERR_FILE, "has no key \"xyzzy\"", "Its keys are password, port, on");
    read_fails("secret/db/orders#list", ERR_FILE, "the value of \"list\" is a list", "Store it as text");
    read_fails("secret/db/orders#n", ERR_FILE, "is null", "");
    read_fails("secret/db/orders#real", ERR_FILE, "is a number with a fraction", "");
    read_fails("secret/no/such#a", ERR_FILE, "there is no secret at secret/data/no/such", "mount");
    read_fails("secret/db/orders?version=9#a", ERR_FILE,
               "there is no secret at secret/data/db/orders?version=9", "");
    read_fails("secret/gone#a", ERR_FILE, "version 2 of the secret was deleted at 2026-02-03", "");
    assert_string_equal(read_ok("secret/gone?version=1#a"), "1");
    read_fails("secret/ashes#a", ERR_FILE, "version 1 of the secret has been destroyed", "");
    read_fails("secret/private/x#a", ERR_FAILED, "permission denied (status 403)", "policy");
    setenv("VAULT_TOKEN", "hvs.wrong\n", 1);
    vault_use(NULL);
    read_fails("secret/db/orders#password", ERR_FAILED, "permission denied", "vault token lookup");
}

static void servers_that_do_not_answer(void **state UNUSED)
{
    static const struct {
        const char *mode;
        int status;
        const char *message, *hint;
    } cases[] = {
        {"sealed", ERR_UNREACHABLE, "Vault is sealed or down for maintenance (status 503: Vault is sealed)",
         "Unseal it"},
        {"html", ERR_FAILED, "is not what Vault says", "Is this the address of a Vault server?"},
        {"garbage", ERR_FAILED, "is not what a key-value store of version 2 says", "version 2"},
        {"redirect", ERR_FAILED,
         "redirects to https://active.vault.internal:8200, and a token is sent to one address only",
         "Set the address"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        server_test(arena_printf(&arena, "{\"mode\": \"%s\"}", cases[i].mode));
        vault_use(NULL);
        read_fails("secret/db/orders#password", cases[i].status, cases[i].message, cases[i].hint);
    }
    server_test("{\"mode\": \"passing\", \"failures\": 2}");
    vault_use(NULL);
    assert_string_equal(read_ok("secret/db/orders#password"), "hunter2");
    setenv("VAULT_ADDR", "http://127.0.0.1:1", 1);
    vault_use(NULL);
    read_fails("secret/db/orders#password", ERR_UNREACHABLE, "http://127.0.0.1:1: cannot connect", "");
}

/* The deadline holds, and others do not wait for it anew. */
static void a_server_that_hangs(void **state UNUSED)
{
    const struct vault_settings settings = {.timeout_ms = 500};
    server_test("{\"mode\": \"hang\"}");
    vault_use(&settings);
    int64_t began = time_monotonic_us();
    read_fails("secret/db/orders#password", ERR_UNREACHABLE, "no answer within ", "");
    int64_t took = time_monotonic_us() - began;
    assert_in_range(took, 400000, 20000000);
    for (int i = 0; i < 100; i++) {
        read_fails(arena_printf(&arena, "secret/db/%d#password", i), ERR_UNREACHABLE, "no answer within ",
                   "");
    }
    assert_true(time_monotonic_us() - began - took < 25000000);
    vault_use(NULL);
}

struct reader {
    pthread_t thread;
    int failed;
};

static void *read_many(void *arg)
{
    struct reader *r = arg;
    struct arena own = ARENA_INIT;
    for (int i = 0; i < 50; i++) {
        struct slice out = {0};
        char reference[64];
        snprintf(reference, sizeof(reference), "secret/db/%d#p", i % 5);
        r->failed += vault_read(&own, reference, &out, NULL) != 0 || out.ptr[0] != (char)('a' + i % 5);
    }
    arena_release(&own);
    return NULL;
}

static void read_from_many_threads(size_t n)
{
    struct reader *readers = arena_array(&arena, n, sizeof(*readers));
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(pthread_create(&readers[i].thread, NULL, read_many, &readers[i]), 0);
    }
    for (size_t i = 0; i < n; i++) {
        pthread_join(readers[i].thread, NULL);
        assert_int_equal(readers[i].failed, 0);
    }
}

#define FIVE                                                                                                 \
    "\"secrets\": {\"secret/db/0\": [{\"p\": \"a\"}], \"secret/db/1\": [{\"p\": \"b\"}], \"secret/db/2\": "  \
    "[{\"p\": \"c\"}], \"secret/db/3\": [{\"p\": \"d\"}], \"secret/db/4\": [{\"p\": \"e\"}]}"

static void one_read_for_all(void **state UNUSED)
{
    server_test("{" FIVE "}");
    read_from_many_threads(32);
    assert_int_equal(asked("/v1/secret/data/db/"), 5);
    assert_int_equal(asked("/v1/"), 5);
}

static void by_role(void)
{
    unsetenv("VAULT_TOKEN");
    setenv("VAULT_ROLE_ID", "role", 1);
    setenv("VAULT_SECRET_ID", "hvs.secretid", 1);
    vault_use(NULL);
}

static void one_login_for_all(void **state UNUSED)
{
    server_test("{" FIVE "}");
    by_role();
    read_from_many_threads(32);
    assert_int_equal(asked("/v1/auth/approle/login"), 1);
    assert_int_equal(asked("/v1/secret/data/db/"), 5);
}

/* A token that has expired is replaced, once. */
static void a_token_expires(void **state UNUSED)
{
    by_role();
    assert_string_equal(read_ok("secret/db/orders#password"), "hunter2");
    const char *made = server_test(NULL);
    const char *last = strstr(made, "\"made\": [");
    server_test(arena_printf(&arena, "{\"spent\": [%.*s], " FIVE "}", (int)strcspn(last + 9, "]"), last + 9));
    read_from_many_threads(8);
    assert_int_equal(asked("/v1/auth/approle/login"), 1);
    assert_true(asked("/v1/secret/data/db/") <= 10);

    /* What the new one may not either stays refused. */
    server_test("{\"mode\": \"normal\"}");
    setenv("VAULT_SECRET_ID", "hvs.wrong", 1);
    vault_use(NULL);
    read_fails("secret/db/orders#password", ERR_FAILED, "cannot log in to Vault by AppRole: ", "");
    read_fails("secret/db/orders#password", ERR_FAILED, "(status 400: invalid role or secret ID)", "");

    /* A file with a token that somebody renews. */
    unsetenv("VAULT_ROLE_ID");
    char *file = arena_printf(&arena, "%s/.vault-token", getenv("HOME"));
    assert_int_equal(file_write(file, SLICE("hvs.old\n"), false, NULL), 0);
    vault_use(NULL);
    read_fails("secret/db/0#p", ERR_FAILED, "permission denied", "");
    assert_int_equal(asked("/v1/secret/data/db/0"), 1);
    assert_int_equal(file_write(file, SLICE("hvs.token\n"), false, NULL), 0);
    assert_string_equal(read_ok("secret/db/0#p"), "a");
}

static void ways_to_log_in(void **state UNUSED)
{
    const char *out;
    struct err e = {0};
    assert_int_equal(vault_describe(&arena, &out, &e), 0);
    assert_string_equal(out, arena_printf(&arena, "%s, token from VAULT_TOKEN", address));
    assert_int_equal(vault_try(&arena, &out, &e), 0);
    assert_string_equal(out, "its token is good for 1h 00m");

    unsetenv("VAULT_TOKEN");
    assert_int_equal(vault_describe(&arena, &out, &e), ERR_FILE);
    assert_string_equal(e.message, "to log in to Vault there is neither a token nor a role");
    setenv("VAULT_ROLE_ID", "role", 1);
    assert_int_equal(vault_describe(&arena, &out, &e), ERR_FILE);
    assert_string_equal(e.message, "to log in to Vault there is a role id and no secret id");
    char *secret_file = arena_printf(&arena, "%s/secret-id", test_folder());
    assert_int_equal(file_write(secret_file, SLICE("hvs.secretid\n"), true, NULL), 0);
    setenv("VAULT_SECRET_ID_FILE", secret_file, 1);
    setenv("VAULT_NAMESPACE", "team-a", 1);
    vault_use(NULL);
    assert_int_equal(vault_describe(&arena, &out, &e), 0);
    assert_string_equal(out,
                        arena_printf(&arena, "%s, namespace team-a, AppRole from VAULT_ROLE_ID", address));
    assert_string_equal(read_ok("secret/db/orders#password"), "hunter2");
    assert_int_equal(count(server_test(NULL), "\"namespace\": \"team-a\""), 2);
    assert_int_equal(count(server_test(NULL), "\"request\": \"true\""), 3);

    unsetenv("VAULT_ADDR");
    vault_use(NULL);
    assert_false(vault_is_set());
    read_fails("secret/db/orders#password", ERR_FILE, "the address of Vault is not known", "VAULT_ADDR");
    setenv("VAULT_ADDR", "vault.internal:8200", 1);
    read_fails("secret/db/orders#password", ERR_FILE, "the address of Vault from VAULT_ADDR: expected a URL",
               "");
}

static struct vault_settings *settings_of(const char *text, struct err *e)
{
    struct yaml_doc *doc;
    struct vault_settings *s = NULL;
    memset(e, 0, sizeof(*e));
    assert_int_equal(yaml_load(&arena, "lockstep.yaml", slice_of(arena_dup(&arena, text)), &doc, e), 0);
    return vault_settings_read(&arena, test_folder(), yaml_get(doc->root, "vault"), &s, e) == 0 ? s : NULL;
}

static void settings_of_a_project(void **state UNUSED)
{
    struct err e;
    struct vault_settings *s;
    unsetenv("VAULT_ADDR");
    setenv("VAULT_TOKEN", "hvs.wrong", 1);
    setenv("MY_VAULT", address, 1);
    setenv("MY_ID", "hvs.secretid", 1);
    server_test("{\"approle\": \"ci/roles\", \"mode\": \"normal\"}");
    s = settings_of(
        "vault: { address: \"${env:MY_VAULT}/\", auth: approle, role_id: role, secret_id: \"${env:MY_ID}\", "
        "approle_mount: ci/roles, namespace: ns, mount: [team/kv], timeout: 5s }\n",
        &e);
    assert_non_null(s);
    vault_use(s);
    assert_string_equal(read_ok("team/kv/app#a"), "team");
    assert_string_equal(read_ok("secret/db/orders#password"), "hunter2");
    static const struct {
        const char *text, *message;
    } wrong[] = {
        {"vault: { token: hvs.hunter2 }\n", "a secret may not stand here"},
        {"vault: { secret_id: hunter2 }\n", "a secret may not stand here"},
        {"vault: { token: \"${vault:secret/x#y}\" }\n", "the settings of Vault cannot come from Vault"},
        {"vault: { adress: x }\n", "unknown key \"adress\""},
        {"vault: { auth: kubernetes }\n", "kubernetes"},
        {"vault: { mount: /kv }\n", "without a slash"},
        {"vault: { timeout: 1h }\n", "at most 10 minutes"},
        {"vault: x\n", "expected a mapping"},
        {"vault: { address: \"${env:}\" }\n", "a reference needs something after the colon"},
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        if (settings_of(wrong[i].text, &e) || !strstr(e.message, wrong[i].message)) {
            fail_msg("%s: %s", wrong[i].text, e.message);
        }
        no_secret_in(&e);
    }
    vault_use(NULL);
}

static void over_tls(void **state UNUSED)
{
    const char *ca = server_tls_file("ca.pem");
    int port;
    FILE *tls = start(
        arena_printf(&arena, "%s %s", server_tls_file("server.pem"), server_tls_file("server.key")), &port);
    setenv("VAULT_ADDR", arena_printf(&arena, "https://localhost:%d", port), 1);
    vault_use(NULL);
    read_fails("secret/db/orders#password", ERR_FAILED, "certificate", "authority");
    setenv("VAULT_CACERT", ca, 1);
    vault_use(NULL);
    read_fails("secret/db/orders#password", ERR_FAILED, "permission denied",
               ""); /* it has been told nothing yet */
    struct http_request r = {.url = arena_printf(&arena, "https://localhost:%d/test", port),
                             .method = "PUT",
                             .body = slice_of("{" SECRETS TOKENS "}"),
                             .ca_file = ca};
    struct http_answer answer;
    assert_int_equal(http_send(&arena, &r, &answer, NULL), 0);
    assert_string_equal(read_ok("secret/db/orders#password"), "hunter2");
    setenv("VAULT_ADDR", arena_printf(&arena, "https://127.0.0.1:%d", port), 1);
    vault_use(NULL);
    read_fails("secret/db/orders#password", ERR_FAILED, "127.0.0.1", "");
    pclose(tls);
}

#define TEST(name) cmocka_unit_test_setup(name, before)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(references),
                                       TEST(secrets),
                                       TEST(secrets_with_strange_names),
                                       TEST(secrets_in_urls),
                                       TEST(secrets_of_tenants),
                                       TEST(what_is_missing),
                                       TEST(servers_that_do_not_answer),
                                       TEST(a_server_that_hangs),
                                       TEST(one_read_for_all),
                                       TEST(one_login_for_all),
                                       TEST(a_token_expires),
                                       TEST(ways_to_log_in),
                                       TEST(settings_of_a_project),
                                       TEST(over_tls)};
    return cmocka_run_group_tests(tests, begin, end);
}
