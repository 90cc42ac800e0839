/* Functions that SQLAlchemy knows: their types, and how their names are written. */
#include "engine/ddl/expr_make.h"
#include <string.h>
#include <strings.h>

enum result {
    UNKNOWN,
    OF_ARGUMENTS, /* of the first argument that has one */
    ARRAY_OF_ARGUMENTS
};
static const struct known {
    const char *name;
    enum ddl_type_id type;
    enum result result;
} known[] = {
    {"coalesce", DDL_TYPE_NONE, OF_ARGUMENTS},
    {"max", DDL_TYPE_NONE, OF_ARGUMENTS},
    {"min", DDL_TYPE_NONE, OF_ARGUMENTS},
    {"sum", DDL_TYPE_NONE, OF_ARGUMENTS},
    {"array_agg", DDL_TYPE_NONE, ARRAY_OF_ARGUMENTS},
    {"now", DDL_TYPE_DATETIME_GENERIC, UNKNOWN},
    {"concat", DDL_TYPE_STRING, UNKNOWN},
    {"char_length", DDL_TYPE_INTEGER_GENERIC, UNKNOWN},
    {"random", DDL_TYPE_NONE, UNKNOWN},
    {"count", DDL_TYPE_INTEGER_GENERIC, UNKNOWN},
    {"current_date", DDL_TYPE_DATE_GENERIC, UNKNOWN},
    {"current_time", DDL_TYPE_TIME_GENERIC, UNKNOWN},
    {"current_timestamp", DDL_TYPE_DATETIME_GENERIC, UNKNOWN},
    {"current_user", DDL_TYPE_STRING, UNKNOWN},
    {"localtime", DDL_TYPE_DATETIME_GENERIC, UNKNOWN},
    {"localtimestamp", DDL_TYPE_DATETIME_GENERIC, UNKNOWN},
    {"session_user", DDL_TYPE_STRING, UNKNOWN},
    {"sysdate", DDL_TYPE_DATETIME_GENERIC, UNKNOWN},
    {"user", DDL_TYPE_STRING, UNKNOWN},
    {"mode", DDL_TYPE_NONE, UNKNOWN},
    {"percentile_cont", DDL_TYPE_NONE, UNKNOWN},
    {"percentile_disc", DDL_TYPE_NONE, UNKNOWN},
    {"rank", DDL_TYPE_INTEGER_GENERIC, UNKNOWN},
    {"dense_rank", DDL_TYPE_INTEGER_GENERIC, UNKNOWN},
    {"percent_rank", DDL_TYPE_NUMERIC_GENERIC, UNKNOWN},
    {"cume_dist", DDL_TYPE_NUMERIC_GENERIC, UNKNOWN},
    {"cube", DDL_TYPE_NONE, UNKNOWN},
    {"rollup", DDL_TYPE_NONE, UNKNOWN},
    {"grouping_sets", DDL_TYPE_NONE, UNKNOWN},
    {"aggregate_strings", DDL_TYPE_STRING, UNKNOWN},
    {"to_tsvector", DDL_TYPE_PG_TSVECTOR, UNKNOWN},
    {"to_tsquery", DDL_TYPE_PG_TSQUERY, UNKNOWN},
    {"plainto_tsquery", DDL_TYPE_PG_TSQUERY, UNKNOWN},
    {"phraseto_tsquery", DDL_TYPE_PG_TSQUERY, UNKNOWN},
    {"websearch_to_tsquery", DDL_TYPE_PG_TSQUERY, UNKNOWN},
    {"ts_headline", DDL_TYPE_TEXT, UNKNOWN},
};

static const struct known *find(const char *name)
{
    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
        if (strcasecmp(known[i].name, name) == 0) {
            return &known[i];
        }
    }
    return NULL;
}

static const struct ddl_type *first_type(const struct sql_expr *const *args, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!sql_type_is_null(args[i]->type)) {
            return args[i]->type;
        }
    }
    return ddl_type_null();
}

static const struct ddl_type *result_type(struct arena *a, const struct known *k,
                                          const struct sql_expr *const *args, size_t n)
{
    switch (k->result) {
    case OF_ARGUMENTS:
        return first_type(args, n);
    case ARRAY_OF_ARGUMENTS: {
        const struct ddl_type *t = first_type(args, n);
        if (ddl_type_affinity(t) == AFFINITY_ARRAY) {
            return t;
        }
        struct ddl_type *array = ddl_type_new(a, DDL_TYPE_ARRAY_GENERIC);
        array->item = t;
        return array;
    }
    default:
        return k->type != DDL_TYPE_NONE ? ddl_type_new(a, k->type) : NULL;
    }
}

/* The configuration of a text search function, its first argument when there are several. */
static const struct sql_expr *text_search_argument(struct arena *a, const char *name,
                                                   const struct sql_expr *const *args, size_t n)
{
    bool search = strstr(name, "to_ts") || strcmp(name, "ts_headline") == 0;
    if (!search || n < 2 || args[0]->kind != SQL_E_VALUE) {
        return args[0];
    }
    if (strcmp(name, "ts_headline") == 0 && ddl_type_is(args[1]->type, DDL_TYPE_PG_TSQUERY)) {
        return args[0];
    }
    struct sql_expr *e = sql_copy(a, args[0]);
    e->type = ddl_type_new(a, DDL_TYPE_PG_REGCONFIG);
    return e;
}

struct sql_expr *sql_function(struct arena *a, const char *const *packages, size_t npackages,
                              const char *name, const struct sql_expr *const *args, size_t n,
                              const struct ddl_type *type)
{
    const struct known *k = npackages ? NULL : find(name);
    struct sql_function *f = arena_alloc(a, sizeof(*f));
    f->packages = packages;
    f->npackages = npackages;
    f->generic = k != NULL;
    struct sql_expr *e = sql_make(a, SQL_E_FUNCTION, type ? type : k ? result_type(a, k, args, n) : NULL);
    e->name = DDL_NAME(k ? k->name : arena_dup(a, name));
    e->data = f;
    e->items = arena_array(a, n + 1, sizeof(struct sql_expr *));
    for (size_t i = 0; i < n; i++) {
        const struct sql_expr *arg = i == 0 && k ? text_search_argument(a, k->name, args, n) : args[i];
        e->items[e->n++] = sql_self_group(a, arg, sql_operator(SQL_OP_COMMA));
    }
    return e;
}
