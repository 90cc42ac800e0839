/*
 * The queries that tell what objects look like. Only what comes with a statement is compared: not row counts,
 * the next value of AUTO_INCREMENT or times, which others change. A statement whose result looks like what
 * was there before does no harm when it runs once more.
 */
#include "drivers/mysql/connection.h"
#include "drivers/mysql/trace.h"
#include "drivers/sql_trace.h"

/* What is compared, and by which columns the rows are found; one look a row, a kind may have several. */
static const struct look {
    const char *kinds, *from, *schema, *name, *columns;
    const char *own;   /* columns of one server only, in its comments: M! is MariaDB's, !80000 MySQL's */
    const char *doubt; /* condition on a row: it does not show what it is, or changes by itself */
} looks[] = {
    {"exists", "tables", "table_schema", "table_name", "table_type", NULL, NULL},
    {"table parts", "tables", "table_schema", "table_name",
     "table_type, engine, row_format, table_collation, create_options, table_comment", NULL, NULL},
    {"table parts", "columns", "table_schema", "table_name",
     "ordinal_position, column_name, column_type, is_nullable, column_default, extra, collation_name, "
     "column_comment, generation_expression",
     "/*!80003 , QUOTE(srs_id) */", NULL},
    {"table parts indexes", "statistics", "table_schema", "table_name",
     "index_name, seq_in_index, column_name, collation, sub_part, non_unique, index_type, comment, "
     "index_comment",
     "/*M!100600 , QUOTE(ignored) */ /*!80013 , QUOTE(is_visible), QUOTE(expression) */", NULL},
    {"table parts", "table_constraints", "table_schema", "table_name", "constraint_name, constraint_type",
     "/*!80016 , QUOTE(enforced) */", NULL},
    {"table parts", "key_column_usage", "table_schema", "table_name",
     "constraint_name, column_name, ordinal_position, referenced_table_schema, referenced_table_name, "
     "referenced_column_name",
     NULL, NULL},
    {"table parts", "referential_constraints", "constraint_schema", "table_name",
     "constraint_name, match_option, update_rule, delete_rule, unique_constraint_schema, "
     "referenced_table_name",
     NULL, NULL},
    {"parts", "partitions", "table_schema", "table_name",
     "partition_name, partition_ordinal_position, partition_method, partition_expression, "
     "partition_description, subpartition_name, subpartition_ordinal_position, subpartition_method, "
     "subpartition_expression, partition_comment",
     NULL, "partition_method = 'SYSTEM_TIME'"},
    {"view", "views", "table_schema", "table_name",
     "view_definition, check_option, definer, security_type, character_set_client, collation_connection",
     "/*M! , QUOTE(algorithm) */", "view_definition = ''"},
    {"routine", "routines", "routine_schema", "routine_name", "routine_type", NULL, NULL},
    {"body", "routines", "routine_schema", "routine_name",
     "routine_type, routine_definition, dtd_identifier, is_deterministic, sql_data_access, security_type, "
     "sql_mode, routine_comment, definer, character_set_client, collation_connection",
     NULL, "routine_definition IS NULL"},
    {"body", "parameters", "specific_schema", "specific_name",
     "routine_type, ordinal_position, parameter_mode, parameter_name, dtd_identifier", NULL, NULL},
    {"trigger", "triggers", "trigger_schema", "trigger_name",
     "event_object_table, event_manipulation, action_timing, action_statement, sql_mode, definer, "
     "action_order, character_set_client, collation_connection",
     NULL, NULL},
    {"event", "events", "event_schema", "event_name", "event_type", NULL, NULL},
};

/* MariaDB knows the table of a CHECK, MySQL only its name, which is the only one of its schema there. */
static const struct look checks_mariadb = {
    .from = "check_constraints",
    .schema = "constraint_schema",
    .name = "table_name",
    .columns = "constraint_name, check_clause",
};
static const struct look checks_mysql = {
    .from = "check_constraints JOIN information_schema.table_constraints USING (constraint_schema, "
            "constraint_name)",
    .schema = "table_schema",
    .name = "table_name",
    .columns = "constraint_name, check_clause",
};

/* Within a comment that the server at hand skips, only its end counts, wherever it stands. */
static void add_quoted(struct strbuf *b, const char *text)
{
    if (!strstr(text, "*/")) {
        mysql_quote_literal(b, slice_of(text));
        return;
    }
    strbuf_adds(b, "_utf8mb4 x'");
    for (const char *p = text; *p; p++) {
        strbuf_addf(b, "%02x", (unsigned char)*p);
    }
    strbuf_adds(b, "'");
}

static void add_place(struct strbuf *b, const char *schema_column, const char *schema,
                      const char *name_column, const char *name)
{
    strbuf_addf(b, " WHERE %s = ", schema_column);
    if (schema) {
        add_quoted(b, schema);
    } else {
        strbuf_adds(b, "DATABASE()");
    }
    strbuf_addf(b, " AND %s = ", name_column);
    add_quoted(b, name);
}

/* Number of rows, and a digest of them that does not depend on their order. */
static void add_look(struct strbuf *b, const struct look *l, const char *schema, const char *name)
{
    strbuf_adds(b, ", (SELECT CONCAT(COUNT(*), ':', BIT_XOR(CAST(CONV(LEFT(MD5(CONCAT_WS(','");
    for (const char *p = l->columns; *p;) {
        size_t n = strcspn(p, ",");
        strbuf_addf(b, ", QUOTE(%.*s)", (int)n, p);
        p += n;
        p += strspn(p, ", ");
    }
    strbuf_addf(b,
                "%s)), 16), 16, 10) AS UNSIGNED)), CASE WHEN MAX(%s) THEN '!' ELSE '' END) FROM "
                "information_schema.%s",
                l->own ? l->own : "", l->doubt ? l->doubt : "FALSE", l->from);
    add_place(b, l->schema, schema, l->name, name);
    strbuf_adds(b, ")");
}

static bool is_of_kind(const struct look *l, struct slice kind)
{
    struct slice kinds = slice_of(l->kinds), word;
    while (sql_trace_word(&kinds, &word)) {
        if (kind.len == word.len && memcmp(kind.ptr, word.ptr, word.len) == 0) {
            return true;
        }
    }
    return false;
}

static void add_looks(struct strbuf *b, struct slice kind, const char *schema, const char *name)
{
    for (size_t i = 0; i < COUNT_OF(looks); i++) {
        if (is_of_kind(&looks[i], kind)) {
            add_look(b, &looks[i], schema, name);
        }
    }
    if (slice_eq(kind, "table") || slice_eq(kind, "parts")) {
        strbuf_adds(b, "/*M!100222 ");
        add_look(b, &checks_mariadb, schema, name);
        strbuf_adds(b, "*/ /*!80016 ");
        add_look(b, &checks_mysql, schema, name);
        strbuf_adds(b, "*/");
    }
}

/* How many of the names are there: none or all; or which. */
static void add_gone(struct arena *a, struct strbuf *b, struct slice names)
{
    struct slice word;
    size_t n = 0;
    strbuf_adds(b, ", (SELECT CASE COUNT(*) WHEN 0 THEN '0' WHEN {n} THEN '{n}' ELSE CONCAT('?', "
                   "GROUP_CONCAT(name ORDER BY name SEPARATOR ', ')) END FROM (");
    while (sql_trace_word(&names, &word)) {
        const char *schema, *name;
        sql_trace_name(a, word, &schema, &name);
        strbuf_addf(b, "%sSELECT table_name AS name FROM information_schema.tables WHERE table_schema = ",
                    n++ ? " UNION ALL " : "");
        if (schema) {
            add_quoted(b, schema);
        } else {
            strbuf_adds(b, "DATABASE()");
        }
        strbuf_adds(b, " AND table_name = ");
        add_quoted(b, name);
    }
    strbuf_adds(b, ") objects)");
    char *text = arena_dup(a, strbuf_cstr(b)), *mark = strstr(text, "{n}");
    const char *rest = text;
    strbuf_clear(b);
    for (int i = 0; i < 2 && mark; i++, mark = strstr(rest, "{n}")) {
        strbuf_add(b, rest, (size_t)(mark - rest));
        strbuf_addf(b, "%zu", n);
        rest = mark + strlen("{n}");
    }
    strbuf_adds(b, rest);
}

char *mysql_trace_entry(struct arena *a, const char *text, const char *objects, const char *recorded)
{
    (void)recorded;
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    struct slice names = slice_of(objects ? objects : ""), kind = {0}, word;
    strbuf_adds(&b, "CONCAT_WS(' ', CONNECTION_ID(), ");
    add_quoted(&b, text);
    if (sql_trace_word(&names, &kind) && slice_eq(kind, "gone")) {
        AUTO(strbuf_release) struct strbuf gone = STRBUF_INIT;
        add_gone(a, &gone, names);
        strbuf_adds(&b, strbuf_cstr(&gone));
    } else if (sql_trace_word(&names, &word)) {
        const char *schema, *name;
        sql_trace_name(a, word, &schema, &name);
        if (slice_eq(kind, "database")) {
            strbuf_adds(&b, ", (SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = ");
            add_quoted(&b, name);
            strbuf_adds(&b, ")");
        } else {
            add_looks(&b, kind, schema, name);
        }
    }
    strbuf_adds(&b, ")");
    return arena_dup(a, strbuf_cstr(&b));
}
