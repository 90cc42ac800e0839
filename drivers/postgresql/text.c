/* Quoting names and texts for PostgreSQL. */
#include "base/vec.h"
#include "drivers/postgresql/internal.h"
#include <strings.h>

/* Every key word that some position does not take as a plain name, of PostgreSQL 15 and, since a script may
 * be run by a newer server, of its successors up to 18; sorted. */
static const char *const keywords[] = {
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "between",
    "bigint",
    "binary",
    "bit",
    "boolean",
    "both",
    "case",
    "cast",
    "char",
    "character",
    "check",
    "coalesce",
    "collate",
    "collation",
    "column",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "dec",
    "decimal",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "exists",
    "extract",
    "false",
    "fetch",
    "float",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "greatest",
    "group",
    "grouping",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "inout",
    "int",
    "integer",
    "intersect",
    "interval",
    "into",
    "is",
    "isnull",
    "join",
    "json",
    "json_array",
    "json_arrayagg",
    "json_exists",
    "json_object",
    "json_objectagg",
    "json_query",
    "json_scalar",
    "json_serialize",
    "json_table",
    "json_value",
    "lateral",
    "leading",
    "least",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "merge_action",
    "national",
    "natural",
    "nchar",
    "none",
    "normalize",
    "not",
    "notnull",
    "null",
    "nullif",
    "numeric",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "out",
    "outer",
    "overlaps",
    "overlay",
    "placing",
    "position",
    "precision",
    "primary",
    "real",
    "references",
    "returning",
    "right",
    "row",
    "select",
    "session_user",
    "setof",
    "similar",
    "smallint",
    "some",
    "substring",
    "symmetric",
    "system_user",
    "table",
    "tablesample",
    "then",
    "time",
    "timestamp",
    "to",
    "trailing",
    "treat",
    "trim",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "values",
    "varchar",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
    "xmlattributes",
    "xmlconcat",
    "xmlelement",
    "xmlexists",
    "xmlforest",
    "xmlnamespaces",
    "xmlparse",
    "xmlpi",
    "xmlroot",
    "xmlserialize",
    "xmltable",
};

void pg_quote_ident(struct strbuf *b, const char *name)
{
    strbuf_addch(b, '"');
    for (; *name; name++) {
        if (*name == '"') {
            strbuf_addch(b, '"');
        }
        strbuf_addch(b, *name);
    }
    strbuf_addch(b, '"');
}

static int compare(const void *word, const void *keyword)
{
    return strcmp(word, *(const char *const *)keyword);
}

/* The same answer as the server's quote_ident(). */
bool pg_needs_quotes(const char *name)
{
    size_t n = 0;
    for (; name[n]; n++) {
        char c = name[n];
        bool letter = (c >= 'a' && c <= 'z') || c == '_', digit = c >= '0' && c <= '9';
        if (!letter && !(n > 0 && digit)) {
            return true;
        }
    }
    return n == 0 || bsearch(name, keywords, COUNT_OF(keywords), sizeof(keywords[0]), compare) != NULL;
}

/* A text with a backslash is written so that it reads the same whatever standard_conforming_strings says. */
void pg_quote_literal(struct strbuf *b, struct slice text)
{
    bool escape = text.len && memchr(text.ptr, '\\', text.len);
    strbuf_adds(b, escape ? "E'" : "'");
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\'' || c == '\\') {
            strbuf_addch(b, c);
        }
        strbuf_addch(b, c);
    }
    strbuf_addch(b, '\'');
}

/* Past the word and the blanks behind it; NULL when another word stands there. */
static const char *past_word(const char *p, const char *end, const char *word)
{
    size_t n = strlen(word);
    if ((size_t)(end - p) < n || strncasecmp(p, word, n) != 0) {
        return NULL;
    }
    p += n;
    while (p < end && strchr(" \t\r\n", *p)) {
        p++;
    }
    return p;
}

/* SET [LOCAL | SESSION] ROLE, SET [LOCAL | SESSION] SESSION AUTHORIZATION: *p stands at SET. */
static const char *restore_role(const char *p, const char *end)
{
    const char *rest = past_word(p, end, "set");
    const char *local = rest ? past_word(rest, end, "local") : NULL;
    rest = local ? local : rest;
    const char *session = rest ? past_word(rest, end, "session") : NULL;
    if ((rest && past_word(rest, end, "role")) || (session && past_word(session, end, "role"))) {
        return "RESET ROLE";
    }
    return session && past_word(session, end, "authorization") ? "RESET SESSION AUTHORIZATION" : NULL;
}

const char *pg_restore(struct slice statement)
{
    const char *end = statement.ptr + statement.len;
    for (const char *p = statement.ptr; p < end; p++) {
        const char *found = *p == 's' || *p == 'S' ? restore_role(p, end) : NULL;
        if (found) {
            return found;
        }
        if ((*p == 's' || *p == 'S') && past_word(p, end, "search_path")) {
            return "RESET search_path";
        }
    }
    return NULL;
}
