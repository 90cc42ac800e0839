/* Revision files of any bytes: they are read or refused with a place, whole or cut short, and never read
 * past. */
#include "base/arena.h"
#include "engine/revision/sql_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
    if (!ok) {
        abort();
    }
}

static void check_section(struct slice text, const struct sql_section *s)
{
    if (s->text.ptr) {
        check(s->text.ptr >= text.ptr && s->text.ptr + s->text.len <= text.ptr + text.len && s->line > 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const dialects[] = {"postgresql", "mysql", "sqlite"};
    AUTO(arena_release) struct arena a = ARENA_INIT;
    char *copy = xmalloc(size); /* of the exact size, so that reading past it shows */
    memcpy(copy, data, size);
    struct slice text = {copy, size};
    struct err err = {0};
    struct revision r = {.file = "f.sql"};
    struct sql_body body = {0};
    char checksum[sizeof(body.checksum)] = "";
    int header = sql_header_parse(&a, "f.sql", text, &r, &err);
    check(header == 0 ? r.id && r.id[0] && r.message : header == ERR_FILE && err.line > 0 && err.message[0]);
    if (header == 0) {
        struct graph *g = graph_new(&a);
        struct revision *added = graph_add(g, r.id, "f.sql", &err);
        if (added) {
            *added = r;
            check(graph_finish(g, &err) == 0 || err.message[0]);
        }
    }
    for (size_t i = 0; i < COUNT_OF(dialects); i++) {
        if (sql_body_parse(&a, "f.sql", text, dialects[i], &body, &err)) {
            check(err.status == ERR_FILE && err.message[0]);
            break;
        }
        check(header == 0);
        check_section(text, &body.upgrade);
        check_section(text, &body.downgrade);
        check_section(text, &body.verify);
        check(i == 0 || strcmp(checksum, body.checksum) == 0);
        memcpy(checksum, body.checksum, sizeof(checksum));
    }
    free(copy);
    return 0;
}
