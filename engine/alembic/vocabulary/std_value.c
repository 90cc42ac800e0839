/* Between values of the standard library and values of SQL. */
#include "engine/alembic/vocabulary/std.h"

static void moment(const struct std_moment *m, struct sql_value *out)
{
    out->time = m->t;
    out->kind = py_is((pyv)(uintptr_t)m, &std_type_datetime) ? SQL_VALUE_DATETIME
                : py_is((pyv)(uintptr_t)m, &std_type_date)   ? SQL_VALUE_DATE
                                                             : SQL_VALUE_TIME;
}

bool std_value(struct py *py, pyv v, struct sql_value *out)
{
    struct sql_value value = {0};
    if (py_is(v, &std_type_date) || py_is(v, &std_type_time)) {
        moment((const struct std_moment *)(const void *)v, &value);
    } else if (py_is(v, &std_type_timedelta)) {
        value.kind = SQL_VALUE_INTERVAL;
        value.microseconds = ((const struct std_timedelta *)(const void *)v)->microseconds;
    } else if (py_is(v, &std_type_decimal)) {
        value.kind = SQL_VALUE_DECIMAL;
        value.text = slice_of(((const struct std_decimal *)(const void *)v)->text);
    } else if (py_is(v, &std_type_uuid)) {
        value.kind = SQL_VALUE_UUID;
        value.text = slice_of(((const struct std_uuid *)(const void *)v)->hex);
    } else {
        return std_enum_value(py, v, out);
    }
    *out = value;
    return true;
}

pyv std_from_value(struct py *py, const struct sql_value *v)
{
    switch (v->kind) {
    case SQL_VALUE_DATE:
        return std_moment_new(py, &std_type_date, &v->time, NULL);
    case SQL_VALUE_TIME:
        return std_moment_new(py, &std_type_time, &v->time, NULL);
    case SQL_VALUE_DATETIME:
        return std_moment_new(py, &std_type_datetime, &v->time, NULL);
    case SQL_VALUE_INTERVAL:
        return std_timedelta_new(py, v->microseconds);
    case SQL_VALUE_DECIMAL:
        return std_decimal_new(py, v->text);
    case SQL_VALUE_UUID:
        return py_call1(py, (pyv)(uintptr_t)&std_type_uuid, py_str_new(py, v->text));
    default:
        return py_refuse(py, "a value of the database of an unknown kind");
    }
}
