/* Splitting SQLite scripts; the library calls each printed statement complete. */
#include "drivers/sqlite/lexer.h"
#include "drivers/sqlite/split.h"
#include "tests/fuzz/fuzz_split.h"
#include <sqlite3.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct slice script = {arena_dupn(&a, (const char *)data, size), size};
    struct err err;
    struct sql_script s;
    if (!must_split(sqlite_split, &a, script, &s, &err)) {
        return 0;
    }
    script = sql_script_lines(&a, script);
    const char *at = s.n ? s.items[0].text.ptr : script.ptr;
    for (size_t i = 0; i < s.n; i++) {
        AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
        must_be_idle(sqlite_lex, at, s.items[i].text.ptr);
        at = s.items[i].text.ptr + s.items[i].text.len;
        sqlite_print(&b, s.items[i].text, s.items[i].copy);
        must(sqlite3_complete(b.ptr) == 1);
    }
    must_round_trip(sqlite_split, sqlite_print, &a, &s);
    return 0;
}
