class Point:
    __match_args__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y


RED = "red"


class Color:
    GREEN = "green"


def what(v):
    match v:
        case None | True | False:
            return "singleton"
        case 0 | 1:
            return "small"
        case int(n) if n > 100:
            return f"big {n}"
        case int():
            return "int"
        case float(f):
            return f"float {f}"
        case "exact":
            return "the string"
        case Color.GREEN:
            return "green"
        case str() as s:
            return f"str {s}"
        case []:
            return "empty"
        case [x]:
            return f"one {x}"
        case [1, *rest]:
            return f"begins with 1, rest {rest}"
        case [first, *_, last]:
            return f"{first}..{last}"
        case {"kind": "a", **rest}:
            return f"a with {rest}"
        case {"kind": kind, "n": (1 | 2) as n}:
            return f"{kind} {n}"
        case {}:
            return "a dict"
        case Point(x=0, y=0):
            return "origin"
        case Point(0, y):
            return f"on the axis at {y}"
        case Point(x, y) if x == y:
            return "diagonal"
        case Point():
            return "point"
        case _:
            return "other"


for v in (None, True, 0, 1, 5, 500, 1.5, "exact", "green", "text", [], [7], [1, 2, 3], [4, 5, 6], (8, 9),
          {"kind": "a", "z": 1}, {"kind": "b", "n": 2}, {"kind": "b", "n": 3}, {}, Point(0, 0), Point(0, 3),
          Point(4, 4), Point(1, 2), {1, 2}, b"x", -1):
    print(what(v))
match (1, (2, [3, 4])):
    case (a, (b, [c, *d])):
        print(a, b, c, d)
match 5:
    case x:
        print("captured", x)
match "unmatched":
    case 1:
        print("no")
print("after")
try:
    match 1:
        case int(a, b):
            pass
except TypeError as e:
    print(e)
