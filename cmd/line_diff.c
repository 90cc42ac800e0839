/* The longest common subsequence of lines. */
#include "cmd/line_diff.h"
#include <stdlib.h>
#include <string.h>

#define CELLS_MAX                                                                                            \
    ((size_t)4 << 20) /* beyond, what is between the first and the last difference is replaced whole */

typedef VEC(struct slice) slices_t;

static void split(struct arena *a, const char *text, slices_t *out)
{
    struct slice rest = slice_of(text), line;
    if (rest.len && rest.ptr[rest.len - 1] == '\n') {
        rest.len--;
    }
    while (text && *text && slice_cut(&rest, '\n', &line)) {
        *vec_push(a, out) = line;
    }
}

static bool same(struct slice a, struct slice b)
{
    return a.len == b.len && memcmp(a.ptr, b.ptr, a.len) == 0;
}

static bool inside_character(struct slice s, size_t at)
{
    return at < s.len && ((unsigned char)s.ptr[at] & 0xc0) == 0x80;
}

static void mark_changed(struct line_row *row)
{
    struct slice l = row->left, r = row->right;
    size_t most = l.len < r.len ? l.len : r.len, prefix = 0, suffix = 0;
    while (prefix < most && l.ptr[prefix] == r.ptr[prefix]) {
        prefix++;
    }
    while (prefix && (inside_character(l, prefix) || inside_character(r, prefix))) {
        prefix--;
    }
    while (suffix < most - prefix && l.ptr[l.len - 1 - suffix] == r.ptr[r.len - 1 - suffix]) {
        suffix++;
    }
    while (suffix && (inside_character(l, l.len - suffix) || inside_character(r, r.len - suffix))) {
        suffix--;
    }
    row->prefix = prefix;
    row->suffix = suffix;
}

/* Lines that one side has against lines that the other has: next to each other as far as they go. */
static void add_block(struct arena *a, const struct slice *l, size_t nl, const struct slice *r, size_t nr,
                      line_rows_t *out)
{
    for (size_t i = 0; i < nl || i < nr; i++) {
        struct line_row *row = vec_push(a, out);
        row->kind = i >= nr ? LINE_REMOVED : i >= nl ? LINE_ADDED : LINE_CHANGED;
        row->left = i < nl ? l[i] : (struct slice){0};
        row->right = i < nr ? r[i] : (struct slice){0};
        if (row->kind == LINE_CHANGED) {
            mark_changed(row);
        }
    }
}

static void add_same(struct arena *a, const struct slice *l, size_t n, line_rows_t *out)
{
    for (size_t i = 0; i < n; i++) {
        *vec_push(a, out) = (struct line_row){.kind = LINE_SAME, .left = l[i], .right = l[i]};
    }
}

static void add_middle(struct arena *a, const struct slice *l, size_t nl, const struct slice *r, size_t nr,
                       line_rows_t *out)
{
    if (!nl || !nr || nl > CELLS_MAX / nr) {
        add_block(a, l, nl, r, nr, out);
        return;
    }
    /* at[i][j]: how many lines are common to what is left of both from i and j on. */
    size_t width = nr + 1;
    uint32_t *at = xcalloc((nl + 1) * width, sizeof(*at));
    for (size_t i = nl; i-- > 0;) {
        for (size_t j = nr; j-- > 0;) {
            uint32_t down = at[(i + 1) * width + j], right = at[i * width + j + 1];
            at[i * width + j] =
                same(l[i], r[j]) ? at[(i + 1) * width + j + 1] + 1 : (down > right ? down : right);
        }
    }
    size_t i = 0, j = 0, from_i = 0, from_j = 0;
    while (i < nl && j < nr) {
        if (same(l[i], r[j])) {
            add_block(a, l + from_i, i - from_i, r + from_j, j - from_j, out);
            add_same(a, l + i, 1, out);
            from_i = ++i;
            from_j = ++j;
        } else if (at[(i + 1) * width + j] >= at[i * width + j + 1]) {
            i++;
        } else {
            j++;
        }
    }
    add_block(a, l + from_i, nl - from_i, r + from_j, nr - from_j, out);
    free(at);
}

/* Leave out what is far from every difference. A line left out has to save more than the row that says so. */
static void fold(struct arena *a, const line_rows_t *rows, size_t context, line_rows_t *out)
{
    for (size_t i = 0; i < rows->n;) {
        size_t end = i;
        while (end < rows->n && rows->items[end].kind == LINE_SAME) {
            end++;
        }
        size_t head = i ? context : 0, tail = end < rows->n ? context : 0;
        size_t skipped = end - i > head + tail + 1 ? end - i - head - tail : 0;
        for (size_t k = i; k < end; k++) {
            if (skipped && k == i + head) {
                *vec_push(a, out) = (struct line_row){.kind = LINE_SAME, .skipped = skipped};
                k += skipped - 1;
            } else {
                *vec_push(a, out) = rows->items[k];
            }
        }
        for (i = end; i < rows->n && rows->items[i].kind != LINE_SAME; i++) {
            *vec_push(a, out) = rows->items[i];
        }
    }
}

void line_diff(struct arena *a, const char *left, const char *right, size_t context, line_rows_t *out)
{
    slices_t l = {0}, r = {0};
    split(a, left, &l);
    split(a, right, &r);
    size_t head = 0, tail = 0, most = l.n < r.n ? l.n : r.n;
    while (head < most && same(l.items[head], r.items[head])) {
        head++;
    }
    while (tail < most - head && same(l.items[l.n - 1 - tail], r.items[r.n - 1 - tail])) {
        tail++;
    }
    line_rows_t all = {0};
    add_same(a, l.items, head, &all);
    add_middle(a, l.n ? l.items + head : NULL, l.n - head - tail, r.n ? r.items + head : NULL,
               r.n - head - tail, &all);
    add_same(a, tail ? l.items + l.n - tail : NULL, tail, &all);
    fold(a, &all, context, out);
}
