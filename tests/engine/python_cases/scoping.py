# Which variable a name means, and when it has a value.
x = "global"


def reads():
    return x


def assigns_later():
    try:
        return y
    except NameError as e:
        return type(e).__name__, str(e)
    y = 1


def declares():
    global x
    x = "changed"


print(reads(), assigns_later())
declares()
print(reads())


def counter():
    n = 0

    def up(by=1):
        nonlocal n
        n += by
        return n

    return up


c = counter()
print(c(), c(), c(5))

late = [lambda: i for i in range(3)]
print([f() for f in late])
early = [lambda i=i: i for i in range(3)]
print([f() for f in early])

fs = []
for k in range(3):
    def show():
        return k
    fs.append(show)
print([f() for f in fs], k)


def outer():
    v = 1

    class Inner:
        v = 2
        seen = v
        among = [v for _ in range(2)]

        def method(self):
            return v

    return Inner.seen, Inner.among, Inner().method()


print(outer())


class Body:
    a = 1
    b = a + 1
    c = [b for b in range(3)]
    d = b


print(Body.a, Body.b, Body.c, Body.d)

try:
    undefined_name
except NameError as e:
    print(e)


def free():
    def inner():
        return z
    try:
        inner()
    except NameError as e:
        print(e)
    z = 1
    return inner()


print(free())


def unbinds():
    q = 1
    del q
    try:
        q
    except UnboundLocalError as e:
        print(e)
    try:
        del q
    except UnboundLocalError as e:
        print(e)


unbinds()

gone = 1
del gone
try:
    gone
except NameError as e:
    print(e)
try:
    del gone
except NameError as e:
    print(e)


def mutable(items=[]):
    items.append(len(items))
    return items


mutable()
print(mutable())

try:
    raise ValueError("v")
except ValueError as err:
    pass
try:
    err
except NameError as e:
    print(e)

print([y for x in [[1, 2], [3]] for y in x], x)
total = 0
print([total := total + n for n in range(4)], total)


def walrus():
    if (n := 3) > 2:
        print([last := v for v in range(n)])
    return n, last


print(walrus())


def deep():
    a = 1

    def b():
        def c():
            nonlocal a
            a += 10
            return a
        return c
    return b()(), a


print(deep())


def shadow(print=print):
    print("shadowed")


shadow()


class Meta:
    global in_class
    in_class = "set by a class body"


print(in_class)


def recursive(n):
    return 1 if n == 0 else n * recursive(n - 1)


print(recursive(10))
