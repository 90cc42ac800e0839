x = 1
def f(a, /, b=x, *, c: int = 3) -> str:
    global x
    n = 0
    def h():
        nonlocal n
        n += a
        return [n for n in range(b) if (m := n)]
    x = lambda *q: h() + list(q)
    return x(c)
print(f(1), f"{f(2)!r:>{10}} {x=}", x)
