/* Rendering a Python revision for a plan, and running one on a live database. */
#include "engine/alembic/body.h"
#include "base/digest.h"
#include "base/file.h"
#include "engine/alembic/collector.h"
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

static struct py_options options_of(const struct alembic_env *env)
{
    return (struct py_options){.loader = env->loader};
}

static const char *down_revision_of(const struct revision *r)
{
    return r->revises.n ? r->revises.items[0] : NULL;
}

/* The same by the user's own Alembic; err tells why. */
static int render_bridged(struct arena *a, const struct alembic_env *env, const struct driver *driver,
                          const struct ddl_dialect *dialect, const struct revision *r, bool downgrade,
                          struct alembic_body *out, struct err *err)
{
    struct alembic_body body = {.python = arena_dup(a, err->message)};
    struct collector c = {.a = a, .driver = driver, .r = r, .body = &body, .alembic_text = true};
    struct bridge_request q = {
        .revision = r->id, .downgrade = downgrade, .dialect = dialect, .settings = &env->settings};
    AUTO(arena_release) struct arena scratch = ARENA_INIT;
    strings_t texts = {0};
    const char *live = NULL;
    *err = (struct err){0};
    int rc = bridge_render(&scratch, &env->bridge, &q, &texts, &live, err);
    for (size_t i = 0; i < texts.n && rc == 0; i++) {
        struct migration_statement s = {.text = slice_of(texts.items[i])};
        rc = collector_statement(&c, &s, &scratch, NULL, NULL, err);
    }
    if (live) {
        /* It runs on a connection of its own, so it cannot be part of our transaction. */
        body.live = arena_dup(a, live);
        body.statements = (plan_statements_t){0};
        body.outside_transaction = true;
    }
    if (rc == 0) {
        *out = body;
    }
    return rc;
}

static int render(struct arena *a, const struct alembic_env *env, const struct driver *driver,
                  const struct ddl_dialect *dialect, const struct revision *r, struct slice text,
                  const struct py_node *tree, bool downgrade, struct ddl_seen_types *types,
                  struct alembic_body *out, struct err *err)
{
    struct alembic_body body = {0};
    struct collector c = {.a = a, .driver = driver, .r = r, .body = &body};
    struct migration m = {.mode = MIGRATION_PLAN,
                          .dialect = ddl_dialect_connected(dialect->kind),
                          .settings = &env->settings,
                          .downgrade = downgrade,
                          .revision = r->id,
                          .down_revision = down_revision_of(r),
                          .arg = &c,
                          .types = types,
                          .statement = collector_statement};
    struct py_options options = options_of(env);
    enum py_stop stop;
    size_t known = types ? types->items.n : 0;
    int rc = migration_run(&options, &m, r->file, text, tree, &stop, err);
    if (rc && types && stop != PY_NEEDS_LIVE) {
        types->items.n = known;
    }
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
    if (rc == ERR_REFUSED && env->bridge.python) {
        return render_bridged(a, env, driver, dialect, r, downgrade, out, err);
    }
    if (rc == 0) {
        *out = body;
    }
    return rc;
}

static int one_direction(struct arena *a, const struct alembic_env *env, const struct driver *driver,
                         const struct ddl_dialect *dialect, const struct revision *r, struct slice text,
                         const struct py_node *tree, bool downgrade, struct ddl_seen_types *types,
                         struct alembic_body *out, struct err *err)
{
    const struct revision_python *p = r->python;
    bool has = downgrade ? p->has_downgrade : p->has_upgrade;
    bool empty = downgrade ? p->downgrade_empty : p->upgrade_empty;
    if (!has || empty) {
        *out = (struct alembic_body){.missing = !has, .empty = has};
        return 0;
    }
    return render(a, env, driver, dialect, r, text, tree, downgrade, types, out, err);
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
    return rc ? rc : one_direction(a, env, driver, dialect, r, text, tree, downgrade, NULL, out, err);
}

int alembic_file(struct arena *a, const struct alembic_env *env, const struct driver *driver,
                 const struct ddl_dialect *dialect, const struct revision *r, bool downgrade,
                 struct ddl_seen_types *types, struct alembic_file *out, struct err *err)
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
    rc = one_direction(a, env, driver, dialect, r, text, tree, downgrade, types, &file.does, err);
    if (rc) {
        return rc;
    }
    struct err ignored;
    file.undoes_known =
        one_direction(a, env, driver, dialect, r, text, tree, !downgrade, NULL, &file.undoes, &ignored) == 0;
    *out = file;
    return 0;
}

int alembic_unchanged(struct arena *a, const char *file, const char *checksum, struct slice *text,
                      struct err *err)
{
    int rc = file_read(a, file, 0, text, err);
    if (rc) {
        return rc;
    }
    char hex[65];
    checksum_of(*text, hex);
    if (strcmp(hex, checksum) != 0) {
        err_set(err, ERR_REFUSED, "%s was changed after the plan was made", file);
        return err_hint(err, "Make a new plan.");
    }
    return 0;
}

int alembic_run(const struct alembic_env *env, struct migration *m, const char *file, const char *checksum,
                struct err *err)
{
    AUTO(arena_release) struct arena scratch = ARENA_INIT;
    struct slice text;
    struct py_node *tree;
    int rc = alembic_unchanged(&scratch, file, checksum, &text, err);
    if (rc) {
        return rc;
    }
    rc = py_parse(&scratch, file, text, &tree, err);
    if (rc) {
        return rc;
    }
    m->mode = MIGRATION_LIVE;
    m->dialect = ddl_dialect_connected(m->dialect->kind);
    m->settings = &env->settings;
    struct py_options options = options_of(env);
    enum py_stop stop;
    return migration_run(&options, m, file, text, tree, &stop, err);
}
