/* The module uuid. */
#include "engine/alembic/vocabulary/std.h"
#include <openssl/evp.h>
#include <sys/random.h>

static struct std_uuid *uuid_of(pyv v)
{
    return (struct std_uuid *)(void *)v;
}

static pyv make(struct py *py, const char *hex)
{
    struct std_uuid *u = py_object_new(py, &std_type_uuid, sizeof(*u));
    if (u) {
        memcpy(u->hex, hex, 32);
        u->hex[32] = '\0';
    }
    return (pyv)u;
}

static void hex_of(const unsigned char bytes[16], char hex[33])
{
    for (int i = 0; i < 16; i++) {
        snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
    }
}

static pyv from_bytes(struct py *py, unsigned char bytes[16], int version)
{
    char hex[33];
    if (version) {
        bytes[6] = (unsigned char)((bytes[6] & 0x0f) | (version << 4));
        bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
    }
    hex_of(bytes, hex);
    return make(py, hex);
}

/* As Python reads it: "urn:", "uuid:", braces and dashes do not count. */
static bool parse(struct slice text, char hex[33])
{
    size_t n = 0;
    if (slice_starts(text, "urn:")) {
        text.ptr += 4;
        text.len -= 4;
    }
    if (slice_starts(text, "uuid:")) {
        text.ptr += 5;
        text.len -= 5;
    }
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '-' || c == '{' || c == '}') {
            continue;
        }
        c = c >= 'A' && c <= 'F' ? (char)(c + 32) : c;
        if (n == 32 || !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
            return false;
        }
        hex[n++] = c;
    }
    hex[n] = '\0';
    return n == 32;
}

static pyv construct(struct py *py, UNUSED const struct py_type *type, const struct py_args *args)
{
    static const struct py_arg table[] = {{.name = "hex"},
                                          {.name = "bytes"},
                                          {.name = "bytes_le"},
                                          {.name = "fields"},
                                          {.name = "int"},
                                          {.name = "version"},
                                          {0}};
    pyv out[6] = {NULL};
    if (py_bind(py, "UUID", args, table, out, NULL, NULL)) {
        return NULL;
    }
    if (out[2] || out[3] || out[5]) {
        return py_refuse(py, "UUID(bytes_le=), UUID(fields=) and UUID(version=)");
    }
    int64_t n;
    if (out[4] && py_as_int(out[4], &n) && n >= 0) {
        char hex[33];
        snprintf(hex, sizeof(hex), "%032llx", (unsigned long long)n);
        return make(py, hex);
    }
    struct py_bytes *b = out[1] ? PY_AS(bytes, out[1]) : NULL;
    if (b && b->data.len == 16) {
        unsigned char bytes[16];
        memcpy(bytes, b->data.ptr, 16);
        return from_bytes(py, bytes, 0);
    }
    if (out[1]) {
        return py_raise(py, "ValueError", "bytes is not a 16-char string");
    }
    if (!out[0] || !py_text(out[0]).ptr) {
        return out[0] ? py_raise(py, "AttributeError", "'%s' object has no attribute 'replace'",
                                 out[0]->type->name)
                      : py_raise(py, "TypeError",
                                 "one of the hex, bytes, bytes_le, fields, or int arguments must be given");
    }
    char hex[33];
    return parse(py_text(out[0]), hex) ? make(py, hex)
                                       : py_raise(py, "ValueError", "badly formed hexadecimal UUID string");
}

static int str(UNUSED struct py *py, pyv self, struct strbuf *out)
{
    const char *h = uuid_of(self)->hex;
    strbuf_addf(out, "%.8s-%.4s-%.4s-%.4s-%.12s", h, h + 8, h + 12, h + 16, h + 20);
    return 0;
}

static int repr(struct py *py, pyv self, struct strbuf *out)
{
    strbuf_adds(out, "UUID('");
    str(py, self, out);
    strbuf_adds(out, "')");
    return 0;
}

static pyv compare(UNUSED struct py *py, enum py_op op, pyv left, pyv right)
{
    if (!py_is(left, &std_type_uuid) || !py_is(right, &std_type_uuid)) {
        return &py_not_implemented;
    }
    int order = strcmp(uuid_of(left)->hex, uuid_of(right)->hex);
    return py_bool(op == PY_OP_EQ   ? order == 0
                   : op == PY_OP_NE ? order != 0
                   : op == PY_OP_LT ? order < 0
                   : op == PY_OP_LE ? order <= 0
                   : op == PY_OP_GT ? order > 0
                                    : order >= 0);
}

static int hash(UNUSED struct py *py, pyv self, uint64_t *out)
{
    uint64_t h = 14695981039346656037u;
    for (const char *p = uuid_of(self)->hex; *p; p++) {
        h = (h ^ (unsigned char)*p) * 1099511628211u;
    }
    *out = h;
    return 0;
}

static pyv hex(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return py_str_of(py, uuid_of(self)->hex);
}

static pyv urn(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    const char *h = uuid_of(self)->hex;
    return py_str_printf(py, "urn:uuid:%.8s-%.4s-%.4s-%.4s-%.12s", h, h + 8, h + 12, h + 16, h + 20);
}

static int nibble(char c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

static void bytes_of(const struct std_uuid *u, unsigned char out[16])
{
    for (int i = 0; i < 16; i++) {
        out[i] = (unsigned char)(nibble(u->hex[2 * i]) * 16 + nibble(u->hex[2 * i + 1]));
    }
}

static pyv bytes(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    unsigned char out[16];
    bytes_of(uuid_of(self), out);
    return py_bytes_new(py, (struct slice){(const char *)out, 16});
}

static pyv version(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return py_int_new(py, nibble(uuid_of(self)->hex[12]));
}

static const struct py_def uuid_defs[] = {
    {"hex", PY_DEF_PROPERTY, hex, NULL, NULL},
    {"urn", PY_DEF_PROPERTY, urn, NULL, NULL},
    {"bytes", PY_DEF_PROPERTY, bytes, NULL, NULL},
    {"version", PY_DEF_PROPERTY, version, NULL, NULL},
    {"int", PY_DEF_REFUSED, NULL, NULL, "a UUID as an integer of 128 bits"},
    {0},
};

const struct py_type std_type_uuid = {.head = PY_TYPE_HEAD,
                                      .name = "UUID",
                                      .module = "uuid",
                                      .defs = uuid_defs,
                                      .construct = construct,
                                      .repr = repr,
                                      .str = str,
                                      .compare = compare,
                                      .hash = hash};

static pyv uuid4(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    unsigned char random[16];
    if (getrandom(random, sizeof(random), 0) != sizeof(random)) {
        return py_refuse(py, "uuid4(): the system has no random numbers");
    }
    return from_bytes(py, random, 4);
}

/* uuid3 and uuid5: the digest of a namespace and a name. */
static pyv named(struct py *py, const struct py_args *args, const EVP_MD *md, int kind, const char *function)
{
    pyv out[2] = {NULL};
    if (py_bind(py, function, args,
                (const struct py_arg[]){{"namespace", PY_ARG_REQUIRED}, {"name", PY_ARG_REQUIRED}, {0}}, out,
                NULL, NULL)) {
        return NULL;
    }
    struct slice name = py_text(out[1]);
    if (!py_is(out[0], &std_type_uuid) || !name.ptr) {
        return py_raise(py, "TypeError", "%s() takes a UUID and a str", function);
    }
    char *text = py_alloc(py, 16 + name.len);
    unsigned char digest[EVP_MAX_MD_SIZE];
    if (!text) {
        return NULL;
    }
    bytes_of(uuid_of(out[0]), (unsigned char *)text);
    memcpy(text + 16, name.ptr, name.len);
    if (!EVP_Digest(text, 16 + name.len, digest, NULL, md, NULL)) {
        return py_refuse(py, "%s(): the digest is not available", function);
    }
    return from_bytes(py, digest, kind);
}

static pyv uuid3(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    return named(py, args, EVP_md5(), 3, "uuid3");
}

static pyv uuid5(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    return named(py, args, EVP_sha1(), 5, "uuid5");
}

#define NAMESPACE(name, digit)                                                                               \
    static pyv name(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)                       \
    {                                                                                                        \
        return make(py, "6ba7b81" digit "9dad11d180b400c04fd430c8");                                         \
    }
NAMESPACE(namespace_dns, "0")
NAMESPACE(namespace_url, "1")
NAMESPACE(namespace_oid, "2")
NAMESPACE(namespace_x500, "4")

const struct py_def std_uuid_defs[] = {
    {"UUID", PY_DEF_TYPE, NULL, &std_type_uuid, NULL},
    {"uuid4", PY_DEF_FUNCTION, uuid4, NULL, NULL},
    {"uuid3", PY_DEF_FUNCTION, uuid3, NULL, NULL},
    {"uuid5", PY_DEF_FUNCTION, uuid5, NULL, NULL},
    {"uuid1", PY_DEF_REFUSED, NULL, NULL, "uuid1(), which holds the machine's address"},
    {"NAMESPACE_DNS", PY_DEF_VALUE, namespace_dns, NULL, NULL},
    {"NAMESPACE_URL", PY_DEF_VALUE, namespace_url, NULL, NULL},
    {"NAMESPACE_OID", PY_DEF_VALUE, namespace_oid, NULL, NULL},
    {"NAMESPACE_X500", PY_DEF_VALUE, namespace_x500, NULL, NULL},
    {0},
};
