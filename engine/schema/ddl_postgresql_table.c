/* PostgreSQL: tables, columns and constraints as CREATE TABLE and ALTER TABLE have them. */
#include "engine/schema/ddl_postgresql.h"
#include <string.h>

void pg_column(struct strbuf *b, const struct pen *p, const struct schema_column *c)
{
    pen_name(b, p, c->name);
    strbuf_addf(b, " %s", c->type);
    if (c->collation) {
        strbuf_adds(b, " COLLATE ");
        pen_name(b, p, c->collation);
    }
    if (c->generated) {
        strbuf_addf(b, " GENERATED ALWAYS AS (%s) %s", c->generated, c->stored ? "STORED" : "VIRTUAL");
    } else if (c->identity) {
        strbuf_addf(b, " GENERATED %s AS IDENTITY (", c->identity->always ? "ALWAYS" : "BY DEFAULT");
        pg_identity_options(b, c->identity);
        strbuf_addch(b, ')');
    } else if (c->default_text) {
        strbuf_addf(b, " DEFAULT %s", c->default_text);
    }
    strbuf_adds(b, c->nullable ? "" : " NOT NULL");
}

static void add_key_list(struct strbuf *b, const struct pen *p, const struct schema_constraint *k)
{
    strbuf_addch(b, ' ');
    pen_names(b, p, &k->columns);
    if (k->include.n) {
        strbuf_adds(b, " INCLUDE ");
        pen_names(b, p, &k->include);
    }
    for (size_t i = 0; i < k->options.n; i++) {
        strbuf_addf(b, "%s%s", i ? ", " : " WITH (", k->options.items[i]);
    }
    strbuf_adds(b, k->options.n ? ")" : "");
}

static void add_reference(struct strbuf *b, const struct pen *p, const struct schema_constraint *k)
{
    strbuf_adds(b, "FOREIGN KEY ");
    pen_names(b, p, &k->columns);
    strbuf_adds(b, " REFERENCES ");
    pen_path(b, p, k->ref_schema, k->ref_table);
    strbuf_addch(b, ' ');
    pen_names(b, p, &k->ref_columns);
    if (k->match) {
        strbuf_addf(b, " MATCH %s", k->match);
    }
    if (k->on_update) {
        strbuf_addf(b, " ON UPDATE %s", k->on_update);
    }
    if (k->on_delete) {
        strbuf_addf(b, " ON DELETE %s", k->on_delete);
    }
}

void pg_constraint(struct strbuf *b, const struct pen *p, const struct schema_constraint *k)
{
    strbuf_adds(b, "CONSTRAINT ");
    pen_name(b, p, k->name);
    strbuf_addch(b, ' ');
    switch (k->kind) {
    case SCHEMA_PRIMARY_KEY:
        strbuf_adds(b, "PRIMARY KEY");
        add_key_list(b, p, k);
        break;
    case SCHEMA_UNIQUE:
        strbuf_adds(b, k->nulls_not_distinct ? "UNIQUE NULLS NOT DISTINCT" : "UNIQUE");
        add_key_list(b, p, k);
        break;
    case SCHEMA_FOREIGN_KEY:
        add_reference(b, p, k);
        break;
    case SCHEMA_CHECK:
        strbuf_addf(b, "CHECK (%s)%s", k->expression, k->no_inherit ? " NO INHERIT" : "");
        break;
    case SCHEMA_EXCLUSION:
        strbuf_adds(b, k->definition); /* ends with DEFERRABLE where it is so */
        return;
    case SCHEMA_CONSTRAINT_COUNT:
        break;
    }
    if (k->deferrable == 1) {
        strbuf_adds(b, " DEFERRABLE");
        strbuf_adds(b, k->initially && strcmp(k->initially, "DEFERRED") == 0 ? " INITIALLY DEFERRED" : "");
    }
    strbuf_adds(b, k->not_valid ? " NOT VALID" : "");
}

void pg_column_rest(const struct pen *p, const struct schema_item *item)
{
    const struct schema_column *c = item->object;
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT, head = STRBUF_INIT;
    strbuf_adds(&head, "ALTER TABLE ");
    pen_path(&head, p, item->table->schema, item->table->name);
    strbuf_adds(&head, " ALTER COLUMN ");
    pen_name(&head, p, c->name);
    if (c->storage) {
        strbuf_addf(&b, "%s SET STORAGE %s", strbuf_cstr(&head), c->storage);
        pen_say(p, &b);
    }
    if (c->compression) {
        strbuf_addf(&b, "%s SET COMPRESSION %s", strbuf_cstr(&head), c->compression);
        pen_say(p, &b);
    }
    if (c->statistics) {
        strbuf_addf(&b, "%s SET STATISTICS %lld", strbuf_cstr(&head), pg_statistics(c));
        pen_say(p, &b);
    }
    pg_comment(p, item, c->comment, false);
}

static void add_options(struct strbuf *b, const struct schema_table *t)
{
    for (size_t i = 0; i < t->options.n; i++) {
        strbuf_addf(b, "%s%s=%s", i ? ", " : " WITH (", t->options.items[i].name, t->options.items[i].value);
    }
    strbuf_adds(b, t->options.n ? ")" : "");
}

static int create_view(const struct pen *p, const struct schema_item *item)
{
    const struct schema_table *t = item->object;
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    bool lasting = t->kind == SCHEMA_MATERIALIZED_VIEW;
    struct slice text = slice_trim(slice_of(t->definition));
    text.len -= text.len && text.ptr[text.len - 1] == ';';
    strbuf_addf(&b, "CREATE %s ", lasting ? "MATERIALIZED VIEW" : "VIEW");
    pen_path(&b, p, t->schema, t->name);
    add_options(&b, t);
    strbuf_adds(&b, " AS\n");
    strbuf_add(&b, text.ptr, text.len);
    if (t->check_option) {
        strbuf_addf(&b, "\nWITH %s CHECK OPTION", t->check_option);
    }
    pen_say(p, &b);
    pg_comment(p, item, t->comment, false);
    return 0;
}

/* Of two keys alike in one CREATE TABLE the server makes one. */
static bool is_said_again(const struct schema_table *t, const struct schema_constraint *k)
{
    const struct schema_constraint *other;
    vec_each (other, &t->constraints) {
        bool key = other->kind == SCHEMA_PRIMARY_KEY || other->kind == SCHEMA_UNIQUE;
        bool alike = key && other->columns.n == k->columns.n && k->kind == SCHEMA_UNIQUE && !other->inherited;
        for (size_t i = 0; alike && i < k->columns.n; i++) {
            alike = strcmp(k->columns.items[i], other->columns.items[i]) == 0;
        }
        if (alike && other != k) {
            return other < k || other->kind == SCHEMA_PRIMARY_KEY;
        }
    }
    return false;
}

static bool is_said_later(const struct schema_table *t, const struct schema_constraint *k)
{
    return k->kind != SCHEMA_FOREIGN_KEY && !k->inherited && (k->not_valid || is_said_again(t, k));
}

/* What it has from its parent is not said again; a partition without more has no parentheses. */
static void add_body(struct strbuf *b, const struct pen *p, const struct schema_table *t)
{
    const char *first = " (\n    ", *between = first;
    const struct schema_column *c;
    const struct schema_constraint *k;
    vec_each (c, &t->columns) {
        if (!c->inherited && !t->partition_of) {
            strbuf_adds(b, between);
            pg_column(b, p, c);
            between = ",\n    ";
        }
    }
    vec_each (k, &t->constraints) {
        if (k->kind != SCHEMA_FOREIGN_KEY && !k->inherited && !is_said_later(t, k)) {
            strbuf_adds(b, between);
            pg_constraint(b, p, k);
            between = ",\n    ";
        }
    }
    strbuf_adds(b, between != first ? "\n)" : t->partition_of ? "" : " ()");
}

static void add_tail(struct strbuf *b, const struct pen *p, const struct schema_table *t)
{
    if (t->inherits.n) {
        for (size_t i = 0; i < t->inherits.n; i++) {
            strbuf_addf(b, "%s%s", i ? ", " : " INHERITS (", t->inherits.items[i]);
        }
        strbuf_addch(b, ')');
    }
    if (t->partition_key) {
        strbuf_addf(b, " PARTITION BY %s", t->partition_key);
    }
    if (t->server) {
        strbuf_adds(b, " SERVER ");
        pen_name(b, p, t->server);
    }
    if (t->access_method) {
        strbuf_addf(b, " USING %s", t->access_method);
    }
    if (!t->server) {
        add_options(b, t);
    }
    if (t->tablespace) {
        strbuf_adds(b, " TABLESPACE ");
        pen_name(b, p, t->tablespace);
    }
}

static void say_for_table(const struct pen *p, const struct schema_table *t, const char *what)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    strbuf_adds(&b, "ALTER TABLE ");
    pen_path(&b, p, t->schema, t->name);
    strbuf_addf(&b, " %s", what);
    pen_say(p, &b);
}

static const struct schema_column *column_of_parent(const struct pen *p, const struct schema_table *t,
                                                    const char *name)
{
    struct schema_table *const *other;
    vec_each (other, &p->s->tables) {
        AUTO(strbuf_release) struct strbuf path = STRBUF_INIT;
        pen_path(&path, p, (*other)->schema, (*other)->name);
        bool parent = t->partition_of && strcmp(strbuf_cstr(&path), t->partition_of) == 0;
        for (size_t i = 0; i < t->inherits.n; i++) {
            parent = parent || strcmp(strbuf_cstr(&path), t->inherits.items[i]) == 0;
        }
        const struct schema_column *c = parent ? schema_column(*other, name) : NULL;
        if (c) {
            return c;
        }
    }
    return NULL;
}

static bool same(const char *x, const char *y)
{
    return x == y || (x && y && strcmp(x, y) == 0);
}

/* A column from a parent may have a default and a NOT NULL of its own. */
static void say_own(const struct pen *p, const struct schema_table *t, const struct schema_column *c)
{
    const struct schema_column *parent =
        c->inherited || t->partition_of ? column_of_parent(p, t, c->name) : NULL;
    if (!parent) {
        return;
    }
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    pen_name(&b, p, c->name);
    const char *name = strbuf_cstr(&b);
    if (!c->generated && !c->identity && !same(c->default_text, parent->default_text)) {
        say_for_table(p, t,
                      c->default_text
                          ? arena_printf(p->a, "ALTER COLUMN %s SET DEFAULT %s", name, c->default_text)
                          : arena_printf(p->a, "ALTER COLUMN %s DROP DEFAULT", name));
    }
    if (!c->nullable && parent->nullable) {
        say_for_table(p, t, arena_printf(p->a, "ALTER COLUMN %s SET NOT NULL", name));
    }
}

/* What CREATE TABLE cannot say. */
static void finish_table(const struct pen *p, const struct schema_item *item)
{
    const struct schema_table *t = item->object;
    const struct schema_constraint *k;
    const struct schema_column *c;
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    vec_each (k, &t->constraints) {
        if (is_said_later(t, k)) {
            strbuf_adds(&b, "ALTER TABLE ");
            pen_path(&b, p, t->schema, t->name);
            strbuf_adds(&b, " ADD ");
            pg_constraint(&b, p, k);
            pen_say(p, &b);
        }
    }
    if (t->row_security) {
        say_for_table(p, t, "ENABLE ROW LEVEL SECURITY");
    }
    if (t->force_row_security) {
        say_for_table(p, t, "FORCE ROW LEVEL SECURITY");
    }
    if (t->replica_identity && strncmp(t->replica_identity, "INDEX", 5) != 0) {
        say_for_table(p, t, arena_printf(p->a, "REPLICA IDENTITY %s", t->replica_identity));
    }
    pg_comment(p, item, t->comment, false);
    vec_each (k, &t->constraints) {
        if (k->kind != SCHEMA_FOREIGN_KEY && !k->inherited) {
            pg_comment(p, &(struct schema_item){SCHEMA_K_CONSTRAINT, item->schema, k->name, t, k}, k->comment,
                       false);
        }
    }
    vec_each (c, &t->columns) {
        say_own(p, t, c);
        pg_column_rest(p, &(struct schema_item){SCHEMA_K_COLUMN, item->schema, c->name, t, c});
    }
}

int pg_create_table(const struct pen *p, const struct schema_item *item)
{
    const struct schema_table *t = item->object;
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    if (t->kind == SCHEMA_VIEW || t->kind == SCHEMA_MATERIALIZED_VIEW) {
        return create_view(p, item);
    }
    strbuf_addf(&b, "CREATE %s%sTABLE ", t->unlogged ? "UNLOGGED " : "",
                t->kind == SCHEMA_FOREIGN ? "FOREIGN " : "");
    pen_path(&b, p, t->schema, t->name);
    if (t->partition_of) {
        strbuf_addf(&b, " PARTITION OF %s", t->partition_of);
    }
    add_body(&b, p, t);
    if (t->partition_of) {
        strbuf_addf(&b, " %s", t->partition_bound);
    }
    add_tail(&b, p, t);
    pen_say(p, &b);
    finish_table(p, item);
    return 0;
}
