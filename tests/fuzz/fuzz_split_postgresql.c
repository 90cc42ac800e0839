/* Splitting PostgreSQL scripts; where libpg_query's parser takes the whole script, it finds as many
 * statements. */
#include "drivers/postgresql/lexer.h"
#include "drivers/postgresql/split.h"
#include "tests/fuzz/fuzz_split.h"
#include <pg_query.h>

static void must_agree_with_parser(const char *text, bool ok, const struct sql_script *s,
                                   const struct err *err)
{
    PgQuerySplitResult r = pg_query_split_with_parser(text);
    if (!r.error) {
        must(ok ? (size_t)r.n_stmts == s->n : strstr(err->message, "COPY") != NULL);
    }
    pg_query_free_split_result(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct slice script = {arena_dupn(&a, (const char *)data, size), size};
    struct err err;
    struct sql_script s;
    bool ok = must_split(postgresql_split, &a, script, &s, &err);
    /* The parser always reads literals without backslashes and takes byte order marks for names. */
    if (size < 4096 && !memchr(script.ptr, '\0', size) &&
        !strcasestr(script.ptr, "standard_conforming_strings") && !strstr(script.ptr, "\xef\xbb\xbf")) {
        must_agree_with_parser(script.ptr, ok, &s, &err);
    }
    if (!ok) {
        return 0;
    }
    const char *at = script.ptr + (slice_starts(script, "\xef\xbb\xbf") ? 3 : 0), *end = script.ptr + size;
    for (size_t i = 0; i < s.n; i++) {
        must_be_idle(postgresql_lex, at, s.items[i].text.ptr);
        at = s.items[i].text.ptr + s.items[i].text.len;
        if (s.items[i].copy.ptr) {
            must_be_idle(postgresql_lex, at, s.items[i].copy.ptr);
            at = s.items[i].copy.ptr + s.items[i].copy.len;
            must(end - at >= 2 && at[0] == '\\' && at[1] == '.');
            at += 2;
        }
    }
    must_be_idle(postgresql_lex, at, end);
    must_round_trip(postgresql_split, postgresql_print, &a, &s);
    return 0;
}
