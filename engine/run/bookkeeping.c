/* SQL texts and reading of the version table and the history table. */
#include "engine/run/bookkeeping.h"

static void add_name(struct strbuf *b, const struct driver *driver, const char *name)
{
    if (driver->needs_quotes(name)) {
        driver->quote_ident(b, name);
    } else {
        strbuf_adds(b, name);
    }
}

static char *qualified(struct arena *a, const struct driver *driver, const char *schema, const char *name)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    if (schema) {
        add_name(&b, driver, schema);
        strbuf_addch(&b, '.');
    }
    add_name(&b, driver, name);
    return arena_dup(a, strbuf_cstr(&b));
}

const char *bookkeeping_history_name(struct arena *a, const struct bookkeeping *b)
{
    return strcmp(b->version_name, "alembic_version") == 0 ? "lockstep_history"
                                                           : arena_printf(a, "%s_history", b->version_name);
}

void bookkeeping_init(struct bookkeeping *b, struct arena *a, const struct driver *driver,
                      const char *version_table, const char *schema)
{
    b->driver = driver;
    b->version_name = arena_dup(a, version_table);
    b->version_table = qualified(a, driver, schema, version_table);
    b->history_table = qualified(a, driver, schema, bookkeeping_history_name(a, b));
    b->lease_table = qualified(a, driver, schema, LEASE_TABLE);
}

static void add_text(struct strbuf *b, const struct driver *driver, const char *text)
{
    if (text) {
        driver->quote_literal(b, slice_of(text));
    } else {
        strbuf_adds(b, "NULL");
    }
}

static char *finish(struct arena *a, struct strbuf *b)
{
    char *text = arena_dupn(a, strbuf_cstr(b), b->len);
    strbuf_release(b);
    return text;
}

char *bookkeeping_create_version(const struct bookkeeping *b, struct arena *a)
{
    char *constraint = arena_printf(a, "%s_pkc", b->version_name);
    const char *options = b->driver->table_options;
    return arena_printf(a,
                        "CREATE TABLE IF NOT EXISTS %s (\n    version_num VARCHAR(32) NOT NULL,\n"
                        "    CONSTRAINT %s PRIMARY KEY (version_num)\n)%s%s",
                        b->version_table, qualified(a, b->driver, NULL, constraint), options ? " " : "",
                        options ? options : "");
}

char *bookkeeping_create_history(const struct bookkeeping *b, struct arena *a)
{
    const char *ddl = b->driver->history_ddl, *mark = strstr(ddl, "{history}");
    struct strbuf out = STRBUF_INIT;
    while (mark) {
        strbuf_add(&out, ddl, (size_t)(mark - ddl));
        strbuf_adds(&out, b->history_table);
        ddl = mark + strlen("{history}");
        mark = strstr(ddl, "{history}");
    }
    struct slice rest = slice_trim(slice_of(ddl));
    while (rest.len && (rest.ptr[rest.len - 1] == ';' || rest.ptr[rest.len - 1] == '\n')) {
        rest.len--;
    }
    strbuf_add(&out, rest.ptr, rest.len);
    return finish(a, &out);
}

char *bookkeeping_add_in_flight(const struct bookkeeping *b, struct arena *a)
{
    return arena_printf(a, "ALTER TABLE %s ADD COLUMN in_flight text", b->history_table);
}

char *bookkeeping_version_op(const struct bookkeeping *b, struct arena *a, const struct plan_version_op *op)
{
    struct strbuf out = STRBUF_INIT;
    switch (op->kind) {
    case PLAN_VERSION_INSERT:
        strbuf_addf(&out, "INSERT INTO %s (version_num) VALUES (", b->version_table);
        add_text(&out, b->driver, op->to);
        strbuf_adds(&out, ")");
        break;
    case PLAN_VERSION_DELETE:
        strbuf_addf(&out, "DELETE FROM %s WHERE %s.version_num = ", b->version_table, b->version_table);
        add_text(&out, b->driver, op->from);
        break;
    case PLAN_VERSION_UPDATE:
    case PLAN_VERSION_COUNT:
        strbuf_addf(&out, "UPDATE %s SET version_num=", b->version_table);
        add_text(&out, b->driver, op->to);
        strbuf_addf(&out, " WHERE %s.version_num = ", b->version_table);
        add_text(&out, b->driver, op->from);
        break;
    }
    return finish(a, &out);
}

void step_prefix(const struct plan_step *step, size_t n, char hex[DIGEST_HEX + 1])
{
    struct digest d;
    digest_init(&d);
    for (size_t i = 0; i < n && i < step->statements.n; i++) {
        const struct plan_statement *s = &step->statements.items[i];
        digest_field(&d, s->text.ptr, s->text.len);
        digest_field(&d, s->copy.ptr, s->copy.len);
    }
    digest_hex(&d, hex);
}

static char *insert_row(const struct bookkeeping *b, struct arena *a, const struct history_stamp *by,
                        const struct plan_step *step, size_t done, const char *outcome, const char *entry)
{
    char prefix[DIGEST_HEX + 1];
    step_prefix(step, done, prefix);
    struct strbuf out = STRBUF_INIT;
    const struct driver *d = b->driver;
    strbuf_addf(
        &out,
        "INSERT INTO %s (run, plan, revision, direction, checksum, total, done, prefix, outcome, actor, "
        "started_at, finished_at, audit_head%s) VALUES (",
        b->history_table, entry ? ", in_flight" : "");
    add_text(&out, d, by->run);
    strbuf_adds(&out, ", ");
    add_text(&out, d, by->plan);
    strbuf_adds(&out, ", ");
    add_text(&out, d, step->revision);
    strbuf_addf(&out, ", '%s', ", step->downgrade ? "downgrade" : "upgrade");
    add_text(&out, d, step->checksum);
    strbuf_addf(&out, ", %zu, %zu, '%s', '%s', ", step->statements.n, done, prefix, outcome);
    add_text(&out, d, by->actor);
    strbuf_addf(&out, ", %s, %s, ", d->now, strcmp(outcome, "running") == 0 ? "NULL" : d->now);
    add_text(&out, d, by->audit_head);
    if (entry) {
        strbuf_addf(&out, ", %s", entry);
    }
    strbuf_adds(&out, ")");
    return finish(a, &out);
}

char *history_insert_applied(const struct bookkeeping *b, struct arena *a, const struct history_stamp *by,
                             const struct plan_step *step)
{
    return insert_row(b, a, by, step, step->statements.n, "applied", NULL);
}

char *history_insert_running(const struct bookkeeping *b, struct arena *a, const struct history_stamp *by,
                             const struct plan_step *step, const char *entry)
{
    return insert_row(b, a, by, step, (size_t)step->resume_from, "running", entry);
}

/* Only one row of a run is "running" at a time: the step it is at. */
static void where_running(const struct bookkeeping *b, struct strbuf *out, const struct history_stamp *by)
{
    strbuf_adds(out, " WHERE run = ");
    add_text(out, b->driver, by->run);
    strbuf_adds(out, " AND outcome = 'running'");
}

char *history_progress(const struct bookkeeping *b, struct arena *a, const struct history_stamp *by,
                       const struct plan_step *step, size_t done, const char *entry)
{
    char prefix[DIGEST_HEX + 1];
    step_prefix(step, done, prefix);
    struct strbuf out = STRBUF_INIT;
    strbuf_addf(&out, "UPDATE %s SET done = %zu, prefix = '%s'", b->history_table, done, prefix);
    if (entry) {
        strbuf_addf(&out, ", in_flight = %s", entry);
    }
    where_running(b, &out, by);
    return finish(a, &out);
}

char *history_in_flight(const struct bookkeeping *b, struct arena *a, const struct history_stamp *by,
                        const char *entry)
{
    struct strbuf out = STRBUF_INIT;
    strbuf_addf(&out, "UPDATE %s SET in_flight = %s", b->history_table, entry);
    where_running(b, &out, by);
    return finish(a, &out);
}

char *history_finish(const struct bookkeeping *b, struct arena *a, const struct history_stamp *by,
                     const struct plan_step *step)
{
    struct strbuf out = STRBUF_INIT;
    char prefix[DIGEST_HEX + 1];
    step_prefix(step, step->statements.n, prefix);
    strbuf_addf(&out, "UPDATE %s SET outcome = 'applied', done = %zu, prefix = '%s', finished_at = %s",
                b->history_table, step->statements.n, prefix, b->driver->now);
    if (step->live) { /* how many there are was not known before: until then the total is 0 */
        strbuf_addf(&out, ", total = %zu", step->statements.n);
    }
    if (by->audit_head) {
        strbuf_addf(&out, ", audit_head = '%s'", by->audit_head);
    }
    where_running(b, &out, by);
    return finish(a, &out);
}

char *history_stop(const struct bookkeeping *b, struct arena *a, const struct history_stamp *by,
                   const struct plan_step *step, size_t done, bool begun)
{
    char prefix[DIGEST_HEX + 1];
    step_prefix(step, done, prefix);
    struct strbuf out = STRBUF_INIT;
    strbuf_addf(&out, "UPDATE %s SET outcome = '%s', done = %zu, prefix = '%s', finished_at = %s",
                b->history_table, done || begun ? "half" : "failed", done, prefix, b->driver->now);
    where_running(b, &out, by);
    return finish(a, &out);
}

char *history_decide(const struct bookkeeping *b, struct arena *a, const struct half_step *half,
                     const char *prefix)
{
    struct strbuf out = STRBUF_INIT;
    strbuf_addf(&out, "UPDATE %s SET outcome = '%s', done = %lld, finished_at = %s", b->history_table,
                half_step_inside(half) ? "half" : "failed", (long long)half->done, b->driver->now);
    if (prefix) {
        strbuf_addf(&out, ", prefix = '%s'", prefix);
    }
    where_running(b, &out, &(struct history_stamp){.run = half->run});
    return finish(a, &out);
}

char *history_settle(const struct bookkeeping *b, struct arena *a, const char *outcome)
{
    return arena_printf(a,
                        "UPDATE %s SET outcome = '%s', finished_at = %s WHERE outcome IN ('running', 'half')",
                        b->history_table, outcome, b->driver->now);
}

char *history_insert_stamped(const struct bookkeeping *b, struct arena *a, const struct history_stamp *by,
                             const char *revision)
{
    struct strbuf out = STRBUF_INIT;
    strbuf_addf(
        &out,
        "INSERT INTO %s (run, revision, direction, total, done, outcome, actor, started_at, finished_at, "
        "audit_head) VALUES (",
        b->history_table);
    add_text(&out, b->driver, by->run);
    strbuf_adds(&out, ", ");
    add_text(&out, b->driver, revision);
    strbuf_adds(&out, ", 'stamp', 0, 0, 'stamped', ");
    add_text(&out, b->driver, by->actor);
    strbuf_addf(&out, ", %s, %s, ", b->driver->now, b->driver->now);
    add_text(&out, b->driver, by->audit_head);
    strbuf_adds(&out, ")");
    return finish(a, &out);
}

struct slice history_seal(struct arena *a, struct slice text, const char *audit_head)
{
    static const size_t n = sizeof(AUDIT_HEAD_MARK) - 1;
    const char *mark = memmem(text.ptr, text.len, AUDIT_HEAD_MARK, n);
    if (!mark) {
        return text;
    }
    char *sealed = arena_dupn(a, text.ptr, text.len);
    memcpy(sealed + (mark - text.ptr), audit_head, n);
    return (struct slice){sealed, text.len};
}

static const char *cell(const struct rowset *rows, size_t row, size_t col)
{
    return rowset_cell(rows, row, col).ptr;
}

static int compare_ids(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

/* A table from before a column was added does not have it. */
static const char *cell_named(const struct rowset *rows, const char *name)
{
    for (size_t i = 0; i < rows->ncols; i++) {
        if (strcmp(rows->names[i], name) == 0) {
            return cell(rows, 0, i);
        }
    }
    return NULL;
}

static bool has_column(const struct rowset *rows, const char *name)
{
    for (size_t i = 0; i < rows->ncols; i++) {
        if (strcmp(rows->names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static int64_t number_named(const struct rowset *rows, const char *name)
{
    const char *text = cell_named(rows, name);
    return text ? strtoll(text, NULL, 10) : 0;
}

static void read_half(const struct rowset *rows, struct half_step *half)
{
    if (rows->nrows == 0) {
        return;
    }
    half->present = true;
    half->run = cell_named(rows, "run");
    half->revision = cell_named(rows, "revision");
    half->direction = cell_named(rows, "direction");
    half->checksum = cell_named(rows, "checksum");
    half->total = number_named(rows, "total");
    half->recorded = half->done = number_named(rows, "done");
    half->prefix = cell_named(rows, "prefix");
    half->actor = cell_named(rows, "actor");
    half->started = cell_named(rows, "started_at");
    half->in_flight = cell_named(rows, "in_flight");
    half->running = strcmp(cell_named(rows, "outcome"), "running") == 0;
    /* After the last statement nothing is in doubt, also when the run died in its verification. */
    half->known = !half->running || (half->total > 0 && half->done >= half->total);
    half->begun = !half->running && half->done == 0;
}

static int64_t cell_number(const struct rowset *rows, size_t row, size_t col)
{
    const char *text = cell(rows, row, col);
    return text ? strtoll(text, NULL, 10) : 0;
}

static void read_prepared(struct arena *a, const struct rowset *rows, struct target_state *state)
{
    state->prepare_slots = rows->nrows ? cell_number(rows, 0, 0) - cell_number(rows, 0, 1) : 0;
    for (size_t r = 0; r < rows->nrows; r++) {
        if (cell(rows, r, 2)) {
            *vec_push(a, &state->prepared) = cell(rows, r, 2);
        }
    }
}

/* Run the reads of a target's state, with its lock when there is a key; a refused lock is no error here. */
static int send_reads(const struct bookkeeping *b, struct conn *conn, struct arena *a, const char *key,
                      bool *locked, struct lock_holder *holder, const struct statement *reads, size_t n,
                      struct outcome *outcomes, struct err *err)
{
    if (!key) {
        size_t done = 0;
        return b->driver->batch(conn, a, reads, n, outcomes, &done, err);
    }
    struct err failure = {0};
    int rc = b->driver->lock_reading(conn, a, key, holder, reads, n, outcomes, &failure);
    *locked = rc == 0;
    if (rc && rc != ERR_REFUSED) {
        *err = failure;
        return rc;
    }
    return 0;
}

void target_state_reads(const struct bookkeeping *b, struct arena *a, struct statement out[STATE_READS])
{
    char *versions = arena_printf(a, "SELECT version_num FROM %s", b->version_table);
    char *open =
        arena_printf(a, "SELECT h.* FROM %s h WHERE h.outcome IN ('running', 'half') ORDER BY h.seq DESC",
                     b->history_table);
    out[0] = (struct statement){.text = slice_of(versions), .flags = STATEMENT_ROWS | STATEMENT_TOLERATE};
    out[1] = (struct statement){.text = slice_of(open), .flags = STATEMENT_ROWS | STATEMENT_TOLERATE};
}

bool target_state_prepared(const struct bookkeeping *b, struct statement *out)
{
    *out = (struct statement){.text = slice_of(b->driver->prepared),
                              .flags = STATEMENT_ROWS | STATEMENT_TOLERATE};
    return b->driver->prepared != NULL;
}

int target_state_take(const struct bookkeeping *b, struct arena *a, const struct outcome *outcomes,
                      const struct outcome *prepared, struct target_state *out, struct err *err)
{
    struct target_state state = {0};
    for (int i = 0; i < STATE_READS; i++) {
        if (!outcomes[i].done && !b->driver->is_missing_table(outcomes[i].err)) {
            *err = *outcomes[i].err;
            return err_wrap(err, "reading %s", i ? b->history_table : b->version_table);
        }
    }
    state.has_version_table = outcomes[0].done;
    state.has_history_table = outcomes[1].done;
    if (state.has_version_table) {
        for (size_t r = 0; r < outcomes[0].rows.nrows; r++) {
            *vec_push(a, &state.at.ids) = cell(&outcomes[0].rows, r, 0);
        }
        if (state.at.ids.n > 1) {
            qsort(state.at.ids.items, state.at.ids.n, sizeof(char *), compare_ids);
        }
    }
    if (state.has_history_table) {
        state.has_in_flight = has_column(&outcomes[1].rows, "in_flight");
        read_half(&outcomes[1].rows, &state.half);
    }
    if (prepared && prepared->done) { /* a relative of PostgreSQL may know none */
        read_prepared(a, &prepared->rows, &state);
    }
    *out = state;
    return 0;
}

static void copy_strings(struct arena *a, const strings_t *from, strings_t *out)
{
    memset(out, 0, sizeof(*out));
    for (size_t i = 0; i < from->n; i++) {
        *vec_push(a, out) = arena_dup(a, from->items[i]);
    }
}

void target_state_copy(struct arena *a, const struct target_state *from, struct target_state *out)
{
    struct target_state to = *from;
    copy_strings(a, &from->at.ids, &to.at.ids);
    copy_strings(a, &from->prepared, &to.prepared);
    struct half_step *h = &to.half;
    const char **const texts[] = {&h->run,     &h->revision, &h->direction, &h->checksum, &h->actor,
                                  &h->started, &h->prefix,   &h->in_flight, &h->why};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        *texts[i] = arena_dup(a, *texts[i]);
    }
    *out = to;
}

/* A table that is not there for this user may still be: then the target is not at the base. */
static int check_hidden(const struct bookkeeping *b, struct conn *conn, struct arena *a,
                        const struct target_state *state, struct err *err)
{
    if (state->has_version_table || !b->driver->hidden_table) {
        return 0;
    }
    AUTO(strbuf_release) struct strbuf sql = STRBUF_INIT;
    const char *mark = strstr(b->driver->hidden_table, "{table}");
    strbuf_add(&sql, b->driver->hidden_table, (size_t)(mark - b->driver->hidden_table));
    b->driver->quote_literal(&sql, slice_of(b->version_name));
    strbuf_adds(&sql, mark + strlen("{table}"));
    struct rowset rows;
    int rc = conn_query(conn, a, strbuf_cstr(&sql), &rows, err);
    if (rc || rows.nrows == 0) {
        return rc;
    }
    const char *schema = cell(&rows, 0, 0), *user = cell(&rows, 0, 1);
    err_set(err, ERR_FAILED, "reading %s: it is in schema %s, on which %s has no right", b->version_table,
            schema, user);
    return err_hint(
        err,
        "The schema's owner can allow it: GRANT USAGE ON SCHEMA %s TO %s; and on the table SELECT, and "
        "INSERT, UPDATE and DELETE for whoever changes the target.",
        schema, user);
}

static int read_state(const struct bookkeeping *b, struct conn *conn, struct arena *a, const char *key,
                      bool *locked, struct lock_holder *holder, struct target_state *out, struct err *err)
{
    struct statement statements[STATE_READS + 1];
    struct outcome outcomes[STATE_READS + 1] = {0};
    target_state_reads(b, a, statements);
    bool asks = target_state_prepared(b, &statements[STATE_READS]);
    int rc = send_reads(b, conn, a, key, locked, holder, statements, STATE_READS + asks, outcomes, err);
    if (rc) {
        return err_wrap(err, "reading the position");
    }
    rc = target_state_take(b, a, outcomes, &outcomes[STATE_READS], out, err);
    return rc ? rc : check_hidden(b, conn, a, out, err);
}

int target_state_read(const struct bookkeeping *b, struct conn *conn, struct arena *a,
                      struct target_state *out, struct err *err)
{
    return read_state(b, conn, a, NULL, NULL, NULL, out, err);
}

int target_state_read_locking(const struct bookkeeping *b, struct conn *conn, struct arena *a,
                              const char *key, bool *locked, struct lock_holder *holder,
                              struct target_state *out, struct err *err)
{
    bool got = false;
    int rc = read_state(b, conn, a, key, &got, holder, out, err);
    if (rc == 0) {
        *locked = got;
    } else if (got) {
        struct err unlocking;
        if (b->driver->unlock(conn, key, &unlocking) != 0) {
            err_hint(err, "Its lock could not be given back: %.200s.", unlocking.message);
        }
    }
    return rc;
}

static int query_history(const struct bookkeeping *b, struct conn *conn, struct arena *a, const char *sql,
                         struct rowset *rows, struct err *err)
{
    struct err failure = {0};
    struct rowset none = {0};
    *rows = none;
    int rc = conn_query(conn, a, sql, rows, &failure);
    if (rc && b->driver->is_missing_table(&failure)) {
        return 0;
    }
    if (rc) {
        *err = failure;
        return err_wrap(err, "reading %s", b->history_table);
    }
    return 0;
}

static void applied_forget(applied_revisions_t *list, const char *revision)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->n; i++) {
        if (strcmp(list->items[i].revision, revision) != 0) {
            list->items[kept++] = list->items[i];
        }
    }
    list->n = kept;
}

int history_applied(const struct bookkeeping *b, struct conn *conn, struct arena *a, applied_revisions_t *out,
                    struct err *err)
{
    /* The newest row of a revision decides; older ones are history. */
    /* Grouping first is linear everywhere; a correlated subquery would be quadratic without an index. */
    char *sql = arena_printf(
        a,
        "SELECT h.revision, h.direction, h.checksum, h.run, h.actor, h.finished_at FROM %s h JOIN "
        "(SELECT max(seq) AS seq FROM %s WHERE outcome IN ('applied', 'stamped') GROUP BY revision) l "
        "ON l.seq = h.seq ORDER BY h.seq",
        b->history_table, b->history_table);
    struct rowset rows;
    int rc = query_history(b, conn, a, sql, &rows, err);
    if (rc) {
        return rc;
    }
    applied_revisions_t list = {0};
    for (size_t r = 0; r < rows.nrows; r++) {
        if (strcmp(cell(&rows, r, 1), "downgrade") == 0) {
            applied_forget(&list, cell(&rows, r, 0));
            continue;
        }
        *vec_push(a, &list) = (struct applied_revision){
            cell(&rows, r, 0), cell(&rows, r, 2), cell(&rows, r, 3), cell(&rows, r, 4), cell(&rows, r, 5)};
    }
    *out = list;
    return 0;
}

int history_last(const struct bookkeeping *b, struct conn *conn, struct arena *a,
                 struct applied_revision *out, struct err *err)
{
    char *sql = arena_printf(
        a, "SELECT revision, checksum, run, actor, finished_at FROM %s ORDER BY seq DESC LIMIT 1",
        b->history_table);
    struct rowset rows;
    int rc = query_history(b, conn, a, sql, &rows, err);
    if (rc) {
        return rc;
    }
    *out = (struct applied_revision){0};
    if (rows.nrows) {
        *out = (struct applied_revision){cell(&rows, 0, 0), cell(&rows, 0, 1), cell(&rows, 0, 2),
                                         cell(&rows, 0, 3), cell(&rows, 0, 4)};
    }
    return 0;
}

/* The row of that revision, counted from 1; 0: it has none. */
static size_t row_of(const struct rowset *rows, const char *revision)
{
    size_t found = 0;
    for (size_t r = 0; r < rows->nrows; r++) {
        found = strcmp(cell(rows, r, 0), revision) == 0 ? r + 1 : found;
    }
    return found;
}

int history_other(const struct bookkeeping *b, struct conn *conn, struct arena *a,
                  const struct plan_track *track, size_t n, const char *run, struct applied_revision *out,
                  struct err *err)
{
    char *sql = arena_printf(
        a,
        "SELECT h.revision, h.run, h.actor, h.finished_at FROM %s h JOIN (SELECT max(seq) AS seq FROM %s "
        "WHERE outcome IN ('applied', 'stamped') GROUP BY revision) l ON l.seq = h.seq "
        "ORDER BY h.seq",
        b->history_table, b->history_table);
    struct rowset rows = {0};
    int rc = n > 0 ? query_history(b, conn, a, sql, &rows, err) : 0;
    if (rc) {
        return rc;
    }
    struct applied_revision found = {0};
    size_t newest = 0;
    for (size_t i = 0; i < n; i++) {
        const char *revision = track->steps.items[i].revision;
        size_t row = row_of(&rows, revision);
        if (row == 0 && newest == 0) {
            found.revision = revision;
        } else if (row > newest && strcmp(cell(&rows, row - 1, 1), run) != 0) {
            newest = row;
            found = (struct applied_revision){.revision = revision,
                                              .run = cell(&rows, row - 1, 1),
                                              .actor = cell(&rows, row - 1, 2),
                                              .finished = cell(&rows, row - 1, 3)};
        }
    }
    *out = found;
    return 0;
}

int history_heads(const struct bookkeeping *b, struct conn *conn, struct arena *a, strings_t *runs,
                  strings_t *heads, struct err *err)
{
    char *sql =
        arena_printf(a,
                     "SELECT run, audit_head FROM %s WHERE audit_head IS NOT NULL GROUP BY run, audit_head "
                     "ORDER BY min(seq)",
                     b->history_table);
    struct rowset rows;
    int rc = query_history(b, conn, a, sql, &rows, err);
    if (rc) {
        return rc;
    }
    for (size_t r = 0; r < rows.nrows; r++) {
        *vec_push(a, runs) = cell(&rows, r, 0);
        *vec_push(a, heads) = cell(&rows, r, 1);
    }
    return 0;
}

char *position_text(struct arena *a, const strings_t *ids)
{
    if (ids->n == 0) {
        return arena_dup(a, "base");
    }
    struct strbuf b = STRBUF_INIT;
    for (size_t i = 0; i < ids->n; i++) {
        strbuf_addf(&b, "%s%s", i ? ", " : "", ids->items[i]);
    }
    return finish(a, &b);
}

bool position_same(const strings_t *a, const strings_t *b)
{
    if (a->n != b->n) {
        return false;
    }
    for (size_t i = 0; i < a->n; i++) {
        if (strcmp(a->items[i], b->items[i]) != 0) {
            return false;
        }
    }
    return true;
}
