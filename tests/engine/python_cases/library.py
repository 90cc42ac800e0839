# Modules of the standard library that are written in Python.
import contextlib
import copy
import functools
import itertools
import operator
import string
import textwrap
from collections import Counter, OrderedDict, defaultdict, namedtuple


@contextlib.contextmanager
def managed(tag):
    print("enter", tag)
    try:
        yield tag.upper()
    except KeyError as e:
        print("swallowed", e)
    finally:
        print("exit", tag)


with managed("a") as value:
    print(value)
with managed("b"):
    raise KeyError("k")
try:
    with managed("c"):
        raise ValueError("v")
except ValueError as e:
    print("through", e)
with contextlib.suppress(ZeroDivisionError, KeyError):
    1 / 0
with contextlib.nullcontext(5) as five:
    print(five)


class Thing:
    def close(self):
        print("closed")


with contextlib.closing(Thing()) as t:
    print(type(t).__name__)

d = defaultdict(list)
d["a"].append(1)
d["a"].append(2)
d["b"].append(3)
print(dict(d), len(d), d["c"], sorted(d), "z" in d)
n = defaultdict(int)
for c in "hello":
    n[c] += 1
print(sorted(n.items()))
c = Counter("mississippi")
print(c["s"], c["nothing"], c.most_common(2), sum(c.values()))
o = OrderedDict([("x", 1), ("y", 2)])
o["z"] = 3
o.move_to_end("x")
print(list(o), o == {"y": 2, "z": 3, "x": 1})

Point = namedtuple("Point", "x y")
p = Point(1, y=2)
print(p, p.x, p.y, p[0], len(p), tuple(p), p == (1, 2), p._replace(x=5), p._asdict(), Point._fields)
x, y = p
print(x, y, isinstance(p, tuple), Point.__name__)
try:
    Point(1)
except TypeError as e:
    print(e)

print(functools.reduce(lambda a, b: a + b, [1, 2, 3]), functools.reduce(operator.mul, [1, 2, 3], 10))
add3 = functools.partial(lambda a, b, c=0: (a, b, c), 1, c=5)
print(add3(2), add3(2, c=7))
calls = []


@functools.lru_cache(maxsize=None)
def slow(n):
    calls.append(n)
    return n * 2


print(slow(1), slow(1), slow(2), calls)


def decorator(f):
    @functools.wraps(f)
    def inner(*args):
        return "wrapped", f(*args)
    return inner


@decorator
def named(a):
    "its docstring"
    return a


print(named(1), named.__name__, named.__doc__)

print(list(itertools.chain([1], (2, 3), "ab")), list(itertools.chain.from_iterable([[1], [2, 3]])))
print(list(itertools.product("ab", [1, 2])), list(itertools.product([0, 1], repeat=2)))
print(list(itertools.permutations([1, 2, 3], 2)), list(itertools.combinations("abc", 2)))
print(list(itertools.islice(itertools.count(5), 3)), list(itertools.islice("abcdef", 1, 5, 2)))
print([(k, list(g)) for k, g in itertools.groupby("aabbbc")])
print(list(itertools.zip_longest([1, 2], "a", fillvalue="-")), list(itertools.accumulate([1, 2, 3])))
print(list(itertools.repeat("x", 2)), list(itertools.takewhile(lambda v: v < 3, [1, 2, 3, 1])))
print(list(itertools.dropwhile(lambda v: v < 3, [1, 2, 3, 1])), list(itertools.starmap(pow, [(2, 3)])))

print(operator.itemgetter(1)("abc"), operator.itemgetter(0, 2)("abc"), operator.attrgetter("x")(p))
print(sorted([(2, "b"), (1, "z")], key=operator.itemgetter(0)), operator.add(1, 2))
a = [1, [2, 3]]
shallow, deep = copy.copy(a), copy.deepcopy(a)
a[1].append(4)
print(shallow, deep)
print(string.ascii_lowercase, string.digits)
print(textwrap.dedent("""
    one
      two
    three
    """))


from abc import ABC, abstractmethod
from dataclasses import FrozenInstanceError, asdict, astuple, dataclass, field, fields, replace
from typing import List, Optional


class Shape(ABC):
    @abstractmethod
    def area(self):
        pass


class Square(Shape):
    def __init__(self, side):
        self.side = side

    def area(self):
        return self.side ** 2


print(Square(3).area(), isinstance(Square(1), Shape))


@dataclass
class Row:
    id: int
    name: str = "none"
    tags: List[str] = field(default_factory=list)
    hidden: Optional[int] = field(default=None, repr=False, compare=False)

    def label(self):
        return f"{self.id}:{self.name}"


r = Row(1, tags=["a"])
print(r, r == Row(1, "none", ["a"], 5), r != Row(2), r.label(), asdict(r), astuple(r))
print(replace(r, name="new"), [f.name for f in fields(Row)], Row.name)
for bad in (lambda: Row(), lambda: Row(1, 2, 3, 4, 5), lambda: Row(1, nope=2), lambda: Row(1, id=2)):
    try:
        bad()
    except TypeError as e:
        print(e)
try:
    {r: 1}
except TypeError as e:
    print(e)


@dataclass(frozen=True, order=True)
class Version:
    major: int
    minor: int = 0


@dataclass
class Child(Row):
    extra: int = 7

    def __post_init__(self):
        self.extra += 1


v = Version(1, 2)
print(v < Version(2), sorted([Version(3), Version(1, 5), v])[0], {v: 1}[Version(1, 2)], Child(5), Child(1, extra=1).extra)
try:
    v.major = 2
except FrozenInstanceError as e:
    print(e)
print([k for k in Version.__dict__ if not k.startswith("_")])
