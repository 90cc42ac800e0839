# format(), f-strings, str.format() and %.


def show(label, call, *args, **kwargs):
    try:
        result = repr(call(*args, **kwargs))
    except Exception as e:
        result = type(e).__name__ + ": " + str(e)
    print(label, args, kwargs, "->", result)


values = [0, 1, -1, 42, -1234567, 123456789012, True, 0.0, -0.0, 1.0, -1.5, 3.14159265, 1234567.891, 1e-5, 1e16, 1e22, 123456789.0, 0.000123, 2.5, 1e100,
          float("inf"), float("-inf"), float("nan"), "", "text", "ünïcödé", "日本", None, [1], (1,), {"a": 1}, {1}, b"x", int, range(3)]
aligns = ["", "<", ">", "^", "=", "*<", "0>", "ö^", "x="]
types = ["", "s", "d", "b", "o", "x", "X", "c", "n", "e", "E", "f", "F", "g", "G", "%", "r", "q", "ö"]
for value in values:
    for align in aligns:
        for width in ("", "3", "12", "012"):
            show("format", format, value, align + width)
    for kind in types:
        for spec in ("", "+", "-", " ", "#", "0", "5", "015", ",", "_", "+,", "015,", "015_", ".0", ".1", ".3", ".10", "#.0", "+.2", "012.3", ",.2", "<20.4", "=+12.2", "z", "z.1", "*^30,"):
            if kind == "c" and isinstance(value, int) and value > 0x10ffff or kind == "c" and value is True and False:
                continue
            show("format", format, value, spec + kind)
for spec in ("5.", "5x5", ",,", "_,", ",_", "__", "+-", "a", "<<<", "=<5", "05s", "{", "}", "5 ", "++5", "0.5.5", "99999999999999999999999", ".99999999999999999999999", "\x00", "10\n"):
    for value in (5, 5.5, "s"):
        show("format", format, value, spec)
for value in (-0.0, -0.04, 0.04, -0.4, -1e-10, 5e-324):
    for spec in ("z", "z.1f", "z.0f", "z.2e", "z.3g", "z%", ".1f", ".0f", "z#.0f"):
        show("format", format, value, spec)
for value in (1, 12, 123, 1234, 12345, 123456, 1234567, -1234):
    for spec in (",", "1,", "4,", "5,", "6,", "7,", "8,", "04,", "05,", "06,", "07,", "08,", "09,", "010,", "=10,", "0=10,", "012,.1f", "_b", "020_b", "#_x", "#020_x", "_o", "_d", "_n"):
        show("format", format, value, spec)
for value in (1e5, 1e15, 1e16, 123456.0, 0.1, 100.0, 1e-4, 1e-5, 12345678.12345678, 9.9999, 99.5, 0.5, 1.5, 2.5):
    for precision in range(0, 8):
        show("format", format, value, "." + str(precision))
        for kind in "efg%":
            show("format", format, value, "." + str(precision) + kind)
            show("format", format, value, "#." + str(precision) + kind)
show("format", format, 1)
show("format", format, 1, 2)
show("format", format)
show("format", format, 1, "d", 3)
show("format", format, 65, "c")
show("format", format, 8364, "5c")
show("format", format, -1, "c")
show("format", format, 1, "+c")
show("format", format, 1, "#c")
show("format", format, 1, ",c")
show("format", format, 1, ",s")
show("format", format, "a", ",")
show("format", format, "a", "_")
show("format", format, "abcdef", ".3")
show("format", format, "日本語", ".2")
show("format", format, "日本語", "5.2")
show("format", format, "abc", "010")


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y
        self.items = {"key": [10, 20], 5: "five"}

    def __format__(self, spec):
        return "P(" + spec + ")"

    def __str__(self):
        return "str-point"

    def __repr__(self):
        return "repr-poïnt"


class Plain:
    def __str__(self):
        return "plain"


class BadFormat:
    def __format__(self, spec):
        return 5


p = Point(1, 2.5)
templates = ["", "plain", "{}", "{} {}", "{0} {1} {0}", "{name}", "{0.x} {0.y}", "{0.items[key]}", "{0.items[key][1]}", "{0.items[5]}", "{0[key]}", "{1[0]}", "{0!r}", "{0!s}", "{0!a}", "{0!r:>12}",
             "{:>{}}", "{:{}{}}", "{0:{1}}", "{0:{name}}", "{{}}", "{{{}}}", "{{literal}}", "a}}b", "{", "}", "{0", "{0!", "{0!x}", "{0!rr}", "{0!}", "{0:{1", "{0.}", "{0.x", "{0[}", "{0[]}", "{0[0}",
             "{0[0]x}", "{0]}", "{a.b}", "{} {0}", "{0} {}", "{5}", "{missing}", "{0:d}", "{0:>10}|{0:<10}|{0:^10}", "{:{:{}}}", "{ 0}", "{0 }", "{name!r:10}", "{-1}", "{0.__class__}", "{!r}", "{:}",
             "{:%Y}", "ö{}ö", "{0[a b]}", "{name[0]}", "{name.missing}", "{}{}{}{}{}{}", "{0:}}", "{[0]}", "{.x}", "{0,1}", "{99999999999999999999}", "{0:{{}}}", "{x{}}", "{0:\n}"]
for template in templates:
    show("str.format", template.format)
    show("str.format", template.format, 5, 10, name="kw")
    show("str.format", template.format, p, "ab", "c", name=7)
    show("str.format", template.format, "text", 8, ">", 4)
    show("format_map", template.format_map, {"name": "mapped", "a": p, "missing": None})


class Default(dict):
    def __missing__(self, key):
        return "<" + key + ">"


print("{x} and {y}".format_map(Default(x=1)))
show("format_map", "{}".format_map)
show("format_map", "{x}".format_map, 5)
print(f"{p} {p!s} {p!r} {p!a} {p:spec} {Plain()} {Plain()!s:>8}|")
show("format", lambda: format(Plain(), "5"))
show("format", lambda: format(Plain()))
show("format", lambda: format(BadFormat(), "5"))
name, width, number = "n", 10, 1234.5678
print(f"{name:>{width}}|{number:{width}.2f}|{number:,.1f}|{name!r:^{width}}|{'nested'}|{{}}|{number=}|{name = }|{number!r:>15}")
print(f"{1 + 1} {'a' 'b'} {[x for x in range(3)]} {(lambda: 5)()} {dict(a=1)['a']} {True and 'yes'}", f"" f"{name}" "plain")
print(f"{number:e} {number:g} {number:n} {number:%} {5:b} {255:#x} {255:#o} {65:c} {-5:05d} {5:+} {3.0} {1e20} {None} {True:5} {True!s:5}|")

# %
flags = ["", "-", "+", " ", "0", "#", "-0", "+0", "#0", "- ", "+#", "0 "]
for kind in "diouxXeEfFgGcrsa%":
    for value in (0, 5, -5, 255, 3.7, -3.7, 1e10, True, "s", "str", None, [1], 65):
        for flag in flags:
            for size in ("", "8", "3", ".0", ".2", "8.3", "012.4"):
                show("%", lambda f, v: f % v, "<%" + flag + size + kind + ">", value if isinstance(value, (int, float, str)) else (value,))
for f, args in [("%s", ()), ("%s", (1, 2)), ("%s %s", (1,)), ("%s", "a"), ("%s", (("t",),)), ("", ()), ("", 5), ("", "x"), ("", {}), ("", []), ("%%", ()), ("%", ()), ("%", 5), ("%5", 5), ("%y", 5),
                ("%(a)s", {"a": 1}), ("%(a)s %(b)r", {"a": 1, "b": "x"}), ("%(a)s", {}), ("%(a)s", 5), ("%(a)s", (1,)), ("%(a", {"a": 1}), ("%(a)s %s", {"a": 1}), ("%s", {"a": 1}), ("%(a(b))s", {"a(b)": 1}),
                ("%*d", (5, 3)), ("%-*d|", (5, 3)), ("%*d|", (-5, 3)), ("%.*f", (2, 3.14159)), ("%*.*f", (8, 2, 3.14159)), ("%*d", ("x", 3)), ("%*d", (5,)), ("%*d", 5), ("%.*s", (-1, "abc")),
                ("%d", "5"), ("%d", None), ("%x", 1.5), ("%x", "a"), ("%f", "1"), ("%f", None), ("%c", "ab"), ("%c", ""), ("%c", "ö"), ("%c", 8364), ("%c", -1), ("%c", 1.5), ("%c", 0x110000), ("%i", 2.9),
                ("%ld %hd %Lf", (1, 2, 3)), ("%lld", 1), ("%5%", ()), ("%d %s", (1, "a")), ("ö%sö", "ü"), ("%s" * 3, (1, 2, 3)), ("%é", 1), ("%\x01", 1), ("% d", 5), ("%#x %#o %#X", (255, 8, 255)),
                ("%(a)d %(a)5.1f", {"a": 3}), ("%(a)%", {"a": 1}), ("%()s", {"": "empty"}), ("%s %s", "ab"), ("%s", [1, 2]), ("%s %s", [1, 2]), ("%d", True), ("%s", b"x"), ("%r", "it's"), ("%a", "ö"),
                ("%.3s|", "abcdef"), ("%5.1s|", "日本"), ("%99999999999999999999d", 5), ("%.99999999999999999999f", 5.0), ("%s", None), ("%e", 0), ("%g", 1e-5), ("%g", 123456789), ("%G", 1e-10), ("%F", float("nan")),
                ("%f", float("-inf")), ("%05f", float("inf")), ("%x", True), ("%s", 1.0), ("%d%%", 50), ("%-5d|%-5s|", (5, "a")), ("%+d %+d", (5, -5)), ("%s", p), ("%r", p), ("%a", p), ("%d", 1e15)]:
    show("%", lambda f, v: f % v, f, args)
