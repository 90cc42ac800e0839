/*
 * The caret excerpt of an error: one line of the offending text with the place marked below it. Whatever
 * looks like a password in that line is masked, because excerpts end up in terminals, logs and the audit log.
 */
#include "base/err.h"
#include "base/str.h"
#include <limits.h>

#define WIDTH      100  /* characters shown */
#define LINE_BYTES 4000 /* of a longer line only the part around the column is looked at */

static bool continues(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

struct span {
    size_t from, to;
};

/* The last byte of a reference ${...} that begins at i, or i. */
static size_t skip_reference(struct slice s, size_t i)
{
    size_t depth = 0;
    for (size_t j = i + 1; s.ptr[i] == '$' && j < s.len; j++) {
        depth += s.ptr[j] == '{';
        depth -= depth > 0 && s.ptr[j] == '}';
        if (depth == 0) {
            return s.ptr[i + 1] == '{' ? j : i;
        }
    }
    return i;
}

/* In `//user:PASSWORD@host`, whose // ends at `from`. Without an @ what follows the colon is a port, or a
 * password whose host was forgotten. */
static bool login_password(struct slice line, size_t from, struct span *out)
{
    size_t colon = 0, at = 0, slash = 0, i = from;
    bool digits = true;
    for (; i < line.len && !strchr(" \t\"'<>", line.ptr[i]); i++) {
        char c = line.ptr[i];
        if (c == ':' && !colon && !slash) {
            colon = i;
        } else if (c == '@') {
            at = i;
        } else if ((c == '/' || c == '?') && !slash) {
            slash = i;
        } else if (colon && !slash) {
            digits = digits && c >= '0' && c <= '9';
        }
        i = skip_reference(line, i);
    }
    /* "secret with a blank@host" goes on after the blank. */
    const char *later = i < line.len && !at ? memchr(line.ptr + i, '@', line.len - i) : NULL;
    at = later && !(colon && digits) ? (size_t)(later - line.ptr) : at;
    if (!colon || line.ptr[from] == '[' || (at ? at < colon : digits)) {
        return false;
    }
    *out = (struct span){colon + 1, at ? at : slash ? slash : i};
    return out->to > out->from;
}

/* The first password of a URL in the line, at or after `from`. */
static bool url_password(struct slice line, size_t from, struct span *out)
{
    for (size_t i = from; i + 2 < line.len; i++) {
        if (line.ptr[i] == ':' && line.ptr[i + 1] == '/' && line.ptr[i + 2] == '/' &&
            login_password(line, i + 3, out)) {
            return true;
        }
    }
    return false;
}

static bool is_key(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

static bool is_secret_key(struct slice key)
{
    static const char *const parts[] = {"password", "passwd", "passphrase", "pwd", "secret"};
    char word[32] = "";
    if (key.len == 0 || key.len >= sizeof(word)) {
        return false;
    }
    for (size_t i = 0; i < key.len; i++) {
        word[i] = (char)(key.ptr[i] | 0x20);
    }
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        if (strstr(word, parts[i])) {
            return true;
        }
    }
    /* "pass", "db_pass", and slips of the finger. */
    return (key.len >= 4 && strcmp(word + key.len - 4, "pass") == 0) || str_distance(word, "password") <= 3;
}

/* ${env:NAME} and its kind are not secrets themselves. */
static bool is_reference(struct slice value)
{
    value = slice_trim(value);
    if (value.len && (value.ptr[0] == '"' || value.ptr[0] == '\'')) {
        value = (struct slice){value.ptr + 1, value.len - 1};
    }
    const char *close = value.len ? memchr(value.ptr, '}', value.len) : NULL;
    return slice_starts(value, "${") && close &&
           (close + 1 == value.ptr + value.len || strchr(" \t\r\"',}]", close[1]));
}

/* The value after a key that names a password, up to the end of the line: `password: VALUE`, also `=`, and
 * anywhere in a `{ flow: mapping }` or a query string. */
static bool key_password(struct slice line, size_t from, struct span *out)
{
    for (size_t i = from; i < line.len; i++) {
        if (line.ptr[i] != ':' && line.ptr[i] != '=') {
            continue;
        }
        size_t end = i;
        while (end > 0 && strchr(" \t\"'", line.ptr[end - 1])) {
            end--;
        }
        size_t begin = end;
        while (begin > 0 && is_key(line.ptr[begin - 1])) {
            begin--;
        }
        if (!is_secret_key((struct slice){line.ptr + begin, end - begin})) {
            continue;
        }
        size_t value = i + 1;
        while (value < line.len && strchr(" \t", line.ptr[value])) {
            value++;
        }
        struct slice rest = {line.ptr + value, line.len - value};
        if (slice_trim(rest).len && !is_reference(rest)) {
            *out = (struct span){value, line.len};
            return true;
        }
    }
    return false;
}

/* Copy the line with every password as "***"; *column moves along. */
static void mask(struct slice line, struct strbuf *out, size_t *column)
{
    size_t done = 0, shifted = *column;
    struct span url = {0}, key = {0};
    while (done < line.len) {
        bool has_url = url_password(line, done, &url), has_key = key_password(line, done, &key);
        if (!has_url && !has_key) {
            break;
        }
        struct span s = has_url && (!has_key || url.from <= key.from) ? url : key;
        s.from = s.from < done ? done : s.from;
        strbuf_add(out, line.ptr + done, s.from - done);
        if (*column >= s.to) {
            shifted = *column - s.to + out->len + 3;
        } else if (*column >= s.from) {
            shifted = out->len;
        }
        strbuf_adds(out, "***");
        done = s.to;
    }
    strbuf_add(out, line.ptr + done, line.len - done);
    if (done && *column >= done) {
        shifted = *column - done + (out->len - (line.len - done));
    }
    *column = shifted;
}

/* The line's bytes, and in *column the byte that the one-based character column stands for. */
static struct slice find_line(const char *text, size_t len, int number, int characters, size_t *column)
{
    const char *p = text, *end = text + len;
    for (int i = 1; i < number && p; i++) {
        p = memchr(p, '\n', (size_t)(end - p));
        p = p ? p + 1 : NULL;
    }
    if (!p) {
        return (struct slice){NULL, 0};
    }
    const char *eol = memchr(p, '\n', (size_t)(end - p));
    struct slice line = {p, (size_t)((eol ? eol : end) - p)};
    if (line.len && line.ptr[line.len - 1] == '\r') {
        line.len--;
    }
    size_t at = 0;
    for (int i = 1; i < characters && at < line.len; i++) {
        at++;
        while (at < line.len && continues(line.ptr[at])) {
            at++;
        }
    }
    *column = at;
    return line;
}

/* Of a very long line keep the part around the column. */
static struct slice shorten(struct slice line, size_t *column)
{
    if (line.len <= LINE_BYTES) {
        return line;
    }
    size_t from = *column > LINE_BYTES / 2 ? *column - LINE_BYTES / 2 : 0;
    while (from > 0 && continues(line.ptr[from])) {
        from--;
    }
    size_t len = line.len - from > LINE_BYTES ? LINE_BYTES : line.len - from;
    *column -= from;
    return (struct slice){line.ptr + from, len};
}

static char printable(char c)
{
    if (c == '\t') {
        return ' ';
    }
    bool control = (unsigned char)c < 0x20 || c == 0x7F;
    if (control) {
        return '?';
    }
    return c;
}

int err_excerpt(struct err *err, const char *text, size_t len)
{
    if (!err) {
        return ERR_FAILED;
    }
    if (err->line <= 0 || !text) {
        return err->status;
    }
    size_t column = 0;
    struct slice line = find_line(text, len, err->line, err->column, &column);
    if (!line.ptr) {
        return err->status;
    }
    line = shorten(line, &column);
    AUTO(strbuf_release) struct strbuf masked = STRBUF_INIT;
    mask(line, &masked, &column);

    /* A window of WIDTH characters in which the column stands. */
    size_t before = 0, from = 0;
    for (size_t i = 0; i < column && i < masked.len; i++) {
        before += !continues(masked.ptr[i]);
    }
    for (size_t skip = before > WIDTH - 20 ? before - (WIDTH - 20) : 0; skip > 0; skip--) {
        from++;
        while (from < masked.len && continues(masked.ptr[from])) {
            from++;
        }
        before--;
    }
    char shown[WIDTH * 4 + 1], caret[WIDTH + 1];
    size_t n = 0, characters = 0;
    for (size_t i = from; i < masked.len; i++) {
        characters += !continues(masked.ptr[i]);
        if (characters > WIDTH || n + 1 >= sizeof(shown)) {
            break;
        }
        shown[n++] = printable(masked.ptr[i]);
    }
    if (!utf8_valid(shown, n)) {
        for (size_t i = 0; i < n; i++) {
            if ((unsigned char)shown[i] >= 0x80) {
                shown[i] = '?';
            }
        }
    }
    shown[n] = '\0';
    memset(caret, ' ', before);
    caret[before] = '\0';
    snprintf(err->excerpt, sizeof(err->excerpt), "%5d | %s\n      | %s^", err->line, shown, caret);
    return err->status;
}

int err_at(struct err *err, const char *file, const char *text, size_t len, size_t offset)
{
    if (!err) {
        return ERR_FAILED;
    }
    size_t line = 1, column = 1;
    for (size_t i = 0; i < offset && i < len; i++) {
        if (text[i] == '\n') {
            line++;
            column = 1;
        } else {
            column += !continues(text[i]);
        }
    }
    err_place(err, file, line < INT_MAX ? (int)line : INT_MAX, column < INT_MAX ? (int)column : INT_MAX);
    return err_excerpt(err, text, len);
}
