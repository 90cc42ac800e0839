/*
 * lockstep-read-schema [-c|-s|-u|-q] [-g] DRIVER HOST PORT USER DATABASE [SCHEMA]: what schema_read_whole()
 * tells. -c: its canonical text, -s: its snapshot, -u: what was not seen, with -g with grants. Without one of
 * them it reads twice, compares, and prints how many objects there are and how many differ. HOST of SQLite is
 * "-".
 */
#include "base/module.h"
#include "engine/schema/compare.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int fail(const struct err *err)
{
    fprintf(stderr, "%s\n", err->message);
    return 1;
}

static void print_text(const struct schema *s, int form)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    const char **line;
    if (form == 'u') {
        vec_each (line, &s->unseen) {
            printf("%s\n", *line);
        }
        return;
    }
    schema_write(&text, s, form == 'c' ? SCHEMA_TEXT_CANONICAL : SCHEMA_TEXT_SNAPSHOT);
    fwrite(text.ptr, 1, text.len, stdout);
}

/* As drift does: a snapshot on one side, the database on the other. */
static int compare(struct arena *a, const struct schema *actual, struct err *err)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    AUTO(arena_release) struct arena of_items = ARENA_INIT;
    struct schema *expected;
    schema_items_t items;
    schema_changes_t changes;
    schema_write(&text, actual, SCHEMA_TEXT_SNAPSHOT);
    int rc = schema_parse(a, (struct slice){text.ptr, text.len}, "snapshot", &expected, err);
    if (rc) {
        return rc;
    }
    schema_compare(a, expected, actual, &changes);
    schema_items(&of_items, actual, &items);
    printf("%zu objects, %zu differences\n", items.n, changes.n);
    return 0;
}

static const struct driver *the_driver;

static int print_batch(struct conn *c, struct arena *a, const struct statement *items, size_t n,
                       struct outcome *outcomes, size_t *done, struct err *err)
{
    for (size_t i = 0; i < n; i++) {
        printf("%.*s;\n", (int)items[i].text.len, items[i].text.ptr);
    }
    return the_driver->batch(c, a, items, n, outcomes, done, err);
}

int main(int argc, char **argv)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    const struct driver *driver;
    struct conn *c = NULL;
    struct schema *s;
    struct err err = {0};
    unsigned parts = SCHEMA_ALL;
    int form = 0, option = getopt(argc, argv, "csuqg");
    for (; option != -1; option = getopt(argc, argv, "csuqg")) {
        parts |= option == 'g' ? SCHEMA_GRANTS : 0;
        form = option == 'g' ? form : option;
    }
    char **args = argv + optind;
    if (argc - optind < 5) {
        fprintf(stderr, "usage: %s [-c|-s|-u|-q] [-g] DRIVER HOST PORT USER DATABASE [SCHEMA]\n", argv[0]);
        return 64;
    }
    module_set_dir(LOCKSTEP_MODULE_DIR);
    struct driver_address address = {.host = strcmp(args[1], "-") == 0 ? NULL : args[1],
                                     .port = (int)strtol(args[2], NULL, 10),
                                     .user = args[3],
                                     .database = args[4]};
    if (driver_find(args[0], &driver, &err) ||
        driver->open(&address, &(struct driver_session){0}, &c, &err)) {
        return fail(&err);
    }
    struct driver printing = *driver;
    printing.batch = print_batch;
    the_driver = driver;
    if (form == 'q') {
        ((struct conn_base *)(void *)c)->driver = &printing;
    }
    int rc = schema_read_whole(&a, c, args[5], parts, &s, &err);
    ((struct conn_base *)(void *)c)->driver = driver;
    conn_close(c);
    if (rc == 0 && form == 'q') {
        return 0;
    }
    if (rc == 0 && form) {
        print_text(s, form);
    } else if (rc == 0) {
        rc = compare(&a, s, &err);
    }
    return rc ? fail(&err) : 0;
}
