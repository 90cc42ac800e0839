/* The tunnel's functions, out of the module. */
#include "drivers/tunnel.h"
#include "base/module.h"

static struct module module = {.name = "ssh", .what = "SSH tunnels", .packages = "libssh2-1"};

static int load(const struct tunnel_api **out, struct err *err)
{
    const void *api;
    int rc = module_load(&module, &api, err);
    if (!rc) {
        *out = api;
    }
    return rc;
}

/* For functions that are given what the module made. */
static const struct tunnel_api *loaded(void)
{
    const struct tunnel_api *api = NULL;
    load(&api, NULL);
    return api;
}

int tunnel_open(const struct ssh_way *way, const char *host, int port, int64_t deadline_us,
                const int *cancel_fd, struct ssh_end **out, struct err *err)
{
    const struct tunnel_api *api;
    int rc = load(&api, err);
    return rc ? rc : api->open(way, host, port, deadline_us, cancel_fd, out, err);
}

const char *tunnel_address(const struct ssh_end *end)
{
    return loaded()->address(end);
}

int tunnel_port(const struct ssh_end *end)
{
    return loaded()->port(end);
}

bool tunnel_failure(struct ssh_end *end, struct err *err)
{
    return end && loaded()->failure(end, err);
}

void tunnel_close(struct ssh_end *end)
{
    if (end) {
        loaded()->close(end);
    }
}

int tunnel_library(const char **out, struct err *err)
{
    const struct tunnel_api *api;
    int rc = load(&api, err);
    if (!rc) {
        *out = api->library();
    }
    return rc;
}
