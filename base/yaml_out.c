/*
 * Writing YAML. The form is fixed and narrow (block style, two spaces a level, plain text only when it cannot
 * be taken for anything else), so that a plan has one spelling and its diffs stay small; libyaml's emitter
 * leaves literal blocks whenever a line ends in a space, which SQL does all the time.
 */
#include "base/arena.h"
#include "base/yaml.h"

#define KEY_MAX 1000 /* libyaml wants the colon within 1024 characters */

struct level {
    bool is_map, value_next;
    size_t n; /* items begun */
};

struct yaml_out {
    struct strbuf *to;
    struct level levels[YAML_DEPTH_MAX];
    int depth;
    bool root_written;
    struct err err;
};

struct yaml_out *yaml_out_new(struct strbuf *to)
{
    struct yaml_out *y = xcalloc(1, sizeof(*y));
    y->to = to;
    return y;
}

static void fail(struct yaml_out *y, const char *message)
{
    if (!y->err.status) {
        err_set(&y->err, ERR_FAILED, "cannot write YAML: %s", message);
    }
}

static void line_begin(struct yaml_out *y, int level)
{
    static const char spaces[2 * YAML_DEPTH_MAX + 1] = "                                                "
                                                       "                                                "
                                                       "                                ";
    strbuf_addch(y->to, '\n');
    strbuf_add(y->to, spaces, 2 * (size_t)level);
}

/* Put whatever separates the next key or value from what was written. True when it is a key. */
static bool item_begin(struct yaml_out *y, bool container)
{
    if (y->depth == 0) {
        if (y->root_written) {
            fail(y, "more than one document");
        }
        y->root_written = true;
        return false;
    }
    struct level *l = &y->levels[y->depth - 1];
    if (l->is_map && l->value_next) {
        l->value_next = false;
        if (!container) {
            strbuf_addch(y->to, ' ');
        }
        return false;
    }
    /* The first item of a container that is itself a list item stands on its parent's line: "- key: value".
     */
    bool compact = l->n == 0 && (y->depth == 1 || !y->levels[y->depth - 2].is_map);
    if (!compact) {
        line_begin(y, y->depth - 1);
    }
    l->n++;
    if (l->is_map) {
        l->value_next = true;
        return true;
    }
    strbuf_adds(y->to, "- ");
    return false;
}

static void container_begin(struct yaml_out *y, bool is_map)
{
    if (item_begin(y, true)) {
        fail(y, "a key must be text");
    }
    if (y->depth == YAML_DEPTH_MAX) {
        fail(y, "nested too deep");
        return;
    }
    y->levels[y->depth++] = (struct level){.is_map = is_map};
}

void yaml_out_map(struct yaml_out *y)
{
    container_begin(y, true);
}

void yaml_out_list(struct yaml_out *y)
{
    container_begin(y, false);
}

void yaml_out_end(struct yaml_out *y)
{
    if (y->depth == 0) {
        fail(y, "end without a map or list");
        return;
    }
    const struct level *l = &y->levels[--y->depth];
    if (l->value_next) {
        fail(y, "a key without a value");
    }
    if (l->n == 0) {
        bool after_key = y->depth > 0 && y->levels[y->depth - 1].is_map;
        strbuf_adds(y->to, after_key ? " " : "");
        strbuf_adds(y->to, l->is_map ? "{}" : "[]");
    }
}

/* Words that YAML 1.1 or 1.2 readers take for null, booleans or numbers. */
static bool is_reserved(const char *s, size_t n)
{
    static const char *const words[] = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"};
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (strlen(words[i]) == n && strncasecmp(s, words[i], n) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Plain text is chosen only where every reader of YAML agrees that it is text. */
static bool plain_allowed(const char *s, size_t n)
{
    if (n == 0 || n > KEY_MAX || is_reserved(s, n) || s[n - 1] == ' ' || s[n - 1] == ':' ||
        slice_starts((struct slice){s, n}, "...")) {
        return false;
    }
    bool letter = false, numeric = true;
    for (size_t i = 0; i < n; i++) {
        bool inner = i > 0 && (strchr("-./+@()=;,*$ ", s[i]) || (s[i] == ':' && s[i + 1] != ' '));
        if (s[i] == '\0' || !(is_word(s[i]) || inner || s[i] == '/' || s[i] == '.')) {
            return false;
        }
        letter = letter || (is_word(s[i]) && (s[i] < '0' || s[i] > '9'));
        numeric = numeric && strchr("0123456789abcdefABCDEFxXoO_.:+-", s[i]);
    }
    /* Digits first could be a number, a date or base 60, such as 1e5, 0x1F or 12:30. */
    return letter && !(numeric && ((s[0] >= '0' && s[0] <= '9') || s[0] == '.'));
}

/* Length of the character at s, or 0 when it is not UTF-8; *print tells whether YAML may hold it raw. */
static size_t character(const unsigned char *s, size_t n, uint32_t *code, bool *print)
{
    size_t len = *s < 0x80 ? 1 : *s >= 0xF0 ? 4 : *s >= 0xE0 ? 3 : 2;
    if (len > n || (len > 1 && !utf8_valid((const char *)s, len))) {
        return 0;
    }
    uint32_t c = len == 1 ? *s : *s & (0x7Fu >> len);
    for (size_t i = 1; i < len; i++) {
        c = c << 6 | (s[i] & 0x3Fu);
    }
    *code = c;
    *print = (c >= 0x20 && c < 0x7F) ||
             (c >= 0xA0 && c != 0x2028 && c != 0x2029 && c != 0xFEFF && c != 0xFFFE && c != 0xFFFF);
    return len;
}

static void escape(struct strbuf *to, uint32_t c)
{
    static const char named[][2] = {{'\0', '0'}, {'\a', 'a'}, {'\b', 'b'}, {'\t', 't'},
                                    {'\n', 'n'}, {'\v', 'v'}, {'\f', 'f'}, {'\r', 'r'},
                                    {27, 'e'},   {'"', '"'},  {'\\', '\\'}};
    for (size_t i = 0; i < COUNT_OF(named); i++) {
        if (c == (unsigned char)named[i][0]) {
            strbuf_addch(to, '\\');
            strbuf_addch(to, named[i][1]);
            return;
        }
    }
    strbuf_addf(to, c < 0x100 ? "\\x%02x" : "\\u%04x", (unsigned)c);
}

static void write_quoted(struct yaml_out *y, const char *s, size_t n)
{
    strbuf_addch(y->to, '"');
    size_t run = 0, i = 0;
    while (i < n) {
        uint32_t c;
        bool print;
        size_t len = character((const unsigned char *)s + i, n - i, &c, &print);
        if (!len) {
            fail(y, "text that is not UTF-8");
            return;
        }
        if (!print || c == '"' || c == '\\') {
            strbuf_add(y->to, s + run, i - run);
            escape(y->to, c);
            run = i + len;
        }
        i += len;
    }
    strbuf_add(y->to, s + run, n - run);
    strbuf_addch(y->to, '"');
}

/* Literal blocks hold several lines of printable text; a text of line ends alone has nothing to show. */
static bool literal_allowed(const char *s, size_t n)
{
    bool visible = false;
    size_t lines = 0;
    for (size_t i = 0; i < n;) {
        uint32_t c;
        bool print;
        size_t len = character((const unsigned char *)s + i, n - i, &c, &print);
        if (!len || (!print && c != '\n' && c != '\t')) {
            return false;
        }
        lines += c == '\n';
        visible = visible || (c != '\n' && c != '\t' && c != ' ');
        i += len;
    }
    return lines > 0 && visible;
}

static void write_literal(struct yaml_out *y, const char *s, size_t n)
{
    strbuf_addch(y->to, '|');
    if (strchr(" \t\n", s[0])) {
        strbuf_addch(y->to, '2'); /* the indentation cannot be seen from the first line */
    }
    if (s[n - 1] != '\n') {
        strbuf_addch(y->to, '-');
    } else if (s[n - 2] == '\n') {
        strbuf_addch(y->to, '+');
    }
    struct slice rest = {s, s[n - 1] == '\n' ? n - 1 : n}, line;
    while (slice_cut(&rest, '\n', &line)) {
        if (line.len) {
            line_begin(y, y->depth ? y->depth : 1);
            strbuf_add(y->to, line.ptr, line.len);
        } else {
            strbuf_addch(y->to, '\n');
        }
    }
}

void yaml_out_string(struct yaml_out *y, const char *ptr, size_t len)
{
    bool key = item_begin(y, false);
    size_t before = y->to->len;
    if (plain_allowed(ptr, len)) {
        strbuf_add(y->to, ptr, len);
    } else if (!key && literal_allowed(ptr, len)) {
        write_literal(y, ptr, len);
    } else {
        write_quoted(y, ptr, len);
    }
    if (key) {
        if (y->to->len - before > KEY_MAX) {
            fail(y, "a key that is too long");
        }
        strbuf_addch(y->to, ':');
    }
}

void yaml_out_cstr(struct yaml_out *y, const char *s)
{
    if (s) {
        yaml_out_string(y, s, strlen(s));
    } else if (item_begin(y, false)) {
        fail(y, "a key must be text");
    } else {
        strbuf_adds(y->to, "null");
    }
}

void yaml_out_int(struct yaml_out *y, int64_t n)
{
    bool key = item_begin(y, false);
    strbuf_addf(y->to, key ? "%lld:" : "%lld", (long long)n);
}

void yaml_out_bool(struct yaml_out *y, bool b)
{
    bool key = item_begin(y, false);
    strbuf_adds(y->to, b ? "true" : "false");
    strbuf_adds(y->to, key ? ":" : "");
}

void yaml_out_pair(struct yaml_out *y, const char *key, const char *value)
{
    yaml_out_cstr(y, key);
    yaml_out_cstr(y, value);
}

int yaml_out_finish(struct yaml_out *y, struct err *err)
{
    if (y->depth > 0) {
        fail(y, "a map or list is still open");
    }
    strbuf_addch(y->to, '\n');
    if (y->to->overflow) {
        fail(y, "it is too large");
    }
    int rc = y->err.status;
    if (rc && err) {
        *err = y->err;
    }
    free(y);
    return rc;
}
