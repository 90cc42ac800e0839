/* The modules os, os.path, sys and time, as far as they reach nothing but the environment, the clock and
 * texts. */
#include "base/file.h"
#include "engine/alembic/vocabulary/std.h"
#include <stdlib.h>
#include <unistd.h>

static pyv environment(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    pyv dict = py_dict_new(py);
    for (char **e = environ; dict && *e; e++) {
        const char *equals = strchr(*e, '=');
        if (!equals || !utf8_valid(*e, strlen(*e))) {
            continue;
        }
        pyv key = py_str_new(py, (struct slice){*e, (size_t)(equals - *e)});
        pyv value = py_str_of(py, equals + 1);
        if (!key || !value || py_dict_set(py, dict, key, value)) {
            return NULL;
        }
    }
    return dict;
}

static pyv get_environment(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    pyv out[2] = {NULL};
    static const struct py_arg table[] = {{"key", PY_ARG_REQUIRED}, {.name = "default"}, {0}};
    if (py_bind(py, "getenv", args, table, out, NULL, NULL)) {
        return NULL;
    }
    if (!py_text(out[0]).ptr) {
        return py_raise(py, "TypeError", "str expected, not %s", out[0]->type->name);
    }
    const char *value = getenv(py_cstr(py, out[0]));
    if (value && !utf8_valid(value, strlen(value))) {
        return py_refuse(py, "an environment variable that is not UTF-8");
    }
    return value ? py_str_of(py, value) : out[1] ? out[1] : &py_none;
}

static pyv separator(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return py_str_of(py, "/");
}

static pyv line_separator(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return py_str_of(py, "\n");
}

static pyv current_folder(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    char *folder = getcwd(NULL, 0);
    pyv v = folder && utf8_valid(folder, strlen(folder))
                ? py_str_of(py, folder)
                : py_refuse(py, "the current folder, whose name is not UTF-8");
    free(folder);
    return v;
}

#define NO_FILES(what)                                                                                       \
    {                                                                                                        \
        what, PY_DEF_REFUSED, NULL, NULL, "os." what ": files are not read"                                  \
    }

const struct py_def std_os_defs[] = {
    {"environ", PY_DEF_VALUE, environment, NULL, NULL},
    {"getenv", PY_DEF_FUNCTION, get_environment, NULL, NULL},
    {"sep", PY_DEF_VALUE, separator, NULL, NULL},
    {"linesep", PY_DEF_VALUE, line_separator, NULL, NULL},
    {"path", PY_DEF_MODULE, NULL, NULL, "os.path"},
    NO_FILES("listdir"),
    NO_FILES("walk"),
    NO_FILES("scandir"),
    {"getcwd", PY_DEF_FUNCTION, current_folder, NULL, NULL},
    {0},
};

static pyv join(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    for (size_t i = 0; i < args->npos; i++) {
        struct slice part = py_text(args->pos[i]);
        if (!part.ptr) {
            return py_refuse(py, "os.path.join() of a %s", args->pos[i]->type->name);
        }
        if (part.len && part.ptr[0] == '/') {
            strbuf_clear(&out);
        } else if (i && out.len && out.ptr[out.len - 1] != '/') {
            strbuf_addch(&out, '/');
        }
        strbuf_add(&out, part.ptr, part.len);
    }
    return py_str_new(py, (struct slice){strbuf_cstr(&out), out.len});
}

static int one_path(struct py *py, const struct py_args *args, const char *function, struct slice *out)
{
    pyv v = NULL;
    if (py_bind(py, function, args, (const struct py_arg[]){{"path", PY_ARG_REQUIRED}, {0}}, &v, NULL,
                NULL)) {
        return -1;
    }
    *out = py_text(v);
    if (!out->ptr) {
        py_refuse(py, "os.path.%s() of a %s", function, v->type->name);
    }
    return out->ptr ? 0 : -1;
}

static pyv basename_of(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    struct slice path;
    if (one_path(py, args, "basename", &path)) {
        return NULL;
    }
    const char *slash = memrchr(path.ptr, '/', path.len);
    size_t from = slash ? (size_t)(slash + 1 - path.ptr) : 0;
    return py_str_new(py, (struct slice){path.ptr + from, path.len - from});
}

static pyv dirname_of(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    struct slice path;
    if (one_path(py, args, "dirname", &path)) {
        return NULL;
    }
    const char *slash = memrchr(path.ptr, '/', path.len);
    size_t n = slash ? (size_t)(slash - path.ptr) : 0;
    while (n > 0 && path.ptr[n - 1] == '/') {
        n--;
    }
    return py_str_new(py, (struct slice){path.ptr, slash && n == 0 ? 1 : n});
}

#define NO_PATH(what)                                                                                        \
    {                                                                                                        \
        what, PY_DEF_REFUSED, NULL, NULL, "os.path." what "(): files are not looked at"                      \
    }

const struct py_def std_os_path_defs[] = {
    {"join", PY_DEF_FUNCTION, join, NULL, NULL},
    {"basename", PY_DEF_FUNCTION, basename_of, NULL, NULL},
    {"dirname", PY_DEF_FUNCTION, dirname_of, NULL, NULL},
    NO_PATH("exists"),
    NO_PATH("isfile"),
    NO_PATH("isdir"),
    NO_PATH("abspath"),
    NO_PATH("realpath"),
    {0},
};

static pyv version_info(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    pyv parts[] = {py_int_new(py, 3), py_int_new(py, 12), py_int_new(py, 0), py_str_of(py, "final"),
                   py_int_new(py, 0)};
    return parts[0] && parts[1] && parts[2] && parts[3] && parts[4] ? py_tuple_new(py, parts, COUNT_OF(parts))
                                                                    : NULL;
}

static pyv platform(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return py_str_of(py, "linux");
}

static pyv maxsize(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return py_int_new(py, INT64_MAX);
}

/* Where modules are looked for is the project's affair: what is added here has no effect. */
static pyv path_list(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return py_list_new(py);
}

const struct py_def std_sys_defs[] = {
    {"path", PY_DEF_VALUE, path_list, NULL, NULL},
    {"version_info", PY_DEF_VALUE, version_info, NULL, NULL},
    {"platform", PY_DEF_VALUE, platform, NULL, NULL},
    {"maxsize", PY_DEF_VALUE, maxsize, NULL, NULL},
    {"argv", PY_DEF_REFUSED, NULL, NULL, "sys.argv: Alembic's command line is not this one"},
    {"exit", PY_DEF_REFUSED, NULL, NULL, "sys.exit() inside a revision"},
    {0},
};

static pyv time_now(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return py_float_new(py, (double)time_now_us() / 1e6);
}

static pyv time_ns(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return py_int_new(py, time_now_us() * 1000);
}

static pyv monotonic(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return py_float_new(py, (double)time_monotonic_us() / 1e6);
}

const struct py_def std_time_defs[] = {
    {"time", PY_DEF_FUNCTION, time_now, NULL, NULL},
    {"time_ns", PY_DEF_FUNCTION, time_ns, NULL, NULL},
    {"monotonic", PY_DEF_FUNCTION, monotonic, NULL, NULL},
    {"perf_counter", PY_DEF_FUNCTION, monotonic, NULL, NULL},
    {"sleep", PY_DEF_REFUSED, NULL, NULL, "time.sleep() inside a revision"},
    {0},
};
