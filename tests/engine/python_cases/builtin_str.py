# Methods and operators of str over a table of texts. Each line is one call, or its exception.


def show(label, call, *args, **kwargs):
    try:
        result = repr(call(*args, **kwargs))
    except Exception as e:
        result = type(e).__name__ + ": " + str(e)
    print(label, args, kwargs, "->", result)


texts = ["", " ", "a", "abc", "ABC", "aBc dEf", "  padded\t\n", "a,b,,c,", "one two  three", "x=1;y=2", "äöü ÄÖÜ ß",
         "Straße", "ΑΣ ΣΑΣ ΌΣΟΣ", "Привет Мир", "日本語 テキスト", "emoji 😀 end", "line1\nline2\r\nline3\rline4",
         "tab\tbed\tx", "123", "-42", "+7", "½²٣", "1_000", "__init__", "a.b.c", "aaa", "abab", "\x00\x1f\x7f",
         "it's", 'say "hi"', "it's \"both\"", "back\\slash", "é", "ﬁ ŉ ǆ ǅ Ǆ", "\u2028sep\u2029", "\xa0nbsp\xa0",
         "title case words", "Title Case Words", "mIxEd 3rd wOrD's", "\u0130stanbul", "%s {}"]

plain = ["lower", "upper", "title", "capitalize", "casefold", "swapcase", "isalpha", "isdigit", "isalnum", "isnumeric",
         "isdecimal", "isspace", "isupper", "islower", "istitle", "isascii", "isprintable", "strip", "lstrip", "rstrip",
         "split", "rsplit", "splitlines", "expandtabs", "encode"]
for text in texts:
    print(repr(text), ascii(text), len(text), str(text) == text, bool(text))
    for name in plain:
        show(name, getattr(text, name))
    for i in (0, 1, -1, 3, -4, 100, -100):
        show("getitem", text.__getitem__, i)
    for start in (None, 0, 1, 3, -2, 50, -50):
        for stop in (None, 0, 2, -1, 50):
            for step in (None, 1, 2, -1, -3):
                show("slice", text.__getitem__, slice(start, stop, step))

for text in ("abc", "isidentifier", "_a1", "1a", "", "a-b", "class", "a b"):
    show("isidentifier", text.isidentifier)

parts = ["", "a", "b", "ab", ",", " ", "ö", "Σ", "語", "😀", "\n", "zzz", "e"]
for text in texts:
    for part in parts:
        for name in ("find", "rfind", "index", "rindex", "count", "startswith", "endswith", "split", "rsplit",
                     "partition", "rpartition", "strip", "lstrip", "rstrip", "removeprefix", "removesuffix", "__contains__"):
            show(name, getattr(text, name), part)
        show("replace", text.replace, part, "<>")
        show("replace", text.replace, part, "", 1)
        show("replace", text.replace, part, "é", 2)
        for bounds in ((1,), (0, 2), (-3,), (2, 1), (None, -1), (100,), (3, None), (-100, 100)):
            for name in ("find", "rfind", "count", "startswith", "endswith"):
                show(name, getattr(text, name), part, *bounds)

for text in ("a,b,c,d", "  a  b  c  ", "aXbXXc", "ä,ö,ü", ""):
    for n in (-1, 0, 1, 2, 10):
        show("split", text.split, ",", n)
        show("rsplit", text.rsplit, ",", n)
        show("split", text.split, None, n)
        show("rsplit", text.rsplit, None, n)
        show("split", text.split, "X", maxsplit=n)
        show("split", text.split, maxsplit=n)
        show("replace", text.replace, "a", "Y", n)
        show("replace", text.replace, "", "-", n)

for text in ("", "a", "ab", "abc", "-1", "+12", "ö", "日本"):
    for width in (-1, 0, 1, 2, 3, 4, 5, 6, 7):
        for name in ("center", "ljust", "rjust", "zfill"):
            show(name, getattr(text, name), width)
            if name != "zfill":
                show(name, getattr(text, name), width, "*")
                show(name, getattr(text, name), width, "ö")

for text in ("a\tb", "\t", "ab\tcd\t\te", "a\nb\tc", "ö\tx", "\r\tx"):
    for size in (0, 1, 4, 8, -3):
        show("expandtabs", text.expandtabs, size)
    show("expandtabs", text.expandtabs, tabsize=2)

for keep in (True, False, 0, 1):
    for text in ("", "\n", "a\n", "a\n\nb", "a\r\nb\rc", "a\x0bb\x0cc\x1cd\x85e\u2028f", "no end"):
        show("splitlines", text.splitlines, keep)
        show("splitlines", text.splitlines, keepends=keep)

for sep in ("", ",", ", ", "ö"):
    for items in ([], ["a"], ["a", "b", "c"], ("x", "y"), "abc", {"k": 1, "l": 2}, [1], ["a", None], iter(["p", "q"]), 5, None):
        show("join", sep.join, items) if not hasattr(items, "__next__") else print(sep.join(items))

for other in ("", "a", "abc", "abd", "b", "ö", 1, None, 1.5, [], (), b"a", "aa"):
    for text in ("", "a", "abc", "ö"):
        show("==", lambda a, b: a == b, text, other)
        show("!=", lambda a, b: a != b, text, other)
        show("<", lambda a, b: a < b, text, other)
        show("<=", lambda a, b: a <= b, text, other)
        show(">", lambda a, b: a > b, text, other)
        show(">=", lambda a, b: a >= b, text, other)
        show("+", lambda a, b: a + b, text, other)
        show("r+", lambda a, b: b + a, text, other)
        show("*", lambda a, b: a * b, text, other)
        show("in", lambda a, b: b in a, text, other)
        show("-", lambda a, b: a - b, text, other)
for n in (-1, 0, 1, 3, True, 2.0, "2", None):
    show("*", lambda a, b: a * b, "ab", n)
    show("r*", lambda a, b: b * a, "ä", n)

for bad in ((), (1,), ("a", 1, 2, 3), ("a", "b", "c"), (None,)):
    for name in ("find", "count", "startswith", "replace", "split", "strip", "partition", "upper", "join", "center",
                 "zfill", "removeprefix", "index", "expandtabs", "splitlines", "ljust", "rindex"):
        show(name, getattr("abc", name), *bad)
show("startswith", "abc".startswith, ("x", "ab"))
show("startswith", "abc".startswith, ())
show("endswith", "abc".endswith, ("x", "bc"))
show("endswith", "abc".endswith, ("x", 1))
show("endswith", "abc".endswith, ["c"])
show("split", "a".split, "")
show("rsplit", "a".rsplit, "")
show("partition", "a".partition, "")
show("center", "a".center, 3, "xy")
show("center", "a".center, 3, 1)
show("upper", "a".upper, x=1)
show("split", "a b".split, sepp=1)
show("index", "abc".__getitem__, "0")
show("index", "abc".__getitem__, 1.0)
show("index", "abc".__getitem__, None)
show("index", "abc".__getitem__, slice("a"))
show("index", "abc".__getitem__, slice(None, None, 0))

table = str.maketrans({"a": "1", "b": None, "c": "xyz", 100: "D", "e": 70})
print(table)
show("translate", "abcdef".translate, table)
show("translate", "äbc".translate, {228: "ae"})
show("translate", "abc".translate, str.maketrans("abc", "xyz"))
show("translate", "abc".translate, str.maketrans("ab", "öß", "c"))
show("maketrans", str.maketrans, "ab", "x")
show("maketrans", str.maketrans, "ab")
show("maketrans", str.maketrans, {"ab": 1})
show("maketrans", str.maketrans, {1.5: 1})
show("translate", "abc".translate, ["x", "y"])
show("translate", "\x00\x01\x02".translate, ["x", None, 65])

show("str", str)
show("str", str, 5)
show("str", str, None)
show("str", str, b"abc", "utf-8")
show("str", str, b"abc")
show("str", str, b"\xff", "latin-1")
show("str", str, b"\xff", "ascii")
show("str", str, b"a\xffb", "ascii", "replace")
show("str", str, "a", "utf-8")
show("str", str, 5, "utf-8")
show("str", str, object="o")
show("encode", "aé".encode)
show("encode", "aé".encode, "ascii")
show("encode", "aéé".encode, "ascii")
show("encode", "aé語".encode, "latin-1", "replace")
show("encode", "aé語".encode, "ascii", "ignore")
show("encode", "aé語😀".encode, "ascii", "backslashreplace")
show("encode", "aé語".encode, "ascii", errors="xmlcharrefreplace")
show("encode", "é".encode, encoding="iso-8859-1")

text = ""
for i in range(300):
    text += str(i) + ","
other = text
text += "end"
other += "other"
print(len(text), text[-20:], other[-20:], text[100:120])
for c in "aö語😀":
    print(c, ord(c), chr(ord(c)))
print(list("aö"), tuple("語x"), sorted("hello"), list(reversed("aö語")), "".join(reversed("abc")), set("a"), max("aö"))
print("a" "b", "a" < "b" < "c", "abc"[::-1], "ab" in "cabd", "x" not in "abc", not "", "a" or "b", "" or "b")
x = y = "same"
print(x is y, hash("a") == hash("a") if False else True)
