/* Sources as the lexer wants them: in UTF-8, with \n at the end of each line, and zeroes behind the text. */
#include "engine/alembic/python/py_lexer.h"
#include <ctype.h>
#include <strings.h>

enum encoding { UTF_8, LATIN_1, ASCII, OTHER };

static enum encoding encoding_named(struct slice name)
{
    static const struct {
        const char *name;
        enum encoding encoding;
    } known[] = {
        {"utf-8", UTF_8},         {"utf8", UTF_8},      {"utf-8-sig", UTF_8},
        {"utf8-sig", UTF_8},      {"u8", UTF_8},        {"utf", UTF_8},
        {"latin-1", LATIN_1},     {"latin1", LATIN_1},  {"iso-8859-1", LATIN_1},
        {"iso8859-1", LATIN_1},   {"8859", LATIN_1},    {"l1", LATIN_1},
        {"iso-latin-1", LATIN_1}, {"iso8859", LATIN_1}, {"iso-ir-100", LATIN_1},
        {"ascii", ASCII},         {"us-ascii", ASCII},  {"ansi-x3.4-1968", ASCII},
    };
    char word[32];
    if (name.len >= sizeof(word)) {
        return OTHER;
    }
    for (size_t i = 0; i < name.len; i++) {
        word[i] = name.ptr[i] == '_' ? '-' : (char)tolower((unsigned char)name.ptr[i]);
    }
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        if (slice_eq((struct slice){word, name.len}, known[i].name)) {
            return known[i].encoding;
        }
    }
    return OTHER;
}

/* The word after "coding:" or "coding=" in a comment that has its line to itself (PEP 263). */
static bool coding_of(struct slice line, struct slice *name)
{
    size_t i = 0;
    while (i < line.len && (line.ptr[i] == ' ' || line.ptr[i] == '\t' || line.ptr[i] == '\f')) {
        i++;
    }
    if (i == line.len || line.ptr[i] != '#') {
        return false;
    }
    for (; i + 7 <= line.len; i++) {
        if (memcmp(line.ptr + i, "coding", 6) != 0 || (line.ptr[i + 6] != ':' && line.ptr[i + 6] != '=')) {
            continue;
        }
        size_t start = i + 7;
        while (start < line.len && (line.ptr[start] == ' ' || line.ptr[start] == '\t')) {
            start++;
        }
        size_t end = start;
        while (end < line.len && (isalnum((unsigned char)line.ptr[end]) || strchr("-_.", line.ptr[end]))) {
            end++;
        }
        if (end > start) {
            *name = (struct slice){line.ptr + start, end - start};
            return true;
        }
    }
    return false;
}

static bool is_blank_or_comment(struct slice line)
{
    struct slice rest = slice_trim(line);
    return rest.len == 0 || rest.ptr[0] == '#';
}

/* The encoding that one of the first two lines names; the second counts when the first is a comment or
 * blank. */
static bool coding_line(struct slice text, struct slice *name)
{
    for (int i = 0; i < 2; i++) {
        size_t n = 0;
        while (n < text.len && text.ptr[n] != '\n' && text.ptr[n] != '\r') {
            n++;
        }
        struct slice line = {text.ptr, n};
        if (coding_of(line, name)) {
            return true;
        }
        if (n == text.len || !is_blank_or_comment(line)) {
            return false;
        }
        n += text.ptr[n] == '\r' && n + 1 < text.len && text.ptr[n + 1] == '\n' ? 2 : 1;
        text = (struct slice){text.ptr + n, text.len - n};
    }
    return false;
}

static size_t latin_1_to_utf_8(char *out, struct slice text)
{
    char *to = out;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c < 0x80) {
            *to++ = (char)c;
        } else {
            *to++ = (char)(0xC0 | c >> 6);
            *to++ = (char)(0x80 | (c & 0x3F));
        }
    }
    return (size_t)(to - out);
}

static size_t newlines(char *text, size_t len)
{
    char *to = text;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\r') {
            *to++ = '\n';
            i += i + 1 < len && text[i + 1] == '\n';
        } else {
            *to++ = text[i];
        }
    }
    memset(to, 0, (size_t)(text + len - to));
    return (size_t)(to - text);
}

/* Where the first character stands that is not well-formed. */
static size_t first_bad(struct slice text)
{
    size_t good = 0, n = 1;
    while (good < text.len && n <= 4 && n <= text.len - good) {
        bool ok = utf8_valid(text.ptr + good, n);
        good += ok ? n : 0;
        n = ok ? 1 : n + 1;
    }
    return good;
}

static int source_error(struct err *err, const char *file, struct slice text, size_t at)
{
    return err_at(err, file, text.ptr, text.len, at), ERR_FILE;
}

static int check_utf_8(const char *file, struct slice text, bool ascii, struct err *err)
{
    if (ascii) {
        size_t at = 0;
        while ((unsigned char)text.ptr[at] < 0x80) {
            at++;
        }
        err_set(err, ERR_FILE, "a character that is not ASCII, which the coding line names");
        return source_error(err, file, text, at);
    }
    if (utf8_valid(text.ptr, text.len)) {
        return 0;
    }
    err_set(err, ERR_FILE, "the text is not UTF-8, and no other encoding is named");
    source_error(err, file, text, first_bad(text));
    return err_hint(err, "Save the file as UTF-8."), ERR_FILE;
}

int py_source_read(struct arena *a, const char *file, struct slice text, struct slice *out, struct err *err)
{
    bool mark = text.len >= 3 && memcmp(text.ptr, "\xEF\xBB\xBF", 3) == 0;
    if (mark) {
        text = (struct slice){text.ptr + 3, text.len - 3};
    }
    uint64_t high = 0;
    size_t i = 0;
    for (; i + 8 <= text.len; i += 8) {
        uint64_t word;
        memcpy(&word, text.ptr + i, sizeof(word));
        high |= word;
    }
    for (; i < text.len; i++) {
        high |= (unsigned char)text.ptr[i];
    }
    struct slice name = {0};
    enum encoding encoding = UTF_8;
    bool ascii = (high & 0x8080808080808080u) == 0;
    if (!ascii && coding_line(text, &name)) {
        encoding = encoding_named(name);
    }
    if (encoding == OTHER || (mark && encoding != UTF_8)) {
        err_set(err, ERR_REFUSED, "the encoding \"%.*s\" is not supported", (int)name.len, name.ptr);
        err_at(err, file, text.ptr, text.len, (size_t)(name.ptr - text.ptr));
        return err_hint(err, "Save the file as UTF-8."), ERR_REFUSED;
    }
    size_t size = encoding == LATIN_1 ? 2 * text.len : text.len;
    char *copy = arena_alloc(a, size + PY_SOURCE_PADDING);
    struct slice source = {copy, text.len};
    if (encoding == LATIN_1) {
        source.len = latin_1_to_utf_8(copy, text);
    } else if (text.len) {
        memcpy(copy, text.ptr, text.len);
    }
    if (text.len && memchr(copy, '\r', source.len)) {
        source.len = newlines(copy, source.len);
    }
    const char *nul = memchr(copy, '\0', source.len);
    if (nul) {
        err_set(err, ERR_FILE, "a source holds no zero bytes");
        return source_error(err, file, source, (size_t)(nul - copy));
    }
    if (!ascii && encoding != LATIN_1) {
        int rc = check_utf_8(file, source, encoding == ASCII, err);
        if (rc) {
            return rc;
        }
    }
    *out = source;
    return 0;
}
