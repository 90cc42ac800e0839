/*
 * Real servers for tests. tests/servers/with-servers starts PostgreSQL and MariaDB on loopback, exports their
 * places and runs a command; these functions read them. Without them a test that needs one is skipped with a
 * message, or fails when LOCKSTEP_TEST_REQUIRE_SERVERS=1 (as runtests sets).
 *   LOCKSTEP_TEST_POSTGRESQL=postgresql://postgres@127.0.0.1:PORT     superuser, trust
 *   LOCKSTEP_TEST_POSTGRESQL_SOCKETS=FOLDER                           its Unix sockets
 *   LOCKSTEP_TEST_MYSQL=mysql://root@127.0.0.1:PORT                   root, no password
 *   LOCKSTEP_TEST_MYSQL_SOCKET=FILE                                   its Unix socket
 *   LOCKSTEP_TEST_TLS=FOLDER     ca.pem signed the servers' certificate (for the name localhost, not for
 *                                127.0.0.1) and client.pem/client.key (for "certified"); other.pem is of a
 *                                stranger
 *
 * PostgreSQL asks the user certified for a certificate, and members of the role with_password for theirs.
 * Tests run beside each other: one that wants a user with a password makes one by a name of its own.
 */
#pragma once
#include <stddef.h>

/* Base URL without a database ("postgresql://postgres@127.0.0.1:5433"), or skip() / fail(). */
const char *server_postgresql(void);
const char *server_mysql(void);
int server_port(const char *url);
/* A file in LOCKSTEP_TEST_TLS, or skip() / fail(). Static, rotating among 32. */
const char *server_tls_file(const char *name);
/* Make an empty database named from `prefix` and this process, dropped at exit. Returns its name (static,
 * rotating among 32). Uses the clients psql and mariadb. */
const char *server_postgresql_database(const char *prefix);
const char *server_mysql_database(const char *prefix);
/* A fresh folder below TMPDIR, removed at exit. */
const char *test_folder(void);
/* Run a command line through /bin/sh; its exit status (128 + N when signal N ended it); standard output and
 * error into out (cut at size). */
int test_run(char *out, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
