/* Rows of information_schema: tables, columns, indexes, constraints, triggers. */
#include "engine/schema/mysql_add.h"
#include "engine/schema/mysql_text.h"
#include "engine/schema/mysql_token.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *not_empty(const char *text)
{
    return text && *text ? text : NULL;
}

static int table_order(const void *a, const void *b)
{
    const struct schema_table *x = *(struct schema_table *const *)a, *y = *(struct schema_table *const *)b;
    int schemas = strcmp(x->schema, y->schema);
    return schemas ? schemas : strcmp(x->name, y->name);
}

static void remember_names(struct mysql_reading *r)
{
    size_t n = r->s->tables.n;
    r->by_name = arena_array(r->a, n + 1, sizeof(struct schema_table *));
    if (n) {
        memcpy(r->by_name, r->s->tables.items, n * sizeof(struct schema_table *));
        qsort(r->by_name, n, sizeof(struct schema_table *), table_order);
    }
}

struct schema_table *mysql_table_of(struct mysql_reading *r, const struct rowset *rows, size_t i)
{
    struct schema_table key = {.schema = catalog_text(rows, i, 0), .name = catalog_text(rows, i, 1)};
    struct schema_table *const wanted = &key;
    size_t n = r->s->tables.n;
    for (size_t at = r->hint; at < n && at < r->hint + 2; at++) {
        if (table_order(&r->s->tables.items[at], &wanted) == 0) {
            r->hint = at;
            return r->s->tables.items[at];
        }
    }
    struct schema_table **found =
        n ? bsearch(&wanted, r->by_name, n, sizeof(struct schema_table *), table_order) : NULL;
    for (size_t at = 0; found && at < n; at++) {
        r->hint = r->s->tables.items[at] == *found ? at : r->hint;
    }
    return found ? *found : NULL;
}

static const char *option(const struct schema_table *t, const char *name)
{
    for (size_t i = 0; i < t->options.n; i++) {
        if (strcasecmp(t->options.items[i].name, name) == 0) {
            return t->options.items[i].value;
        }
    }
    return NULL;
}

static int option_order(const void *a, const void *b)
{
    return strcmp(((const struct schema_option *)a)->name, ((const struct schema_option *)b)->name);
}

static void add_option(struct arena *a, struct schema_table *t, const char *name, const char *value)
{
    if (value && *value) {
        struct schema_option *o = vec_push(a, &t->options);
        o->name = name;
        o->value = value;
    }
}

static const char *upper(struct arena *a, const char *text)
{
    char *copy = arena_dup(a, text);
    for (char *p = copy; *p; p++) {
        *p = (char)toupper((unsigned char)*p);
    }
    return copy;
}

/* row_format=DYNAMIC `page_compressed`='1' partitioned */
static void add_create_options(struct arena *a, struct schema_table *t, const char *text)
{
    struct slice s = slice_of(text);
    size_t at = 0;
    struct mysql_token k = mysql_next(s, &at);
    while (k.kind != MYSQL_END) {
        const char *name = upper(a, mysql_unquote(a, s, k));
        struct mysql_token next = mysql_next(s, &at);
        if (next.kind == MYSQL_SYMBOL && s.ptr[next.from] == '=') {
            struct mysql_token value = mysql_next(s, &at);
            const char *v = mysql_unquote(a, s, value);
            add_option(a, t, name, value.kind == MYSQL_STRING ? v : upper(a, v));
            next = mysql_next(s, &at);
        } else if (strcmp(name, "PARTITIONED") == 0) {
            t->kind = SCHEMA_PARTITIONED;
        }
        k = next;
    }
}

static void add_view(struct mysql_reading *r, struct schema_table *t, const struct rowset *rows, size_t i)
{
    const char *check = catalog_text(rows, i, 8), *algorithm = catalog_text(rows, i, 11);
    t->kind = SCHEMA_VIEW;
    t->definition = mysql_without_database(r->a, not_empty(catalog_text(rows, i, 7)), t->schema);
    t->definer = catalog_text(rows, i, 9);
    t->security = catalog_text(rows, i, 10);
    t->check_option = check && strcmp(check, "NONE") != 0 ? check : NULL;
    t->algorithm = algorithm && strcmp(algorithm, "UNDEFINED") != 0 ? algorithm : NULL;
    r->hidden_views += t->definition == NULL;
}

/* Aria's own options: it writes down what holds anyway, and a table keeps them when it has another engine. */
static bool is_left_over(const struct schema_table *t, const struct schema_option *o)
{
    const char *engine = option(t, "ENGINE");
    bool arias = strcmp(o->name, "TRANSACTIONAL") == 0 || strcmp(o->name, "PAGE_CHECKSUM") == 0;
    return arias && (strcmp(o->value, "1") == 0 || !engine || strcmp(engine, "Aria") != 0);
}

static void tidy_options(struct schema_table *t)
{
    size_t kept = 0;
    for (size_t i = 0; i < t->options.n; i++) {
        if (!is_left_over(t, &t->options.items[i])) {
            t->options.items[kept++] = t->options.items[i];
        }
    }
    t->options.n = kept;
    if (kept) {
        qsort(t->options.items, kept, sizeof(*t->options.items), option_order);
    }
}

static void add_base_table(struct mysql_reading *r, struct schema_table *t, const struct rowset *rows,
                           size_t i)
{
    const char *options = catalog_text(rows, i, 5);
    add_option(r->a, t, "ENGINE", catalog_text(rows, i, 3));
    add_option(r->a, t, "COLLATE", catalog_text(rows, i, 4));
    add_create_options(r->a, t, options ? options : "");
    if (strcmp(catalog_text(rows, i, 2), "SYSTEM VERSIONED") == 0) {
        add_option(r->a, t, "SYSTEM VERSIONING", "1");
    }
    tidy_options(t);
    t->comment = not_empty(catalog_text(rows, i, 6));
}

void mysql_add_tables(struct mysql_reading *r, const struct rowset *rows)
{
    for (size_t i = 0; i < rows->nrows; i++) {
        const char *type = catalog_text(rows, i, 2);
        if (strcmp(type, "SEQUENCE") == 0) {
            struct schema_sequence *q = vec_push(r->a, &r->s->sequences);
            q->schema = catalog_text(rows, i, 0);
            q->name = catalog_text(rows, i, 1);
            q->type = "bigint";
            q->visible = true;
            q->comment = not_empty(catalog_text(rows, i, 6));
            continue;
        }
        struct schema_table *t = catalog_add_table(r->a, r->s);
        t->schema = catalog_text(rows, i, 0);
        t->name = catalog_text(rows, i, 1);
        t->visible = true;
        t->temporary = strncmp(type, "TEMPORARY", 9) == 0;
        if (strcmp(type, "VIEW") == 0 || strcmp(type, "SYSTEM VIEW") == 0) {
            add_view(r, t, rows, i);
        } else {
            add_base_table(r, t, rows, i);
        }
    }
    remember_names(r);
}

const char *mysql_expression(struct mysql_reading *r, const struct schema_table *t, const char *text)
{
    return mysql_without_database(r->a, r->mariadb ? text : mysql_unescaped(r->a, text), t->schema);
}

/* MariaDB gives defaults as they stand in CREATE TABLE; MySQL gives values. */
static const char *default_of(struct mysql_reading *r, const char *text, const char *extra)
{
    if (!text || (r->mariadb && strcmp(text, "NULL") == 0)) {
        return NULL;
    }
    if (r->mariadb || strncasecmp(text, "CURRENT_TIMESTAMP", 17) == 0 || strncmp(text, "b'", 2) == 0) {
        return text;
    }
    return strstr(extra, "DEFAULT_GENERATED") ? arena_printf(r->a, "(%s)", mysql_unescaped(r->a, text))
                                              : mysql_quoted(r->a, text);
}

static void add_collation(struct schema_table *t, struct schema_column *c, const char *charset,
                          const char *collation)
{
    const char *own = option(t, "COLLATE");
    if (collation && own && strcmp(collation, own) != 0) {
        size_t n = strlen(charset);
        c->collation = collation;
        c->charset = strncmp(own, charset, n) == 0 && own[n] == '_' ? NULL : charset;
    }
}

static void add_column(struct mysql_reading *r, struct schema_table *t, const struct rowset *rows, size_t i)
{
    struct schema_column *c = vec_push(r->a, &t->columns);
    const char *extra = catalog_text(rows, i, 6);
    const char *update = strcasestr(extra, "on update ");
    c->name = catalog_text(rows, i, 2);
    c->type = catalog_text(rows, i, 3);
    c->nullable = catalog_flag(rows, i, 4);
    c->default_text = mysql_without_database(r->a, default_of(r, catalog_text(rows, i, 5), extra), t->schema);
    c->on_update = update ? arena_dupn(r->a, update + 10, strcspn(update + 10, " ,")) : NULL;
    c->autoincrement = strcasestr(extra, "auto_increment") != NULL;
    c->hidden = strcasestr(extra, "INVISIBLE") != NULL;
    if (strcasestr(extra, "VIRTUAL") || strcasestr(extra, "STORED") || strcasestr(extra, "PERSISTENT")) {
        c->generated = mysql_expression(r, t, catalog_text(rows, i, 10));
        c->stored = !strcasestr(extra, "VIRTUAL");
    }
    if (strcasestr(extra, "WITHOUT SYSTEM VERSIONING")) {
        c->storage = "WITHOUT SYSTEM VERSIONING";
    }
    add_collation(t, c, catalog_text(rows, i, 7), catalog_text(rows, i, 8));
    c->comment = not_empty(catalog_text(rows, i, 9));
}

void mysql_add_columns(struct mysql_reading *r, const struct rowset *rows)
{
    for (size_t i = 0; i < rows->nrows; i++) {
        struct schema_table *t = mysql_table_of(r, rows, i);
        if (t) {
            add_column(r, t, rows, i);
        }
    }
}

static void add_index(struct mysql_reading *r, struct schema_table *t, const struct rowset *rows, size_t i)
{
    struct schema_index *x = vec_push(r->a, &t->indexes);
    const char *type = catalog_text(rows, i, 4);
    x->name = catalog_text(rows, i, 2);
    x->primary = strcmp(x->name, "PRIMARY") == 0;
    x->unique = catalog_number(rows, i, 3) == 0;
    x->method = strcmp(type, "BTREE") == 0 ? NULL : type;
    x->comment = not_empty(catalog_text(rows, i, 8));
    x->ignored = catalog_flag(rows, i, 11);
    x->valid = true;
    x->plain = true;
}

/* What the key of a constraint says beyond its columns. */
static void add_key_options(struct mysql_reading *r, struct schema_constraint *c,
                            const struct schema_index *x)
{
    const struct schema_key *k;
    vec_each (k, &x->keys) {
        if (k->length) {
            *vec_push(r->a, &c->options) = arena_printf(r->a, "%s(%lld)", k->column, (long long)k->length);
        }
        if (k->descending) {
            *vec_push(r->a, &c->options) = arena_printf(r->a, "%s DESC", k->column);
        }
    }
    if (x->method) {
        *vec_push(r->a, &c->options) = arena_printf(r->a, "USING %s", x->method);
    }
    c->comment = x->comment;
}

/* A unique index is a constraint as well. As an object it is one thing, the index, which tells all of it. */
static void add_key_constraints(struct mysql_reading *r)
{
    struct schema_table **t;
    vec_each (t, &r->s->tables) {
        const struct schema_index *x;
        vec_each (x, &(*t)->indexes) {
            if (!x->primary && (!x->unique || (r->scope->parts & SCHEMA_REST))) {
                continue;
            }
            struct schema_constraint *k = vec_push(r->a, &(*t)->constraints);
            const struct schema_key *key;
            *k = (struct schema_constraint){.kind = x->primary ? SCHEMA_PRIMARY_KEY : SCHEMA_UNIQUE,
                                            .name = x->primary ? NULL : x->name,
                                            .deferrable = -1,
                                            .index = x->name};
            vec_each (key, &x->keys) {
                if (key->column) {
                    *vec_push(r->a, &k->columns) = key->column;
                }
            }
            add_key_options(r, k, x);
        }
    }
}

void mysql_add_indexes(struct mysql_reading *r, const struct rowset *rows)
{
    for (size_t i = 0; i < rows->nrows; i++) {
        struct schema_table *t = mysql_table_of(r, rows, i);
        if (!t) {
            continue;
        }
        if (catalog_number(rows, i, 10) == 1) {
            add_index(r, t, rows, i);
        }
        struct schema_index *x = &t->indexes.items[t->indexes.n - 1];
        struct schema_key *k = vec_push(r->a, &x->keys);
        const char *order = catalog_text(rows, i, 7);
        bool spatial = x->method && strcmp(x->method, "SPATIAL") == 0;
        k->column = catalog_text(rows, i, 5);
        k->expression = mysql_expression(r, t, catalog_text(rows, i, 9));
        k->length = spatial ? 0 : catalog_number(rows, i, 6);
        k->descending = order && *order == 'D';
        k->nulls_first = !k->descending;
        x->plain = x->plain && k->column && !k->length && !k->descending;
    }
    add_key_constraints(r);
}

/* RESTRICT is what a key without a rule has here, and the same as NO ACTION. */
static const char *action(const char *rule)
{
    return rule && strcmp(rule, "NO ACTION") != 0 && strcmp(rule, "RESTRICT") != 0 ? rule : NULL;
}

/* What the key does comes first, and then its columns. */
void mysql_add_foreign_keys(struct mysql_reading *r, const struct rowset *rows)
{
    for (size_t i = 0; i < rows->nrows; i++) {
        struct schema_table *t = mysql_table_of(r, rows, i);
        if (!t) {
            continue;
        }
        const char *name = catalog_text(rows, i, 2), *ref_schema = catalog_text(rows, i, 4);
        struct schema_constraint *k = t->constraints.n ? &t->constraints.items[t->constraints.n - 1] : NULL;
        bool first = !k || k->kind != SCHEMA_FOREIGN_KEY || strcmp(k->name, name) != 0;
        if (first) {
            k = vec_push(r->a, &t->constraints);
            *k = (struct schema_constraint){.kind = SCHEMA_FOREIGN_KEY, .name = name, .deferrable = -1};
            k->ref_schema = ref_schema && strcmp(ref_schema, t->schema) != 0 ? ref_schema : NULL;
            k->ref_table = catalog_text(rows, i, 5);
            k->on_delete = action(catalog_text(rows, i, 7));
            k->on_update = action(catalog_text(rows, i, 8));
        }
        if (catalog_text(rows, i, 3)) {
            *vec_push(r->a, &k->columns) = catalog_text(rows, i, 3);
            *vec_push(r->a, &k->ref_columns) = catalog_text(rows, i, 6);
        }
    }
}

void mysql_add_checks(struct mysql_reading *r, const struct rowset *rows)
{
    for (size_t i = 0; i < rows->nrows; i++) {
        struct schema_table *t = mysql_table_of(r, rows, i);
        if (!t) {
            continue;
        }
        struct schema_constraint *k = vec_push(r->a, &t->constraints);
        bool of_column = strcasecmp(catalog_text(rows, i, 5), "Column") == 0;
        *k = (struct schema_constraint){.kind = SCHEMA_CHECK, .deferrable = -1};
        k->name = of_column ? NULL : catalog_text(rows, i, 2);
        k->column = of_column ? catalog_text(rows, i, 2) : NULL;
        k->expression = mysql_expression(r, t, catalog_text(rows, i, 3));
        k->not_enforced = strcasecmp(catalog_text(rows, i, 4), "NO") == 0;
    }
}

/* Of those that fire at the same moment, each behind the first says whom it follows. */
void mysql_add_triggers(struct mysql_reading *r, const struct rowset *rows)
{
    for (size_t i = 0; i < rows->nrows; i++) {
        struct schema_table *t = mysql_table_of(r, rows, i);
        const char *follows = i > 0 ? catalog_text(rows, i - 1, 2) : NULL;
        for (size_t k = 0; k < 5 && follows; k++) {
            bool same = k == 2 || strcmp(catalog_text(rows, i, k), catalog_text(rows, i - 1, k)) == 0;
            follows = same ? follows : NULL;
        }
        if (t) {
            struct schema_trigger *g = vec_push(r->a, &t->triggers);
            const char *behind = follows ? arena_printf(r->a, "FOLLOWS %s ", mysql_name(r->a, follows)) : "";
            g->name = catalog_text(rows, i, 2);
            g->definition =
                arena_printf(r->a, "CREATE TRIGGER %s %s %s ON %s FOR EACH ROW %s%s",
                             mysql_name(r->a, g->name), catalog_text(rows, i, 3), catalog_text(rows, i, 4),
                             mysql_name(r->a, t->name), behind, catalog_text(rows, i, 5));
            g->definer = catalog_text(rows, i, 6);
            g->sql_mode = mysql_mode(r->a, catalog_text(rows, i, 7));
        }
    }
}
