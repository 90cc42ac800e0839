/* A schema as text: one line for each thing it has, in an order that does not depend on the server. */
#include "engine/schema/describe.h"
#include <stdlib.h>
#include <string.h>

static void add_list(struct strbuf *out, const char *before, const strings_t *names)
{
    if (names->n == 0) {
        return;
    }
    strbuf_adds(out, before);
    for (size_t i = 0; i < names->n; i++) {
        strbuf_addf(out, "%s%s", i ? ", " : "(", names->items[i] ? names->items[i] : "NULL");
    }
    strbuf_addch(out, ')');
}

static void add_text(struct strbuf *out, const char *what, const char *text)
{
    if (text) {
        strbuf_addf(out, " %s <%s>", what, text);
    }
}

static void add_word(struct strbuf *out, bool is, const char *word)
{
    if (is) {
        strbuf_addf(out, " %s", word);
    }
}

static void add_options(struct strbuf *out, const struct schema_identity *i)
{
    strbuf_addf(out, "(start %lld increment %lld min %lld max %lld cache %lld%s)", (long long)i->start,
                (long long)i->increment, (long long)i->min, (long long)i->max, (long long)i->cache,
                i->cycle ? " cycle" : "");
}

static void add_column(struct strbuf *out, const struct schema_column *c)
{
    strbuf_addf(out, "  column %s %s", c->name, c->type);
    add_word(out, !c->nullable, "not null");
    add_text(out, "default", c->default_text);
    add_text(out, "on update", c->on_update);
    add_text(out, c->stored ? "stored" : "virtual", c->generated);
    if (c->identity) {
        strbuf_adds(out, c->identity->always ? " identity always " : " identity by default ");
        add_options(out, c->identity);
    }
    add_text(out, "charset", c->charset);
    add_text(out, "collation", c->collation);
    add_word(out, c->autoincrement, "autoincrement");
    add_word(out, c->hidden, "hidden");
    add_text(out, "on conflict", c->not_null_conflict);
    add_text(out, "comment", c->comment);
    strbuf_addch(out, '\n');
}

static void add_constraint(struct strbuf *out, const struct schema_constraint *k)
{
    static const char *const kinds[SCHEMA_CONSTRAINT_COUNT] = {"primary key", "unique", "foreign key",
                                                               "check", "exclusion"};
    strbuf_addf(out, "  %s %s", kinds[k->kind], k->name ? k->name : "-");
    add_list(out, " ", &k->columns);
    if (k->ref_table) {
        strbuf_addf(out, " references %s%s%s", k->ref_schema ? k->ref_schema : "", k->ref_schema ? "." : "",
                    k->ref_table);
        add_list(out, " ", &k->ref_columns);
    }
    add_text(out, "on delete", k->on_delete);
    add_text(out, "on update", k->on_update);
    add_text(out, "match", k->match);
    add_word(out, k->deferrable == 1, "deferrable");
    add_text(out, "initially", k->initially);
    add_text(out, "expression", k->expression);
    add_text(out, "definition", k->kind == SCHEMA_EXCLUSION ? k->definition : NULL);
    add_list(out, " include ", &k->include);
    add_word(out, k->no_inherit, "no inherit");
    add_word(out, k->not_valid, "not valid");
    add_word(out, k->nulls_not_distinct, "nulls not distinct");
    add_word(out, k->column != NULL, "in column");
    add_word(out, k->descending, "ordered");
    add_text(out, "on conflict", k->conflict);
    add_text(out, "comment", k->comment);
    strbuf_addch(out, '\n');
}

static void add_key(struct strbuf *out, const struct schema_key *k)
{
    strbuf_adds(out, k->column ? k->column : k->expression ? k->expression : "?");
    if (k->length) {
        strbuf_addf(out, "(%lld)", (long long)k->length);
    }
    add_text(out, "collation", k->collation);
    add_text(out, "opclass", k->opclass_default ? NULL : k->opclass);
    add_word(out, k->descending, "desc");
    add_word(out, k->nulls_first != k->descending && k->opclass,
             k->nulls_first ? "nulls first" : "nulls last");
}

static void add_index(struct strbuf *out, const struct schema_index *x)
{
    strbuf_addf(out, "  index %s", x->name);
    add_word(out, x->unique, "unique");
    add_text(out, "method", x->method);
    strbuf_adds(out, " (");
    for (size_t i = 0; i < x->keys.n; i++) {
        strbuf_adds(out, i ? ", " : "");
        add_key(out, &x->keys.items[i]);
    }
    strbuf_addch(out, ')');
    add_list(out, " include ", &x->include);
    add_text(out, "where", x->predicate);
    add_list(out, " with ", &x->options);
    add_text(out, "tablespace", x->tablespace);
    add_text(out, "parser", x->parser);
    add_word(out, x->nulls_not_distinct, "nulls not distinct");
    add_word(out, !x->valid, "invalid");
    add_text(out, "for", x->constraint);
    add_text(out, "comment", x->comment);
    strbuf_addch(out, '\n');
}

static int constraint_order(const void *a, const void *b)
{
    const struct schema_constraint *x = a, *y = b;
    if (x->kind != y->kind) {
        return x->kind < y->kind ? -1 : 1;
    }
    int names = strcmp(x->name ? x->name : "~", y->name ? y->name : "~");
    return names ? names : x->offset != y->offset ? (x->offset < y->offset ? -1 : 1) : 0;
}

static int index_order(const void *a, const void *b)
{
    return strcmp(((const struct schema_index *)a)->name, ((const struct schema_index *)b)->name);
}

static void add_table(struct strbuf *out, struct arena *a, const struct schema_table *t)
{
    static const char *const kinds[SCHEMA_TABLE_KIND_COUNT] = {"table", "partitioned table", "foreign table",
                                                               "view",  "materialized view", "virtual table"};
    strbuf_addf(out, "%s%s %s.%s", t->temporary ? "temporary " : "", kinds[t->kind], t->schema, t->name);
    add_word(out, t->without_rowid, "without rowid");
    add_word(out, t->strict, "strict");
    add_word(out, t->partly_read, "partly read");
    for (size_t i = 0; i < t->options.n; i++) {
        strbuf_addf(out, " %s=%s", t->options.items[i].name, t->options.items[i].value);
    }
    add_text(out, "partition by", t->partition_key);
    add_text(out, "partition of", t->partition_of);
    add_text(out, "for", t->partition_bound);
    add_text(out, "comment", t->comment);
    strbuf_addch(out, '\n');
    for (size_t i = 0; i < t->columns.n; i++) {
        add_column(out, &t->columns.items[i]);
    }
    size_t n = t->constraints.n, m = t->indexes.n;
    struct schema_constraint *constraints = arena_array(a, n + 1, sizeof(*constraints));
    struct schema_index *indexes = arena_array(a, m + 1, sizeof(*indexes));
    for (size_t i = 0; i < n; i++) {
        constraints[i] = t->constraints.items[i];
    }
    qsort(constraints, n, sizeof(*constraints), constraint_order);
    for (size_t i = 0; i < n; i++) {
        add_constraint(out, &constraints[i]);
    }
    for (size_t i = 0; i < m; i++) {
        indexes[i] = t->indexes.items[i];
    }
    qsort(indexes, m, sizeof(*indexes), index_order);
    for (size_t i = 0; i < m; i++) {
        add_index(out, &indexes[i]);
    }
    for (size_t i = 0; i < t->triggers.n; i++) {
        strbuf_addf(out, "  trigger %s", t->triggers.items[i].name);
        add_word(out, t->triggers.items[i].disabled, "disabled");
        add_text(out, "definition", t->triggers.items[i].definition);
        strbuf_addch(out, '\n');
    }
    if (t->kind == SCHEMA_VIEW || t->kind == SCHEMA_MATERIALIZED_VIEW || t->kind == SCHEMA_VIRTUAL) {
        add_text(out, " definition", t->definition);
        strbuf_addch(out, '\n');
    }
}

static int table_order(const void *a, const void *b)
{
    const struct schema_table *x = *(struct schema_table *const *)a, *y = *(struct schema_table *const *)b;
    int schemas = strcmp(x->schema, y->schema);
    return schemas ? schemas : strcmp(x->name, y->name);
}

void schema_describe(struct strbuf *out, const struct schema *s)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct schema_table **tables = arena_array(&a, s->tables.n + 1, sizeof(*tables));
    for (size_t i = 0; i < s->tables.n; i++) {
        tables[i] = s->tables.items[i];
    }
    qsort(tables, s->tables.n, sizeof(*tables), table_order);
    for (size_t i = 0; i < s->tables.n; i++) {
        add_table(out, &a, tables[i]);
    }
    for (size_t i = 0; i < s->sequences.n; i++) {
        const struct schema_sequence *q = &s->sequences.items[i];
        strbuf_addf(out, "sequence %s.%s %s ", q->schema, q->name, q->type);
        add_options(out, &q->options);
        if (q->owner_table) {
            strbuf_addf(out, " owned by %s.%s", q->owner_table, q->owner_column);
        }
        strbuf_addch(out, '\n');
    }
    for (size_t i = 0; i < s->enums.n; i++) {
        strbuf_addf(out, "enum %s.%s", s->enums.items[i].schema, s->enums.items[i].name);
        add_list(out, " ", &s->enums.items[i].labels);
        strbuf_addch(out, '\n');
    }
    for (size_t i = 0; i < s->domains.n; i++) {
        const struct schema_domain *d = &s->domains.items[i];
        strbuf_addf(out, "domain %s.%s %s", d->schema, d->name, d->type);
        add_word(out, !d->nullable, "not null");
        add_text(out, "default", d->default_text);
        add_text(out, "collation", d->collation);
        for (size_t k = 0; k < d->checks.n; k++) {
            strbuf_addf(out, " check %s <%s>", d->checks.items[k].name, d->checks.items[k].expression);
        }
        strbuf_addch(out, '\n');
    }
}
