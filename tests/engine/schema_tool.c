/*
 * lockstep-schema: what the engine makes of live databases' schemas, for tests and for a look.
 *   lockstep-schema canonical|snapshot|fingerprint|definitions URL
 *   lockstep-schema changes EXPECTED-URL ACTUAL-URL
 *       what differs, in words
 *   lockstep-schema diff [--rename KIND:FROM:TO]... FROM-URL TO-URL
 *       the statements that turn FROM into TO, with their hazards
 *   lockstep-schema round-trip FROM-URL TO-URL
 *       Standard input: pairs of SQL scripts, each ended by a NUL. The first builds A in one database and the
 *       second B in the other, both of which they empty first. A is turned into B and back by generated
 *       statements. Standard output: for each pair "ok N M" (statements there and back) or what went wrong,
 * ended by a NUL. SQLite's databases are made anew for each pair.
 */
#include "base/module.h"
#include "drivers/driver.h"
#include "engine/schema/ddl.h"
#include "environments/url.h"
#include <stdio.h>
#include <string.h>

static int open_url(struct arena *a, const char *text, struct conn **out, struct err *err)
{
    struct url u;
    const struct driver *driver;
    int rc = url_parse(a, slice_of(text), &u, err);
    rc = rc ? rc : driver_find(u.dialect, &driver, err);
    if (rc) {
        return rc;
    }
    struct driver_address address = {.host = u.host,
                                     .port = u.port,
                                     .user = u.user,
                                     .password = u.password,
                                     .database = u.database,
                                     .schema = url_param(&u, "schema")};
    return driver->open(&address, &(struct driver_session){.create = true}, out, err);
}

static int run_script(struct conn *c, const char *text, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    const struct driver *driver = conn_driver(c);
    struct sql_script script = {0};
    size_t done = 0;
    int rc = driver->split(&a, slice_of(text), &script, err);
    if (rc || script.n == 0) {
        return rc;
    }
    struct statement *statements = arena_array(&a, script.n, sizeof(*statements));
    struct outcome *outcomes = arena_array(&a, script.n, sizeof(*outcomes));
    for (size_t i = 0; i < script.n; i++) {
        statements[i].text = script.items[i].text;
    }
    rc = driver->batch(c, &a, statements, script.n, outcomes, &done, err);
    if (rc && done < script.n) {
        return err_wrap(err, "%.*s", (int)statements[done].text.len, statements[done].text.ptr);
    }
    return rc;
}

static int read_schema(struct arena *a, struct conn *c, struct schema **out, struct err *err)
{
    return schema_read_whole(a, c, NULL, SCHEMA_ALL, out, err);
}

/* As a run would: in a transaction where the database has them for DDL, but for what cannot be in one. */
static int apply(struct conn *c, const schema_statements_t *statements, struct err *err)
{
    const struct schema_statement *st;
    const struct driver *driver = conn_driver(c);
    bool transaction = driver->caps & DRIVER_TXN_DDL, open = false;
    int rc = 0;
    vec_each (st, statements) {
        bool within = transaction && !st->alone;
        if (within != open) {
            rc = conn_exec(c, within ? driver->begin : driver->commit, err);
            open = within;
        }
        rc = rc ? rc : conn_exec(c, st->text, err);
        if (rc) {
            struct err ignored = {0};
            conn_exec(c, driver->rollback, &ignored);
            return err_wrap(err, "%s", st->text);
        }
    }
    return open ? conn_exec(c, driver->commit, err) : 0;
}

static void print_statements(FILE *f, const schema_statements_t *statements)
{
    const struct schema_statement *st;
    vec_each (st, statements) {
        if (st->hazard) {
            fprintf(f, "-- hazard: %s\n", st->hazard);
        }
        fprintf(f, st->alone ? "-- alone\n%s;\n" : "%s;\n", st->text);
    }
}

static const char *text_of(struct arena *a, const struct schema *s, enum schema_text_form form)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    schema_write(&b, s, form);
    return arena_dup(a, strbuf_cstr(&b));
}

static int generate(struct arena *a, const struct schema *from, const struct schema *to,
                    const struct schema_ddl_options *options, schema_statements_t *out, struct err *err)
{
    schema_changes_t *changes = arena_alloc(a, sizeof(*changes)); /* the statements point into it */
    schema_compare(a, to, from, changes);
    return schema_ddl(a, from, to, changes, options, out, err);
}

static void print_changes(FILE *f, struct arena *a, const struct schema *expected,
                          const struct schema *actual)
{
    static const char *const words[] = {"missing", "unexpected", "changed"};
    schema_changes_t changes;
    const struct schema_change *c;
    const struct schema_attribute *x;
    schema_compare(a, expected, actual, &changes);
    vec_each (c, &changes) {
        const struct schema_item *item = schema_change_item(c);
        fprintf(f, "%s %s %s\n", words[c->kind], schema_item_word(item), schema_item_path(a, item));
        vec_each (x, &c->attributes) {
            fprintf(f, "    %s: expected %s, is %s\n", x->field->name, x->expected ? x->expected : "none",
                    x->actual ? x->actual : "none");
        }
    }
}

/* Turns what is in c into `to`, and says what the database says about it. */
static int turn(struct arena *a, struct conn *c, const struct schema *from, const struct schema *to,
                size_t *n, struct err *err)
{
    schema_statements_t statements = {0};
    struct schema *after;
    int rc = generate(a, from, to, &(struct schema_ddl_options){0}, &statements, err);
    rc = rc ? rc : apply(c, &statements, err);
    rc = rc ? rc : read_schema(a, c, &after, err);
    if (rc) {
        print_statements(stdout, &statements);
        return rc;
    }
    *n = statements.n;
    if (strcmp(text_of(a, to, SCHEMA_TEXT_CANONICAL), text_of(a, after, SCHEMA_TEXT_CANONICAL)) == 0) {
        return 0;
    }
    print_statements(stdout, &statements);
    printf("-- afterwards:\n");
    print_changes(stdout, a, to, after);
    return err_set(err, ERR_FAILED, "the schema differs");
}

/* Where a schema is a database it is emptied here: a script cannot know its name. */
static int empty(struct arena *a, struct conn *c, struct err *err)
{
    const char *name;
    if ((conn_driver(c)->caps & (DRIVER_SCHEMAS | DRIVER_LOCAL_FILE))) {
        return 0;
    }
    int rc = schema_current(a, c, &name, err);
    static const char *const verbs[] = {"DROP DATABASE", "CREATE DATABASE", "USE"};
    for (size_t i = 0; rc == 0 && i < COUNT_OF(verbs); i++) {
        AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
        strbuf_addf(&b, "%s ", verbs[i]);
        conn_driver(c)->quote_ident(&b, name);
        rc = conn_exec(c, strbuf_cstr(&b), err);
    }
    return rc;
}

/* Statements are made of snapshots as often as of live databases. */
static int through_snapshot(struct arena *a, struct schema **s, struct err *err)
{
    return schema_parse(a, slice_of(text_of(a, *s, SCHEMA_TEXT_SNAPSHOT)), "snapshot", s, err);
}

static int round_trip(const char *const *urls, struct conn **conns, const char *const *scripts)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct err err = {0};
    struct schema *s[2] = {0};
    size_t there = 0, back = 0;
    int rc = 0;
    const char *when = "building";
    for (size_t i = 0; i < 2 && rc == 0; i++) {
        rc = conns[i] ? 0 : open_url(&a, urls[i], &conns[i], &err);
        rc = rc ? rc : empty(&a, conns[i], &err);
        rc = rc ? rc : run_script(conns[i], scripts[i], &err);
        rc = rc ? rc : read_schema(&a, conns[i], &s[i], &err);
        rc = rc ? rc : through_snapshot(&a, &s[i], &err);
    }
    if (rc == 0) {
        when = "there";
        rc = turn(&a, conns[0], s[0], s[1], &there, &err);
    }
    if (rc == 0) {
        when = "back";
        rc = turn(&a, conns[0], s[1], s[0], &back, &err);
    }
    for (size_t i = 0; i < 2; i++) {
        if (conns[i] && (conn_driver(conns[i])->caps & DRIVER_LOCAL_FILE)) {
            conn_close(conns[i]);
            conns[i] = NULL;
        }
    }
    if (rc) {
        printf("FAILED %s: %s", when, err.message);
    } else {
        printf("ok %zu %zu", there, back);
    }
    putchar(0);
    fflush(stdout);
    return rc ? 1 : 0;
}

static bool read_script(struct strbuf *b)
{
    int ch;
    strbuf_clear(b);
    while ((ch = getchar()) != EOF && ch != 0) {
        strbuf_addch(b, (char)ch);
    }
    return ch == 0;
}

static int round_trips(const char *const *urls)
{
    AUTO(strbuf_release) struct strbuf from = STRBUF_INIT, to = STRBUF_INIT;
    struct conn *conns[2] = {0};
    int failed = 0;
    while (read_script(&from) && read_script(&to)) {
        failed |= round_trip(urls, conns, (const char *const[]){strbuf_cstr(&from), strbuf_cstr(&to)});
    }
    conn_close(conns[0]);
    conn_close(conns[1]);
    return failed;
}

static int print_one(struct arena *a, const char *what, const char *url, struct err *err)
{
    struct conn *c = NULL;
    struct schema *s;
    int rc = open_url(a, url, &c, err);
    rc = rc ? rc : read_schema(a, c, &s, err);
    conn_close(c);
    if (rc) {
        return rc;
    }
    if (strcmp(what, "fingerprint") == 0) {
        char hex[DIGEST_HEX + 1];
        schema_fingerprint(s, hex);
        puts(hex);
    } else if (strcmp(what, "definitions") == 0) {
        schema_items_t items;
        const struct schema_item *i;
        schema_items(a, s, &items);
        vec_each (i, &items) {
            printf("-- %s %s\n%s\n", schema_item_word(i), schema_item_path(a, i), schema_definition(a, s, i));
        }
    } else {
        bool snapshot = strcmp(what, "snapshot") == 0;
        fputs(text_of(a, s, snapshot ? SCHEMA_TEXT_SNAPSHOT : SCHEMA_TEXT_CANONICAL), stdout);
    }
    return 0;
}

static bool add_rename(struct arena *a, struct schema_ddl_options *options, const char *text)
{
    static const enum schema_kind kinds[] = {SCHEMA_K_TABLE, SCHEMA_K_COLUMN, SCHEMA_K_INDEX,
                                             SCHEMA_K_CONSTRAINT};
    const char *first = strchr(text, ':'), *second = first ? strchr(first + 1, ':') : NULL;
    for (size_t i = 0; second && i < COUNT_OF(kinds); i++) {
        const char *word = schema_kind_info(kinds[i])->name;
        if (strlen(word) == (size_t)(first - text) && strncmp(text, word, strlen(word)) == 0) {
            *vec_push(a, &options->renames) = (struct schema_rename){
                kinds[i], arena_dupn(a, first + 1, (size_t)(second - first - 1)), second + 1};
            return true;
        }
    }
    return false;
}

static int read_two(struct arena *a, const char *const *urls, struct schema **s, struct err *err)
{
    int rc = 0;
    for (size_t i = 0; i < 2 && rc == 0; i++) {
        struct conn *c = NULL;
        rc = open_url(a, urls[i], &c, err);
        rc = rc ? rc : read_schema(a, c, &s[i], err);
        conn_close(c);
    }
    return rc;
}

static int print_diff(struct arena *a, const char *const *urls, const struct schema_ddl_options *options,
                      struct err *err)
{
    struct schema *s[2];
    schema_statements_t statements;
    int rc = read_two(a, urls, s, err);
    struct schema_ddl_options said = *options;
    rc = rc ? rc : schema_renamed(a, s[0], &options->renames, &s[0], &said.renames, err);
    rc = rc ? rc : generate(a, s[0], s[1], &said, &statements, err);
    if (rc == 0) {
        print_statements(stdout, &statements);
    }
    return rc;
}

static int print_two(struct arena *a, const char *const *urls, struct err *err)
{
    struct schema *s[2];
    int rc = read_two(a, urls, s, err);
    if (rc == 0) {
        print_changes(stdout, a, s[0], s[1]);
    }
    return rc;
}

static int usage(void)
{
    fprintf(stderr, "usage: lockstep-schema canonical|snapshot|fingerprint|definitions URL\n"
                    "       lockstep-schema changes EXPECTED-URL ACTUAL-URL\n"
                    "       lockstep-schema diff [--rename KIND:FROM:TO]... FROM-URL TO-URL\n"
                    "       lockstep-schema round-trip FROM-URL TO-URL\n");
    return 64;
}

int main(int argc, char **argv)
{
    static const char *const texts[] = {"canonical", "snapshot", "fingerprint", "definitions"};
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct err err = {0};
    struct schema_ddl_options options = {0};
    const char *urls[2];
    int at = 2, rc = 64;
    module_set_dir(LOCKSTEP_MODULE_DIR);
    for (; at + 1 < argc && strcmp(argv[at], "--rename") == 0; at += 2) {
        if (!add_rename(&a, &options, argv[at + 1])) {
            return usage();
        }
    }
    if (argc == at + 2) {
        urls[0] = argv[at], urls[1] = argv[at + 1];
        if (strcmp(argv[1], "round-trip") == 0) {
            return round_trips(urls);
        }
        rc = strcmp(argv[1], "diff") == 0      ? print_diff(&a, urls, &options, &err)
             : strcmp(argv[1], "changes") == 0 ? print_two(&a, urls, &err)
                                               : 64;
    }
    for (size_t i = 0; argc == 3 && i < COUNT_OF(texts); i++) {
        rc = strcmp(argv[1], texts[i]) == 0 ? print_one(&a, argv[1], argv[2], &err) : rc;
    }
    if (rc == 64) {
        return usage();
    }
    if (rc) {
        char where[4096];
        fprintf(stderr, "%s\n", err_format(&err, where, sizeof(where)));
    }
    return rc ? 1 : 0;
}
