/* The module _lockstep: what modules of the library that are written in Python cannot do themselves. */
#include "base/digest.h"
#include "base/md5.h"
#include "engine/alembic/vocabulary/std.h"
#include <sys/random.h>

static pyv refuse(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    const char *what = args->npos == 1 ? py_cstr(py, args->pos[0]) : NULL;
    return py_refuse(py, "%s", what ? what : "a part of the library");
}

/* digest("sha1", b"...") in hexadecimal. */
static pyv digest(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    const char *name = args->npos == 2 ? py_cstr(py, args->pos[0]) : NULL;
    if (!name || !py_is(args->pos[1], &py_type_bytes)) {
        return py_refuse(py, "a digest of something else than bytes");
    }
    struct slice data = ((const struct py_bytes *)(const void *)args->pos[1])->data;
    char hex[DIGEST_MAX_HEX + 1];
    if (!py_spend(py, data.len / 64, 0)) {
        return NULL;
    }
    if (strcmp(name, "md5") == 0) {
        md5_hex(data, hex);
    } else if (!digest_named(name, data.ptr, data.len, hex)) {
        return py_refuse(py, "hashlib.%s()", name);
    }
    return py_str_of(py, hex);
}

static pyv random_bytes(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    unsigned char some[256];
    int64_t n = -1;
    if (args->npos != 1 || !py_as_int(args->pos[0], &n) || n < 0 || n > (int64_t)sizeof(some)) {
        return py_refuse(py, "more than %zu random bytes", sizeof(some));
    }
    if (getrandom(some, (size_t)n, 0) != (ssize_t)n) {
        return py_refuse(py, "random numbers, which the system does not have");
    }
    return py_bytes_new(py, (struct slice){(const char *)some, (size_t)n});
}

const struct py_def std_library_defs[] = {
    {"refuse", PY_DEF_FUNCTION, refuse, NULL, NULL},
    {"digest", PY_DEF_FUNCTION, digest, NULL, NULL},
    {"random_bytes", PY_DEF_FUNCTION, random_bytes, NULL, NULL},
    {0},
};
