/*
 * Target URLs, as SQLAlchemy and libpq write them:
 *   postgresql://user:password@host:5432/database?schema=tenant_a   postgres:// postgresql+psycopg2://
 *   postgresql:///database?host=/var/run/postgresql                 [::1] hosts, percent-encoding
 *   mysql://user@host/database   mariadb:// mysql+pymysql:// mariadb+mysqldb://   ?unix_socket=/run/s.sock
 *   sqlite:///relative.db  sqlite:////absolute.db  sqlite:///:memory:  sqlite://
 * ("+driver" suffixes are accepted and dropped.) On servers the parameters host, port, user, password and
 * dbname count as if they stood in their place, and leave the list. Source: SQLAlchemy 2.0 "Database URLs".
 */
#pragma once
#include "base/err.h"
#include "base/str.h"

struct arena;

struct url_param {
    const char *name, *value;
};

struct url {
    const char *dialect;                /* "postgresql" "mysql" "sqlite": the name of the driver */
    const char *scheme;                 /* as written, without "+driver": "mariadb" stands for "mysql" too */
    const char *python_driver;          /* "psycopg2" of postgresql+psycopg2://; NULL: none */
    const char *user, *password, *host; /* decoded; NULL when absent */
    int port;                           /* 0 when absent */
    const char *database;               /* decoded; for SQLite the path as written, or ":memory:" */
    struct url_param *params;
    size_t nparams;
};

/* Errors: ERR_FILE with column counted within the text; the password is in no message. */
int url_parse(struct arena *a, struct slice text, struct url *out, struct err *err);
const char *url_param(const struct url *u, const char *name); /* NULL when absent */
/* "postgresql://deploy@db1.internal:5432/orders?schema=x": for people, without password and without
 * parameters that may hold one. */
char *url_display(struct arena *a, const struct url *u);
/* The URL for SQLAlchemy, with everything: user, password, driver, parameters. A secret: never print it. */
char *url_for_python(struct arena *a, const struct url *u);
/* The text with any password replaced by "***"; for texts that do not parse. */
char *url_redact(struct arena *a, struct slice text);
/* Percent-encode everything but letters, digits, "-._~" and the characters in `also`. */
void url_encode(struct strbuf *out, const char *text, const char *also);
