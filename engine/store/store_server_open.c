/* Opening a store on a server: its address, its schema and tables, and their version. */
#include "base/arena.h"
#include "engine/store/sql.h"
#include "engine/store/store_server.h"

#define DEFAULT_SCHEMA "lockstep"

/* A server that vanished is noticed within a quarter of a minute, and a transaction whose client vanished
 * does not keep others from appending for longer than that. */
static const struct driver_param own_params[] = {
    {"keepalives_idle", "10"},
    {"keepalives_interval", "5"},
    {"keepalives_count", "3"},
    {"tcp_user_timeout", "10000"},
};
static const char own_options[] =
    "-c idle_in_transaction_session_timeout=10000 "
    "-c default_transaction_isolation=read\\ committed -c synchronous_commit=on "
    "-c client_min_messages=warning";

/* The user's parameters come last and win; options of the session are added to ours. */
static void copy_address(struct store_server *server, const struct driver_address *at)
{
    struct arena *a = &server->arena;
    struct driver_param *params = arena_array(a, at->nparams + COUNT_OF(own_params) + 1, sizeof(*params));
    const char *options = own_options;
    size_t n = 0;
    for (size_t i = 0; i < COUNT_OF(own_params); i++) {
        params[n++] = own_params[i];
    }
    for (size_t i = 0; i < at->nparams; i++) {
        if (strcmp(at->params[i].name, "options") == 0) {
            options = arena_printf(a, "%s %s", own_options, at->params[i].value);
        } else {
            params[n++] =
                (struct driver_param){arena_dup(a, at->params[i].name), arena_dup(a, at->params[i].value)};
        }
    }
    params[n++] = (struct driver_param){"options", options};
    server->schema = arena_dup(a, at->schema && at->schema[0] ? at->schema : DEFAULT_SCHEMA);
    server->address = (struct driver_address){.host = arena_dup(a, at->host),
                                              .hostaddr = arena_dup(a, at->hostaddr),
                                              .port = at->port,
                                              .user = arena_dup(a, at->user),
                                              .password = arena_dup(a, at->password),
                                              .database = arena_dup(a, at->database),
                                              .schema = server->schema,
                                              .tls = at->tls,
                                              .tls_ca = arena_dup(a, at->tls_ca),
                                              .tls_cert = arena_dup(a, at->tls_cert),
                                              .tls_key = arena_dup(a, at->tls_key),
                                              .params = params,
                                              .nparams = n};
}

struct found {
    bool utf8, tables, read_only;
    int64_t version;
};

static const char look[] = "SELECT current_setting('server_encoding'), to_regclass(?1) IS NOT NULL, "
                           "pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on'";

static int take_look(void *arg, const struct store_row *row, UNUSED struct err *err)
{
    struct found *f = arg;
    f->utf8 = slice_eq(row_slice(row, 0), "UTF8");
    f->tables = slice_eq(row_slice(row, 1), "t");
    f->read_only = slice_eq(row_slice(row, 2), "t");
    return 0;
}

static int take_version(void *arg, const struct store_row *row, UNUSED struct err *err)
{
    *(int64_t *)arg = row_number(row, 0);
    return 0;
}

/* to_regclass() reads names as SQL does. */
static const char *own_name(struct store *s, struct arena *a, const char *table)
{
    AUTO(strbuf_release) struct strbuf name = STRBUF_INIT;
    s->server->driver->quote_ident(&name, s->server->schema);
    strbuf_addf(&name, ".%s", table);
    return arena_dup(a, strbuf_cstr(&name));
}

static int look_at(struct store *s, struct arena *a, struct found *out, struct err *err)
{
    static const char doing[] = "cannot read the store";
    const struct store_value values[] = {store_text(own_name(s, a, "store_version"))};
    *out = (struct found){0};
    int rc = store_query(s, look, values, 1, take_look, out, doing, err);
    if (!rc && !out->utf8) {
        err_set(err, ERR_REFUSED, "the store's database is not in UTF-8");
        err_hint(err, "Make a database for the store with ENCODING 'UTF8'.");
        return err_place(err, s->path, 0, 0);
    }
    if (!rc && out->tables) {
        rc = store_query(s, "SELECT version FROM store_version", NULL, 0, take_version, &out->version, doing,
                         err);
    }
    return rc;
}

/* Each brings the tables from the version before to its own; the first makes those of FIRST_VERSION. */
#define FIRST_VERSION 2
static const char *const versions[] = {sql_store_store_postgresql, sql_store_store_postgresql_3};
_Static_assert(COUNT_OF(versions) == STORE_VERSION - FIRST_VERSION + 1, "a file for each version");

/* The statements that lead from that version (0: nothing) to ours, with what keeps another process from doing
 * the same meanwhile. */
static int make_tables(struct store *s, struct arena *a, int64_t from, struct err *err)
{
    const struct driver *d = s->server->driver;
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    for (size_t i = from ? (size_t)(from - FIRST_VERSION + 1) : 0; i < COUNT_OF(versions); i++) {
        strbuf_addf(&text, "%s\n", versions[i]);
    }
    struct sql_script script;
    int rc = d->split(a, slice_of(strbuf_cstr(&text)), &script, err);
    if (rc) {
        return rc;
    }
    AUTO(strbuf_release) struct strbuf schema = STRBUF_INIT;
    strbuf_adds(&schema, "CREATE SCHEMA IF NOT EXISTS ");
    d->quote_ident(&schema, s->server->schema);
    struct statement *statements = arena_array(a, script.n + 4, sizeof(*statements));
    struct outcome *outcomes = arena_array(a, script.n + 4, sizeof(*outcomes));
    size_t n = 0, done = 0;
    statements[n++].text = slice_of(d->begin);
    statements[n++].text = SLICE("SELECT pg_advisory_xact_lock(1282102132, 1)");
    if (!from) {
        statements[n++].text = slice_of(strbuf_cstr(&schema));
    }
    for (size_t i = 0; i < script.n; i++) {
        statements[n++].text = script.items[i].text;
    }
    statements[n++].text = slice_of(d->commit);
    rc = d->batch(s->server->conn, a, statements, n, outcomes, &done, err);
    if (rc && d->txn(s->server->conn) != TXN_IDLE) {
        conn_exec(s->server->conn, d->rollback, NULL);
    }
    return rc;
}

static int make_store(struct store *s, struct arena *a, struct found *found, struct err *err)
{
    struct err failure = {0}, ignored;
    int rc = make_tables(s, a, 0, &failure);
    /* Another process may have made it in the meantime. */
    if (look_at(s, a, found, rc ? &ignored : err) != 0) {
        return rc ? (err ? (*err = failure).status : rc) : err->status;
    }
    if (found->tables) {
        return 0;
    }
    if (!rc) {
        err_set(&failure, ERR_FAILED, "its tables are not where they were made");
    }
    bool rights = strcmp(failure.sqlstate, "42501") == 0;
    store_server_error(s, &failure, "cannot make the store");
    if (rights) {
        failure.status = ERR_REFUSED;
        err_hint(&failure, "Have an administrator run: CREATE SCHEMA %s AUTHORIZATION <the store's user>",
                 s->server->schema);
    }
    if (err) {
        *err = failure;
    }
    return failure.status;
}

static int open_tables(struct store *s, bool create, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct found found;
    int rc = look_at(s, &a, &found, err);
    if (!rc && !found.tables && create && found.read_only) {
        err_set(err, ERR_REFUSED, "cannot make the store: the server is read-only");
        return err_place(err, s->path, 0, 0), ERR_REFUSED;
    }
    if (!rc && !found.tables && create) {
        rc = make_store(s, &a, &found, err);
    }
    if (rc) {
        return rc;
    }
    if (found.version > STORE_VERSION) {
        return store_too_new(s, found.version, err);
    }
    if (found.tables && found.version >= FIRST_VERSION && found.version < STORE_VERSION && !found.read_only) {
        /* Another process may do the same; who may not is content with the tables that there are. */
        struct err ignored;
        make_tables(s, &a, found.version, &ignored);
        rc = look_at(s, &a, &found, err);
    }
    if (!rc && found.tables && found.version < FIRST_VERSION) {
        err_set(err, ERR_FILE, "the store has version %lld, which no release of lockstep made on a server",
                (long long)found.version);
        return err_place(err, s->path, 0, 0);
    }
    if (rc) {
        return rc;
    }
    s->version = found.version;
    s->read_only = found.read_only;
    return 0;
}

int store_open_server(const struct driver_address *at, const char *place, bool create, struct store **out,
                      struct err *err)
{
    const struct driver *driver = NULL;
    int rc = driver_find("postgresql", &driver, err);
    if (rc) {
        return rc;
    }
    struct store *s = store_new(place);
    s->server = xcalloc(1, sizeof(*s->server));
    s->server->driver = driver;
    s->backend = &store_backend_server;
    s->server->watch = store_watch_new(driver);
    s->server->answer_ms = STORE_ANSWER_MS;
    copy_address(s->server, at);
    rc = store_server_connect(s, err);
    rc = rc ? rc : open_tables(s, create, err);
    if (rc) {
        store_close(s);
        return rc;
    }
    if (!s->version) { /* no tables: it reads as empty */
        s->backend->close(s);
        s->backend = NULL;
        s->server = NULL;
    }
    *out = s;
    return 0;
}
