/*
 * What fills a column: server defaults, Identity, Computed, Sequence, and defaults of Python.
 */
#include "engine/alembic/vocabulary/sa_schema.h"
#include <string.h>

/* --- numbers of Sequence and Identity --- */
enum { O_START, O_INCREMENT, O_MIN, O_MAX, O_NOMIN, O_NOMAX, O_CYCLE, O_CACHE, O_ORDER, O_COUNT };
#define OPTION_ARGS                                                                                          \
    {"start", 0}, {"increment", 0}, {"minvalue", 0}, {"maxvalue", 0}, {"nominvalue", 0}, {"nomaxvalue", 0},  \
    {                                                                                                        \
        "cycle", 0                                                                                           \
    }

static int number(struct py *py, pyv v, bool *has, int64_t *out)
{
    *has = schema_given(v);
    if (*has && !py_as_int(v, out)) {
        py_refuse(py, "an option of a sequence that is not an int: %s", py_repr_of(py, v));
        return -1;
    }
    return 0;
}

static int read_options(struct py *py, pyv const *v, struct ddl_sequence_options *o)
{
    o->nominvalue = schema_given(v[O_NOMIN]);
    o->nomaxvalue = schema_given(v[O_NOMAX]);
    o->has_cycle = schema_given(v[O_CYCLE]);
    o->has_order = schema_given(v[O_ORDER]);
    bool none = schema_given(v[O_CYCLE]) ? false : true;
    return number(py, v[O_START], &o->has_start, &o->start) ||
                   number(py, v[O_INCREMENT], &o->has_increment, &o->increment) ||
                   number(py, v[O_MIN], &o->has_min, &o->min) || number(py, v[O_MAX], &o->has_max, &o->max) ||
                   number(py, v[O_CACHE], &o->has_cache, &o->cache) ||
                   schema_flag(py, none ? NULL : v[O_CYCLE], false, &o->cycle) ||
                   schema_flag(py, o->has_order ? v[O_ORDER] : NULL, false, &o->order)
               ? -1
               : 0;
}

static pyv option_number(struct py *py, bool has, int64_t value)
{
    return has ? py_int_new(py, value) : &py_none;
}

static int repr_options(struct strbuf *out, const struct ddl_sequence_options *o, bool first)
{
    const struct {
        const char *name;
        bool has;
        int64_t value;
    } rows[] = {{"start", o->has_start, o->start},
                {"increment", o->has_increment, o->increment},
                {"minvalue", o->has_min, o->min},
                {"maxvalue", o->has_max, o->max},
                {"cache", o->has_cache, o->cache}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (rows[i].has) {
            strbuf_addf(out, "%s%s=%lld", first ? "" : ", ", rows[i].name, (long long)rows[i].value);
            first = false;
        }
    }
    return 0;
}

/* --- Sequence --- */
static const struct py_sequence *as_sequence(pyv self)
{
    return (const struct py_sequence *)(const void *)self;
}

static pyv construct_sequence(struct py *py, const struct py_type *type, const struct py_args *args)
{
    enum { NAME = O_COUNT, SCHEMA, TYPE, OPTIONAL, QUOTE, METADATA, QUOTE_SCHEMA, FOR_UPDATE, N };
    static const struct py_arg order[] = {{"name", PY_ARG_REQUIRED},
                                          OPTION_ARGS,
                                          {"schema", 0},
                                          {"cache", 0},
                                          {"order", 0},
                                          {"data_type", 0},
                                          {"optional", 0},
                                          {"quote", 0},
                                          {"metadata", 0},
                                          {"quote_schema", 0},
                                          {"for_update", 0},
                                          {0}};
    static const int to[] = {NAME,     O_START, O_INCREMENT, O_MIN,        O_MAX,     O_NOMIN,
                             O_NOMAX,  O_CYCLE, SCHEMA,      O_CACHE,      O_ORDER,   TYPE,
                             OPTIONAL, QUOTE,   METADATA,    QUOTE_SCHEMA, FOR_UPDATE};
    pyv bound[COUNT_OF(to)] = {NULL}, v[N] = {NULL};
    if (py_bind(py, "Sequence", args, order, bound, NULL, NULL)) {
        return NULL;
    }
    for (size_t i = 0; i < COUNT_OF(to); i++) {
        v[to[i]] = bound[i];
    }
    struct py_sequence *s = py_object_new(py, type, sizeof(*s));
    struct ddl_sequence *q = s ? py_alloc(py, sizeof(*q)) : NULL;
    int quote;
    if (!q || vocab_name(py, v[NAME], &q->name) || vocab_name(py, v[SCHEMA], &q->schema) ||
        read_options(py, v, &q->options) || schema_flag(py, v[OPTIONAL], false, &q->optional) ||
        schema_tristate(py, v[QUOTE], &quote)) {
        return NULL;
    }
    if (quote >= 0) {
        q->name.quote = quote ? DDL_QUOTE_ALWAYS : DDL_QUOTE_NEVER;
    }
    if (schema_tristate(py, v[QUOTE_SCHEMA], &quote)) {
        return NULL;
    }
    if (quote >= 0) {
        q->schema.quote = quote ? DDL_QUOTE_ALWAYS : DDL_QUOTE_NEVER;
    }
    if (schema_given(v[TYPE])) {
        q->type = vocab_type(py, v[TYPE]);
        if (!q->type) {
            return NULL;
        }
    }
    s->sequence = q;
    struct py_metadata *m = PY_AS(metadata, v[METADATA] ? v[METADATA] : &py_none);
    if (m) {
        s->metadata = v[METADATA];
        if (!q->schema.text) {
            q->schema = m->schema;
        }
        if (py_list_append(py, m->sequences, (pyv)s)) {
            return NULL;
        }
    }
    return (pyv)s;
}

static pyv sequence_name(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return schema_name_wrap(py, as_sequence(self)->sequence->name);
}
static pyv sequence_schema(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return schema_name_wrap(py, as_sequence(self)->sequence->schema);
}
static pyv sequence_start(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    const struct ddl_sequence_options *o = &as_sequence(self)->sequence->options;
    return option_number(py, o->has_start, o->start);
}
static pyv sequence_increment(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    const struct ddl_sequence_options *o = &as_sequence(self)->sequence->options;
    return option_number(py, o->has_increment, o->increment);
}

/* func.next_value(sequence) */
static pyv sequence_next_value(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    struct sql_expr *e = py_alloc(py, sizeof(*e));
    if (!e) {
        return NULL;
    }
    e->kind = SQL_E_SEQUENCE;
    e->type = ddl_type_integer();
    e->data = as_sequence(self)->sequence;
    return vocab_expr_wrap(py, e);
}

static int sequence_repr(struct py *py, pyv self, struct strbuf *out)
{
    (void)py;
    const struct ddl_sequence *s = as_sequence(self)->sequence;
    strbuf_addf(out, "Sequence('%s'", s->name.text);
    repr_options(out, &s->options, false);
    strbuf_adds(out, ")");
    return 0;
}

/* A sequence of its own, as Sequence.create(bind) and .drop(bind) make and take it away. */
static pyv sequence_ddl(struct py *py, pyv self, const struct py_args *args, bool create)
{
    static const struct py_arg table[] = {{"bind", PY_ARG_REQUIRED}, {"checkfirst", 0}, {0}};
    pyv v[2] = {NULL};
    bool checkfirst;
    if (py_bind(py, create ? "create" : "drop", args, table, v, NULL, NULL) ||
        schema_flag(py, v[1], true, &checkfirst)) {
        return NULL;
    }
    struct ddl_out *out = vocab_out(py);
    const struct ddl_sequence *s = as_sequence(self)->sequence;
    if (!out || !out->dialect->sequences || (out->dialect->kind == DDL_POSTGRESQL && s->optional)) {
        return out ? &py_none : NULL;
    }
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    struct err err = {0};
    /* With a server, asking whether it is there and making it are one statement. */
    bool exists = checkfirst && migration_of(py)->mode != MIGRATION_OFFLINE;
    int r = create ? ddl_create_sequence(&text, out->dialect, s, exists, &err)
                   : ddl_drop_sequence(&text, out->dialect, s, exists, &err);
    r = r < 0 ? r : ddl_out_statement(out, &text, &err);
    return r < 0 ? schema_raise(py, &err) : &py_none;
}
static pyv sequence_create(struct py *py, pyv self, const struct py_args *args)
{
    return sequence_ddl(py, self, args, true);
}
static pyv sequence_drop(struct py *py, pyv self, const struct py_args *args)
{
    return sequence_ddl(py, self, args, false);
}

static const struct py_def sequence_defs[] = {
    {"name", PY_DEF_PROPERTY, sequence_name, NULL, NULL},
    {"schema", PY_DEF_PROPERTY, sequence_schema, NULL, NULL},
    {"start", PY_DEF_PROPERTY, sequence_start, NULL, NULL},
    {"increment", PY_DEF_PROPERTY, sequence_increment, NULL, NULL},
    {"next_value", PY_DEF_METHOD, sequence_next_value, NULL, NULL},
    {"create", PY_DEF_METHOD, sequence_create, NULL, NULL},
    {"drop", PY_DEF_METHOD, sequence_drop, NULL, NULL},
    {0},
};
const struct py_type py_type_sequence = {.head = PY_TYPE_HEAD,
                                         .name = "Sequence",
                                         .module = "sqlalchemy.sql.schema",
                                         .base = &py_type_schema_item,
                                         .defs = sequence_defs,
                                         .construct = construct_sequence,
                                         .repr = sequence_repr};

/* --- Identity --- */
static pyv construct_identity(struct py *py, const struct py_type *type, const struct py_args *args)
{
    static const struct py_arg table[] = {{"always", 0}, {"on_null", 0}, OPTION_ARGS,
                                          {"cache", 0},  {"order", 0},   {0}};
    pyv v[2 + O_COUNT] = {NULL};
    if (py_bind(py, "Identity", args, table, v, NULL, NULL)) {
        return NULL;
    }
    struct py_identity *i = py_object_new(py, type, sizeof(*i));
    struct ddl_identity *d = i ? py_alloc(py, sizeof(*d)) : NULL;
    if (!d || schema_flag(py, v[0], false, &d->always) || schema_flag(py, v[1], false, &d->on_null) ||
        read_options(py, v + 2, &d->options)) {
        return NULL;
    }
    i->identity = d;
    return (pyv)i;
}

static int identity_repr(struct py *py, pyv self, struct strbuf *out)
{
    (void)py;
    const struct ddl_identity *i = ((struct py_identity *)(void *)self)->identity;
    strbuf_adds(out, i->always ? "Identity(always=True" : "Identity(");
    repr_options(out, &i->options, !i->always);
    strbuf_adds(out, ")");
    return 0;
}

static pyv identity_always(UNUSED struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return py_bool(((struct py_identity *)(void *)self)->identity->always);
}
static pyv identity_start(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    const struct ddl_sequence_options *o = &((struct py_identity *)(void *)self)->identity->options;
    return option_number(py, o->has_start, o->start);
}
static const struct py_def identity_defs[] = {{"always", PY_DEF_PROPERTY, identity_always, NULL, NULL},
                                              {"start", PY_DEF_PROPERTY, identity_start, NULL, NULL},
                                              {0}};

/* --- FetchedValue, DefaultClause, Computed --- */
static pyv construct_fetched(struct py *py, const struct py_type *type, const struct py_args *args)
{
    static const struct py_arg table[] = {{"for_update", 0}, {0}};
    pyv v;
    return py_bind(py, type->name, args, table, &v, NULL, NULL)
               ? NULL
               : py_object_new(py, type, sizeof(struct py_default_clause));
}

const struct py_type py_type_fetched_value = {.head = PY_TYPE_HEAD,
                                              .name = "FetchedValue",
                                              .module = "sqlalchemy.sql.schema",
                                              .construct = construct_fetched};
const struct py_type py_type_identity = {.head = PY_TYPE_HEAD,
                                         .name = "Identity",
                                         .module = "sqlalchemy.sql.schema",
                                         .base = &py_type_fetched_value,
                                         .defs = identity_defs,
                                         .construct = construct_identity,
                                         .repr = identity_repr};

/* The argument of a DefaultClause: a str or an SQL expression. */
static int default_argument(struct py *py, pyv v, struct ddl_default *out)
{
    *out = (struct ddl_default){0};
    struct slice text = py_text(v);
    if (text.ptr) {
        out->kind = DDL_DEFAULT_STRING;
        out->text = text;
        return 0;
    }
    if (!py_is(v, &py_type_clause)) {
        py_raise(py, "sqlalchemy.exc.ArgumentError",
                 "Argument 'arg' is expected to be one of type '<class 'str'>' or '<class "
                 "'sqlalchemy.sql.elements.ClauseElement'>' or '<class "
                 "'sqlalchemy.sql.elements.TextClause'>', got '<class '%s'>'",
                 v->type->name);
        return -1;
    }
    out->kind = DDL_DEFAULT_EXPR;
    out->expr = vocab_expr(py, v, VOCAB_DDL_TEXT, NULL);
    return out->expr ? 0 : -1;
}

static pyv construct_default_clause(struct py *py, const struct py_type *type, const struct py_args *args)
{
    static const struct py_arg table[] = {
        {"arg", PY_ARG_REQUIRED}, {"for_update", 0}, {"_reflected", 0}, {0}};
    pyv v[3] = {NULL};
    if (py_bind(py, "DefaultClause", args, table, v, NULL, NULL)) {
        return NULL;
    }
    struct py_default_clause *d = py_object_new(py, type, sizeof(*d));
    if (!d || default_argument(py, v[0], &d->def)) {
        return NULL;
    }
    d->arg = v[0];
    return (pyv)d;
}

static pyv default_clause_arg(UNUSED struct py *py, pyv self, UNUSED const struct py_args *args)
{
    pyv arg = ((struct py_default_clause *)(void *)self)->arg;
    return arg ? arg : &py_none;
}
static const struct py_def default_clause_defs[] = {{"arg", PY_DEF_PROPERTY, default_clause_arg, NULL, NULL},
                                                    {0}};
const struct py_type py_type_default_clause = {.head = PY_TYPE_HEAD,
                                               .name = "DefaultClause",
                                               .module = "sqlalchemy.sql.schema",
                                               .base = &py_type_fetched_value,
                                               .defs = default_clause_defs,
                                               .construct = construct_default_clause};

static pyv construct_computed(struct py *py, const struct py_type *type, const struct py_args *args)
{
    static const struct py_arg table[] = {{"sqltext", PY_ARG_REQUIRED}, {"persisted", 0}, {0}};
    pyv v[2] = {NULL};
    if (py_bind(py, "Computed", args, table, v, NULL, NULL)) {
        return NULL;
    }
    struct py_computed *c = py_object_new(py, type, sizeof(*c));
    struct ddl_computed *d = c ? py_alloc(py, sizeof(*d)) : NULL;
    if (!d || schema_tristate(py, v[1], &d->persisted)) {
        return NULL;
    }
    d->expr = vocab_expr(py, v[0], VOCAB_DDL_TEXT, NULL);
    c->computed = d;
    c->sqltext = v[0];
    return d->expr ? (pyv)c : NULL;
}

static pyv computed_sqltext(UNUSED struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return ((struct py_computed *)(void *)self)->sqltext;
}
static pyv computed_persisted(UNUSED struct py *py, pyv self, UNUSED const struct py_args *args)
{
    int persisted = ((struct py_computed *)(void *)self)->computed->persisted;
    return persisted < 0 ? &py_none : py_bool(persisted);
}
static const struct py_def computed_defs[] = {
    {"sqltext", PY_DEF_PROPERTY, computed_sqltext, NULL, NULL},
    {"persisted", PY_DEF_PROPERTY, computed_persisted, NULL, NULL},
    {0},
};
const struct py_type py_type_computed = {.head = PY_TYPE_HEAD,
                                         .name = "Computed",
                                         .module = "sqlalchemy.sql.schema",
                                         .base = &py_type_fetched_value,
                                         .defs = computed_defs,
                                         .construct = construct_computed};

/* --- default= and onupdate= --- */
static pyv construct_column_default(struct py *py, const struct py_type *type, const struct py_args *args)
{
    static const struct py_arg table[] = {{"arg", PY_ARG_REQUIRED}, {"for_update", 0}, {0}};
    pyv v[2] = {NULL};
    if (py_bind(py, "ColumnDefault", args, table, v, NULL, NULL)) {
        return NULL;
    }
    struct py_column_default *d = py_object_new(py, type, sizeof(*d));
    if (d) {
        d->arg = v[0];
    }
    return (pyv)d;
}

static pyv column_default_arg(UNUSED struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return ((struct py_column_default *)(void *)self)->arg;
}
static pyv column_default_is_scalar(UNUSED struct py *py, pyv self, UNUSED const struct py_args *args)
{
    pyv arg = ((struct py_column_default *)(void *)self)->arg;
    return py_bool(!py_is(arg, &py_type_function) && !py_is(arg, &py_type_native) &&
                   !py_is(arg, &py_type_clause));
}
static pyv column_default_is_callable(UNUSED struct py *py, pyv self, UNUSED const struct py_args *args)
{
    pyv arg = ((struct py_column_default *)(void *)self)->arg;
    return py_bool(py_is(arg, &py_type_function) || py_is(arg, &py_type_native));
}
static const struct py_def column_default_defs[] = {
    {"arg", PY_DEF_PROPERTY, column_default_arg, NULL, NULL},
    {"is_scalar", PY_DEF_PROPERTY, column_default_is_scalar, NULL, NULL},
    {"is_callable", PY_DEF_PROPERTY, column_default_is_callable, NULL, NULL},
    {0},
};
const struct py_type py_type_column_default = {.head = PY_TYPE_HEAD,
                                               .name = "ColumnDefault",
                                               .module = "sqlalchemy.sql.schema",
                                               .base = &py_type_schema_item,
                                               .defs = column_default_defs,
                                               .construct = construct_column_default};

int vocab_default(struct py *py, pyv v, struct ddl_default *out, const struct ddl_identity **identity,
                  const struct ddl_computed **computed)
{
    *out = (struct ddl_default){0};
    *identity = NULL;
    *computed = NULL;
    if (!schema_given(v)) {
        return 0;
    }
    if (py_is(v, &py_type_identity)) {
        *identity = ((struct py_identity *)(void *)v)->identity;
    } else if (py_is(v, &py_type_computed)) {
        *computed = ((struct py_computed *)(void *)v)->computed;
    } else if (py_is(v, &py_type_default_clause)) {
        *out = ((struct py_default_clause *)(void *)v)->def;
    } else if (py_is(v, &py_type_fetched_value)) {
        out->kind = DDL_DEFAULT_FETCHED;
    } else {
        return default_argument(py, v, out);
    }
    return 0;
}
