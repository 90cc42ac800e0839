/* `op.get_bind()`: the target's own connection, inside the transaction that the run has opened; offline,
 * Alembic's stand-in that only prints. */
#include "engine/alembic/vocabulary/live.h"

static const struct py_type live_type_mock, live_type_nested;

pyv live_bind(struct py *py)
{
    bool offline = migration_of(py)->mode == MIGRATION_OFFLINE;
    return py_object_new(py, offline ? &live_type_mock : &live_type_connection, sizeof(struct py_instance));
}

static pyv same(UNUSED struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return self;
}

static pyv dialect(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return live_dialect(py);
}

static pyv dialect_name(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return py_str_of(py, migration_of(py)->dialect->name);
}

static const struct py_arg execute_args[] = {
    {"statement", PY_ARG_REQUIRED}, {.name = "parameters"}, {"execution_options", PY_ARG_KEYWORD}, {0}};

/* One statement, and what it answers. */
static struct live_result *run_one(struct py *py, const struct vocab_statement *s)
{
    struct live_result *r = live_result_new(py);
    bool live = migration_of(py)->mode == MIGRATION_LIVE;
    if (!r || migration_emit(py, s->text, live ? &r->rows : NULL, live ? &r->affected : NULL)) {
        return NULL;
    }
    r->known = live;
    r->types = s->types;
    r->ntypes = s->ntypes;
    if (live && s->statement && s->statement->kind == SQL_E_INSERT) {
        live_result_of_insert(r, s->statement, migration_of(py)->statements);
    }
    return r;
}

static struct live_result *run_all(struct py *py, const struct vocab_statement *statements, size_t n)
{
    struct live_result *r = NULL;
    int64_t affected = 0;
    for (size_t i = 0; i < n; i++) {
        r = run_one(py, &statements[i]);
        if (!r) {
            return NULL;
        }
        affected += r->affected > 0 ? r->affected : 0;
    }
    if (r && n > 1) {
        r->affected = affected;
        r->rows = (struct rowset){0};
        r->insert = NULL;
    }
    return r ? r : live_result_new(py);
}

/* Texts that go to the driver as they are: "%%" is its "%". */
static int driver_text(struct py *py, pyv text, struct vocab_statement *out)
{
    struct slice s = py_text(text);
    char *copy = py_alloc(py, s.len + 1);
    size_t n = 0;
    for (size_t i = 0; copy && i < s.len; i++) {
        if (s.ptr[i] == '%' && migration_of(py)->dialect->kind != DDL_SQLITE) {
            if (i + 1 == s.len || s.ptr[i + 1] != '%') {
                py_refuse(py, "a text for the driver with a single %% in it");
                return -1;
            }
            i++;
        }
        copy[n++] = s.ptr[i];
    }
    *out = (struct vocab_statement){.text = {copy, n}};
    return copy ? 0 : -1;
}

static struct live_result *execute_text(struct py *py, pyv text, pyv parameters)
{
    if (parameters && !py_is_none(parameters)) {
        return py_refuse(py, "parameters in the driver's own style");
    }
    struct vocab_statement s;
    return driver_text(py, text, &s) ? NULL : run_one(py, &s);
}

static struct live_result *execute(struct py *py, const struct py_args *args, const char *function)
{
    pyv out[3] = {NULL};
    if (py_bind(py, function, args, execute_args, out, NULL, NULL)) {
        return NULL;
    }
    pyv parameters = out[1] && py_is_none(out[1]) ? NULL : out[1];
    if (py_text(out[0]).ptr) {
        return execute_text(py, out[0], parameters); /* SQLAlchemy 1 took text as it is */
    }
    struct vocab_statement *statements;
    size_t n;
    return vocab_statement_render(py, out[0], parameters, &statements, &n) ? NULL
                                                                           : run_all(py, statements, n);
}

static pyv execute_method(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    return (pyv)execute(py, args, "execute");
}

static pyv scalar_method(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    struct live_result *r = execute(py, args, "scalar");
    return r ? py_call_method(py, (pyv)r, "scalar", PY_NO_ARGS) : NULL;
}

static pyv scalars_method(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    struct live_result *r = execute(py, args, "scalars");
    return r ? py_call_method(py, (pyv)r, "scalars", PY_NO_ARGS) : NULL;
}

static pyv exec_driver_sql(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    pyv out[3] = {NULL};
    if (py_bind(py, "exec_driver_sql", args, execute_args, out, NULL, NULL)) {
        return NULL;
    }
    return (pyv)execute_text(py, out[0], out[1]);
}

static pyv begin(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return py_raise(
        py, "sqlalchemy.exc.InvalidRequestError",
        "This connection has already initialized a SQLAlchemy Transaction() object via begin() or "
        "autobegin; can't call begin() here unless rollback() or commit() is called first.");
}

static pyv in_transaction(UNUSED struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return &py_true;
}

static pyv execution_options(struct py *py, pyv self, const struct py_args *args)
{
    for (size_t i = 0; i < args->nkw; i++) {
        if (strcmp(args->names[i], "isolation_level") == 0) {
            return py_refuse(py, "another isolation level for the connection: use "
                                 "op.get_context().autocommit_block()");
        }
    }
    return self;
}

/* Savepoints. */
struct live_nested {
    struct py_instance head;
    int number;
    bool open;
};

static int savepoint(struct py *py, const char *what, struct live_nested *n)
{
    char text[64];
    snprintf(text, sizeof(text), "%s sa_savepoint_%d", what, n->number);
    return migration_emit(py, slice_of(text), NULL, NULL);
}

static pyv begin_nested(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    if (py_bind(py, "begin_nested", args, (const struct py_arg[]){{0}}, NULL, NULL, NULL)) {
        return NULL;
    }
    struct live_nested *n = py_object_new(py, &live_type_nested, sizeof(*n));
    if (!n) {
        return NULL;
    }
    n->number = ++migration_of(py)->savepoints;
    n->open = true;
    return savepoint(py, "SAVEPOINT", n) ? NULL : (pyv)n;
}

static struct live_nested *nested_of(pyv self)
{
    return (struct live_nested *)(void *)self;
}

static pyv nested_end(struct py *py, pyv self, const char *what)
{
    struct live_nested *n = nested_of(self);
    if (!n->open) {
        return py_raise(py, "sqlalchemy.exc.InvalidRequestError", "This transaction is inactive");
    }
    n->open = false;
    return savepoint(py, what, n) ? NULL : &py_none;
}

static pyv nested_commit(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return nested_end(py, self, "RELEASE SAVEPOINT");
}

static pyv nested_rollback(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return nested_of(self)->open ? nested_end(py, self, "ROLLBACK TO SAVEPOINT") : &py_none;
}

static pyv nested_exit(struct py *py, pyv self, const struct py_args *args)
{
    if (!nested_of(self)->open) {
        return &py_false;
    }
    bool failed = args->npos > 0 && !py_is_none(args->pos[0]);
    return nested_end(py, self, failed ? "ROLLBACK TO SAVEPOINT" : "RELEASE SAVEPOINT") ? &py_false : NULL;
}

static const struct py_def nested_defs[] = {
    {"__enter__", PY_DEF_METHOD, same, NULL, NULL},
    {"__exit__", PY_DEF_METHOD, nested_exit, NULL, NULL},
    {"commit", PY_DEF_METHOD, nested_commit, NULL, NULL},
    {"rollback", PY_DEF_METHOD, nested_rollback, NULL, NULL},
    {0},
};

static const struct py_type live_type_nested = {.head = PY_TYPE_HEAD,
                                                .name = "NestedTransaction",
                                                .module = "sqlalchemy.engine.base",
                                                .defs = nested_defs};

/* What the connection came from: it can be asked what it is, and opens connections that are not ours. */
static pyv engine(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return py_object_new(py, &live_type_engine, sizeof(struct py_instance));
}

static const struct py_def engine_defs[] = {
    {"dialect", PY_DEF_PROPERTY, dialect, NULL, NULL},
    {"engine", PY_DEF_PROPERTY, same, NULL, NULL},
    {"name", PY_DEF_PROPERTY, dialect_name, NULL, NULL},
    {"begin", PY_DEF_REFUSED, NULL, NULL, "a second connection"},
    {"connect", PY_DEF_REFUSED, NULL, NULL, "a second connection"},
    {"raw_connection", PY_DEF_REFUSED, NULL, NULL, "a second connection"},
    {"execution_options", PY_DEF_REFUSED, NULL, NULL, "a second connection"},
    {"url", PY_DEF_REFUSED, NULL, NULL, "the address of the database"},
    {0},
};

const struct py_type live_type_engine = {
    .head = PY_TYPE_HEAD, .name = "Engine", .module = "sqlalchemy.engine.base", .defs = engine_defs};

static const struct py_def connection_defs[] = {
    {"execute", PY_DEF_METHOD, execute_method, NULL, NULL},
    {"scalar", PY_DEF_METHOD, scalar_method, NULL, NULL},
    {"scalars", PY_DEF_METHOD, scalars_method, NULL, NULL},
    {"exec_driver_sql", PY_DEF_METHOD, exec_driver_sql, NULL, NULL},
    {"begin", PY_DEF_METHOD, begin, NULL, NULL},
    {"begin_nested", PY_DEF_METHOD, begin_nested, NULL, NULL},
    {"in_transaction", PY_DEF_METHOD, in_transaction, NULL, NULL},
    {"execution_options", PY_DEF_METHOD, execution_options, NULL, NULL},
    {"dialect", PY_DEF_PROPERTY, dialect, NULL, NULL},
    {"engine", PY_DEF_PROPERTY, engine, NULL, NULL},
    {"name", PY_DEF_PROPERTY, dialect_name, NULL, NULL},
    {"commit", PY_DEF_REFUSED, NULL, NULL,
     "commit() inside a revision: Lockstep ends the transaction itself"},
    {"rollback", PY_DEF_REFUSED, NULL, NULL,
     "rollback() inside a revision: Lockstep ends the transaction itself"},
    {"close", PY_DEF_REFUSED, NULL, NULL, "closing the connection that the revision runs on"},
    {"connect", PY_DEF_REFUSED, NULL, NULL, "a second connection"},
    {"connection", PY_DEF_REFUSED, NULL, NULL, "the driver's own connection"},
    {"url", PY_DEF_REFUSED, NULL, NULL, "the address of the database"},
    {0},
};

const struct py_type live_type_connection = {
    .head = PY_TYPE_HEAD, .name = "Connection", .module = "sqlalchemy.engine.base", .defs = connection_defs};

/* Parameters are passed over, as Alembic passes them over. */
static pyv mock_execute(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    pyv out[3] = {NULL};
    if (py_bind(py, "execute", args, execute_args, out, NULL, NULL)) {
        return NULL;
    }
    struct vocab_statement *statements;
    size_t n;
    if (vocab_statement_render(py, out[0], NULL, &statements, &n)) {
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        if (migration_emit(py, statements[i].text, NULL, NULL)) {
            return NULL;
        }
    }
    return &py_none;
}

/* What Alembic's stand-in does not have is an AttributeError there as well. */
static pyv mock_getattr(struct py *py, pyv self, const char *name)
{
    if (py_type_def(self->type, name)) {
        return NULL;
    }
    return py_raise(py, "AttributeError", "'MockConnection' object has no attribute '%s'", name);
}

static const struct py_def mock_defs[] = {
    {"execute", PY_DEF_METHOD, mock_execute, NULL, NULL},
    {"connect", PY_DEF_METHOD, same, NULL, NULL},
    {"execution_options", PY_DEF_METHOD, same, NULL, NULL},
    {"dialect", PY_DEF_PROPERTY, dialect, NULL, NULL},
    {"engine", PY_DEF_PROPERTY, same, NULL, NULL},
    {"name", PY_DEF_PROPERTY, dialect_name, NULL, NULL},
    {0},
};

static const struct py_type live_type_mock = {.head = PY_TYPE_HEAD,
                                              .name = "MockConnection",
                                              .module = "sqlalchemy.engine.mock",
                                              .defs = mock_defs,
                                              .getattr = mock_getattr};
