/* Lines, markers and errors in the text of a revision file. */
#include "engine/revision/sql_lines.h"
#include "base/arena.h"
#include <stdarg.h>
#include <strings.h>

const char *section_name(enum sql_section_kind kind)
{
    static const char *const names[] = {"upgrade", "downgrade", "verify"};
    _Static_assert(COUNT_OF(names) == SECTION_COUNT, "a name for every kind of section");
    return names[kind];
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

static struct slice trim_start(struct slice s)
{
    while (s.len && is_blank(s.ptr[0])) {
        s.ptr++;
        s.len--;
    }
    return s;
}

struct line_reader line_reader_of(struct slice text)
{
    return (struct line_reader){.rest = text};
}

bool line_next(struct line_reader *lines)
{
    if (!lines->rest.len) {
        return false;
    }
    const char *from = lines->rest.ptr, *end = memchr(from, '\n', lines->rest.len);
    size_t len = end ? (size_t)(end - from) : lines->rest.len, used = len + (end != NULL);
    lines->start = from;
    lines->whole = end != NULL;
    lines->rest = (struct slice){from + used, lines->rest.len - used};
    lines->number++;
    struct slice line = {from, len};
    if (slice_starts(line, "\xEF\xBB\xBF")) {
        line = (struct slice){from + 3, len - 3};
    }
    line = trim_start(line);
    while (line.len && is_blank(line.ptr[line.len - 1])) {
        line.len--;
    }
    lines->line = line;
    return true;
}

bool line_is_comment(struct slice line)
{
    return line.len >= 2 && line.ptr[0] == '-' && line.ptr[1] == '-';
}

bool line_is_marker(struct slice line, enum sql_section_kind *kind, struct slice *dialects)
{
    if (!line_is_comment(line)) {
        return false;
    }
    struct slice rest = trim_start((struct slice){line.ptr + 2, line.len - 2});
    for (enum sql_section_kind k = 0; k < SECTION_COUNT; k++) {
        size_t n = strlen(section_name(k));
        if (rest.len < n || (rest.ptr[0] | 32) != section_name(k)[0] ||
            strncasecmp(rest.ptr, section_name(k), n) != 0) {
            continue;
        }
        struct slice after = trim_start((struct slice){rest.ptr + n, rest.len - n});
        if (after.len && after.ptr[0] != ':') {
            return false;
        }
        *kind = k;
        *dialects = after.len ? trim_start((struct slice){after.ptr + 1, after.len - 1}) : after;
        return true;
    }
    return false;
}

const char *line_near_marker(struct slice line)
{
    if (!line_is_comment(line)) {
        return NULL;
    }
    struct slice rest = trim_start((struct slice){line.ptr + 2, line.len - 2}), word = {0};
    slice_cut(&rest, ':', &word);
    word = slice_trim(word);
    char lower[16];
    if (word.len < 4 || word.len >= sizeof(lower)) {
        return NULL;
    }
    for (size_t i = 0; i < word.len; i++) {
        lower[i] = (char)(word.ptr[i] | 32);
    }
    lower[word.len] = '\0';
    if (strspn(lower, "abcdefghijklmnopqrstuvwxyz") != word.len) {
        return NULL;
    }
    for (enum sql_section_kind k = 0; k < SECTION_COUNT; k++) {
        if (lower[0] != section_name(k)[0]) {
            continue; /* nearly every other comment: the distance costs more than the rest of the line */
        }
        int near = str_distance(lower, section_name(k));
        if (near > 0 && near <= (strlen(section_name(k)) > 6 ? 2 : 1)) {
            return section_name(k);
        }
    }
    return NULL;
}

int text_error(struct err *err, const char *file, struct slice text, int line, const char *at,
               const char *fmt, ...)
{
    AUTO(arena_release) struct arena scratch = ARENA_INIT;
    const char *start = at;
    while (start > text.ptr && start[-1] != '\n') {
        start--;
    }
    va_list ap;
    va_start(ap, fmt);
    err_set(err, ERR_FILE, "%s", arena_vprintf(&scratch, fmt, ap));
    va_end(ap);
    err_place(err, file, line, (int)(at - start) + 1);
    return err_excerpt(err, text.ptr, text.len), ERR_FILE;
}
