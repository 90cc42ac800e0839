/* TOML values and keys: strings with escapes, numbers, dates, arrays, inline tables. */
#include "engine/alembic/project/toml_internal.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_bare(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

static bool is_control(char c, bool lines)
{
    return (unsigned char)c < ' ' ? c != '\t' && !(lines && c == '\n') : c == 0x7F;
}

/* --- strings */

static void put_code(struct strbuf *b, uint32_t c)
{
    if (c < 0x80) {
        strbuf_addch(b, (char)c);
    } else if (c < 0x800) {
        strbuf_addch(b, (char)(0xC0 | c >> 6));
        strbuf_addch(b, (char)(0x80 | (c & 0x3F)));
    } else if (c < 0x10000) {
        strbuf_addch(b, (char)(0xE0 | c >> 12));
        strbuf_addch(b, (char)(0x80 | (c >> 6 & 0x3F)));
        strbuf_addch(b, (char)(0x80 | (c & 0x3F)));
    } else {
        strbuf_addch(b, (char)(0xF0 | c >> 18));
        strbuf_addch(b, (char)(0x80 | (c >> 12 & 0x3F)));
        strbuf_addch(b, (char)(0x80 | (c >> 6 & 0x3F)));
        strbuf_addch(b, (char)(0x80 | (c & 0x3F)));
    }
}

static int hex_digit(char c)
{
    return is_digit(c)            ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static int read_code(struct toml_reader *r, int digits, struct strbuf *out, struct err *err)
{
    const char *at = r->at - 2;
    uint32_t code = 0;
    for (int i = 0; i < digits; i++, r->at++) {
        int digit = r->at < r->end ? hex_digit(*r->at) : -1;
        if (digit < 0) {
            return toml_fail(r, at, err, "expected %d hexadecimal digits in the escape", digits);
        }
        code = code << 4 | (uint32_t)digit;
    }
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
        return toml_fail(r, at, err, "the escape stands for no character");
    }
    put_code(out, code);
    return 0;
}

/* A backslash at a line's end joins the next line that is not empty. True: it was one. */
static bool take_joined_lines(struct toml_reader *r)
{
    const char *at = r->at;
    toml_blanks(r);
    if (r->at == r->end || (*r->at != '\n' && *r->at != '\r')) {
        r->at = at;
        return false;
    }
    while (r->at < r->end && strchr(" \t\n\r", *r->at) && *r->at) {
        if (*r->at == '\r' && !(r->at + 1 < r->end && r->at[1] == '\n')) {
            break;
        }
        r->at++;
    }
    return true;
}

/* What follows a backslash. */
static int read_escape(struct toml_reader *r, bool lines, struct strbuf *out, struct err *err)
{
    static const char from[] = "btnfr\"\\", to[] = "\b\t\n\f\r\"\\";
    if (lines && take_joined_lines(r)) {
        return 0;
    }
    char c = r->at < r->end ? *r->at : '\0';
    const char *known = c ? strchr(from, c) : NULL;
    if (known) {
        r->at++;
        strbuf_addch(out, to[known - from]);
        return 0;
    }
    if (c == 'u' || c == 'U') {
        r->at++;
        return read_code(r, c == 'u' ? 4 : 8, out, err);
    }
    return toml_fail(r, r->at - 1, err, "\"\\\" begins no escape here; write \"\\\\\"");
}

/* The end of a string in three quotes; up to two quotes before it belong to the text. */
static bool take_end(struct toml_reader *r, char quote, bool lines, struct strbuf *out)
{
    size_t n = 0;
    while (r->at + n < r->end && r->at[n] == quote && n < 5) {
        n++;
    }
    if (!lines || n >= 3) {
        r->at += lines ? n : 1;
        for (; lines && n > 3; n--) {
            strbuf_addch(out, quote);
        }
        return true;
    }
    return false;
}

static int read_text(struct toml_reader *r, char quote, bool lines, struct strbuf *out, struct err *err)
{
    const char *begin = r->at - (lines ? 3 : 1);
    while (r->at < r->end) {
        char c = *r->at;
        if (c == quote && take_end(r, quote, lines, out)) {
            return 0;
        }
        if (c == '\\' && quote == '"') {
            r->at++;
            int rc = read_escape(r, lines, out, err);
            if (rc) {
                return rc;
            }
            continue;
        }
        if (lines && c == '\r' && r->at + 1 < r->end && r->at[1] == '\n') {
            r->at++;
            continue;
        }
        if (c == '\n' && !lines) {
            return toml_fail(r, begin, err, "the string has no end on its line");
        }
        if (is_control(c, lines)) {
            return toml_fail(r, r->at, err, "a control character in a string");
        }
        strbuf_addch(out, c);
        r->at++;
    }
    return toml_fail(r, begin, err, "the string has no end");
}

/* At a quote. lines: three quotes are allowed. */
static int read_string(struct toml_reader *r, bool lines, struct slice *out, struct err *err)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    char quote = *r->at;
    lines = lines && toml_take(r, quote == '"' ? "\"\"\"" : "'''");
    r->at += lines ? 0 : 1;
    if (lines && !toml_take(r, "\n")) {
        toml_take(r, "\r\n");
    }
    int rc = read_text(r, quote, lines, &text, err);
    if (!rc) {
        *out = (struct slice){arena_dupn(r->arena, strbuf_cstr(&text), text.len), text.len};
    }
    return rc;
}

int toml_key(struct toml_reader *r, toml_key_t *out, struct err *err)
{
    do {
        toml_blanks(r);
        const char *at = r->at;
        struct slice part;
        if (r->at < r->end && (*r->at == '"' || *r->at == '\'')) {
            int rc = read_string(r, false, &part, err);
            if (rc) {
                return rc;
            }
        } else {
            while (r->at < r->end && is_bare(*r->at)) {
                r->at++;
            }
            part = (struct slice){at, (size_t)(r->at - at)};
            if (!part.len) {
                return toml_fail(r, at, err, "expected a key");
            }
        }
        *(struct slice *)vec_push(r->arena, out) = part;
        toml_blanks(r);
    } while (toml_take(r, "."));
    return 0;
}

/* --- numbers and dates: each returns how many bytes of s it takes, 0 for none */

static size_t digits_of(const char *s, const char *end, const char *allowed)
{
    size_t n = 0;
    while (s + n < end && s[n] && strchr(allowed, s[n])) {
        n++;
        if (s + n + 1 < end && s[n] == '_' && s[n + 1] && strchr(allowed, s[n + 1])) {
            n++;
        }
    }
    return n;
}

#define DECIMAL "0123456789"

/* ".5" and "e+3". */
static size_t fraction_of(const char *s, const char *end)
{
    size_t n = 0, digits;
    if (s < end && s[0] == '.') {
        digits = digits_of(s + 1, end, DECIMAL);
        n = digits ? 1 + digits : 0;
    }
    if (s + n < end && (s[n] == 'e' || s[n] == 'E')) {
        size_t sign = s + n + 1 < end && (s[n + 1] == '+' || s[n + 1] == '-');
        digits = digits_of(s + n + 1 + sign, end, DECIMAL);
        n += digits ? 1 + sign + digits : 0;
    }
    return n;
}

static size_t number_of(const char *s, const char *end, enum toml_kind *kind)
{
    static const char *const prefixes[][2] = {
        {"x", "0123456789abcdefABCDEF"}, {"o", "01234567"}, {"b", "01"}};
    *kind = TOML_INTEGER;
    for (size_t i = 0; i < COUNT_OF(prefixes) && end - s > 2 && s[0] == '0'; i++) {
        size_t n = s[1] == prefixes[i][0][0] ? digits_of(s + 2, end, prefixes[i][1]) : 0;
        if (n) {
            return 2 + n;
        }
    }
    size_t sign = s < end && (*s == '+' || *s == '-');
    static const char *const words[] = {"inf", "nan"};
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if ((size_t)(end - s) >= sign + 3 && memcmp(s + sign, words[i], 3) == 0) {
            *kind = TOML_FLOAT;
            return sign + 3;
        }
    }
    size_t n = s + sign < end && s[sign] == '0' ? 1 : digits_of(s + sign, end, DECIMAL);
    if (!n) {
        return 0;
    }
    size_t fraction = fraction_of(s + sign + n, end);
    *kind = fraction ? TOML_FLOAT : TOML_INTEGER;
    return sign + n + fraction;
}

/* n digits whose value is from..to. */
static bool field(const char *s, const char *end, size_t n, int from, int to, int *value)
{
    *value = 0;
    if ((size_t)(end - s) < n) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (!is_digit(s[i])) {
            return false;
        }
        *value = *value * 10 + (s[i] - '0');
    }
    return *value >= from && *value <= to;
}

static size_t time_of(const char *s, const char *end)
{
    int value;
    if (end - s < 8 || !field(s, end, 2, 0, 23, &value) || s[2] != ':' ||
        !field(s + 3, end, 2, 0, 59, &value) || s[5] != ':' || !field(s + 6, end, 2, 0, 59, &value)) {
        return 0;
    }
    size_t n = 8, digits = 0;
    while (s + n < end && s[n] == '.' && s + n + 1 + digits < end && is_digit(s[n + 1 + digits])) {
        digits++;
    }
    return digits ? n + 1 + digits : n;
}

static size_t zone_of(const char *s, const char *end)
{
    int value;
    if (s < end && (*s == 'Z' || *s == 'z')) {
        return 1;
    }
    bool zone = end - s >= 6 && (*s == '+' || *s == '-') && field(s + 1, end, 2, 0, 23, &value) &&
                s[3] == ':' && field(s + 4, end, 2, 0, 59, &value);
    return zone ? 6 : 0;
}

/* *valid false: it has a date's form, and there is no such day. */
static size_t date_of(const char *s, const char *end, bool *valid)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year, month, day;
    *valid = true;
    if (end - s < 10 || !field(s, end, 4, 0, 9999, &year) || s[4] != '-' ||
        !field(s + 5, end, 2, 1, 12, &month) || s[7] != '-' || !field(s + 8, end, 2, 1, 31, &day)) {
        return time_of(s, end);
    }
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    *valid = year > 0 && day <= days[month - 1] + (month == 2 && leap);
    size_t n = 10;
    if (s + n < end && (s[n] == 'T' || s[n] == 't' || s[n] == ' ')) {
        size_t time = time_of(s + n + 1, end);
        n += time ? 1 + time + zone_of(s + n + 1 + time, end) : 0;
    }
    return n;
}

/* --- values with values in them */

/* Blanks, comments and line ends between the items of an array. */
static int skip_lines(struct toml_reader *r, struct err *err)
{
    for (;;) {
        toml_blanks(r);
        int rc = toml_comment(r, err);
        if (rc || r->at == r->end || !toml_take_line_end(r)) {
            return rc;
        }
    }
}

static int read_array(struct toml_reader *r, int depth, struct toml_node *array, struct err *err)
{
    r->at++;
    for (;;) {
        int rc = skip_lines(r, err);
        if (rc || toml_take(r, "]")) {
            return rc;
        }
        struct toml_node *item = NULL;
        rc = toml_value(r, depth + 1, &item, err);
        rc = rc ? rc : skip_lines(r, err);
        if (rc) {
            return rc;
        }
        *(struct toml_node **)vec_push(r->arena, &array->items) = item;
        if (!toml_take(r, ",")) {
            return toml_take(r, "]") ? 0 : toml_fail(r, r->at, err, "expected \",\" or \"]\" in the array");
        }
    }
}

static int read_inline_pair(struct toml_reader *r, int depth, struct toml_node *table, struct err *err)
{
    const char *at = r->at;
    toml_key_t key = {0};
    int rc = toml_key(r, &key, err);
    if (rc) {
        return rc;
    }
    if (!toml_take(r, "=")) {
        return toml_fail(r, r->at, err, "expected \"=\" after the key");
    }
    toml_blanks(r);
    struct toml_node *value = NULL;
    rc = toml_value(r, depth + 1, &value, err);
    if (rc) {
        return rc;
    }
    for (size_t i = 0; i < key.n; i++) {
        struct slice name = key.items[i];
        struct toml_node *known = toml_find(table, name);
        bool last = i + 1 == key.n;
        if (known && (last || known->closed || known->kind != TOML_TABLE)) {
            return toml_fail(r, at, err, "\"%.*s\" has its value already",
                             (int)(name.len < 200 ? name.len : 200), name.ptr);
        }
        struct toml_node *made = last ? value : known ? known : toml_node_new(r, TOML_TABLE, at);
        rc = known ? 0 : toml_put(r, table, name, made, err);
        if (rc) {
            return rc;
        }
        table = made;
    }
    value->closed = value->kind == TOML_TABLE || value->kind == TOML_ARRAY;
    return 0;
}

static int read_inline(struct toml_reader *r, int depth, struct toml_node *table, struct err *err)
{
    r->at++;
    toml_blanks(r);
    if (toml_take(r, "}")) {
        return 0;
    }
    do {
        toml_blanks(r);
        int rc = read_inline_pair(r, depth, table, err);
        if (rc) {
            return rc;
        }
        toml_blanks(r);
    } while (toml_take(r, ","));
    return toml_take(r, "}") ? 0 : toml_fail(r, r->at, err, "expected \",\" or \"}\" in the inline table");
}

static int read_scalar(struct toml_reader *r, struct toml_node *n, struct err *err)
{
    bool no = false;
    if (toml_take(r, "true") || (no = toml_take(r, "false"))) {
        n->kind = TOML_BOOLEAN;
        n->boolean = !no;
        return 0;
    }
    bool valid = true;
    n->kind = TOML_DATE;
    size_t len = date_of(r->at, r->end, &valid);
    len = len ? len : number_of(r->at, r->end, &n->kind);
    if (!len) {
        return toml_fail(r, r->at, err, "expected a value");
    }
    if (!valid) {
        return toml_fail(r, r->at, err, "there is no such day");
    }
    n->text = (struct slice){r->at, len};
    r->at += len;
    return 0;
}

int toml_value(struct toml_reader *r, int depth, struct toml_node **out, struct err *err)
{
    if (depth > TOML_DEPTH_MAX) {
        return toml_fail(r, r->at, err, "values are nested deeper than %d levels", TOML_DEPTH_MAX);
    }
    char c = r->at < r->end ? *r->at : '\0';
    struct toml_node *n = toml_node_new(r, TOML_STRING, r->at);
    int rc = 0;
    if (c == '"' || c == '\'') {
        rc = read_string(r, true, &n->text, err);
    } else if (c == '[') {
        n->kind = TOML_ARRAY;
        rc = read_array(r, depth, n, err);
    } else if (c == '{') {
        n->kind = TOML_TABLE;
        rc = read_inline(r, depth, n, err);
    } else {
        rc = read_scalar(r, n, err);
    }
    if (!rc) {
        *out = n;
    }
    return rc;
}
