/* Writing and reading entries about the statement in flight. */
#include "engine/run/journal.h"

#define BEGUN "begun"

static const char *const kind_names[] = {
    [JOURNAL_ROWS] = "rows",    [JOURNAL_SESSION] = "session", [JOURNAL_REPEAT] = "repeat",
    [JOURNAL_SCHEMA] = "shows", [JOURNAL_NONE] = "none",       [JOURNAL_KEPT] = "kept"};
_Static_assert(COUNT_OF(kind_names) == JOURNAL_KIND_COUNT, "one name each");

static const enum journal_kind kind_of[] = {
    [TRACE_ROWS] = JOURNAL_ROWS,     [TRACE_SESSION] = JOURNAL_SESSION, [TRACE_LOST] = JOURNAL_SESSION,
    [TRACE_REPEAT] = JOURNAL_REPEAT, [TRACE_SCHEMA] = JOURNAL_SCHEMA,   [TRACE_NONE] = JOURNAL_NONE};
_Static_assert(COUNT_OF(kind_of) == TRACE_KIND_COUNT, "one each");

enum trace_kind statement_trace(const struct driver *driver, struct slice statement)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct trace trace;
    driver->trace(&a, statement, &trace);
    return trace.kind;
}

char *journal_entry(const struct driver *driver, struct arena *a, struct slice statement, bool begun)
{
    struct trace trace = {.kind = TRACE_ROWS};
    if (statement.len > 0) {
        driver->trace(a, statement, &trace);
    }
    enum journal_kind kind = kind_of[trace.kind];
    const char *name = begun ? arena_printf(a, BEGUN " %s", kind_names[kind]) : kind_names[kind];
    if (kind == JOURNAL_ROWS) {
        return driver->trace_entry(a, name, NULL, NULL);
    }
    char digest[DIGEST_HEX + 1];
    sha256_hex(statement.ptr, statement.len, digest);
    const char *text = kind == JOURNAL_SCHEMA ? arena_printf(a, "%s %s %s =", name, digest, trace.objects)
                                              : arena_printf(a, "%s %s", name, digest);
    return driver->trace_entry(a, text, trace.objects, NULL);
}

char *journal_entry_kept(const struct driver *driver, struct arena *a)
{
    return driver->trace_entry(a, kind_names[JOURNAL_KEPT], NULL, NULL);
}

/* The word at the start of *rest, which moves on. "" at the end. */
static const char *take_word(struct arena *a, const char **rest)
{
    size_t n = strcspn(*rest, " ");
    const char *word = arena_dupn(a, *rest, n);
    *rest += n + ((*rest)[n] == ' ');
    return word;
}

bool journal_entry_parse(struct arena *a, const char *in_flight, struct journal_entry *out)
{
    if (!in_flight) {
        return false;
    }
    const char *rest = in_flight;
    struct journal_entry e = {.session = strtoll(take_word(a, &rest), NULL, 10), .kind = JOURNAL_KIND_COUNT};
    const char *text = rest, *name = take_word(a, &rest);
    e.begun = strcmp(name, BEGUN) == 0;
    name = e.begun ? take_word(a, &rest) : name;
    for (unsigned k = 0; k < JOURNAL_KIND_COUNT; k++) {
        e.kind = strcmp(name, kind_names[k]) == 0 ? (enum journal_kind)k : e.kind;
    }
    e.digest = take_word(a, &rest);
    e.fingerprint = e.objects = "";
    if (e.kind == JOURNAL_SCHEMA) {
        const char *mark = strstr(rest, " = ");
        if (!mark) {
            return false;
        }
        e.objects = arena_dupn(a, rest, (size_t)(mark - rest));
        e.text = arena_dupn(a, text, (size_t)(mark + 2 - text));
        e.fingerprint = arena_dup(a, mark + 3);
    }
    *out = e;
    return e.kind != JOURNAL_KIND_COUNT;
}
