/* Rendering a Python revision for a plan, and running one on a live database. */
#include "engine/alembic/body.h"
#include "base/digest.h"
#include "base/file.h"
#include <strings.h>

const struct ddl_dialect *alembic_dialect(const char *driver, const char *scheme)
{
    if (strcmp(driver, "mysql") == 0 && scheme && strncasecmp(scheme, "mariadb", 7) == 0) {
        return ddl_dialect_of(DDL_MARIADB);
    }
    return ddl_dialect_find(driver);
}

static int text_of(struct arena *a, const struct revision *r, struct slice *out, struct err *err)
{
    if (r->python && r->python->text.ptr) {
        *out = r->python->text;
        return 0;
    }
    return file_read(a, r->file, 0, out, err);
}

/* Editors and version control change line ends and the end of a file; what runs stays the same. */
static void checksum_of(struct slice text, char hex[65])
{
    struct digest d;
    digest_init(&d);
    const char *p = text.ptr, *end = text.ptr + text.len;
    if (text.len >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0) {
        p += 3;
    }
    while (end > p && (unsigned char)end[-1] <= ' ') {
        end--;
    }
    while (p < end) {
        const char *cr = memchr(p, '\r', (size_t)(end - p)), *stop = cr ? cr : end;
        digest_raw(&d, p, (size_t)(stop - p));
        if (cr) {
            digest_raw(&d, "\n", 1);
            stop += cr + 1 < end && cr[1] == '\n' ? 2 : 1;
        }
        p = stop;
    }
    digest_hex(&d, hex);
}

int alembic_checksum(const struct revision *r, char hex[65], struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct slice text;
    int rc = text_of(&a, r, &text, err);
    if (rc == 0) {
        checksum_of(text, hex);
    }
    return rc;
}

/* Statements as they come out of a program that runs without a database. */
struct collector {
    struct arena *a;
    const struct driver *driver;
    const struct revision *r;
    struct alembic_body *body;
    unsigned autocommit;
};

static int collect_error(struct collector *c, const struct sql_statement *s, int line, struct err *err,
                         const char *what, const char *hint)
{
    struct slice words = slice_trim(s->text);
    words.len = words.len > 40 ? 40 : words.len;
    err_set(err, ERR_FILE, "\"%.*s\" %s", (int)words.len, words.ptr, what);
    err_hint(err, "%s", hint);
    return err_place(err, c->r->file, line, 0);
}

/* A COMMIT of the revision's own ends the transaction so that what follows runs outside of one. */
static bool is_commit(struct slice text)
{
    text = slice_trim(text);
    return (text.len == 6 && strncasecmp(text.ptr, "commit", 6) == 0) ||
           (text.len == 3 && strncasecmp(text.ptr, "end", 3) == 0);
}

static int collect_one(struct collector *c, const struct sql_statement *s, int line, struct err *err)
{
    if (s->kind == SQL_TRANSACTION) {
        if (is_commit(s->text)) {
            c->body->outside_transaction = true;
            return 0;
        }
        return collect_error(c, s, line, err,
                             "inside a revision: Lockstep opens and ends the transaction itself",
                             "Remove it, or use \"with op.get_context().autocommit_block():\" for what has "
                             "to run outside a transaction.");
    }
    if (s->outside_transaction && !c->autocommit && !c->body->outside_transaction) {
        return collect_error(c, s, line, err, "cannot run inside a transaction",
                             "Put it into \"with op.get_context().autocommit_block():\".");
    }
    *vec_push(c->a, &c->body->statements) =
        (struct plan_statement){{arena_dupn(c->a, s->text.ptr, s->text.len), s->text.len}, {NULL, 0}, line};
    return 0;
}

static int collect(void *arg, const struct migration_statement *s, struct arena *scratch, struct rowset *rows,
                   int64_t *affected, struct err *err)
{
    (void)rows;
    (void)affected;
    struct collector *c = arg;
    if (s->kind != MIGRATION_STATEMENT) {
        c->body->outside_transaction = true;
        c->autocommit += s->kind == MIGRATION_AUTOCOMMIT ? 1u : -1u;
        return 0;
    }
    struct sql_script script = {0};
    int rc = c->driver->split(scratch, s->text, &script, err);
    if (rc) {
        return err_place(err, c->r->file, s->line, 0);
    }
    for (size_t i = 0; i < script.n && rc == 0; i++) {
        rc = collect_one(c, &script.items[i], s->line, err);
    }
    return rc;
}

static struct py_options options_of(const struct alembic_env *env)
{
    return (struct py_options){.loader = env->loader};
}

static const char *down_revision_of(const struct revision *r)
{
    return r->revises.n ? r->revises.items[0] : NULL;
}

static int render(struct arena *a, const struct alembic_env *env, const struct driver *driver,
                  const struct ddl_dialect *dialect, const struct revision *r, struct slice text,
                  const struct py_node *tree, bool downgrade, struct alembic_body *out, struct err *err)
{
    struct alembic_body body = {0};
    struct collector c = {a, driver, r, &body, 0};
    struct migration m = {.mode = MIGRATION_PLAN,
                          .dialect = dialect,
                          .settings = &env->settings,
                          .downgrade = downgrade,
                          .revision = r->id,
                          .down_revision = down_revision_of(r),
                          .arg = &c,
                          .statement = collect};
    struct py_options options = options_of(env);
    enum py_stop stop;
    int rc = migration_run(&options, &m, r->file, text, tree, &stop, err);
    if (rc && stop == PY_NEEDS_LIVE) {
        const char *slash = strrchr(r->file, '/');
        /* What comes after the place where it stopped may ask to be outside of a transaction. */
        bool outside = memmem(text.ptr, text.len, "autocommit_block", 16) != NULL;
        body = (struct alembic_body){.outside_transaction = outside};
        body.live = err->line > 0 ? arena_printf(a, "%s, %s line %d", err->message,
                                                 slash ? slash + 1 : r->file, err->line)
                                  : arena_dup(a, err->message);
        *err = (struct err){0};
        rc = 0;
    }
    if (rc == 0) {
        *out = body;
    }
    return rc;
}

static int one_direction(struct arena *a, const struct alembic_env *env, const struct driver *driver,
                         const struct ddl_dialect *dialect, const struct revision *r, struct slice text,
                         const struct py_node *tree, bool downgrade, struct alembic_body *out,
                         struct err *err)
{
    const struct revision_python *p = r->python;
    bool has = downgrade ? p->has_downgrade : p->has_upgrade;
    bool empty = downgrade ? p->downgrade_empty : p->upgrade_empty;
    if (!has || empty) {
        *out = (struct alembic_body){.missing = !has, .empty = has};
        return 0;
    }
    return render(a, env, driver, dialect, r, text, tree, downgrade, out, err);
}

int alembic_body(struct arena *a, const struct alembic_env *env, const struct driver *driver,
                 const struct ddl_dialect *dialect, const struct revision *r, bool downgrade,
                 struct alembic_body *out, struct err *err)
{
    AUTO(arena_release) struct arena scratch = ARENA_INIT;
    struct slice text;
    struct py_node *tree;
    int rc = text_of(&scratch, r, &text, err);
    rc = rc ? rc : py_parse(&scratch, r->file, text, &tree, err);
    return rc ? rc : one_direction(a, env, driver, dialect, r, text, tree, downgrade, out, err);
}

int alembic_file(struct arena *a, const struct alembic_env *env, const struct driver *driver,
                 const struct ddl_dialect *dialect, const struct revision *r, bool downgrade,
                 struct alembic_file *out, struct err *err)
{
    AUTO(arena_release) struct arena scratch = ARENA_INIT;
    struct alembic_file file = {0};
    struct slice text;
    struct py_node *tree;
    int rc = text_of(&scratch, r, &text, err);
    rc = rc ? rc : py_parse(&scratch, r->file, text, &tree, err);
    if (rc) {
        return rc;
    }
    checksum_of(text, file.checksum);
    rc = one_direction(a, env, driver, dialect, r, text, tree, downgrade, &file.does, err);
    if (rc) {
        return rc;
    }
    struct err ignored;
    file.undoes_known =
        one_direction(a, env, driver, dialect, r, text, tree, !downgrade, &file.undoes, &ignored) == 0;
    *out = file;
    return 0;
}

int alembic_run(const struct alembic_env *env, struct migration *m, const char *file, const char *checksum,
                struct err *err)
{
    AUTO(arena_release) struct arena scratch = ARENA_INIT;
    struct slice text;
    struct py_node *tree;
    int rc = file_read(&scratch, file, 0, &text, err);
    if (rc) {
        return rc;
    }
    char hex[65];
    checksum_of(text, hex);
    if (strcmp(hex, checksum) != 0) {
        err_set(err, ERR_REFUSED, "%s was changed after the plan was made", file);
        return err_hint(err, "Make a new plan.");
    }
    rc = py_parse(&scratch, file, text, &tree, err);
    if (rc) {
        return rc;
    }
    m->mode = MIGRATION_LIVE;
    m->settings = &env->settings;
    struct py_options options = options_of(env);
    enum py_stop stop;
    return migration_run(&options, m, file, text, tree, &stop, err);
}
