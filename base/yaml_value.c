/* Reading values out of YAML nodes; every error stands at the node and says what was expected. */
#include "base/arena.h"
#include "base/yaml.h"
#include <errno.h>
#include <stdarg.h>

int yaml_error(struct err *err, const struct yaml_node *at, const char *fmt, ...)
{
    if (!err) {
        return ERR_FILE;
    }
    char message[sizeof(err->message)];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(message, sizeof(message), fmt, ap);
    va_end(ap);
    if (n >= (int)sizeof(message)) {
        memcpy(message + sizeof(message) - 4, "...", 4);
    }
    err_set(err, ERR_FILE, "%s", message);
    err_place(err, at->doc->file, at->line, at->column);
    return err_excerpt(err, at->doc->source.ptr, at->doc->source.len);
}

/* Where the node begins in its document, or NULL. */
static const char *node_source(const struct yaml_node *n, const char **end)
{
    const char *p = n->doc->source.ptr;
    *end = p + n->doc->source.len;
    for (int line = 1; line < n->line && p; line++) {
        p = memchr(p, '\n', (size_t)(*end - p));
        p = p ? p + 1 : NULL;
    }
    for (int column = 1; column < n->column && p && p < *end; column++) {
        p++;
        while (p < *end && ((unsigned char)*p & 0xC0) == 0x80) {
            p++;
        }
    }
    return p;
}

int yaml_error_at(struct err *err, const struct yaml_node *at, size_t offset)
{
    if (!err) {
        return ERR_FILE;
    }
    const char *end, *p = node_source(at, &end);
    int column = at->column;
    bool in_quotes = p && at->quoted && p < end && (*p == '"' || *p == '\'');
    p += in_quotes;
    if (p && at->kind == YAML_SCALAR && offset <= at->text.len && offset <= (size_t)(end - p) &&
        memcmp(p, at->text.ptr, offset) == 0 && !memchr(p, '\n', offset)) {
        column += in_quotes;
        for (size_t i = 0; i < offset; i++) {
            column += ((unsigned char)p[i] & 0xC0) != 0x80;
        }
    }
    err_place(err, at->doc->file, at->line, column);
    return err_excerpt(err, at->doc->source.ptr, at->doc->source.len);
}

static struct yaml_node *lookup(const struct yaml_node *map, const char *key, struct yaml_node **of)
{
    for (size_t i = 0; map && map->kind == YAML_MAP && i < map->n; i++) {
        if (slice_eq(map->keys[i]->text, key)) {
            return of[i];
        }
    }
    return NULL;
}

struct yaml_node *yaml_get(const struct yaml_node *map, const char *key)
{
    return map ? lookup(map, key, map->items) : NULL;
}

struct yaml_node *yaml_key(const struct yaml_node *map, const char *key)
{
    return map ? lookup(map, key, map->keys) : NULL;
}

bool yaml_is_null(const struct yaml_node *n)
{
    if (!n) {
        return true;
    }
    if (n->kind != YAML_SCALAR || n->quoted) {
        return false;
    }
    return n->text.len == 0 || slice_eq(n->text, "~") || slice_eq(n->text, "null") ||
           slice_eq(n->text, "Null") || slice_eq(n->text, "NULL");
}

static const char *const kind_names[] = {"a value", "a list", "a mapping"};
_Static_assert(COUNT_OF(kind_names) == YAML_KIND_COUNT, "a name for each kind");

const char *yaml_kind_name(const struct yaml_node *n)
{
    return yaml_is_null(n) ? "nothing" : kind_names[n->kind];
}

/* What stands there, for messages: the text of a short value in quotes, otherwise its kind. */
static const char *found(const struct yaml_node *n, char *buf, size_t size)
{
    if (yaml_is_null(n) || n->kind != YAML_SCALAR || n->text.len > 60 || strlen(n->text.ptr) != n->text.len) {
        snprintf(buf, size, "%s", yaml_kind_name(n));
    } else {
        snprintf(buf, size, "\"%s\"", n->text.ptr);
    }
    return buf;
}

static int wrong(const struct yaml_node *node, const char *expected, struct err *err)
{
    char buf[80];
    return yaml_error(err, node, "expected %s, found %s", expected, found(node, buf, sizeof(buf)));
}

/* "a", "b", "c" for a hint; cut with "..." when there are too many. */
static void list_names(const char *const *names, size_t n, char *buf, size_t size)
{
    size_t len = 0;
    buf[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        int add = snprintf(buf + len, size - len, "%s%s", i ? ", " : "", names[i]);
        if (add < 0 || (size_t)add >= size - len) {
            snprintf(buf + (len > size - 5 ? size - 5 : len), 5, "...");
            return;
        }
        len += (size_t)add;
    }
}

static int hint_names(const char *word, const char *kind, const char *const *names, size_t n, struct err *err)
{
    const char *near = str_nearest(word, names, n);
    if (near) {
        return err_hint(err, "did you mean \"%s\"?", near);
    }
    char all[600];
    list_names(names, n, all, sizeof(all));
    return err_hint(err, "%s: %s", kind, all);
}

int yaml_only_keys(const struct yaml_node *map, const char *const *names, size_t n, struct err *err)
{
    if (map->kind != YAML_MAP) {
        return wrong(map, "a mapping", err);
    }
    for (size_t i = 0; i < map->n; i++) {
        bool known = false;
        for (size_t j = 0; j < n && !known; j++) {
            known = slice_eq(map->keys[i]->text, names[j]);
        }
        if (!known) {
            yaml_error(err, map->keys[i], "unknown key \"%s\"", map->keys[i]->text.ptr);
            return hint_names(map->keys[i]->text.ptr, "known keys", names, n, err);
        }
    }
    return 0;
}

int yaml_string(const struct yaml_node *node, const char **out, struct err *err)
{
    if (node->kind != YAML_SCALAR || yaml_is_null(node)) {
        return wrong(node, "a value", err);
    }
    if (memchr(node->text.ptr, '\0', node->text.len)) {
        return yaml_error(err, node, "a NUL character is not allowed here");
    }
    *out = node->text.ptr;
    return 0;
}

int yaml_bool(const struct yaml_node *node, bool *out, struct err *err)
{
    static const char *const words[] = {"false", "true", "no", "yes", "off", "on"};
    for (size_t i = 0; i < COUNT_OF(words) && node->kind == YAML_SCALAR; i++) {
        if (strcasecmp(node->text.ptr, words[i]) != 0 || strlen(words[i]) != node->text.len) {
            continue;
        }
        if (node->quoted) {
            yaml_error(err, node, "expected true or false, found text in quotes");
            return err_hint(err, "Remove the quotes.");
        }
        *out = i % 2;
        return 0;
    }
    return wrong(node, "true or false", err);
}

/* Decimal digits at the start of s; the number of characters read, 0 for none or too large a number. */
static size_t read_digits(const char *s, int64_t *out)
{
    int64_t value = 0;
    size_t i = 0;
    for (; s[i] >= '0' && s[i] <= '9'; i++) {
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, s[i] - '0', &value)) {
            return 0;
        }
    }
    *out = value;
    return i;
}

int yaml_int(const struct yaml_node *node, int64_t min, int64_t max, int64_t *out, struct err *err)
{
    if (node->kind != YAML_SCALAR || node->quoted) {
        return wrong(node, node->quoted ? "a number without quotes" : "a whole number", err);
    }
    const char *s = node->text.ptr;
    bool negative = *s == '-';
    s += negative || *s == '+';
    int64_t value = 0;
    size_t n = read_digits(s, &value);
    /* A leading zero means octal to some readers of YAML and nothing to others. */
    if (n == 0 || s + n != node->text.ptr + node->text.len || (n > 1 && *s == '0')) {
        return wrong(node, "a whole number", err);
    }
    value = negative ? -value : value;
    if (value < min || value > max) {
        return max == INT64_MAX ? yaml_error(err, node, "%lld is too small, at least %lld was expected",
                                             (long long)value, (long long)min)
                                : yaml_error(err, node, "%lld is out of range, %lld to %lld was expected",
                                             (long long)value, (long long)min, (long long)max);
    }
    *out = value;
    return 0;
}

int yaml_duration(const struct yaml_node *node, int64_t *out_ms, struct err *err)
{
    static const struct {
        const char *name;
        int64_t ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"min", 60000}, {"h", 3600000}, {"d", 86400000}};
    static const char *const expected = "a duration such as 250ms, 5s, 15min, 24h or 7d";
    if (node->kind != YAML_SCALAR) {
        return wrong(node, expected, err);
    }
    int64_t value = 0;
    size_t n = read_digits(node->text.ptr, &value);
    struct slice unit = {node->text.ptr + n, node->text.len - n};
    if (n == 1 && value == 0 && unit.len == 0) {
        *out_ms = 0;
        return 0;
    }
    for (size_t i = 0; i < COUNT_OF(units) && n; i++) {
        int64_t ms;
        if (!slice_eq(unit, units[i].name)) {
            continue;
        }
        if (__builtin_mul_overflow(value, units[i].ms, &ms)) {
            return wrong(node, "a shorter duration", err);
        }
        *out_ms = ms;
        return 0;
    }
    wrong(node, expected, err);
    if (n && slice_eq(unit, "m")) {
        err_hint(err, "Write min for minutes and ms for milliseconds.");
    } else if (n && unit.len == 0) {
        err_hint(err, "Add the unit: ms, s, min, h or d.");
    }
    return ERR_FILE;
}

int yaml_enum(const struct yaml_node *node, const char *const *names, size_t n, int *out, struct err *err)
{
    for (size_t i = 0; i < n && node->kind == YAML_SCALAR; i++) {
        if (slice_eq(node->text, names[i])) {
            *out = (int)i;
            return 0;
        }
    }
    char all[600];
    list_names(names, n, all, sizeof(all));
    char expected[640];
    snprintf(expected, sizeof(expected), n > 1 ? "one of %s" : "%s", all);
    wrong(node, expected, err);
    const char *near = node->kind == YAML_SCALAR ? str_nearest(node->text.ptr, names, n) : NULL;
    return near ? err_hint(err, "did you mean \"%s\"?", near) : ERR_FILE;
}

int yaml_expect(const struct yaml_node *node, enum yaml_kind kind, const char *what, struct err *err)
{
    if (node->kind == kind && !yaml_is_null(node)) {
        return 0;
    }
    return yaml_error(err, node, "%s must be %s, found %s", what, kind_names[kind], yaml_kind_name(node));
}
