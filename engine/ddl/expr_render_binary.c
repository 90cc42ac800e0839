/* Binary operators: most are "left op right", some are written otherwise by each dialect. */
#include "engine/ddl/expr_render.h"
#include <string.h>

static const struct sql_modifiers no_modifiers;

static const struct sql_modifiers *modifiers(const struct sql_expr *e)
{
    return e->data ? e->data : &no_modifiers;
}

int sql_render_generic(struct sql_rendering *r, const struct sql_expr *e, const char *op, struct sql_kw kw)
{
    bool parens = kw.in_operator && kw.eager_grouping;
    kw.in_operator = true;
    if (parens) {
        sql_put(r, "(");
    }
    int rc = sql_render_expr(r, e->left, kw);
    sql_put(r, op);
    rc = rc ? rc : sql_render_expr(r, e->right, kw);
    if (parens) {
        sql_put(r, ")");
    }
    return rc;
}

/* before left between right after */
static int wrapped(struct sql_rendering *r, const struct sql_expr *e, const char *before, const char *between,
                   const char *after, struct sql_kw kw)
{
    sql_put(r, before);
    int rc = sql_render_expr(r, e->left, kw);
    sql_put(r, between);
    rc = rc ? rc : sql_render_expr(r, e->right, kw);
    sql_put(r, after);
    return rc;
}

static int put_string(struct sql_rendering *r, const char *text)
{
    ddl_quote_string(r->out, r->dialect, slice_of(text));
    return 0;
}

static int render_truediv(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    if (r->dialect->kind == DDL_SQLITE) {
        return wrapped(r, e, "", " / (", " + 0.0)", kw);
    }
    if (ddl_is_mysql(r->dialect)) {
        return wrapped(r, e, "", " / ", "", kw);
    }
    enum ddl_affinity f = ddl_type_affinity(e->right->type);
    bool numeric = f == AFFINITY_NUMERIC || f == AFFINITY_FLOAT;
    struct sql_expr division = *e;
    division.right = sql_cast(r->arena, e->right,
                              numeric ? e->right->type : ddl_type_new(r->arena, DDL_TYPE_NUMERIC_GENERIC));
    return wrapped(r, &division, "", " / ", "", kw);
}

static int render_floordiv(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    bool integers = ddl_type_affinity(e->left->type) == AFFINITY_INTEGER &&
                    ddl_type_affinity(e->right->type) == AFFINITY_INTEGER;
    if (!ddl_is_mysql(r->dialect) && integers) {
        return wrapped(r, e, "", " / ", "", kw);
    }
    return wrapped(r, e, "FLOOR(", " / ", ")", kw);
}

static int render_not_in(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    sql_put(r, "(");
    int rc = sql_render_generic(r, e, " NOT IN ", kw);
    sql_put(r, ")");
    return rc;
}

static int render_between(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    bool symmetric = modifiers(e)->symmetric, not = e->op->id == SQL_OP_NOT_BETWEEN;
    return sql_render_generic(r, e,
                              not         ? symmetric ? " NOT BETWEEN SYMMETRIC " : " NOT BETWEEN "
                              : symmetric ? " BETWEEN SYMMETRIC "
                                          : " BETWEEN ",
                              kw);
}

static int render_distinct_from(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    bool not = e->op->id == SQL_OP_NOT_DISTINCT_FROM;
    if (r->dialect->kind == DDL_POSTGRESQL) {
        return sql_render_generic(r, e, e->op->text, kw);
    }
    struct sql_kw fresh = {.placeholders = true}; /* SQLAlchemy forgets what it was asked here */
    if (r->dialect->kind == DDL_SQLITE) {
        return wrapped(r, e, "", not ? " IS " : " IS NOT ", "", fresh);
    }
    return wrapped(r, e, not ? "" : "NOT (", " <=> ", not ? "" : ")", fresh);
}

/* --- LIKE --- */

/* lower(x) as SQLAlchemy writes it for a comparison without regard to case; PostgreSQL has ILIKE. */
static const struct sql_expr *lowered(struct sql_rendering *r, const struct sql_expr *e)
{
    if (r->dialect->kind == DDL_POSTGRESQL) {
        return e;
    }
    struct sql_function *f = arena_alloc(r->arena, sizeof(*f));
    struct sql_expr *call = sql_make(r->arena, SQL_E_FUNCTION, e->type);
    call->name = DDL_NAME("lower");
    call->items = arena_array(r->arena, 1, sizeof(struct sql_expr *));
    call->items[call->n++] = e;
    call->data = f;
    return call;
}

struct like {
    bool fold_case, negated, before, after;
};

static struct like like_of(enum sql_op op)
{
    switch (op) {
    case SQL_OP_NOT_LIKE:
        return (struct like){.negated = true};
    case SQL_OP_ILIKE:
        return (struct like){.fold_case = true};
    case SQL_OP_NOT_ILIKE:
        return (struct like){.fold_case = true, .negated = true};
    case SQL_OP_CONTAINS:
        return (struct like){.before = true, .after = true};
    case SQL_OP_NOT_CONTAINS:
        return (struct like){.before = true, .after = true, .negated = true};
    case SQL_OP_STARTSWITH:
        return (struct like){.after = true};
    case SQL_OP_NOT_STARTSWITH:
        return (struct like){.after = true, .negated = true};
    case SQL_OP_ENDSWITH:
        return (struct like){.before = true};
    case SQL_OP_NOT_ENDSWITH:
        return (struct like){.before = true, .negated = true};
    case SQL_OP_ICONTAINS:
        return (struct like){.fold_case = true, .before = true, .after = true};
    case SQL_OP_NOT_ICONTAINS:
        return (struct like){.fold_case = true, .before = true, .after = true, .negated = true};
    case SQL_OP_ISTARTSWITH:
        return (struct like){.fold_case = true, .after = true};
    case SQL_OP_NOT_ISTARTSWITH:
        return (struct like){.fold_case = true, .after = true, .negated = true};
    case SQL_OP_IENDSWITH:
        return (struct like){.fold_case = true, .before = true};
    case SQL_OP_NOT_IENDSWITH:
        return (struct like){.fold_case = true, .before = true, .negated = true};
    default:
        return (struct like){0};
    }
}

static const struct sql_expr *concatenated(struct sql_rendering *r, const struct sql_expr *left,
                                           const struct sql_expr *right)
{
    const struct sql_operator *op = sql_operator(SQL_OP_CONCAT);
    return sql_operate(r->arena, left, op, sql_bind_expr(r->arena, left, right, NULL), NULL);
}

static int render_like(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    struct like how = like_of(e->op->id);
    const struct sql_expr *left = e->left, *right = e->right;
    const struct sql_expr *percent = sql_literal_column(r->arena, SLICE("'%'"), ddl_type_string());
    if (how.fold_case) {
        left = lowered(r, left);
        right = lowered(r, right);
    }
    if (how.before) {
        right = concatenated(r, percent, right);
    }
    if (how.after) {
        right = concatenated(r, right, percent);
    }
    bool ilike = how.fold_case && r->dialect->kind == DDL_POSTGRESQL;
    int rc = sql_render_expr(r, left, kw);
    sql_put(r, how.negated ? (ilike ? " NOT ILIKE " : " NOT LIKE ") : ilike ? " ILIKE " : " LIKE ");
    rc = rc ? rc : sql_render_expr(r, right, kw);
    if (!rc && modifiers(e)->escape) {
        sql_put(r, " ESCAPE ");
        rc = put_string(r, modifiers(e)->escape);
    }
    return rc;
}

/* --- regular expressions --- */

static int render_regexp(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    bool not = e->op->id == SQL_OP_NOT_REGEXP_MATCH;
    const char *flags = modifiers(e)->flags;
    int rc;
    switch (r->dialect->kind) {
    case DDL_SQLITE:
        return sql_render_generic(r, e, not ? " NOT REGEXP " : " REGEXP ", kw);
    case DDL_POSTGRESQL:
        if (!flags || strcmp(flags, "i") == 0) {
            return sql_render_generic(r, e, not ? (flags ? " !~* " : " !~ ") : flags ? " ~* " : " ~ ", kw);
        }
        rc = sql_render_expr(r, e->left, kw);
        sql_put(r, not ? " !~ CONCAT('(?', " : " ~ CONCAT('(?', ");
        put_string(r, flags);
        sql_put(r, ", ')', ");
        rc = rc ? rc : sql_render_expr(r, e->right, kw);
        sql_put(r, ")");
        return rc;
    case DDL_MARIADB:
        if (flags) {
            rc = sql_render_expr(r, e->left, kw);
            sql_put(r, not ? " NOT REGEXP CONCAT('(?', " : " REGEXP CONCAT('(?', ");
            put_string(r, flags);
            sql_put(r, ", ')', ");
            rc = rc ? rc : sql_render_expr(r, e->right, (struct sql_kw){.placeholders = true});
            sql_put(r, ")");
            return rc;
        }
        break;
    default:
        if (flags) {
            rc = wrapped(r, e, not ? "NOT REGEXP_LIKE(" : "REGEXP_LIKE(", ", ", ", ", kw);
            put_string(r, flags);
            sql_put(r, ")");
            return rc;
        }
    }
    return sql_render_generic(r, e, not ? " NOT REGEXP " : " REGEXP ", kw);
}

static int render_regexp_replace(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    const char *flags = modifiers(e)->flags;
    if (r->dialect->kind == DDL_SQLITE) {
        return sql_fail(r, "sqlite dialect does not support regular expression replacements");
    }
    if (flags && r->dialect->kind == DDL_MARIADB) {
        return sql_refuse(r, "regexp_replace() with flags on MariaDB");
    }
    int rc = wrapped(r, e, "REGEXP_REPLACE(", ", ", "", kw);
    if (flags) {
        sql_put(r, ", ");
        put_string(r, flags);
    }
    sql_put(r, ")");
    return rc;
}

static int render_match(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    const struct sql_modifiers *m = modifiers(e);
    if (e->op->id == SQL_OP_NOT_MATCH) {
        struct sql_expr match = *e;
        match.op = sql_operator(SQL_OP_MATCH);
        sql_put(r, "NOT ");
        return render_match(r, &match, (struct sql_kw){.placeholders = true});
    }
    if (r->dialect->kind == DDL_SQLITE) {
        return sql_render_generic(r, e, " MATCH ", kw);
    }
    int rc = 0;
    if (r->dialect->kind == DDL_POSTGRESQL) {
        rc = sql_render_expr(r, e->left, kw);
        sql_put(r, " @@ plainto_tsquery(");
        if (m->regconfig) {
            put_string(r, m->regconfig);
            sql_put(r, ", ");
        }
        rc = rc ? rc : sql_render_expr(r, e->right, kw);
        sql_put(r, ")");
        return rc;
    }
    bool boolean = m->mysql_modes_given ? m->boolean_mode : true;
    if ((boolean && (m->natural_language || m->query_expansion))) {
        return sql_fail(r,
                        "Invalid MySQL match flags: in_boolean_mode=%s, in_natural_language_mode=%s, "
                        "with_query_expansion=%s",
                        boolean ? "True" : "False", m->natural_language ? "True" : "False",
                        m->query_expansion ? "True" : "False");
    }
    rc = wrapped(r, e, "MATCH (", ") AGAINST (", "", kw);
    sql_put(r, boolean ? " IN BOOLEAN MODE" : "");
    sql_put(r, m->natural_language ? " IN NATURAL LANGUAGE MODE" : "");
    sql_put(r, m->query_expansion ? " WITH QUERY EXPANSION" : "");
    sql_put(r, ")");
    return rc;
}

static int render_getitem(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    if (r->dialect->kind != DDL_POSTGRESQL) {
        return sql_refuse(r, "an index into an array on %s", r->dialect->name);
    }
    return wrapped(r, e, "", "[", "]", kw);
}

static int render_bitwise_xor(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    if (r->dialect->kind == DDL_POSTGRESQL) {
        return sql_render_generic(r, e, " # ", kw);
    }
    if (r->dialect->kind != DDL_SQLITE) {
        return sql_render_generic(r, e, " ^ ", kw);
    }
    kw.eager_grouping = true;
    sql_put(r, "(");
    int rc = sql_render_generic(r, e, " | ", kw);
    sql_put(r, " - ");
    rc = rc ? rc : sql_render_generic(r, e, " & ", kw);
    sql_put(r, ")");
    return rc;
}

static int render_concat(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    return ddl_is_mysql(r->dialect) ? wrapped(r, e, "concat(", ", ", ")", kw)
                                    : sql_render_generic(r, e, " || ", kw);
}

int sql_render_binary(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    kw.eager_grouping = false;
    switch (e->op->id) {
    case SQL_OP_TRUEDIV:
        return render_truediv(r, e, kw);
    case SQL_OP_FLOORDIV:
        return render_floordiv(r, e, kw);
    case SQL_OP_MOD:
        return wrapped(r, e, "", " % ", "", kw);
    case SQL_OP_NOT_IN:
        return render_not_in(r, e, kw);
    case SQL_OP_BETWEEN:
    case SQL_OP_NOT_BETWEEN:
        return render_between(r, e, kw);
    case SQL_OP_DISTINCT_FROM:
    case SQL_OP_NOT_DISTINCT_FROM:
        return render_distinct_from(r, e, kw);
    case SQL_OP_REGEXP_MATCH:
    case SQL_OP_NOT_REGEXP_MATCH:
        return render_regexp(r, e, kw);
    case SQL_OP_REGEXP_REPLACE:
        return render_regexp_replace(r, e, kw);
    case SQL_OP_MATCH:
    case SQL_OP_NOT_MATCH:
        return render_match(r, e, kw);
    case SQL_OP_GETITEM:
        return render_getitem(r, e, kw);
    case SQL_OP_JSON_GETITEM:
    case SQL_OP_JSON_PATH_GETITEM:
        return sql_render_json_index(r, e, kw);
    case SQL_OP_BITWISE_XOR:
        return render_bitwise_xor(r, e, kw);
    case SQL_OP_CONCAT:
        return render_concat(r, e, kw);
    default:
        break;
    }
    if (e->op->id >= SQL_OP_LIKE && e->op->id <= SQL_OP_NOT_IENDSWITH) {
        return render_like(r, e, kw);
    }
    if (!e->op->text) {
        return sql_refuse(r, "the operator %s between expressions", e->op->name);
    }
    if (e->op->id == SQL_OP_PG_ASTEXT || e->op->id == SQL_OP_PG_PATH_ASTEXT) {
        return sql_render_json_index(r, e, kw);
    }
    bool path = e->op->id == SQL_OP_PG_PATH_EXISTS || e->op->id == SQL_OP_PG_PATH_MATCH;
    if (path && r->dialect->kind != DDL_POSTGRESQL) {
        return sql_refuse(r, "path_exists() and path_match() on %s", r->dialect->name);
    }
    /* Eager operators put parentheses around themselves within others. */
    kw.eager_grouping = e->op->flags & SQL_OPF_EAGER;
    return sql_render_generic(r, e, e->op->text, kw);
}
