from _lockstep import refuse


class OrderedDict(dict):
    def move_to_end(self, key, last=True):
        if not last:
            refuse("move_to_end(last=False)")
        value = self.pop(key)
        self[key] = value

    def __repr__(self):
        return "OrderedDict(%s)" % (dict(self),)


class defaultdict(dict):
    def __init__(self, default_factory=None, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.default_factory = default_factory

    def __getitem__(self, key):
        if key not in self:
            if self.default_factory is None:
                raise KeyError(key)
            self[key] = self.default_factory()
        return super().__getitem__(key)

    def __repr__(self):
        return "defaultdict(%r, %r)" % (self.default_factory, dict(self))


class Counter(dict):
    def __init__(self, iterable=(), **kwargs):
        super().__init__()
        self.update(iterable, **kwargs)

    def __getitem__(self, key):
        return super().__getitem__(key) if key in self else 0

    def update(self, iterable=(), **kwargs):
        if isinstance(iterable, dict):
            for key, n in iterable.items():
                self[key] = self[key] + n
        else:
            for key in iterable:
                self[key] = self[key] + 1
        for key, n in kwargs.items():
            self[key] = self[key] + n

    def most_common(self, n=None):
        pairs = sorted(self.items(), key=lambda pair: pair[1], reverse=True)
        return pairs if n is None else pairs[:n]

    def elements(self):
        for key, n in self.items():
            for _ in range(n):
                yield key

    def total(self):
        return sum(self.values())

    def __repr__(self):
        return "Counter(%r)" % (dict(self.most_common()),) if self else "Counter()"


class _Named(tuple):
    def __new__(cls, *args, **kwargs):
        fields, preset, typename = cls._fields, cls._field_defaults, cls.__name__
        if len(args) > len(fields):
            raise TypeError("%s.__new__() takes %d positional arguments but %d were given"
                            % (typename, len(fields) + 1, len(args) + 1))
        values = dict(zip(fields, args))
        for name, value in kwargs.items():
            if name not in fields or name in values:
                raise TypeError("%s.__new__() got an unexpected keyword argument %r" % (typename, name))
            values[name] = value
        missing = [name for name in fields if name not in values and name not in preset]
        if missing:
            raise TypeError("%s.__new__() missing %d required positional argument%s: %s"
                            % (typename, len(missing), "s" if len(missing) > 1 else "",
                               " and ".join(repr(name) for name in missing)))
        return tuple.__new__(cls, [values[name] if name in values else preset[name] for name in fields])

    def _asdict(self):
        return dict(zip(self._fields, self))

    def _replace(self, **kwargs):
        values = self._asdict()
        values.update(kwargs)
        return type(self)(**values)

    @classmethod
    def _make(cls, iterable):
        return cls(*iterable)

    def __repr__(self):
        return type(self).__name__ + "(" + ", ".join("%s=%r" % pair for pair in zip(self._fields, self)) + ")"


def _name_fields(cls, fields, preset):
    cls._fields, cls._field_defaults = tuple(fields), preset
    for at, name in enumerate(cls._fields):
        setattr(cls, name, property(lambda self, at=at: self[at]))


def namedtuple(typename, field_names, *, rename=False, defaults=None, module=None):
    if rename:
        refuse("namedtuple() with rename")
    if isinstance(field_names, str):
        field_names = field_names.replace(",", " ").split()
    fields = tuple(field_names)

    class named(_Named):
        pass

    _name_fields(named, fields, dict(zip(fields[len(fields) - len(defaults or ()):], defaults or ())))
    named.__name__ = named.__qualname__ = typename
    return named


# typing.NamedTuple.
class NamedTuple(_Named):
    def __init_subclass__(cls):
        if "_fields" in cls.__mro__[1].__dict__:
            return
        fields = list(cls.__annotations__)
        preset = {name: cls.__dict__[name] for name in fields if name in cls.__dict__}
        _name_fields(cls, fields, preset)

    def __new__(cls, *args, **kwargs):
        if cls is NamedTuple:
            return namedtuple(args[0], [name for name, _ in args[1]])
        return super().__new__(cls, *args, **kwargs)
