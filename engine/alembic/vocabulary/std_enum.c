/*
 * The module enum: classes whose attributes are members. A class statement leaves plain values in its
 * namespace; init_subclass() puts members in their place: instances that know their name and value, and that
 * are str or int as well when the class is.
 */
#include "engine/alembic/vocabulary/std.h"

static const struct py_type type_enum, type_enum_meta, type_auto;

#define MEMBERS "_member_map_" /* in the namespace: every name, aliases too, to its member */

static const struct py_type *class_of(pyv v)
{
    return (const struct py_type *)(const void *)v;
}

static pyv value_of(const struct py_type *type)
{
    return (pyv)(uintptr_t)type;
}

static pyv member_map(const struct py_type *type)
{
    return type->mro && py_type_is(type, &type_enum) ? py_class_lookup(type, MEMBERS) : NULL;
}

bool std_enum_class(UNUSED struct py *py, const struct py_type *type)
{
    return type->mro && py_type_is(type, &type_enum);
}

static pyv attribute(struct py *py, pyv member, const char *name)
{
    struct py_dict **attrs = py_attrs(member);
    return attrs && *attrs ? py_dict_get_str(py, (pyv)*attrs, name) : NULL;
}

/* --- making members --- */

static bool is_member_name(const char *name)
{
    size_t n = strlen(name);
    bool dunder = n > 4 && name[0] == '_' && name[1] == '_' && name[n - 1] == '_' && name[n - 2] == '_';
    bool sunder = n > 2 && name[0] == '_' && name[n - 1] == '_';
    return !dunder && !sunder;
}

/* Functions and descriptors stay what they are. */
static bool is_member_value(pyv v)
{
    return !py_is(v, &py_type_function) && !py_is(v, &py_type_property) && !py_is(v, &py_type_staticmethod) &&
           !py_is(v, &py_type_classmethod) && !py_is(v, &py_type_native) && !py_is(v, &py_type_type);
}

static pyv new_member(struct py *py, const struct py_type *type, pyv value)
{
    if (type->base == &py_type_str) {
        if (!py_text(value).ptr) {
            return py_refuse(py, "a member of class %s(str, Enum) that is no str", type->name);
        }
        struct py_str *s = py_object_new(py, type, sizeof(*s));
        if (s) {
            s->text = py_text(value);
            s->nchars = -1;
        }
        return (pyv)s;
    }
    if (type->base == &py_type_int) {
        int64_t n;
        if (!py_as_int(value, &n)) {
            return py_refuse(py, "a member of class %s(int, Enum) that is no int", type->name);
        }
        struct py_int *i = py_object_new(py, type, sizeof(*i));
        if (i) {
            i->value = n;
        }
        return (pyv)i;
    }
    return py_object_new(py, type, sizeof(struct py_instance));
}

static int set_attribute(struct py *py, pyv member, const char *name, pyv value)
{
    struct py_dict **attrs = py_attrs(member);
    if (!attrs) {
        py_refuse(py, "an enum class over %s", member->type->base->name);
        return -1;
    }
    if (!*attrs) {
        *attrs = (struct py_dict *)(void *)py_dict_new(py);
    }
    return *attrs ? py_dict_set_str(py, (pyv)*attrs, name, value) : -1;
}

static pyv find_value(struct py *py, pyv map, pyv value)
{
    pyv name, member;
    for (size_t at = 0; py_dict_next(map, &at, &name, &member);) {
        int same = py_equal(py, attribute(py, member, "_value_"), value);
        if (same) {
            return same > 0 ? member : NULL;
        }
    }
    return NULL;
}

/* The last number and one, or for a str class the name in lower case. */
static pyv automatic(struct py *py, const struct py_type *type, pyv map, const char *name)
{
    if (type->base == &py_type_str) {
        return py_call_method(py, py_str_of(py, name), "lower", PY_NO_ARGS);
    }
    int64_t last = 0, n;
    pyv key, member;
    for (size_t at = 0; py_dict_next(map, &at, &key, &member);) {
        if (!py_as_int(attribute(py, member, "_value_"), &n)) {
            return py_refuse(py, "auto() behind a member that is no number");
        }
        last = n > last ? n : last;
    }
    return py_int_new(py, last + 1);
}

static int add_member(struct py *py, struct py_type *type, pyv map, const char *name, pyv value)
{
    if (value->type == &type_auto) {
        value = automatic(py, type, map, name);
        if (!value) {
            return -1;
        }
    }
    pyv member = find_value(py, map, value);
    if (!member && py_stopped(py) == PY_RUNNING) {
        member = new_member(py, type, value);
        if (!member || set_attribute(py, member, "_value_", value) ||
            set_attribute(py, member, "_name_", py_str_of(py, name))) {
            return -1;
        }
    }
    return member && py_dict_set_str(py, map, name, member) == 0 &&
                   py_dict_set_str(py, (pyv)type->dict, name, member) == 0
               ? 0
               : -1;
}

/* str() and repr() of a class that is str or int too are those of Enum all the same: a property in the
 * namespace gives them, for there the class is asked first. */
static pyv member_str(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return py_str_printf(py, "%s.%s", self->type->name, py_cstr(py, attribute(py, self, "_name_")));
}

static pyv member_repr(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return py_str_printf(py, "<%s.%s: %s>", self->type->name, py_cstr(py, attribute(py, self, "_name_")),
                         py_repr_of(py, attribute(py, self, "_value_")));
}

static pyv plain_str(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    return py_str(py, attribute(py, self, "_value_"), &out)
               ? NULL
               : py_str_new(py, (struct slice){strbuf_cstr(&out), out.len});
}

static pyv get_str(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    return py_function_new(py, "__str__", member_str, args->pos[0]);
}

static pyv get_plain_str(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    return py_function_new(py, "__str__", plain_str, args->pos[0]);
}

static pyv get_repr(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    return py_function_new(py, "__repr__", member_repr, args->pos[0]);
}

static int add_method(struct py *py, struct py_type *type, const char *name, py_native *getter)
{
    if (py_dict_get_str(py, (pyv)type->dict, name)) {
        return 0;
    }
    pyv property = py_call1(py, value_of(&py_type_property), py_function_new(py, name, getter, NULL));
    return property ? py_dict_set_str(py, (pyv)type->dict, name, property) : -1;
}

static pyv member_format(struct py *py, pyv self, const struct py_args *args)
{
    pyv spec = NULL;
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    if (py_bind(py, "__format__", args, (const struct py_arg[]){{"format_spec", PY_ARG_REQUIRED}, {0}}, &spec,
                NULL, NULL) ||
        py_str(py, self, &out)) {
        return NULL;
    }
    pyv text = py_str_new(py, (struct slice){strbuf_cstr(&out), out.len});
    return text ? py_format(py, text, py_text(spec)) : NULL;
}

static pyv plain_format(struct py *py, pyv self, const struct py_args *args)
{
    pyv spec = NULL;
    return py_bind(py, "__format__", args, (const struct py_arg[]){{"format_spec", PY_ARG_REQUIRED}, {0}},
                   &spec, NULL, NULL)
               ? NULL
               : py_format(py, attribute(py, self, "_value_"), py_text(spec));
}

static pyv get_plain_format(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    return py_function_new(py, "__format__", plain_format, args->pos[0]);
}

static pyv get_format(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    return py_function_new(py, "__format__", member_format, args->pos[0]);
}

static const struct py_type type_int_enum, type_str_enum;

/* IntEnum and StrEnum stand for class IntEnum(int, Enum): the value's type goes in front of Enum. */
static int add_value_type(struct py *py, struct py_type *type)
{
    const struct py_type *value = py_type_is(type, &type_int_enum)   ? &py_type_int
                                  : py_type_is(type, &type_str_enum) ? &py_type_str
                                                                     : NULL;
    if (!value || py_type_is(type, value)) {
        return 0;
    }
    const struct py_type **mro = py_alloc_array(py, type->nmro + 1, sizeof(*mro));
    if (!mro) {
        return -1;
    }
    size_t n = 0;
    for (size_t i = 0; i < type->nmro; i++) {
        if (type->mro[i] == &type_enum) {
            mro[n++] = value;
        }
        mro[n++] = type->mro[i];
    }
    type->mro = mro;
    type->nmro = n;
    type->base = value;
    type->plain = true;
    return 0;
}

static int init_subclass(struct py *py, struct py_type *type, UNUSED const struct py_args *keywords)
{
    if (add_value_type(py, type)) {
        return -1;
    }
    static const char *const own[] = {"__new__", "__init__", "_missing_", "_generate_next_value_",
                                      "_ignore_"};
    for (size_t i = 0; i < COUNT_OF(own); i++) {
        if (py_dict_get_str(py, (pyv)type->dict, own[i])) {
            py_refuse(py, "an enum class with a %s of its own", own[i]);
            return -1;
        }
    }
    for (size_t i = 0; i < type->nbases; i++) {
        pyv map = member_map(type->bases[i]);
        if (map && py_dict_len(map)) {
            py_raise(py, "TypeError", "<enum '%s'> cannot extend <enum '%s'>", type->name,
                     type->bases[i]->name);
            return -1;
        }
    }
    pyv map = py_dict_new(py), copy = map ? py_call_method(py, (pyv)type->dict, "copy", PY_NO_ARGS) : NULL;
    pyv key, value;
    for (size_t at = 0; copy && py_dict_next(copy, &at, &key, &value);) {
        const char *name = py_cstr(py, key);
        if (name && is_member_name(name) && is_member_value(value) &&
            add_member(py, type, map, name, value)) {
            return -1;
        }
    }
    if (!copy || py_stopped(py) != PY_RUNNING || py_dict_set_str(py, (pyv)type->dict, MEMBERS, map)) {
        return -1;
    }
    bool plain = py_type_is(type, &type_int_enum) || py_type_is(type, &type_str_enum);
    return add_method(py, type, "__str__", plain ? get_plain_str : get_str) ||
                   add_method(py, type, "__repr__", get_repr) ||
                   add_method(py, type, "__format__", plain ? get_plain_format : get_format)
               ? -1
               : 0;
}

/* Color("red") */
static pyv construct(struct py *py, const struct py_type *type, const struct py_args *args)
{
    pyv map = member_map(type), value = NULL;
    if (!map || py_dict_len(map) == 0) {
        return py_refuse(py, "an enum class made by a call");
    }
    if (py_bind(py, type->name, args, (const struct py_arg[]){{"value", PY_ARG_REQUIRED}, {0}}, &value, NULL,
                NULL)) {
        return NULL;
    }
    if (value->type == type) {
        return value;
    }
    pyv member = find_value(py, map, value);
    return member || py_stopped(py) != PY_RUNNING
               ? member
               : py_raise(py, "ValueError", "%s is not a valid %s", py_repr_of(py, value), type->name);
}

/* Color.__members__ */
static pyv class_getattr(struct py *py, const struct py_type *type, const char *name)
{
    pyv map = strcmp(name, "__members__") == 0 ? member_map(type) : NULL;
    return map ? py_call_method(py, map, "copy", PY_NO_ARGS) : NULL;
}

static pyv get_name(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return attribute(py, self, "_name_");
}

static pyv get_value(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return attribute(py, self, "_value_");
}

static int enum_hash(struct py *py, pyv self, uint64_t *out)
{
    return py_hash(py, attribute(py, self, "_name_"), out);
}

static const struct py_def enum_defs[] = {
    {"name", PY_DEF_PROPERTY, get_name, NULL, NULL},
    {"value", PY_DEF_PROPERTY, get_value, NULL, NULL},
    {0},
};

static const struct py_type type_enum = {.head = {.type = &type_enum_meta},
                                         .name = "Enum",
                                         .module = "enum",
                                         .defs = enum_defs,
                                         .metatype = &type_enum_meta,
                                         .construct = construct,
                                         .type_getattr = class_getattr,
                                         .hash = enum_hash,
                                         .init_subclass = init_subclass};
static const struct py_type type_int_enum = {
    .head = {.type = &type_enum_meta}, .name = "IntEnum", .module = "enum", .base = &type_enum};
static const struct py_type type_str_enum = {
    .head = {.type = &type_enum_meta}, .name = "StrEnum", .module = "enum", .base = &type_enum};

/* --- classes as values: iteration, len, Color["RED"] --- */

/* Members without aliases, in order. */
static pyv members_of(struct py *py, pyv class)
{
    pyv list = py_list_new(py), map = member_map(class_of(class)), name, member;
    for (size_t at = 0; list && map && py_dict_next(map, &at, &name, &member);) {
        pyv own = attribute(py, member, "_name_");
        if (own && strcmp(py_cstr(py, own), py_cstr(py, name)) == 0 && py_list_append(py, list, member)) {
            return NULL;
        }
    }
    return list;
}

static pyv meta_iter(struct py *py, pyv class)
{
    pyv list = members_of(py, class);
    return list ? py_iter(py, list) : NULL;
}

static int64_t meta_len(struct py *py, pyv class)
{
    pyv list = members_of(py, class);
    return list ? py_len(py, list) : -1;
}

static pyv meta_getitem(struct py *py, pyv class, pyv key)
{
    pyv map = member_map(class_of(class));
    return map ? py_getitem(py, map, key) : py_raise(py, "KeyError", "%s", py_repr_of(py, key));
}

/* A member; from Python 3.12 on a member's value as well. */
static int meta_contains(struct py *py, pyv class, pyv item)
{
    if (item->type == class_of(class)) {
        return 1;
    }
    if (py_is(item, &type_enum)) {
        return 0;
    }
    py_refuse(py, "\"in\" an enum class of what is no member, which differs between versions of Python");
    return -1;
}

static const struct py_type type_enum_meta = {.head = PY_TYPE_HEAD,
                                              .name = "EnumType",
                                              .module = "enum",
                                              .base = &py_type_type,
                                              .len = meta_len,
                                              .getitem = meta_getitem,
                                              .contains = meta_contains,
                                              .iter = meta_iter};

/* --- the rest of the module --- */

static pyv make_auto(struct py *py, UNUSED const struct py_type *type, const struct py_args *args)
{
    return py_bind(py, "auto", args, (const struct py_arg[]){{0}}, NULL, NULL, NULL)
               ? NULL
               : py_object_new(py, &type_auto, sizeof(struct py_instance));
}

static const struct py_type type_auto = {
    .head = PY_TYPE_HEAD, .name = "auto", .module = "enum", .construct = make_auto};

static pyv unique(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    pyv class = NULL, name, member;
    if (py_bind(py, "unique", args, (const struct py_arg[]){{"enumeration", PY_ARG_REQUIRED}, {0}}, &class,
                NULL, NULL)) {
        return NULL;
    }
    pyv map = py_is(class, &py_type_type) ? member_map(class_of(class)) : NULL;
    for (size_t at = 0; map && py_dict_next(map, &at, &name, &member);) {
        if (strcmp(py_cstr(py, attribute(py, member, "_name_")), py_cstr(py, name)) != 0) {
            return py_raise(py, "ValueError", "duplicate values found in <enum '%s'>: %s -> %s",
                            class_of(class)->name, py_cstr(py, name),
                            py_cstr(py, attribute(py, member, "_name_")));
        }
    }
    return class;
}

bool std_enum_value(struct py *py, pyv v, struct sql_value *out)
{
    if (!py_is(v, &type_enum)) {
        return false;
    }
    pyv name = attribute(py, v, "_name_"), value = attribute(py, v, "_value_");
    struct sql_value *inner = py_alloc(py, sizeof(*inner));
    if (!inner || vocab_value(py, value, inner)) {
        return false;
    }
    *out = (struct sql_value){.kind = SQL_VALUE_ENUM, .text = py_text(name), .items = inner, .n = 1};
    out->mixin = py_is(v, &py_type_str) || py_is(v, &py_type_int) || py_is(v, &py_type_float);
    return true;
}

int std_enum_members(struct py *py, const struct py_type *type, strings_t *names, pyv *values_list)
{
    pyv members = members_of(py, value_of(type)), values = py_list_new(py);
    if (!members || !values) {
        return -1;
    }
    const struct py_list *l = (const struct py_list *)(const void *)members;
    for (size_t i = 0; i < l->n; i++) {
        *vec_push(py_arena(py), names) = py_cstr(py, attribute(py, l->items[i], "_name_"));
        if (py_list_append(py, values, attribute(py, l->items[i], "_value_"))) {
            return -1;
        }
    }
    *values_list = values;
    return 0;
}

const struct py_def std_enum_defs[] = {
    {"Enum", PY_DEF_TYPE, NULL, &type_enum, NULL},
    {"IntEnum", PY_DEF_TYPE, NULL, &type_int_enum, NULL},
    {"StrEnum", PY_DEF_TYPE, NULL, &type_str_enum, NULL},
    {"EnumMeta", PY_DEF_REFUSED, NULL, NULL, "a metaclass of enum classes"},
    {"Flag", PY_DEF_REFUSED, NULL, NULL, "enum.Flag"},
    {"IntFlag", PY_DEF_REFUSED, NULL, NULL, "enum.IntFlag"},
    {"auto", PY_DEF_TYPE, NULL, &type_auto, NULL},
    {"unique", PY_DEF_FUNCTION, unique, NULL, NULL},
    {0},
};
