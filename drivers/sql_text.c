/* Tokens, places and statement lists; nothing here knows a dialect. */
#include "drivers/sql_text.h"
#include <stdarg.h>

static char lower_of(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool sql_word_is(const struct sql_token *t, const char *lower)
{
    if (t->kind != SQL_TOKEN_WORD) {
        return false;
    }
    size_t i = 0;
    for (; i < t->text.len; i++) {
        if (lower_of(t->text.ptr[i]) != lower[i]) {
            return false; /* also when lower ends here */
        }
    }
    return !lower[i];
}

bool sql_word_in(const struct sql_token *t, const char *const *lower, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (sql_word_is(t, lower[i])) {
            return true;
        }
    }
    return false;
}

bool sql_symbol_is(const struct sql_token *t, char c)
{
    return (t->kind == SQL_TOKEN_SYMBOL || t->kind == SQL_TOKEN_DELIMITER) && t->text.len == 1 &&
           t->text.ptr[0] == c;
}

/* Columns count characters: continuation bytes of UTF-8 stand in no column of their own. */
static void place_advance(const char *ptr, size_t n, int *line, int *column)
{
    for (size_t i = 0; i < n; i++) {
        if (ptr[i] == '\n') {
            (*line)++;
            *column = 1;
        } else if (((unsigned char)ptr[i] & 0xc0) != 0x80) {
            (*column)++;
        }
    }
}

bool sql_is_bom(struct slice script, size_t offset)
{
    return script.len - offset >= 3 && memcmp(script.ptr + offset, "\xef\xbb\xbf", 3) == 0;
}

static size_t bom_length(struct slice script)
{
    return sql_is_bom(script, 0) ? 3 : 0;
}

int sql_error(struct slice script, size_t offset, struct err *err, const char *fmt, ...)
{
    char message[sizeof(err->message)];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(message, sizeof(message), fmt, ap);
    va_end(ap);
    err_set(err, ERR_FILE, "%s", message);
    size_t bom = bom_length(script);
    if (script.len) {
        err_at(err, NULL, script.ptr + bom, script.len - bom, offset > bom ? offset - bom : 0);
    }
    return ERR_FILE;
}

int sql_script_begin(struct slice script, size_t *start, struct err *err)
{
    const char *nul = script.len ? memchr(script.ptr, '\0', script.len) : NULL;
    if (nul) {
        sql_error(script, (size_t)(nul - script.ptr), err, "the script holds a NUL byte");
        err_hint(err, "Save the file as UTF-8 text; UTF-16 and binary files cannot be run.");
        return ERR_FILE;
    }
    *start = bom_length(script);
    return 0;
}

int sql_refuse_bom(struct slice script, size_t offset, struct err *err)
{
    sql_error(script, offset, err, "a byte order mark stands in the middle of the script");
    return err_hint(err,
                    "Remove the three bytes EF BB BF here; files that were put together often keep them.");
}

struct slice sql_script_lines(struct arena *a, struct slice script)
{
    if (!script.len || !memmem(script.ptr, script.len, "\r\n", 2)) {
        return script;
    }
    char *copy = arena_alloc(a, script.len);
    size_t n = 0;
    for (size_t i = 0; i < script.len; i++) {
        while (script.ptr[i] == '\n' && n && copy[n - 1] == '\r') {
            n--;
        }
        copy[n++] = script.ptr[i];
    }
    return (struct slice){copy, n};
}

size_t sql_skip_blank(struct slice script, size_t from)
{
    while (from < script.len && sql_blank(script.ptr[from])) {
        from++;
    }
    return from;
}

size_t sql_comment_end(struct slice script, size_t from)
{
    while (from + 1 < script.len) {
        const char *star = memchr(script.ptr + from, '*', script.len - 1 - from);
        if (!star) {
            return 0;
        }
        from = (size_t)(star - script.ptr) + 1;
        if (script.ptr[from] == '/') {
            return from + 1;
        }
    }
    return 0;
}

void sql_list_init(struct sql_list *l, struct arena *a, struct slice script)
{
    *l = (struct sql_list){
        .arena = a, .script = script, .counted = bom_length(script), .line = 1, .column = 1};
}

struct sql_statement *sql_list_add(struct sql_list *l, size_t start, size_t first, size_t end)
{
    struct sql_statement *s = vec_push(l->arena, &l->v);
    if (first > l->counted) {
        place_advance(l->script.ptr + l->counted, first - l->counted, &l->line, &l->column);
        l->counted = first;
    }
    s->text = (struct slice){l->script.ptr + start, end - start};
    s->line = l->line;
    s->column = l->column;
    return s;
}

void sql_list_finish(const struct sql_list *l, struct sql_script *out)
{
    out->items = l->v.items;
    out->n = l->v.n;
}

void sql_cursor_next(struct sql_cursor *c)
{
    if (c->lex(&c->lexer, &c->t, NULL)) {
        c->t = (struct sql_token){.kind = SQL_TOKEN_END};
    }
}

bool sql_cursor_take(struct sql_cursor *c, const char *lower)
{
    if (!sql_word_is(&c->t, lower)) {
        return false;
    }
    sql_cursor_next(c);
    return true;
}

bool sql_cursor_open(struct sql_cursor *c)
{
    bool opened = false;
    sql_cursor_next(c);
    while (sql_symbol_is(&c->t, '(')) {
        opened = true;
        sql_cursor_next(c);
    }
    return opened;
}

enum sql_kind sql_with_kind(struct sql_cursor *c)
{
    static const char *const changes[] = {"insert", "update", "delete", "merge", "replace"};
    static const char *const reads[] = {"select", "values", "table"};
    size_t depth = 0;
    bool name = true, opened = false; /* a name of the list comes next; "(" stood just before */
    for (sql_cursor_next(c); c->t.kind != SQL_TOKEN_END; sql_cursor_next(c)) {
        bool change = sql_word_in(&c->t, changes, COUNT_OF(changes));
        if ((change && (opened || (!depth && !name))) || c->t.kind == SQL_TOKEN_DELIMITER) {
            return change ? SQL_DML : SQL_QUERY;
        }
        if (!depth && !name && sql_word_in(&c->t, reads, COUNT_OF(reads))) {
            return SQL_QUERY;
        }
        opened = sql_symbol_is(&c->t, '(');
        depth += opened;
        depth -= sql_symbol_is(&c->t, ')') && depth;
        name = !depth && (sql_symbol_is(&c->t, ',') || (name && sql_word_is(&c->t, "recursive")));
    }
    return SQL_QUERY;
}

bool sql_rollback_to(struct sql_cursor *c)
{
    sql_cursor_next(c);
    if (!sql_cursor_take(c, "work")) {
        sql_cursor_take(c, "transaction");
    }
    return sql_word_is(&c->t, "to");
}

void sql_print_terminated(struct strbuf *to, struct slice text)
{
    size_t line = text.len;
    while (line > 0 && text.ptr[line - 1] != '\n') {
        line--;
    }
    bool comment = text.len > line && memmem(text.ptr + line, text.len - line, "--", 2);
    strbuf_add(to, text.ptr, text.len);
    strbuf_adds(to, comment ? "\n;\n" : ";\n");
}
