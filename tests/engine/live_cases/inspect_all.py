"""Everything that an inspector tells of the tables of a database."""
import sqlalchemy as sa
from alembic import op


def shown(value):
    if isinstance(value, dict):
        return "{%s}" % ", ".join("%r: %s" % (k, shown(v)) for k, v in value.items())
    if isinstance(value, list):
        return "[%s]" % ", ".join(shown(v) for v in value)
    if isinstance(value, tuple):
        return "(%s,)" % ", ".join(shown(v) for v in value)
    if isinstance(value, (str, int)) or value is None:
        return repr(value)
    return str(value)


def show_column(column):
    type_ = column.pop("type")
    try:
        text = str(type_.compile(dialect=op.get_bind().dialect))
    except sa.exc.CompileError as error:
        text = "no text"
    print("   ", type(type_).__name__, text)
    print("     ", shown(column))


def show_table(insp, name, schema):
    print("table", name, schema, insp.has_table(name, schema))
    for column in insp.get_columns(name, schema):
        show_column(dict(column))
    print("  key", shown(insp.get_pk_constraint(name, schema)))
    for key in insp.get_foreign_keys(name, schema):
        print("  foreign", shown(key))
    for index in insp.get_indexes(name, schema):
        print("  index", shown(index))
    for constraint in insp.get_unique_constraints(name, schema=schema):
        print("  unique", shown(constraint))
    for check in insp.get_check_constraints(name, schema=schema):
        print("  check", shown(check))
    try:
        print("  comment", shown(insp.get_table_comment(name, schema)))
    except NotImplementedError:
        print("  no comments")


def upgrade():
    bind = op.get_bind()
    insp = sa.inspect(bind)
    print(insp.default_schema_name == bind.dialect.default_schema_name)
    tables = insp.get_table_names()
    print("tables", sorted(tables), tables is insp.get_table_names())
    print("views", sorted(insp.get_view_names()))
    print("missing", insp.has_table("missing"), insp.has_table("missing", "missing"))
    try:
        insp.get_columns("missing")
    except sa.exc.NoSuchTableError as error:
        print("NoSuchTableError", str(error).replace("`", ""))
    for name in sorted(tables):
        show_table(insp, name, None)
    for name in sorted(insp.get_view_names()):
        show_table(insp, name, None)
    if bind.dialect.name == "postgresql":
        print("enums", shown(insp.get_enums()), shown(insp.get_enums("other")), len(insp.get_enums("*")))
        print("sequences", sorted(insp.get_sequence_names()), insp.has_sequence("alone"), insp.has_sequence("x"))
        print("materialized", insp.get_materialized_view_names())
        print("schemas", [n for n in insp.get_schema_names() if n != "information_schema"])
        for name in sorted(insp.get_table_names("other")):
            show_table(insp, name, "other")
        show_table(insp, "kept", None)
        show_table(insp, "child", "public")
        print(insp.has_type("mood"), insp.has_type("nothing"))
    if bind.dialect.name == "sqlite":
        print("schemas", insp.get_schema_names())
        show_table(insp, tables[0], "main")
    print(insp.has_index(tables[0], "no such index"))
