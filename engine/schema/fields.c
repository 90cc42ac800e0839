/* What each kind of object has: the one table from which snapshots, comparison and documentation follow. */
#include "engine/schema/object.h"

static bool never(const void *object)
{
    (void)object;
    return false;
}

/* The text of a view is what it is. That of a table repeats its columns, unless those were not understood. */
static bool definition_counts(const void *object)
{
    const struct schema_table *t = object;
    return t->partly_read || t->kind == SCHEMA_VIEW || t->kind == SCHEMA_MATERIALIZED_VIEW ||
           t->kind == SCHEMA_VIRTUAL;
}
/* Of a CHECK and of a foreign key it repeats the parts. */
static bool constraint_text_counts(const void *object)
{
    return ((const struct schema_constraint *)object)->kind == SCHEMA_EXCLUSION;
}
/* The text of an index repeats its keys; where those could not be read it is all there is. */
static bool index_text_counts(const void *object)
{
    return ((const struct schema_index *)object)->keys.n == 0;
}

/* clang-format off: tables */
#define TEXT(T, m)                                                                                           \
    {                                                                                                        \
#m, SCHEMA_F_TEXT, offsetof(struct T, m), NULL, NULL, NULL                                           \
    }
#define TEXT_AS(T, m, name)                                                                                  \
    {                                                                                                        \
        name, SCHEMA_F_TEXT, offsetof(struct T, m), NULL, NULL, NULL                                         \
    }
#define TEXT_IF(T, m, when)                                                                                  \
    {                                                                                                        \
#m, SCHEMA_F_TEXT, offsetof(struct T, m), when, NULL, NULL                                           \
    }
#define FLAG(T, m)                                                                                           \
    {                                                                                                        \
#m, SCHEMA_F_FLAG, offsetof(struct T, m), NULL, NULL, NULL                                           \
    }
#define FLAG_IF(T, m, when)                                                                                  \
    {                                                                                                        \
#m, SCHEMA_F_FLAG, offsetof(struct T, m), when, NULL, NULL                                           \
    }
#define ALLOWED(T, m)                                                                                        \
    {                                                                                                        \
#m, SCHEMA_F_ALLOWED, offsetof(struct T, m), NULL, NULL, NULL                                        \
    }
#define NUMBER(T, m)                                                                                         \
    {                                                                                                        \
#m, SCHEMA_F_NUMBER, offsetof(struct T, m), NULL, NULL, NULL                                         \
    }
#define NUMBER_IF(T, m, when)                                                                                \
    {                                                                                                        \
#m, SCHEMA_F_NUMBER, offsetof(struct T, m), when, NULL, NULL                                         \
    }
#define NAMES(T, m)                                                                                          \
    {                                                                                                        \
#m, SCHEMA_F_NAMES, offsetof(struct T, m), NULL, NULL, NULL                                          \
    }
#define CHOICE(T, m, c)                                                                                      \
    {                                                                                                        \
#m, SCHEMA_F_CHOICE, offsetof(struct T, m), NULL, c, NULL                                            \
    }
#define RECORD(T, m, r)                                                                                      \
    {                                                                                                        \
#m, SCHEMA_F_RECORD, offsetof(struct T, m), NULL, NULL, r                                            \
    }
#define RECORDS(T, m, r)                                                                                     \
    {                                                                                                        \
#m, SCHEMA_F_RECORDS, offsetof(struct T, m), NULL, NULL, r                                           \
    }
#define LIST(fields) fields, COUNT_OF(fields)
/* clang-format on */

static const struct schema_field identity_fields[] = {
    FLAG(schema_identity, always), NUMBER(schema_identity, start), NUMBER(schema_identity, increment),
    NUMBER(schema_identity, min),  NUMBER(schema_identity, max),   NUMBER(schema_identity, cache),
    FLAG(schema_identity, cycle),
};
static const struct schema_record identity_record = {LIST(identity_fields), sizeof(struct schema_identity),
                                                     NULL};

static void show_key(struct strbuf *out, const void *record)
{
    const struct schema_key *k = record;
    strbuf_adds(out, k->column ? k->column : k->expression ? k->expression : "?");
    if (k->length) {
        strbuf_addf(out, "(%lld)", (long long)k->length);
    }
    if (k->collation) {
        strbuf_addf(out, " COLLATE %s", k->collation);
    }
    if (k->opclass && !k->opclass_default) {
        strbuf_addf(out, " %s", k->opclass);
    }
    strbuf_adds(out, k->descending ? " DESC" : "");
    if (k->opclass && k->nulls_first != k->descending) {
        strbuf_adds(out, k->nulls_first ? " NULLS FIRST" : " NULLS LAST");
    }
}
static const struct schema_field key_fields[] = {
    TEXT(schema_key, column),      TEXT(schema_key, expression),      TEXT(schema_key, opclass),
    TEXT(schema_key, collation),   FLAG(schema_key, opclass_default), FLAG(schema_key, descending),
    FLAG(schema_key, nulls_first), NUMBER(schema_key, length),
};
static const struct schema_record key_record = {LIST(key_fields), sizeof(struct schema_key), show_key};

static void show_option(struct strbuf *out, const void *record)
{
    const struct schema_option *o = record;
    strbuf_addf(out, "%s=%s", o->name, o->value ? o->value : "");
}
static const struct schema_field option_fields[] = {TEXT(schema_option, name), TEXT(schema_option, value)};
static const struct schema_record option_record = {LIST(option_fields), sizeof(struct schema_option),
                                                   show_option};

static const struct schema_field domain_check_fields[] = {TEXT(schema_domain_check, name),
                                                          TEXT(schema_domain_check, expression),
                                                          FLAG(schema_domain_check, not_valid)};
static const struct schema_record domain_check_record = {LIST(domain_check_fields),
                                                         sizeof(struct schema_domain_check), NULL};

static const char *const table_kinds[] = {
    "table", "partitioned table", "foreign table", "view", "materialized view", "virtual table", NULL};
static const char *const constraint_kinds[] = {"primary key", "unique",    "foreign key",
                                               "check",       "exclusion", NULL};
static const char *const routine_kinds[] = {"function", "procedure", "aggregate", NULL};

static const struct schema_field namespace_fields[] = {TEXT(schema_namespace, comment)};
static const struct schema_field extension_fields[] = {TEXT_AS(schema_extension, schema, "in"),
                                                       TEXT(schema_extension, version),
                                                       TEXT(schema_extension, comment)};
static const struct schema_field enum_fields[] = {NAMES(schema_enum, labels), TEXT(schema_enum, comment)};
static const struct schema_field domain_fields[] = {
    TEXT(schema_domain, type),
    ALLOWED(schema_domain, nullable),
    TEXT_AS(schema_domain, default_text, "default"),
    TEXT(schema_domain, collation),
    RECORDS(schema_domain, checks, &domain_check_record),
    TEXT(schema_domain, comment),
};
static const struct schema_field other_fields[] = {TEXT(schema_other, what), TEXT(schema_other, definition),
                                                   TEXT(schema_other, comment)};
static const struct schema_field sequence_fields[] = {
    TEXT(schema_sequence, type),
    {"start", SCHEMA_F_NUMBER, offsetof(struct schema_sequence, options.start), NULL, NULL, NULL},
    {"increment", SCHEMA_F_NUMBER, offsetof(struct schema_sequence, options.increment), NULL, NULL, NULL},
    {"min", SCHEMA_F_NUMBER, offsetof(struct schema_sequence, options.min), NULL, NULL, NULL},
    {"max", SCHEMA_F_NUMBER, offsetof(struct schema_sequence, options.max), NULL, NULL, NULL},
    {"cache", SCHEMA_F_NUMBER, offsetof(struct schema_sequence, options.cache), NULL, NULL, NULL},
    {"cycle", SCHEMA_F_FLAG, offsetof(struct schema_sequence, options.cycle), NULL, NULL, NULL},
    TEXT(schema_sequence, owner_table),
    TEXT(schema_sequence, owner_column),
    FLAG(schema_sequence, unlogged),
    TEXT(schema_sequence, comment),
};
static const struct schema_field routine_fields[] = {
    CHOICE(schema_routine, kind, routine_kinds),
    TEXT(schema_routine, arguments),
    TEXT(schema_routine, returns),
    TEXT(schema_routine, language),
    TEXT(schema_routine, definition),
    TEXT(schema_routine, definer),
    TEXT(schema_routine, sql_mode),
    TEXT(schema_routine, comment),
};
static const struct schema_field table_fields[] = {
    CHOICE(schema_table, kind, table_kinds),
    TEXT(schema_table, comment),
    RECORDS(schema_table, options, &option_record),
    TEXT_IF(schema_table, definition, definition_counts),
    TEXT(schema_table, partition_key),
    TEXT(schema_table, partition_of),
    TEXT(schema_table, partition_bound),
    NAMES(schema_table, inherits),
    FLAG(schema_table, unlogged),
    FLAG(schema_table, row_security),
    FLAG(schema_table, force_row_security),
    TEXT(schema_table, access_method),
    TEXT(schema_table, tablespace),
    TEXT(schema_table, replica_identity),
    TEXT(schema_table, server),
    TEXT(schema_table, definer),
    TEXT(schema_table, security),
    TEXT(schema_table, algorithm),
    TEXT(schema_table, check_option),
    FLAG(schema_table, without_rowid),
    FLAG(schema_table, strict),
    FLAG_IF(schema_table, autoincrement, never),
    FLAG(schema_table, partly_read),
};
static const struct schema_field column_fields[] = {
    TEXT(schema_column, type),
    ALLOWED(schema_column, nullable),
    TEXT_AS(schema_column, default_text, "default"),
    TEXT(schema_column, on_update),
    TEXT(schema_column, generated),
    FLAG(schema_column, stored),
    RECORD(schema_column, identity, &identity_record),
    TEXT(schema_column, charset),
    TEXT(schema_column, collation),
    TEXT(schema_column, comment),
    FLAG(schema_column, autoincrement),
    FLAG(schema_column, hidden),
    TEXT(schema_column, storage),
    TEXT(schema_column, compression),
    NUMBER(schema_column, statistics),
    NAMES(schema_column, options),
    FLAG_IF(schema_column, inherited, never),
    TEXT(schema_column, not_null_conflict),
    NUMBER_IF(schema_column, key_position, never),
};
static const struct schema_field constraint_fields[] = {
    CHOICE(schema_constraint, kind, constraint_kinds),
    NAMES(schema_constraint, columns),
    TEXT(schema_constraint, ref_schema),
    TEXT_IF(schema_constraint, ref_owner, never),
    TEXT(schema_constraint, ref_table),
    NAMES(schema_constraint, ref_columns),
    TEXT(schema_constraint, on_delete),
    TEXT(schema_constraint, on_update),
    TEXT(schema_constraint, match),
    {"deferrable", SCHEMA_F_TRISTATE, offsetof(struct schema_constraint, deferrable), NULL, NULL, NULL},
    TEXT(schema_constraint, initially),
    TEXT(schema_constraint, expression),
    TEXT_IF(schema_constraint, definition, constraint_text_counts),
    NAMES(schema_constraint, include),
    FLAG(schema_constraint, no_inherit),
    FLAG(schema_constraint, not_valid),
    FLAG(schema_constraint, not_enforced),
    FLAG(schema_constraint, nulls_not_distinct),
    NAMES(schema_constraint, options),
    TEXT(schema_constraint, tablespace),
    FLAG(schema_constraint, clustered),
    FLAG(schema_constraint, replica_identity),
    TEXT(schema_constraint, comment),
    TEXT_IF(schema_constraint, index, never),
    TEXT_IF(schema_constraint, column, never),
    TEXT(schema_constraint, conflict),
    FLAG_IF(schema_constraint, descending, never),
    NAMES(schema_constraint, sorted),
};
static const struct schema_field index_fields[] = {
    FLAG(schema_index, unique),
    FLAG_IF(schema_index, primary, never),
    ALLOWED(schema_index, valid),
    TEXT(schema_index, method),
    RECORDS(schema_index, keys, &key_record),
    NAMES(schema_index, include),
    TEXT(schema_index, predicate),
    NAMES(schema_index, options),
    TEXT(schema_index, tablespace),
    TEXT(schema_index, parser),
    TEXT(schema_index, comment),
    FLAG(schema_index, nulls_not_distinct),
    FLAG(schema_index, ignored),
    FLAG(schema_index, clustered),
    FLAG(schema_index, replica_identity),
    TEXT_IF(schema_index, definition, index_text_counts),
    FLAG_IF(schema_index, automatic, never),
    TEXT_IF(schema_index, constraint, never),
    FLAG_IF(schema_index, plain, never),
};
static const struct schema_field trigger_fields[] = {
    TEXT(schema_trigger, definition), FLAG(schema_trigger, disabled), TEXT(schema_trigger, fires),
    TEXT(schema_trigger, definer),    TEXT(schema_trigger, sql_mode), TEXT(schema_trigger, comment)};
static const struct schema_field policy_fields[] = {
    FLAG(schema_policy, restrictive), TEXT(schema_policy, command),
    NAMES(schema_policy, roles),      TEXT_AS(schema_policy, using_text, "using"),
    TEXT(schema_policy, with),        TEXT(schema_policy, comment),
};
static const struct schema_field rule_fields[] = {TEXT(schema_rule, definition), TEXT(schema_rule, fires),
                                                  TEXT(schema_rule, comment)};
static const struct schema_field event_fields[] = {TEXT(schema_event, definition),
                                                   FLAG(schema_event, disabled), TEXT(schema_event, definer),
                                                   TEXT(schema_event, sql_mode), TEXT(schema_event, comment)};
static const struct schema_field grant_fields[] = {TEXT(schema_grant, on), TEXT(schema_grant, grantee),
                                                   NAMES(schema_grant, privileges),
                                                   NAMES(schema_grant, grantable)};

/* clang-format off: a table */
static const struct schema_kind_info kinds[SCHEMA_K_COUNT] = {
    [SCHEMA_K_NAMESPACE] = {"schema", LIST(namespace_fields), sizeof(struct schema_namespace)},
    [SCHEMA_K_EXTENSION] = {"extension", LIST(extension_fields), sizeof(struct schema_extension)},
    [SCHEMA_K_ENUM] = {"enum", LIST(enum_fields), sizeof(struct schema_enum)},
    [SCHEMA_K_DOMAIN] = {"domain", LIST(domain_fields), sizeof(struct schema_domain)},
    [SCHEMA_K_OTHER] = {"object", LIST(other_fields), sizeof(struct schema_other)},
    [SCHEMA_K_SEQUENCE] = {"sequence", LIST(sequence_fields), sizeof(struct schema_sequence)},
    [SCHEMA_K_ROUTINE] = {"routine", LIST(routine_fields), sizeof(struct schema_routine)},
    [SCHEMA_K_TABLE] = {"table", LIST(table_fields), sizeof(struct schema_table)},
    [SCHEMA_K_COLUMN] = {"column", LIST(column_fields), sizeof(struct schema_column)},
    [SCHEMA_K_CONSTRAINT] = {"constraint", LIST(constraint_fields), sizeof(struct schema_constraint)},
    [SCHEMA_K_INDEX] = {"index", LIST(index_fields), sizeof(struct schema_index)},
    [SCHEMA_K_TRIGGER] = {"trigger", LIST(trigger_fields), sizeof(struct schema_trigger)},
    [SCHEMA_K_POLICY] = {"policy", LIST(policy_fields), sizeof(struct schema_policy)},
    [SCHEMA_K_RULE] = {"rule", LIST(rule_fields), sizeof(struct schema_rule)},
    [SCHEMA_K_EVENT] = {"event", LIST(event_fields), sizeof(struct schema_event)},
    [SCHEMA_K_GRANT] = {"grant", LIST(grant_fields), sizeof(struct schema_grant)},
};
/* clang-format on */

const struct schema_kind_info *schema_kind_info(enum schema_kind kind)
{
    return &kinds[kind];
}
