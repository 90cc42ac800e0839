/*
 * Plan documents: whatever is read, is read safely; and what was read is written, read and summarised again
 * without loss. The digest is not asked for first, or nothing that the fuzzer makes would get past it.
 */
#include "base/arena.h"
#include "plans/plan_fields.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT, again = STRBUF_INIT, summary = STRBUF_INIT;
    struct slice source = {(const char *)data, size};
    struct err err = {0};
    struct plan *p, *read;
    if (plan_parse_unchecked(&a, "fuzz", source, &p, &err) != 0) {
        return 0;
    }
    if (plan_write(p, &text, &err) != 0 ||
        plan_parse(&a, "again", (struct slice){text.ptr, text.len}, &read, &err) != 0 ||
        plan_write(read, &again, &err) != 0 || text.len != again.len ||
        memcmp(text.ptr, again.ptr, text.len) != 0) {
        abort();
    }
    plan_summary(p, data[size - 1], &summary);
    if (!summary.len || !utf8_valid(summary.ptr, summary.len)) {
        abort();
    }
    return 0;
}
