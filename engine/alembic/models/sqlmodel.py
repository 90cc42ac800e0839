import datetime
import decimal
import enum
import uuid

import sqlalchemy as sa
from _lockstep import annotation, annotated, own_names, refuse
from sqlalchemy import (ARRAY, JSON, BigInteger, Boolean, CheckConstraint, Column, Date, DateTime, Enum, Float,
                        ForeignKey, ForeignKeyConstraint, Identity, Index, Integer, Interval, LargeBinary,
                        MetaData, Numeric, PrimaryKeyConstraint, Sequence, SmallInteger, String, Table, Text,
                        Time, TypeDecorator, UniqueConstraint, Uuid, and_, between, case, cast, collate, column,
                        delete, desc, asc, distinct, exists, extract, false, func, insert, literal, not_, null,
                        or_, select, table, text, true, tuple_, type_coerce, union, update)
from sqlalchemy.orm import Ignored, Meaning, declare, declared_attr, meaning, mapped_column, registry
from sqlmodel.sql.sqltypes import AutoString
from typing import _Form


class _Missing:
    pass


_MISSING = _Missing()


class FieldInfo:
    def __init__(self, default, options):
        self.default = default
        self.options = options


def Field(default=_MISSING, **options):
    return FieldInfo(default, options)


def Relationship(*args, **kwargs):
    return Ignored()


class Session:
    pass


class SQLModel:
    metadata = sa.MetaData()

    def __init_subclass__(cls, table=False, registry=None, **kwargs):
        if registry is not None and getattr(registry, "metadata", None) is not None:
            cls.metadata = registry.metadata
        if table and own_names(cls).get("__abstract__") is None:
            _declare(cls)


def _fields(cls):
    found = {}
    for base in reversed(cls.__mro__):
        if base is object or base is SQLModel:
            continue
        own = own_names(base)
        for name in annotated(base):
            if name.startswith("_"):
                continue
            found[name] = (base, own.get(name, _MISSING))
    return found


def _declare(cls):
    columns = {}
    for name, (base, value) in _fields(cls).items():
        if isinstance(value, (Ignored, declared_attr)):
            continue
        form = annotation(base, name, True)
        if isinstance(form, _Form) and form.name == "ClassVar":
            continue
        columns[name] = _column(cls, base, name, form, value)
    if "__tablename__" in own_names(cls):
        tablename = own_names(cls)["__tablename__"]
    else:
        tablename = getattr(cls, "__tablename__", None)
    if isinstance(tablename, declared_attr):
        tablename = tablename.fget(cls)
    if tablename is None:
        tablename = cls.__name__.lower()
    args = getattr(cls, "__table_args__", None)
    if isinstance(args, declared_attr):
        args = args.fget(cls)
    keywords = {}
    if isinstance(args, dict):
        args, keywords = (), args
    elif args:
        args = tuple(args)
        if isinstance(args[-1], dict):
            args, keywords = args[:-1], args[-1]
    cls.__table__ = sa.Table(tablename, cls.metadata, *columns.values(), *(args or ()), **keywords)
    for name, column in columns.items():
        setattr(cls, name, column)


_KNOWN = ("sa_column", "sa_type", "sa_column_args", "sa_column_kwargs", "primary_key", "index", "unique",
          "nullable", "foreign_key", "ondelete", "max_length", "max_digits", "decimal_places")


def _column(cls, base, name, form, value):
    given = value.options if isinstance(value, FieldInfo) else {}
    m = Meaning()
    _unwrap(base, form, m, given)
    given = m.options
    if given.get("sa_column") is not None:
        column = given["sa_column"]
        if column.table is not None or base is not cls:
            column = column._copy()
        if column.name is None:
            column.name = name
        return column
    type_ = given.get("sa_type") or _type(cls, name, m, given)
    primary = bool(given.get("primary_key", False))
    nullable = given.get("nullable")
    if nullable is None:
        nullable = not primary and m.optional
    arguments = []
    if given.get("foreign_key") is not None:
        arguments.append(sa.ForeignKey(given["foreign_key"], ondelete=given.get("ondelete")))
    arguments.extend(given.get("sa_column_args") or ())
    keywords = {"primary_key": primary, "nullable": nullable, "index": bool(given.get("index", False)),
                "unique": bool(given.get("unique", False))}
    for key, one in dict(given.get("sa_column_kwargs") or {}).items():
        if key not in ("default", "onupdate") or isinstance(one, sa.Sequence):
            keywords[key] = one
    return sa.Column(name, type_, *arguments, **keywords)


def _unwrap(base, form, m, given):
    m.options = given
    while isinstance(form, _Form) and form.name == "Annotated":
        for extra in form.args[1:]:
            if isinstance(extra, FieldInfo):
                options = dict(extra.options)
                options.update(given)
                m.options = given = options
        form = form.args[0]
    m.form = form
    meaning(base, form, None, m)
    if isinstance(form, _Form) and form.name in ("Optional", "Union"):
        for part in form.args:
            if isinstance(part, _Form) and part.name == "Annotated":
                _options = m.options
                inner = Meaning()
                _unwrap(base, part, inner, _options)
                m.options = inner.options
                m.type = inner.type


def _type(cls, name, m, given):
    if m.type is None:
        refuse("no type of a column is known for the annotation of %s.%s" % (cls.__name__, name))
    if m.type is sa.String:
        length = given.get("max_length")
        return AutoString(length=length) if length else AutoString()
    if m.type is sa.Numeric:
        return sa.Numeric(precision=given.get("max_digits"), scale=given.get("decimal_places"))
    return m.type
