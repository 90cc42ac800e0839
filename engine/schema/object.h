/*
 * The objects of a schema seen alike: what kinds there are, what each kind has (one table of fields, from
 * which the text of a snapshot, its reading, comparison and the pages about completeness all follow), and
 * walking through them in an order that depends on names alone.
 *
 * Within a schema the default one (schema.name) has no name, so that tenants that are schemas of one database
 * compare as equal.
 */
#pragma once
#include "base/digest.h"
#include "engine/schema/schema.h"

enum schema_kind {
    SCHEMA_K_NAMESPACE,
    SCHEMA_K_EXTENSION,
    SCHEMA_K_ENUM,
    SCHEMA_K_DOMAIN,
    SCHEMA_K_OTHER,
    SCHEMA_K_SEQUENCE,
    SCHEMA_K_ROUTINE,
    SCHEMA_K_TABLE, /* and views; from here on to RULE with their children behind them */
    SCHEMA_K_COLUMN,
    SCHEMA_K_CONSTRAINT,
    SCHEMA_K_INDEX,
    SCHEMA_K_TRIGGER,
    SCHEMA_K_POLICY,
    SCHEMA_K_RULE,
    SCHEMA_K_EVENT,
    SCHEMA_K_GRANT,
    SCHEMA_K_COUNT
};

enum schema_field_type {
    SCHEMA_F_TEXT,     /* const char *; NULL: absent */
    SCHEMA_F_FLAG,     /* bool; false: absent */
    SCHEMA_F_ALLOWED,  /* bool; true: absent, written "no" */
    SCHEMA_F_TRISTATE, /* int; -1: absent */
    SCHEMA_F_NUMBER,   /* int64_t; 0: absent */
    SCHEMA_F_CHOICE,   /* an enum, as one of `choices`; never absent */
    SCHEMA_F_NAMES,    /* strings_t */
    SCHEMA_F_RECORD,   /* const pointer to a struct; NULL: absent */
    SCHEMA_F_RECORDS,  /* VEC of structs, in order */
};

struct schema_record;
struct schema_field {
    const char *name;
    enum schema_field_type type;
    size_t offset;
    /* When it counts as a difference. NULL: always. An object's derived fields stay in a snapshot, because
     * statements are made of them, and follow from others. */
    bool (*counts)(const void *object);
    const char *const *choices;         /* CHOICE; ends with NULL */
    const struct schema_record *record; /* RECORD, RECORDS */
};
struct schema_record { /* what a field of the type RECORD or RECORDS consists of: plain fields */
    const struct schema_field *fields;
    size_t n, size;
    /* As people write it. NULL: "name value, name value". */
    void (*show)(struct strbuf *out, const void *record);
};
struct schema_kind_info {
    const char *name; /* "column": in snapshots, in rules */
    const struct schema_field *fields;
    size_t n, size; /* of the struct */
};
const struct schema_kind_info *schema_kind_info(enum schema_kind kind);

/* One object; strings are the schema's. */
struct schema_item {
    enum schema_kind kind;
    const char *schema;               /* NULL: the default one, or none */
    const char *name;                 /* unique within kind, schema and table: routines with their arguments,
                                         constraints without a name by what they say */
    const struct schema_table *table; /* whose child it is */
    const void *object;               /* struct schema_column and so on, by kind */
};
typedef VEC(struct schema_item) schema_items_t;
/* What stands by itself, sorted by kind, schema, name. Not there: sequences of identity columns. */
void schema_items(struct arena *a, const struct schema *s, schema_items_t *out);
/* A table's children, sorted by kind and name. Not there: the indexes that constraints stand for, and the
 * columns of views and virtual tables, which follow from their definition, nor what a partition has from its
 * parent alone. in_order: all columns, as they stand in the table. */
void schema_children(struct arena *a, const struct schema *s, const struct schema_table *t, bool in_order,
                     schema_items_t *out);
/* "view", "foreign key", "procedure": what people call it. */
const char *schema_item_word(const struct schema_item *item);
/* "users", "other.users", "users.email", "f(integer)"; without the kind. */
const char *schema_item_path(struct arena *a, const struct schema_item *item);
/* The value of a field as people read it; NULL: absent. */
const char *schema_field_show(struct arena *a, const struct schema_field *f, const void *object);
bool schema_field_equal(const struct schema_field *f, const void *a, const void *b);

/* Drop, in place, the objects that keep() does not want; a table takes its children along. */
void schema_filter(struct schema *s, bool (*keep)(void *ctx, const struct schema_item *item), void *ctx);

/*
 * Text. CANONICAL: what counts, sorted: equal schemas, equal text, and its SHA-256 is the fingerprint.
 * SNAPSHOT: all that is known, columns in their order; schema_parse() makes the same schema of it.
 */
enum schema_text_form { SCHEMA_TEXT_CANONICAL, SCHEMA_TEXT_SNAPSHOT };
void schema_write(struct strbuf *out, const struct schema *s, enum schema_text_form form);
void schema_fingerprint(const struct schema *s, char hex[DIGEST_HEX + 1]);
/* path: for messages. ERR_FILE with the line. Strings are copied into the arena. */
int schema_parse(struct arena *a, struct slice text, const char *path, struct schema **out, struct err *err);
