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


def namedtuple(typename, field_names, *, rename=False, defaults=None, module=None):
    if isinstance(field_names, str):
        field_names = field_names.replace(",", " ").split()
    fields = tuple(field_names)
    preset = dict(zip(fields[len(fields) - len(defaults or ()):], defaults or ()))

    class named(tuple):
        _fields = fields
        _field_defaults = preset

        def __new__(cls, *args, **kwargs):
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

        def __getattr__(self, name):
            if name in fields:
                return self[fields.index(name)]
            raise AttributeError("'%s' object has no attribute '%s'" % (typename, name))

        def _asdict(self):
            return dict(zip(fields, self))

        def _replace(self, **kwargs):
            values = self._asdict()
            values.update(kwargs)
            return type(self)(**values)

        @classmethod
        def _make(cls, iterable):
            return cls(*iterable)

        def __repr__(self):
            return typename + "(" + ", ".join("%s=%r" % pair for pair in zip(fields, self)) + ")"

    named.__name__ = typename
    return named
