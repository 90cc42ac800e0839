# Builtin functions, ranges, slices, bytes and iterators.


def show(label, call, *args, **kwargs):
    try:
        result = repr(call(*args, **kwargs))
    except Exception as e:
        result = type(e).__name__ + ": " + str(e)
    print(label, args, kwargs, "->", result)


# range
ranges = [range(0), range(5), range(2, 8), range(0, 10, 3), range(10, 0, -3), range(5, 5), range(-5, 5, 2), range(5, 0), range(0, 1, 100), range(10, -10, -4)]
for r in ranges:
    print(r, list(r), len(r), bool(r), r.start, r.stop, r.step, list(reversed(r)), r == range(5), {r: 1}[range(r.start, r.stop, r.step)], tuple(r), sum(r), r[:], r[::-1])
    for i in (0, 1, -1, 5, -5, 100, "a", 1.0):
        show("getitem", r.__getitem__, i)
    for start in (None, 0, 1, -2, 10):
        for stop in (None, 0, 3, -1, 100):
            for step in (None, 1, 2, -1, -2):
                print(r[start:stop:step], list(r[start:stop:step]))
    for value in (0, 1, 3, 7, -5, 10, 3.0, 3.5, "a", True, None):
        show("in", lambda r, v: v in r, r, value)
        show("index", r.index, value)
        show("count", r.count, value)
    for other in ranges:
        print(r == other, r != other, end=" ")
    print()
show("range", range)
show("range", range, 1, 2, 0)
show("range", range, 1, 2, 3, 4)
show("range", range, "a")
show("range", range, 1.5)
show("range", range, 1, None)
show("range", range, x=1)
show("range <", lambda: range(1) < range(2))
show("range set", lambda: range(3).__setitem__(0, 1))
show("range +", lambda: range(3) + [1])
print(9223372036854775807 in range(9223372036854775807), range(9223372036854775806)[-1], len(range(0, 9223372036854775807, 2)))

# slice
s = slice(1, 5, 2)
print(s, s.start, s.stop, s.step, slice(3), slice(None), slice(1, None), s == slice(1, 5, 2), s != slice(2), s.indices(4), s.indices(100), slice(None, None, -1).indices(5), slice(-3, None).indices(5))
show("slice", slice)
show("indices", s.indices, -1)
show("indices", s.indices, "a")
show("hash", hash, s)

# bytes
for b in (b"", b"abc", b"\x00\xff'", b'say "x" it\'s', b"\n\t\\", bytes([65, 66]), bytes(3), bytes("ö", "utf-8")):
    print(b, len(b), list(b), bool(b), b.hex(), b[1:], b[::-1], b + b"!", b * 2, b == b"abc", b < b"b", b"a" in b, 65 in b, b.startswith(b"a"), b.endswith(b"c"), b.find(b"b"), repr(str(b)))
    show("getitem", b.__getitem__, 0)
    show("getitem", b.__getitem__, "a")
    show("decode", b.decode)
    show("decode", b.decode, "ascii", "replace")
    show("decode", b.decode, "latin-1")
    show("+", lambda b: b + "x", b)
    show("in", lambda b: "x" in b, b)
    show("in", lambda b: 300 in b, b)
    show("==", lambda b: b == "abc", b)
    show("<", lambda b: b < "abc", b)
show("bytes", bytes, "x")
show("bytes", bytes, [300])
show("bytes", bytes, ["a"])
show("bytes", bytes, -1)
show("bytes", bytes, None)
show("bytes", bytes, 1.5)
show("bytes", bytes)
show("bytes", bytes, "é", "ascii")
show("bytes", bytes, 5, "ascii")
show("fromhex", bytes.fromhex, "00 ff41")
show("fromhex", bytes.fromhex, "0")
show("fromhex", bytes.fromhex, "zz")
show("join", b",".join, [b"a", b"b"])
show("join", b",".join, ["a"])
for b in (b"ab\xe9\xffy", b"\xc3", b"a\xe2\x82", b"\xe2\x28\xa1", b"\xf0\x90", b"\x80", b"\xed\xa0\x80", b"\xf5", b"\xc0\x80", b"\xc3\xa9\xff", b"\xf0\x9f\x98\x80", b"\xe2\x82\xac"):
    show("decode", b.decode)
    show("decode", b.decode, "utf-8", "replace")
    show("decode", b.decode, "utf8", "ignore")
    show("decode", b.decode, errors="backslashreplace")
    show("decode", b.decode, "ascii")
    show("decode", b.decode, "ascii", "ignore")

# iterators
print(list(map(str, [1, 2])), list(map(lambda a, b: a + b, [1, 2, 3], [10, 20])), list(filter(None, [0, 1, "", "a"])), list(filter(lambda x: x > 1, [1, 2, 3])), list(filter(bool, [0, 5])))
print(list(zip()), list(zip([1])), list(zip("ab", [1, 2, 3])), list(zip([1, 2], "xy", (True, False))), list(enumerate("ab")), list(enumerate("ab", 5)), list(enumerate(start=2, iterable="x")))
print(list(reversed([1, 2, 3])), list(reversed("abc")), list(reversed((1, 2))), list(reversed(range(4))), list(reversed({"a": 1, "b": 2})), list(reversed({"a": 1}.items())), list(reversed(b"ab")))
for strict in (([1], [1, 2]), ([1, 2], [1]), ([1], [1], []), ([], [1]), ([1], [2]), ([], [], [1])):
    show("zip", lambda *a: list(zip(*a, strict=True)), *strict)
show("zip", zip, 5)
show("zip", lambda: list(zip([1], 5)))
show("zip", lambda: zip([1], x=1))
show("map", map)
show("map", map, str)
show("map", lambda: list(map(str, 5)))
show("map", lambda: list(map(5, [1])))
show("filter", filter, None)
show("filter", lambda: list(filter(None, 5)))
show("enumerate", enumerate)
show("enumerate", enumerate, 5)
show("enumerate", lambda: list(enumerate("a", "b")))
show("reversed", reversed, {1})
show("reversed", reversed, 5)
show("reversed", reversed)
it = iter([1, 2, 3])
print(next(it), next(it), list(it), next(it, "default"), list(it))
show("next", lambda: next(iter([])))
show("next", next, [1])
show("next", lambda: next(iter([]), None))
show("next", next)
show("iter", iter, 5)
show("iter", lambda: list(iter({"a": 1})))
counter = [0]


def count():
    counter[0] += 1
    return counter[0]


print(list(iter(count, 4)), counter)
e = enumerate("abc")
print(next(e), iter(e) is e, list(e), list(e))
m = map(str, iter([1, 2, 3]))
print(next(m), list(zip(m, "xy")), list(m))
z = zip([1, 2, 3], [4, 5, 6])
a, b = zip(*z)
print(a, b)

# all any sum min max sorted
print(all([]), all([1, 0]), all([1, 1]), any([]), any([0, ""]), any([0, 1]), all(x > 0 for x in [1, 2]), any(x > 5 for x in [1, 2]))
show("sum", sum, [1, 2, 3])
show("sum", sum, [0.1] * 10)
show("sum", sum, [1, 2.5, True])
show("sum", sum, [[1], [2]], [])
show("sum", sum, ["a"], "")
show("sum", sum, ["a"])
show("sum", sum, [], start=5)
show("sum", sum, 5)
show("sum", sum)
show("sum", sum, [b"a"], b"")
show("sum", sum, [(1,), (2,)], ())
for f in (min, max):
    show("m", f, 3, 1, 2)
    show("m", f, [3, 1, 2])
    show("m", f, "hello")
    show("m", f, [])
    show("m", f, [], default=None)
    show("m", f, [], default="d")
    show("m", f, ["aa", "b", "ccc"], key=len)
    show("m", f, "b", "aa", key=len)
    show("m", f)
    show("m", f, 5)
    show("m", f, 1, "a")
    show("m", f, [1, "a"])
    show("m", f, 1, 2, default=3)
    show("m", f, [1, 1.0, True])
    show("m", f, [(1, "b"), (1, "a")])
    show("m", f, {"x": 1, "y": 2})
    show("m", f, [1], foo=2)
    show("m", f, [0.0, -0.0])
    show("m", f, [None, None])
    show("m", lambda: f(["ab", "cd"], key=lambda s: s[1]))

# chr ord bin oct hex len
for v in (0, 65, 228, 8364, 0x1F600, 0x10FFFF):
    print(repr(chr(v)), ord(chr(v)))
for v in (-1, 0x110000, "a", 1.5, None):
    show("chr", chr, v)
for v in ("", "ab", 5, None, b"a", b"ab", "ö"):
    show("ord", ord, v)
for f in (bin, oct, hex):
    for v in (0, 1, -1, 255, -255, True, 1.0, "a", None, 9223372036854775807):
        show(f.__name__, f, v)
for v in ("abc", [], {}, (1,), {1}, range(5), b"ab", 5, None, iter([]), len):
    if isinstance(v, (str, list, dict, tuple, set, range, bytes, int, type(None))):
        show("len", len, v)
    else:
        try:
            len(v)
        except TypeError as e:
            print(str(e).split("'")[0], "no len")

# callable isinstance issubclass hasattr getattr setattr


class Base:
    attribute = 1

    def method(self):
        return "method"

    @property
    def prop(self):
        return "prop"

    @property
    def broken(self):
        raise AttributeError("inner")

    @property
    def worse(self):
        raise ValueError("inner")


class Derived(Base):
    def __call__(self):
        return "called"


d = Derived()
print([callable(x) for x in (len, int, Base, d, Base(), d.method, lambda: 1, 5, "a", None, print, property)])
for c in (int, float, bool, str, object, type, Base, Derived, (int, str), (), ((int,), str), list, tuple):
    print([isinstance(x, c) for x in (1, True, 1.5, "a", None, d, Base(), Base, int, [], ())])
print([issubclass(a, b) for a in (int, bool, Base, Derived, object, type) for b in (int, object, Base, (str, Base), type)])
show("isinstance", isinstance, 1, 5)
show("isinstance", isinstance, 1, "int")
show("isinstance", isinstance, 1, [int])
show("isinstance", isinstance, 1)
show("issubclass", issubclass, 1, int)
show("issubclass", issubclass, int, 5)
for name in ("attribute", "method", "prop", "broken", "missing", "__class__"):
    print(name, hasattr(d, name), hasattr(Base, name), getattr(d, name, "default") if name not in ("method", "__class__") else "", callable(getattr(Base, name, None)))
show("hasattr", hasattr, "a", "upper")
show("hasattr", hasattr, "a", 5)
show("hasattr", lambda: hasattr(d, "worse"))
show("getattr", lambda: getattr(d, "worse", 1))
show("getattr", lambda: getattr(d, "broken"))
show("getattr", lambda: getattr(d, "missing"))
show("getattr", getattr, "a", 5)
show("getattr", getattr, 5, "missing")
show("getattr", getattr, 5)
show("getattr", lambda: getattr("abc", "upper")())
setattr(d, "new", 5)
print(d.new, vars(d), getattr(d, "new"), d.__dict__)
delattr(d, "new")
print(hasattr(d, "new"), vars(d))
show("delattr", lambda: delattr(d, "new"))
show("setattr", lambda: setattr(5, "x", 1))
show("setattr", lambda: setattr("a", "x", 1))
show("setattr", lambda: setattr([], "x", 1))
show("setattr", lambda: setattr(d, 5, 1))
show("setattr", lambda: setattr(d, "prop", 1))
show("vars", vars, 5)
print(type(5), type("a"), type(None), type(type), type(Base).__name__, type(d).__name__, type(d) is Derived, type([]) == list, type(1) in (int, str), type(...), type(NotImplemented), type(len).__name__, type(lambda: 1).__name__)
print(int, str, list, Base.__name__, d.__class__.__name__, int.__name__, None, Ellipsis, NotImplemented, True, ..., repr(None), bool(None), bool(...))
show("hash", hash, [])
show("hash", hash, {})
show("hash", hash, ([],))
print({None: 1}[None], d == d, d == Base(), d != Base(), {d: 1}[d], id(d) == id(d), id(d) == id(Base()))
show("repr", repr)
show("ascii", ascii, "öß日😀\n")
show("ascii", ascii, ["ö"])
show("repr", repr, "öß日😀\n\x85\u200b\u2028\U000e0001")
show("NoneType", type(None), 1)
show("NoneType", type(None))
show("bool", lambda: None + 1)
show("none", lambda: None < None)
show("none", lambda: None.x)
show("none", lambda: None())
show("none", lambda: None[0])
show("none", lambda: len(None))
show("none", lambda: [x for x in None])
show("ellipsis", lambda: ...[0])
show("divmod", divmod, 1, 0)
show("divmod", divmod, 1.0, 0)
show("divmod", divmod, "a", 1)
show("divmod", divmod, 7, -2)
show("divmod", divmod, -7.5, 2)
show("divmod", divmod, 1)
show("abs", abs, "a")
show("abs", abs, -5)
show("abs", abs)
show("print", print, sep=5)
show("print", print, end=5)
show("print", print, foo=5)
print("a", 1, None, sep="-", end="!\n")
print(*[1, 2], sep="")
print(sep="x", end="")
print("flush", flush=True)
print("none", sep=None, end=None, file=None)


class Text(str):
    def shout(self):
        return self.upper() + "!"


class Count(int):
    pass


class Items(list):
    def __init__(self, *values):
        super().__init__(values)
        self.note = "kept"

    def total(self):
        return sum(self)


class Table(dict):
    def __init__(self, name, **rows):
        super().__init__(rows)
        self.name = name

    def __missing__(self, key):
        return self.name + "." + key


class Pair(tuple):
    @property
    def first(self):
        return self[0]


class Group(set):
    pass


class Fixed(frozenset):
    pass


class Ratio(float):
    pass


t = Text("hello")
t.extra = 1
print(t, repr(t), t.shout(), t.extra, type(t).__name__, t + "x", type(t + "x").__name__, t == "hello", {t} == {"hello"}, {t: 1}["hello"], len(t), t[1:], type(t.upper()).__name__, isinstance(t, str), "%s" % t, f"{t:>8}", str(t) == t, type(str(t)).__name__, t.__dict__)
c = Count(5)
c.label = "five"
print(c, repr(c), c + 1, type(c + 1).__name__, c == 5, c.label, isinstance(c, int), Count("7"), Count() , [1, 2, 3, 4, 5, 6][c], "%d" % c, f"{c:03}", -c, type(abs(c)).__name__, hash(c), {5: "x"}[c])
i = Items(1, 2, 3)
i.append(4)
print(i, i.total(), i.note, len(i), i[0], i[1:], type(i[1:]).__name__, i + [5], type(i + [5]).__name__, i == [1, 2, 3, 4], isinstance(i, list), i.copy(), type(i.copy()).__name__, sorted(i, reverse=True), i.__dict__)
x = Table("t", a=1)
x["b"] = 2
print(x, x["a"], x["zzz"], x.get("zzz"), x.name, len(x), list(x), dict(x), x == {"a": 1, "b": 2}, "b" in x, type(x.copy()).__name__, x | {"c": 3}, {**x}, x.__dict__)
p = Pair([1, 2])
p.tag = "t"
print(p, p.first, p.tag, type(p).__name__, p == (1, 2), hash(p) == hash((1, 2)), len(p), p + (3,), Pair(), p[0], isinstance(p, tuple))
g = Group([1, 2])
g.add(3)
g.note = "n"
print(g, g.note, len(g), 1 in g, g | {4}, type(g | {4}).__name__, g == {1, 2, 3}, Group(), Fixed([1]), hash(Fixed([1])) == hash(frozenset([1])), Ratio(1.5) + 1, Ratio("2.5"), repr(Ratio(1)), isinstance(Ratio(1), float))


class Loud:
    def __init__(self, value):
        self.value = value

    def __eq__(self, other):
        return isinstance(other, Loud) and self.value == other.value

    def __hash__(self):
        return hash(self.value)

    def __repr__(self):
        return "Loud(%r)" % self.value

    def __lt__(self, other):
        return self.value < other.value

    def __bool__(self):
        return self.value != 0

    def __len__(self):
        return 99

    def __contains__(self, item):
        return item == self.value

    def __iter__(self):
        return iter([self.value, self.value])

    def __getitem__(self, key):
        return (self.value, key)

    def __add__(self, other):
        return Loud(self.value + (other.value if isinstance(other, Loud) else other))

    __radd__ = __add__

    def __index__(self):
        return self.value

    def __int__(self):
        return self.value * 10

    def __float__(self):
        return self.value * 1.5

    def __abs__(self):
        return "abs"

    def __round__(self, digits=None):
        return ("round", digits)

    def __reversed__(self):
        return iter("reversed")

    def __divmod__(self, other):
        return ("divmod", other)


l = Loud(3)
print(l, [l], {l: 1}, {l: 1}[Loud(3)], Loud(1) in [Loud(1)], [Loud(2), Loud(1)].index(Loud(1)), sorted([Loud(3), Loud(1), Loud(2)]), bool(Loud(0)), len(l), 3 in l, list(l), l["k"], l + 1, 1 + l, sum([l, l], 0), sum([l, Loud(4)], Loud(0)))
print("abcdef"[l], [0, 1, 2, 3][l], (0, 1, 2, 3, 4)[:l], "ab" * l, [0] * l, range(l), hex(l), bin(l), int(l), float(l), abs(l), round(l), round(l, 2), list(reversed(l)), divmod(l, 2), "%d" % l, "%x" % l, "%.1f" % l, "%5s|" % l, chr(Loud(65)), max([Loud(1), Loud(5)], key=lambda v: v.value), min(Loud(1), Loud(0)))
print({Loud(1), Loud(1), Loud(2)} == {Loud(2), Loud(1)}, len({Loud(1), Loud(1)}), dict.fromkeys([Loud(1), Loud(1)]), tuple(l), set(l), str(l), f"{l}", f"{l!r:>10}", "{}".format(l), "{0[k]}".format(l), list(zip(l, l)), list(map(lambda v: v, l)), [*l], l == Loud(3), l != Loud(3), l == 3, l in (1, Loud(3)))


class NoHash:
    def __eq__(self, other):
        return True


class Wrong:
    def __repr__(self):
        return 5

    def __str__(self):
        return None

    def __len__(self):
        return -1

    def __bool__(self):
        return "yes"

    def __hash__(self):
        return "x"

    def __iter__(self):
        return 5

    def __index__(self):
        return "i"

    def __int__(self):
        return 1.5

    def __float__(self):
        return 1


w = Wrong()
for f in (repr, str, len, hash, list, int, float, hex, sorted, "{}".format, lambda v: [1][v], lambda v: "%d" % v, lambda v: not v, lambda v: {v: 1}):
    try:
        print(f(w))
    except Exception as e:
        print(type(e).__name__, e)
show("hash", lambda: hash(NoHash()))
show("set", lambda: {NoHash()})
show("in", lambda: 5 in [NoHash()])
union = int | str
print(union, union == str | int, union == int | str | None, int | int, int | None | int, list | dict | None, isinstance(1, int | str), isinstance(None, int | None), isinstance(1.5, union), issubclass(bool, int | str),
      isinstance("a", (float, int | str)), union.__args__, type(union).__name__, {union: 1}[str | int], None | int)
show("union", lambda: int | 5)
show("union", lambda: None | None)
show("union", lambda: 5 | int)
show("union", lambda: int & str)
show("isinstance", lambda: isinstance(1, int | 5))
show("isinstance", lambda: isinstance(1, None))


def annotated(x: int | None = None, *rest: list[int], **more: dict[str, int | None]) -> Derived | None:
    y: str | None = "y"
    return x


print(annotated(5), Derived | None)
