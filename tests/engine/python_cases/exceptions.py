# The builtin exceptions and classes made of them.
tree = [
    (KeyError, LookupError), (IndexError, LookupError), (ZeroDivisionError, ArithmeticError),
    (FileNotFoundError, OSError), (ModuleNotFoundError, ImportError), (UnboundLocalError, NameError),
    (RecursionError, RuntimeError), (NotImplementedError, RuntimeError), (UnicodeDecodeError, ValueError),
    (ConnectionRefusedError, ConnectionError), (DeprecationWarning, Warning), (IOError, OSError),
]
for e, base in tree:
    print(e.__name__, base.__name__, isinstance(e("x", 1, 2) if e is not UnicodeDecodeError else ValueError(), base))
print(KeyError.__mro__ == (KeyError, LookupError, Exception, BaseException, object))
for e in (KeyError("k"), ValueError("v"), ValueError(), OSError(2, "No such file"), OSError("one"),
          StopIteration(5), SystemExit(3), KeyError(), KeyError(1, 2), Exception("a", "b"), ImportError("mod")):
    print(repr(e), str(e), e.args)
print(OSError(2, "gone").errno, OSError(2, "gone").strerror, StopIteration(5).value, SystemExit(3).code)


class Mine(ValueError):
    pass


class WithInit(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class NoSuper(Exception):
    def __init__(self, a, b):
        self.a = a


class WithStr(Exception):
    def __str__(self):
        return "my text"


for e in (Mine("m"), WithInit(5, "text"), NoSuper(1, 2), WithStr("x")):
    try:
        raise e
    except Exception as x:
        print(type(x).__name__, str(x), x.args, isinstance(x, ValueError))
try:
    raise WithInit(1, "z")
except WithInit as e:
    print(e.code)
e = ValueError("q")
e.extra = 5
print(e.extra, hasattr(e, "other"))
try:
    try:
        {}["x"]
    except KeyError as k:
        raise Mine("second") from k
except Mine as m:
    print(repr(m.__cause__))
try:
    [][3]
except IndexError as e:
    print(e)
try:
    {}["k"]
except KeyError as e:
    print(e)
try:
    int("x")
except ValueError as e:
    print(e)
try:
    "a" + 1
except TypeError as e:
    print(e)
try:
    1 + "a"
except TypeError as e:
    print(e)
try:
    [] + ()
except TypeError as e:
    print(e)
try:
    None.x
except AttributeError as e:
    print(e)
try:
    None[0]
except TypeError as e:
    print(e)
try:
    for _ in 5:
        pass
except TypeError as e:
    print(e)
try:
    1 < "a"
except TypeError as e:
    print(e)
try:
    -"a"
except TypeError as e:
    print(e)
try:
    1 in 5
except TypeError as e:
    print(e)
try:
    "a" * "b"
except TypeError as e:
    print(e)
try:
    len(5)
except TypeError as e:
    print(e)
try:
    next(5)
except TypeError as e:
    print(e)
try:
    (1)[0] = 2
except TypeError as e:
    print(e)
try:
    "abc"[0] = "x"
except TypeError as e:
    print(e)
try:
    del (1)[0]
except TypeError as e:
    print(e)
try:
    ValueError(a=1)
except TypeError as e:
    print(e)
try:
    try:
        raise ValueError
    except "not a class":
        pass
except TypeError as e:
    print(e)
try:
    raise ValueError("x") from 5
except TypeError as e:
    print(e)
