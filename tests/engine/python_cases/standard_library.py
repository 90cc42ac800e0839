"""Modules of the standard library that are written in Python."""
import itertools, functools, contextlib, textwrap, string, operator, copy
from collections import defaultdict, namedtuple, OrderedDict, Counter
print(list(itertools.chain([1],[2,3])), list(itertools.chain.from_iterable([[1],[2]])), list(itertools.product("ab",[1,2])), list(itertools.islice(itertools.count(5),3)), list(itertools.permutations([1,2,3],2)), list(itertools.combinations("abc",2)), list(itertools.zip_longest([1],[2,3],fillvalue=0)))
print([(k,list(g)) for k,g in itertools.groupby("aabbb")], list(itertools.accumulate([1,2,3])))
d=defaultdict(list); d["a"].append(1); d["a"].append(2); print(d, d["z"], dict(d))
P=namedtuple("P","x y z", defaults=[9]); p=P(1,y=2); print(p, p.x, p[1], p._replace(x=5), p._asdict(), p==(1,2,9))
try: P(1)
except TypeError as e: print(e)
x,y,z=p; print(x,y,z)
print(functools.reduce(lambda a,b:a*b,[1,2,3,4]), functools.partial(int,base=2)("101"), Counter("aab").most_common(1), OrderedDict(a=1)["a"])
@functools.lru_cache(maxsize=None)
def fib(n): return n if n<2 else fib(n-1)+fib(n-2)
print(fib(60))
@contextlib.contextmanager
def cm(v):
    print("in",v)
    try:
        yield v+1
    except ValueError as e:
        print("caught",e)
    finally:
        print("out")
with cm(1) as q: print(q)
with cm(2): raise ValueError("x")
try:
    with cm(3): raise KeyError("k")
except KeyError as e: print("through",e)
with contextlib.suppress(ZeroDivisionError): 1/0
print(textwrap.dedent("""\
    a
      b

    c"""), textwrap.indent("x\ny","> "), string.ascii_letters, sorted([(2,'b'),(1,'c')],key=operator.itemgetter(0)), copy.deepcopy({"a":[1]}))
