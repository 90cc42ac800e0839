from _typing import Generic, NamedTuple, Protocol, TypedDict


class _Form:
    def __init__(self, name, args=()):
        self.name = name
        self.args = args

    def __getitem__(self, key):
        return _Form(self.name, key if isinstance(key, tuple) else (key,))

    def __or__(self, other):
        return _Form("Union", (self, other))

    def __ror__(self, other):
        return _Form("Union", (other, self))

    def __call__(self, *args, **kwargs):
        return self

    def __repr__(self):
        return "typing." + self.name


TYPE_CHECKING = False


def cast(typ, val):
    return val


def _decorated(function):
    return function


final = overload = override = no_type_check = runtime_checkable = _decorated


def NewType(name, tp):
    return _Form("NewType", (tp,))


def TypeVar(name, *args, **kwargs):
    return _Form("TypeVar")


ParamSpec = TypeVar


def __getattr__(name):
    if name[:1].isupper():
        return _Form(name)
    raise AttributeError(name)
