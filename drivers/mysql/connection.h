/*
 * The MySQL/MariaDB driver's connection, shared by the files of this folder; everybody else sees it through
 * driver_mysql. It stands on MariaDB Connector/C.
 *
 * Addresses: what is not given comes from the [client] groups of my.cnf. `host` may be a folder with a socket
 * (my.sock, mysqld.sock, mysql.sock) or the socket itself. Parameters: unix_socket, charset (utf8mb4 or utf8;
 * the session always speaks utf8mb4), read_default_file, read_default_group, ssl_ca, ssl_cert, ssl_key.
 *
 * TLS: Connector/C cannot check a certificate without checking its name, so verify-ca is as strict as
 * verify-full.
 *
 * Sessions: timeouts are set for the session, whole seconds for lock_timeout (rounded up, at least 1). MySQL
 * 8 bounds only SELECT by statement_timeout; MariaDB everything. `affected` of UPDATE counts the rows
 * matched.
 */
#pragma once
#include "base/arena.h"
#include "base/vec.h"
#include "drivers/driver.h"
#include <mysql.h>
#include <pthread.h>
#include <stdatomic.h>

extern const struct driver driver_mysql;

/* How to get a session: an address and session settings, checked and copied. Shared by reference count
 * between a connection and the threads that connect; holds the password in clear. */
struct mysql_login {
    struct arena arena;
    atomic_int refs;
    const char *host, *socket, *user, *password, *database;
    const char *verified_name; /* of the server behind a tunnel, where host is the local end; else NULL */
    unsigned port;
    enum tls_mode tls;
    const char *tls_ca, *tls_cert, *tls_key;
    const char *defaults_file, *defaults_group;
    const char *application, *init;
    int64_t connect_timeout_ms, statement_timeout_ms;
    const char *display; /* "host:port" or the socket, for messages */
};

struct mysql_conn {
    struct conn_base base;
    MYSQL *my;
    struct mysql_login *login;
    int fd;     /* the session's socket */
    int own_fd; /* the same, and never another one's: the library may close the first at any time */
    unsigned long thread_id;
    char server[64];
    size_t max_packet; /* the server's max_allowed_packet; 0: not asked yet */
    bool lost;
    bool stale;            /* an error came since the server last told its transaction state */
    bool checked;          /* `shared` is known */
    const char *shared;    /* see struct driver */
    size_t locks;          /* held, each taking counted */
    pthread_mutex_t mutex; /* guards the rest, and orders cancels with statements */
    pthread_cond_t ended;  /* busy became false */
    bool busy, cancelled;
    bool killed;         /* a KILL QUERY was sent that may not have hit anything */
    size_t left;         /* statements of the text in flight without an answer */
    int64_t progress_us; /* when the last answer came */
    MYSQL *watch;        /* the connection that sent the kill */
    pthread_t watcher;
    bool watching;
};

static inline struct mysql_conn *mysql_conn_of(struct conn *c)
{
    return (struct mysql_conn *)(void *)c;
}

/* login.c */
int mysql_login_new(const struct driver_address *, const struct driver_session *, struct mysql_login **out,
                    struct err *err);
struct mysql_login *mysql_login_ref(struct mysql_login *);
void mysql_login_unref(struct mysql_login *); /* accepts NULL */
/* Connect and log in, in this thread, within the login's timeout but for the time of name look-up. host
 * stands in for the login's own (NULL: none does). A plain session has no database and no settings. */
int mysql_login_connect(const struct mysql_login *, const char *host, bool plain, MYSQL **out,
                        struct err *err);

/* name.c: the name that a certificate is compared with, when it is not that of the host connected to */
void mysql_name_init(void);                        /* once */
void mysql_name_begin(const struct mysql_login *); /* around mysql_real_connect(), on its thread */
void mysql_name_end(void);
/* Nothing asked for it, or it was done: `verify` is the library's option. */
bool mysql_name_was_verified(const MYSQL *, const struct mysql_login *, bool verify);

/* connect.c */
/* The same within the whole timeout, and given up when cancel_fd becomes readable. */
int mysql_connect_bounded(struct mysql_login *, const int *cancel_fd, MYSQL **out, struct err *err);

/* connection.c */
int mysql_conn_open(const struct driver_address *, const struct driver_session *, struct conn **out,
                    struct err *err);
void mysql_conn_close(struct conn *);
enum txn_state mysql_conn_txn(struct conn *);
const char *mysql_conn_server(struct conn *);
/* Have the server tell its transaction state. */
void mysql_conn_refresh(struct mysql_conn *);

/* cancel.c */
void mysql_conn_cancel(struct conn *);
void mysql_conn_cancel_reset(struct conn *);
void mysql_conn_give_up(struct conn *, const char *reason);
void mysql_cancel_init(struct mysql_conn *);
void mysql_cancel_destroy(struct mysql_conn *);
/* A text of n statements is in flight from begin to end; ERR_INTERRUPTED when a cancel came before. */
int mysql_cancel_begin(struct mysql_conn *, size_t n, struct err *);
void mysql_cancel_answered(struct mysql_conn *, int64_t now_us); /* one of them */
void mysql_cancel_end(struct mysql_conn *);

/* error.c */
/* Fill err from the connection's last error; sql is the statement it came from, or NULL. */
int mysql_conn_error(struct mysql_conn *, const struct slice *sql, struct err *err);
/* Note that the session is gone, and say so; message may be NULL. */
int mysql_conn_lost(struct mysql_conn *, const char *message, struct err *err);

/* batch.c */
int mysql_conn_batch(struct conn *, struct arena *, const struct statement *, size_t n, struct outcome *,
                     size_t *done, struct err *);

/* lock.c */
int mysql_conn_lock(struct conn *, struct arena *, const char *key, struct lock_holder *holder,
                    struct err *err);
int mysql_conn_unlock(struct conn *, const char *key, struct err *err);
int mysql_conn_lock_reading(struct conn *, struct arena *, const char *key, struct lock_holder *holder,
                            const struct statement *reads, size_t n, struct outcome *, struct err *err);

const char *mysql_conn_shared(struct conn *);
struct lease_guard mysql_lease_guard(struct conn *, struct arena *, const char *key);
int mysql_conn_lock_holder(struct conn *, struct arena *, const char *key, struct lock_holder *,
                           struct err *);

/* blockers.c */
int64_t mysql_conn_session(struct conn *);
int mysql_conn_blockers(struct conn *, struct arena *, int64_t session, struct lock_blocker **out, size_t *n,
                        struct err *);

/* text.c */
void mysql_quote_ident(struct strbuf *, const char *name);
/* The hint of an error about rights, from what the server says. */
void mysql_advise_rights(const struct mysql_conn *c, const char *message, struct err *err);
bool mysql_needs_quotes(const char *name);
void mysql_quote_literal(struct strbuf *, struct slice text);
