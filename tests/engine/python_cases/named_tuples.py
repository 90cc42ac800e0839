from collections import namedtuple
from typing import NamedTuple, Optional

P = namedtuple("P", "name count index")
p = P("n", 2, index=3)
print(p, p.name, p.count, p.index, p._fields, P.__name__, len(p))
print(p._replace(count=7), P._make([1, 2, 3]), p == ("n", 2, 3), isinstance(p, tuple), {p: 1}[("n", 2, 3)])
try:
    P(1)
except TypeError as e:
    print(e)


class Row(NamedTuple):
    """What a row is."""

    id: int
    title: Optional[str] = "none"
    parts: tuple = ()

    def text(self):
        return f"{self.id}: {self.title}"

    @property
    def twice(self):
        return self.id * 2


r = Row(4)
print(r, r.id, r.title, r.parts, r.text(), r.twice, r._asdict(), Row._fields, Row._field_defaults)
print(Row(1, title="x"), [t for i, t, _ in [Row(1, "a"), Row(id=2, title="b")]], sorted([Row(2), Row(1)]))
try:
    Row(title="x")
except TypeError as e:
    print(e)
try:
    r.id = 5
except AttributeError:
    print("fixed")
Q = NamedTuple("Q", [("a", int), ("b", str)])
print(Q(1, "b"), Q(a=1, b=2).b)


class More(Row):
    extra = 1


print(More(3).title, More.extra, More(9, "m"))
