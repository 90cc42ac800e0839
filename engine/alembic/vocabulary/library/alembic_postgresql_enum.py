from enum import Enum

import sqlalchemy as sa
from _lockstep import refuse
from alembic import op


class ColumnType(Enum):
    COMMON = sa.Enum
    ARRAY = sa.ARRAY


_unspecified = object()


class TableReference:
    def __init__(self, table_name, column_name, table_schema=_unspecified, column_type=ColumnType.COMMON,
                 existing_server_default=None):
        self.table_name, self.column_name, self.table_schema = table_name, column_name, table_schema
        self.column_type, self.existing_server_default = column_type, existing_server_default

    @property
    def table_name_with_schema(self):
        return (f'"{self.table_schema}".' if self.table_schema else "") + f'"{self.table_name}"'

    @property
    def escaped_column_name(self):
        return f'"{self.column_name}"'


def set_configuration(config):
    refuse("set_configuration() in a revision")


# Where a line of the plug-in's text begins is part of the text: how far, then what.
def _text(*lines):
    return sa.text("\n".join(line if isinstance(line, str) else " " * line[0] + line[1] for line in lines))


def _operators(run, new, old, renamed):
    for operator, function in (("!=", "new_old_not_equals"), ("=", "new_old_equals")):
        if renamed:
            cases = " ".join(f"WHEN old_enum_val::text = '{a}' THEN '{b}'" for a, b in renamed)
            body = [(16, f"SELECT new_enum_val::text {operator} CASE"), (20, cases), "",
                    (20, "ELSE old_enum_val::text"), (16, "END;")]
        else:
            body = [(16, f"SELECT new_enum_val::text {operator} old_enum_val::text;")]
        run(_text("", (12, f"CREATE FUNCTION {function}("), (16, f"new_enum_val {new}, old_enum_val {old}"),
                  (12, ")"), (12, "RETURNS boolean AS $$"), *body,
                  (12, "$$ LANGUAGE SQL IMMUTABLE"), (8, "")))
        run(_text("", (8, f"CREATE OPERATOR {operator} ("), (12, f"leftarg = {new},"),
                  (12, f"rightarg = {old},"), (12, f"procedure = {function}"), (8, ")"), (4, "")))


def _drop_operators(run, new, old):
    for function in ("new_old_not_equals", "new_old_equals"):
        run(_text("", (8, f"DROP FUNCTION {function}("), (12, f"new_enum_val {new}, old_enum_val {old}"),
                  (8, ") CASCADE"), (4, "")))


def _retype(run, reference, new, renamed):
    table, column = reference.table_name_with_schema, reference.escaped_column_name
    if reference.column_type == ColumnType.ARRAY:
        value = f"{column}::text[]"
        for a, b in renamed:
            value = f"array_replace({value}, '{a}', '{b}')"
        run(_text(f"ALTER TABLE {table} ", (12, f"ALTER COLUMN {column} TYPE {new}[]"),
                  (12, f"USING {value}::{new}[]"), (12, "")))
        return
    using = [(16, f"USING {column}::text::{new}")]
    if renamed:
        cases = " ".join(f"WHEN {column}::text = '{a}' THEN '{b}'::{new}" for a, b in renamed)
        using = [(16, "USING CASE "), (16, cases), "", (16, f"ELSE {column}::text::{new}"), (16, "END")]
    run(_text(f"ALTER TABLE {table} ", (16, f"ALTER COLUMN {column} TYPE {new} "), *using, (16, "")))


def _renamed_default(default, schema, name, renamed):
    if default.startswith("ARRAY["):
        refuse("op.sync_enum_values() with an ARRAY[...] as the default of a column")
    value = default[:default.find("::")]
    for a, b in renamed:
        value = value.replace(f"'{a}'", f"'{b}'").replace(f'"{a}"', f'"{b}"')
    return value + "::" + (f"{schema}.{name}" if schema else name) + ("[]" if default.endswith("[]") else "")


def _default(run, schema, table, column):
    return run(_text("", (8, "SELECT column_default"), (8, "FROM information_schema.columns"), (8, "WHERE "),
                     (12, f"table_schema = '{schema}' AND "), (12, f"table_name = '{table}' AND "),
                     (12, f"column_name = '{column}'"), (4, ""))).scalar()


def _references(run, schema, columns):
    for column in columns:
        if isinstance(column, TableReference):
            at = schema if column.table_schema is _unspecified else column.table_schema
            yield TableReference(column.table_name, column.column_name, at, column.column_type,
                                 column.existing_server_default)
        else:
            kind = column[2] if len(column) > 2 else ColumnType.COMMON
            yield TableReference(column[0], column[1], schema, kind, _default(run, schema, column[0], column[1]))


def sync_enum_values(enum_schema, enum_name, new_values, affected_columns, enum_values_to_rename=()):
    affected_columns = list(affected_columns)
    if not all(isinstance(column, (tuple, TableReference)) for column in affected_columns):
        refuse("op.sync_enum_values() of another plug-in than alembic_postgresql_enum")
    if op.get_context().dialect.name != "postgresql":
        return
    run = op.get_bind().execute
    renamed = list(enum_values_to_rename)
    references = list(_references(run, enum_schema, affected_columns))
    new, old = f'"{enum_schema}"."{enum_name}"', f'"{enum_schema}"."{enum_name}_old"'
    run(sa.text(f"ALTER TYPE {new} RENAME TO {enum_name}_old"))
    run(sa.text("CREATE TYPE %s AS ENUM(%s)" % (new, ", ".join(f"'{value}'" for value in new_values))))
    _operators(run, new, old, renamed)
    for reference in references:
        alter = f"ALTER TABLE {reference.table_name_with_schema}"
        column = f"ALTER COLUMN {reference.escaped_column_name}"
        default = reference.existing_server_default
        if default is not None:
            run(_text(alter, (13, f"{column} DROP DEFAULT")))
        _retype(run, reference, new, renamed)
        if default is not None:
            default = _renamed_default(default, enum_schema, enum_name, renamed)
            run(_text(alter, (12, f"{column} SET DEFAULT {default}")))
    _drop_operators(run, new, old)
    run(sa.text(f"DROP TYPE {old}"))
