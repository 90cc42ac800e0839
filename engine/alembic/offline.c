/* Alembic's text of --sql: what its offline mode writes, blank line by blank line. */
#include "base/file.h"
#include "engine/alembic/body.h"
#include "engine/ddl/dialect.h"
#include "engine/revision/walk.h"

struct offline {
    const struct alembic_env *env;
    const struct ddl_dialect *dialect;
    struct strbuf *out;
    struct strbuf table; /* quoted, with its schema */
    struct arena memory;
    struct ddl_seen_types types; /* that revisions so far have created */
};

static void line(struct strbuf *out, const char *text)
{
    strbuf_adds(out, text);
    strbuf_adds(out, "\n\n");
}

static void transaction(const struct offline *o, const char *word)
{
    if (o->dialect->transactional_ddl) {
        line(o->out, word);
    }
}

static const char *version_table(const struct offline *o)
{
    const char *name = o->env->settings.version_table;
    return name ? name : "alembic_version";
}

static void create_version_table(const struct offline *o)
{
    AUTO(strbuf_release) struct strbuf key = STRBUF_INIT;
    AUTO(strbuf_release) struct strbuf name = STRBUF_INIT;
    strbuf_addf(&name, "%s_pkc", version_table(o));
    ddl_quote_text(&key, o->dialect, strbuf_cstr(&name));
    strbuf_addf(o->out,
                "CREATE TABLE %s (\n    version_num VARCHAR(32) NOT NULL, \n"
                "    CONSTRAINT %s PRIMARY KEY (version_num)\n);\n\n",
                o->table.ptr, strbuf_cstr(&key));
}

static void version_op(const struct offline *o, const struct version_op *op)
{
    const char *t = o->table.ptr;
    switch (op->kind) {
    case VERSION_INSERT:
        strbuf_addf(o->out, "INSERT INTO %s (version_num) VALUES ('%s')", t, op->to);
        if (o->dialect->kind == DDL_POSTGRESQL) {
            strbuf_addf(o->out, " RETURNING %s.version_num", t);
        } else if (o->dialect->kind == DDL_SQLITE) {
            strbuf_adds(o->out, " RETURNING version_num");
        }
        break;
    case VERSION_DELETE:
        strbuf_addf(o->out, "DELETE FROM %s WHERE %s.version_num = '%s'", t, t, op->from);
        break;
    case VERSION_UPDATE:
        strbuf_addf(o->out, "UPDATE %s SET version_num='%s' WHERE %s.version_num = '%s'", t, op->to, t,
                    op->from);
        break;
    }
    strbuf_adds(o->out, ";\n\n");
}

static int emit(void *arg, const struct migration_statement *s, struct arena *scratch, struct rowset *rows,
                int64_t *affected, struct err *err)
{
    (void)scratch;
    (void)rows;
    (void)affected;
    (void)err;
    const struct offline *o = arg;
    switch (s->kind) {
    case MIGRATION_STATEMENT:
        strbuf_add(o->out, s->text.ptr, s->text.len);
        strbuf_adds(o->out, ";\n\n");
        break;
    case MIGRATION_AUTOCOMMIT:
        transaction(o, "COMMIT;");
        break;
    case MIGRATION_AUTOCOMMIT_END:
        transaction(o, "BEGIN;");
        break;
    }
    return 0;
}

static int run_bridged(const struct offline *o, const struct migration *m, struct arena *a, struct err *err)
{
    struct bridge_request q = {
        .revision = m->revision, .downgrade = m->downgrade, .dialect = m->dialect, .settings = m->settings};
    strings_t texts = {0};
    int rc = bridge_offline(a, &o->env->bridge, &q, &texts, err);
    for (size_t i = 0; i < texts.n && rc == 0; i++) {
        line(o->out, texts.items[i]); /* with their terminator */
    }
    return rc;
}

static int run(struct offline *o, const struct walk_step *w, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    const struct revision *r = w->revision;
    struct slice text = r->python ? r->python->text : (struct slice){0};
    struct py_node *tree;
    int rc = text.ptr ? 0 : file_read(&a, r->file, 0, &text, err);
    rc = rc ? rc : py_parse(&a, r->file, text, &tree, err);
    if (rc) {
        return rc;
    }
    struct migration m = {.mode = MIGRATION_OFFLINE,
                          .dialect = o->dialect,
                          .settings = &o->env->settings,
                          .downgrade = w->direction == DIRECTION_DOWNGRADE,
                          .revision = r->id,
                          .down_revision = r->revises.n ? r->revises.items[0] : NULL,
                          .arg = o,
                          .types = &o->types,
                          .statement = emit};
    struct py_options options = {.loader = o->env->loader};
    enum py_stop stop;
    size_t before = o->out->len, known = o->types.items.n;
    rc = migration_run(&options, &m, r->file, text, tree, &stop, err);
    if (rc == ERR_REFUSED && o->env->bridge.python) {
        o->out->len = before;
        o->types.items.n = known;
        rc = run_bridged(o, &m, &a, err);
    }
    return rc;
}

static void comment(const struct offline *o, const struct walk_step *w)
{
    strbuf_addf(o->out, "-- Running %s ", direction_name(w->direction));
    for (size_t i = 0; i < w->before.n; i++) {
        strbuf_addf(o->out, "%s%s", i ? ", " : "", w->before.items[i]);
    }
    strbuf_adds(o->out, " -> ");
    for (size_t i = 0; i < w->after.n; i++) {
        strbuf_addf(o->out, "%s%s", i ? ", " : "", w->after.items[i]);
    }
    strbuf_adds(o->out, "\n\n");
}

static void name_table(struct offline *o)
{
    if (o->env->settings.version_table_schema) {
        ddl_quote_text(&o->table, o->dialect, o->env->settings.version_table_schema);
        strbuf_addch(&o->table, '.');
    }
    ddl_quote_text(&o->table, o->dialect, version_table(o));
}

void alembic_offline_ensure(const struct alembic_env *env, const struct ddl_dialect *dialect,
                            struct strbuf *out)
{
    struct offline o = {.env = env, .dialect = dialect, .out = out};
    name_table(&o);
    transaction(&o, "BEGIN;");
    create_version_table(&o);
    transaction(&o, "COMMIT;");
    strbuf_release(&o.table);
}

int alembic_offline(const struct alembic_env *env, const struct ddl_dialect *dialect,
                    const struct walk_step *steps, size_t n, size_t rows, struct strbuf *out, struct err *err)
{
    struct offline o = {.env = env, .dialect = dialect, .out = out};
    o.types.arena = &o.memory;
    name_table(&o);
    bool each = env->settings.transaction_per_migration;
    if (!each) {
        transaction(&o, "BEGIN;");
    }
    int rc = 0;
    for (size_t i = 0; i < n && rc == 0; i++) {
        const struct walk_step *w = &steps[i];
        if (each) {
            transaction(&o, "BEGIN;");
        }
        if (rows == 0) {
            create_version_table(&o);
        }
        comment(&o, w);
        rc = run(&o, w, err);
        for (size_t k = 0; k < w->version_ops.n && rc == 0; k++) {
            const struct version_op *op = &w->version_ops.items[k];
            rows += op->kind == VERSION_INSERT;
            rows -= op->kind == VERSION_DELETE && rows > 0;
            version_op(&o, op);
        }
        if (each && rc == 0) {
            transaction(&o, "COMMIT;");
        }
    }
    if (!each && rc == 0) {
        transaction(&o, "COMMIT;");
    }
    strbuf_release(&o.table);
    arena_release(&o.memory);
    return rc;
}
