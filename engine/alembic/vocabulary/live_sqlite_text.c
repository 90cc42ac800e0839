/*
 * What SQLAlchemy sees of constraints in SQLite's texts. It looks for them with patterns that want blanks
 * where SQL takes any white space, and quotes of one kind; names and options that it does not see are not
 * there for revisions, which may depend on that.
 */
#include "engine/alembic/vocabulary/live_inspect.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}
static bool is_plain(char c)
{
    return ((unsigned char)c < 0x80 && isalnum((unsigned char)c)) || c == '_';
}

static size_t blanks_before(const char *sql, size_t at)
{
    size_t n = 0;
    while (at > n && sql[at - n - 1] == ' ') {
        n++;
    }
    return n;
}

const char *live_sqlite_name(struct arena *a, const char *sql, size_t offset)
{
    size_t n = blanks_before(sql, offset), end = offset - n, begin;
    const char *name;
    if (n == 0 || end < 2) {
        return NULL;
    }
    if (sql[end - 1] == '"') {
        begin = end - 1;
        while (begin > 0 && sql[begin - 1] != '"' && sql[begin - 1] != '\n') {
            begin--;
        }
        if (begin == 0 || sql[begin - 1] != '"' || begin == end - 1) {
            return NULL;
        }
        name = arena_dupn(a, sql + begin, end - 1 - begin);
        begin--;
    } else {
        begin = end;
        while (begin > 0 && is_word(sql[begin - 1])) {
            begin--;
        }
        name = arena_dupn(a, sql + begin, end - begin);
    }
    size_t gap = blanks_before(sql, begin), word = begin - gap;
    bool constraint = *name && gap > 0 && word >= 10 && strncasecmp(sql + word - 10, "CONSTRAINT", 10) == 0;
    return constraint ? name : NULL;
}

/* A cursor that steps over what it matches; after a mismatch `ok` is false. */
struct look {
    struct arena *a;
    const char *p;
    bool ok;
};

static bool at(const struct look *l, const char *word)
{
    return strncasecmp(l->p, word, strlen(word)) == 0;
}
static bool take(struct look *l, const char *word)
{
    bool is = l->ok && at(l, word);
    l->p += is ? strlen(word) : 0;
    return is;
}
static void need(struct look *l, const char *word)
{
    l->ok = take(l, word);
}
static size_t blanks(struct look *l)
{
    size_t n = strspn(l->p, " ");
    l->p += n;
    return n;
}

static size_t plain_length(const char *p)
{
    size_t n = 0;
    while (is_plain(p[n])) {
        n++;
    }
    return n;
}

/* "x" or x */
static const char *take_name(struct look *l)
{
    if (*l->p == '"') {
        const char *end = strchr(l->p + 1, '"');
        if (!end || end == l->p + 1) {
            l->ok = false;
            return "";
        }
        const char *name = arena_dupn(l->a, l->p + 1, (size_t)(end - l->p - 1));
        l->p = end + 1;
        return name;
    }
    size_t n = plain_length(l->p);
    l->ok = l->ok && n > 0;
    const char *name = arena_dupn(l->a, l->p, n);
    l->p += n;
    return name;
}

/* All that looks like names in a text. */
static void find_names(struct arena *a, struct slice text, strings_t *out)
{
    for (size_t i = 0; i < text.len;) {
        const char *p = text.ptr + i;
        const char *close = *p == '"' ? memchr(p + 1, '"', text.len - i - 1) : NULL;
        size_t n = plain_length(p);
        n = n > text.len - i ? text.len - i : n;
        if (close && close > p + 1) {
            *vec_push(a, out) = arena_dupn(a, p + 1, (size_t)(close - p - 1));
            i += (size_t)(close - p) + 1;
        } else if (n) {
            *vec_push(a, out) = arena_dupn(a, p, n);
            i += n;
        } else {
            i++;
        }
    }
}

/* The columns up to the parenthesis that REFERENCES follows, on one line. */
static void take_constrained(struct look *l, strings_t *out)
{
    const char *begin = l->p;
    for (const char *p = begin; *p && *p != '\n'; p++) {
        size_t gap = *p == ')' && p > begin ? strspn(p + 1, " ") : 0;
        if (gap && strncasecmp(p + 1 + gap, "REFERENCES ", 11) == 0) {
            find_names(l->a, (struct slice){begin, (size_t)(p - begin)}, out);
            l->p = p + 1 + gap + 11;
            return;
        }
    }
    l->ok = false;
}

static void take_referred(struct look *l, strings_t *out)
{
    while (l->ok && *l->p != ')') {
        *vec_push(l->a, out) = take_name(l);
        blanks(l);
        if (take(l, ",")) {
            blanks(l);
        } else if (*l->p != ')' && *l->p != '"' && !is_plain(*l->p)) {
            l->ok = false;
        }
    }
    l->ok = l->ok && out->n > 0;
    need(l, ")");
}

static void take_actions(struct look *l, struct live_sqlite_key *out)
{
    static const char *const actions[] = {"SET NULL", "SET DEFAULT", "CASCADE", "RESTRICT", "NO ACTION"};
    for (;;) {
        struct look ahead = *l;
        bool deletes = take(&ahead, "ON DELETE "), updates = !deletes && take(&ahead, "ON UPDATE ");
        const char *action = NULL;
        for (size_t i = 0; (deletes || updates) && !action && i < COUNT_OF(actions); i++) {
            action = take(&ahead, actions[i]) ? actions[i] : NULL;
        }
        if (!action) {
            return;
        }
        blanks(&ahead);
        action = strcmp(action, "NO ACTION") == 0 ? NULL : action;
        if (deletes) {
            out->on_delete = action ? action : out->on_delete;
        } else {
            out->on_update = action ? action : out->on_update;
            out->update_first = out->update_first || (action && !out->on_delete);
        }
        *l = ahead;
    }
}

static void take_deferral(struct look *l, struct live_sqlite_key *out)
{
    struct look ahead = *l;
    bool not = take(&ahead, "NOT");
    if ((!not || blanks(&ahead)) && take(&ahead, "DEFERRABLE")) {
        out->deferrable = !not ;
        *l = ahead;
    }
    ahead = *l;
    if (blanks(&ahead) && take(&ahead, "INITIALLY") && blanks(&ahead)) {
        out->initially = take(&ahead, "DEFERRED")    ? "DEFERRED"
                         : take(&ahead, "IMMEDIATE") ? "IMMEDIATE"
                                                     : NULL;
    }
}

void live_sqlite_foreign_key(struct arena *a, const char *sql, size_t offset, struct live_sqlite_key *out)
{
    struct look l = {a, sql + offset, true};
    *out = (struct live_sqlite_key){.deferrable = -1};
    need(&l, "FOREIGN KEY");
    blanks(&l);
    need(&l, "(");
    blanks(&l);
    take_constrained(&l, &out->columns);
    blanks(&l);
    out->ref_table = take_name(&l);
    blanks(&l);
    need(&l, "(");
    blanks(&l);
    take_referred(&l, &out->ref_columns);
    if (!l.ok) {
        return;
    }
    blanks(&l);
    take_actions(&l, out);
    take_deferral(&l, out);
    out->seen = true;
    out->name = live_sqlite_name(a, sql, offset);
}

/* Backwards from UNIQUE over words with blanks and tabs between, to the column's name: one word at least has
 * to stand between the two. */
static bool sees_inline(const char *sql, const struct schema_constraint *c)
{
    size_t end = c->offset, words = 0;
    while (end > 0) {
        size_t gap = end;
        while (gap > 0 && (sql[gap - 1] == ' ' || sql[gap - 1] == '\t')) {
            gap--;
        }
        if (gap == end || gap == 0) {
            return false;
        }
        size_t begin = gap;
        while (begin > 0 && is_plain(sql[begin - 1])) {
            begin--;
        }
        bool quoted = begin == gap && strchr("\"]`", sql[gap - 1]);
        if (begin == gap && !quoted) {
            return false;
        }
        if (quoted) {
            return words > 0;
        }
        size_t n = gap - begin;
        bool first = n == strlen(c->column) && strncasecmp(sql + begin, c->column, n) == 0;
        size_t before = begin;
        while (before > 0 && isspace((unsigned char)sql[before - 1])) {
            before--;
        }
        if (first && before > 0 && (sql[before - 1] == ',' || sql[before - 1] == '(')) {
            return words > 0;
        }
        words++;
        end = begin;
    }
    return false;
}

bool live_sqlite_unique(const char *sql, const struct schema_constraint *c)
{
    if (c->column) {
        return sees_inline(sql, c);
    }
    const char *p = sql + c->offset + 6;
    p += strspn(p, " ");
    const char *close = *p == '(' ? strchr(p, ')') : NULL;
    return close && !memchr(p, '\n', (size_t)(close - p));
}

/* It wants GENERATED ALWAYS AS on one line, no comma before, and takes everything up to the last parenthesis
 * of the line but the table's own. */
const char *live_sqlite_generated(struct arena *a, const char *sql, const struct schema_column *c)
{
    static const char *const words[] = {"AS", "ALWAYS", "GENERATED"};
    size_t end = c->generated_at;
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        size_t n = strlen(words[i]), gap = end;
        while (gap > 0 && isspace((unsigned char)sql[gap - 1])) {
            gap--;
        }
        if (gap == end || gap < n || strncasecmp(sql + gap - n, words[i], n) != 0) {
            return "";
        }
        end = gap - n;
    }
    const char *begin = sql + c->generated_at + 1, *own = strrchr(sql, ')'), *close = NULL;
    if (end <= c->offset || memchr(sql + c->offset, ',', end - c->offset)) {
        return "";
    }
    for (const char *p = begin; own && p < own && *p != '\n'; p++) {
        close = *p == ')' ? p : close;
    }
    return close ? arena_dupn(a, begin, (size_t)(close - begin)) : "";
}
