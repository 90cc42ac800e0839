/* Looking at private keys: PEM headers, and the clear part of OpenSSH's own format (PROTOCOL.key). */
#include "drivers/ssh/key_file.h"
#include "base/arena.h"
#include "base/file.h"
#include "drivers/ssh/known_hosts.h"
#include <sys/stat.h>
#include <unistd.h>

#define KEY_MAX ((size_t)64 << 10)

static int wrong(const char *path, const char *what, const char *hint, struct err *err)
{
    err_set(err, ERR_FILE, "the SSH key %s %s", path, what);
    return err_hint(err, "%s", hint);
}

/* A string of SSH: four bytes of length and the bytes. */
static bool cut_string(struct slice *rest, struct slice *out)
{
    const unsigned char *p = (const unsigned char *)rest->ptr;
    if (rest->len < 4) {
        return false;
    }
    size_t n = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
    if (n > rest->len - 4) {
        return false;
    }
    *out = (struct slice){rest->ptr + 4, n};
    *rest = (struct slice){rest->ptr + 4 + n, rest->len - 4 - n};
    return true;
}

static struct slice decode_body(struct arena *a, struct slice body)
{
    char *packed = arena_alloc(a, body.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < body.len; i++) {
        if (body.ptr[i] != '\n' && body.ptr[i] != '\r' && body.ptr[i] != ' ') {
            packed[n++] = body.ptr[i];
        }
    }
    return base64_decode(a, (struct slice){packed, n});
}

static bool parse_openssh(struct arena *a, struct slice body, struct key_file *k)
{
    static const char magic[] = "openssh-key-v1"; /* its NUL is part of it */
    struct slice rest = decode_body(a, body), cipher, skipped, public_;
    if (!rest.ptr || rest.len < sizeof(magic) || memcmp(rest.ptr, magic, sizeof(magic)) != 0) {
        return false;
    }
    rest = (struct slice){rest.ptr + sizeof(magic), rest.len - sizeof(magic)};
    if (!cut_string(&rest, &cipher) || !cut_string(&rest, &skipped) || !cut_string(&rest, &skipped) ||
        rest.len < 4) {
        return false;
    }
    rest = (struct slice){rest.ptr + 4, rest.len - 4}; /* the number of keys, always one */
    if (!cut_string(&rest, &public_)) {
        return false;
    }
    k->encrypted = !slice_eq(cipher, "none");
    k->public_ = public_;
    k->type = slice_dup(a, host_key_type(public_));
    return true;
}

int key_file_parse(struct arena *a, const char *path, struct slice text, struct key_file *out,
                   struct err *err)
{
    static const struct {
        const char *title, *type;
        bool encrypted;
    } kinds[] = {{"OPENSSH PRIVATE KEY", NULL, false}, {"RSA PRIVATE KEY", "ssh-rsa", false},
                 {"EC PRIVATE KEY", "ecdsa", false},   {"DSA PRIVATE KEY", "ssh-dss", false},
                 {"PRIVATE KEY", NULL, false},         {"ENCRYPTED PRIVATE KEY", NULL, true}};
    struct key_file k = {.path = path};
    const char *begin = memmem(text.ptr, text.len, "-----BEGIN ", 11);
    if (!begin) {
        if (slice_starts(text, "PuTTY-")) {
            return wrong(path, "is in PuTTY's format", "Convert it: puttygen KEY -O private-openssh -o NEW.",
                         err);
        }
        bool public_ =
            slice_starts(text, "ssh-") || slice_starts(text, "ecdsa-") || slice_starts(text, "sk-");
        return public_
                   ? wrong(path, "is a public key", "Name the private one: the same without \".pub\".", err)
                   : wrong(path, "is not a private key",
                           "It should begin with \"-----BEGIN OPENSSH PRIVATE KEY-----\".", err);
    }
    struct slice rest = {begin + 11, text.len - (size_t)(begin + 11 - text.ptr)}, title = rest, body;
    slice_cut(&rest, '\n', &title);
    body = rest;
    const char *dashes = memmem(title.ptr, title.len, "-----", 5);
    title.len = dashes ? (size_t)(dashes - title.ptr) : 0;
    const char *end = rest.ptr ? memmem(rest.ptr, rest.len, "-----END", 8) : NULL;
    body.len = end ? (size_t)(end - rest.ptr) : 0;
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (!slice_eq(title, kinds[i].title)) {
            continue;
        }
        k.type = kinds[i].type;
        k.encrypted = kinds[i].encrypted || (body.len && memmem(body.ptr, body.len, "ENCRYPTED", 9));
        if (!end || (i == 0 && !parse_openssh(a, body, &k))) {
            break;
        }
        *out = k;
        return 0;
    }
    return wrong(path, "is damaged, or in a format that is not known",
                 "\"ssh-keygen -y -f KEY\" tells whether ssh can read it.", err);
}

int key_file_read(struct arena *a, const char *path, struct key_file *out, struct err *err)
{
    struct stat st;
    if (stat(path, &st) == 0 && st.st_uid == geteuid() && (st.st_mode & 077) != 0) {
        return wrong(path, arena_printf(a, "can be read by others (its mode is %04o)", st.st_mode & 07777),
                     arena_printf(a, "Close it as ssh asks too: chmod 600 %s", path), err);
    }
    struct slice text;
    int rc = file_read(a, path, KEY_MAX, &text, err);
    return rc ? err_wrap(err, "the SSH key") : key_file_parse(a, path, text, out, err);
}
