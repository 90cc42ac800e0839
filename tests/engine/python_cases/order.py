# In which order things are evaluated, and other details.
log = []
def t(x, v=None):
    log.append(x); return v if v is not None else x
class O: pass
o = O()
def tgt(n):
    log.append(n); return o
t("rhs")
tgt("a").x = tgt("b").y = t("val")
print(log); log.clear()
l = [0,0,0]
l[t(0)], l[t(1)] = t(5), t(6)
print(log, l); log.clear()
d = {}
d[t("k")] = t("v")
print(log); log.clear()
def f(*a, **k): return a, k
f(t(1), *[t(2)], t(3), x=t(4), **{'y': t(5)})
print(log); log.clear()
x = [t(1), t(2)][t(0)]
print(log); log.clear()
print(t(1) if t(0) else t(2)); print(log); log.clear()
t(1) and t(2) or t(3)
print(log); log.clear()
l2 = [1,2,3]
l2[t(0)] += t(10)
print(log, l2); log.clear()
@t("dec1", lambda f: f)
@t("dec2", lambda f: f)
def g(a=t("default")): pass
print(log); log.clear()
class K(t("base", object)):
    x = t("body")
print(log); log.clear()
for o.attr in range(2): pass
print(o.attr)
for l[0] in range(3): pass
print(l)
def h():
    for i in range(3):
        try:
            yield i
        finally:
            print("fin", i)
it = h()
for v in it:
    print(v)
    if v == 1:
        it.close()
        break
print(list(it))
def nest():
    try:
        try:
            return 1
        finally:
            print("inner")
            raise ValueError("x")
    except ValueError:
        return 2
    finally:
        print("outer")
print(nest())
def w():
    n = 0
    while True:
        try:
            n += 1
            if n < 3: continue
            if n == 4: break
        finally:
            print("n", n)
    else:
        print("never")
    return n
print(w())
class A:
    def __init__(self): self.items = []
    def __enter__(self): self.items.append(1); return self
    def __exit__(self, t, v, tb):
        self.items.append(t and t.__name__)
        return t is KeyError
a = A()
with a as b:
    raise KeyError
print(a.items, a is b)
try:
    with a: raise ValueError("z")
except ValueError as e: print(a.items, e)
class P:
    @property
    def v(self): raise AttributeError("inner")
    def __getattr__(self, n): return "ga:" + n
print(P().v)
class Q:
    @property
    def v(self): return self.missing
try: Q().v
except AttributeError as e: print(e)
print(hasattr(Q(), 'v'))
x = 5
class C:
    x = x
    def m(self): return x
    y = [x for _ in range(1)]
    z = list(map(lambda q: q + 1, [x]))
print(C.x, C().m(), C.y, C.z)
def outer():
    x = "outer"
    class I:
        print(x)
        y = x
    return I.y
print(outer())
print([i for i in range(5) if i % 2 for j in range(i)])
print({i: j for i, j in zip("ab", [1, 2])}, {*[1, 2], *(2, 3)}, [*"ab", *{}], (*[1], 2))
print("%s %d %r %5.2f %%" % ("a", 3, "b", 1.5), "%(a)s" % {"a": 1})
print(*[1, 2], sep="-", end="!\n")
a = b = 1
a += 1
print(a, b)
s = "abc"
print(s[::-1], s[-2:], s[5:], s[1], "b" in s, s * 2, s + "d")
print(1 == True, 1 is True, None == False, 0.1 + 0.2, 7 // -2, -7 % 3, 2 ** -1, 2 ** 10, divmod(-7, 2))
print((1, 2) < (1, 3), [1] < [1, 0], "a" < "b", (1,) + (2,), [1] * 3)
lst = [3, 1, 2]
lst.sort(key=lambda v: -v); print(lst, sorted(lst, reverse=True), max(lst), min(lst, key=lambda v: v % 3))
print(list(map(lambda a, b: a + b, [1, 2], [3, 4])), list(filter(None, [0, 1, "", "a"])), list(zip([1, 2], "ab")), list(enumerate("ab", 1)), list(reversed([1, 2])))
print(all([]), any([]), sum([1, 2], 10), abs(-3), round(2.5), round(3.14159, 2))
print(isinstance(True, int), issubclass(bool, int), type(1).__name__, callable(len), callable(5))
def kw(**kw): return list(kw)
print(kw(b=1, a=2))
print((lambda: (yield))().__next__() if False else "skip")
def defaults(a, b=[], *, c={}): b.append(a); c[a] = 1; return b, c
defaults(1); print(defaults(2))
print(f"{'nested ' + f'{1 + 1}'}", f"{3:{'>'}{5}}", f"{[x for x in range(3)]}", f"{ {'a': 1}['a'] }", f"{1!r:>3}")
global_var = 1
def modify():
    global global_var
    global_var += 1
    del global_var
modify()
try: global_var
except NameError as e: print(e)
def gen_ret():
    r = yield from sub()
    print("r", r)
def sub():
    return (yield 1)
g = gen_ret(); next(g)
try: g.send(5)
except StopIteration: print("done")
