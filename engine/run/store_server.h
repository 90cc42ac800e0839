/* A store on a server: what its two source files share. */
#pragma once
#include "base/arena.h"
#include "engine/run/store.h"
#include "engine/run/store_internal.h"

#define STORE_CONNECT_TIMEOUT_MS 5000
#define STORE_LOCK_TIMEOUT_MS    30000 /* longer than a transaction of a client that vanished lasts */

struct store_server {
    struct arena arena; /* of the address */
    const struct driver *driver;
    struct driver_address address; /* with its password: never shown */
    const char *schema;
    struct conn *conn; /* NULL: it could not be had again */
    bool pending;      /* a transaction is to be opened with the next calls */
    enum store_write kind;
};

extern const struct store_backend store_backend_server;
int store_server_connect(struct store *s, struct err *err);
/* Say what was being done and what helps. */
int store_server_error(struct store *s, struct err *err, const char *doing);
