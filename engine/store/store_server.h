/* A store on a server: what its two source files share. */
#pragma once
#include "base/arena.h"
#include "engine/store/store.h"
#include "engine/store/store_internal.h"

#define STORE_CONNECT_TIMEOUT_MS 5000
#define STORE_LOCK_TIMEOUT_MS    15000 /* longer than a transaction of a client that vanished lasts */
#define STORE_ANSWER_MS          20000 /* longer than that */

struct store_server {
    struct arena arena; /* of the address */
    const struct driver *driver;
    struct driver_address address; /* with its password: never shown */
    const char *schema;
    struct conn *conn; /* NULL: it could not be had again */
    bool pending;      /* a transaction is to be opened with the next calls */
    enum store_write kind;
    struct store_watch *watch;
    int64_t answer_ms; /* how long an answer may take */
};

/* store_watch.c: between these two an answer is awaited; when it does not come in time, the connection is
 * lost. */
struct store_watch *store_watch_new(const struct driver *driver);
void store_watch_free(struct store_watch *w); /* accepts NULL */
void store_watch_begin(struct store_watch *w, struct conn *conn, int64_t within_ms);
void store_watch_end(struct store_watch *w);

extern const struct store_backend store_backend_server;
int store_server_connect(struct store *s, struct err *err);
/* Say what was being done and what helps. */
int store_server_error(struct store *s, struct err *err, const char *doing);
