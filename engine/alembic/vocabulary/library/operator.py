def itemgetter(item, *items):
    if not items:
        return lambda value: value[item]
    return lambda value: tuple(value[key] for key in (item,) + items)


def _attribute(value, path):
    for name in path.split("."):
        value = getattr(value, name)
    return value


def attrgetter(attr, *attrs):
    if not attrs:
        return lambda value: _attribute(value, attr)
    return lambda value: tuple(_attribute(value, name) for name in (attr,) + attrs)


def methodcaller(name, /, *args, **kwargs):
    return lambda value: getattr(value, name)(*args, **kwargs)


def add(a, b):
    return a + b


def sub(a, b):
    return a - b


def mul(a, b):
    return a * b


def or_(a, b):
    return a | b


def and_(a, b):
    return a & b


def eq(a, b):
    return a == b


def ne(a, b):
    return a != b


def lt(a, b):
    return a < b


def le(a, b):
    return a <= b


def gt(a, b):
    return a > b


def ge(a, b):
    return a >= b


def not_(a):
    return not a


def contains(a, b):
    return b in a


def getitem(a, b):
    return a[b]
