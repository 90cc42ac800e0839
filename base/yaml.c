/*
 * Loading YAML: libyaml's events become a tree of nodes. The event interface is used because libyaml's own
 * document loader takes quadratic time on deep nesting; here the depth is known before the next event is
 * asked for. Reading values out of nodes lives in yaml_value.c, writing in yaml_out.c.
 */
#include "base/yaml.h"
#include "base/arena.h"
#include "base/file.h"
#include <yaml.h>

#define SMALL_MAP 16 /* up to here comparing every pair of keys beats sorting them */

struct frame {
    struct yaml_node *node;
    size_t start; /* of its items in the scratch array; a map's keys and values alternate */
};

struct builder {
    struct arena *a;
    struct yaml_doc *doc;
    struct frame stack[YAML_DEPTH_MAX];
    int depth;
    struct yaml_node **scratch; /* items of all open lists and maps, innermost last */
    size_t nscratch, cap, nodes;
    bool seen_document, done;
};

/* Characters as an editor counts them: libyaml's marks are zero-based. */
static int one_based(size_t mark)
{
    return mark < INT32_MAX - 1 ? (int)mark + 1 : INT32_MAX;
}

static int place(const struct builder *b, const yaml_mark_t *mark, struct err *err)
{
    err_place(err, b->doc->file, one_based(mark->line), one_based(mark->column));
    return err_excerpt(err, b->doc->source.ptr, b->doc->source.len);
}

static int parse_error(const struct builder *b, const yaml_parser_t *p, struct err *err)
{
    if (p->error == YAML_MEMORY_ERROR) {
        return err_set(err, ERR_FAILED, "out of memory while reading YAML");
    }
    const char *problem = p->problem ? p->problem : "the text is not YAML";
    if (p->context && p->context_mark.line != p->problem_mark.line) {
        err_set(err, ERR_FILE, "%s %s that begins on line %d", problem, p->context,
                one_based(p->context_mark.line));
    } else {
        err_set(err, ERR_FILE, "%s%s%s", problem, p->context ? " " : "", p->context ? p->context : "");
    }
    place(b, &p->problem_mark, err);
    if (strstr(problem, "cannot start any token") || strstr(problem, "found a tab")) {
        err_hint(err, "Indent with spaces, not tabs, and put quotes around text that begins with @ ` or %%.");
    } else if (strstr(problem, "mapping values are not allowed")) {
        err_hint(err, "Check the indentation, and put quotes around text that holds \": \".");
    } else if (strstr(problem, "did not find expected key") || strstr(problem, "expected ':'")) {
        err_hint(err, "Write \"key: value\" and indent all keys of a mapping alike.");
    }
    return ERR_FILE;
}

/* Invisible bytes and line ends that only YAML knows are refused outright: what a person reads in an
 * editor is what is loaded, and lines count alike everywhere. */
static const char *forbidden(const unsigned char *p, const unsigned char *end, int *len)
{
    *len = 1;
    if (*p < 0x80) {
        if (*p == '\r') {
            return p + 1 < end && p[1] == '\n' ? NULL : "a carriage return without a line feed";
        }
        return (*p < 0x20 && *p != '\t' && *p != '\n') || *p == 0x7F ? "a control character" : NULL;
    }
    *len = *p >= 0xF0 ? 4 : *p >= 0xE0 ? 3 : 2;
    if (end - p < *len || !utf8_valid((const char *)p, (size_t)*len)) {
        return "a byte that is not UTF-8";
    }
    if (p[0] == 0xC2 && p[1] < 0xA0) {
        return "a control character";
    }
    if (p[0] == 0xE2 && p[1] == 0x80 && (p[2] == 0xA8 || p[2] == 0xA9)) {
        return "a Unicode line separator";
    }
    if (p[0] == 0xEF && ((p[1] == 0xBB && p[2] == 0xBF) || (p[1] == 0xBF && p[2] >= 0xBE))) {
        return "a byte order mark or a non-character";
    }
    return NULL;
}

static int check_characters(const char *file, struct slice text, struct err *err)
{
    const unsigned char *start = (const unsigned char *)text.ptr, *end = start + text.len;
    int len = 1;
    for (const unsigned char *p = start; p < end; p += len) {
        len = 1;
        if (*p >= 0x20 && *p < 0x7F) {
            /* libyaml compares every pair of %TAG directives before it reports the first event. */
            if (*p == '%' && (p == start || p[-1] == '\n') && end - p >= 4 && memcmp(p, "%TAG", 4) == 0) {
                err_set(err, ERR_FILE, "tags are not allowed");
                return err_at(err, file, text.ptr, text.len, (size_t)(p - start));
            }
            continue;
        }
        const char *what = forbidden(p, end, &len);
        if (what) {
            err_set(err, ERR_FILE, "%s is not allowed here (byte 0x%02X)", what, *p);
            err_at(err, file, text.ptr, text.len, (size_t)(p - start));
            return err_hint(err, "Remove it, or write it as an escape such as \"\\u0085\" in double quotes.");
        }
    }
    return 0;
}

static void scratch_push(struct builder *b, struct yaml_node *node)
{
    if (b->nscratch == b->cap) {
        b->cap = b->cap ? b->cap * 2 : 256;
        b->scratch = xrealloc(b->scratch, b->cap * sizeof(*b->scratch));
    }
    b->scratch[b->nscratch++] = node;
}

static bool key_expected(const struct builder *b)
{
    if (b->depth == 0) {
        return false;
    }
    const struct frame *top = &b->stack[b->depth - 1];
    return top->node->kind == YAML_MAP && (b->nscratch - top->start) % 2 == 0;
}

static int node_add(struct builder *b, enum yaml_kind kind, const yaml_event_t *ev, struct yaml_node **out,
                    struct err *err)
{
    if (b->nodes++ >= YAML_NODES_MAX) {
        err_set(err, ERR_FILE, "more than %u values in one document", YAML_NODES_MAX);
        return place(b, &ev->start_mark, err);
    }
    if (key_expected(b) && kind != YAML_SCALAR) {
        err_set(err, ERR_FILE, "a key must be a single value, not %s",
                kind == YAML_LIST ? "a list" : "a mapping");
        place(b, &ev->start_mark, err);
        return err_hint(err, "Put quotes around text that begins with [ or {, such as \"${env:NAME}\".");
    }
    if (kind != YAML_SCALAR && b->depth == YAML_DEPTH_MAX) {
        err_set(err, ERR_FILE, "nested more than %d levels deep", YAML_DEPTH_MAX);
        return place(b, &ev->start_mark, err);
    }
    struct yaml_node *node = arena_alloc(b->a, sizeof(*node));
    node->kind = kind;
    node->line = one_based(ev->start_mark.line);
    node->column = one_based(ev->start_mark.column);
    node->doc = b->doc;
    if (b->depth == 0) {
        b->doc->root = node;
    } else {
        scratch_push(b, node);
    }
    if (kind != YAML_SCALAR) {
        b->stack[b->depth++] = (struct frame){node, b->nscratch};
    }
    *out = node;
    return 0;
}

static int refuse_properties(const struct builder *b, const yaml_event_t *ev, const yaml_char_t *anchor,
                             const yaml_char_t *tag, struct err *err)
{
    if (!anchor && !tag) {
        return 0;
    }
    err_set(err, ERR_FILE, "%s are not allowed", anchor ? "anchors (&name)" : "tags (!name)");
    place(b, &ev->start_mark, err);
    return anchor
               ? err_hint(err, "Write the value out wherever it is needed.")
               : err_hint(err,
                          "Remove the tag, or put quotes around text that begins with an exclamation mark.");
}

static int take_scalar(struct builder *b, const yaml_event_t *ev, struct err *err)
{
    bool plain = ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    int rc = refuse_properties(b, ev, ev->data.scalar.anchor, ev->data.scalar.tag, err);
    if (rc) {
        return rc;
    }
    if (key_expected(b) && plain && ev->data.scalar.length == 0) {
        err_set(err, ERR_FILE, "a key is missing here");
        return place(b, &ev->start_mark, err);
    }
    struct yaml_node *node;
    rc = node_add(b, YAML_SCALAR, ev, &node, err);
    if (rc) {
        return rc;
    }
    node->quoted = !plain;
    node->text.len = ev->data.scalar.length;
    node->text.ptr = arena_dupn(b->a, (const char *)ev->data.scalar.value, node->text.len);
    return 0;
}

static int compare_keys(const struct yaml_node *x, const struct yaml_node *y)
{
    size_t n = x->text.len < y->text.len ? x->text.len : y->text.len;
    int c = n ? memcmp(x->text.ptr, y->text.ptr, n) : 0;
    return c ? c : (x->text.len > y->text.len) - (x->text.len < y->text.len);
}

static bool same_place_or_later(const struct yaml_node *x, const struct yaml_node *y)
{
    return x->line > y->line || (x->line == y->line && x->column >= y->column);
}

static int compare_keys_then_places(const void *p, const void *q)
{
    const struct yaml_node *x = *(struct yaml_node *const *)p, *y = *(struct yaml_node *const *)q;
    int c = compare_keys(x, y);
    if (c || x == y) {
        return c;
    }
    return same_place_or_later(x, y) ? 1 : -1;
}

/* The first key that repeats an earlier one, which goes to *earlier. */
static struct yaml_node *find_duplicate(const struct yaml_node *map, struct yaml_node **earlier)
{
    if (map->n <= SMALL_MAP) {
        for (size_t i = 1; i < map->n; i++) {
            for (size_t j = 0; j < i; j++) {
                if (compare_keys(map->keys[i], map->keys[j]) == 0) {
                    *earlier = map->keys[j];
                    return map->keys[i];
                }
            }
        }
        return NULL;
    }
    struct yaml_node **sorted = xcalloc(map->n, sizeof(*sorted)), *found = NULL;
    memcpy(sorted, map->keys, map->n * sizeof(*sorted));
    qsort(sorted, map->n, sizeof(*sorted), compare_keys_then_places);
    for (size_t i = 1; i < map->n; i++) {
        if (compare_keys(sorted[i], sorted[i - 1]) == 0 &&
            (!found || same_place_or_later(found, sorted[i]))) {
            found = sorted[i];
            *earlier = sorted[i - 1];
        }
    }
    free(sorted);
    return found;
}

static int take_end(struct builder *b, struct err *err)
{
    if (b->depth == 0 || !b->scratch) { /* an empty root: libyaml ends nothing that it has not begun */
        b->depth = 0;
        return 0;
    }
    const struct frame *top = &b->stack[--b->depth];
    struct yaml_node *node = top->node;
    size_t n = b->nscratch - top->start, step = node->kind == YAML_MAP ? 2 : 1;
    node->n = n / step;
    b->nscratch = top->start;
    if (!node->n) {
        return 0;
    }
    struct yaml_node **from = b->scratch + top->start;
    node->items = arena_array(b->a, node->n, sizeof(struct yaml_node *));
    if (node->kind == YAML_LIST) {
        memcpy(node->items, from, node->n * sizeof(*from));
        return 0;
    }
    node->keys = arena_array(b->a, node->n, sizeof(struct yaml_node *));
    for (size_t i = 0; i < node->n; i++) {
        node->keys[i] = from[2 * i];
        node->items[i] = from[2 * i + 1];
    }
    struct yaml_node *earlier = NULL;
    const struct yaml_node *twice = find_duplicate(node, &earlier);
    if (twice) {
        yaml_error(err, twice, "duplicate key \"%s\"", twice->text.ptr);
        return err_hint(err, "The first one is on line %d; keep one of them.", earlier->line);
    }
    return 0;
}

static int take(struct builder *b, const yaml_event_t *ev, struct err *err)
{
    struct yaml_node *node;
    int rc = 0;
    switch (ev->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (b->seen_document) {
            err_set(err, ERR_FILE, "a second document begins here, one was expected");
            return place(b, &ev->start_mark, err);
        }
        b->seen_document = true;
        return 0;
    case YAML_ALIAS_EVENT:
        err_set(err, ERR_FILE, "aliases (*name) are not allowed");
        place(b, &ev->start_mark, err);
        return err_hint(err, "Write the value out, or put quotes around text that begins with an asterisk.");
    case YAML_SCALAR_EVENT:
        return take_scalar(b, ev, err);
    case YAML_SEQUENCE_START_EVENT:
        rc = refuse_properties(b, ev, ev->data.sequence_start.anchor, ev->data.sequence_start.tag, err);
        return rc ? rc : node_add(b, YAML_LIST, ev, &node, err);
    case YAML_MAPPING_START_EVENT:
        rc = refuse_properties(b, ev, ev->data.mapping_start.anchor, ev->data.mapping_start.tag, err);
        return rc ? rc : node_add(b, YAML_MAP, ev, &node, err);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return take_end(b, err);
    case YAML_STREAM_END_EVENT:
        b->done = true;
        return 0;
    default:
        return 0;
    }
}

static int build(struct builder *b, struct err *err)
{
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser)) {
        return err_set(err, ERR_FAILED, "out of memory while reading YAML");
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)b->doc->source.ptr, b->doc->source.len);
    int rc = 0;
    while (!rc && !b->done) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) {
            rc = parse_error(b, &parser, err);
            break;
        }
        rc = take(b, &event, err);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return rc;
}

int yaml_load(struct arena *a, const char *file, struct slice text, struct yaml_doc **out, struct err *err)
{
    struct err unwanted;
    err = err ? err : &unwanted;
    if (slice_starts(text, "\xEF\xBB\xBF")) {
        text = (struct slice){text.ptr + 3, text.len - 3};
    }
    if (!text.ptr) {
        text = SLICE("");
    }
    int rc = check_characters(file, text, err);
    if (rc) {
        return rc;
    }
    struct yaml_doc *doc = arena_alloc(a, sizeof(*doc));
    doc->file = arena_dup(a, file);
    doc->source = text;
    struct builder b = {.a = a, .doc = doc};
    rc = build(&b, err);
    free(b.scratch);
    if (rc) {
        return rc;
    }
    if (doc->root && doc->root->kind == YAML_SCALAR && !doc->root->quoted && doc->root->text.len == 0) {
        doc->root = NULL;
    }
    *out = doc;
    return 0;
}

int yaml_load_file(struct arena *a, const char *path, struct yaml_doc **out, struct err *err)
{
    struct slice text;
    int rc = file_read(a, path, 0, &text, err);
    if (rc) {
        return rc;
    }
    return yaml_load(a, path, text, out, err);
}
