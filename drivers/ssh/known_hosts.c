/* Reading files of known hosts. Lines that make no sense are passed over, as ssh does. */
#include "drivers/ssh/known_hosts.h"
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <strings.h>

#define SSH_PORT    22
#define BASE64_MAX  65536u
#define SHA1_LENGTH 20

struct slice base64_decode(struct arena *a, struct slice text)
{
    struct slice none = {NULL, 0};
    if (text.len == 0 || text.len % 4 != 0 || text.len > BASE64_MAX) {
        return none;
    }
    unsigned char *out = arena_alloc(a, text.len / 4 * 3 + 1);
    int n = EVP_DecodeBlock(out, (const unsigned char *)text.ptr, (int)text.len);
    if (n < 0) {
        return none;
    }
    size_t padding = text.ptr[text.len - 1] != '=' ? 0 : text.ptr[text.len - 2] != '=' ? 1 : 2;
    return (struct slice){(const char *)out, (size_t)n - padding};
}

static const char *base64_encode(struct arena *a, struct slice bytes)
{
    unsigned char *out = arena_alloc(a, bytes.len / 3 * 4 + 5);
    EVP_EncodeBlock(out, (const unsigned char *)bytes.ptr, (int)bytes.len);
    return (const char *)out;
}

struct slice host_key_type(struct slice key)
{
    const unsigned char *p = (const unsigned char *)key.ptr;
    if (key.len < 4 || p[0] || p[1] || p[2] || p[3] > key.len - 4) {
        return (struct slice){"", 0};
    }
    return (struct slice){key.ptr + 4, p[3]};
}

const char *host_key_fingerprint(struct arena *a, struct slice key)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    EVP_Digest(key.ptr, key.len, digest, &n, EVP_sha256(), NULL);
    const char *text = base64_encode(a, (struct slice){(const char *)digest, n});
    return arena_printf(a, "SHA256:%.*s", (int)strcspn(text, "="), text);
}

/* How a host is called in these files. */
static const char *entry_name(struct arena *a, const char *host, int port)
{
    return port == SSH_PORT ? arena_dup(a, host) : arena_printf(a, "[%s]:%d", host, port);
}

const char *host_key_line(struct arena *a, const char *host, int port, struct slice key)
{
    struct slice type = host_key_type(key);
    return arena_printf(a, "%s %.*s %s", entry_name(a, host, port), (int)type.len, type.ptr,
                        base64_encode(a, key));
}

/* Stars are tried from the shortest on; going back only to the last one keeps it linear in practice. */
static bool matches_pattern(struct slice pattern, const char *name)
{
    size_t p = 0, n = 0, star = SIZE_MAX, mark = 0;
    while (name[n]) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = p++;
            mark = n;
        } else if (p < pattern.len &&
                   (pattern.ptr[p] == '?' || strncasecmp(&pattern.ptr[p], &name[n], 1) == 0)) {
            p++;
            n++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            n = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*') {
        p++;
    }
    return p == pattern.len;
}

/* |1|salt|hash, both in base64: HMAC-SHA1 of the name. */
static bool matches_hash(struct arena *a, struct slice entry, const char *name)
{
    struct slice rest = {entry.ptr + 3, entry.len - 3}, part;
    if (!slice_cut(&rest, '|', &part) || !rest.ptr) {
        return false;
    }
    struct slice salt = base64_decode(a, part), hash = base64_decode(a, rest);
    if (!salt.ptr || salt.len != SHA1_LENGTH || !hash.ptr || hash.len != SHA1_LENGTH) {
        return false;
    }
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    char *lower = arena_dup(a, name);
    for (char *c = lower; *c; c++) {
        *c = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
    }
    HMAC(EVP_sha1(), salt.ptr, (int)salt.len, (const unsigned char *)lower, strlen(lower), digest, &n);
    return n == hash.len && memcmp(digest, hash.ptr, n) == 0;
}

static bool matches_names(struct arena *a, struct slice names, const char *name)
{
    if (slice_starts(names, "|1|")) {
        return matches_hash(a, names, name);
    }
    bool found = false;
    struct slice part;
    while (slice_cut(&names, ',', &part)) {
        bool negated = part.len > 0 && part.ptr[0] == '!';
        part.ptr += negated;
        part.len -= negated;
        if (part.len == 0 || !matches_pattern(part, name)) {
            continue;
        }
        if (negated) {
            return false;
        }
        found = true;
    }
    return found;
}

struct entry {
    struct slice marker, names, type, key;
};

static struct slice next_word(struct slice *line)
{
    while (line->len && (line->ptr[0] == ' ' || line->ptr[0] == '\t')) {
        line->ptr++;
        line->len--;
    }
    struct slice word = {line->ptr, 0};
    while (word.len < line->len && line->ptr[word.len] != ' ' && line->ptr[word.len] != '\t' &&
           line->ptr[word.len] != '\r') {
        word.len++;
    }
    line->ptr += word.len;
    line->len -= word.len;
    return word;
}

static bool read_entry(struct slice line, struct entry *out)
{
    struct entry e = {.names = next_word(&line)};
    if (e.names.len == 0 || e.names.ptr[0] == '#') {
        return false;
    }
    if (e.names.ptr[0] == '@') {
        e.marker = e.names;
        e.names = next_word(&line);
    }
    e.type = next_word(&line);
    e.key = next_word(&line);
    *out = e;
    return e.key.len > 0;
}

static enum host_standing standing_of(struct arena *a, const struct entry *e, struct slice key)
{
    struct slice known = base64_decode(a, e->key);
    bool same = known.ptr && known.len == key.len && memcmp(known.ptr, key.ptr, key.len) == 0;
    if (e->marker.len) {
        return same && slice_eq(e->marker, "@revoked") ? HOST_REVOKED : HOST_UNKNOWN;
    }
    if (same) {
        return HOST_KNOWN;
    }
    struct slice type = host_key_type(key);
    bool same_type = type.len == e->type.len && memcmp(type.ptr, e->type.ptr, type.len) == 0;
    return same_type ? HOST_CHANGED : HOST_OTHER_TYPE;
}

static void check_name(struct arena *a, const char *file, struct slice text, const char *name,
                       struct slice key, struct host_finding *out)
{
    struct slice line;
    for (int n = 1; slice_cut(&text, '\n', &line); n++) {
        struct entry e;
        if (!read_entry(line, &e) || !matches_names(a, e.names, name)) {
            continue;
        }
        enum host_standing standing = standing_of(a, &e, key);
        if (standing > out->standing) {
            *out = (struct host_finding){standing, file, n};
        }
    }
}

void known_hosts_check(struct arena *a, const char *file, struct slice text, const char *host, int port,
                       struct slice key, struct host_finding *out)
{
    struct host_finding found = {0}, plain = {0};
    check_name(a, file, text, entry_name(a, host, port), key, &found);
    if (port != SSH_PORT && found.standing < HOST_CHANGED) {
        /* As ssh: what is known of the host without its port may vouch for it, or revoke it. */
        check_name(a, file, text, host, key, &plain);
        found = plain.standing >= HOST_KNOWN ? plain : found;
    }
    if (found.standing > out->standing) {
        *out = found;
    }
}

void known_hosts_types(struct arena *a, struct slice text, const char *host, int port, strings_t *types)
{
    const char *name = entry_name(a, host, port);
    struct slice line;
    while (slice_cut(&text, '\n', &line)) {
        struct entry e;
        if (!read_entry(line, &e) || e.marker.len ||
            !(matches_names(a, e.names, name) || (port != SSH_PORT && matches_names(a, e.names, host)))) {
            continue;
        }
        bool listed = false;
        for (size_t i = 0; i < types->n; i++) {
            listed = listed || slice_eq(e.type, types->items[i]);
        }
        if (!listed) {
            *vec_push(a, types) = slice_dup(a, e.type);
        }
    }
}
