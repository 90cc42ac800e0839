/* The store that a project names. */
#include "base/arena.h"
#include "engine/reach.h"
#include "engine/store/store.h"

int store_open_project(const struct project *p, bool create, struct store **out, struct err *err)
{
    if (!p->store_server) {
        return store_open(p->store, create, out, err);
    }
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct url url;
    struct driver_address address;
    int rc = target_url(&a, p->store_server, p->dir, &url, err);
    if (rc) {
        return err_wrap(err, "the store");
    }
    if (strcmp(url.dialect, "postgresql") != 0) {
        err_set(err, ERR_FILE, "the store is not a PostgreSQL database");
        return err_hint(err, "Its URL reads like postgresql://user@host/database.");
    }
    reach_address(&a, &url, p->store_server, &address);
    return store_open_server(&address, url_display(&a, &url), create, out, err);
}
