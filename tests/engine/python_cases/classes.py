# Classes: attributes, inheritance, special methods.
class Base:
    """The docstring."""

    shared = []
    name = "base"

    def __init__(self, v=0):
        self.v = v

    def who(self):
        return "Base.who"

    def __repr__(self):
        return f"{type(self).__name__}({self.v!r})"


class Left(Base):
    name = "left"

    def who(self):
        return "Left>" + super().who()


class Right(Base):
    def who(self):
        return "Right>" + super().who()


class Both(Left, Right):
    def who(self):
        return "Both>" + super(Both, self).who()


b = Both(1)
print(b, b.who(), b.name, Base.__doc__, Both.__name__, [k.__name__ for k in Both.__mro__])
print(isinstance(b, Base), isinstance(b, (int, Right)), b.__class__ is Both, type(b) is Both)
print(Both.__bases__ == (Left, Right), Base.__module__)
b.shared.append(1)
b.name = "own"
print(Base.shared, b.name, Both.name)
del b.name
print(b.name)
try:
    b.missing
except AttributeError as e:
    print(e)
try:
    Both.missing
except AttributeError as e:
    print(e)
try:
    del b.nothing
except AttributeError as e:
    print(e)
try:
    (1).x = 2
except AttributeError as e:
    print(e)
try:
    class Wrong(Base, Left):
        pass
except TypeError as e:
    print(str(e).split("\n")[0])
print(getattr(b, "missing", "default"), hasattr(b, "v"), hasattr(b, "w"))
setattr(b, "w", 5)
print(b.w, b.__dict__)


class Number:
    def __init__(self, n):
        self.n = n

    def __add__(self, other):
        return ("add", self.n, getattr(other, "n", other))

    def __radd__(self, other):
        return ("radd", self.n, other)

    def __iadd__(self, other):
        self.n += other
        return self

    def __sub__(self, other):
        return NotImplemented

    def __eq__(self, other):
        return isinstance(other, Number) and self.n == other.n

    def __lt__(self, other):
        return self.n < other.n

    def __hash__(self):
        return hash(self.n)

    def __neg__(self):
        return Number(-self.n)

    def __bool__(self):
        return self.n != 0

    def __len__(self):
        return 3

    def __getitem__(self, i):
        if isinstance(i, slice):
            return ("slice", i.start, i.stop, i.step)
        if i >= 3:
            raise IndexError(i)
        return i * self.n

    def __contains__(self, x):
        return x == self.n

    def __call__(self, *args, **kw):
        return ("called", args, kw)

    def __int__(self):
        return self.n


n, m = Number(2), Number(3)
print(n + m, n + 1, 1 + n, -n == Number(-2), n == m, n != m, n < m, n > m)
try:
    n - m
except TypeError as e:
    print(e)
try:
    n <= m
except TypeError as e:
    print(e)
same = n
same += 5
print(n.n, same is n, bool(Number(0)), len(n), n[1], n[1:2], n[::3], list(n), 7 in n, n(1, a=2))
print(sorted([Number(3), Number(1)], key=lambda v: v.n)[0].n, {Number(1): "x"}[Number(1)])
print(Number(0) or "falsy", [x for x in Number(1)])


class NoHash:
    def __eq__(self, other):
        return True


try:
    {NoHash(): 1}
except TypeError as e:
    print(e)
print(NoHash() == 5, 5 == NoHash(), NoHash() != 5)


class Props:
    def __init__(self):
        self._x = 1

    @property
    def x(self):
        "doc of x"
        return self._x

    @x.setter
    def x(self, value):
        self._x = value * 2

    @x.deleter
    def x(self):
        self._x = None

    @property
    def ro(self):
        return "read only"


p = Props()
p.x = 5
print(p.x)
del p.x
print(p.x, p.ro)
try:
    p.ro = 1
except AttributeError as e:
    print("AttributeError")


class Dynamic:
    def __getattr__(self, name):
        if name.startswith("no"):
            raise AttributeError(name)
        return "dyn_" + name

    def __setattr__(self, name, value):
        object.__setattr__(self, name, (value, "set"))


d = Dynamic()
d.a = 1
print(d.a, d.b, hasattr(d, "nope"), getattr(d, "nope", "fallback"))


class Iter:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n == 0:
            raise StopIteration
        self.n -= 1
        return self.n


print(list(Iter(3)), [*Iter(2)], sum(Iter(4)))


class Manager:
    def __init__(self, tag, swallow=False):
        self.tag = tag
        self.swallow = swallow

    def __enter__(self):
        print("enter", self.tag)
        return self.tag

    def __exit__(self, kind, value, traceback):
        print("exit", self.tag, kind.__name__ if kind else None, value)
        return self.swallow


with Manager("a") as a, Manager("b") as b:
    print(a, b)
with Manager("swallows", True):
    raise ValueError("inside")
try:
    with Manager("outer"), Manager("inner"):
        raise KeyError("through")
except KeyError as e:
    print("caught", e)


def returns():
    with Manager("r"):
        return "value"


print(returns())
for i in range(2):
    with Manager(i):
        continue
try:
    with 5:
        pass
except (AttributeError, TypeError) as e:
    print("no manager")


class Sub(str):
    def __new__(cls, value, extra=None):
        self = super().__new__(cls, value.upper())
        self.extra = extra
        return self


s = Sub("abc", extra=4)
print(s, s.extra, s == "ABC", isinstance(s, str), s + "d", len(s), {s: 1}["ABC"])


class MyInt(int):
    def double(self):
        return self * 2


print(MyInt(4).double(), MyInt(3) + 1, MyInt("12"))


class Stack(list):
    def __init__(self, *items):
        super().__init__(items)
        self.log = []

    def push(self, x):
        self.append(x)
        self.log.append(x)


st = Stack(1, 2)
st.push(3)
print(st, st.log, len(st), st[-1], st == [1, 2, 3])


class Defaults(dict):
    def __missing__(self, key):
        return key * 2

    def __setitem__(self, key, value):
        super().__setitem__(key, value + 1)


dd = Defaults(a=1)
dd["b"] = 1
print(dd["a"], dd["b"], dd["zz"], dict(dd))


class Hooked:
    seen = []

    def __init_subclass__(cls, tag=None, **kw):
        super().__init_subclass__(**kw)
        Hooked.seen.append((cls.__name__, tag))


class One(Hooked):
    pass


class Two(Hooked, tag="t"):
    pass


print(Hooked.seen)


class Descriptor:
    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, obj, owner):
        return self if obj is None else obj.__dict__.get(self.name, "unset")

    def __set__(self, obj, value):
        obj.__dict__[self.name] = value


class Described:
    field = Descriptor()


o = Described()
print(o.field)
o.field = 3
print(o.field, type(Described.field).__name__)


class Plain:
    pass


q = Plain()
q.a, q.b = 1, 2
print(q.__dict__, Plain.__name__, Plain.__qualname__)
f = Base.who
print(f(Base()), Base().who())


class Outer:
    class Inner:
        pass

    def make(self):
        class Local:
            pass
        return Local


print(Outer.Inner.__qualname__, Outer().make().__qualname__)
Base.added = lambda self: ("added", self.v)
print(Both(9).added())


class Eq:
    def __init__(self, v):
        self.v = v

    def __eq__(self, other):
        print("eq", self.v)
        return True


print(Eq(1) == Eq(2), 3 == Eq(4), Eq(5) != 1)


class Str:
    def __str__(self):
        return "as str"


class Repr:
    def __repr__(self):
        return "as repr"


print(Str(), str(Repr()), f"{Str()} {Repr()!r} {Repr()}", "%s" % Str(), [Repr()])


class Reflected(Number):
    def __radd__(self, other):
        return "subclass first"


print(Number(1) + Reflected(2))


class ClassAttr:
    count = 0

    @classmethod
    def up(cls):
        cls.count += 1
        return cls.count


class ClassSub(ClassAttr):
    pass


print(ClassAttr.up(), ClassSub.up(), ClassSub.up(), ClassAttr.count, ClassSub.count)
try:
    Plain(1)
except TypeError as e:
    print(e)
try:
    class Bad:
        def __init__(self):
            return 5
    Bad()
except TypeError as e:
    print(e)


class Private:
    __hidden = 1
    __also__ = 2

    def __init__(self):
        self.__x = "private"

    def __method(self):
        return self.__x, self.__hidden, self.__also__

    def show(self):
        self.__x += "!"
        return self.__method()


class Derived(Private):
    def __init__(self):
        super().__init__()
        self.__x = "derived"

    def both(self):
        return self.__x, self.show()


dp = Derived()
print(dp.both(), sorted(dp.__dict__), hasattr(dp, "__x"), dp._Private__x, Private._Private__hidden)
