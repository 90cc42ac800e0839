/* Encodings between str and bytes: UTF-8, Latin-1 and ASCII. Others are refused. */
#include "engine/alembic/python/py_bytes.h"
#include "engine/alembic/python/py_str.h"

enum codec { CODEC_UTF8, CODEC_LATIN1, CODEC_ASCII, CODEC_NONE };
enum errors { ERRORS_STRICT, ERRORS_IGNORE, ERRORS_REPLACE, ERRORS_BACKSLASH, ERRORS_XML, ERRORS_NONE };

bool py_codec_names(struct py *py, const char *function, pyv encoding, pyv errors)
{
    return (!encoding || PY_AS(str, encoding) ||
            py_wrong_argument(py, function, "'encoding'", "str", encoding)) &&
           (!errors || PY_AS(str, errors) || py_wrong_argument(py, function, "'errors'", "str", errors));
}

static bool codec_of(struct py *py, pyv encoding, enum codec *out)
{
    static const struct {
        const char *name;
        enum codec codec;
    } names[] = {{"utf8", CODEC_UTF8},    {"u8", CODEC_UTF8},         {"utf", CODEC_UTF8},
                 {"cp65001", CODEC_UTF8}, {"latin1", CODEC_LATIN1},   {"latin", CODEC_LATIN1},
                 {"l1", CODEC_LATIN1},    {"iso88591", CODEC_LATIN1}, {"8859", CODEC_LATIN1},
                 {"ascii", CODEC_ASCII},  {"usascii", CODEC_ASCII},   {"646", CODEC_ASCII}};
    char plain[32];
    size_t n = 0;
    *out = CODEC_UTF8;
    if (!encoding) {
        return true;
    }
    struct slice text = py_text(encoding);
    for (size_t i = 0; i < text.len && n < sizeof(plain) - 1; i++) {
        char c = text.ptr[i];
        if (c != '-' && c != '_' && c != ' ') {
            plain[n++] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
        }
    }
    plain[n] = '\0';
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (strcmp(names[i].name, plain) == 0) {
            *out = names[i].codec;
            return true;
        }
    }
    return py_refuse(py, "the encoding %s", py_repr_of(py, encoding));
}

static bool errors_of(struct py *py, pyv errors, enum errors *out)
{
    static const char *const names[] = {"strict", "ignore", "replace", "backslashreplace",
                                        "xmlcharrefreplace"};
    *out = ERRORS_STRICT;
    if (!errors) {
        return true;
    }
    struct slice text = py_text(errors);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (slice_eq(text, names[i])) {
            *out = (enum errors)i;
            return true;
        }
    }
    return py_refuse(py, "the error handler %s of an encoding", py_repr_of(py, errors));
}

/* --- str to bytes --- */

static void escape(struct strbuf *out, uint32_t c)
{
    strbuf_addf(out, c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
}

/* The first run of characters that do not fit is named in the message. */
static void *encode_error(struct py *py, struct slice text, size_t at, enum codec codec, uint32_t max)
{
    const char *name = codec == CODEC_ASCII ? "ascii" : "latin-1";
    struct strbuf shown = STRBUF_INIT;
    int64_t first = py_str_chars_before(&(struct py_str){.text = text}, at), n = 0;
    for (size_t i = at; i < text.len; n++) {
        uint32_t c = py_utf8_next(text.ptr, text.len, &i);
        if (c <= max) {
            break;
        }
        if (n == 0) {
            escape(&shown, c);
        }
    }
    if (n == 1) {
        py_raise(py, "UnicodeEncodeError",
                 "'%s' codec can't encode character '%s' in position %lld: ordinal not in range(%u)", name,
                 strbuf_cstr(&shown), (long long)first, max + 1);
    } else {
        py_raise(py, "UnicodeEncodeError",
                 "'%s' codec can't encode characters in position %lld-%lld: ordinal not in range(%u)", name,
                 (long long)first, (long long)(first + n - 1), max + 1);
    }
    strbuf_release(&shown);
    return NULL;
}

pyv py_text_encode(struct py *py, struct slice text, pyv encoding, pyv errors)
{
    enum codec codec;
    enum errors handling;
    if (!codec_of(py, encoding, &codec) || !errors_of(py, errors, &handling)) {
        return NULL;
    }
    if (codec == CODEC_UTF8) {
        return py_bytes_new(py, text);
    }
    uint32_t max = codec == CODEC_ASCII ? 0x7F : 0xFF;
    struct strbuf out = STRBUF_INIT;
    for (size_t i = 0; i < text.len;) {
        size_t from = i;
        uint32_t c = py_utf8_next(text.ptr, text.len, &i);
        if (c <= max) {
            strbuf_addch(&out, (char)c);
        } else if (handling == ERRORS_STRICT) {
            strbuf_release(&out);
            return encode_error(py, text, from, codec, max);
        } else if (handling == ERRORS_REPLACE) {
            strbuf_addch(&out, '?');
        } else if (handling == ERRORS_BACKSLASH) {
            escape(&out, c);
        } else if (handling == ERRORS_XML) {
            strbuf_addf(&out, "&#%u;", c);
        }
    }
    pyv v = py_bytes_new(py, (struct slice){strbuf_cstr(&out), out.len});
    strbuf_release(&out);
    return v;
}

/* --- bytes to str --- */

/* Is the UTF-8 sequence at p well-formed? Otherwise *bad bytes are wrong together, and why. */
static size_t utf8_sequence(const char *text, size_t len, size_t *bad, const char **why)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t n = p[0] < 0x80 ? 1 : p[0] < 0xC2 ? 0 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : p[0] < 0xF5 ? 4 : 0;
    unsigned char low = p[0] == 0xE0 ? 0xA0 : p[0] == 0xF0 ? 0x90 : 0x80;
    unsigned char high = p[0] == 0xED ? 0x9F : p[0] == 0xF4 ? 0x8F : 0xBF;
    *bad = 1;
    *why = "invalid start byte";
    for (size_t i = 1; i < n; i++) {
        if (i >= len) {
            *bad = i;
            *why = "unexpected end of data";
            return 0;
        }
        if (p[i] < low || p[i] > high) {
            *bad = i;
            *why = "invalid continuation byte";
            return 0;
        }
        low = 0x80;
        high = 0xBF;
    }
    return n;
}

static void *decode_error(struct py *py, const char *codec, struct slice data, size_t at, size_t n,
                          const char *why)
{
    if (n == 1) {
        return py_raise(py, "UnicodeDecodeError", "'%s' codec can't decode byte 0x%02x in position %zu: %s",
                        codec, (unsigned char)data.ptr[at], at, why);
    }
    return py_raise(py, "UnicodeDecodeError", "'%s' codec can't decode bytes in position %zu-%zu: %s", codec,
                    at, at + n - 1, why);
}

static bool decode_bad(struct strbuf *out, enum errors handling, struct slice bytes)
{
    for (size_t i = 0; handling == ERRORS_BACKSLASH && i < bytes.len; i++) {
        escape(out, (unsigned char)bytes.ptr[i]);
    }
    if (handling == ERRORS_REPLACE) {
        py_utf8_add(out, 0xFFFD);
    }
    return handling != ERRORS_STRICT;
}

pyv py_bytes_decode(struct py *py, pyv v, pyv encoding, pyv errors)
{
    enum codec codec;
    enum errors handling;
    struct py_bytes *b = PY_AS(bytes, v);
    if (!b) {
        return PY_AS(str, v) ? py_raise(py, "TypeError", "decoding str is not supported")
                             : py_raise(py, "TypeError",
                                        "decoding to str: need a bytes-like object, %s found", TYPE_NAME(v));
    }
    if (!codec_of(py, encoding, &codec) || !errors_of(py, errors, &handling)) {
        return NULL;
    }
    if (handling == ERRORS_XML) {
        return py_refuse(py, "decode() with errors='xmlcharrefreplace'");
    }
    struct strbuf out = STRBUF_INIT;
    for (size_t i = 0; i < b->data.len;) {
        unsigned char c = (unsigned char)b->data.ptr[i];
        size_t n = 1, bad = 1;
        const char *why = "ordinal not in range(128)";
        if (codec == CODEC_UTF8) {
            n = utf8_sequence(b->data.ptr + i, b->data.len - i, &bad, &why);
            strbuf_add(&out, b->data.ptr + i, n);
        } else if (codec == CODEC_LATIN1 || c < 0x80) {
            py_utf8_add(&out, c);
        } else {
            n = 0;
        }
        if (!n && !decode_bad(&out, handling, (struct slice){b->data.ptr + i, bad})) {
            strbuf_release(&out);
            return decode_error(py, codec == CODEC_ASCII ? "ascii" : "utf-8", b->data, i, bad, why);
        }
        i += n ? n : bad;
    }
    return py_str_take(py, &out);
}
