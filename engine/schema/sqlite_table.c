/*
 * CREATE TABLE as SQLite keeps it, read for what no PRAGMA tells: names of constraints, CHECKs,
 * AUTOINCREMENT, COLLATE, ON CONFLICT, DEFERRABLE, expressions of generated columns. What is not understood
 * is reported, so that nobody makes the table anew from half of it.
 */
#include "engine/schema/sqlite_parse.h"
#include <string.h>
#include <strings.h>

struct parse {
    struct arena *a;
    struct slice text;
    size_t at;             /* behind the current token */
    struct sqlite_token t; /* the current token */
    struct schema_table *table;
    bool bad;
};

static void step(struct parse *p)
{
    p->t = sqlite_next(p->text, &p->at);
    p->bad = p->bad || p->t.kind == SQLITE_BAD;
}

static bool at_word(const struct parse *p, const char *word)
{
    return sqlite_is_word(p->text, p->t, word);
}

static bool take(struct parse *p, const char *word)
{
    bool is = at_word(p, word);
    if (is) {
        step(p);
    }
    return is;
}

static bool at_symbol(const struct parse *p, char c)
{
    return p->t.kind == SQLITE_SYMBOL && p->text.ptr[p->t.from] == c;
}

static bool at_end(const struct parse *p)
{
    return p->bad || p->t.kind == SQLITE_END;
}

static const char *fail(struct parse *p)
{
    p->bad = true;
    return "";
}

static bool is_name(const struct parse *p)
{
    return p->t.kind == SQLITE_WORD || p->t.kind == SQLITE_NAME || p->t.kind == SQLITE_STRING;
}

static const char *take_name(struct parse *p)
{
    if (!is_name(p)) {
        return fail(p);
    }
    const char *name = sqlite_unquote(p->a, p->text, p->t);
    step(p);
    return name;
}

static const char *between(struct parse *p, size_t from, size_t to)
{
    struct slice s = slice_trim((struct slice){p->text.ptr + from, to - from});
    return arena_dupn(p->a, s.ptr, s.len);
}

/* The text between the parenthesis that is the current token and its counterpart; steps behind that. */
static const char *take_parentheses(struct parse *p)
{
    if (!at_symbol(p, '(')) {
        return fail(p);
    }
    size_t from = p->t.to;
    int depth = 0;
    for (; !at_end(p); step(p)) {
        depth += at_symbol(p, '(') - at_symbol(p, ')');
        if (depth == 0) {
            const char *text = between(p, from, p->t.from);
            step(p);
            return text;
        }
    }
    return fail(p);
}

/* ON CONFLICT x */
static const char *take_conflict(struct parse *p)
{
    if (!at_word(p, "ON")) {
        return NULL;
    }
    size_t at = p->at;
    if (!sqlite_is_word(p->text, sqlite_next(p->text, &at), "CONFLICT")) {
        return NULL;
    }
    step(p);
    step(p);
    return take_name(p);
}

static struct schema_constraint *add(struct parse *p, enum schema_constraint_kind kind, const char **name,
                                     size_t offset, const char *column)
{
    struct schema_constraint *c = vec_push(p->a, &p->table->constraints);
    *c = (struct schema_constraint){
        .kind = kind, .name = *name, .deferrable = -1, .offset = offset, .column = column};
    if (column) {
        *vec_push(p->a, &c->columns) = column;
    }
    *name = NULL;
    return c;
}

/* (a, b) of FOREIGN KEY and REFERENCES */
static void take_columns(struct parse *p, strings_t *out)
{
    step(p);
    while (!at_end(p) && !at_symbol(p, ')')) {
        *vec_push(p->a, out) = take_name(p);
        if (at_symbol(p, ',')) {
            step(p);
        }
    }
    step(p);
}

/* (a COLLATE nocase DESC, b AUTOINCREMENT) of PRIMARY KEY and UNIQUE */
static void take_sorted(struct parse *p, struct schema_constraint *c)
{
    if (!at_symbol(p, '(')) {
        fail(p);
        return;
    }
    step(p);
    while (!at_end(p) && !at_symbol(p, ')')) {
        const char *name = take_name(p), *collation = take(p, "COLLATE") ? take_name(p) : NULL;
        *vec_push(p->a, &c->columns) = name;
        take(p, "ASC");
        bool descending = take(p, "DESC");
        *vec_push(p->a, &c->sorted) = arena_printf(p->a, "%s%s%s", collation ? " COLLATE " : "",
                                                   collation ? collation : "", descending ? " DESC" : "");
        c->descending = c->descending || collation || descending;
        p->table->autoincrement = take(p, "AUTOINCREMENT") || p->table->autoincrement;
        if (at_symbol(p, ',')) {
            step(p);
        } else if (!at_symbol(p, ')')) {
            fail(p);
        }
    }
    if (!c->descending) {
        c->sorted.n = 0;
    }
    step(p);
}

static const char *take_action(struct parse *p)
{
    if (take(p, "SET")) {
        return take(p, "NULL") ? "SET NULL" : take(p, "DEFAULT") ? "SET DEFAULT" : fail(p);
    }
    if (take(p, "NO")) {
        return take(p, "ACTION") ? NULL : fail(p);
    }
    return take(p, "CASCADE") ? "CASCADE" : take(p, "RESTRICT") ? "RESTRICT" : fail(p);
}

static bool take_deferrable(struct parse *p, struct schema_constraint *c)
{
    bool not = false;
    if (at_word(p, "NOT")) {
        size_t at = p->at;
        if (!sqlite_is_word(p->text, sqlite_next(p->text, &at), "DEFERRABLE")) {
            return false;
        }
        step(p);
        not = true;
    }
    if (!take(p, "DEFERRABLE")) {
        return false;
    }
    c->deferrable = !not ;
    if (take(p, "INITIALLY")) {
        c->initially = take(p, "DEFERRED") ? "DEFERRED" : take(p, "IMMEDIATE") ? "IMMEDIATE" : fail(p);
    }
    return true;
}

/* Behind REFERENCES. */
static void take_references(struct parse *p, struct schema_constraint *c)
{
    c->ref_table = take_name(p);
    if (at_symbol(p, '(')) {
        take_columns(p, &c->ref_columns);
    }
    while (!at_end(p)) {
        if (at_word(p, "ON")) {
            step(p);
            if (take(p, "DELETE")) {
                c->on_delete = take_action(p);
            } else if (take(p, "UPDATE")) {
                c->on_update = take_action(p);
            } else {
                fail(p);
            }
        } else if (take(p, "MATCH")) {
            c->match = take_name(p);
        } else if (!take_deferrable(p, c)) {
            break;
        }
    }
}

/* What stands behind DEFAULT: (expression), a literal with its sign, or a word. */
static void take_default(struct parse *p)
{
    if (at_symbol(p, '(')) {
        take_parentheses(p);
        return;
    }
    while (at_symbol(p, '+') || at_symbol(p, '-')) {
        step(p);
    }
    bool number = at_symbol(p, '.') || (p->t.kind == SQLITE_WORD && p->text.ptr[p->t.from] <= '9');
    step(p);
    /* 1.5, 1e-3: not one token here */
    while (number && !at_end(p)) {
        char last = p->text.ptr[p->t.from - 1];
        if ((at_symbol(p, '.') || p->t.kind == SQLITE_WORD || at_symbol(p, '-') || at_symbol(p, '+')) &&
            p->t.from > 0 && !strchr(" \t\r\n\f/", last)) {
            step(p);
        } else {
            break;
        }
    }
}

static bool ends_type(const struct parse *p)
{
    static const char *const words[] = {"CONSTRAINT", "PRIMARY", "NOT",     "NULL",       "UNIQUE",
                                        "CHECK",      "DEFAULT", "COLLATE", "REFERENCES", "AS"};
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (at_word(p, words[i])) {
            return true;
        }
    }
    if (at_word(p, "GENERATED")) {
        size_t at = p->at;
        return sqlite_is_word(p->text, sqlite_next(p->text, &at), "ALWAYS");
    }
    return !is_name(p);
}

static void take_type(struct parse *p)
{
    while (!at_end(p) && !ends_type(p)) {
        step(p);
    }
    if (at_symbol(p, '(')) {
        take_parentheses(p);
    }
}

static void take_generated(struct parse *p, struct schema_column *c)
{
    c->generated_at = p->t.from;
    c->generated = take_parentheses(p);
    c->stored = take(p, "STORED");
    take(p, "VIRTUAL");
}

/* NOT NULL, NULL, DEFAULT, COLLATE and AS: they belong to the column, and a name given to one means nothing.
 */
static bool take_attribute(struct parse *p, struct schema_column *c, const char **name)
{
    if (at_word(p, "NOT")) {
        size_t at = p->at;
        if (!sqlite_is_word(p->text, sqlite_next(p->text, &at), "NULL")) {
            return false;
        }
        step(p);
        step(p);
        c->not_null_conflict = take_conflict(p);
    } else if (take(p, "NULL")) {
        take_conflict(p);
    } else if (take(p, "DEFAULT")) {
        take_default(p);
    } else if (take(p, "COLLATE")) {
        c->collation = take_name(p);
    } else if (take(p, "GENERATED")) {
        if (!take(p, "ALWAYS") || !take(p, "AS")) {
            fail(p);
        }
        take_generated(p, c);
    } else if (take(p, "AS")) {
        take_generated(p, c);
    } else {
        return false;
    }
    *name = NULL;
    return true;
}

static bool take_column_key(struct parse *p, const char *column, const char **name, size_t offset)
{
    if (take(p, "PRIMARY")) {
        if (!take(p, "KEY")) {
            fail(p);
        }
        struct schema_constraint *k = add(p, SCHEMA_PRIMARY_KEY, name, offset, column);
        take(p, "ASC");
        k->descending = take(p, "DESC");
        if (k->descending) {
            *vec_push(p->a, &k->sorted) = "within the column DESC"; /* then INTEGER is not the rowid */
        }
        k->conflict = take_conflict(p);
        p->table->autoincrement = take(p, "AUTOINCREMENT") || p->table->autoincrement;
    } else if (take(p, "UNIQUE")) {
        struct schema_constraint *k = add(p, SCHEMA_UNIQUE, name, offset, column);
        k->conflict = take_conflict(p);
    } else if (take(p, "CHECK")) {
        struct schema_constraint *k = add(p, SCHEMA_CHECK, name, offset, column);
        k->expression = take_parentheses(p);
        k->columns.n = 0;
    } else if (take(p, "REFERENCES")) {
        take_references(p, add(p, SCHEMA_FOREIGN_KEY, name, offset, column));
    } else {
        return false;
    }
    return true;
}

/* A deferral may stand behind what else the column has. */
static bool take_late_deferral(struct parse *p, const char *column)
{
    for (size_t i = p->table->constraints.n; i > 0; i--) {
        struct schema_constraint *k = &p->table->constraints.items[i - 1];
        if (k->kind == SCHEMA_FOREIGN_KEY && k->column == column) {
            return take_deferrable(p, k);
        }
    }
    return false;
}

static void take_column(struct parse *p)
{
    size_t begin = p->t.from;
    const char *name = take_name(p), *constraint = NULL;
    struct schema_column *c = NULL, ignored = {0}, *each;
    vec_each (each, &p->table->columns) {
        c = strcasecmp(each->name, name) == 0 ? each : c;
    }
    p->bad = p->bad || !c;
    name = c ? c->name : name;
    c = c ? c : &ignored;
    c->offset = begin;
    take_type(p);
    while (!at_end(p) && !at_symbol(p, ',') && !at_symbol(p, ')')) {
        size_t offset = p->t.from;
        if (take(p, "CONSTRAINT")) {
            constraint = take_name(p);
            continue;
        }
        if (!take_attribute(p, c, &constraint) && !take_column_key(p, name, &constraint, offset) &&
            !take_late_deferral(p, name)) {
            fail(p);
        }
    }
    /* CONSTRAINT x with nothing behind it is allowed, and means nothing. */
}

/* A constraint of the table; false: it is none. */
static bool take_constraint(struct parse *p, const char **name, size_t offset)
{
    if (take(p, "PRIMARY")) {
        if (!take(p, "KEY")) {
            fail(p);
        }
        struct schema_constraint *k = add(p, SCHEMA_PRIMARY_KEY, name, offset, NULL);
        take_sorted(p, k);
        k->conflict = take_conflict(p);
    } else if (take(p, "UNIQUE")) {
        struct schema_constraint *k = add(p, SCHEMA_UNIQUE, name, offset, NULL);
        take_sorted(p, k);
        k->conflict = take_conflict(p);
    } else if (take(p, "CHECK")) {
        struct schema_constraint *k = add(p, SCHEMA_CHECK, name, offset, NULL);
        k->expression = take_parentheses(p);
        k->conflict = take_conflict(p);
    } else if (take(p, "FOREIGN")) {
        if (!take(p, "KEY") || !at_symbol(p, '(')) {
            fail(p);
        }
        struct schema_constraint *k = add(p, SCHEMA_FOREIGN_KEY, name, offset, NULL);
        take_columns(p, &k->columns);
        if (!take(p, "REFERENCES")) {
            fail(p);
        }
        take_references(p, k);
    } else {
        return false;
    }
    return true;
}

static bool begins_constraint(const struct parse *p)
{
    return at_word(p, "CONSTRAINT") || at_word(p, "PRIMARY") || at_word(p, "UNIQUE") || at_word(p, "CHECK") ||
           at_word(p, "FOREIGN");
}

static void take_constraints(struct parse *p)
{
    const char *name = NULL;
    while (!at_end(p) && !at_symbol(p, ')')) {
        size_t offset = p->t.from;
        if (at_symbol(p, ',')) {
            step(p);
        } else if (take(p, "CONSTRAINT")) {
            name = take_name(p);
        } else if (!take_constraint(p, &name, offset)) {
            fail(p);
        }
    }
}

static void take_options(struct parse *p)
{
    while (!at_end(p)) {
        if (take(p, "WITHOUT")) {
            p->table->without_rowid = take(p, "ROWID");
            p->bad = p->bad || !p->table->without_rowid;
        } else if (take(p, "STRICT")) {
            p->table->strict = true;
        } else if (at_symbol(p, ',')) {
            step(p);
        } else {
            fail(p);
        }
    }
}

/* Names that a table's constraint has in common: the column's own spelling. */
static void spell_columns(struct schema_table *t)
{
    struct schema_constraint *k;
    struct schema_column *c;
    vec_each (k, &t->constraints) {
        for (size_t i = 0; i < k->columns.n; i++) {
            vec_each (c, &t->columns) {
                if (strcasecmp(c->name, k->columns.items[i]) == 0) {
                    k->columns.items[i] = c->name;
                }
            }
        }
        if (k->kind == SCHEMA_PRIMARY_KEY && t->autoincrement && k->columns.n == 1) {
            struct schema_column *own = schema_column(t, k->columns.items[0]);
            if (own) {
                own->autoincrement = true;
            }
        }
    }
}

void sqlite_parse_table(struct arena *a, struct schema_table *t)
{
    struct parse p = {.a = a, .text = slice_of(t->definition), .table = t};
    step(&p);
    if (!t->definition || !take(&p, "CREATE")) {
        t->partly_read = true;
        return;
    }
    if (!take(&p, "TEMP")) {
        take(&p, "TEMPORARY");
    }
    if (at_word(&p, "VIRTUAL") || !take(&p, "TABLE")) {
        t->partly_read = true;
        return;
    }
    take_name(&p);
    if (!at_symbol(&p, '(')) {
        fail(&p);
    }
    step(&p);
    for (bool first = true; !at_end(&p) && !begins_constraint(&p); first = false) {
        if (!first && !at_symbol(&p, ',')) {
            break;
        }
        if (!first) {
            step(&p);
            if (begins_constraint(&p)) {
                break;
            }
        }
        take_column(&p);
    }
    take_constraints(&p);
    if (!at_symbol(&p, ')')) {
        fail(&p);
    }
    step(&p);
    take_options(&p);
    spell_columns(t);
    t->partly_read = p.bad;
}

/* An expression without the order and the collation behind it, which are told apart from it. */
static const char *without_order(struct arena *a, const char *text, const struct schema_key *k)
{
    struct slice s = slice_of(text);
    struct sqlite_token last[3] = {{.kind = SQLITE_END}, {.kind = SQLITE_END}, {.kind = SQLITE_END}};
    size_t at = 0;
    for (struct sqlite_token t = sqlite_next(s, &at); t.kind != SQLITE_END && t.kind != SQLITE_BAD;
         t = sqlite_next(s, &at)) {
        last[0] = last[1], last[1] = last[2], last[2] = t;
    }
    if (last[1].kind != SQLITE_END &&
        (sqlite_is_word(s, last[2], "DESC") || sqlite_is_word(s, last[2], "ASC"))) {
        s = slice_trim((struct slice){s.ptr, last[2].from});
        return without_order(a, arena_dupn(a, s.ptr, s.len), k);
    }
    bool same = k->collation && strcasecmp(sqlite_unquote(a, s, last[2]), k->collation) == 0;
    if (last[0].kind != SQLITE_END && sqlite_is_word(s, last[1], "COLLATE") && same) {
        s = slice_trim((struct slice){s.ptr, last[1].from});
    }
    return arena_dupn(a, s.ptr, s.len);
}

/* Keys between the parentheses, cut at the commas outside of any. */
static void take_keys(struct parse *p, struct schema_index *x)
{
    size_t from = p->t.to, n = 0;
    int depth = 0;
    for (; !at_end(p); step(p)) {
        bool ends = at_symbol(p, ')') && depth == 1;
        if (depth == 1 && (ends || at_symbol(p, ','))) {
            if (n < x->keys.n && !x->keys.items[n].column) {
                const char *text = between(p, from, p->t.from);
                x->keys.items[n].expression = without_order(p->a, text, &x->keys.items[n]);
            }
            n++;
            from = p->t.to;
        }
        depth += at_symbol(p, '(') - at_symbol(p, ')');
        if (ends) {
            step(p);
            p->bad = p->bad || n != x->keys.n;
            return;
        }
    }
    fail(p);
}

bool sqlite_parse_index(struct arena *a, struct schema_index *x)
{
    struct parse p = {.a = a, .text = slice_of(x->definition)};
    step(&p);
    if (!take(&p, "CREATE")) {
        return false;
    }
    take(&p, "UNIQUE");
    if (!take(&p, "INDEX")) {
        return false;
    }
    take_name(&p);
    if (!take(&p, "ON")) {
        return false;
    }
    take_name(&p);
    if (!at_symbol(&p, '(')) {
        return false;
    }
    take_keys(&p, x);
    if (take(&p, "WHERE")) {
        x->predicate = between(&p, p.t.from, p.text.len);
        return !p.bad;
    }
    return !p.bad && p.t.kind == SQLITE_END;
}
