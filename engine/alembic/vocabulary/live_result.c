/* Results of statements and their rows, as SQLAlchemy's CursorResult, ScalarResult, MappingResult and Row. */
#include "engine/alembic/vocabulary/live.h"

struct live_result *live_result_new(struct py *py)
{
    return py_object_new(py, &live_type_result, sizeof(struct live_result));
}

static struct live_result *self_of(pyv self)
{
    return (struct live_result *)(void *)self;
}

static bool readable(struct py *py, const struct live_result *r)
{
    if (!r->known) {
        py_needs_live(py, "reads rows");
        return false;
    }
    if (r->rows.ncols == 0) {
        py_raise(py, "sqlalchemy.exc.ResourceClosedError",
                 "This result object does not return rows. It has been closed automatically.");
        return false;
    }
    return true;
}

static pyv cell_of(struct py *py, const struct live_result *r, size_t row, size_t col)
{
    const struct ddl_type *type = r->types && col < r->ntypes ? r->types[col] : NULL;
    return live_cell(py, rowset_cell(&r->rows, row, col), rowset_kind(&r->rows, row, col), type);
}

static pyv row_as(struct py *py, struct live_result *r, size_t index)
{
    if (r->kind == LIVE_SCALARS) {
        return cell_of(py, r, index, r->column);
    }
    struct live_row *row = (struct live_row *)(void *)live_row_new(py, r, index);
    if (row && r->kind == LIVE_MAPPINGS) {
        row->head.head.type = &live_type_mapping;
    }
    return (pyv)row;
}

static pyv next_row(struct py *py, struct live_result *r)
{
    return r->at < r->rows.nrows ? row_as(py, r, r->at++) : NULL;
}

static pyv rest(struct py *py, struct live_result *r, size_t most)
{
    pyv list = py_list_new(py);
    while (list && most-- > 0 && r->at < r->rows.nrows) {
        pyv row = next_row(py, r);
        if (!row || py_list_append(py, list, row)) {
            return NULL;
        }
    }
    return list;
}

static pyv all(struct py *py, pyv self, const struct py_args *args)
{
    if (py_bind(py, "all", args, (const struct py_arg[]){{0}}, NULL, NULL, NULL)) {
        return NULL;
    }
    return readable(py, self_of(self)) ? rest(py, self_of(self), SIZE_MAX) : NULL;
}

static pyv fetchmany(struct py *py, pyv self, const struct py_args *args)
{
    pyv size = NULL;
    if (py_bind(py, "fetchmany", args, (const struct py_arg[]){{.name = "size"}, {0}}, &size, NULL, NULL)) {
        return NULL;
    }
    int64_t n = 1;
    if (size && !py_is_none(size) && (!py_as_int(size, &n) || n < 0)) {
        return py_raise(py, "TypeError", "an integer is required");
    }
    return readable(py, self_of(self)) ? rest(py, self_of(self), (size_t)n) : NULL;
}

static pyv fetchone(struct py *py, pyv self, const struct py_args *args)
{
    if (py_bind(py, "fetchone", args, (const struct py_arg[]){{0}}, NULL, NULL, NULL) ||
        !readable(py, self_of(self))) {
        return NULL;
    }
    pyv row = next_row(py, self_of(self));
    return row || py_stopped(py) != PY_RUNNING ? row : &py_none;
}

/* The first row (or its first value), the rest given up. many: whether more are an error, none: whether none
 * is. */
static pyv first_of(struct py *py, struct live_result *r, bool scalar, bool many, bool none)
{
    if (!readable(py, r)) {
        return NULL;
    }
    size_t left = r->rows.nrows - r->at;
    if (left == 0 && none) {
        return py_raise(py, "sqlalchemy.exc.NoResultFound", "No row was found when one was required");
    }
    if (left > 1 && many) {
        return py_raise(py, "sqlalchemy.exc.MultipleResultsFound",
                        none ? "Multiple rows were found when exactly one was required"
                             : "Multiple rows were found when one or none was required");
    }
    size_t index = r->at;
    r->at = r->rows.nrows;
    if (left == 0) {
        return &py_none;
    }
    return scalar && r->kind != LIVE_SCALARS ? cell_of(py, r, index, 0) : row_as(py, r, index);
}

#define FIRST(name, scalar, many, none)                                                                      \
    static pyv name(struct py *py, pyv self, const struct py_args *args)                                     \
    {                                                                                                        \
        if (py_bind(py, #name, args, (const struct py_arg[]){{0}}, NULL, NULL, NULL)) {                      \
            return NULL;                                                                                     \
        }                                                                                                    \
        return first_of(py, self_of(self), scalar, many, none);                                              \
    }
FIRST(first, false, false, false)
FIRST(one, false, true, true)
FIRST(one_or_none, false, true, false)
FIRST(scalar, true, false, false)
FIRST(scalar_one, true, true, true)
FIRST(scalar_one_or_none, true, true, false)

static pyv shaped(struct py *py, struct live_result *r, int kind, size_t column)
{
    struct live_result *out = live_result_new(py);
    if (out) {
        struct py_instance head = out->head;
        *out = *r;
        out->head = head;
        out->kind = kind;
        out->column = column;
    }
    return (pyv)out;
}

static pyv scalars(struct py *py, pyv self, const struct py_args *args)
{
    pyv index = NULL;
    struct live_result *r = self_of(self);
    if (py_bind(py, "scalars", args, (const struct py_arg[]){{.name = "index"}, {0}}, &index, NULL, NULL)) {
        return NULL;
    }
    int64_t column = 0;
    if (index && py_text(index).ptr) {
        for (column = 0; (size_t)column < r->rows.ncols; column++) {
            if (slice_eq(py_text(index), r->rows.names[column])) {
                break;
            }
        }
    } else if (index && !py_as_int(index, &column)) {
        return py_refuse(py, "scalars() of a column object");
    }
    if (!readable(py, r)) {
        return NULL;
    }
    if (column < 0 || (size_t)column >= r->rows.ncols) {
        return py_refuse(py, "scalars() of a column that the result does not have");
    }
    return shaped(py, r, LIVE_SCALARS, (size_t)column);
}

static pyv mappings(struct py *py, pyv self, const struct py_args *args)
{
    if (py_bind(py, "mappings", args, (const struct py_arg[]){{0}}, NULL, NULL, NULL)) {
        return NULL;
    }
    return shaped(py, self_of(self), LIVE_MAPPINGS, 0);
}

static pyv same(struct py *py, pyv self, const struct py_args *args)
{
    return py_bind(py, "tuples", args, (const struct py_arg[]){{0}}, NULL, NULL, NULL) ? NULL : self;
}

static pyv keys(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    const struct live_result *r = self_of(self);
    if (!readable(py, r)) {
        return NULL;
    }
    pyv list = py_list_new(py);
    for (size_t i = 0; list && i < r->rows.ncols; i++) {
        if (py_list_append(py, list, py_str_borrow(py, slice_of(r->rows.names[i])))) {
            return NULL;
        }
    }
    return list;
}

static pyv rowcount(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    const struct live_result *r = self_of(self);
    return r->known ? py_int_new(py, r->affected) : py_needs_live(py, "reads how many rows were changed");
}

static pyv returns_rows(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    const struct live_result *r = self_of(self);
    return r->known ? py_bool(r->rows.ncols > 0) : py_needs_live(py, "reads rows");
}

static pyv close_result(UNUSED struct py *py, pyv self, UNUSED const struct py_args *args)
{
    struct live_result *r = self_of(self);
    r->at = r->rows.nrows;
    return &py_none;
}

static pyv result_iter(struct py *py, pyv self)
{
    return readable(py, self_of(self)) ? self : NULL;
}

static pyv result_next(struct py *py, pyv self)
{
    return next_row(py, self_of(self));
}

static const struct py_def result_defs[] = {
    {"all", PY_DEF_METHOD, all, NULL, NULL},
    {"fetchall", PY_DEF_METHOD, all, NULL, NULL},
    {"fetchmany", PY_DEF_METHOD, fetchmany, NULL, NULL},
    {"fetchone", PY_DEF_METHOD, fetchone, NULL, NULL},
    {"first", PY_DEF_METHOD, first, NULL, NULL},
    {"one", PY_DEF_METHOD, one, NULL, NULL},
    {"one_or_none", PY_DEF_METHOD, one_or_none, NULL, NULL},
    {"scalar", PY_DEF_METHOD, scalar, NULL, NULL},
    {"scalar_one", PY_DEF_METHOD, scalar_one, NULL, NULL},
    {"scalar_one_or_none", PY_DEF_METHOD, scalar_one_or_none, NULL, NULL},
    {"scalars", PY_DEF_METHOD, scalars, NULL, NULL},
    {"mappings", PY_DEF_METHOD, mappings, NULL, NULL},
    {"tuples", PY_DEF_METHOD, same, NULL, NULL},
    {"keys", PY_DEF_METHOD, keys, NULL, NULL},
    {"rowcount", PY_DEF_PROPERTY, rowcount, NULL, NULL},
    {"returns_rows", PY_DEF_PROPERTY, returns_rows, NULL, NULL},
    {"inserted_primary_key", PY_DEF_PROPERTY, live_inserted_primary_key, NULL, NULL},
    {"lastrowid", PY_DEF_PROPERTY, live_lastrowid, NULL, NULL},
    {"close", PY_DEF_METHOD, close_result, NULL, NULL},
    {0},
};

const struct py_type live_type_result = {.head = PY_TYPE_HEAD,
                                         .name = "CursorResult",
                                         .module = "sqlalchemy.engine.cursor",
                                         .defs = result_defs,
                                         .iter = result_iter,
                                         .next = result_next};
