/* MySQL and MariaDB: tables, columns, indexes and constraints as CREATE TABLE has them. */
#include "engine/schema/ddl_mysql.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

void my_name(struct strbuf *b, const char *name)
{
    strbuf_addch(b, '`');
    for (; *name; name++) {
        strbuf_adds(b, *name == '`' ? "`" : "");
        strbuf_addch(b, *name);
    }
    strbuf_addch(b, '`');
}

void my_path(struct strbuf *b, const struct pen *p, const char *schema, const char *name)
{
    bool in_default = !schema || (p->s->name && strcmp(schema, p->s->name) == 0);
    const char *shown = !in_default ? schema : p->qualify ? p->s->name : NULL;
    if (shown) {
        my_name(b, shown);
        strbuf_addch(b, '.');
    }
    my_name(b, name);
}

void my_text(struct strbuf *b, const char *text)
{
    strbuf_addch(b, '\'');
    for (; *text; text++) {
        strbuf_adds(b, *text == '\'' ? "'" : *text == '\\' ? "\\" : "");
        strbuf_addch(b, *text);
    }
    strbuf_addch(b, '\'');
}

bool my_is_text_type(const char *type)
{
    static const char *const begins[] = {"char",     "varchar",    "text", "tinytext",
                                         "longtext", "mediumtext", "enum", "set"};
    for (size_t i = 0; i < COUNT_OF(begins); i++) {
        if (strncasecmp(type, begins[i], strlen(begins[i])) == 0) {
            return true;
        }
    }
    return false;
}

const char *my_option(const struct schema_table *t, const char *name)
{
    const struct schema_option *o;
    vec_each (o, &t->options) {
        if (strcmp(o->name, name) == 0) {
            return o->value;
        }
    }
    return NULL;
}

static void add_column_check(struct strbuf *b, const struct schema_table *t, const struct schema_column *c)
{
    const struct schema_constraint *k;
    vec_each (k, &t->constraints) {
        if (k->kind == SCHEMA_CHECK && k->column && strcmp(k->column, c->name) == 0) {
            strbuf_addf(b, " CHECK (%s)", k->expression);
        }
    }
}

static void add_generated(struct strbuf *b, const struct schema_column *c)
{
    if (strncmp(c->generated, "ROW ", 4) == 0) {
        strbuf_addf(b, " GENERATED ALWAYS AS %s", c->generated);
    } else {
        strbuf_addf(b, " GENERATED ALWAYS AS (%s) %s", c->generated, c->stored ? "STORED" : "VIRTUAL");
    }
}

static void add_value(struct strbuf *b, const struct schema_column *c)
{
    bool timestamp = strncasecmp(c->type, "timestamp", 9) == 0;
    strbuf_adds(b, !c->nullable ? " NOT NULL" : timestamp ? " NULL" : "");
    if (c->default_text) {
        strbuf_addf(b, " DEFAULT %s", c->default_text);
    }
    if (c->on_update) {
        strbuf_addf(b, " ON UPDATE %s", c->on_update);
    }
    strbuf_adds(b, c->autoincrement ? " AUTO_INCREMENT" : "");
}

void my_column(struct strbuf *b, const struct schema_table *t, const struct schema_column *c,
               bool always_collated)
{
    const char *collation = c->collation;
    if (!collation && always_collated && my_is_text_type(c->type)) {
        collation = my_option(t, "COLLATE");
    }
    my_name(b, c->name);
    strbuf_addf(b, " %s", c->type);
    if (c->charset) {
        strbuf_addf(b, " CHARACTER SET %s", c->charset);
    }
    if (collation) {
        strbuf_addf(b, " COLLATE %s", collation);
    }
    c->generated ? add_generated(b, c) : add_value(b, c);
    strbuf_adds(b, c->hidden ? " INVISIBLE" : "");
    if (c->storage) {
        strbuf_addf(b, " %s", c->storage);
    }
    if (c->comment) {
        strbuf_adds(b, " COMMENT ");
        my_text(b, c->comment);
    }
    add_column_check(b, t, c);
}

static void add_keys(struct strbuf *b, const struct schema_index *x)
{
    const char *between = " (";
    const struct schema_key *k;
    vec_each (k, &x->keys) {
        strbuf_adds(b, between);
        if (k->column) {
            my_name(b, k->column);
        } else {
            strbuf_addf(b, "(%s)", k->expression);
        }
        if (k->length) {
            strbuf_addf(b, "(%lld)", (long long)k->length);
        }
        strbuf_adds(b, k->descending ? " DESC" : "");
        between = ", ";
    }
    strbuf_addch(b, ')');
}

static bool is_special(const struct schema_index *x)
{
    return x->method && (strcasecmp(x->method, "FULLTEXT") == 0 || strcasecmp(x->method, "SPATIAL") == 0);
}

static void add_index_options(struct strbuf *b, const struct schema_table *t, const struct schema_index *x)
{
    const char *engine = my_option(t, "ENGINE");
    if (x->method && !is_special(x)) {
        strbuf_addf(b, " USING %s", x->method);
    } else if (!x->method && engine && strcasecmp(engine, "MEMORY") == 0) {
        strbuf_adds(b, " USING BTREE");
    }
    if (x->parser) {
        strbuf_addf(b, " WITH PARSER %s", x->parser);
    }
    if (x->comment) {
        strbuf_adds(b, " COMMENT ");
        my_text(b, x->comment);
    }
}

void my_primary_key(struct strbuf *b, const struct schema_table *t, const struct schema_constraint *k)
{
    const struct schema_index *x;
    strbuf_adds(b, "PRIMARY KEY");
    vec_each (x, &t->indexes) {
        if (x->primary) {
            add_keys(b, x);
            add_index_options(b, t, x);
            return;
        }
    }
    for (size_t i = 0; i < k->columns.n; i++) {
        strbuf_adds(b, i ? ", " : " (");
        my_name(b, k->columns.items[i]);
    }
    strbuf_addch(b, ')');
}

void my_index(struct strbuf *b, const struct pen *p, const struct schema_table *t,
              const struct schema_index *x)
{
    bool mariadb = strcmp(p->s->dialect, "mariadb") == 0;
    strbuf_addf(b, "%s%sKEY ",
                x->unique       ? "UNIQUE "
                : is_special(x) ? x->method
                                : "",
                is_special(x) && !x->unique ? " " : "");
    my_name(b, x->name);
    add_keys(b, x);
    add_index_options(b, t, x);
    strbuf_adds(b, !x->ignored ? "" : mariadb ? " IGNORED" : " INVISIBLE");
}

static void add_names(struct strbuf *b, const strings_t *names)
{
    for (size_t i = 0; i < names->n; i++) {
        strbuf_adds(b, i ? ", " : "(");
        my_name(b, names->items[i]);
    }
    strbuf_adds(b, ")");
}

void my_constraint(struct strbuf *b, const struct pen *p, const struct schema_constraint *k)
{
    if (k->name) {
        strbuf_adds(b, "CONSTRAINT ");
        my_name(b, k->name);
        strbuf_addch(b, ' ');
    }
    if (k->kind == SCHEMA_CHECK) {
        strbuf_addf(b, "CHECK (%s)%s", k->expression, k->not_enforced ? " NOT ENFORCED" : "");
        return;
    }
    strbuf_adds(b, k->kind == SCHEMA_UNIQUE ? "UNIQUE " : "FOREIGN KEY ");
    add_names(b, &k->columns);
    if (k->kind != SCHEMA_FOREIGN_KEY) {
        return;
    }
    strbuf_adds(b, " REFERENCES ");
    my_path(b, p, k->ref_schema, k->ref_table);
    strbuf_addch(b, ' ');
    add_names(b, &k->ref_columns);
    if (k->on_delete) {
        strbuf_addf(b, " ON DELETE %s", k->on_delete);
    }
    if (k->on_update) {
        strbuf_addf(b, " ON UPDATE %s", k->on_update);
    }
}

void my_partitions(struct strbuf *b, const struct schema_table *t)
{
    strbuf_addf(b, "PARTITION BY %s", t->partition_key);
    if (t->partition_bound) {
        strbuf_addf(b, " (%s)", t->partition_bound);
    }
}

static bool leads_with(const struct schema_index *x, const char *column)
{
    return x->keys.n && x->keys.items[0].column && strcmp(x->keys.items[0].column, column) == 0;
}

/* A column that counts by itself has to be a key from the start. */
static const struct schema_index *counting_key(const struct schema_table *t)
{
    const struct schema_column *c;
    const struct schema_index *x, *found = NULL;
    vec_each (c, &t->columns) {
        if (!c->autoincrement) {
            continue;
        }
        vec_each (x, &t->indexes) {
            if (leads_with(x, c->name) && (!found || x->primary)) {
                found = x;
            }
        }
    }
    return found && !found->primary ? found : NULL;
}

static void add_period(struct strbuf *b, const struct schema_table *t, const char *between)
{
    const struct schema_column *c, *start = NULL, *end = NULL;
    vec_each (c, &t->columns) {
        start = c->generated && strcmp(c->generated, "ROW START") == 0 ? c : start;
        end = c->generated && strcmp(c->generated, "ROW END") == 0 ? c : end;
    }
    if (start && end) {
        strbuf_addf(b, "%sPERIOD FOR SYSTEM_TIME (", between);
        my_name(b, start->name);
        strbuf_adds(b, ", ");
        my_name(b, end->name);
        strbuf_addch(b, ')');
    }
}

static void add_body(struct strbuf *b, const struct pen *p, const struct schema_table *t, bool with_indexes)
{
    static const char *const next = ",\n    ";
    const char *between = "\n    ";
    const struct schema_column *c;
    const struct schema_constraint *k;
    const struct schema_index *x, *needed = counting_key(t);
    vec_each (c, &t->columns) {
        strbuf_adds(b, between);
        my_column(b, t, c, false);
        between = next;
    }
    vec_each (k, &t->constraints) {
        bool inside = k->kind == SCHEMA_CHECK ? !k->column : k->kind != SCHEMA_FOREIGN_KEY;
        if (inside) {
            strbuf_adds(b, between);
            k->kind == SCHEMA_PRIMARY_KEY ? my_primary_key(b, t, k) : my_constraint(b, p, k);
        }
    }
    vec_each (x, &t->indexes) {
        if (!x->primary && !x->constraint && (with_indexes || x == needed)) {
            strbuf_adds(b, between);
            my_index(b, p, t, x);
        }
    }
    add_period(b, t, between);
}

static void add_option_value(struct strbuf *b, const struct schema_option *o)
{
    size_t n = strspn(o->value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
    strbuf_addf(b, "%s=", o->name);
    if (o->value[n]) {
        my_text(b, o->value);
    } else {
        strbuf_adds(b, o->value);
    }
}

void my_create_table(const struct pen *p, const struct schema_table *t, bool with_indexes)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    const struct schema_option *o;
    strbuf_adds(&b, "CREATE TABLE ");
    my_path(&b, p, t->schema, t->name);
    strbuf_adds(&b, " (");
    add_body(&b, p, t, with_indexes);
    strbuf_adds(&b, "\n)");
    vec_each (o, &t->options) {
        if (strcmp(o->name, "SYSTEM VERSIONING") != 0) {
            strbuf_addch(&b, ' ');
            add_option_value(&b, o);
        }
    }
    if (t->comment) {
        strbuf_adds(&b, " COMMENT=");
        my_text(&b, t->comment);
    }
    strbuf_adds(&b, my_option(t, "SYSTEM VERSIONING") ? " WITH SYSTEM VERSIONING" : "");
    if (t->partition_key) {
        strbuf_adds(&b, "\n");
        my_partitions(&b, t);
    }
    pen_say(p, &b);
}
