# Arithmetic, comparison and text of numbers.


def show(label, call, *args, **kwargs):
    try:
        result = repr(call(*args, **kwargs))
    except Exception as e:
        result = type(e).__name__ + ": " + str(e)
    print(label, args, kwargs, "->", result)


operators = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b,
    "//": lambda a, b: a // b, "%": lambda a, b: a % b, "<<": lambda a, b: a << b,
    ">>": lambda a, b: a >> b, "&": lambda a, b: a & b, "|": lambda a, b: a | b, "^": lambda a, b: a ^ b,
    "==": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b, ">=": lambda a, b: a >= b, "divmod": divmod, "in": lambda a, b: a in b,
}
numbers = [0, 1, -1, 2, -2, 3, 7, -7, 10, 60, True, False, 0.0, -0.0, 0.5, -0.5, 1.0, 2.5, -2.5, 3.0, 7.25, 1e10, 1e100,
           -1e-5, float("inf"), float("-inf"), float("nan"), 123456789, "a", None, [], (1,)]
big = {"+", "-", "/", "//", "%", "&", "|", "^", "==", "!=", "<", "<=", ">", ">=", "divmod"}
for a in numbers:
    for b in numbers:
        for name, op in operators.items():
            if name == "<<" and isinstance(b, int) and b > 40:
                continue
            if name == "*" and type(a) in (list, tuple, str) or name == "*" and type(b) in (list, tuple, str):
                if isinstance(a, int) and a > 100 or isinstance(b, int) and b > 100:
                    continue
            if name == "%" and isinstance(a, str):
                continue
            show(name, op, a, b)
for a in (0, 1, 5, -5, 9007199254740993, 9223372036854775807, -9223372036854775807 - 1, 4611686018427387904):
    for b in (1, 3, -3, 7, 10, 9007199254740993, 9007199254740992.0, 9.223372036854775807e18, 9223372036854775807):
        for name in sorted(big):
            op = operators[name]
            if name in ("+", "-", "//", "divmod", "%") and (abs(a) if a > -9223372036854775807 else 9223372036854775807) > 4e18:
                continue
            if name == "-" and b == 9223372036854775807 or name == "+" and b == 9223372036854775807 and a > 0:
                continue
            if isinstance(b, float) and name in "&|^":
                continue
            if name in ("+", "-", "/", "//", "%", "divmod", "&", "|", "^"):
                show(name, op, a, b)
            else:
                print(name, a, b, op(a, b), op(b, a))
for a in (0, 1, -1, 2, -2, 3, 10, 0.5, -0.5, 2.0, 0.0, True):
    for b in (0, 1, 2, 3, 10, -1, -2, 0.5, 2.0, -3.0, False):
        if isinstance(b, float) and b != int(b) and a < 0:
            continue
        show("**", lambda a, b: a ** b, a, b)
        show("pow", pow, a, b)
for args in ((2, 10, 7), (3, 200, 13), (-3, 5, 7), (3, 5, -7), (2, 0, 1), (123456789, 987654321, 1000000007), (1, 2, 0),
             (1.0, 2, 3), (2, 62), (7, 22)):
    show("pow", pow, *args)
show("pow", pow, base=2, exp=5)
show("pow", pow, 2)
for a in numbers:
    show("-", lambda a: -a, a)
    show("+", lambda a: +a, a)
    show("~", lambda a: ~a, a)
    show("not", lambda a: not a, a)
    for f in (abs, bool, int if not isinstance(a, float) or abs(a) < 1e18 or a != a else str, float, str, repr, round if not isinstance(a, float) or abs(a) < 1e18 or a != a else str, hash if not isinstance(a, (str, type(None), float)) or a == 1.0 else id if False else bool,
              bin, oct, hex, chr if not isinstance(a, int) or a >= 0 else bool):
        show(f.__name__, f, a)
    for digits in (0, 1, 2, -1, -2, None if a != 1e100 else 3):
        show("round", round, a, digits)

# Rounding: halves go to the even digit, of the number as it is stored.
for a in (0.5, 1.5, 2.5, -0.5, -1.5, 0.05, 0.15, 0.25, 0.35, 2.675, 1.005, 1e16 + 2, 123456.789, 5e-324, 1.7976931348623157e308, 999.5,
          995.0, 994.9999, 15.0, 25.0, 35.0, -25.0, 1e22, 12345678901234567.0):
    for digits in (None, 0, 1, 2, 3, 5, -1, -2, -3, -5, 20, 400, -400):
        if digits is None and abs(a) > 1e18:
            continue
        show("round", round, a, digits)
for a in (0, 5, 15, 25, 35, -5, -15, -25, 149, 150, 151, 250, 1234567, -1234567, 9223372036854775807 // 2):
    for digits in (None, 0, 1, 5, -1, -2, -3, -7, -18, -30):
        show("round", round, a, digits)
show("round", round, 1.5, "a")
show("round", round, "a")
show("round", round)
show("round", round, number=2.567, ndigits=1)

# Text to numbers.
for text in ("0", "1", "-1", "+1", " 12 ", "\t12\n", "1_000", "1__0", "_1", "1_", "", " ", "-", "+", "- 1", "0x1f", "0b101", "0o17", "017", "00", "0_0",
             "1.0", "1e5", "abc", "٣٤", "12a", "9223372036854775807", "-9223372036854775808", "0x_1", "0x", "½", "1\x00", "\u00a012", "ff", "zz", "z", "None", "True"):
    for base in (None, 10, 16, 2, 8, 36, 0, 1, 37, -1, "10", 10.0):
        if base is None:
            show("int", int, text)
        elif isinstance(base, int) and base == 36 and len(text) > 12:
            continue
        elif base == 16 and len(text) > 17:
            continue
        else:
            show("int", int, text, base)
    show("float", float, text)
for text in ("1.5", "-1.5", ".5", "5.", "1e3", "1E-3", "+1e+3", "1_0.5_0", "1_.5", "1._5", "1e_5", "1e", "e5", ".", "inf", "-Infinity", "NaN", "+nan", "infinit",
             "0x1p3", "1.5f", "1,5", "1 5", "1e400", "1e-400", "123456789012345678901234567890", "0.1e1", "\u0661.\u0665", "nan(1)"):
    show("float", float, text)
for value in (1.9, -1.9, 1e15, 0.0, True, b"12", b" 7 ", b"x", None, [], 1, 5e-324):
    show("int", int, value)
    show("float", float, value)
show("int", int)
show("float", float)
show("int", int, "5", base=6)
show("int", int, base=6)
show("int", int, 5, 6)
show("int", int, 1, 2, 3)
show("float", float, 1, 2)
show("int", int, float("inf"))
show("int", int, float("nan"))
show("bool", bool)
show("bool", bool, 1, 2)

# Floats as repr() writes them.
for value in (0.1, 0.2, 0.1 + 0.2, 1 / 3, 2 / 3, 1e15, 1e16, 1e17, 123456789012345680.0, 1e-4, 1e-5, 0.0001234, 5e-324, 2.2250738585072014e-308,
              1.7976931348623157e308, 1e21, 1e22, 1e23, 9007199254740993.0, 4.35, 0.3, 2.0 ** 70, 2.0 ** -44, 2.0 ** -1074, 2.0 ** 1023, 100.0,
              123456.789, 9.5367431640625e-07, 1.1, 3.14159265358979, 1e100, 12345678.9, 0.00001, 33.333333333333336, 5.0, 50.0, 1e-10):
    print(value, -value, [value], str(value), "%r" % value, f"{value}")
value = 1.0
for i in range(-1074, 1024, 7):
    print(2.0 ** i, 3.0 * 2.0 ** (i - 2), 10.0 ** (i // 4))
value = 0.1
for i in range(2000):
    value = (value * 1103515245.123 + 12345.678) % 1.0
    print(value, value * 10.0 ** (i % 40 - 20), value / (i + 1))

for a in (0, 1, -1, 5, 255, -255, 1023, 4611686018427387904):
    print(a.bit_length(), a.bit_count(), a.real, a.imag, a.numerator, a.denominator, a.conjugate(), a.as_integer_ratio())
for a in (0.0, 1.0, 1.5, -2.0, 1e100, float("inf"), float("nan")):
    print(a.is_integer(), a.real, a.imag, a.conjugate())
print(True + True, True * 5, True & False, True | False, True ^ True, True & 1, ~True, -True, True == 1, True is (1 == 1), str(True), repr(False))
print(isinstance(True, int), type(True), type(1), type(1.0), issubclass(bool, int), int.__name__, True.real)
print(hash(1) == hash(1.0) == hash(True), hash(0) == hash(False) == hash(0.0), hash(-1), hash(1.5), hash(2.5e10), hash((1, 2)), hash((1, (2.5, 3), -1)), hash(()), hash(2 ** 61 - 1), hash(2 ** 62), hash(-2 ** 62),
      hash(float("inf")), hash(float("-inf")), hash(1e300), hash(0.1), hash(-0.1), hash(5e-324))
print({1: "int", 1.0: "float", True: "bool"}, {1, 1.0, True}, 1 in [1.0], 1.0 in {1: 2}, (1, 2) == (1.0, 2.0))
print(0x1F, 0b11, 0o17, 1_000, 1e3, .5, 5., 1 if 0.0 else 2)
print(1 < 2 < 3, 1 < 3 < 2, 1 == 1.0 == True, 3 > 2 >= 2, 5 // 2 * 2 + 5 % 2 == 5)
print(-7 // 2, -7 % 2, 7 // -2, 7 % -2, -7.5 // 2, -7.5 % 2, 7.5 // -2, 7.5 % -2, 1e-20 % -3, -1e-20 % 3)
print(5 is 5, 256 is 256, (lambda x: x)(100) is 100)
print(-9223372036854775808, -9_223372036854775808 if False else 0, -9223372036854775808 + 1, hash(-9223372036854775808), float(-9223372036854775808), abs(-9223372036854775807), hex(-9223372036854775808), -9223372036854775808 // 2, -9223372036854775808 % 10)
