/* Binding arguments to parameters: of Python functions and, by a table, of native ones. Mistakes are told in
 * Python's words. */
#include "engine/alembic/python/py_frame.h"

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

/* "'a'", "'a' and 'b'", "'a', 'b', and 'c'" */
static const char *names_listed(struct py *py, const strings_t *names)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    for (size_t i = 0; i < names->n; i++) {
        const char *between = i == 0 ? "" : i + 1 < names->n ? ", " : names->n == 2 ? " and " : ", and ";
        strbuf_addf(&b, "%s'%s'", between, names->items[i]);
    }
    return arena_dup(&py->arena, strbuf_cstr(&b));
}

static int missing(struct py *py, const char *function, const strings_t *names, const char *kind)
{
    py_raise(py, "TypeError", "%s() missing %zu required %s argument%s: %s", function, names->n, kind,
             plural(names->n), names_listed(py, names));
    return -1;
}

/* --- Python functions --- */

static pyv *slot_of(struct py_env *env, const char *name, size_t hint)
{
    if (hint < env->n && env->scope->locals.items[hint] == name) {
        return &env->values[hint];
    }
    ptrdiff_t i = py_scope_find(env->scope, name);
    return i >= 0 ? &env->values[i] : NULL;
}

static int too_many(struct py *py, const struct py_function *f, const struct py_env *env, size_t given)
{
    const struct py_params *p = f->node->params;
    size_t n = p->npositional_only + p->nordinary, least = n, nkw = 0;
    for (size_t i = 0; i < n; i++) {
        least -= p->items[i].def != NULL;
    }
    for (size_t i = n; i < n + p->nkeyword_only; i++) {
        ptrdiff_t at = py_scope_find(env->scope, p->items[i].name);
        nkw += at >= 0 && env->values[at];
    }
    char takes[64], were[96] = "";
    if (least < n) {
        snprintf(takes, sizeof(takes), "from %zu to %zu", least, n);
    } else {
        snprintf(takes, sizeof(takes), "%zu", n);
    }
    if (nkw) {
        snprintf(were, sizeof(were), " positional argument%s (and %zu keyword-only argument%s)",
                 plural(given), nkw, plural(nkw));
    }
    py_raise(py, "TypeError", "%s() takes %s positional argument%s but %zu%s %s given", f->qualname, takes,
             n == 1 && least == n ? "" : "s", given, were, given == 1 && !nkw ? "was" : "were");
    return -1;
}

static bool positional_only(const struct py_params *p, const char *name)
{
    for (size_t i = 0; i < p->npositional_only; i++) {
        if (strcmp(p->items[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static int unexpected(struct py *py, const struct py_function *f, const struct py_args *args,
                      const char *name)
{
    const struct py_params *p = f->node->params;
    if (positional_only(p, name)) {
        AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
        for (size_t i = 0; i < p->npositional_only; i++) {
            for (size_t k = 0; k < args->nkw; k++) {
                if (strcmp(args->names[k], p->items[i].name) == 0) {
                    strbuf_addf(&b, "%s%s", b.len ? ", " : "", args->names[k]);
                }
            }
        }
        py_raise(py, "TypeError", "%s() got some positional-only arguments passed as keyword arguments: '%s'",
                 f->qualname, strbuf_cstr(&b));
        return -1;
    }
    py_raise(py, "TypeError", "%s() got an unexpected keyword argument '%s'", f->qualname, name);
    return -1;
}

static int bind_keyword(struct py *py, struct py_function *f, struct py_env *env, const struct py_args *args,
                        size_t k, pyv extra)
{
    const struct py_params *p = f->node->params;
    size_t n = p->npositional_only + p->nordinary + p->nkeyword_only;
    const char *name = args->names[k];
    for (size_t i = p->npositional_only; i < n; i++) {
        if (p->items[i].name != name && strcmp(p->items[i].name, name) != 0) {
            continue;
        }
        pyv *slot = slot_of(env, p->items[i].name, i);
        if (*slot) {
            py_raise(py, "TypeError", "%s() got multiple values for argument '%s'", f->qualname, name);
            return -1;
        }
        *slot = args->values[k];
        return 0;
    }
    return extra ? py_dict_set_str(py, extra, name, args->values[k]) : unexpected(py, f, args, name);
}

static int bind_defaults(struct py *py, struct py_function *f, struct py_env *env, size_t from, size_t to,
                         const char *kind)
{
    const struct py_params *p = f->node->params;
    strings_t lacking = {0};
    for (size_t i = from; i < to; i++) {
        pyv *slot = slot_of(env, p->items[i].name, i);
        if (!*slot) {
            *slot = f->defaults[i];
        }
        if (!*slot) {
            *vec_push(&py->arena, &lacking) = p->items[i].name;
        }
    }
    return lacking.n ? missing(py, f->qualname, &lacking, kind) : 0;
}

/* *args and **kwargs begin as the extra ones. */
static int bind_rest(struct py *py, struct py_function *f, struct py_env *env, pyv const *extra, size_t n,
                     pyv *kwargs)
{
    const struct py_params *p = f->node->params;
    if (p->args) {
        pyv *slot = slot_of(env, p->args, SIZE_MAX);
        *slot = py_tuple_new(py, extra, n);
        if (!*slot) {
            return -1;
        }
    }
    if (p->kwargs) {
        pyv *slot = slot_of(env, p->kwargs, SIZE_MAX);
        *slot = *kwargs = py_dict_new(py);
        if (!*slot) {
            return -1;
        }
    }
    return 0;
}

static const struct py_params no_params;

int py_function_bind(struct py *py, struct py_function *f, struct py_env *env, pyv self,
                     const struct py_args *args)
{
    const struct py_params *p = f->node->params ? f->node->params : &no_params;
    size_t n = p->npositional_only + p->nordinary, given = args->npos + (self ? 1 : 0), at = 0, used = 0;
    if (self && n) {
        *slot_of(env, p->items[0].name, 0) = self;
        at = 1;
    }
    for (; at < n && used < args->npos; at++, used++) {
        *slot_of(env, p->items[at].name, at) = args->pos[used];
    }
    pyv kwargs = NULL;
    const struct py_args rest = self && !n ? py_args_with(py, self, args) : *args;
    size_t nextra = rest.npos - used;
    if (bind_rest(py, f, env, nextra ? rest.pos + used : NULL, nextra, &kwargs) != 0) {
        return -1;
    }
    for (size_t k = 0; k < args->nkw; k++) {
        if (bind_keyword(py, f, env, args, k, kwargs) != 0) {
            return -1;
        }
    }
    if (nextra && !p->args) {
        return too_many(py, f, env, given);
    }
    if (at < n && bind_defaults(py, f, env, at, n, "positional") != 0) {
        return -1;
    }
    return p->nkeyword_only ? bind_defaults(py, f, env, n, n + p->nkeyword_only, "keyword-only") : 0;
}

/* --- native functions --- */

static size_t row_of(const struct py_arg *table, const char *name)
{
    size_t i = 0;
    while (table[i].name && (table[i].name[0] != name[0] || strcmp(table[i].name, name) != 0)) {
        i++;
    }
    return i;
}

static int bind_positional(struct py *py, const char *function, const struct py_args *args,
                           const struct py_arg *table, pyv *out, pyv *rest)
{
    size_t n = 0, least = 0;
    for (const struct py_arg *a = table; a->name; a++) {
        if (!(a->flags & PY_ARG_KEYWORD)) {
            n++;
            least += (a->flags & PY_ARG_REQUIRED) != 0;
        }
    }
    size_t used = 0;
    for (size_t i = 0; table[i].name && used < args->npos; i++) {
        if (!(table[i].flags & PY_ARG_KEYWORD)) {
            out[i] = args->pos[used++];
        }
    }
    if (rest) {
        *rest = py_list_new(py);
        for (; *rest && used < args->npos; used++) {
            if (py_list_append(py, *rest, args->pos[used]) != 0) {
                return -1;
            }
        }
        return *rest ? 0 : -1;
    }
    if (used == args->npos) {
        return 0;
    }
    char takes[64];
    if (least < n) {
        snprintf(takes, sizeof(takes), "from %zu to %zu", least, n);
    } else {
        snprintf(takes, sizeof(takes), "%zu", n);
    }
    py_raise(py, "TypeError", "%s() takes %s positional argument%s but %zu %s given", function, takes,
             n == 1 && least == n ? "" : "s", args->npos, args->npos == 1 ? "was" : "were");
    return -1;
}

static int check_required(struct py *py, const char *function, const struct py_arg *table, pyv *out)
{
    static const char *const kinds[] = {"positional", "keyword-only"};
    for (unsigned k = 0; k < 2; k++) {
        strings_t lacking = {0};
        for (size_t i = 0; table[i].name; i++) {
            bool keyword_only = (table[i].flags & PY_ARG_KEYWORD) != 0;
            if ((table[i].flags & PY_ARG_REQUIRED) && !out[i] && keyword_only == (k == 1)) {
                *vec_push(&py->arena, &lacking) = table[i].name;
            }
        }
        if (lacking.n) {
            return missing(py, function, &lacking, kinds[k]);
        }
    }
    return 0;
}

int py_bind(struct py *py, const char *function, const struct py_args *args, const struct py_arg *table,
            pyv *out, pyv *rest, pyv *kw)
{
    for (size_t i = 0; table[i].name; i++) {
        out[i] = NULL;
    }
    if (bind_positional(py, function, args, table, out, rest) != 0) {
        return -1;
    }
    if (kw) {
        *kw = py_dict_new(py);
        if (!*kw) {
            return -1;
        }
    }
    for (size_t k = 0; k < args->nkw; k++) {
        size_t i = row_of(table, args->names[k]);
        if (table[i].name && out[i]) {
            py_raise(py, "TypeError", "%s() got multiple values for argument '%s'", function, args->names[k]);
            return -1;
        }
        if (table[i].name) {
            out[i] = args->values[k];
        } else if (!kw) {
            py_raise(py, "TypeError", "%s() got an unexpected keyword argument '%s'", function,
                     args->names[k]);
            return -1;
        } else if (py_dict_set_str(py, *kw, args->names[k], args->values[k]) != 0) {
            return -1;
        }
    }
    return check_required(py, function, table, out);
}
