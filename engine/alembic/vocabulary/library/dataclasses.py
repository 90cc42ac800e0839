class _Missing:
    pass


MISSING = _Missing()


class FrozenInstanceError(AttributeError):
    pass


class Field:
    def __init__(self, default, default_factory, init, repr, compare, kw_only, metadata):
        self.name = None
        self.default = default
        self.default_factory = default_factory
        self.init = init
        self.repr = repr
        self.compare = compare
        self.kw_only = kw_only
        self.metadata = metadata or {}


def field(*, default=MISSING, default_factory=MISSING, init=True, repr=True, hash=None, compare=True,
          metadata=None, kw_only=False):
    if default is not MISSING and default_factory is not MISSING:
        raise ValueError("cannot specify both default and default_factory")
    return Field(default, default_factory, init, repr, compare, kw_only, metadata)


def _collect(cls, kw_only):
    found = {}
    for base in reversed(cls.__mro__[1:-1]):
        found.update(getattr(base, "__dataclass_fields__", {}))
    for name in cls.__annotations__:
        value = getattr(cls, name, MISSING)
        if not isinstance(value, Field):
            value = field(default=value, kw_only=kw_only)
        elif value.default is not MISSING:
            setattr(cls, name, value.default)
        else:
            delattr(cls, name)
        if isinstance(value.default, (list, dict, set)):
            raise ValueError("mutable default %s for field %s is not allowed: use default_factory"
                             % (type(value.default), name))
        value.name = name
        found[name] = value
    return found


def _make_init(cls, found):
    positional = [f for f in found.values() if f.init and not f.kw_only]
    needed = 0
    for at, f in enumerate(positional):
        if f.default is MISSING and f.default_factory is MISSING:
            if needed < at:
                raise TypeError("non-default argument %r follows default argument" % (f.name,))
            needed = at + 1

    def __init__(self, *args, **kwargs):
        title = cls.__qualname__ + ".__init__()"
        if len(args) > len(positional):
            takes = str(len(positional) + 1)
            if needed < len(positional):
                takes = "from %d to %s" % (needed + 1, takes)
            raise TypeError("%s takes %s positional arguments but %d were given" % (title, takes, len(args) + 1))
        values = {f.name: value for f, value in zip(positional, args)}
        for name, value in kwargs.items():
            if name in values:
                raise TypeError("%s got multiple values for argument %r" % (title, name))
            if name not in found or not found[name].init:
                raise TypeError("%s got an unexpected keyword argument %r" % (title, name))
            values[name] = value
        missing = []
        for f in found.values():
            if f.name in values:
                continue
            if f.default_factory is not MISSING:
                values[f.name] = f.default_factory()
            elif f.default is not MISSING:
                values[f.name] = f.default
            elif f.init:
                missing.append(repr(f.name))
        if missing:
            raise TypeError("%s missing %d required positional argument%s: %s"
                            % (title, len(missing), "s" if len(missing) > 1 else "", " and ".join(missing)))
        for f in found.values():
            if f.name in values:
                object.__setattr__(self, f.name, values[f.name])
        if hasattr(self, "__post_init__"):
            self.__post_init__()

    return __init__


def _values(instance):
    return tuple(getattr(instance, f.name) for f in instance.__dataclass_fields__.values() if f.compare)


def _repr(self):
    shown = [f.name for f in self.__dataclass_fields__.values() if f.repr]
    return "%s(%s)" % (type(self).__qualname__, ", ".join("%s=%r" % (n, getattr(self, n)) for n in shown))


def _eq(self, other):
    return _values(self) == _values(other) if type(self) is type(other) else NotImplemented


def _hash(self):
    return hash(_values(self))


def _lt(self, other):
    return _values(self) < _values(other) if type(self) is type(other) else NotImplemented


def _le(self, other):
    return _values(self) <= _values(other) if type(self) is type(other) else NotImplemented


def _gt(self, other):
    return _values(self) > _values(other) if type(self) is type(other) else NotImplemented


def _ge(self, other):
    return _values(self) >= _values(other) if type(self) is type(other) else NotImplemented


def _frozen_set(self, name, value):
    raise FrozenInstanceError("cannot assign to field %r" % (name,))


def _frozen_delete(self, name):
    raise FrozenInstanceError("cannot delete field %r" % (name,))


def _process(cls, init, repr, eq, order, unsafe_hash, frozen, kw_only):
    own = cls.__dict__
    found = _collect(cls, kw_only)
    cls.__dataclass_fields__ = found
    cls.__match_args__ = tuple(f.name for f in found.values() if f.init and not f.kw_only)
    if init and "__init__" not in own:
        cls.__init__ = _make_init(cls, found)
    if repr and "__repr__" not in own:
        cls.__repr__ = _repr
    if eq and "__eq__" not in own:
        cls.__eq__ = _eq
        if "__hash__" not in own:
            cls.__hash__ = _hash if frozen or unsafe_hash else None
    if order:
        cls.__lt__, cls.__le__, cls.__gt__, cls.__ge__ = _lt, _le, _gt, _ge
    if frozen:
        cls.__setattr__ = _frozen_set
        cls.__delattr__ = _frozen_delete
    return cls


def dataclass(cls=None, /, *, init=True, repr=True, eq=True, order=False, unsafe_hash=False, frozen=False,
              match_args=True, kw_only=False, slots=False, weakref_slot=False):
    def wrap(cls):
        return _process(cls, init, repr, eq, order, unsafe_hash, frozen, kw_only)

    return wrap if cls is None else wrap(cls)


def is_dataclass(thing):
    return hasattr(thing, "__dataclass_fields__")


def fields(thing):
    return tuple(thing.__dataclass_fields__.values())


def _plain(value, factory):
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value, dict_factory=factory)
    if type(value) in (list, tuple):
        return type(value)(_plain(item, factory) for item in value)
    if type(value) is dict:
        return {_plain(k, factory): _plain(v, factory) for k, v in value.items()}
    return value


def asdict(instance, *, dict_factory=dict):
    if not is_dataclass(instance) or isinstance(instance, type):
        raise TypeError("asdict() should be called on dataclass instances")
    return dict_factory([(f.name, _plain(getattr(instance, f.name), dict_factory)) for f in fields(instance)])


def astuple(instance, *, tuple_factory=tuple):
    return tuple_factory([getattr(instance, f.name) for f in fields(instance)])


def replace(instance, /, **changes):
    values = {f.name: getattr(instance, f.name) for f in fields(instance) if f.init}
    values.update(changes)
    return type(instance)(**values)
