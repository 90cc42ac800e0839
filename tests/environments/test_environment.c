/* Environment documents: all that may stand in one, and every error with its place. */
#include "base/file.h"
#include "tests/environments/document.h"
#include "tests/servers/servers.h"
#include <setjmp.h>
#include <stdarg.h>
#include <time.h>

#include <cmocka.h>

static struct arena arena;

static int release(void **state UNUSED)
{
    arena_release(&arena);
    return 0;
}

static struct environment *parse(const char *text)
{
    struct environment *e = NULL;
    struct err err;
    if (environment_parse(&arena, "environments/e.yaml", slice_of(text), &e, &err) != 0) {
        fail_msg("%d:%d: %s (%s)", err.line, err.column, err.message, err.hint);
    }
    return e;
}

static void the_whole_document(void **state UNUSED)
{
    const struct environment *e =
        parse("environment: production\n"
              "promotes_from: staging\n"
              "protected: true\n"
              "approvals: { required: 1, from: [dba], distinct_from_author: true }\n"
              "gates: { soak: 24h, no_drift: true, reversible: true }\n"
              "targets:\n"
              "  - name: orders-eu\n"
              "    url: postgresql://deploy@db1.internal/orders\n"
              "    password: ${file:/run/secrets/orders}\n"
              "    tls: { mode: verify-full, ca: certs/ca.pem }\n"
              "    tunnel: { host: bastion.internal, user: deploy, key: ~/.ssh/id_ed25519 }\n"
              "    labels: { region: eu, canary: true }\n"
              "  - name: tenant-${value}\n"
              "    url: postgresql://deploy@db2.internal/tenants?schema=${value}\n"
              "    each: { query: \"select schema_name from tenants\", from: "
              "postgresql://deploy@db2.internal/registry }\n"
              "settings: { lock_timeout: 5s, lock_retries: 10, statement_timeout: 15min }\n"
              "rollout:\n"
              "  waves: [ { match: { canary: true } }, { percent: 25 }, { rest: true } ]\n"
              "  parallel: 8\n"
              "  on_failure: rollback\n"
              "  rollback_scope: run\n"
              "  max_failures: 0\n"
              "  atomic: false\n"
              "notify: [ { webhook: \"${env:SLACK_URL}\", on: [failure, drift] } ]\n");
    assert_string_equal(e->name, "production");
    assert_string_equal(e->file, "environments/e.yaml");
    assert_string_equal(e->dir, "environments");
    assert_string_equal(e->promotes_from, "staging");
    assert_true(e->protected_);
    assert_non_null(e->approvals);
    assert_non_null(e->gates);
    assert_non_null(e->notify);
    assert_int_equal(e->ntargets, 2);
    const struct target *t = &e->targets[0];
    assert_string_equal(t->name, "orders-eu");
    assert_string_equal(t->url.text, "postgresql://deploy@db1.internal/orders");
    assert_string_equal(t->password.text, "${file:/run/secrets/orders}");
    assert_true(t->has_tls);
    assert_int_equal(t->tls.mode, ENV_TLS_VERIFY_FULL);
    assert_string_equal(t->tls.ca, "environments/certs/ca.pem");
    assert_null(t->tls.cert);
    assert_non_null(t->tunnel);
    assert_int_equal(t->tunnel->n, 1);
    assert_string_equal(t->tunnel->hops[0].host.text, "bastion.internal");
    assert_string_equal(t->tunnel->hops[0].user.text, "deploy");
    assert_int_equal(t->tunnel->hops[0].port, 22);
    assert_int_equal(t->nlabels, 2);
    assert_string_equal(t->labels[1].name, "canary");
    assert_string_equal(t->labels[1].value, "true");
    assert_int_equal(t->each.kind, EACH_NONE);
    t = &e->targets[1];
    assert_string_equal(t->name, "tenant-${value}");
    assert_int_equal(t->each.kind, EACH_QUERY);
    assert_string_equal(t->each.query, "select schema_name from tenants");
    assert_string_equal(t->each.url.text, "postgresql://deploy@db2.internal/registry");
    assert_null(t->each.password.text);
    assert_false(t->has_tls);
    assert_null(t->tunnel);
    assert_int_equal(e->settings.lock_timeout_ms, 5000);
    assert_int_equal(e->settings.lock_retries, 10);
    assert_int_equal(e->settings.statement_timeout_ms, 900000);
    assert_int_equal(e->settings.connect_timeout_ms, -1);
    assert_int_equal(e->settings.transaction, -1);
    assert_int_equal(e->rollout.waves.n, 3);
    assert_int_equal(e->rollout.parallel, 8);
    assert_int_equal(e->rollout.on_failure, ON_FAILURE_ROLLBACK);
    assert_int_equal(e->rollout.rollback_scope, ROLLBACK_RUN);
    assert_int_equal(e->rollout.max_failures, 0);
    assert_false(e->rollout.max_failures_percent);
    assert_false(e->rollout.atomic);
}

static void defaults(void **state UNUSED)
{
    const struct environment *e = parse("environment: dev\n" ONE_TARGET);
    assert_false(e->protected_);
    assert_null(e->promotes_from);
    assert_null(e->approvals);
    assert_null(e->gates);
    assert_null(e->notify);
    assert_int_equal(e->settings.lock_timeout_ms, -1);
    assert_int_equal(e->settings.lock_retries, -1);
    assert_int_equal(e->rollout.parallel, 1);
    assert_int_equal(e->rollout.parallel_per_server, 0);
    assert_int_equal(e->rollout.on_failure, ON_FAILURE_STOP);
    assert_int_equal(e->rollout.rollback_scope, ROLLBACK_RUN);
    assert_int_equal(e->rollout.max_failures, 0);
    assert_null(e->rollout.node);
    assert_null(e->targets[0].password.text);
}

static void other_forms_that_are_right(void **state UNUSED)
{
    static const char *const tails[] = {
        ONE_TARGET "settings: { transaction: plan, connect_timeout: 0, lock_retries: 0 }\n",
        ONE_TARGET "settings: { transaction: revision, connect_timeout: 250ms }\n",
        ONE_TARGET "rollout: { max_failures: 10%, on_failure: continue, parallel_per_server: 2 }\n",
        ONE_TARGET "rollout: { max_failures: \"0%\", rollback_scope: wave }\n",
        ONE_TARGET "rollout: { waves: [{ name: a, count: 1, pause: manual }, { percent: 25%, parallel: 2, "
                   "depends_on: [a], pause: 10min }, { rest: true, parallel_per_server: 1, pause: { query: "
                   "select true, timeout: 1h } }] }\n",
        ONE_TARGET
        "rollout: { waves: [{ match: { region: [eu, us], canary: true }, pause: { for: 5s } }] }\n",
        ONE_TARGET
        "gates: { verify: true, lint: warning, window: { allow: \"Mon-Thu 09:00-16:00 Europe/Berlin\", "
        "freeze: [2026-12-24] }, query: select true, command: ./check, override: false }\n",
        ONE_TARGET "gates: {}\n",
        ONE_TARGET "notify: [{ webhook: \"https://h/x\", format: slack, secret: \"${env:S}\", on: [approval, "
                   "success] }]\n",
        ONE_TARGET "notify: []\n",
        ONE_TARGET
        "drift: { ignore: [{ path: \"a_*\", kind: materialized view, reason: r, until: 2028-02-29 }] }\n",
        ONE_TARGET "scratch: [\"postgresql://u@h/d\", \"${env:MY}\"]\n",
        ONE_TARGET "approvals: { required: 2 }\n",
        "targets: [{ name: t, url: \"postgresql://u:${env:P}@${env:H}:${env:PORT}/${env:D}?x=${env:X}\" }]\n",
        "targets: [{ name: t, url: \"${env:URL}\", password: \"${env:P}\" }]\n",
        "targets: [{ name: t, url: postgresql://h/d, tls: { mode: disable } }]\n",
        "targets: [{ name: t, url: mysql://h/d, tls: { mode: verify-ca, cert: c, key: k } }]\n",
        "targets: [{ name: t, url: mysql://h/d, tunnel: { host: a, port: 22, agent: true, known_hosts: f, "
        "jump: { host: b, user: u } } }]\n",
        "targets: [{ name: \"a.${value}\", url: \"sqlite:///${value}.db\", labels: { shard: \"s-${value}\" "
        "}, each: [x, y] }]\n",
        "targets: [{ name: \"${value}\", url: \"sqlite:///${value}.db\", each: { list: [x] } }]\n",
        "targets: [{ name: \"${value}\", url: \"mysql://h/d_${value}\", password: \"${env:P}\", each: { "
        "range: 1..100000 } }]\n",
        "targets: [{ name: \"${value}\", url: \"mysql://h/${value}\", each: { query: q, from: mysql://h/d, "
        "password: x } }]\n",
    };
    for (size_t i = 0; i < COUNT_OF(tails); i++) {
        parse(arena_printf(&arena, "environment: e\n%s", tails[i]));
    }
}

static void test_tunnels(void **state UNUSED)
{
    const struct environment *e = parse(
        "environment: e\n"
        "tunnel: { host: last, port: 2222, keepalive: 5s, connect_timeout: 3s, jump: [{ host: first, user: u "
        "}, "
        "{ host: second, agent: false, key: keys/k, passphrase: \"${env:P}\", known_hosts: /k/h }] }\n"
        "targets:\n"
        "  - { name: shared, url: mysql://h/d }\n"
        "  - { name: direct, url: mysql://h/d, tunnel: false }\n"
        "  - { name: own, url: mysql://h/d, tunnel: { host: c, jump: { host: b, jump: { host: a } } } }\n"
        "  - { name: file, url: \"sqlite:///d.db\" }\n");
    const struct tunnel *t = e->targets[0].tunnel;
    assert_non_null(t);
    assert_int_equal(t->n, 3);
    assert_string_equal(t->hops[0].host.text, "first");
    assert_string_equal(t->hops[1].host.text, "second");
    assert_string_equal(t->hops[1].key, "environments/keys/k");
    assert_string_equal(t->hops[1].known_hosts, "/k/h");
    assert_string_equal(t->hops[1].passphrase.text, "${env:P}");
    assert_int_equal(t->hops[1].agent, 0);
    assert_int_equal(t->hops[0].agent, -1);
    assert_string_equal(t->hops[2].host.text, "last");
    assert_int_equal(t->hops[2].port, 2222);
    assert_int_equal(t->keepalive_ms, 5000);
    assert_int_equal(t->connect_timeout_ms, 3000);
    assert_null(e->targets[1].tunnel);
    t = e->targets[2].tunnel;
    assert_int_equal(t->n, 3);
    assert_string_equal(t->hops[0].host.text, "a");
    assert_string_equal(t->hops[2].host.text, "c");
    assert_int_equal(t->keepalive_ms, -1);
    assert_null(e->targets[3].tunnel);
}

#define JUMPS                                                                                                \
    "Write jump: { host: ..., user: ... }, or a list of such hosts in the order in which they are gone "     \
    "through."

struct wrong {
    const char *text; /* "^^" marks the place */
    const char *message, *hint;
};

static void check_wrong(const struct wrong *cases, size_t n, const char *head)
{
    for (size_t i = 0; i < n; i++) {
        int line, column;
        const char *text =
            document_unmark(&arena, arena_printf(&arena, "%s%s", head, cases[i].text), &line, &column);
        struct environment *e = NULL;
        struct err err = {0};
        int rc = environment_parse(&arena, "dir/e.yaml", slice_of(text), &e, &err);
        if (rc != ERR_FILE || err.status != ERR_FILE || err.line != line || err.column != column ||
            strcmp(err.message, cases[i].message) != 0 || strcmp(err.hint, cases[i].hint) != 0) {
            fail_msg("case %zu: expected %d:%d: %s (%s)\n%s\nfound %d at %d:%d: %s (%s)", i, line, column,
                     cases[i].message, cases[i].hint, text, rc, err.line, err.column, err.message, err.hint);
        }
        assert_string_equal(err.file, "dir/e.yaml");
        assert_null(e);
        assert_null(strstr(err.excerpt, "hunter2"));
        assert_true(environment_parse(&arena, "dir/e.yaml", slice_of(text), &e, NULL) < 0);
    }
}

#define NAMES "Use letters, digits, \".\", \"_\" and \"-\"."

static void wrong_top_levels(void **state UNUSED)
{
    static const struct wrong cases[] = {
        {"^^", "the environment document is empty",
         "It needs at least \"environment: NAME\" and a list of \"targets\"."},
        {"^^- a\n", "expected a mapping, found a list", ""},
        {"environment: e\n^^target: []\n", "unknown key \"target\"", "did you mean \"targets\"?"},
        {"^^zebra: e\n", "unknown key \"zebra\"",
         "known keys: environment, promotes_from, protected, approvals, gates, targets, tunnel, settings, "
         "rollout, drift, scratch, notify"},
        {"^^environment: e\n", "an environment needs the key \"targets\"", "Add \"targets: ...\" here."},
        {"^^" ONE_TARGET, "an environment needs the key \"environment\"", "Add \"environment: ...\" here."},
        {"environment: ^^a b\n" ONE_TARGET, "\"a b\" cannot name an environment", NAMES},
        {"environment: ^^''\n" ONE_TARGET, "\"\" cannot name an environment", NAMES},
        {"environment: ^^[a]\n" ONE_TARGET, "expected a value, found a list", ""},
        {"environment: e\npromotes_from: ^^a/b\n" ONE_TARGET, "\"a/b\" cannot name an environment", NAMES},
        {"environment: e\npromotes_from: ^^e\n" ONE_TARGET, "an environment cannot promote from itself",
         "Name the environment that comes before this one."},
        {"environment: e\nprotected: ^^maybe\n" ONE_TARGET, "expected true or false, found \"maybe\"", ""},
        {"environment: e\n" ONE_TARGET "^^environment: f\n", "duplicate key \"environment\"",
         "The first one is on line 1; keep one of them."},
    };
    check_wrong(cases, COUNT_OF(cases), "");
}

static void wrong_targets(void **state UNUSED)
{
    static const struct wrong cases[] = {
        {"targets: ^^{ a: b }\n", "targets must be a list, found a mapping", ""},
        {"targets: ^^[]\n", "expected at least one target, found an empty list", ""},
        {"targets:\n  - ^^a\n", "a target must be a mapping, found a value", ""},
        {"targets:\n  - ^^url: sqlite:///x\n", "a target needs the key \"name\"", "Add \"name: ...\" here."},
        {"targets:\n  - ^^name: a\n", "a target needs the key \"url\"", "Add \"url: ...\" here."},
        {"targets:\n  - name: ^^a/b\n    url: sqlite:///x\n", "\"a/b\" cannot name a target", NAMES},
        {"targets:\n  - { name: a, url: \"sqlite:///x\" }\n  - { name: ^^a, url: \"sqlite:///y\" }\n",
         "two targets are named \"a\"", "The first one is on line 3; every target needs its own name."},
        {"targets:\n  - name: a\n    ^^ur: sqlite:///x\n", "unknown key \"ur\"", "did you mean \"url\"?"},
        {"targets:\n  - name: a\n    url:^^ \n", "expected a value, found nothing", ""},
        {"targets:\n  - name: a\n    url: ^^''\n", "expected text, found an empty value", ""},
        {"targets:\n  - name: a\n    url: ^^postgrsql://u:hunter2@h/d\n",
         "unknown database \"postgrsql\" in the URL", "did you mean \"postgresql\"?"},
        {"targets:\n  - name: a\n    url: postgresql://u:hunter2@h:^^x/d\n",
         "expected a port from 1 to 65535 after the host",
         "A URL with a password is written scheme://user:password@host/database."},
        {"targets:\n  - name: a\n    url: \"postgresql://${env:\xC3\x9C}:$$hunter2@h:^^x/d\"\n",
         "expected a port from 1 to 65535 after the host",
         "A URL with a password is written scheme://user:password@host/database."},
        {"targets:\n  - name: a\n    url: postgresql://u:^^hunter2\n",
         "expected a port from 1 to 65535 after the host",
         "A URL with a password is written scheme://user:password@host/database."},
        {"targets:\n  - name: a\n    url: ^^u:hunter2@h\n",
         "expected a URL such as postgresql://user@host/database",
         "Begin the URL with postgresql://, mysql://, mariadb:// or sqlite://."},
        {"targets:\n  - name: a\n    url: postgresql://u:^^${evn:X}@h/d\n", "unknown reference \"evn\"",
         "did you mean \"env\"?"},
        {"targets:\n  - name: a\n    url: sqlite:///^^${value}\n", "${value} needs an \"each\" beside it",
         "Add each, or write the value out."},
        {"targets:\n  - name: a\n    url: postgresql://u:hunter2@h/d\n    password: ^^hunter2\n",
         "the password is given twice, here and in the URL", ""},
        {"targets:\n  - name: a\n    url: sqlite:///d\n    password: ^^hunter2\n",
         "a SQLite database has no password", ""},
        {"targets:\n  - name: a\n    url: mysql://h/d\n    password: ^^|\n      hunter2\n",
         "the password holds a line end", "Write it on one line, or |- instead of | before it."},
        {"targets:\n  - name: a\n    url: mysql://h/d\n    ^^passwort: hunter2\n", "unknown key \"passwort\"",
         "did you mean \"password\"?"},
        {"targets:\n  - name: a\n    url: mysql://h/d\n    password: ^^[hunter2]\n",
         "expected a value, found a list", ""},
        {"targets:\n  - name: a\n    url: sqlite:///d\n    ^^tls: { mode: require }\n",
         "a SQLite database is a file, \"tls\" has no meaning for it", ""},
        {"targets:\n  - name: a\n    url: sqlite:///d\n    ^^tunnel: { host: h }\n",
         "a SQLite database is a file, \"tunnel\" has no meaning for it", ""},
        {"targets:\n  - name: a\n    url: mysql://h/d\n    tls: ^^{ ca: x }\n", "tls needs the key \"mode\"",
         "Add \"mode: ...\" here."},
        {"targets:\n  - name: a\n    url: mysql://h/d\n    tls: { mode: ^^verify_full }\n",
         "expected one of disable, require, verify-ca, verify-full, found \"verify_full\"",
         "did you mean \"verify-full\"?"},
        {"targets:\n  - name: a\n    url: mysql://h/d\n    tls: ^^{ mode: require, cert: c }\n",
         "tls needs both cert and key, or neither", ""},
        {"targets:\n  - name: a\n    url: mysql://h/d\n    tls: { mode: require, ca: ^^\"${env:X}\" }\n",
         "a reference cannot stand here, a path was expected",
         "Write the path of the file; relative ones begin at this document's folder."},
        {"targets:\n  - name: a\n    url: mysql://h/d\n    tls: ^^require\n",
         "expected a mapping, found \"require\"", ""},
        {"targets:\n  - name: a\n    url: mysql://h/d\n    tunnel: ^^{ user: u }\n",
         "a tunnel needs the key \"host\"", "Add \"host: ...\" here."},
        {"targets:\n  - name: a\n    url: mysql://h/d\n    tunnel: { host: h, port: ^^0 }\n",
         "0 is out of range, 1 to 65535 was expected", ""},
        {"targets:\n  - name: a\n    url: mysql://h/d\n    tunnel: { host: h, jump: { host: h, ^^pot: 1 } "
         "}\n",
         "unknown key \"pot\"", "did you mean \"port\"?"},
        {"targets:\n  - name: a\n    url: mysql://h/d\n    tunnel: ^^bastion\n",
         "expected a mapping, found \"bastion\"",
         "Write tunnel: { host: ..., user: ... }, or false for the direct way."},
        {"targets:\n  - name: a\n    url: mysql://h/d\n    tunnel: { host: ^^u@h }\n",
         "a tunnel's host is a name or an address alone",
         "The user and the port have keys of their own: user, port."},
        {"targets:\n  - name: a\n    url: mysql://h/d\n    tunnel: { host: h, ^^passphrase: p }\n",
         "a passphrase goes with a key", "Add \"key: PATH\", the file that it opens."},
        {"targets:\n  - name: a\n    url: mysql://h/d\n    tunnel: { host: h, keepalive: ^^10ms }\n",
         "a keepalive is at least one second", ""},
        {"targets:\n  - name: a\n    url: mysql://h/d\n    tunnel: { host: h, jump: { host: j, ^^keepalive: "
         "1s } }\n",
         "unknown key \"keepalive\"",
         "known keys: host, port, user, key, passphrase, agent, known_hosts, jump"},
        {"targets:\n  - name: a\n    url: mysql://h/d\n    tunnel: { host: h, jump: ^^b }\n",
         "jump must be a mapping or a list of them, found a value", JUMPS},
        {"targets:\n  - name: a\n    url: mysql://h/d\n    tunnel: { host: h, jump: ^^[] }\n",
         "jump must be a mapping or a list of them, found an empty one", JUMPS},
        {"targets:\n  - name: a\n    url: mysql://h/d\n    tunnel: { host: h, jump: [{ host: b, ^^jump: { "
         "host: c } }] }\n",
         "a jump within a list of jumps",
         "Write all of them into one list, in the order in which they are gone through."},
        {"targets:\n  - name: a\n    url: mysql://h/d\n    tunnel: { host: h, jump: [^^{ user: u }] }\n",
         "a jump needs the key \"host\"", "Add \"host: ...\" here."},
        {"targets:\n  - name: a\n    url: mysql://h/d\n    labels: ^^[a]\n",
         "labels must be a mapping, found a list", ""},
        {"targets:\n  - name: a\n    url: mysql://h/d\n    labels: { ^^\"a b\": 1 }\n",
         "\"a b\" cannot name a label", NAMES},
        {"targets:\n  - name: a\n    url: mysql://h/d\n    labels: { a: ^^[1] }\n",
         "expected a value, found a list", ""},
        {"targets:\n  - name: a\n    url: mysql://h/d\n    labels: { a: \"^^${env:X}\" }\n",
         "a secret cannot stand here, this text is shown to everybody", ""},
        {"targets:\n  - name: ^^${env:X}\n    url: mysql://h/d\n",
         "a secret cannot stand here, this text is shown to everybody", ""},
        {"targets:\n  - name: a^^${value}\n    url: mysql://h/d\n", "${value} needs an \"each\" beside it",
         "Add each, or write the value out."},
    };
    check_wrong(cases, COUNT_OF(cases), "environment: e\n");
}

static void wrong_each(void **state UNUSED)
{
    static const struct wrong cases[] = {
        {"^^a", "each must be a list or a mapping, found a value",
         "Write [a, b], { range: 1..40 } or { query: ..., from: URL }."},
        {"^^[]", "expected at least one value, found an empty list", ""},
        {"[a, ^^'']", "expected text, found an empty value", ""},
        {"[a, ^^[b]]", "expected a value, found a list", ""},
        {"^^{}", "each needs exactly one of list, range and query", ""},
        {"^^{ list: [a], range: 1..2 }", "each needs exactly one of list, range and query", ""},
        {"{ list: ^^a }", "the list of each must be a list, found a value", ""},
        {"{ ^^rang: 1..2 }", "unknown key \"rang\"", "did you mean \"range\"?"},
        {"{ range: ^^1-2 }", "expected a range such as 1..40 or 001..040", ""},
        {"{ range: ^^1.. }", "expected a range such as 1..40 or 001..040", ""},
        {"{ range: ^^1..2..3 }", "expected a range such as 1..40 or 001..040", ""},
        {"{ range: ^^9999999999999999..9999999999999999 }", "expected a range such as 1..40 or 001..040", ""},
        {"{ range: ^^2..1 }", "the range is empty, its end is below its start", ""},
        {"{ range: ^^1..100001 }", "the range holds more than 100000 values", ""},
        {"^^{ query: q }", "each with a query needs the key \"from\"", "Add \"from: ...\" here."},
        {"{ query: ^^'', from: \"mysql://h/d\" }", "expected text, found an empty value", ""},
        {"{ query: q, from: ^^x }", "expected a URL such as postgresql://user@host/database",
         "Begin the URL with postgresql://, mysql://, mariadb:// or sqlite://."},
        {"{ query: q, from: \"mysql://h/^^${value}\" }", "${value} needs an \"each\" beside it",
         "Add each, or write the value out."},
        {"{ query: q, from: \"mysql://u:p@h/d\", password: ^^hunter2 }",
         "the password is given twice, here and in the URL", ""},
        {"{ list: [a], ^^from: \"mysql://h/d\" }", "\"from\" goes with a query only", ""},
        {"{ range: 1..2, ^^password: hunter2 }", "\"password\" goes with a query only", ""},
    };
    struct wrong full[COUNT_OF(cases)];
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        full[i] = cases[i];
        full[i].text = arena_printf(&arena, "    each: %s\n", cases[i].text);
    }
    check_wrong(full, COUNT_OF(full),
                "environment: e\ntargets:\n  - name: t-${value}\n    url: mysql://h/${value}\n");
    static const struct wrong without[] = {
        {"  - name: ^^t\n    url: mysql://h/${value}\n    each: [a]\n",
         "the name of a target with each must hold ${value}",
         "Otherwise all its expansions would be the same."},
        {"  - name: t${value}\n    url: ^^mysql://h/d\n    each: [a]\n",
         "the url of a target with each must hold ${value}",
         "Otherwise all its expansions would be the same."},
        {"  - name: t${value}\n    url: ^^${value}\n    each: [a]\n",
         "expected a URL such as postgresql://user@host/database",
         "Begin the URL with postgresql://, mysql://, mariadb:// or sqlite://."},
    };
    check_wrong(without, COUNT_OF(without), "environment: e\ntargets:\n");
}

static void wrong_policies(void **state UNUSED)
{
    static const struct wrong cases[] = {
        {"settings: ^^[]\n", "expected a mapping, found a list", ""},
        {"settings: { ^^lock_timout: 5s }\n", "unknown key \"lock_timout\"",
         "did you mean \"lock_timeout\"?"},
        {"settings: { lock_timeout: ^^5 }\n",
         "expected a duration such as 250ms, 5s, 15min, 24h or 7d, found \"5\"",
         "Add the unit: ms, s, min, h or d."},
        {"settings: { statement_timeout: ^^30d }\n",
         "this duration is too long, servers take at most 24 days", ""},
        {"settings: { lock_retries: ^^-1 }\n", "-1 is out of range, 0 to 100000 was expected", ""},
        {"settings: { transaction: ^^plans }\n", "expected one of plan, revision, found \"plans\"",
         "did you mean \"plan\"?"},
        {"rollout: ^^fast\n", "expected a mapping, found \"fast\"", ""},
        {"rollout: { ^^paralel: 2 }\n", "unknown key \"paralel\"", "did you mean \"parallel\"?"},
        {"rollout: { parallel: ^^0 }\n", "0 is out of range, 1 to 10000 was expected", ""},
        {"rollout: { parallel_per_server: ^^0 }\n", "0 is out of range, 1 to 10000 was expected", ""},
        {"rollout: { on_failure: ^^halt }\n", "expected one of stop, continue, rollback, found \"halt\"", ""},
        {"rollout: { rollback_scope: ^^all }\n", "expected one of target, wave, run, found \"all\"", ""},
        {"rollout: { max_failures: ^^-1 }\n", "-1 is out of range, 0 to 100000 was expected", ""},
        {"rollout: { max_failures: ^^101% }\n", "101 is out of range, 0 to 100 was expected", ""},
        {"rollout: { max_failures: ^^ten% }\n", "expected a whole number, found \"ten\"", ""},
        {"rollout: { atomic: ^^1 }\n", "expected true or false, found \"1\"", ""},
        {"rollout: { waves: ^^{} }\n", "waves must be a list, found a mapping", ""},
        {"rollout: { waves: ^^[] }\n", "expected at least one wave, found an empty list", ""},
        {"rollout: { waves: [^^rest] }\n", "a wave must be a mapping, found a value", ""},
        {"rollout: { waves: [^^{ parallel: 1 }] }\n",
         "a wave needs exactly one of match, count, percent and rest", ""},
        {"rollout: { waves: [^^{ count: 1, rest: true }] }\n",
         "a wave needs exactly one of match, count, percent and rest", ""},
        {"rollout: { waves: [{ ^^percnt: 1 }] }\n", "unknown key \"percnt\"", "did you mean \"percent\"?"},
        {"rollout: { waves: [{ percent: ^^0 }] }\n", "0 is out of range, 1 to 100 was expected", ""},
        {"rollout: { waves: [{ count: ^^0 }] }\n", "0 is out of range, 1 to 100000 was expected", ""},
        {"rollout: { waves: [{ rest: ^^false }] }\n", "rest can only be true", ""},
        {"rollout: { waves: [{ rest: true }, ^^{ count: 1 }] }\n",
         "no target is left for a wave after \"rest\"", "Put the wave with rest: true last."},
        {"rollout: { waves: [{ match: ^^{} }] }\n", "match needs at least one label", ""},
        {"rollout: { waves: [{ match: ^^canary }] }\n", "match must be a mapping, found a value", ""},
        {"rollout: { waves: [{ match: { a: [^^{}] } }] }\n", "expected a value, found a mapping", ""},
        {"rollout: { waves: [{ count: 1, name: ^^a b }] }\n", "\"a b\" cannot name a wave", NAMES},
        {"rollout: { waves: [{ count: 1, name: a }, { name: ^^a, rest: true }] }\n",
         "two waves are named \"a\"", ""},
        {"rollout: { waves: [{ count: 1, name: first }, { rest: true, depends_on: [^^frist] }] }\n",
         "no wave before this one is named \"frist\"", "did you mean \"first\"?"},
        {"rollout: { waves: [{ rest: true, depends_on: [^^zebra] }] }\n",
         "no wave before this one is named \"zebra\"",
         "Give the wave to wait for a name, and put it before this one."},
        {"rollout: { waves: [{ rest: true, depends_on: ^^zebra }] }\n",
         "expected a list of names, found a value", ""},
        {"rollout: { waves: [{ rest: true, pause: ^^soon }] }\n",
         "expected a duration such as 250ms, 5s, 15min, 24h or 7d, found \"soon\"",
         "Write a duration such as 10min, \"manual\" for a person to go on, or { query: ... }."},
        {"rollout: { waves: [{ rest: true, pause: ^^{} }] }\n",
         "a pause is either \"for\" a time or until a \"query\" returns true", ""},
        {"approvals: ^^[]\n", "expected a mapping, found a list", ""},
        {"approvals: ^^{ from: [dba] }\n", "approvals needs the key \"required\"",
         "Add \"required: ...\" here."},
        {"approvals: { required: ^^0 }\n", "0 is out of range, 1 to 100000 was expected", ""},
        {"approvals: { required: 1, from: ^^[] }\n", "expected at least one name, found an empty list", ""},
        {"approvals: { required: 1, ^^form: [dba] }\n", "unknown key \"form\"", "did you mean \"from\"?"},
        {"gates: { soak: ^^1day }\n",
         "expected a duration such as 250ms, 5s, 15min, 24h or 7d, found \"1day\"", ""},
        {"gates: { ^^nodrift: true }\n", "unknown key \"nodrift\"", "did you mean \"no_drift\"?"},
        {"gates: { lint: ^^warn }\n", "expected one of note, warning, error, found \"warn\"", ""},
        {"gates: { window: { allow: ^^[] } }\n", "expected at least one entry, found an empty list", ""},
        {"gates: { query: ^^'' }\n", "expected text, found an empty value", ""},
        {"notify: ^^{}\n", "notify must be a list, found a mapping", ""},
        {"drift: ^^[]\n", "drift must be a mapping, found a list", ""},
        {"drift: { ^^ignored: [] }\n", "unknown key \"ignored\"", "did you mean \"ignore\"?"},
        {"drift: { ignore: [^^{ path: x }] }\n", "a rule needs the key \"reason\"",
         "Add \"reason: ...\" here."},
        {"drift: { ignore: [{ path: x, reason: y, until: ^^2027-02-30 }] }\n", "expected a date",
         "Write it as 2027-01-31: the last day on which the rule holds, in UTC."},
        {"drift: { ignore: [{ path: x, reason: y, until: ^^soon }] }\n", "expected a date",
         "Write it as 2027-01-31: the last day on which the rule holds, in UTC."},
        {"scratch: ^^\"sqlite:///x.db\"\n",
         "scratch databases of SQLite need no URL: they are made in memory", "Take this URL out."},
        {"scratch: [\"mysql://h\", ^^\"mariadb://h2\"]\n", "a second URL for scratch databases of mysql", ""},
        {"notify: [^^{ on: [failure] }]\n", "an entry of notify needs the key \"webhook\"",
         "Add \"webhook: ...\" here."},
        {"notify: [{ webhook: ^^ftp://h/hunter2 }]\n", "expected an http:// or https:// URL", ""},
        {"notify: [{ webhook: \"https://h\", on: [^^fail] }]\n",
         "expected one of failure, drift, approval, success, found \"fail\"", ""},
        {"notify: [{ webhook: \"https://h\", on: ^^[] }]\n",
         "expected at least one event, found an empty list", ""},
        {"notify: [{ webhook: \"https://h\", format: ^^slak }]\n",
         "expected one of generic, slack, found \"slak\"", "did you mean \"slack\"?"},
    };
    check_wrong(cases, COUNT_OF(cases), "environment: e\n" ONE_TARGET);
}

static void files_are_loaded_and_named(void **state UNUSED)
{
    struct environment *e;
    struct err err;
    const char *folder = test_folder();
    char *path = arena_printf(&arena, "%s/dev.yaml", folder);
    assert_int_equal(environment_load(&arena, path, &e, &err), ERR_FILE);
    assert_string_equal(err.message, "cannot open: No such file or directory");
    assert_string_equal(err.file, path);
    assert_int_equal(file_write(path, SLICE("environment: dev\n" ONE_TARGET), false, &err), 0);
    assert_int_equal(environment_load(&arena, path, &e, &err), 0);
    assert_string_equal(e->dir, folder);
    assert_int_equal(file_write(path, SLICE("environment: dev\nx: 1\n"), false, &err), 0);
    assert_int_equal(environment_load(&arena, path, &e, &err), ERR_FILE);
    assert_string_equal(err.file, path);
    assert_string_equal(err.excerpt, "    2 | x: 1\n      | ^");
}

static void large_documents_are_quick(void **state UNUSED)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    strbuf_adds(&b, "environment: e\ntargets:\n");
    for (int i = 0; i < 20000; i++) {
        strbuf_addf(&b, "  - { name: t%d, url: \"postgresql://u@h/d%d\", labels: { n: %d } }\n", i, i, i);
    }
    clock_t start = clock();
    assert_int_equal(parse(b.ptr)->ntargets, 20000);
    assert_true(clock() - start < 20 * CLOCKS_PER_SEC);
    strbuf_adds(&b, "  - { name: t77, url: \"postgresql://u@h/d\" }\n");
    struct environment *e;
    struct err err;
    assert_int_equal(environment_parse(&arena, "e.yaml", (struct slice){b.ptr, b.len}, &e, &err), ERR_FILE);
    assert_int_equal(err.line, 20003);
    assert_string_equal(err.hint, "The first one is on line 80; every target needs its own name.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_tunnels),
                                       cmocka_unit_test(the_whole_document),
                                       cmocka_unit_test(defaults),
                                       cmocka_unit_test(other_forms_that_are_right),
                                       cmocka_unit_test(wrong_top_levels),
                                       cmocka_unit_test(wrong_targets),
                                       cmocka_unit_test(wrong_each),
                                       cmocka_unit_test(wrong_policies),
                                       cmocka_unit_test(files_are_loaded_and_named),
                                       cmocka_unit_test(large_documents_are_quick)};
    return cmocka_run_group_tests(tests, NULL, release);
}
