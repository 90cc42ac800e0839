/* From ${vault:PATH#KEY} to the path that the API knows. */
#include "base/arena.h"
#include "environments/url.h"
#include "environments/vault_internal.h"

static int wrong(struct err *err, const char *message)
{
    err_set(err, ERR_FILE, "%s", message);
    err_hint(err, "Write ${vault:MOUNT/PATH#KEY}, such as ${vault:secret/db/orders#password}.");
    return ERR_FILE;
}

static int check_path(struct slice path, struct err *err)
{
    struct slice rest = path, part = {0};
    size_t parts = 0;
    while (slice_cut(&rest, '/', &part)) {
        if (part.len == 0) {
            return wrong(err, "the path of a vault reference has an empty part");
        }
        if (slice_eq(part, ".") || slice_eq(part, "..")) {
            return wrong(err, "the path of a vault reference has a part \".\" or \"..\"");
        }
        parts++;
    }
    return parts < 2
               ? wrong(err, "the path of a vault reference begins with a mount: ${vault:MOUNT/PATH#KEY}")
               : 0;
}

/* Cut "?version=N" off. */
static int take_version(struct slice *path, struct slice *version, struct err *err)
{
    struct slice rest = *path, before;
    *version = (struct slice){0};
    if (!memchr(path->ptr, '?', path->len)) {
        return 0;
    }
    slice_cut(&rest, '?', &before);
    bool ok = slice_starts(rest, "version=");
    if (ok) {
        *version = (struct slice){rest.ptr + strlen("version="), rest.len - strlen("version=")};
        ok = version->len > 0 && version->len < 10;
        for (size_t i = 0; i < version->len; i++) {
            ok = ok && version->ptr[i] >= '0' && version->ptr[i] <= '9';
        }
    }
    *path = before;
    return ok ? 0 : wrong(err, "after \"?\" a vault reference may have version=NUMBER only");
}

static int take_parts(struct slice text, struct slice *path, struct slice *version, struct slice *key,
                      struct err *err)
{
    *key = text;
    slice_cut(key, '#', path);
    if (!key->ptr) {
        err_set(err, ERR_FILE, "a vault reference names a key: ${vault:PATH#KEY}");
        return err_hint(err, "Add # and the key.");
    }
    if (key->len == 0) {
        return wrong(err, "the key of a vault reference is empty");
    }
    int rc = take_version(path, version, err);
    return rc ? rc : check_path(*path, err);
}

int vault_check_reference(struct slice reference, struct err *err)
{
    struct slice path, version, key;
    return take_parts(reference, &path, &version, &key, err);
}

/* The length of the mount: the longest of those that the settings name, else the first part. */
static size_t mount_length(const struct vault_settings *settings, struct slice path)
{
    size_t best = 0;
    for (size_t i = 0; settings && i < settings->nmounts; i++) {
        size_t len = strlen(settings->mounts[i]);
        if (len > best && path.len > len + 1 && path.ptr[len] == '/' &&
            slice_starts(path, settings->mounts[i])) {
            best = len;
        }
    }
    return best ? best : (size_t)((const char *)memchr(path.ptr, '/', path.len) - path.ptr);
}

int vault_reference_parse(struct arena *a, const struct vault_settings *settings, struct slice text,
                          struct vault_reference *out, struct err *err)
{
    struct slice path, version, key;
    int rc = take_parts(text, &path, &version, &key, err);
    if (rc) {
        return rc;
    }
    size_t mount = mount_length(settings, path);
    struct slice rest = {path.ptr + mount + 1, path.len - mount - 1};
    if (slice_eq(rest, "data")) {
        return wrong(err, "the path of a vault reference ends with its mount");
    }
    AUTO(strbuf_release) struct strbuf encoded = STRBUF_INIT;
    url_encode(&encoded, arena_dupn(a, path.ptr, mount), "/");
    strbuf_adds(&encoded, slice_starts(rest, "data/") ? "/" : "/data/");
    url_encode(&encoded, slice_dup(a, rest), "/");
    if (version.len) {
        strbuf_addf(&encoded, "?version=%.*s", (int)version.len, version.ptr);
    }
    out->path = arena_dup(a, strbuf_cstr(&encoded));
    out->key = slice_dup(a, key);
    return 0;
}
