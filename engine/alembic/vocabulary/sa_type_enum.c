/* Enum, SET and DOMAIN: types with values or a name of their own, and making them in the database. */
#include "engine/alembic/vocabulary/sa_type.h"
#include <inttypes.h>
#include <string.h>

static int64_t characters(const char *text)
{
    int64_t n = 0;
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        n += (*p & 0xc0) != 0x80;
    }
    return n;
}

/* Keywords by the signature's names; others are dropped (as Enum does) or raise. */
static int bind_keywords(struct py *py, struct sa_type *t, const struct py_args *args, bool strict)
{
    for (size_t i = 0; i < args->nkw; i++) {
        int at = sa_type_param(t, args->names[i]);
        if (at >= 0) {
            t->values[at] = args->values[i];
        } else if (args->names[i][0] == '_') {
            py_refuse(py, "%s(%s=...)", t->ddl->class->name, args->names[i]);
            return -1;
        } else if (strict && strcmp(args->names[i], "strict") != 0) {
            py_raise(py, "TypeError", "String.__init__() got an unexpected keyword argument '%s'",
                     args->names[i]);
            return -1;
        }
    }
    return 0;
}

static int add_value(struct py *py, struct sa_type *t, pyv value)
{
    if (!py_is(value, &py_type_str)) {
        if (py_is(value, &py_type_int) || py_is(value, &py_type_float) || py_is_none(value)) {
            py_raise(py, "TypeError", "object of type '%s' has no len()", value->type->name);
        } else {
            py_refuse(py, "%s as a value of %s()", py_repr_of(py, value), t->ddl->class->name);
        }
        return -1;
    }
    if (value->type != &py_type_str && value->type->mro) {
        py_refuse(py, "%s, which is more than a str, as a value of %s()", py_repr_of(py, value),
                  t->ddl->class->name);
        return -1;
    }
    const char *text = py_cstr(py, value);
    if (!text || strlen(text) != py_text(value).len) {
        py_refuse(py, "a value with a NUL character of %s()", t->ddl->class->name);
        return -1;
    }
    *vec_push(py_arena(py), &t->ddl->values) = text;
    return py_list_append(py, t->rest, value);
}

/* Values of an enum class: its members' names, or what values_callable makes of it. */
static int of_class(struct py *py, struct sa_type *t, pyv class)
{
    const struct py_type *type = (const struct py_type *)class;
    pyv values_of_members;
    strings_t names = {0};
    int aliases = py_truth(py, sa_type_argument(t, (size_t)sa_type_param(t, "omit_aliases")));
    if (aliases != 1) {
        if (aliases == 0) {
            py_refuse(py, "Enum(omit_aliases=False)");
        }
        return -1;
    }
    if (std_enum_members(py, type, &names, &values_of_members) < 0) {
        return -1;
    }
    t->enum_class = class;
    t->ddl->enum_class = type;
    pyv callable = sa_type_argument(t, (size_t)sa_type_param(t, "values_callable"));
    int custom = py_truth(py, callable);
    if (custom < 0) {
        return -1;
    }
    pyv values = NULL;
    if (custom) {
        pyv made = py_call1(py, callable, class);
        values = made ? py_listed(py, made) : NULL;
        if (!values) {
            return -1;
        }
    }
    size_t n = custom ? ((struct py_list *)values)->n : names.n;
    for (size_t i = 0; i < n; i++) {
        pyv value = custom ? ((struct py_list *)values)->items[i] : py_str_of(py, names.items[i]);
        if (!value || add_value(py, t, value) < 0) {
            return -1;
        }
        if (i < names.n) {
            *vec_push(py_arena(py), &t->ddl->members) = names.items[i];
        }
    }
    return 0;
}

int sa_enum_init(struct py *py, struct sa_type *t, const struct py_args *args)
{
    t->rest = py_list_new(py);
    if (!t->rest || bind_keywords(py, t, args, t->ddl->class->id == DDL_TYPE_MY_ENUM) < 0) {
        return -1;
    }
    t->ddl->values = (strings_t){0};
    t->ddl->members = (strings_t){0};
    if (args->npos == 1 && py_is(args->pos[0], &py_type_type) &&
        std_enum_class(py, (const struct py_type *)args->pos[0])) {
        return of_class(py, t, args->pos[0]);
    }
    for (size_t i = 0; i < args->npos; i++) {
        if (add_value(py, t, args->pos[i]) < 0) {
            return -1;
        }
    }
    return 0;
}

static int set_length(struct py *py, struct sa_type *t)
{
    int64_t longest = 0;
    for (size_t i = 0; i < t->ddl->values.n; i++) {
        int64_t n = characters(t->ddl->values.items[i]);
        longest = n > longest ? n : longest;
    }
    pyv given = t->values[sa_type_param(t, "length")];
    t->ddl->length = longest;
    if (!given) {
        return 0;
    }
    t->ddl->length = -1;
    if (!py_is_none(given) && !py_as_int(given, &t->ddl->length)) {
        py_refuse(py, "Enum(length=%s)", py_repr_of(py, given));
        return -1;
    }
    if (!py_is_none(given) && t->ddl->length < longest) {
        py_raise(py, "ValueError",
                 "When provided, length must be larger or equal than the length of the longest enum value. "
                 "%" PRId64 " < %" PRId64,
                 t->ddl->length, longest);
        return -1;
    }
    return 0;
}

/* name, schema, quote and metadata, of SchemaType */
static int set_schema_item(struct py *py, struct sa_type *t)
{
    struct ddl_type *d = t->ddl;
    struct ddl_name schema = {0};
    d->name = (struct ddl_name){0};
    pyv name = sa_type_argument(t, (size_t)sa_type_param(t, "name"));
    pyv in = sa_type_argument(t, (size_t)sa_type_param(t, "schema"));
    pyv quote = sa_type_argument(t, (size_t)sa_type_param(t, "quote"));
    pyv metadata = sa_type_argument(t, (size_t)sa_type_param(t, "metadata"));
    if ((!py_is_none(name) && vocab_name(py, name, &d->name) < 0) ||
        (!py_is_none(in) && vocab_name(py, in, &schema) < 0)) {
        return -1;
    }
    if (schema.quote != DDL_QUOTE_AUTO) {
        py_refuse(py, "a type's schema with quote=");
        return -1;
    }
    d->schema = schema.text;
    if (!py_is_none(quote)) {
        int always = py_truth(py, quote);
        if (always < 0) {
            return -1;
        }
        d->name.quote = always ? DDL_QUOTE_ALWAYS : DDL_QUOTE_NEVER;
    }
    d->has_metadata = !py_is_none(metadata);
    if (d->has_metadata && !d->schema && !d->inherit_schema) {
        bool failed = false;
        pyv of = py_find_attr(py, metadata, "schema", &failed);
        if (failed) {
            return -1;
        }
        if (of && !py_is_none(of)) {
            py_refuse(py, "a type of a MetaData with a schema");
            return -1;
        }
    }
    return 0;
}

int sa_enum_apply(struct py *py, struct sa_type *t)
{
    if (set_length(py, t) < 0 || set_schema_item(py, t) < 0) {
        return -1;
    }
    if (t->ddl->class->id == DDL_TYPE_PG_ENUM) {
        t->ddl->native_enum = true;
    }
    int collate = sa_type_param(t, "collate");
    if (collate >= 0 && t->values[collate]) {
        py_refuse(py, "ENUM(collate=...)");
        return -1;
    }
    /* An enum class gives its name unless one is given, be it None. */
    if (t->enum_class && t->ddl->values.n && !t->values[sa_type_param(t, "name")]) {
        pyv lower = py_call_method(py, py_str_of(py, ((const struct py_type *)t->enum_class)->name), "lower",
                                   PY_NO_ARGS);
        if (!lower || vocab_name(py, lower, &t->ddl->name) < 0) {
            return -1;
        }
    }
    return 0;
}

int sa_set_init(struct py *py, struct sa_type *t, const struct py_args *args)
{
    t->rest = py_list_new(py);
    if (!t->rest || bind_keywords(py, t, args, true) < 0) {
        return -1;
    }
    int bitwise = py_truth(py, sa_type_argument(t, (size_t)sa_type_param(t, "retrieve_as_bitwise")));
    int64_t longest = 0;
    for (size_t i = 0; i < args->npos; i++) {
        if (bitwise < 0 || add_value(py, t, args->pos[i]) < 0) {
            return -1;
        }
        int64_t n = characters(t->ddl->values.items[i]);
        longest = n > longest ? n : longest;
        if (!bitwise && n == 0) {
            py_raise(py, "sqlalchemy.exc.ArgumentError",
                     "Can't use the blank value '' in a SET without setting retrieve_as_bitwise=True");
            return -1;
        }
    }
    int at = sa_type_param(t, "length");
    if (!t->values[at]) {
        t->values[at] = py_int_new(py, longest);
    }
    return t->values[at] ? 0 : -1;
}

int sa_domain_apply(struct py *py, struct sa_type *t)
{
    if (set_schema_item(py, t) < 0) {
        return -1;
    }
    t->ddl->item = vocab_type(py, sa_type_argument(t, 1));
    if (!t->ddl->item) {
        return -1;
    }
    pyv value = sa_type_argument(t, (size_t)sa_type_param(t, "default"));
    t->ddl->domain_default = NULL;
    t->ddl->domain_default_text = (struct slice){0};
    if (py_is(value, &py_type_str)) {
        t->ddl->domain_default_text = py_text(value);
    } else if (!py_is_none(value)) {
        t->ddl->domain_default = vocab_expr(py, value, VOCAB_EXPRESSION, NULL);
        if (!t->ddl->domain_default) {
            return -1;
        }
    }
    pyv check = sa_type_argument(t, (size_t)sa_type_param(t, "check"));
    t->ddl->domain_check = py_is_none(check) ? NULL : vocab_expr(py, check, VOCAB_DDL_TEXT, NULL);
    return py_is_none(check) || t->ddl->domain_check ? 0 : -1;
}

/* --- create() and drop() --- */

/* Does the type's own class make anything on this dialect? A plain Enum does on PostgreSQL, when it is native
 * there; postgresql.ENUM tries wherever enums are native. */
static bool makes(const struct ddl_dialect *d, const struct ddl_type *t)
{
    if (ddl_type_is(t, DDL_TYPE_PG_DOMAIN)) {
        return true;
    }
    if (ddl_type_is(t, DDL_TYPE_PG_ENUM)) {
        return d->kind != DDL_SQLITE;
    }
    return d->kind == DDL_POSTGRESQL && ddl_type_is(t, DDL_TYPE_ENUM_GENERIC) &&
           t->class->id != DDL_TYPE_MY_ENUM && t->native_enum;
}

/* Whether to go on: with checkfirst the database is asked, except offline. */
static int wanted(struct py *py, const struct ddl_type *t, bool checkfirst, bool create)
{
    enum migration_mode mode = migration_of(py)->mode;
    if (!checkfirst || mode == MIGRATION_OFFLINE) {
        return 1;
    }
    if (mode == MIGRATION_PLAN) {
        py_needs_live(py, "asks whether the type %s exists", t->name.text ? t->name.text : "");
        return -1;
    }
    struct ddl_out *out = vocab_out(py);
    struct err err = {0};
    bool exists = false;
    if (!out || !out->type_exists) {
        py_refuse(py, "checkfirst=True of a type");
        return -1;
    }
    if (out->type_exists(out->arg, t, &exists, &err) < 0) {
        py_raise_err(py, ddl_exception(&err), &err);
        return -1;
    }
    return exists != create;
}

static pyv make(struct py *py, pyv self, const struct py_args *args, bool create)
{
    struct sa_type *t = (struct sa_type *)self;
    const struct ddl_dialect *d = migration_of(py)->dialect;
    pyv out[3] = {NULL};
    static const struct py_arg table[] = {{"bind", PY_ARG_REQUIRED}, {.name = "checkfirst"}, {0}};
    if (py_bind(py, create ? "create" : "drop", args, table, out, NULL, NULL) < 0) {
        return NULL;
    }
    if (py_is_none(out[0])) {
        return py_raise(py, "AttributeError", "'NoneType' object has no attribute 'dialect'");
    }
    const struct ddl_type *variant = t->ddl;
    /* PostgreSQL's own classes make themselves; others ask for their variant first. */
    bool own = ddl_type_is(variant, DDL_TYPE_PG_ENUM) || ddl_type_is(variant, DDL_TYPE_PG_DOMAIN);
    for (size_t i = 0; i < t->ddl->nvariants && !own; i++) {
        if (strcmp(t->ddl->variants[i].dialect, d->name) == 0) {
            variant = t->ddl->variants[i].type;
        }
    }
    int checkfirst = out[1] ? py_truth(py, out[1]) : own;
    if (checkfirst < 0 || !makes(d, variant)) {
        return checkfirst < 0 ? NULL : &py_none;
    }
    int go = d->kind == DDL_POSTGRESQL ? wanted(py, variant, checkfirst, create) : 1;
    if (go <= 0) {
        return go < 0 ? NULL : &py_none;
    }
    struct strbuf text = STRBUF_INIT;
    struct err err = {0};
    int rc = create ? ddl_type_create(&text, d, variant, &err) : ddl_type_drop(&text, d, variant, &err);
    if (rc < 0) {
        py_raise_err(py, ddl_exception(&err), &err);
    } else {
        rc = migration_emit(py, (struct slice){strbuf_cstr(&text), text.len}, NULL, NULL);
    }
    strbuf_release(&text);
    return rc < 0 ? NULL : &py_none;
}

pyv sa_named_create(struct py *py, pyv self, const struct py_args *args)
{
    return make(py, self, args, true);
}

pyv sa_named_drop(struct py *py, pyv self, const struct py_args *args)
{
    return make(py, self, args, false);
}
