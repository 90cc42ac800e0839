/* Words into lines. */
#include "plans/wrap.h"
#include "base/arena.h"
#include <stdarg.h>

struct range {
    uint32_t from, to;
};

/* What terminals draw over two columns, and over none. The bidirectional controls count as unprintable. */
static const struct range wide[] = {
    {0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0xA4CF},  {0xA960, 0xA97F}, {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},  {0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F},
    {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};
static const struct range none[] = {{0x0300, 0x036F}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200B, 0x200D},
                                    {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}};
static const struct range unprintable[] = {{0x00, 0x1F},     {0x7F, 0x9F},     {0x061C, 0x061C},
                                           {0x200E, 0x200F}, {0x2028, 0x202E}, {0x2066, 0x2069},
                                           {0xFEFF, 0xFEFF}};

static bool in_ranges(uint32_t c, const struct range *r, size_t n)
{
    for (size_t i = 0; i < n && c >= r[i].from; i++) {
        if (c <= r[i].to) {
            return true;
        }
    }
    return false;
}

/* The character at p: its bytes, the columns it takes, and what to write for it. */
static int cell(const char *p, const char *end, size_t *len, struct slice *shown)
{
    unsigned char first = (unsigned char)*p;
    *len = 1;
    *shown = (struct slice){p, 1};
    if (first >= 0x20 && first < 0x7F) {
        return 1;
    }
    size_t n = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
    if (first < 0x80 || n > (size_t)(end - p) || !utf8_valid(p, n)) {
        *shown = first == '\t' || first == '\n' || first == '\r' ? SLICE(" ") : SLICE("?");
        return 1;
    }
    uint32_t c = first & (0x7Fu >> n);
    for (size_t i = 1; i < n; i++) {
        c = c << 6 | ((unsigned char)p[i] & 0x3Fu);
    }
    *len = n;
    *shown = (struct slice){p, n};
    if (in_ranges(c, unprintable, COUNT_OF(unprintable))) {
        *shown = SLICE("?");
        return 1;
    }
    return in_ranges(c, none, COUNT_OF(none)) ? 0 : in_ranges(c, wide, COUNT_OF(wide)) ? 2 : 1;
}

int wrap_columns(const char *ptr, size_t len)
{
    const char *end = ptr + len;
    int columns = 0;
    while (ptr < end && columns < INT32_MAX - 2) {
        size_t n;
        struct slice shown;
        columns += cell(ptr, end, &n, &shown);
        ptr += n;
    }
    return columns;
}

static void blanks(struct wrap *w, int n)
{
    for (int i = 0; i < n; i++) {
        strbuf_addch(w->out, ' ');
    }
    w->at += n;
}

void wrap_begin(struct wrap *w, int indent, int hang)
{
    w->hang = hang < w->width / 2 ? hang : w->width / 2;
    w->at = 0;
    w->fresh = true;
    blanks(w, indent < w->width / 2 ? indent : w->width / 2);
}

static void next_line(struct wrap *w)
{
    strbuf_addch(w->out, '\n');
    w->at = 0;
    w->fresh = true;
    blanks(w, w->hang);
}

void wrap_end(struct wrap *w)
{
    strbuf_addch(w->out, '\n');
    w->at = 0;
}

static void put_word(struct wrap *w, int gap, const char *p, size_t len)
{
    int columns = wrap_columns(p, len);
    if (!w->fresh && (gap >= w->width - w->at || columns > w->width - w->at - gap)) {
        next_line(w);
    } else if (!w->fresh) {
        blanks(w, gap);
    }
    const char *end = p + len;
    while (p < end) {
        size_t n;
        struct slice shown;
        int c = cell(p, end, &n, &shown);
        if (w->at + c > w->width) {
            next_line(w);
        }
        strbuf_add(w->out, shown.ptr, shown.len);
        w->at += c;
        w->fresh = false;
        p += n;
    }
}

void wrap_word(struct wrap *w, int gap, const char *fmt, ...)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    va_list ap;
    va_start(ap, fmt);
    const char *word = arena_vprintf(&a, fmt, ap);
    va_end(ap);
    put_word(w, gap, word, strlen(word));
}

void wrap_text(struct wrap *w, const char *text)
{
    struct slice rest = slice_of(text), word;
    while (slice_cut(&rest, ' ', &word)) {
        if (word.len) {
            put_word(w, 1, word.ptr, word.len);
        }
    }
}

void wrap_cut(struct wrap *w, int gap, const char *text)
{
    static const int room_min = 12; /* less than this tells nobody anything: rather use the next line */
    const char *p = text, *end = text + strlen(text);
    int columns = wrap_columns(p, (size_t)(end - p));
    if (!columns) {
        return;
    }
    int room = w->width - w->at - gap;
    if (columns > room && room < room_min && !w->fresh) {
        next_line(w);
        room = w->width - w->at;
    } else {
        blanks(w, gap);
    }
    bool cut = columns > room;
    int used = 0;
    while (p < end) {
        size_t n;
        struct slice shown;
        int c = cell(p, end, &n, &shown);
        if (cut && used + c > room - 3) {
            break;
        }
        strbuf_add(w->out, shown.ptr, shown.len);
        used += c;
        p += n;
    }
    strbuf_adds(w->out, cut ? "..." : "");
    w->at += used + (cut ? 3 : 0);
    w->fresh = false;
}
