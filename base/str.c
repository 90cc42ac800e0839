/* Slices, buffers, edit distance. */
#include "base/str.h"
#include "base/arena.h"

struct slice slice_of(const char *s)
{
    return (struct slice){s, s ? strlen(s) : 0};
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v';
}

struct slice slice_trim(struct slice s)
{
    while (s.len && is_space(s.ptr[0])) {
        s.ptr++;
        s.len--;
    }
    while (s.len && is_space(s.ptr[s.len - 1])) {
        s.len--;
    }
    return s;
}

bool slice_eq(struct slice s, const char *text)
{
    return s.len == strlen(text) && (s.len == 0 || memcmp(s.ptr, text, s.len) == 0);
}

bool slice_starts(struct slice s, const char *prefix)
{
    size_t n = strlen(prefix);
    return s.len >= n && (n == 0 || memcmp(s.ptr, prefix, n) == 0);
}

char *slice_dup(struct arena *a, struct slice s)
{
    return arena_dupn(a, s.ptr, s.len);
}

bool slice_cut(struct slice *rest, char sep, struct slice *part)
{
    if (!rest->ptr) {
        return false;
    }
    const char *at = rest->len ? memchr(rest->ptr, sep, rest->len) : NULL;
    if (!at) {
        *part = *rest;
        *rest = (struct slice){NULL, 0};
        return true;
    }
    size_t n = (size_t)(at - rest->ptr);
    *part = (struct slice){rest->ptr, n};
    *rest = (struct slice){at + 1, rest->len - n - 1};
    return true;
}

static bool strbuf_reserve(struct strbuf *b, size_t more)
{
    size_t max = b->max ? b->max : STRBUF_MAX_DEFAULT;
    if (b->overflow || more > max || b->len > max - more) {
        b->overflow = true;
        return false;
    }
    size_t need = b->len + more + 1;
    if (need > b->cap) {
        size_t cap = b->cap ? b->cap * 2 : 64;
        cap = cap < need ? need : cap;
        b->ptr = xrealloc(b->ptr, cap);
        b->cap = cap;
    }
    return true;
}

void strbuf_add(struct strbuf *b, const char *s, size_t n)
{
    if (!strbuf_reserve(b, n)) {
        return;
    }
    if (n) {
        memcpy(b->ptr + b->len, s, n);
    }
    b->len += n;
    b->ptr[b->len] = '\0';
}

void strbuf_adds(struct strbuf *b, const char *s)
{
    strbuf_add(b, s, strlen(s));
}

void strbuf_addch(struct strbuf *b, char c)
{
    strbuf_add(b, &c, 1);
}

void strbuf_addf(struct strbuf *b, const char *fmt, ...)
{
    va_list ap, copy;
    va_start(ap, fmt);
    va_copy(copy, ap);
    int n = vsnprintf(NULL, 0, fmt, copy);
    va_end(copy);
    if (n >= 0 && strbuf_reserve(b, (size_t)n)) {
        vsnprintf(b->ptr + b->len, (size_t)n + 1, fmt, ap);
        b->len += (size_t)n;
    } else {
        b->overflow = true;
    }
    va_end(ap);
}

void strbuf_clear(struct strbuf *b)
{
    b->len = 0;
    b->overflow = false;
    if (b->ptr) {
        b->ptr[0] = '\0';
    }
}

void strbuf_release(struct strbuf *b)
{
    if (b) {
        free(b->ptr);
        *b = (struct strbuf){.max = b->max};
    }
}

const char *strbuf_cstr(const struct strbuf *b)
{
    return b->ptr ? b->ptr : "";
}

static int min3(int a, int b, int c)
{
    int m = a < b ? a : b;
    return m < c ? m : c;
}

int str_distance(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);
    if (n > 64 || m > 64) {
        return 64;
    }
    int row[3][65] = {{0}};
    for (size_t j = 0; j <= m; j++) {
        row[1][j] = (int)j;
    }
    for (size_t i = 1; i <= n; i++) {
        int *before = row[(i + 2) % 3], *last = row[i % 3], *now = row[(i + 1) % 3];
        now[0] = (int)i;
        for (size_t j = 1; j <= m; j++) {
            int cost = a[i - 1] != b[j - 1];
            now[j] = min3(last[j] + 1, now[j - 1] + 1, last[j - 1] + cost);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                before[j - 2] + 1 < now[j]) {
                now[j] = before[j - 2] + 1;
            }
        }
    }
    return row[(n + 1) % 3][m];
}

const char *str_nearest(const char *word, const char *const *names, size_t n)
{
    const char *best = NULL;
    int limit = (int)strlen(word) / 3 + 1, found = limit + 1;
    for (size_t i = 0; i < n; i++) {
        int d = names[i] ? str_distance(word, names[i]) : 64;
        if (d < found) {
            found = d;
            best = names[i];
        }
    }
    return best;
}

size_t utf8_valid_length(const char *s, size_t len)
{
    const unsigned char *p = (const unsigned char *)s, *end = p + len;
    while (p < end) {
        if (*p < 0x80) {
            p++;
            continue;
        }
        int more = *p >= 0xF0 ? 3 : *p >= 0xE0 ? 2 : 1;
        if (*p < 0xC2 || *p > 0xF4 || end - p <= more) {
            break;
        }
        uint32_t c = *p & (0x3Fu >> more);
        for (int i = 1; i <= more; i++) {
            if ((p[i] & 0xC0) != 0x80) {
                return (size_t)(p - (const unsigned char *)s);
            }
            c = c << 6 | (p[i] & 0x3Fu);
        }
        if ((more == 2 && c < 0x800) || (more == 3 && (c < 0x10000 || c > 0x10FFFF)) ||
            (c >= 0xD800 && c <= 0xDFFF)) {
            break;
        }
        p += more + 1;
    }
    return (size_t)(p - (const unsigned char *)s);
}

bool utf8_valid(const char *s, size_t len)
{
    return utf8_valid_length(s, len) == len;
}

/* Bytes of the white space character that begins at s, as Python's str.strip() knows it; 0: another one. */
static size_t white_at(const char *s, const char *end)
{
    const unsigned char *u = (const unsigned char *)s;
    if (u[0] < 0x80) {
        return (u[0] >= 9 && u[0] <= 13) || (u[0] >= 0x1C && u[0] <= ' ') ? 1 : 0;
    }
    if (end - s >= 2 && u[0] == 0xC2) {
        return u[1] == 0x85 || u[1] == 0xA0 ? 2 : 0;
    }
    if (end - s < 3 || u[0] < 0xE1 || u[0] > 0xE3) {
        return 0;
    }
    unsigned code = (u[0] & 0x0Fu) << 12 | (u[1] & 0x3Fu) << 6 | (u[2] & 0x3Fu);
    bool space = code == 0x1680 || (code >= 0x2000 && code <= 0x200A) || code == 0x2028 || code == 0x2029 ||
                 code == 0x202F || code == 0x205F || code == 0x3000;
    return space ? 3 : 0;
}

struct slice slice_strip(struct slice s)
{
    const char *from = s.ptr, *end = s.ptr + s.len, *to;
    while (from < end && white_at(from, end)) {
        from += white_at(from, end);
    }
    for (const char *p = to = from; p < end;) {
        size_t space = white_at(p, end);
        p += space ? space : 1;
        to = space ? to : p;
    }
    return (struct slice){from, (size_t)(to - from)};
}
