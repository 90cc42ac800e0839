/* MySQL and MariaDB: all that changes in a table, but for its foreign keys, in one ALTER TABLE: a column that
 * counts comes with its key, and the table is written once. */
#include "engine/schema/ddl_mysql.h"
#include <string.h>
#include <strings.h>

struct alter {
    const struct pen *p;
    const struct schema_table *from, *to;
    const struct schema_change *const *changes;
    size_t n;
    struct strbuf clauses, hazards;
};

static struct strbuf *clause(struct alter *x)
{
    strbuf_adds(&x->clauses, x->clauses.len ? ",\n    " : "\n    ");
    return &x->clauses;
}

static void hazard(struct alter *x, const char *text)
{
    if (!strstr(strbuf_cstr(&x->hazards), text)) {
        strbuf_addf(&x->hazards, "%s%s", x->hazards.len ? "; " : "", text);
    }
}

static const struct schema_change *change_of(const struct alter *x, enum schema_kind kind, const char *name)
{
    for (size_t i = 0; i < x->n; i++) {
        const struct schema_item *item = schema_change_item(x->changes[i]);
        if (item->kind == kind && strcmp(item->name, name) == 0) {
            return x->changes[i];
        }
    }
    return NULL;
}

/* uuid, inet6, point: values of no other kind but texts can become these, nor the other way round. */
static bool is_of_its_own(const char *type)
{
    static const char *const begins[] = {"uuid",       "inet",    "geometry", "point",
                                         "linestring", "polygon", "multi"};
    for (size_t i = 0; i < COUNT_OF(begins); i++) {
        if (strncasecmp(type, begins[i], strlen(begins[i])) == 0) {
            return true;
        }
    }
    return false;
}

static bool cannot_become(const char *old, const char *new)
{
    bool apart = is_of_its_own(old) != is_of_its_own(new);
    bool differ = is_of_its_own(old) && is_of_its_own(new) && strcmp(old, new) != 0;
    return differ || (apart && !my_is_text_type(old) && !my_is_text_type(new));
}

/* What is computed cannot become what is stored, nor the other way round. */
static bool starts_anew(const struct schema_column *old, const struct schema_column *new)
{
    bool computed = (old->generated != NULL) != (new->generated != NULL);
    bool stored = old->generated && new->generated &&
                  (old->stored != new->stored || strcmp(old->generated, new->generated) != 0 ||
                   strcmp(old->type, new->type) != 0);
    return computed || stored || cannot_become(old->type, new->type);
}

static bool is_anew(const struct alter *x, const char *column)
{
    const struct schema_change *c = change_of(x, SCHEMA_K_COLUMN, column);
    return c && c->kind == SCHEMA_CHANGED && starts_anew(c->actual.object, c->expected.object);
}

static bool has_anew(const struct alter *x, const struct schema_index *index)
{
    const struct schema_key *k;
    vec_each (k, &index->keys) {
        if (k->column && is_anew(x, k->column)) {
            return true;
        }
    }
    return false;
}

static bool key_changes(const struct alter *x)
{
    for (size_t i = 0; i < x->n; i++) {
        const struct schema_item *item = schema_change_item(x->changes[i]);
        if (item->kind == SCHEMA_K_CONSTRAINT &&
            ((const struct schema_constraint *)item->object)->kind == SCHEMA_PRIMARY_KEY) {
            return true;
        }
    }
    return false;
}

/* Whether it is used is changed in place, unless it is made anew for something else: a unique index may stand
 * for the primary key that is not there yet, or no longer. */
static bool only_ignored(const struct alter *x, const struct schema_change *c)
{
    static const char *const field[] = {"ignored"};
    const struct schema_index *index = c->expected.object;
    return c->kind == SCHEMA_CHANGED && change_only(c, field, 1) && !has_anew(x, index) &&
           !(index->unique && key_changes(x));
}

static void drop_index(struct alter *x, const struct schema_change *c)
{
    if (c->kind == SCHEMA_MISSING || only_ignored(x, c)) {
        return;
    }
    strbuf_adds(clause(x), "DROP KEY ");
    my_name(&x->clauses, c->actual.name);
}

static void add_index(struct alter *x, const struct schema_change *c)
{
    bool mariadb = strcmp(x->p->s->dialect, "mariadb") == 0;
    if (c->kind == SCHEMA_UNEXPECTED) {
        return;
    }
    const struct schema_index *index = c->expected.object;
    if (only_ignored(x, c)) {
        strbuf_adds(clause(x), "ALTER INDEX ");
        my_name(&x->clauses, index->name);
        strbuf_addf(&x->clauses, " %s",
                    mariadb ? (index->ignored ? "IGNORED" : "NOT IGNORED")
                            : (index->ignored ? "INVISIBLE" : "VISIBLE"));
        return;
    }
    strbuf_adds(clause(x), "ADD ");
    my_index(&x->clauses, x->p, x->to, index);
    if (index->unique) {
        hazard(x, "fails when there are rows with the same values");
    }
}

/* The check of a column is part of the column. */
static bool is_of_column(const struct schema_constraint *k)
{
    return k->kind == SCHEMA_CHECK && k->column;
}

static void drop_constraint(struct alter *x, const struct schema_change *c)
{
    const struct schema_constraint *k = c->actual.object;
    if (c->kind == SCHEMA_MISSING || is_of_column(k) || k->kind == SCHEMA_FOREIGN_KEY) {
        return;
    }
    if (k->kind == SCHEMA_PRIMARY_KEY) {
        strbuf_adds(clause(x), "DROP PRIMARY KEY");
        hazard(x, "rewrites the table");
        return;
    }
    strbuf_addf(clause(x), "DROP %s ", k->kind == SCHEMA_UNIQUE ? "KEY" : "CONSTRAINT");
    my_name(&x->clauses, k->name ? k->name : c->actual.name);
}

static void add_constraint(struct alter *x, const struct schema_change *c)
{
    const struct schema_constraint *k = c->expected.object;
    if (c->kind == SCHEMA_UNEXPECTED || is_of_column(k) || k->kind == SCHEMA_FOREIGN_KEY) {
        return;
    }
    strbuf_adds(clause(x), "ADD ");
    if (k->kind == SCHEMA_PRIMARY_KEY) {
        my_primary_key(&x->clauses, x->to, k);
        hazard(x, "rewrites the table, and fails when there are rows with the same values");
    } else {
        my_constraint(&x->clauses, x->p, k);
        hazard(x, "reads the whole table, and fails on rows that do not fit");
    }
}

static void each(struct alter *x, enum schema_kind kind,
                 void (*act)(struct alter *x, const struct schema_change *c))
{
    for (size_t i = 0; i < x->n; i++) {
        if (schema_change_item(x->changes[i])->kind == kind) {
            act(x, x->changes[i]);
        }
    }
}

static void drop_column(struct alter *x, const struct schema_change *c)
{
    if (c->kind == SCHEMA_UNEXPECTED) {
        strbuf_adds(clause(x), "DROP COLUMN ");
        my_name(&x->clauses, c->actual.name);
        hazard(x, "drops a column with what is in it");
    }
}

static bool options_change(const struct alter *x)
{
    for (size_t i = 0; i < x->n; i++) {
        const struct schema_change *c = x->changes[i];
        if (c->expected.kind == SCHEMA_K_TABLE && change_has(c, "options")) {
            return true;
        }
    }
    return false;
}

static const char *collation_of(const struct schema_table *t, const struct schema_column *c)
{
    const char *own = my_option(t, "COLLATE");
    return c->collation ? c->collation : own ? own : "";
}

static bool check_changes(const struct alter *x, const char *column)
{
    for (size_t i = 0; i < x->n; i++) {
        const struct schema_item *item = schema_change_item(x->changes[i]);
        const struct schema_constraint *k = item->object;
        if (item->kind == SCHEMA_K_CONSTRAINT && is_of_column(k) && strcmp(k->column, column) == 0) {
            return true;
        }
    }
    return false;
}

/* Where the column stands: behind the nearest one before it that is there. */
static void add_place(struct alter *x, size_t at)
{
    if (at + 1 == x->to->columns.n) {
        return;
    }
    for (; at > 0; at--) {
        const char *name = x->to->columns.items[at - 1].name;
        const struct schema_change *c = change_of(x, SCHEMA_K_COLUMN, name);
        if (schema_column(x->from, name) || (c && c->kind == SCHEMA_MISSING)) {
            strbuf_adds(&x->clauses, " AFTER ");
            my_name(&x->clauses, name);
            return;
        }
    }
    strbuf_adds(&x->clauses, " FIRST");
}

static void add_column(struct alter *x, size_t at)
{
    const struct schema_column *c = &x->to->columns.items[at];
    strbuf_adds(clause(x), "ADD COLUMN ");
    my_column(&x->clauses, x->to, c, true);
    add_place(x, at);
    if (c->generated && c->stored) {
        hazard(x, "rewrites the table");
    }
}

static void modify_column(struct alter *x, const struct schema_column *old, const struct schema_column *new)
{
    strbuf_adds(clause(x), "MODIFY COLUMN ");
    my_column(&x->clauses, x->to, new, true);
    if (strcmp(old->type, new->type) != 0 ||
        strcmp(collation_of(x->from, old), collation_of(x->to, new)) != 0) {
        hazard(x, "may rewrite the table, and fails on values that do not fit, or changes them where the "
                  "server is not strict");
    }
    if (old->nullable && !new->nullable) {
        hazard(x, "fails when there are NULLs, or changes them where the server is not strict");
    }
}

static void change_column(struct alter *x, size_t at, bool collation)
{
    const struct schema_column *new = &x->to->columns.items[at];
    const struct schema_column *old = schema_column(x->from, new->name);
    const struct schema_change *c = change_of(x, SCHEMA_K_COLUMN, new->name);
    if (c && c->kind == SCHEMA_MISSING) {
        add_column(x, at);
        return;
    }
    bool converts = old && collation && my_is_text_type(new->type) &&
                    strcmp(collation_of(x->from, old), collation_of(x->to, new)) != 0;
    if (!old || (!c && !converts && !check_changes(x, new->name))) {
        return;
    }
    if (starts_anew(old, new)) {
        strbuf_adds(clause(x), "DROP COLUMN ");
        my_name(&x->clauses, old->name);
        add_column(x, at);
        hazard(x, "drops a column with what is in it");
    } else {
        modify_column(x, old, new);
    }
}

static const char *default_of(const char *option)
{
    static const char *const zero[] = {"KEY_BLOCK_SIZE", "MAX_ROWS", "MIN_ROWS",
                                       "AVG_ROW_LENGTH", "CHECKSUM", "DELAY_KEY_WRITE"};
    for (size_t i = 0; i < COUNT_OF(zero); i++) {
        if (strcmp(option, zero[i]) == 0) {
            return "0";
        }
    }
    return "DEFAULT";
}

static void change_option(struct alter *x, const char *name, const char *value)
{
    if (strcmp(name, "SYSTEM VERSIONING") == 0) {
        strbuf_addf(clause(x), "%s SYSTEM VERSIONING", value ? "ADD" : "DROP");
        hazard(x, value ? "rewrites the table" : "drops the history of the rows");
        return;
    }
    bool word =
        value && !value[strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")];
    strbuf_addf(clause(x), "%s=", name);
    if (!value || word) {
        strbuf_adds(&x->clauses, value ? value : default_of(name));
    } else {
        my_text(&x->clauses, value);
    }
    if (strcmp(name, "COLLATE") != 0) {
        hazard(x, "may rewrite the table");
    }
}

static void change_options(struct alter *x)
{
    const struct schema_option *o;
    vec_each (o, &x->to->options) {
        const char *before = my_option(x->from, o->name);
        if (!before || strcmp(before, o->value) != 0) {
            change_option(x, o->name, o->value);
        }
    }
    const char *engine = my_option(x->to, "ENGINE");
    bool aria = engine && strcmp(engine, "Aria") == 0;
    vec_each (o, &x->from->options) {
        bool arias = strcmp(o->name, "TRANSACTIONAL") == 0 || strcmp(o->name, "PAGE_CHECKSUM") == 0;
        if (!my_option(x->to, o->name) && (aria || !arias)) {
            change_option(x, o->name, NULL);
        }
    }
}

static void say(struct alter *x, const char *text)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    strbuf_adds(&b, "ALTER TABLE ");
    my_path(&b, x->p, x->to->schema, x->to->name);
    strbuf_addf(&b, "%s", text);
    struct schema_statement *st = pen_say(x->p, &b);
    st->hazard = x->hazards.len ? arena_dup(x->p->a, strbuf_cstr(&x->hazards)) : NULL;
    strbuf_clear(&x->hazards);
}

/* The indexes and checks of a column that starts anew, which stay as they are, start anew with it. */
static void keys_anew(struct alter *x, bool add)
{
    const struct schema_table *t = add ? x->to : x->from;
    const struct schema_index *index;
    const struct schema_constraint *k = schema_primary_key(t);
    vec_each (index, &t->indexes) {
        bool changes = index->primary ? key_changes(x) : change_of(x, SCHEMA_K_INDEX, index->name) != NULL;
        if (changes || !has_anew(x, index)) {
            continue;
        }
        if (index->primary) {
            strbuf_adds(clause(x), add ? "ADD " : "DROP PRIMARY KEY");
            add ? my_primary_key(&x->clauses, t, k) : (void)0;
        } else if (add) {
            strbuf_adds(clause(x), "ADD ");
            my_index(&x->clauses, x->p, t, index);
        } else {
            strbuf_adds(clause(x), "DROP KEY ");
            my_name(&x->clauses, index->name);
        }
    }
}

static void checks_anew(struct alter *x, bool add)
{
    const struct schema_table *t = add ? x->to : x->from;
    const struct schema_constraint *k;
    const struct schema_column *c;
    vec_each (k, &t->constraints) {
        bool named = false;
        if (k->kind != SCHEMA_CHECK || k->column || !k->name || change_of(x, SCHEMA_K_CONSTRAINT, k->name)) {
            continue;
        }
        vec_each (c, &x->to->columns) {
            named = named || (is_anew(x, c->name) && strstr(k->expression, mysql_name(x->p->a, c->name)));
        }
        if (named) {
            strbuf_adds(clause(x), add ? "ADD " : "DROP CONSTRAINT ");
            add ? my_constraint(&x->clauses, x->p, k) : my_name(&x->clauses, k->name);
        }
    }
}

static void write_clauses(struct alter *x)
{
    const struct schema_change *own = change_of(x, SCHEMA_K_TABLE, x->to->name);
    bool options = options_change(x);
    each(x, SCHEMA_K_CONSTRAINT, drop_constraint);
    each(x, SCHEMA_K_INDEX, drop_index);
    checks_anew(x, false);
    keys_anew(x, false);
    each(x, SCHEMA_K_COLUMN, drop_column);
    for (size_t i = 0; i < x->to->columns.n; i++) {
        change_column(x, i, options);
    }
    each(x, SCHEMA_K_CONSTRAINT, add_constraint);
    each(x, SCHEMA_K_INDEX, add_index);
    keys_anew(x, true);
    checks_anew(x, true);
    if (options) {
        change_options(x);
    }
    if (own && change_has(own, "comment")) {
        strbuf_adds(clause(x), "COMMENT=");
        my_text(&x->clauses, x->to->comment ? x->to->comment : "");
    }
}

/* Keys have to have the columns that partitions are made by: the old ones go before, the new ones come
 * behind. */
int my_alter_table(const struct pen *p, const struct schema_table *from, const struct schema_table *to,
                   const struct schema_change *const *changes, size_t n)
{
    struct alter x = {p, from, to, changes, n, STRBUF_INIT, STRBUF_INIT};
    const struct schema_change *own = change_of(&x, SCHEMA_K_TABLE, to->name);
    bool partitions = own && (change_has(own, "partition_key") || change_has(own, "partition_bound"));
    write_clauses(&x);
    struct strbuf kept_hazards = x.hazards;
    x.hazards = (struct strbuf)STRBUF_INIT;
    if (partitions && from->partition_key && (x.clauses.len || !to->partition_key)) {
        strbuf_adds(&x.hazards, "rewrites the table");
        say(&x, " REMOVE PARTITIONING");
    }
    strbuf_release(&x.hazards);
    x.hazards = kept_hazards;
    if (x.clauses.len) {
        say(&x, strbuf_cstr(&x.clauses));
    }
    if (partitions && to->partition_key) {
        AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
        strbuf_adds(&b, "\n");
        my_partitions(&b, to);
        strbuf_clear(&x.hazards);
        strbuf_adds(&x.hazards, "rewrites the table, and fails on rows without a partition");
        say(&x, strbuf_cstr(&b));
    }
    strbuf_release(&x.clauses);
    strbuf_release(&x.hazards);
    return 0;
}
