/* Splitting MySQL scripts. Between statements of a script without DELIMITER stand only semicolons and
 * comments. */
#include "drivers/mysql/lexer.h"
#include "drivers/mysql/split.h"
#include "tests/fuzz/fuzz_split.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct slice script = {arena_dupn(&a, (const char *)data, size), size};
    struct err err;
    struct sql_script s;
    if (!must_split(mysql_split, &a, script, &s, &err)) {
        return 0;
    }
    bool plain = !strcasestr(script.ptr, "delimiter");
    for (size_t i = 1; plain && i < s.n; i++) {
        struct slice before = s.items[i - 1].text;
        must_be_idle(mysql_lex, before.ptr + before.len, s.items[i].text.ptr);
    }
    must_round_trip(mysql_split, mysql_print, &a, &s);
    return 0;
}
