/* Rows of PostgreSQL's catalogue as tables with what is in them. */
#include "engine/schema/postgresql.h"
#include <stdlib.h>
#include <string.h>

const char *pg_keep(struct pg_reader *x, const struct rowset *r, size_t col)
{
    struct slice text = rowset_cell(r, 0, col);
    uint32_t hash = 2166136261u;
    if (!text.ptr || text.len > 64) {
        return text.ptr ? arena_dupn(x->a, text.ptr, text.len) : NULL;
    }
    for (size_t i = 0; i < text.len; i++) {
        hash = (hash ^ (unsigned char)text.ptr[i]) * 16777619u;
    }
    const char **kept = &x->texts[(hash ^ hash >> 15) % PG_TEXTS];
    if (!*kept || strcmp(*kept, text.ptr) != 0) {
        *kept = arena_dupn(x->a, text.ptr, text.len);
    }
    return *kept;
}

void pg_keep_array(struct pg_reader *x, const struct rowset *r, size_t col, strings_t *out)
{
    catalog_array(x->a, catalog_text(r, 0, col), out);
}

struct schema_identity pg_identity(const struct rowset *r, size_t col)
{
    return (struct schema_identity){.start = catalog_number(r, 0, col),
                                    .increment = catalog_number(r, 0, col + 1),
                                    .min = catalog_number(r, 0, col + 2),
                                    .max = catalog_number(r, 0, col + 3),
                                    .cache = catalog_number(r, 0, col + 4),
                                    .cycle = catalog_flag(r, 0, col + 5)};
}

#define SETTLE(x, list)                                                                                      \
    do {                                                                                                     \
        if ((x)->list.n) {                                                                                   \
            (x)->open->list.items = arena_array((x)->a, (x)->list.n, sizeof(*(x)->list.items));              \
            memcpy((x)->open->list.items, (x)->list.items, (x)->list.n * sizeof(*(x)->list.items));          \
            (x)->open->list.n = (x)->open->list.cap = (x)->list.n;                                           \
            (x)->list.n = 0;                                                                                 \
        }                                                                                                    \
    } while (0)

static void settle(struct pg_reader *x)
{
    SETTLE(x, columns);
    SETTLE(x, constraints);
    SETTLE(x, indexes);
}

void pg_reader_finish(struct pg_reader *x)
{
    settle(x);
    arena_release(&x->gathering);
    if (x->typed) {
        *vec_push(x->a, &x->s->unseen) =
            arena_printf(x->a, "%zu %s of a composite type: which one is not compared", x->typed,
                         x->typed == 1 ? "table" : "tables");
    }
}

static size_t slot_of(const struct pg_reader *x, int64_t id)
{
    size_t at = (size_t)((uint64_t)id * 0x9E3779B97F4A7C15u >> 32) & (x->nslots - 1);
    while (x->slots[at] && x->slots[at]->id != id) {
        at = (at + 1) & (x->nslots - 1);
    }
    return at;
}

/* The table that the row's first cell is the number of; NULL: none that was asked for. */
static struct schema_table *table_of(struct pg_reader *x, const struct rowset *r)
{
    int64_t id = catalog_number(r, 0, 0);
    if (x->open && x->open->id == id) {
        return x->open;
    }
    settle(x);
    if (x->ntables != x->s->tables.n) { /* the first of another query: all tables are there */
        struct schema_table **t;
        x->ntables = x->s->tables.n;
        for (x->nslots = 64; x->nslots < x->ntables * 2;) {
            x->nslots *= 2;
        }
        x->slots = arena_array(&x->gathering, x->nslots, sizeof(struct schema_table *));
        vec_each (t, &x->s->tables) {
            x->slots[slot_of(x, (*t)->id)] = *t;
        }
    }
    x->open = x->nslots ? x->slots[slot_of(x, id)] : NULL;
    return x->open;
}

static enum schema_table_kind table_kind(char relkind)
{
    switch (relkind) {
    case 'p':
        return SCHEMA_PARTITIONED;
    case 'f':
        return SCHEMA_FOREIGN;
    case 'v':
        return SCHEMA_VIEW;
    case 'm':
        return SCHEMA_MATERIALIZED_VIEW;
    default:
        return SCHEMA_TABLE;
    }
}

static void add_options(struct pg_reader *x, struct schema_table *t, const struct rowset *r, size_t col,
                        const char *prefix)
{
    strings_t pairs;
    const char **pair;
    pg_keep_array(x, r, col, &pairs);
    vec_each (pair, &pairs) {
        const char *equals = strchr(*pair, '=');
        const char *name = equals ? arena_dupn(x->a, *pair, (size_t)(equals - *pair)) : *pair;
        if (x->whole && equals && strcmp(name, "check_option") == 0) {
            t->check_option = strcmp(equals + 1, "local") == 0 ? "LOCAL" : "CASCADED";
            continue;
        }
        struct schema_option *o = vec_push(x->a, &t->options);
        o->name = *prefix ? arena_printf(x->a, "%s%s", prefix, name) : name;
        o->value = equals ? equals + 1 : "";
    }
}

static int option_order(const void *a, const void *b)
{
    return strcmp(((const struct schema_option *)a)->name, ((const struct schema_option *)b)->name);
}

/* What the inspector has no use for. */
static void take_table_rest(struct pg_reader *x, struct schema_table *t, const struct rowset *r)
{
    const char *code = catalog_text(r, 0, 17);
    char identity = code ? *code : 'd';
    t->unlogged = *catalog_text(r, 0, 4) == 'u';
    t->row_security = catalog_flag(r, 0, 13);
    t->force_row_security = catalog_flag(r, 0, 14);
    t->access_method = pg_keep(x, r, 15);
    t->tablespace = pg_keep(x, r, 16);
    t->replica_identity = identity == 'f' ? "FULL" : identity == 'n' ? "NOTHING" : NULL;
    t->server = pg_keep(x, r, 18);
    add_options(x, t, r, 19, "");
    add_options(x, t, r, 20, "toast.");
    x->typed += catalog_flag(r, 0, 21);
    if (t->options.n > 1) {
        qsort(t->options.items, t->options.n, sizeof(*t->options.items), option_order);
    }
}

void pg_take_table(void *reader, const struct rowset *r)
{
    struct pg_reader *x = reader;
    struct schema_table *t = catalog_add_table(x->a, x->s);
    strings_t parents;
    t->id = catalog_number(r, 0, 0);
    t->schema = pg_keep(x, r, 1);
    t->name = pg_keep(x, r, 2);
    t->kind = table_kind(*catalog_text(r, 0, 3));
    t->temporary = *catalog_text(r, 0, 4) == 't';
    t->visible = catalog_flag(r, 0, 5);
    t->comment = pg_keep(x, r, 6);
    add_options(x, t, r, 7, "");
    t->definition = pg_settled(x, pg_keep(x, r, 8));
    t->partition_key = pg_keep(x, r, 9);
    t->partition_bound = pg_keep(x, r, 11);
    pg_keep_array(x, r, 10, &parents);
    if (catalog_flag(r, 0, 12)) {
        t->partition_of = parents.n ? parents.items[0] : NULL;
    } else {
        t->inherits = parents;
    }
    if (x->whole) {
        take_table_rest(x, t, r);
    }
}

static void take_column_rest(struct pg_reader *x, struct schema_column *c, const struct rowset *r)
{
    const char *storage = catalog_text(r, 0, 15), *compression = catalog_text(r, 0, 16);
    int64_t target = catalog_text(r, 0, 17) ? catalog_number(r, 0, 17) : -1;
    if (storage) {
        c->storage = *storage == 'p'   ? "PLAIN"
                     : *storage == 'e' ? "EXTERNAL"
                     : *storage == 'm' ? "MAIN"
                                       : "EXTENDED";
    }
    if (compression && *compression) {
        c->compression = *compression == 'l' ? "lz4" : "pglz";
    }
    c->statistics = target < 0 ? 0 : target ? target : -1;
    pg_keep_array(x, r, 18, &c->options);
}

void pg_take_column(void *reader, const struct rowset *r)
{
    struct pg_reader *x = reader;
    if (!table_of(x, r)) {
        return;
    }
    struct schema_column *c = vec_push(&x->gathering, &x->columns);
    const char *generated = catalog_text(r, 0, 5), *identity = catalog_text(r, 0, 6);
    c->name = pg_keep(x, r, 1);
    c->type = pg_keep(x, r, 2);
    c->nullable = !catalog_flag(r, 0, 3);
    c->collation = pg_keep(x, r, 13);
    c->comment = pg_keep(x, r, 14);
    c->inherited = catalog_flag(r, 0, 19);
    if (generated && *generated) {
        c->generated = pg_settled(x, pg_keep(x, r, 4));
        c->stored = *generated == 's';
    } else {
        c->default_text = pg_settled(x, pg_keep(x, r, 4));
    }
    if (identity && *identity) {
        struct schema_identity *own = arena_alloc(x->a, sizeof(*own));
        *own = pg_identity(r, 7);
        own->always = *identity == 'a';
        c->identity = own;
    }
    if (x->whole) {
        take_column_rest(x, c, r);
    }
}

static const char *action(char code)
{
    switch (code) {
    case 'r':
        return "RESTRICT";
    case 'c':
        return "CASCADE";
    case 'n':
        return "SET NULL";
    case 'd':
        return "SET DEFAULT";
    default:
        return NULL;
    }
}

/* "SET NULL (a)": its columns stand in the definition alone. */
static const char *delete_action(struct arena *a, char code, const char *definition)
{
    const char *plain = action(code);
    const char *at = plain && definition ? strstr(definition, "ON DELETE SET ") : NULL;
    const char *open = at ? at + 10 + strlen(plain) : NULL;
    if (at && strncmp(at + 10, plain, strlen(plain)) == 0 && strncmp(open, " (", 2) == 0) {
        const char *close = strchr(open, ')');
        return close ? arena_printf(a, "%s%.*s", plain, (int)(close + 1 - open), open) : plain;
    }
    return plain;
}

const char *pg_check_expression(struct arena *a, const char *definition)
{
    size_t n = strlen(definition);
    static const char *const tails[] = {" NOT VALID", " NO INHERIT"};
    for (size_t i = 0; i < COUNT_OF(tails); i++) {
        size_t len = strlen(tails[i]);
        n -= n > len && memcmp(definition + n - len, tails[i], len) == 0 ? len : 0;
    }
    const char *open = strchr(definition, '(');
    if (!open || (size_t)(open - definition) + 2 > n) {
        return definition;
    }
    return arena_dupn(a, open + 1, n - (size_t)(open - definition) - 2);
}

static enum schema_constraint_kind constraint_kind(char contype)
{
    switch (contype) {
    case 'p':
        return SCHEMA_PRIMARY_KEY;
    case 'u':
        return SCHEMA_UNIQUE;
    case 'f':
        return SCHEMA_FOREIGN_KEY;
    case 'x':
        return SCHEMA_EXCLUSION;
    default:
        return SCHEMA_CHECK;
    }
}

static void take_reference(struct pg_reader *x, struct schema_constraint *k, const struct rowset *r)
{
    char match = *catalog_text(r, 0, 10);
    k->ref_schema = pg_keep(x, r, 4);
    k->ref_owner = pg_keep(x, r, 5);
    k->ref_table = pg_keep(x, r, 6);
    pg_keep_array(x, r, 7, &k->ref_columns);
    k->on_delete = delete_action(x->a, *catalog_text(r, 0, 8), catalog_text(r, 0, 15));
    k->on_update = action(*catalog_text(r, 0, 9));
    k->match = match == 'f' ? "FULL" : match == 'p' ? "PARTIAL" : NULL;
}

void pg_take_constraint(void *reader, const struct rowset *r)
{
    struct pg_reader *x = reader;
    if (!table_of(x, r)) {
        return;
    }
    struct schema_constraint *k = vec_push(&x->gathering, &x->constraints);
    k->name = pg_keep(x, r, 1);
    k->kind = constraint_kind(*catalog_text(r, 0, 2));
    pg_keep_array(x, r, 3, &k->columns);
    if (k->kind == SCHEMA_FOREIGN_KEY) {
        take_reference(x, k, r);
    } else {
        k->definition = pg_settled(x, pg_keep(x, r, 15));
    }
    if (k->kind == SCHEMA_CHECK) {
        k->expression = pg_check_expression(x->a, k->definition);
    }
    k->deferrable = catalog_flag(r, 0, 11);
    k->initially = catalog_flag(r, 0, 12) ? "DEFERRED" : NULL;
    k->not_valid = !catalog_flag(r, 0, 13);
    k->no_inherit = k->kind == SCHEMA_CHECK && catalog_flag(r, 0, 14);
    pg_keep_array(x, r, 16, &k->include);
    k->nulls_not_distinct = catalog_flag(r, 0, 17);
    k->index = pg_keep(x, r, 18);
    k->comment = pg_keep(x, r, 19);
    k->inherited = catalog_flag(r, 0, 24);
    if (x->whole) {
        pg_keep_array(x, r, 20, &k->options);
        k->tablespace = pg_keep(x, r, 21);
        k->clustered = catalog_flag(r, 0, 22);
        k->replica_identity = catalog_flag(r, 0, 23);
    }
}

enum { KEY_COLUMN, KEY_EXPRESSION, KEY_OPCLASS, KEY_OPCLASS_DEFAULT, KEY_COLLATION, KEY_CELLS };

static void take_keys(struct pg_reader *x, struct schema_index *index, const struct rowset *r)
{
    strings_t cells;
    pg_keep_array(x, r, 15, &cells);
    const char *flags = catalog_text(r, 0, 8);
    size_t n = (size_t)catalog_number(r, 0, 7), all = cells.n / KEY_CELLS;
    n = n < all ? n : all;
    index->plain = !index->predicate;
    index->keys.items = arena_array(x->a, n, sizeof(*index->keys.items));
    index->keys.cap = n;
    for (size_t k = 0; k < all; k++) {
        const char *const *cell = cells.items + k * KEY_CELLS;
        if (k >= n) {
            *vec_push(x->a, &index->include) = cell[KEY_COLUMN];
            continue;
        }
        struct schema_key *key = vec_push(x->a, &index->keys);
        char *end = NULL;
        long bits = flags ? strtol(flags, &end, 10) : 0;
        flags = end;
        key->column = cell[KEY_COLUMN];
        key->expression = pg_settled(x, cell[KEY_EXPRESSION]);
        key->opclass = cell[KEY_OPCLASS];
        key->opclass_default = !cell[KEY_OPCLASS_DEFAULT] || *cell[KEY_OPCLASS_DEFAULT] == 't';
        key->collation = cell[KEY_COLLATION];
        key->descending = bits & 1;
        key->nulls_first = bits & 2;
        index->plain = index->plain && key->column && !bits && key->opclass_default && !key->collation;
    }
}

static void add_name(struct pg_reader *x, struct strbuf *b, const char *name)
{
    if (conn_driver(x->conn)->needs_quotes(name)) {
        conn_driver(x->conn)->quote_ident(b, name);
    } else {
        strbuf_adds(b, name);
    }
}

/* Whoever makes it again wants it on the partitions too. */
static const char *with_partitions(struct pg_reader *x, const char *definition)
{
    const char *only = strstr(definition, " ON ONLY ");
    return only ? arena_printf(x->a, "%.*s ON %s", (int)(only - definition), definition, only + 9)
                : definition;
}

/* The server need not be asked for the text of an index of plain columns. */
static const char *plain_definition(struct pg_reader *x, const struct schema_table *t,
                                    const struct schema_index *index)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    strbuf_addf(&b, "CREATE %sINDEX ", index->unique ? "UNIQUE " : "");
    add_name(x, &b, index->name);
    strbuf_adds(&b, " ON ");
    if (!x->s->name || strcmp(t->schema, x->s->name) != 0) {
        add_name(x, &b, t->schema);
        strbuf_addch(&b, '.');
    }
    add_name(x, &b, t->name);
    strbuf_addf(&b, " USING %s (", index->method);
    for (size_t i = 0; i < index->keys.n; i++) {
        strbuf_adds(&b, i ? ", " : "");
        add_name(x, &b, index->keys.items[i].column);
    }
    strbuf_addch(&b, ')');
    return arena_dupn(x->a, b.ptr, b.len);
}

void pg_take_index(void *reader, const struct rowset *r)
{
    struct pg_reader *x = reader;
    if (!table_of(x, r)) {
        return;
    }
    struct schema_index *index = vec_push(&x->gathering, &x->indexes);
    index->name = pg_keep(x, r, 1);
    index->unique = catalog_flag(r, 0, 2);
    index->primary = catalog_flag(r, 0, 3);
    index->valid = catalog_flag(r, 0, 4);
    index->method = pg_keep(x, r, 5);
    index->predicate = pg_settled(x, pg_keep(x, r, 6));
    pg_keep_array(x, r, 9, &index->options);
    index->tablespace = pg_keep(x, r, 10);
    index->nulls_not_distinct = catalog_flag(r, 0, 11);
    index->constraint = pg_keep(x, r, 12);
    index->automatic = index->constraint != NULL;
    index->comment = pg_keep(x, r, 13);
    index->definition = pg_keep(x, r, 14);
    index->inherited = catalog_flag(r, 0, 18);
    if (x->whole) {
        index->clustered = catalog_flag(r, 0, 16);
        index->replica_identity = catalog_flag(r, 0, 17);
    }
    take_keys(x, index, r);
    if (!index->definition && !index->constraint) {
        index->definition = plain_definition(x, x->open, index);
    } else if (x->whole && index->definition && x->open->kind == SCHEMA_PARTITIONED) {
        index->definition = with_partitions(x, index->definition);
    }
}

static const char *policy_command(char code)
{
    switch (code) {
    case 'r':
        return "SELECT";
    case 'a':
        return "INSERT";
    case 'w':
        return "UPDATE";
    case 'd':
        return "DELETE";
    default:
        return "ALL";
    }
}

void pg_take_trigger(void *reader, const struct rowset *r)
{
    struct pg_reader *x = reader;
    struct schema_table *t = table_of(x, r);
    if (!t) {
        return;
    }
    char what = *catalog_text(r, 0, 1), state = *catalog_text(r, 0, 4);
    const char *name = pg_keep(x, r, 2), *text = pg_settled(x, pg_keep(x, r, 3)), *comment = pg_keep(x, r, 5);
    const char *fires = state == 'R' ? "REPLICA" : state == 'A' ? "ALWAYS" : NULL;
    if (what == 't') {
        *vec_push(x->a, &t->triggers) = (struct schema_trigger){.name = name,
                                                                .definition = text,
                                                                .disabled = state == 'D',
                                                                .fires = fires,
                                                                .comment = comment,
                                                                .inherited = catalog_flag(r, 0, 9)};
    } else if (what == 'r') {
        *vec_push(x->a, &t->rules) = (struct schema_rule){
            .name = name, .definition = text, .fires = state == 'D' ? "DISABLED" : fires, .comment = comment};
    } else {
        struct schema_policy *p = vec_push(x->a, &t->policies);
        *p = (struct schema_policy){.name = name, .restrictive = state == 'r', .comment = comment};
        p->command = policy_command(*catalog_text(r, 0, 6));
        pg_keep_array(x, r, 7, &p->roles);
        p->using_text = text;
        p->with = pg_settled(x, pg_keep(x, r, 8));
    }
}
