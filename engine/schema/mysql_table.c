/*
 * SHOW CREATE TABLE of MySQL and MariaDB, read into a table. It tells what information_schema does not: which
 * character sets and collations are a column's own, and how the server itself writes defaults and checks.
 */
#include "engine/schema/mysql_table.h"
#include "engine/schema/mysql_token.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct parse {
    struct arena *a;
    struct slice text;
    size_t at;
    struct mysql_token t; /* the current token */
    struct schema_table *table;
};

static void step(struct parse *p)
{
    p->t = mysql_next(p->text, &p->at);
}

static bool at_word(const struct parse *p, const char *word)
{
    return mysql_is_word(p->text, p->t, word);
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
    return p->t.kind == MYSQL_SYMBOL && p->text.ptr[p->t.from] == c;
}

static bool at_end(const struct parse *p)
{
    return p->t.kind == MYSQL_END;
}

static const char *take_text(struct parse *p)
{
    if (at_end(p)) {
        p->table->partly_read = true;
        return "";
    }
    const char *text = mysql_unquote(p->a, p->text, p->t);
    step(p);
    return text;
}

/* From the parenthesis that is the current token to behind its counterpart; the text without them. */
static const char *take_parentheses(struct parse *p)
{
    size_t from = p->t.to;
    int depth = 0;
    for (; !at_end(p); step(p)) {
        depth += at_symbol(p, '(') - at_symbol(p, ')');
        if (depth == 0) {
            const char *text = arena_dupn(p->a, p->text.ptr + from, p->t.from - from);
            step(p);
            return text;
        }
    }
    p->table->partly_read = true;
    return "";
}

/* To the comma or the closing parenthesis that ends this item of the list. */
static void skip_item(struct parse *p)
{
    while (!at_end(p) && !at_symbol(p, ',') && !at_symbol(p, ')')) {
        if (at_symbol(p, '(')) {
            take_parentheses(p);
        } else {
            step(p);
        }
    }
}

/* "int(11) unsigned zerofill" */
static void take_type(struct parse *p, struct schema_column *c)
{
    size_t from = p->t.from, to = p->t.to;
    step(p);
    if (at_symbol(p, '(') && !p->t.blank) {
        take_parentheses(p);
        to = p->t.from;
        while (to > from && p->text.ptr[to - 1] != ')') {
            to--;
        }
    }
    while (at_word(p, "unsigned") || at_word(p, "zerofill")) {
        to = p->t.to;
        step(p);
    }
    c->type = arena_dupn(p->a, p->text.ptr + from, to - from);
}

/* current_timestamp(), -1.5, b'0', 'x', (expression), concat('a', 'b') */
static void take_default(struct parse *p, struct schema_column *c)
{
    size_t from = p->t.from, to;
    do {
        if (at_symbol(p, '(')) {
            take_parentheses(p);
            to = p->t.from;
            while (to > from && p->text.ptr[to - 1] != ')') {
                to--;
            }
        } else {
            to = p->t.to;
            step(p);
        }
    } while (!at_end(p) && !p->t.blank && !at_symbol(p, ',') && !at_symbol(p, ')'));
    const char *text = arena_dupn(p->a, p->text.ptr + from, to - from);
    c->default_text = strcmp(text, "NULL") == 0 ? NULL : text;
}

static void take_on_update(struct parse *p, struct schema_column *c)
{
    struct schema_column own = {0};
    take_default(p, &own);
    c->on_update = own.default_text;
}

static void take_column_check(struct parse *p, struct schema_column *c)
{
    if (!at_symbol(p, '(')) {
        p->table->partly_read = true;
        return;
    }
    struct schema_constraint *k = vec_push(p->a, &p->table->constraints);
    *k = (struct schema_constraint){.kind = SCHEMA_CHECK, .deferrable = -1, .column = c->name};
    k->expression = take_parentheses(p);
}

static bool take_attribute(struct parse *p, struct schema_column *c)
{
    if (take(p, "CHARACTER")) {
        take(p, "SET");
        c->charset = take_text(p);
    } else if (take(p, "COLLATE")) {
        c->collation = take_text(p);
    } else if (take(p, "NOT")) {
        take(p, "NULL");
        c->nullable = false;
    } else if (take(p, "NULL")) {
        c->nullable = true;
    } else if (take(p, "DEFAULT")) {
        take_default(p, c);
    } else if (take(p, "ON")) {
        take(p, "UPDATE");
        take_on_update(p, c);
    } else if (take(p, "AUTO_INCREMENT")) {
        c->autoincrement = true;
    } else if (take(p, "COMMENT")) {
        c->comment = take_text(p);
    } else if (take(p, "GENERATED")) {
        take(p, "ALWAYS");
    } else if (take(p, "AS") && at_symbol(p, '(')) {
        c->generated = take_parentheses(p);
    } else if (take(p, "STORED") || take(p, "PERSISTENT")) {
        c->stored = true;
    } else if (take(p, "INVISIBLE")) {
        c->hidden = true;
    } else if (take(p, "CHECK")) {
        take_column_check(p, c);
    } else {
        return false;
    }
    return true;
}

static void take_column(struct parse *p)
{
    struct schema_column *c = vec_push(p->a, &p->table->columns);
    c->name = take_text(p);
    c->nullable = true;
    take_type(p, c);
    while (!at_end(p) && !at_symbol(p, ',') && !at_symbol(p, ')')) {
        if (!take_attribute(p, c)) {
            step(p); /* VIRTUAL, COLUMN_FORMAT x, STORAGE x, COMPRESSED, REF_SYSTEM_ID */
        }
    }
}

/* (`a`(10),`b` DESC,(lower(`c`))) */
static void take_keys(struct parse *p, struct schema_index *x)
{
    x->plain = true;
    step(p);
    while (!at_end(p) && !at_symbol(p, ')')) {
        struct schema_key *k = vec_push(p->a, &x->keys);
        if (p->t.kind == MYSQL_NAME) {
            k->column = take_text(p);
            if (at_symbol(p, '(')) {
                k->length = strtoll(take_parentheses(p), NULL, 10);
            }
        } else if (at_symbol(p, '(')) {
            k->expression = take_parentheses(p);
        }
        k->descending = take(p, "DESC");
        take(p, "ASC");
        k->nulls_first = !k->descending;
        x->plain = x->plain && k->column && !k->length && !k->descending;
        while (!at_end(p) && !at_symbol(p, ',') && !at_symbol(p, ')')) {
            p->table->partly_read = true;
            step(p);
        }
        if (at_symbol(p, ',')) {
            step(p);
        }
    }
    step(p);
}

static void take_index_options(struct parse *p, struct schema_index *x)
{
    while (!at_end(p) && !at_symbol(p, ',') && !at_symbol(p, ')')) {
        if (take(p, "USING")) {
            x->method = take_text(p);
        } else if (take(p, "COMMENT")) {
            x->comment = take_text(p);
        } else if (take(p, "PARSER")) {
            x->parser = take_text(p);
        } else {
            step(p);
        }
    }
}

static void add_key_constraint(struct parse *p, enum schema_constraint_kind kind,
                               const struct schema_index *x)
{
    struct schema_constraint *k = vec_push(p->a, &p->table->constraints);
    const struct schema_key *key;
    *k = (struct schema_constraint){.kind = kind, .deferrable = -1, .index = x->name};
    k->name = kind == SCHEMA_UNIQUE ? x->name : NULL;
    vec_each (key, &x->keys) {
        if (key->column) {
            *vec_push(p->a, &k->columns) = key->column;
        }
    }
}

/* [PRIMARY|UNIQUE|FULLTEXT|SPATIAL] KEY; `type` is that word, or NULL. */
static void take_index(struct parse *p, const char *type)
{
    struct schema_index *x = vec_push(p->a, &p->table->indexes);
    x->primary = type && strcasecmp(type, "PRIMARY") == 0;
    x->unique = x->primary || (type && strcasecmp(type, "UNIQUE") == 0);
    x->method = type && !x->unique ? type : NULL;
    x->name = x->primary ? "PRIMARY" : take_text(p);
    x->valid = true;
    if (take(p, "USING")) {
        x->method = take_text(p);
    }
    if (!at_symbol(p, '(')) {
        p->table->partly_read = true;
        return;
    }
    take_keys(p, x);
    take_index_options(p, x);
    if (x->unique) {
        add_key_constraint(p, x->primary ? SCHEMA_PRIMARY_KEY : SCHEMA_UNIQUE, x);
    }
}

static void take_names(struct parse *p, strings_t *out)
{
    step(p);
    while (!at_end(p) && !at_symbol(p, ')')) {
        if (p->t.kind == MYSQL_NAME) {
            *vec_push(p->a, out) = take_text(p);
        } else {
            step(p);
        }
    }
    step(p);
}

static const char *take_action(struct parse *p)
{
    const char *first = take_text(p);
    if (strcasecmp(first, "SET") == 0 || strcasecmp(first, "NO") == 0) {
        const char *action = arena_printf(p->a, "%s %s", first, take_text(p));
        return strcasecmp(action, "NO ACTION") == 0 ? NULL : action;
    }
    return first;
}

static void take_foreign_key(struct parse *p, const char *name)
{
    struct schema_constraint *k = vec_push(p->a, &p->table->constraints);
    *k = (struct schema_constraint){.kind = SCHEMA_FOREIGN_KEY, .name = name, .deferrable = -1};
    take_names(p, &k->columns);
    take(p, "REFERENCES");
    k->ref_table = take_text(p);
    if (at_symbol(p, '.')) {
        step(p);
        k->ref_schema = k->ref_table;
        k->ref_table = take_text(p);
    }
    take_names(p, &k->ref_columns);
    while (!at_end(p) && !at_symbol(p, ',') && !at_symbol(p, ')')) {
        if (take(p, "MATCH")) {
            k->match = take_text(p);
        } else if (take(p, "DELETE")) {
            k->on_delete = take_action(p);
        } else if (take(p, "UPDATE")) {
            k->on_update = take_action(p);
        } else {
            step(p); /* ON */
        }
    }
}

static void take_constraint(struct parse *p)
{
    const char *name = take_text(p);
    if (take(p, "FOREIGN")) {
        take(p, "KEY");
        take_foreign_key(p, name);
    } else if (take(p, "CHECK") && at_symbol(p, '(')) {
        struct schema_constraint *k = vec_push(p->a, &p->table->constraints);
        *k = (struct schema_constraint){.kind = SCHEMA_CHECK, .name = name, .deferrable = -1};
        k->expression = take_parentheses(p);
        k->not_enforced = take(p, "NOT");
        skip_item(p);
    } else {
        p->table->partly_read = true;
        skip_item(p);
    }
}

static void take_item(struct parse *p)
{
    if (p->t.kind == MYSQL_NAME) {
        take_column(p);
    } else if (take(p, "CONSTRAINT")) {
        take_constraint(p);
    } else if (take(p, "KEY")) {
        take_index(p, NULL);
    } else {
        const char *type = take_text(p);
        if (take(p, "KEY")) {
            take_index(p, type);
        } else {
            p->table->partly_read = true;
            skip_item(p);
        }
    }
}

/* ENGINE=InnoDB AUTO_INCREMENT=5 DEFAULT CHARSET=utf8mb4 COLLATE=... COMMENT='x' PARTITION BY ... */
static void take_options(struct parse *p)
{
    while (!at_end(p)) {
        if (at_word(p, "PARTITION") || at_word(p, "SUBPARTITION")) {
            struct slice rest = slice_trim((struct slice){p->text.ptr + p->t.from, p->text.len - p->t.from});
            p->table->partition_key = arena_dupn(p->a, rest.ptr, rest.len);
            return;
        }
        size_t from = p->t.from, to = from;
        while (!at_end(p) && !at_symbol(p, '=')) {
            to = p->t.to;
            step(p);
        }
        if (at_end(p)) {
            return; /* WITH SYSTEM VERSIONING */
        }
        step(p);
        struct schema_option *o = vec_push(p->a, &p->table->options);
        o->name = arena_dupn(p->a, p->text.ptr + from, to - from);
        if (at_symbol(p, '(')) {
            o->value = take_parentheses(p);
        } else {
            o->value = take_text(p);
        }
        if (strcasecmp(o->name, "COMMENT") == 0) {
            p->table->comment = o->value;
        }
    }
}

void mysql_parse_table(struct arena *a, struct schema_table *t)
{
    struct parse p = {.a = a, .text = slice_of(t->definition), .table = t};
    step(&p);
    while (!at_end(&p) && !at_symbol(&p, '(')) {
        step(&p);
    }
    step(&p);
    while (!at_end(&p) && !at_symbol(&p, ')')) {
        take_item(&p);
        if (at_symbol(&p, ',')) {
            step(&p);
        }
    }
    step(&p);
    take_options(&p);
}
