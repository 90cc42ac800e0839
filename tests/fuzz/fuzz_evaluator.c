/* Revision files run for a dialect and a direction, which the first byte chooses: whatever they hold, they
 * end within the limits, with statements in UTF-8 or with an error; and what they say once they say again,
 * unless they ask for the time or for something made up. */
#include "engine/alembic/migration.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
    if (!ok) {
        abort();
    }
}

static int statement(void *arg, const struct migration_statement *s, struct arena *a, struct rowset *rows,
                     int64_t *affected, struct err *err)
{
    struct strbuf *out = arg;
    (void)a;
    (void)rows;
    (void)affected;
    (void)err;
    check((s->text.len == 0 || utf8_valid(s->text.ptr, s->text.len)) && s->line >= 0);
    strbuf_add(out, s->text.ptr, s->text.len);
    strbuf_addf(out, ";%d\n", (int)s->kind);
    return 0;
}

static int run(enum ddl_dialect_kind dialect, bool downgrade, bool plan, struct slice text,
               struct strbuf *out)
{
    static const struct py_options options = {
        .limits = {.steps = 20000, .memory = (size_t)16 << 20, .depth = 50}};
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct migration_settings settings = {.naming = NULL};
    struct migration m = {.mode = plan ? MIGRATION_PLAN : MIGRATION_OFFLINE,
                          .dialect = ddl_dialect_of(dialect),
                          .settings = &settings,
                          .downgrade = downgrade,
                          .revision = "b2",
                          .down_revision = "a1",
                          .arg = out,
                          .statement = statement};
    enum py_stop stop = PY_RUNNING;
    struct py_node *tree;
    struct err err = {0};
    int rc = py_parse(&a, "b2.py", text, &tree, &err);
    rc = rc ? rc : migration_run(&options, &m, "b2.py", text, tree, &stop, &err);
    check((rc == 0) == (err.status == 0) && rc == err.status);
    check(rc == 0 ? stop == PY_RUNNING : err.message[0] && utf8_valid(err.message, strlen(err.message)));
    check(utf8_valid(err.excerpt, strlen(err.excerpt)) && utf8_valid(err.hint, strlen(err.hint)));
    strbuf_addf(out, "%d %s", rc, err.message);
    return rc;
}

static bool holds(struct slice text, const char *word)
{
    return memmem(text.ptr, text.len, word, strlen(word)) != NULL;
}

static bool is_repeatable(struct slice text)
{
    static const char *const words[] = {"uuid", "time", "date", "random", "now", "secret", "id", "hash"};
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (holds(text, words[i])) {
            return false;
        }
    }
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    char *copy = xmalloc(size - 1); /* of the exact size, so that reading past it shows */
    memcpy(copy, data + 1, size - 1);
    struct slice text = {copy, size - 1};
    enum ddl_dialect_kind dialect = data[0] % DDL_DIALECT_COUNT;
    bool downgrade = data[0] >> 2 & 1, plan = data[0] >> 3 & 1;
    AUTO(strbuf_release) struct strbuf once = STRBUF_INIT;
    AUTO(strbuf_release) struct strbuf again = STRBUF_INIT;
    run(dialect, downgrade, plan, text, &once);
    if (is_repeatable(text) && !strstr(strbuf_cstr(&once), " at 0x")) { /* the address of an object */
        run(dialect, downgrade, plan, text, &again);
        check(once.len == again.len && memcmp(strbuf_cstr(&once), strbuf_cstr(&again), once.len) == 0);
    }
    free(copy);
    return 0;
}
