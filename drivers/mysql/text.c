/* Names and texts as MySQL and MariaDB read them. */
#include "drivers/mysql/connection.h"

/* What a current MySQL or MariaDB server, in any sql_mode, does not take as a plain name; sorted. Functions
 * are among them because their names followed by "(" are calls. */
static const char *const reserved[] = {
    /* clang-format off */
    "accessible", "add", "adddate", "admin", "all", "alter", "analyze", "and", "array", "as", "asc",
    "asensitive", "before", "between", "bigint", "binary", "bit_and", "bit_or", "bit_xor", "blob", "body",
    "both", "by", "call", "cascade", "case", "cast", "change", "char", "character", "check", "collate",
    "column", "condition", "constraint", "continue", "convert", "count", "create", "cross", "cube",
    "cume_dist", "curdate", "current_date", "current_role", "current_time", "current_timestamp",
    "current_user", "cursor", "curtime", "databases", "date_add", "date_sub", "day_hour",
    "day_microsecond", "day_minute", "day_second", "dec", "decimal", "declare", "default", "delayed",
    "delete", "delete_domain_id", "dense_rank", "desc", "describe", "deterministic", "distinct",
    "distinctrow", "div", "do_domain_ids", "double", "drop", "dual", "each", "else", "elseif", "elsif",
    "empty", "enclosed", "escaped", "except", "exists", "exit", "explain", "extract", "false", "fetch",
    "first_value", "float", "float4", "float8", "for", "force", "foreign", "from", "fulltext", "function",
    "generated", "get", "goto", "grant", "group", "group_concat", "grouping", "groups", "having",
    "high_priority", "history", "hour_microsecond", "hour_minute", "hour_second", "if", "ignore",
    "ignore_domain_ids", "in", "index", "infile", "inner", "inout", "insensitive", "insert", "int",
    "int1", "int2", "int3", "int4", "int8", "integer", "intersect", "interval", "into", "io_after_gtids",
    "io_before_gtids", "is", "iterate", "join", "json_arrayagg", "json_objectagg", "json_table", "key",
    "keys", "kill", "lag", "lateral", "lead", "leading", "leave", "left", "library", "like", "limit",
    "linear", "lines", "load", "localtime", "localtimestamp", "lock", "long", "longblob", "longtext",
    "loop", "low_priority", "manual", "master_bind", "master_demote_to_replica", "master_demote_to_slave",
    "master_ssl_verify_server_cert", "match", "max", "maxvalue", "median", "mediumblob", "mediumint",
    "mediumtext", "member", "mid", "middleint", "min", "minute_microsecond", "minute_second", "mod",
    "modifies", "natural", "no_write_to_binlog", "not", "now", "nth_value", "ntile", "null", "numeric",
    "of", "offset", "on", "optimize", "optimizer_costs", "optionally", "or", "order", "others", "out",
    "outer", "outfile", "over", "package", "page_checksum", "parallel", "parse_vcol_expr", "partition",
    "percent_rank", "percentile_cont", "percentile_disc", "portion", "position", "precision", "primary",
    "procedure", "purge", "qualify", "raise", "range", "rank", "read", "read_write", "reads", "real",
    "recursive", "ref_system_id", "references", "regexp", "release", "rename", "repeat", "replace",
    "require", "resignal", "restrict", "return", "returning", "revoke", "right", "rlike", "row",
    "row_number", "rows", "rowtype", "schemas", "second_microsecond", "select", "sensitive", "separator",
    "session_user", "set", "show", "signal", "smallint", "spatial", "specific", "sql", "sql_big_result",
    "sql_buffer_result", "sql_cache", "sql_calc_found_rows", "sql_no_cache", "sql_small_result",
    "sqlexception", "sqlstate", "sqlwarning", "ssl", "starting", "stats_auto_recalc", "stats_persistent",
    "stats_sample_pages", "std", "stddev", "stddev_pop", "stddev_samp", "stored", "straight_join",
    "subdate", "substr", "substring", "sum", "sysdate", "system", "system_time", "system_user", "table",
    "tablesample", "terminated", "then", "tinyblob", "tinyint", "tinytext", "to", "trailing", "trigger",
    "trim", "true", "undo", "union", "unique", "unlock", "unsigned", "update", "usage", "use", "using",
    "utc_date", "utc_time", "utc_timestamp", "value", "values", "var_pop", "var_samp", "varbinary",
    "varchar", "varcharacter", "variance", "varying", "versioning", "virtual", "when", "where", "while",
    "window", "with", "without", "write", "xor", "year_month", "zerofill",
    /* clang-format on */
};

void mysql_quote_ident(struct strbuf *b, const char *name)
{
    strbuf_addch(b, '`');
    for (; *name; name++) {
        if (*name == '`') {
            strbuf_addch(b, '`');
        }
        strbuf_addch(b, *name);
    }
    strbuf_addch(b, '`');
}

static int compare(const void *word, const void *entry)
{
    const char *const *e = entry;
    return strcasecmp(word, *e);
}

bool mysql_needs_quotes(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
    if (n == 0 || name[n] || (*name >= '0' && *name <= '9')) {
        return true;
    }
    return bsearch(name, reserved, COUNT_OF(reserved), sizeof(reserved[0]), compare) != NULL;
}

/* Quotes are doubled rather than escaped, so that no text gets out of its literal where sql_mode has
 * NO_BACKSLASH_ESCAPES; backslashes would read doubled there. */
void mysql_quote_literal(struct strbuf *b, struct slice text)
{
    strbuf_addch(b, '\'');
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\0') {
            strbuf_adds(b, "\\0");
            continue;
        }
        if (c == '\'' || c == '\\') {
            strbuf_addch(b, c);
        }
        strbuf_addch(b, c);
    }
    strbuf_addch(b, '\'');
}
