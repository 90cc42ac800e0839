/* TOML documents: lines, headers, keys, and the rules of which table may be written to. Values: toml_value.c.
 */
#include "engine/alembic/project/toml_internal.h"
#include <errno.h>
#include <stdarg.h>

static const char *const kind_names[] = {"a string", "an integer", "a float", "a boolean",
                                         "a date",   "an array",   "a table"};
_Static_assert(COUNT_OF(kind_names) == TOML_KIND_COUNT, "a name for every kind");

const char *toml_kind_name(enum toml_kind kind)
{
    return kind_names[kind];
}

int toml_fail(const struct toml_reader *r, const char *at, struct err *err, const char *fmt, ...)
{
    char message[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(message, sizeof(message), fmt, ap);
    va_end(ap);
    err_set(err, ERR_FILE, "%s", message);
    err_at(err, r->file, r->text.ptr, r->text.len, (size_t)(at - r->text.ptr));
    return ERR_FILE;
}

void toml_blanks(struct toml_reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\t')) {
        r->at++;
    }
}

bool toml_take(struct toml_reader *r, const char *literal)
{
    size_t n = strlen(literal);
    if ((size_t)(r->end - r->at) < n || memcmp(r->at, literal, n) != 0) {
        return false;
    }
    r->at += n;
    return true;
}

bool toml_take_line_end(struct toml_reader *r)
{
    return r->at == r->end || toml_take(r, "\n") || toml_take(r, "\r\n");
}

int toml_comment(struct toml_reader *r, struct err *err)
{
    if (r->at == r->end || *r->at != '#') {
        return 0;
    }
    for (; r->at < r->end && *r->at != '\n'; r->at++) {
        unsigned char c = (unsigned char)*r->at;
        bool line_end = c == '\r' && r->at + 1 < r->end && r->at[1] == '\n';
        if (line_end) {
            break;
        }
        if ((c < ' ' && c != '\t') || c == 0x7F) {
            return toml_fail(r, r->at, err, "a control character in a comment");
        }
    }
    return 0;
}

struct toml_node *toml_node_new(struct toml_reader *r, enum toml_kind kind, const char *at)
{
    struct toml_node *n = arena_alloc(r->arena, sizeof(*n));
    n->kind = kind;
    n->at = (size_t)(at - r->text.ptr);
    return n;
}

struct toml_node *toml_find(const struct toml_node *table, struct slice key)
{
    for (size_t i = 0; i < table->keys.n; i++) {
        const struct slice *known = &table->keys.items[i];
        if (known->len == key.len && (!key.len || memcmp(known->ptr, key.ptr, key.len) == 0)) {
            return table->items.items[i];
        }
    }
    return NULL;
}

int toml_put(struct toml_reader *r, struct toml_node *table, struct slice key, struct toml_node *value,
             struct err *err)
{
    if (r->nkeys++ == TOML_KEYS_MAX) {
        return toml_fail(r, r->at, err, "there are more than %u keys", TOML_KEYS_MAX);
    }
    *(struct slice *)vec_push(r->arena, &table->keys) = key;
    *(struct toml_node **)vec_push(r->arena, &table->items) = value;
    return 0;
}

/* The table that a name stands for: of an array of tables the last. NULL: it is another value. */
static struct toml_node *as_table(struct toml_node *n)
{
    if (n->kind == TOML_ARRAY && !n->closed && n->items.n) {
        n = n->items.items[n->items.n - 1];
    }
    return n->kind == TOML_TABLE ? n : NULL;
}

static int closed(struct toml_reader *r, const char *at, struct slice key, struct err *err)
{
    return toml_fail(r, at, err, "\"%.*s\" has its value already", (int)(key.len < 200 ? key.len : 200),
                     key.ptr);
}

/* One name further down; made when missing. */
static int enter(struct toml_reader *r, struct toml_node **table, struct slice key, const char *at,
                 struct err *err)
{
    struct toml_node *next = toml_find(*table, key);
    if (!next) {
        next = toml_node_new(r, TOML_TABLE, at);
        int rc = toml_put(r, *table, key, next, err);
        if (rc) {
            return rc;
        }
    }
    struct toml_node *inner = next->closed ? NULL : as_table(next);
    if (!inner) {
        return closed(r, at, key, err);
    }
    *table = inner;
    return 0;
}

/* [a.b]: made explicitly once. */
static int open_table(struct toml_reader *r, struct toml_node *parent, struct slice key, const char *at,
                      struct toml_node **out, struct err *err)
{
    const struct toml_node *known = toml_find(parent, key);
    if (known && !known->closed && (known->named || known->dotted)) {
        return toml_fail(r, at, err, "table \"%.*s\" is there already", (int)(key.len < 200 ? key.len : 200),
                         key.ptr);
    }
    *out = parent;
    int rc = enter(r, out, key, at, err);
    if (!rc) {
        (*out)->named = true;
    }
    return rc;
}

/* [[a.b]]: one more item. */
static int open_item(struct toml_reader *r, struct toml_node *parent, struct slice key, const char *at,
                     struct toml_node **out, struct err *err)
{
    struct toml_node *array = toml_find(parent, key);
    if (!array) {
        array = toml_node_new(r, TOML_ARRAY, at);
        int rc = toml_put(r, parent, key, array, err);
        if (rc) {
            return rc;
        }
    }
    if (array->kind != TOML_ARRAY || array->closed) {
        return closed(r, at, key, err);
    }
    array->named = true;
    *out = toml_node_new(r, TOML_TABLE, at);
    *(struct toml_node **)vec_push(r->arena, &array->items) = *out;
    return 0;
}

static int read_header(struct toml_reader *r, struct toml_node *root, struct toml_node **out, struct err *err)
{
    const char *at = r->at;
    bool item = toml_take(r, "[[");
    r->at += item ? 0 : 1;
    toml_blanks(r);
    toml_key_t key = {0};
    int rc = toml_key(r, &key, err);
    if (rc) {
        return rc;
    }
    if (!toml_take(r, item ? "]]" : "]")) {
        return toml_fail(r, r->at, err, "expected \"%s\" at the end of the table's name", item ? "]]" : "]");
    }
    struct toml_node *table = root;
    for (size_t i = 0; i + 1 < key.n; i++) {
        rc = enter(r, &table, key.items[i], at, err);
        if (rc) {
            return rc;
        }
    }
    struct slice last = key.items[key.n - 1];
    return item ? open_item(r, table, last, at, out, err) : open_table(r, table, last, at, out, err);
}

/* a.b = value in the section of `table`. What its dots pass through belongs to this section alone. */
static int read_pair(struct toml_reader *r, struct toml_node *table, struct err *err)
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
    rc = toml_value(r, 0, &value, err);
    for (size_t i = 0; !rc && i + 1 < key.n; i++) {
        const struct toml_node *known = toml_find(table, key.items[i]);
        if (known && known->named) {
            return toml_fail(r, at, err, "table \"%.*s\" has a section of its own",
                             (int)(key.items[i].len < 200 ? key.items[i].len : 200), key.items[i].ptr);
        }
        rc = enter(r, &table, key.items[i], at, err);
        table->dotted = table->dotted || !rc;
    }
    if (rc) {
        return rc;
    }
    if (toml_find(table, key.items[key.n - 1])) {
        return closed(r, at, key.items[key.n - 1], err);
    }
    value->closed = value->kind == TOML_TABLE || value->kind == TOML_ARRAY;
    return toml_put(r, table, key.items[key.n - 1], value, err);
}

/* Once a section ends, nothing adds to the tables that its dotted keys made. */
static void seal(struct toml_node *table)
{
    for (size_t i = 0; i < table->items.n; i++) {
        struct toml_node *n = table->items.items[i];
        if (n->dotted && !n->named) {
            n->named = true;
            seal(n);
        }
    }
}

static int read_line(struct toml_reader *r, struct toml_node *root, struct toml_node **section,
                     struct err *err)
{
    toml_blanks(r);
    int rc = 0;
    if (r->at < r->end && *r->at == '[') {
        seal(*section);
        rc = read_header(r, root, section, err);
    } else if (r->at < r->end && *r->at != '#' && *r->at != '\n' && *r->at != '\r') {
        rc = read_pair(r, *section, err);
    }
    if (rc) {
        return rc;
    }
    toml_blanks(r);
    rc = toml_comment(r, err);
    if (!rc && !toml_take_line_end(r)) {
        rc = toml_fail(r, r->at, err, "expected the end of the line");
    }
    return rc;
}

int toml_parse(struct arena *a, const char *file, struct slice text, struct toml_doc **out, struct err *err)
{
    struct toml_reader r = {a, file, text, text.ptr, text.ptr + text.len, 0};
    size_t good = utf8_valid_length(text.ptr, text.len);
    if (good < text.len) {
        return toml_fail(&r, text.ptr + good, err, "the text is not UTF-8");
    }
    struct toml_node *root = toml_node_new(&r, TOML_TABLE, text.ptr), *section = root;
    while (r.at < r.end) {
        int rc = read_line(&r, root, &section, err);
        if (rc) {
            return rc;
        }
    }
    struct toml_doc *doc = arena_alloc(a, sizeof(*doc));
    *doc = (struct toml_doc){file, text, root};
    *out = doc;
    return 0;
}

struct toml_node *toml_get(const struct toml_node *table, const char *key)
{
    return table && table->kind == TOML_TABLE ? toml_find(table, slice_of(key)) : NULL;
}

bool toml_integer(const struct toml_node *node, int64_t *out)
{
    char digits[72];
    size_t n = 0;
    for (size_t i = 0; i < node->text.len; i++) {
        if (node->text.ptr[i] != '_' && n < sizeof(digits) - 1) {
            digits[n++] = node->text.ptr[i];
        }
    }
    digits[n] = '\0';
    char kind = n > 1 ? digits[1] : '\0';
    int base = kind == 'x' ? 16 : kind == 'o' ? 8 : kind == 'b' ? 2 : 10;
    errno = 0;
    long long value = strtoll(base == 10 ? digits : digits + 2, NULL, base);
    if (node->kind != TOML_INTEGER || errno || n == sizeof(digits) - 1) {
        return false;
    }
    *out = value;
    return true;
}

int toml_error(const struct toml_doc *doc, const struct toml_node *node, struct err *err, const char *fmt,
               ...)
{
    char message[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(message, sizeof(message), fmt, ap);
    va_end(ap);
    err_set(err, ERR_FILE, "%s", message);
    err_at(err, doc->file, doc->text.ptr, doc->text.len, node->at);
    return ERR_FILE;
}
