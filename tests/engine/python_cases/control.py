# Loops, conditions, try and finally.
for i in range(3):
    if i == 1:
        continue
    print(i)
else:
    print("for else")
for i in range(3):
    if i == 1:
        break
else:
    print("not printed")
n = 0
while n < 3:
    n += 1
    if n == 2:
        continue
    print("while", n)
else:
    print("while else")
while True:
    break
else:
    print("not printed")


def finally_wins():
    try:
        return "try"
    finally:
        return "finally"


def finally_after():
    out = []
    try:
        out.append("try")
        return out
    finally:
        out.append("finally")


def break_in_finally():
    for i in range(3):
        try:
            raise ValueError(i)
        finally:
            break
    return i


def continue_in_finally():
    seen = []
    for i in range(3):
        try:
            seen.append(i)
            if i == 1:
                raise ValueError
        except ValueError:
            seen.append("caught")
        finally:
            seen.append("f")
            continue
    return seen


def nested():
    log = []
    try:
        try:
            raise KeyError("k")
        except ValueError:
            log.append("wrong")
        finally:
            log.append("inner finally")
    except KeyError as e:
        log.append(repr(e))
    else:
        log.append("else")
    finally:
        log.append("outer finally")
    return log


def else_runs():
    log = []
    try:
        pass
    except Exception:
        log.append("no")
    else:
        log.append("else")
    finally:
        log.append("finally")
    return log


def else_raises():
    try:
        try:
            pass
        except ValueError:
            return "caught by its own try"
        else:
            raise ValueError("from else")
    except ValueError as e:
        return str(e)


def loop_return():
    for i in range(5):
        try:
            if i == 2:
                return i
        finally:
            print("leaving", i)


print(finally_wins(), finally_after(), break_in_finally(), continue_in_finally())
print(nested(), else_runs(), else_raises(), loop_return())


def reraise():
    try:
        try:
            raise ValueError("one")
        except ValueError:
            raise
    except ValueError as e:
        return str(e)


def replaced():
    try:
        try:
            raise ValueError("one")
        finally:
            raise KeyError("two")
    except Exception as e:
        return type(e).__name__


def chained():
    try:
        try:
            raise ValueError("one")
        except ValueError as e:
            raise KeyError("two") from e
    except KeyError as e:
        return repr(e.__cause__)


def from_none():
    try:
        raise KeyError("two") from None
    except KeyError as e:
        return e.__cause__


def tuple_of():
    for e in (ValueError("v"), KeyError("k"), TypeError("t")):
        try:
            raise e
        except (ValueError, KeyError) as x:
            print("either", repr(x))
        except:
            print("bare")


print(reraise(), replaced(), chained(), from_none())
tuple_of()


def raise_helper():
    raise


try:
    try:
        raise ValueError("outer")
    except ValueError:
        raise_helper()
except ValueError as e:
    print("again", e)

try:
    raise_helper()
except RuntimeError as e:
    print(e)
try:
    raise 5
except TypeError as e:
    print(e)
try:
    raise ValueError
except ValueError as e:
    print(repr(e), e.args, str(e) == "")
try:
    raise ValueError(1, "b")
except ValueError as e:
    print(repr(e), e.args, e)
try:
    assert 1 == 2, "message"
except AssertionError as e:
    print(repr(e))
try:
    assert False
except AssertionError as e:
    print(repr(e))
assert True, undefined_but_not_evaluated

a = b = c = []
a.append(1)
print(b, c)
first, *middle, last = range(6)
print(first, middle, last)
(p, q), [r, *s] = (1, 2), [3]
print(p, q, r, s)
*head, tail = "abc"
print(head, tail)
i = 0
values = [10, 20, 30]
i, values[i] = 2, 99
print(i, values)
x, y = 1, 2
x, y = y, x
print(x, y)
for targets in ((1, 2, 3), (1,), 5, iter([1, 2, 3])):
    try:
        one, two = targets
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)
try:
    a, *b, c = [1]
except ValueError as e:
    print(e)

box = {"n": 1, "l": [1]}
box["n"] += 5
box["l"] += [2]
box["l"] *= 2
print(box)
l = m = [1]
l += (2, 3)
print(m, l is m)
s = t = {1}
s |= {2}
print(sorted(t), s is t)
d = e = {"a": 1}
d |= {"b": 2}
print(e, d is e)
del box["n"], values[0]
print(box, values)
num = 7
num -= 2
num *= 3
num //= 4
num **= 2
num %= 5
num <<= 3
num |= 1
num &= 0xFD
num ^= 6
num >>= 1
print(num)

print(1 if [] else 2, [] or "default", [1] and "yes", not 0, None or 0 or False)
print(1 < 2 < 3, 1 < 3 < 2, 1 == 1.0 != 2, 3 in [1, 2, 3] in [[1, 2, 3]])
print(None is None, [] is not [], 1 not in [2])
if 0:
    print("no")
elif "":
    print("no")
elif [0]:
    print("elif")
else:
    print("no")
pass
...
print(f"{1 + 1} {'a' 'b'} {3.14159:.2f} {'x':>5}|{'x':<5}| {[1, 2]} {'q'!r} {1 + 1 = }")
width = 8
print(f"{'pad':>{width}}|{{literal}}|{42:0{width}d}")
