from self import a, b as c
import self
from self import *
a = [1]
a += [2]
def b(): return a
a.append(self)
try:
    from . import nope
except ImportError as e: print(e)
print(a, c, self.b())
