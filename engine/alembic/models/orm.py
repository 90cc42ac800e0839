import datetime
import decimal
import enum
import uuid

import sqlalchemy as sa
from _lockstep import annotation, annotated, evaluate, function_of, own_names, refuse, returns
from sqlalchemy.types import NullType
from typing import _Form

Mapped = _Form("Mapped")
DynamicMapped = _Form("DynamicMapped")
WriteOnlyMapped = _Form("WriteOnlyMapped")


class Ignored:
    """What is of no concern to the tables: relationship() and the like."""

    def __init__(self, *args, **kwargs):
        pass

    def __call__(self, *args, **kwargs):
        return self

    def __getattr__(self, name):
        return self


def relationship(*args, **kwargs):
    return Ignored()


backref = relation = dynamic_loader = synonym = query_expression = foreign = remote = relationship
joinedload = selectinload = subqueryload = lazyload = load_only = contains_eager = relationship
sessionmaker = scoped_session = configure_mappers = relationship


class Session:
    pass


class DeclarativeMeta:
    pass


class Query:
    pass


def column_property(*args, **kwargs):
    if args and isinstance(args[0], sa.Column):
        return args[0]
    return Ignored()


def deferred(column, *args, **kwargs):
    return column


def composite(*args, **kwargs):
    refuse("composite()")


def validates(*names, **kwargs):
    return _same


def reconstructor(function):
    return function


def _same(function):
    return function


def declarative_mixin(cls):
    return cls


class declared_attr:
    def __init__(self, fget):
        self.fget = function_of(fget)

    @staticmethod
    def directive(fget):
        return declared_attr(fget)

    @staticmethod
    def cascading(fget):
        return declared_attr(fget)


_OF_OBJECTS = ("init", "repr", "default_factory", "compare", "kw_only", "hash", "deferred", "deferred_group",
               "deferred_raiseload", "active_history", "use_existing_column", "dataclass_metadata")


def mapped_column(*args, **kwargs):
    for name in _OF_OBJECTS:
        kwargs.pop(name, None)
    for name in ("default", "insert_default", "onupdate"):
        if name in kwargs and not isinstance(kwargs[name], sa.Sequence):
            kwargs.pop(name)
    order = kwargs.pop("sort_order", 0)
    kwargs["info"] = {"nullable": "nullable" in kwargs, "order": order}
    return sa.Column(*args, **kwargs)


class registry:
    def __init__(self, metadata=None, class_registry=None, type_annotation_map=None, constructor=None):
        self.metadata = sa.MetaData() if metadata is None else metadata
        self.type_annotation_map = dict(type_annotation_map or {})

    def update_type_annotation_map(self, more):
        self.type_annotation_map.update(more)

    def generate_base(self, mapper=None, cls=object, name="Base", metaclass=None):
        return _make_base(cls, self)

    def mapped(self, cls):
        declare(cls, self)
        return cls

    def mapped_as_dataclass(self, cls=None, **kwargs):
        if cls is None:
            return self.mapped
        return self.mapped(cls)

    def as_declarative_base(self, **kwargs):
        return lambda cls: _make_base(cls, self)

    def map_imperatively(self, *args, **kwargs):
        pass

    def configure(self, *args, **kwargs):
        pass


class DeclarativeBase:
    def __init_subclass__(cls, **kwargs):
        if DeclarativeBase in cls.__bases__:
            _begin(cls)
        else:
            declare(cls, cls.registry)


class DeclarativeBaseNoMeta(DeclarativeBase):
    pass


class MappedAsDataclass:
    def __init_subclass__(cls, **kwargs):
        if issubclass(cls, DeclarativeBase):
            super().__init_subclass__()


def _begin(cls):
    reg = getattr(cls, "registry", None)
    metadata = getattr(cls, "metadata", None)
    if reg is None:
        reg = registry(metadata=metadata, type_annotation_map=getattr(cls, "type_annotation_map", None))
    elif getattr(cls, "type_annotation_map", None):
        reg.update_type_annotation_map(cls.type_annotation_map)
    cls.registry = reg
    if metadata is None:
        cls.metadata = reg.metadata


def _make_base(of, reg):
    if of is object:
        class Base(DeclarativeBase):
            registry = reg
            metadata = reg.metadata
        return Base

    class Base(of, DeclarativeBase):
        registry = reg
        metadata = reg.metadata
    return Base


def declarative_base(bind=None, metadata=None, mapper=None, cls=object, name="Base", class_registry=None,
                     type_annotation_map=None, constructor=None, metaclass=None):
    return _make_base(cls, registry(metadata=metadata, type_annotation_map=type_annotation_map))


def as_declarative(**kwargs):
    return lambda cls: declarative_base(cls=cls, **kwargs)


def add_mapped_attribute(cls, name, value):
    refuse("add_mapped_attribute()")


# --- from a class to a table ---

def declare(cls, reg):
    if own_names(cls).get("__abstract__"):
        return
    parent = None
    scanned = []
    for base in cls.__mro__:
        if base is not cls and "__table__" in own_names(base):
            parent = parent or base
        elif base is not object and base is not DeclarativeBase and base is not MappedAsDataclass:
            scanned.append(base)
    if own_names(cls).get("__table__") is not None:
        return
    name = _special(cls, scanned, "__tablename__")
    if name is not None:
        cls.__tablename__ = name
    table = _special(cls, scanned, "__table__")
    if table is not None:
        cls.__table__ = table
        return
    columns = _columns(cls, scanned, reg)
    if name is None:
        if parent is None:
            refuse("the model %s without __tablename__" % (cls.__name__,))
        for key, column in columns.items():
            if column.name not in parent.__table__.columns:
                parent.__table__.append_column(column)
            setattr(cls, key, column)
        if _special(cls, scanned[:1], "__table_args__"):
            refuse("__table_args__ of the model %s, which has no table of its own" % (cls.__name__,))
        return
    args = _special(cls, scanned, "__table_args__")
    keywords = {}
    if isinstance(args, dict):
        args, keywords = (), args
    elif args:
        args = tuple(args)
        if isinstance(args[-1], dict):
            args, keywords = args[:-1], args[-1]
    ordered = sorted(columns.values(), key=lambda c: c.info.get("order", 0))
    cls.__table__ = sa.Table(name, getattr(cls, "metadata", None) or reg.metadata, *ordered, *(args or ()),
                             **keywords)
    for key, column in columns.items():
        setattr(cls, key, column)


def _special(cls, scanned, name):
    for base in scanned:
        if name in own_names(base):
            value = own_names(base)[name]
            if isinstance(value, declared_attr):
                return value.fget(cls)
            if isinstance(value, (classmethod, staticmethod)):
                return getattr(cls, name)()
            return value
    return None


def merged(a, b):
    overlap = set(a) & set(b)
    result = []
    current, other = list(a), list(b)
    while True:
        for at, element in enumerate(current):
            if element in overlap:
                overlap.discard(element)
                current, other = other, current[at + 1:]
                break
            if element not in result:
                result.append(element)
        else:
            result.extend([e for e in other if e not in result])
            return result


def _columns(cls, scanned, reg):
    seen = set()
    columns = {}
    for base in scanned:
        own = own_names(base)
        for key in merged(own, annotated(base)):
            if key in seen or (key.startswith("__") and key.endswith("__")):
                continue
            column = _column(cls, base, key, own, reg)
            if column is not None and column is not own.get(key) and column in columns.values():
                continue
            if key in own or column is not None:
                seen.add(key)
            if column is not None:
                columns[key] = column
    return columns


def _column(cls, base, key, own, reg):
    value = own.get(key)
    form = None
    if isinstance(value, declared_attr):
        form = returns(value.fget, base)
        value = value.fget(cls)
        if not isinstance(value, sa.Column):
            return None
    elif isinstance(value, Ignored):
        return None
    elif isinstance(value, sa.Column):
        form = annotation(base, key, False) if key in annotated(base) else None
        if value.table is not None:
            return None
        if base is not cls:
            value = value._copy()
    elif key in annotated(base):
        form = annotation(base, key, False)
        if not isinstance(form, _Form) or form.name != "Mapped":
            return None
        value = None
    else:
        return None
    if isinstance(form, _Form) and form.name == "Mapped":
        value = _annotate(cls, base, key, value, form.args[0], reg)
    if value.name is None:
        value.name = key
    return value


# --- annotations ---

class Meaning:
    def __init__(self):
        self.type = None
        self.optional = False
        self.template = None


_TYPES = {bool: sa.Boolean, bytes: sa.LargeBinary, datetime.date: sa.Date, datetime.datetime: sa.DateTime,
          datetime.time: sa.Time, datetime.timedelta: sa.Interval, decimal.Decimal: sa.Numeric,
          float: sa.Float, int: sa.Integer, str: sa.String, uuid.UUID: sa.Uuid}


def meaning(base, form, reg, out):
    """What an annotation says, with Optional, Annotated and the names of types taken apart."""
    if isinstance(form, str):
        form = evaluate(base, form)
    if form is None:
        out.optional = True
        return
    if reg is not None:
        for key, value in reg.type_annotation_map.items():
            if key is form:
                out.type = value
                return
    if isinstance(form, _Form):
        if form.name == "Optional":
            out.optional = True
            meaning(base, form.args[0], reg, out)
        elif form.name == "Union":
            members(base, form.args, reg, out)
        elif form.name == "Annotated":
            for extra in form.args[1:]:
                if isinstance(extra, sa.Column):
                    out.template = extra
            meaning(base, form.args[0], reg, out)
        elif form.name == "Literal":
            out.type = sa.Enum(*form.args, native_enum=False)
        elif form.name == "NewType":
            meaning(base, form.args[0], reg, out)
        return
    if not isinstance(form, type):
        members(base, getattr(form, "__args__", ()), reg, out)
        return
    if issubclass(form, enum.Enum):
        out.type = out.type or sa.Enum(form)
        return
    for maps in ((reg.type_annotation_map, _TYPES) if reg is not None else (_TYPES,)):
        for part in form.__mro__:
            if part in maps:
                out.type = maps[part]
                return


def members(base, args, reg, out):
    kinds = []
    for member in args:
        if member is None or member is type(None):
            out.optional = True
        else:
            kinds.append(member)
    if len(kinds) != 1:
        return
    meaning(base, kinds[0], reg, out)


def _annotate(cls, base, key, column, form, reg):
    m = Meaning()
    meaning(base, form, reg, m)
    if column is None:
        column = sa.Column(info={"nullable": False, "order": 0}) if m.template is None else m.template._copy()
    elif m.template is not None:
        _take_over(column, m.template, cls, key)
    if isinstance(column.type, NullType) and not column.foreign_keys:
        if m.type is None:
            refuse("no type of a column is known for the annotation of %s.%s" % (cls.__name__, key))
        column.type = m.type
    given = column.info.get("nullable")
    if not given:
        column.nullable = m.optional
    return column


def _take_over(column, template, cls, key):
    t = template._copy()
    if t.identity is not None or t.computed is not None or t.constraints:
        refuse("mapped_column() of %s.%s together with the one of its Annotated type" % (cls.__name__, key))
    if isinstance(column.type, NullType):
        column.type = t.type
    if t.primary_key:
        column.primary_key = True
        column.nullable = False
    if t.info.get("nullable") and not column.info.get("nullable"):
        column.nullable = t.nullable
        column.info = {"nullable": True, "order": column.info.get("order", 0)}
    if t.unique:
        column.unique = True
    if t.index:
        column.index = True
    if t.comment is not None and column.comment is None:
        column.comment = t.comment
    if t.server_default is not None and column.server_default is None:
        column.server_default = t.server_default
    for fk in list(t.foreign_keys):
        if not column.foreign_keys:
            refuse("the foreign key of %s.%s in an Annotated type together with mapped_column()"
                   % (cls.__name__, key))
