/* The modules logging and warnings: what is logged goes where print() goes, from INFO on. */
#include "engine/alembic/vocabulary/std.h"

static const struct py_type type_logger;

static pyv logger(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return py_object_new(py, &type_logger, sizeof(struct py_instance));
}

static pyv nothing(UNUSED struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return &py_none;
}

static pyv never(UNUSED struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return &py_false;
}

static pyv print_line(struct py *py, pyv message)
{
    const struct py_args args = {.pos = &message, .npos = 1};
    for (const struct py_def *d = std_builtins; d->name; d++) {
        if (strcmp(d->name, "print") == 0 && d->fn) {
            return d->fn(py, NULL, &args);
        }
    }
    return &py_none;
}

static pyv say(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    if (args->npos == 0) {
        return &py_none;
    }
    pyv message = args->pos[0];
    if (args->npos > 1) {
        bool mapping = args->npos == 2 && py_is(args->pos[1], &py_type_dict) && py_dict_len(args->pos[1]);
        pyv values = mapping ? args->pos[1] : py_tuple_new(py, args->pos + 1, args->npos - 1);
        message = values ? py_percent(py, message, values) : NULL;
    }
    return message ? print_line(py, message) : NULL;
}

static const struct py_def logger_defs[] = {
    {"debug", PY_DEF_METHOD, nothing, NULL, NULL},
    {"info", PY_DEF_METHOD, say, NULL, NULL},
    {"warning", PY_DEF_METHOD, say, NULL, NULL},
    {"warn", PY_DEF_METHOD, say, NULL, NULL},
    {"error", PY_DEF_METHOD, say, NULL, NULL},
    {"exception", PY_DEF_METHOD, say, NULL, NULL},
    {"critical", PY_DEF_METHOD, say, NULL, NULL},
    {"fatal", PY_DEF_METHOD, say, NULL, NULL},
    {"setFormatter", PY_DEF_METHOD, nothing, NULL, NULL},
    {"setLevel", PY_DEF_METHOD, nothing, NULL, NULL},
    {"addHandler", PY_DEF_METHOD, nothing, NULL, NULL},
    {"success", PY_DEF_METHOD, say, NULL, NULL}, /* loguru's, as the next two are */
    {"add", PY_DEF_METHOD, nothing, NULL, NULL},
    {"remove", PY_DEF_METHOD, nothing, NULL, NULL},
    {"isEnabledFor", PY_DEF_METHOD, never, NULL, NULL},
    {"getChild", PY_DEF_METHOD, logger, NULL, NULL},
    {0},
};

static const struct py_type type_logger = {
    .head = PY_TYPE_HEAD, .name = "Logger", .module = "logging", .defs = logger_defs};

#define LEVEL(name, n)                                                                                       \
    static pyv level_##name(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)               \
    {                                                                                                        \
        return py_int_new(py, n);                                                                            \
    }
LEVEL(debug, 10)
LEVEL(info, 20)
LEVEL(warning, 30)
LEVEL(error, 40)
LEVEL(critical, 50)

const struct py_def std_logging_defs[] = {
    {"getLogger", PY_DEF_FUNCTION, logger, NULL, NULL},
    {"basicConfig", PY_DEF_FUNCTION, nothing, NULL, NULL},
    {"debug", PY_DEF_FUNCTION, nothing, NULL, NULL},
    {"info", PY_DEF_FUNCTION, nothing, NULL, NULL}, /* the root logger begins at WARNING */
    {"warning", PY_DEF_FUNCTION, say, NULL, NULL},
    {"warn", PY_DEF_FUNCTION, say, NULL, NULL},
    {"error", PY_DEF_FUNCTION, say, NULL, NULL},
    {"exception", PY_DEF_FUNCTION, say, NULL, NULL},
    {"critical", PY_DEF_FUNCTION, say, NULL, NULL},
    {"StreamHandler", PY_DEF_FUNCTION, logger, NULL, NULL}, /* takes what a logger takes, and does as much */
    {"NullHandler", PY_DEF_FUNCTION, logger, NULL, NULL},
    {"Formatter", PY_DEF_FUNCTION, logger, NULL, NULL},
    {"Logger", PY_DEF_TYPE, NULL, &type_logger, NULL},
    {"DEBUG", PY_DEF_VALUE, level_debug, NULL, NULL},
    {"INFO", PY_DEF_VALUE, level_info, NULL, NULL},
    {"WARNING", PY_DEF_VALUE, level_warning, NULL, NULL},
    {"WARN", PY_DEF_VALUE, level_warning, NULL, NULL},
    {"ERROR", PY_DEF_VALUE, level_error, NULL, NULL},
    {"CRITICAL", PY_DEF_VALUE, level_critical, NULL, NULL},
    {0},
};

const struct py_def std_warnings_defs[] = {
    {"warn", PY_DEF_FUNCTION, nothing, NULL, NULL},
    {"simplefilter", PY_DEF_FUNCTION, nothing, NULL, NULL},
    {"filterwarnings", PY_DEF_FUNCTION, nothing, NULL, NULL},
    {0},
};

/* Loggers of other libraries that are used alike. */
const struct py_def std_loguru_defs[] = {{"logger", PY_DEF_VALUE, logger, NULL, NULL}, {0}};
const struct py_def std_oslo_log_defs[] = {{"log", PY_DEF_MODULE, NULL, NULL, "oslo_log.log"}, {0}};
const struct py_def std_structlog_defs[] = {
    {"get_logger", PY_DEF_FUNCTION, logger, NULL, NULL},
    {"getLogger", PY_DEF_FUNCTION, logger, NULL, NULL},
    {0},
};
