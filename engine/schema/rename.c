/* Renames done in a schema: whatever names what is renamed names it anew. */
#include "engine/schema/ddl_text.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct renaming {
    struct arena *a;
    struct schema *s;
    const char *old, *new; /* names alone */
};

static bool same(const char *x, const char *y)
{
    return x && y && strcmp(x, y) == 0;
}

static void rename_in(const struct renaming *x, const char **name)
{
    *name = same(*name, x->old) ? x->new : *name;
}

static void rename_names(const struct renaming *x, strings_t *names)
{
    const char **n;
    vec_each (n, names) {
        rename_in(x, n);
    }
}

static bool word_byte(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

/* The identifier wherever it stands in the text, quoted or not. */
static void rename_words(const struct renaming *x, const char **text)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT, from = STRBUF_INIT, to = STRBUF_INIT;
    struct pen pen = pen_of(x->a, x->s, false, NULL, NULL);
    if (!*text) {
        return;
    }
    pen_name(&from, &pen, x->old);
    pen_name(&to, &pen, x->new);
    for (const char *p = *text; *p;) {
        bool begins = p == *text || !word_byte(p[-1]);
        if (begins && strncmp(p, strbuf_cstr(&from), from.len) == 0 &&
            (!word_byte(p[from.len]) || !word_byte(from.ptr[from.len - 1]))) {
            strbuf_add(&b, to.ptr, to.len);
            p += from.len;
        } else {
            strbuf_addch(&b, *p++);
        }
    }
    *text = arena_dup(x->a, strbuf_cstr(&b));
}

static void rename_words_of(const struct renaming *x, struct schema_table *t)
{
    struct schema_constraint *k;
    struct schema_index *i;
    struct schema_key *key;
    struct schema_trigger *g;
    struct schema_policy *p;
    struct schema_column *c;
    vec_each (c, &t->columns) {
        rename_words(x, &c->generated);
    }
    vec_each (k, &t->constraints) {
        rename_words(x, &k->expression);
        rename_words(x, &k->definition);
    }
    vec_each (i, &t->indexes) {
        vec_each (key, &i->keys) {
            rename_words(x, &key->expression);
        }
        rename_words(x, &i->predicate);
        rename_words(x, &i->definition);
    }
    vec_each (g, &t->triggers) {
        rename_words(x, &g->definition);
    }
    vec_each (p, &t->policies) {
        rename_words(x, &p->using_text);
        rename_words(x, &p->with);
    }
    rename_words(x, &t->partition_key);
}

static const char *printed(const struct renaming *x, const char *schema, const char *name)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    struct pen pen = pen_of(x->a, x->s, false, NULL, NULL);
    pen_path(&b, &pen, schema, name);
    return arena_dup(x->a, strbuf_cstr(&b));
}

static bool refers_to(const struct schema_constraint *k, const struct schema_table *by,
                      const struct schema_table *t)
{
    const char *schema = k->ref_owner ? k->ref_owner : k->ref_schema ? k->ref_schema : by->schema;
    return same(k->ref_table, t->name) && (!schema || !t->schema || strcmp(schema, t->schema) == 0);
}

static bool is_child_of(const struct schema_table *t, const char *path)
{
    for (size_t i = 0; i < t->inherits.n; i++) {
        if (strcmp(t->inherits.items[i], path) == 0) {
            return true;
        }
    }
    return same(t->partition_of, path);
}

static void rename_table(const struct renaming *x, struct schema_table *t)
{
    struct schema_table *const *other;
    struct schema_constraint *k;
    struct schema_sequence *q;
    const struct renaming parent = {x->a, x->s, printed(x, t->schema, x->old), printed(x, t->schema, x->new)};
    vec_each (other, &x->s->tables) {
        vec_each (k, &(*other)->constraints) {
            if (refers_to(k, *other, t)) {
                k->ref_table = x->new;
            }
        }
        rename_in(&parent, &(*other)->partition_of);
        rename_names(&parent, &(*other)->inherits);
    }
    vec_each (q, &x->s->sequences) {
        if (!q->schema || !t->schema || strcmp(q->schema, t->schema) == 0) {
            rename_in(x, &q->owner_table);
        }
    }
    rename_words_of(x, t);
    t->name = x->new;
}

static void rename_column(const struct renaming *x, struct schema_table *t)
{
    struct schema_table *const *other;
    struct schema_column *c;
    struct schema_constraint *k;
    struct schema_index *i;
    struct schema_key *key;
    struct schema_sequence *q;
    const char *path = printed(x, t->schema, t->name);
    vec_each (c, &t->columns) {
        rename_in(x, &c->name);
    }
    vec_each (k, &t->constraints) {
        rename_names(x, &k->columns);
        rename_names(x, &k->include);
    }
    vec_each (i, &t->indexes) {
        vec_each (key, &i->keys) {
            rename_in(x, &key->column);
        }
        rename_names(x, &i->include);
    }
    vec_each (q, &x->s->sequences) {
        if (same(q->owner_table, t->name) &&
            (!q->schema || !t->schema || strcmp(q->schema, t->schema) == 0)) {
            rename_in(x, &q->owner_column);
        }
    }
    rename_words_of(x, t);
    vec_each (other, &x->s->tables) {
        vec_each (k, &(*other)->constraints) {
            if (refers_to(k, *other, t)) {
                rename_names(x, &k->ref_columns);
            }
        }
        if (is_child_of(*other, path)) {
            rename_column(x, *other);
        }
    }
}

static void rename_child(const struct renaming *x, enum schema_kind kind, struct schema_table *t)
{
    struct schema_constraint *k;
    struct schema_index *i;
    if (kind == SCHEMA_K_COLUMN) {
        rename_column(x, t);
        return;
    }
    vec_each (k, &t->constraints) {
        if (kind == SCHEMA_K_CONSTRAINT && same(k->name, x->old)) {
            rename_in(x, &k->index);
            k->name = x->new;
        }
    }
    vec_each (i, &t->indexes) {
        if (kind == SCHEMA_K_INDEX) {
            rename_words(x, &i->definition);
            rename_in(x, &i->name);
        }
    }
}

/* "users" of "users.email"; NULL: the path of a table, or of nothing in it. */
static bool find(struct arena *a, const struct schema *s, enum schema_kind kind, const char *path,
                 struct schema_item *out)
{
    schema_items_t items, children;
    const struct schema_item *i, *child;
    schema_items(a, s, &items);
    vec_each (i, &items) {
        if (i->kind != SCHEMA_K_TABLE) {
            continue;
        }
        if (kind == SCHEMA_K_TABLE && strcmp(schema_item_path(a, i), path) == 0) {
            *out = *i;
            return true;
        }
        if (kind == SCHEMA_K_TABLE) {
            continue;
        }
        schema_children(a, s, i->object, true, &children);
        vec_each (child, &children) {
            if (child->kind == kind && strcmp(schema_item_path(a, child), path) == 0) {
                *out = *child;
                return true;
            }
        }
    }
    return false;
}

/* A child may be called by the name that its table had before, too. */
static const char *path_now(struct arena *a, const schema_renames_t *done, const char *path)
{
    const struct schema_rename *r;
    vec_each (r, done) {
        size_t n = strlen(r->from);
        if (r->kind == SCHEMA_K_TABLE && strncmp(path, r->from, n) == 0 && path[n] == '.') {
            path = arena_printf(a, "%s%s", r->to, path + n);
        }
    }
    return path;
}

static int rename_one(struct arena *a, struct schema *s, const struct schema_rename *r,
                      schema_renames_t *done, struct err *err)
{
    struct schema_item item, taken;
    const char *from = path_now(a, done, r->from), *to = path_now(a, done, r->to);
    if (!find(a, s, r->kind, from, &item)) {
        return err_set(err, ERR_USAGE, "there is no %s %s to rename", schema_kind_info(r->kind)->name,
                       r->from);
    }
    size_t within = strlen(from) - strlen(item.name);
    const char *new = strncmp(from, to, within) == 0 ? to + within : to;
    const char *path = arena_printf(a, "%.*s%s", (int)within, from, new);
    if (*new == '\0' || find(a, s, r->kind, path, &taken)) {
        return err_set(err, ERR_USAGE, "%s cannot be renamed to %s: there is one of that name", r->from,
                       r->to);
    }
    const struct renaming x = {a, s, arena_dup(a, item.name), arena_dup(a, new)};
    struct schema_table *t =
        schema_table(s, item.schema ? item.schema : s->name, item.table ? item.table->name : item.name);
    *vec_push(a, done) = (struct schema_rename){r->kind, from, path};
    if (r->kind == SCHEMA_K_TABLE) {
        rename_table(&x, t);
    } else {
        rename_child(&x, r->kind, t);
    }
    return 0;
}

int schema_renamed(struct arena *a, const struct schema *from, const schema_renames_t *renames,
                   struct schema **out, schema_renames_t *done, struct err *err)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    struct schema *copy;
    const struct schema_rename *r;
    schema_renames_t said = {0};
    schema_write(&b, from, SCHEMA_TEXT_SNAPSHOT);
    int rc = schema_parse(a, (struct slice){strbuf_cstr(&b), b.len}, "the schema", &copy, err);
    for (int children = 0; rc == 0 && children < 2; children++) {
        vec_each (r, renames) {
            if ((r->kind != SCHEMA_K_TABLE) == children) {
                rc = rc ? rc : rename_one(a, copy, r, &said, err);
            }
        }
    }
    if (rc == 0) {
        *out = copy;
        *done = said;
    }
    return rc;
}
