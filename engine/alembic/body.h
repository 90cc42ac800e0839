/*
 * One direction of a Python revision as statements for one dialect: the bridge between the interpreter and
 * what plans, scripts and runs are made of.
 */
#pragma once
#include "engine/alembic/bridge.h"
#include "engine/alembic/migration.h"
#include "engine/revision/graph.h"
#include "plans/plan.h"

/* What the project lends to its revisions. Zero: nothing is set, and modules of the project are not found. */
struct alembic_env {
    struct migration_settings settings;
    struct py_loader loader;
    struct bridge bridge; /* for revisions that the interpreter does not run */
};

/* The dialect for a driver's targets; scheme is the URL's ("mariadb+pymysql"), or NULL. */
const struct ddl_dialect *alembic_dialect(const char *driver, const char *scheme);

/* What upgrade() or downgrade() sends, found without a database: MIGRATION_PLAN. */
struct alembic_body {
    plan_statements_t statements; /* cut with the driver's splitter; texts in the arena */
    bool outside_transaction;     /* an autocommit block, or a COMMIT of its own */
    const char *live;             /* NULL: the statements are known. Otherwise what of the database decides
                                     them ("reads rows, versions/3b1c_x.py line 14"), and there are none here */
    const char *python;           /* not NULL: it went through the user's own Alembic, because of this */
    bool missing;                 /* the file has no such function */
    bool empty;                   /* nothing but `pass` */
};

/* One direction, which need not be there. Errors: ERR_FILE for a syntax error and for a Python exception,
 * ERR_REFUSED for what the interpreter does not run; all with file, line, column. */
int alembic_body(struct arena *a, const struct alembic_env *env, const struct driver *driver,
                 const struct ddl_dialect *dialect, const struct revision *r, bool downgrade,
                 struct alembic_body *out, struct err *err);
/* Both directions, for a step that goes up or down, and the file's checksum: SHA-256 of its bytes with line
 * ends as LF, without a byte order mark and blanks at the end. Errors are those of the direction that runs;
 * when the other one fails, undoes_known is false. `types` are those that the steps before this one create;
 * it gains what this one creates. NULL: the revision is on its own. */
struct alembic_file {
    char checksum[65];
    struct alembic_body does, undoes;
    bool undoes_known;
};
int alembic_file(struct arena *a, const struct alembic_env *env, const struct driver *driver,
                 const struct ddl_dialect *dialect, const struct revision *r, bool downgrade,
                 struct ddl_seen_types *types, struct alembic_file *out, struct err *err);
int alembic_checksum(const struct revision *r, char hex[65], struct err *err);

/* The file's text; ERR_REFUSED when it is not the one of the checksum. */
int alembic_unchanged(struct arena *a, const char *file, const char *checksum, struct slice *text,
                      struct err *err);

/* Run one direction on a live database: `m` has conn, arg and statement set; the rest is filled here. The
 * file must have the checksum given (ERR_REFUSED otherwise). */
int alembic_run(const struct alembic_env *env, struct migration *m, const char *file, const char *checksum,
                struct err *err);

/* Alembic's own text of `upgrade --sql` and `downgrade --sql` for a walk that begins with `rows` rows in the
 * version table. Refused as Alembic refuses what needs rows. Texts are appended to out. */
struct walk_step;
int alembic_offline(const struct alembic_env *env, const struct ddl_dialect *dialect,
                    const struct walk_step *steps, size_t n, size_t rows, struct strbuf *out,
                    struct err *err);
/* Alembic's text of `ensure_version --sql`. */
void alembic_offline_ensure(const struct alembic_env *env, const struct ddl_dialect *dialect,
                            struct strbuf *out);
