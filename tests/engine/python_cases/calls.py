# Arguments, defaults, and what is said when they do not fit.
def show(f, *args, **kw):
    try:
        print(f(*args, **kw))
    except TypeError as e:
        print("TypeError:", e)


def none():
    return "none"


def one(a):
    return a


def two(a, b=2):
    return a, b


def three(a, b, c):
    return a, b, c


def rest(a, *args, b, c=3, **kw):
    return a, args, b, c, kw


def only(a, /, b, *, c):
    return a, b, c


def keywords(*, a, b=1):
    return a, b


def posdef(a, /, **kw):
    return a, kw


show(none)
show(none, 1)
show(none, x=1)
show(one)
show(one, 1, 2)
show(one, 1, a=2)
show(one, a=1)
show(two)
show(two, 1)
show(two, 1, 2, 3)
show(two, b=1)
show(two, 1, c=2)
show(three)
show(three, 1)
show(three, 1, 2)
show(three, b=1)
show(three, 1, 2, 3, 4)
show(rest, 1)
show(rest, 1, b=2)
show(rest, 1, 2, 3, b=4, d=5)
show(rest)
show(only, 1, 2, c=3)
show(only, 1, b=2, c=3)
show(only, a=1, b=2, c=3)
show(only, 1, 2, 3)
show(only, 1, 2)
show(keywords)
show(keywords, 1)
show(keywords, 1, a=2)
show(keywords, a=5)
show(posdef, 1, a=2)


class K:
    def m(self, a, b=1):
        return a, b

    def nothing():
        return 1

    @classmethod
    def c(cls, a):
        return cls.__name__, a

    @staticmethod
    def s(a):
        return a


show(K().m)
show(K().m, 1)
show(K().m, 1, 2, 3)
show(K().nothing)
show(K.m, 1)
show(K.c, 1)
show(K().c)
show(K.s, 1)
show(K().s, 1, 2)
show(K, 1)


class Init:
    def __init__(self, a, *, b=2):
        self.ab = a, b


show(Init)
show(Init, 1, 2)
show(lambda: Init(1, b=3).ab)

print(show.__name__, K.m.__qualname__, (lambda: 0).__name__)

args = (1, 2)
kw = {"c": 3}
print(three(*args, **kw), three(*[1], *(2, 3)), three(**{"a": 1}, **{"b": 2, "c": 3}))
print(rest(*args, b=1, **{"z": 1}))


def order(tag, value):
    print(tag, end=" ")
    return value


def takes(*args, **kw):
    return args, kw


print(takes(order("a", 1), *order("b", [2]), k=order("c", 3), **order("d", {"e": 4})))
print({order("k1", 1): order("v1", 2), order("k2", 3): order("v2", 4)})
print(order("x", 1) + order("y", 2) * order("z", 3))
print(order("p", 1) < order("q", 2) < order("r", 3))
print(order("p", 1) > order("q", 2) > order("r", 3))

made = []


def default(value):
    made.append(value)
    return value


for _ in range(2):
    def once(a=default("made")):
        return a
once()
once()
print(made)


def decorate(tag):
    print("decorator", tag)

    def inner(f):
        print("apply", tag)

        def call(*a, **k):
            return tag, f(*a, **k)
        return call
    return inner


@decorate("first")
@decorate("second")
def decorated(x):
    return x


print(decorated(1))
print((lambda *a, k=1, **kw: (a, k, kw))(1, 2, k=3, z=4))
print((lambda x, y=2: x + y)(1))

try:
    one(*5)
except TypeError as e:
    print(e)
try:
    one(**[1])
except TypeError as e:
    print(e)
try:
    takes(a=1, **{"a": 2})
except TypeError as e:
    print(e)
try:
    (5)()
except TypeError as e:
    print(e)
