/* Target URLs: what SQLAlchemy and libpq write, every error with its column, and what is shown of them. */
#include "base/arena.h"
#include "environments/url.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct arena arena;

static int release(void **state UNUSED)
{
    arena_release(&arena);
    return 0;
}

static bool same(const char *found, const char *expected)
{
    return found == expected || (found && expected && strcmp(found, expected) == 0);
}

static void forms_that_parse(void **state UNUSED)
{
    static const struct {
        const char *text, *dialect, *user, *password, *host;
        int port;
        const char *database;
    } cases[] = {
        {"postgresql://u:p@h:5433/d", "postgresql", "u", "p", "h", 5433, "d"},
        {"postgresql+psycopg2://u@h/d", "postgresql", "u", NULL, "h", 0, "d"},
        {"postgres://h", "postgresql", NULL, NULL, "h", 0, NULL},
        {"postgresql://", "postgresql", NULL, NULL, NULL, 0, NULL},
        {"postgresql:///d", "postgresql", NULL, NULL, NULL, 0, "d"},
        {"postgresql://h/", "postgresql", NULL, NULL, "h", 0, NULL},
        {"postgresql://:5433/d", "postgresql", NULL, NULL, NULL, 5433, "d"},
        {"postgresql://u:@h/d", "postgresql", "u", "", "h", 0, "d"},
        {"postgresql://:p@h/d", "postgresql", NULL, "p", "h", 0, "d"},
        {"postgresql:///d?host=/var/run/postgresql&port=5433", "postgresql", NULL, NULL,
         "/var/run/postgresql", 5433, "d"},
        {"postgresql:///d?host=/s&user=u&password=p%26p", "postgresql", "u", "p&p", "/s", 0, "d"},
        {"postgresql://?dbname=d&host=a,b", "postgresql", NULL, NULL, "a,b", 0, "d"},
        {"postgresql://%2Fvar%2Frun/d", "postgresql", NULL, NULL, "/var/run", 0, "d"},
        {"postgresql://u:p@[::1]:5433/d", "postgresql", "u", "p", "::1", 5433, "d"},
        {"postgresql://[fe80::1%25eth0]/d", "postgresql", NULL, NULL, "fe80::1%eth0", 0, "d"},
        {"postgresql://[fe80::1%eth0]/d", "postgresql", NULL, NULL, "fe80::1%eth0", 0, "d"},
        {"postgresql://[::ffff:10.0.0.1]", "postgresql", NULL, NULL, "::ffff:10.0.0.1", 0, NULL},
        {"postgresql://u%40x:p%40%2F%3A%25@h/d%20d", "postgresql", "u@x", "p@/:%", "h", 0, "d d"},
        {"postgresql://u:p/s@h/d", "postgresql", "u", "p/s", "h", 0, "d"},
        {"postgresql://u:a:b+c@h/d", "postgresql", "u", "a:b+c", "h", 0, "d"},
        {"postgresql://h:5432/d@b", "postgresql", NULL, NULL, "h", 5432, "d@b"},
        {"postgresql://h/d?options=x@y", "postgresql", NULL, NULL, "h", 0, "d"},
        {"postgresql://\xC3\xBC:\xC3\xA9@h/d", "postgresql", "\xC3\xBC", "\xC3\xA9", "h", 0, "d"},
        {"mysql+pymysql://u:p@h/db?charset=utf8mb4", "mysql", "u", "p", "h", 0, "db"},
        {"mariadb+mysqldb://u@h:3307/db", "mysql", "u", NULL, "h", 3307, "db"},
        {"mysql://u@/db?unix_socket=/run/s.sock", "mysql", "u", NULL, NULL, 0, "db"},
        {"sqlite:///./x.db", "sqlite", NULL, NULL, NULL, 0, "./x.db"},
        {"sqlite:////var/x.db", "sqlite", NULL, NULL, NULL, 0, "/var/x.db"},
        {"sqlite+pysqlite:///a%20b c:d@e.db?mode=ro", "sqlite", NULL, NULL, NULL, 0, "a%20b c:d@e.db"},
        {"sqlite://", "sqlite", NULL, NULL, NULL, 0, ":memory:"},
        {"sqlite:///:memory:", "sqlite", NULL, NULL, NULL, 0, ":memory:"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct url u = {0};
        struct err e = {0};
        int rc = url_parse(&arena, slice_of(cases[i].text), &u, &e);
        if (rc || !same(u.dialect, cases[i].dialect) || !same(u.user, cases[i].user) ||
            !same(u.password, cases[i].password) || !same(u.host, cases[i].host) || u.port != cases[i].port ||
            !same(u.database, cases[i].database)) {
            fail_msg("%s: %s %s:%s@%s:%d/%s", cases[i].text, rc ? e.message : "", u.user, u.password, u.host,
                     u.port, u.database);
        }
    }
}

static void parameters(void **state UNUSED)
{
    struct url u;
    assert_int_equal(
        url_parse(&arena,
                  SLICE("postgresql://h/d?schema=tenant_a&x=a%26b+c&empty=&&application_name=\xC3\xA9"), &u,
                  NULL),
        0);
    assert_int_equal(u.nparams, 4);
    assert_string_equal(url_param(&u, "schema"), "tenant_a");
    assert_string_equal(url_param(&u, "x"), "a&b c");
    assert_string_equal(url_param(&u, "empty"), "");
    assert_null(url_param(&u, "other"));
    /* What belongs to the address is no parameter any more. */
    assert_int_equal(
        url_parse(&arena, SLICE("postgresql:///d?host=/s&port=1&user=u&password=p&dbname=&sslmode=require"),
                  &u, NULL),
        0);
    assert_int_equal(u.nparams, 1);
    assert_string_equal(u.database, "d");
    assert_string_equal(url_param(&u, "sslmode"), "require");
}

static void forms_that_do_not_parse(void **state UNUSED)
{
    static const struct {
        const char *text;
        int column;
        const char *message, *hint;
    } cases[] = {
        {"", 1, "the URL is empty", ""},
        {"orders.db", 1, "expected a URL such as postgresql://user@host/database",
         "Begin the URL with postgresql://, mysql://, mariadb:// or sqlite://."},
        {"postgrsql://h/d", 1, "unknown database \"postgrsql\" in the URL", "did you mean \"postgresql\"?"},
        {"maria://h/d", 1, "unknown database \"maria\" in the URL", "did you mean \"mariadb\"?"},
        {"oracle+cx_oracle://h/d", 1, "unknown database \"oracle\" in the URL",
         "Begin the URL with postgresql://, mysql://, mariadb:// or sqlite://."},
        {"://h/d", 1, "expected a database and \"://\" at the start of the URL", ""},
        {"postgresql+://h/d", 1, "expected a database and \"://\" at the start of the URL", ""},
        {"post gresql://h/d", 5, "a URL holds no white space or control characters", "Write a space as %20."},
        {"postgresql://h/d\n", 17, "a URL holds no white space or control characters",
         "Write a space as %20."},
        {"post-gres://h/d", 5, "this character cannot stand in the scheme of a URL", ""},
        {"postgresql://u:p%zz@h/d", 17, "expected two hexadecimal digits after %",
         "Write a percent sign itself as %25."},
        {"postgresql://u:p%@h/d", 17, "expected two hexadecimal digits after %",
         "Write a percent sign itself as %25."},
        {"postgresql://u:p%00@h/d", 17, "%00 cannot stand in a URL", ""},
        {"postgresql://u:p%FF@h/d", 16, "this part of the URL does not decode to UTF-8", ""},
        {"postgresql://\xC3\xA9@h:x/d", 18, "expected a port from 1 to 65535 after the host",
         "A URL with a password is written scheme://user:password@host/database."},
        {"postgresql://h:0/d", 16, "expected a port from 1 to 65535 after the host",
         "A URL with a password is written scheme://user:password@host/database."},
        {"postgresql://h:65536/d", 16, "expected a port from 1 to 65535 after the host",
         "A URL with a password is written scheme://user:password@host/database."},
        {"postgresql://h:/d", 16, "expected a port from 1 to 65535 after the host",
         "A URL with a password is written scheme://user:password@host/database."},
        {"postgresql://u:p@x@h/d", 18, "the host holds an @",
         "In a user or password write @ as %40, : as %3A, / as %2F, % as %25."},
        {"postgresql://[::1/d", 14, "expected a ] after the IPv6 address", ""},
        {"postgresql://[::1]x/d", 19, "expected a port or / after the IPv6 address", ""},
        {"postgresql://[host]/d", 14, "expected an IPv6 address between [ and ]", ""},
        {"postgresql://[]/d", 14, "expected an IPv6 address between [ and ]", ""},
        {"postgresql://a,b/d", 14, "expected one host",
         "Several hosts for libpq are given as a parameter: postgresql:///database?host=a,b"},
        {"postgresql://h\"x/d", 14, "this host holds a character that no host can",
         "In a user or password write @ as %40, : as %3A, / as %2F, % as %25."},
        {"postgresql://h/d?schema", 18, "expected name=value", ""},
        {"postgresql://h/d?=x", 18, "expected name=value", ""},
        {"postgresql://h/d?a=1&a=2", 22, "this parameter is given twice", ""},
        {"postgresql://h/d?a=%", 20, "expected two hexadecimal digits after %",
         "Write a percent sign itself as %25."},
        {"postgresql://h/d?host=x", 1, "the host is given twice in the URL", ""},
        {"postgresql://u:p@h/d?password=x", 1, "the password is given twice in the URL", ""},
        {"postgresql:///d?port=x", 1, "expected a port from 1 to 65535 in the parameter \"port\"", ""},
        {"postgresql:///d?host=a:b", 1, "expected a host name or address", ""},
        {"sqlite://x.db", 10, "a SQLite URL has no host",
         "Write sqlite:///relative.db or sqlite:////absolute.db."},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct url u = {.dialect = "untouched"};
        struct err e = {0};
        int rc = url_parse(&arena, slice_of(cases[i].text), &u, &e);
        if (rc != ERR_FILE || e.status != ERR_FILE || e.column != cases[i].column ||
            strcmp(e.message, cases[i].message) != 0 || strcmp(e.hint, cases[i].hint) != 0) {
            fail_msg("%s: %d: %s (%s)", cases[i].text, e.column, e.message, e.hint);
        }
        assert_string_equal(u.dialect, "untouched");
        assert_true(url_parse(&arena, slice_of(cases[i].text), &u, NULL) < 0);
    }
}

static void long_urls_are_refused(void **state UNUSED)
{
    char *text = arena_printf(&arena, "postgresql://h/%070000d", 1);
    struct url u;
    struct err e;
    assert_int_equal(url_parse(&arena, slice_of(text), &u, &e), ERR_FILE);
    assert_string_equal(e.message, "the URL is longer than 64 KiB");
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    strbuf_adds(&b, "postgresql://h/d?");
    for (int i = 0; i < 65; i++) {
        strbuf_addf(&b, "p%d=1&", i);
    }
    assert_int_equal(url_parse(&arena, (struct slice){b.ptr, b.len}, &u, &e), ERR_FILE);
    assert_string_equal(e.message, "more than 64 parameters");
}

static void shown_forms(void **state UNUSED)
{
    static const struct {
        const char *text, *shown;
    } cases[] = {
        {"postgresql+psycopg2://deploy:hunter2@db1:5432/orders?schema=x",
         "postgresql://deploy@db1:5432/orders?schema=x"},
        {"postgres://u%40x@h/d%20d", "postgresql://u%40x@h/d%20d"},
        {"postgresql:///d?host=/var/run&sslpassword=hunter2&sslmode=require",
         "postgresql:///d?host=/var/run&sslmode=require"},
        {"postgresql://u:hunter2@[::1]:1/d?options=hunter2", "postgresql://u@[::1]:1/d"},
        {"postgresql://[fe80::1%25eth0]/d", "postgresql://[fe80::1%eth0]/d"},
        {"postgresql:///d?host=a,b", "postgresql:///d?host=a,b"},
        {"mysql+pymysql://u:hunter2@h/db?charset=utf8mb4", "mysql://u@h/db?charset=utf8mb4"},
        {"sqlite:///./x.db", "sqlite:///./x.db"},
        {"sqlite:////var/x.db?mode=ro", "sqlite:////var/x.db?mode=ro"},
        {"sqlite://", "sqlite:///:memory:"},
        {"sqlite:///:memory:", "sqlite:///:memory:"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct url u;
        assert_int_equal(url_parse(&arena, slice_of(cases[i].text), &u, NULL), 0);
        assert_string_equal(url_display(&arena, &u), cases[i].shown);
    }
}

static void redacted_forms(void **state UNUSED)
{
    static const struct {
        const char *text, *shown;
    } cases[] = {
        {"postgresql://u:hunter2@h/d", "postgresql://u:***@h/d"},
        {"postgresql://u:hun@ter2@h/d", "postgresql://u:***@h/d"},
        {"postgresql://u:hunter2", "postgresql://u:***"},
        {"postgresql://u:hunter2/d", "postgresql://u:***/d"},
        {"u:hunter2@h", "u:***@h"},
        {"postgresql://u:${exec:echo h}unter2@h/d", "postgresql://u:***@h/d"},
        {"postgresql://h:5432/d", "postgresql://h:5432/d"},
        {"postgresql://[::1]:5432/d", "postgresql://[::1]:5432/d"},
        {"postgresql://u@h/d?password=hunter2&schema=s&sslkey=hunter2",
         "postgresql://u@h/d?password=***&schema=s&sslkey=***"},
        {"postgresql://u:a?hunter2@h/d?x=1", "postgresql://u:***@h/d?x=1"},
        {"sqlite:///x.db", "sqlite:///x.db"},
        {"", ""},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *shown = url_redact(&arena, slice_of(cases[i].text));
        if (strcmp(shown, cases[i].shown) != 0) {
            fail_msg("%s: %s", cases[i].text, shown);
        }
    }
}

static void errors_never_hold_the_password(void **state UNUSED)
{
    /* Every single-character spoiling of a URL, and its error or shown form. */
    static const char text[] = "postgresql://user:hunter2@host:5432/db?schema=s&password=hunter2";
    static const char spoil[] = "@:/?&=%#[]+ x9\"\x7F";
    for (size_t at = 0; at < sizeof(text); at++) {
        for (size_t s = 0; s + 1 < sizeof(spoil); s++) {
            /* Inside of the secret the text is another secret, so that only its surroundings are spoilt. */
            char changed[sizeof(text) + 1];
            snprintf(changed, sizeof(changed), "%.*s%c%s", (int)at, text, spoil[s], text + at);
            struct url u;
            struct err e = {0};
            if (url_parse(&arena, slice_of(changed), &u, &e) != 0) {
                if (strstr(e.message, "hunter2") || strstr(e.hint, "hunter2")) {
                    fail_msg("%s: %s", changed, e.message);
                }
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(forms_that_parse),
                                       cmocka_unit_test(parameters),
                                       cmocka_unit_test(forms_that_do_not_parse),
                                       cmocka_unit_test(long_urls_are_refused),
                                       cmocka_unit_test(shown_forms),
                                       cmocka_unit_test(redacted_forms),
                                       cmocka_unit_test(errors_never_hold_the_password)};
    return cmocka_run_group_tests(tests, NULL, release);
}
