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
    const char *name, *type;
    enum result result;
} known[] = {
    {"coalesce", NULL, OF_ARGUMENTS},
    {"max", NULL, OF_ARGUMENTS},
    {"min", NULL, OF_ARGUMENTS},
    {"sum", NULL, OF_ARGUMENTS},
    {"array_agg", NULL, ARRAY_OF_ARGUMENTS},
    {"now", "DateTime", UNKNOWN},
    {"concat", "String", UNKNOWN},
    {"char_length", "Integer", UNKNOWN},
    {"random", NULL, UNKNOWN},
    {"count", "Integer", UNKNOWN},
    {"current_date", "Date", UNKNOWN},
    {"current_time", "Time", UNKNOWN},
    {"current_timestamp", "DateTime", UNKNOWN},
    {"current_user", "String", UNKNOWN},
    {"localtime", "DateTime", UNKNOWN},
    {"localtimestamp", "DateTime", UNKNOWN},
    {"session_user", "String", UNKNOWN},
    {"sysdate", "DateTime", UNKNOWN},
    {"user", "String", UNKNOWN},
    {"mode", NULL, UNKNOWN},
    {"percentile_cont", NULL, UNKNOWN},
    {"percentile_disc", NULL, UNKNOWN},
    {"rank", "Integer", UNKNOWN},
    {"dense_rank", "Integer", UNKNOWN},
    {"percent_rank", "Numeric", UNKNOWN},
    {"cume_dist", "Numeric", UNKNOWN},
    {"cube", NULL, UNKNOWN},
    {"rollup", NULL, UNKNOWN},
    {"grouping_sets", NULL, UNKNOWN},
    {"aggregate_strings", "String", UNKNOWN},
    {"to_tsvector", "TSVECTOR", UNKNOWN},
    {"to_tsquery", "TSQUERY", UNKNOWN},
    {"plainto_tsquery", "TSQUERY", UNKNOWN},
    {"phraseto_tsquery", "TSQUERY", UNKNOWN},
    {"websearch_to_tsquery", "TSQUERY", UNKNOWN},
    {"ts_headline", "Text", UNKNOWN},
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
        return ddl_type_affinity(t) == AFFINITY_ARRAY ? t : sql_array_type(a, t);
    }
    default:
        return k->type ? sql_plain_type(a, k->type) : NULL;
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
    const struct ddl_type *query = sql_plain_type(a, "TSQUERY");
    if (strcmp(name, "ts_headline") == 0 && args[1]->type->class == query->class) {
        return args[0];
    }
    struct sql_expr *e = sql_copy(a, args[0]);
    e->type = sql_plain_type(a, "REGCONFIG");
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
