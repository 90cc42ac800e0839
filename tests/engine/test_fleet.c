/* Members of a fleet, before anything is connected to: which server they are on, and which of them are
 * schemas of one database. */
#include "base/arena.h"
#include "base/module.h"
#include "engine/fleet.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void open_ok(struct arena *a, const char *targets, struct fleet *f)
{
    struct err err = {0};
    struct environment *e = NULL;
    const char *text = arena_printf(a, "environment: production\n%s", targets);
    if (environment_parse(a, "production.yaml", slice_of(text), &e, &err) != 0 ||
        fleet_open(a, NULL, e, NULL, f, &err) != 0) {
        fail_msg("line %d: %s\n%s", err.line, err.message, err.excerpt);
    }
}

static void assert_server(const char *target, const char *server)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(fleet_close) struct fleet f = {0};
    open_ok(&a, arena_printf(&a, "targets: [{ name: t, %s }]\n", target), &f);
    assert_string_equal(f.members.items[0].server, server);
}

static void servers(void **state)
{
    (void)state;
    assert_server("url: \"sqlite:///a.db\"", "");
    assert_server("url: postgresql://u@db1/x", "db1:5432");
    assert_server("url: postgresql://u@db1:5432/y", "db1:5432");
    assert_server("url: postgresql://u@db1:5433/x?schema=s", "db1:5433");
    assert_server("url: mysql://u@db1/x", "db1:3306");
    assert_server("url: postgresql://u@DB1/x", "db1:5432");
    assert_server("url: \"postgresql://u@[fe80::1]/x\"", "[fe80::1]:5432");
    assert_server("url: \"postgresql://u@[::1]/x\"", "localhost:5432");
    assert_server("url: postgresql://u@127.0.0.1/x", "localhost:5432");
    assert_server("url: postgresql://u@LocalHost/x", "localhost:5432");
    assert_server("url: postgresql:///x?host=/run/postgresql", "localhost:5432");
    assert_server("url: postgresql:///x?host=/run/postgresql&port=5433", "localhost:5433");
    assert_server("url: mysql:///x?unix_socket=/run/s.sock", "/run/s.sock");
    assert_server("url: postgresql:///x", ":5432");
    assert_server("url: postgresql://u@localhost/x, tunnel: { host: bastion-1, user: d }",
                  "localhost:5432 via bastion-1:22");
}

static void schemas_of_one_database(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(fleet_close) struct fleet f = {0};
    open_ok(&a,
            "targets:\n"
            "  - { name: a, url: postgresql://u:p@db/x?schema=s1 }\n"
            "  - { name: b, url: postgresql://u:p@db/x?schema=s2 }\n"
            "  - { name: c, url: postgresql://u:p@db/x }\n"
            "  - { name: other-database, url: postgresql://u:p@db/y?schema=s1 }\n"
            "  - { name: other-user, url: postgresql://v:p@db/x?schema=s1 }\n"
            "  - { name: other-password, url: postgresql://u:q@db/x?schema=s1 }\n"
            "  - { name: other-host, url: postgresql://u:p@db2/x?schema=s1 }\n"
            "  - { name: other-port, url: postgresql://u:p@db:5433/x?schema=s1 }\n"
            "  - { name: other-option, url: postgresql://u:p@db/x?schema=s1&sslmode=require }\n"
            "  - { name: other-tls, url: postgresql://u:p@db/x?schema=s1, tls: { mode: require } }\n"
            "  - { name: other-way, url: postgresql://u:p@db/x?schema=s1, tunnel: { host: h, user: d } }\n"
            "  - { name: no-schemas, url: mysql://u:p@db/x?schema=s1 }\n",
            &f);
    const struct member *m = f.members.items;
    assert_string_equal(m[0].schema, "s1");
    assert_string_equal(m[1].schema, "s2");
    assert_string_equal(m[0].database, m[1].database);
    assert_null(m[2].database);
    assert_null(m[11].database);
    for (size_t i = 3; i < 11; i++) {
        for (size_t k = 0; k < i; k++) {
            if (m[k].database && k != 1 && strcmp(m[k].database, m[i].database) == 0) {
                fail_msg("%s is taken for %s", m[i].target->name, m[k].target->name);
            }
        }
    }
}

static void members_by_name(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(fleet_close) struct fleet g = {0};
    open_ok(&a,
            "targets: [{ name: c, url: \"sqlite:///c\" }, { name: a, url: \"sqlite:///a\" }, "
            "{ name: b, url: \"sqlite:///b\" }]\n",
            &g);
    assert_ptr_equal(fleet_find(&g, "c"), &g.members.items[0]);
    assert_ptr_equal(fleet_find(&g, "a"), &g.members.items[1]);
    assert_ptr_equal(fleet_find(&g, "b"), &g.members.items[2]);
    assert_null(fleet_find(&g, "d"));
    struct fleet none = {0};
    assert_null(fleet_find(&none, "a"));
}

int main(void)
{
    module_set_dir(LOCKSTEP_MODULE_DIR);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(servers),
        cmocka_unit_test(schemas_of_one_database),
        cmocka_unit_test(members_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
