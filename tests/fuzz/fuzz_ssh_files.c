/* Files of known hosts and private keys: anything may stand in them. A host's own line always makes it known.
 */
#include "base/arena.h"
#include "drivers/ssh/key_file.h"
#include "drivers/ssh/known_hosts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char key_bytes[] = "\0\0\0\x0bssh-ed25519\0\0\0\x20"
                                "0123456789abcdef0123456789abcdef";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct slice text = {arena_dupn(&a, (const char *)data, size), size},
                 key = {key_bytes, sizeof(key_bytes) - 1};
    struct host_finding found = {0};
    strings_t types = {0};
    known_hosts_check(&a, "f", text, "bastion.internal", 2222, key, &found);
    known_hosts_check(&a, "f", text, "Bastion", 22, (struct slice){text.ptr, size < 64 ? size : 64}, &found);
    known_hosts_types(&a, text, "bastion.internal", 22, &types);
    if (found.standing != HOST_UNKNOWN && (!found.file || found.line < 1)) {
        abort();
    }
    /* Whatever else the file says, short of revoking it. */
    const char *more = arena_printf(&a, "%.*s\n%s\n", (int)size, text.ptr, host_key_line(&a, "h", 2222, key));
    struct host_finding own = {0};
    known_hosts_check(&a, "f", slice_of(more), "h", 2222, key, &own);
    if (own.standing != HOST_KNOWN && own.standing != HOST_REVOKED && !memchr(data, '\0', size)) {
        abort();
    }
    struct key_file k;
    struct err err = {0};
    if (key_file_parse(&a, "k", text, &k, &err) != 0 && !err.message[0]) {
        abort();
    }
    host_key_fingerprint(&a, text);
    return 0;
}
