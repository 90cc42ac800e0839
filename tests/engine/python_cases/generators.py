# Generators run as far as they are asked to.
def count(n):
    print("start")
    i = 0
    while i < n:
        yield i
        i += 1
    print("end")


g = count(2)
print(next(g))
print(next(g))
try:
    next(g)
except StopIteration:
    print("stopped")
print(next(g, "default"))
print(list(count(3)))


def noisy(n):
    for i in range(n):
        print("make", i)
        yield i


print(any(x == 1 for x in noisy(5)))
for x in noisy(5):
    if x == 1:
        break


def echo():
    got = None
    while True:
        got = yield got
        if got == "end":
            return "result"


e = echo()
next(e)
print(e.send(1), e.send("two"))
try:
    e.send("end")
except StopIteration as s:
    print("value", s.value)


def inner():
    x = yield 1
    print("inner got", x)
    try:
        yield 2
    except ValueError as v:
        print("inner caught", v)
        yield 3
    return "from inner"


def outer():
    r = yield from inner()
    print("result", r)
    yield from [10, 20]
    return "outer"


o = outer()
print(next(o), o.send("hi"), o.throw(ValueError("thrown")), next(o), next(o))
try:
    next(o)
except StopIteration as s:
    print(s.value)


def cleanup():
    try:
        yield 1
        yield 2
    finally:
        print("cleanup")


c = cleanup()
print(next(c))
c.close()
print(list(c))
print(list(cleanup()))


def closes():
    try:
        yield 1
    except GeneratorExit:
        print("exit")
        raise


c = closes()
next(c)
c.close()
c = cleanup()
c.close()


def in_with():
    class M:
        def __enter__(self):
            print("in")
            return self

        def __exit__(self, *a):
            print("out", a[0])

    with M():
        yield "body"
    yield "after"


print(list(in_with()))


def fib():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b


f = fib()
print([next(f) for _ in range(10)])


def tree(n):
    if n:
        yield from tree(n - 1)
        yield n
        yield from tree(n - 1)


print(list(tree(3)))


def early():
    yield 1
    return
    yield 2


print(list(early()))
squares = (n * n for n in range(4))
print(next(squares), list(squares), list(squares))
print(sum(n for n in range(5)), list(x + y for x in "ab" for y in "cd"))
source = [1, 2, 3]
lazy = (n for n in source)
source.append(4)
print(list(lazy))
k = 2
lazy = (n * k for n in [1, 2])
k = 10
print(list(lazy))
try:
    lazy = (n for n in undefined_name)
except NameError as err:
    print(err)


def bad():
    yield 1
    raise StopIteration


try:
    list(bad())
except RuntimeError as err:
    print(err)


def running():
    yield next(me)


me = running()
try:
    next(me)
except ValueError as err:
    print(err)


def try_loop():
    for i in range(3):
        try:
            yield i
        except KeyError:
            print("skip", i)
        else:
            print("fine", i)


t = try_loop()
print(next(t), next(t), t.throw(KeyError()), list(t))
a, *b = (x for x in range(3))
print(a, b)
d = {k: v for k, v in (("a", 1), ("b", 2))}
print(d, {x % 2 for x in range(5)}, [[c for c in row] for row in ("ab", "c")])
print([x for x in range(10) if x % 2 if x > 4], [(x, y) for x in range(2) for y in range(x)])
gen = (yield_ for yield_ in ())
print(list(gen), type(gen).__name__)
