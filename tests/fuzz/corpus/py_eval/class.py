class A(str):
    x = 1
    def __init__(self, v, *a, k=2, **kw):
        super().__init__()
        self.v = v
    @property
    def p(self): return self.v
    @classmethod
    def c(cls): return cls("c")
    def __eq__(self, o): return True
    def __getattr__(self, n): return n
class B(A, metaclass=type):
    def __new__(cls, *a): return super().__new__(cls, *a)
print(B("x").p, A.c().q, repr(A("a")), A("b") == 1, {B: 1}, B.__mro__)
