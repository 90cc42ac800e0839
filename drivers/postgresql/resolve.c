/*
 * The addresses of a host, as libpq's lists of hosts and addresses: libpq would call getaddrinfo() in the
 * middle of a connect that is otherwise non-blocking.
 */
#include "drivers/lookup.h"
#include "drivers/postgresql/internal.h"
#include <arpa/inet.h>

enum { ADDRESSES_MAX = 8 };

static bool is_listed(char (*texts)[INET6_ADDRSTRLEN], size_t n, const char *text)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(texts[i], text) == 0) {
            return true;
        }
    }
    return false;
}

static void list_addresses(struct arena *a, const char *host, const struct addrinfo *first,
                           const char **names, const char **addresses)
{
    char texts[ADDRESSES_MAX][INET6_ADDRSTRLEN];
    size_t n = 0;
    AUTO(strbuf_release) struct strbuf hosts = STRBUF_INIT;
    AUTO(strbuf_release) struct strbuf found = STRBUF_INIT;
    for (const struct addrinfo *i = first; i && n < ADDRESSES_MAX; i = i->ai_next) {
        if (getnameinfo(i->ai_addr, i->ai_addrlen, texts[n], sizeof(texts[n]), NULL, 0, NI_NUMERICHOST) !=
                0 ||
            is_listed(texts, n, texts[n])) {
            continue;
        }
        strbuf_addf(&hosts, "%s%s", n ? "," : "", host);
        strbuf_addf(&found, "%s%s", n ? "," : "", texts[n]);
        n++;
    }
    *names = arena_dup(a, n ? strbuf_cstr(&hosts) : host);
    *addresses = n ? arena_dup(a, strbuf_cstr(&found)) : NULL;
}

int pg_resolve(struct arena *a, const char *host, int64_t deadline_us, const int *cancel_fd,
               const char **names, const char **addresses, struct err *err)
{
    struct addrinfo *found = NULL;
    int rc = lookup_host(host, deadline_us, cancel_fd, &found, err);
    if (rc == 0) {
        list_addresses(a, host, found, names, addresses);
        freeaddrinfo(found);
    }
    return rc;
}
