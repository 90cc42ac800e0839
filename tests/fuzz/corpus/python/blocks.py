@a.b(c)
async def f[T: int, *U, **V](a: int, b=1, *args: *U, c, d=2, **k) -> T:
    async with a as b, (c): await d
    async for e, *g in h:
        break
    else:
        continue_ = yield
    try:
        raise A from b
    except* (C, D) as e: pass
    finally:
        del e, f[0]
class C(B, metaclass=M):
    x: int
    y: int = 1; z += 2
    global g
    if a: pass
    elif b:
        return_ = 1
    else: assert a, b
    while (n := f()): continue
    with (open(a) as b, open(c) as d,): pass
type X[T] = list[T]
import a.b as c, d
from ...e import (f as g, h,)
from . import *
