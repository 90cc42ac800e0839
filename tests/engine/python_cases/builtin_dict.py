# dict and its views, set and frozenset.


def show(label, call, *args, **kwargs):
    try:
        result = repr(call(*args, **kwargs))
    except Exception as e:
        result = type(e).__name__ + ": " + str(e)
    print(label, args, kwargs, "->", result)


def change(label, d, call):
    try:
        result = repr(call(d))
    except Exception as e:
        result = type(e).__name__ + ": " + str(e) + " " + repr(e.args)
    print(label, result, d)


def base():
    return {"a": 1, "b": 2, 3: "three", None: None, (1, 2): [1], 1.5: "f", True: "yes"}


for key in ("a", "b", "c", 3, 3.0, None, (1, 2), (1,), 1.5, 1, True, 1.0, 0, [], {}, set(), frozenset(), "ab"):
    change(("getitem", key), base(), lambda d: d[key])
    change(("get", key), base(), lambda d: d.get(key))
    change(("get", key), base(), lambda d: d.get(key, "default"))
    change(("in", key), base(), lambda d: key in d)
    change(("pop", key), base(), lambda d: d.pop(key))
    change(("pop", key), base(), lambda d: d.pop(key, "default"))
    change(("setdefault", key), base(), lambda d: d.setdefault(key))
    change(("setdefault", key), base(), lambda d: d.setdefault(key, "set"))
    change(("setitem", key), base(), lambda d: d.__setitem__(key, "set"))
    change(("delitem", key), base(), lambda d: d.__delitem__(key))
change("popitem", base(), lambda d: [d.popitem(), d.popitem()])
change("popitem", {}, lambda d: d.popitem())
change("clear", base(), lambda d: d.clear())
change("copy", base(), lambda d: (d.copy() == d, d.copy() is d))
change("len", base(), len)
change("keys", base(), lambda d: (d.keys(), list(d.keys()), len(d.keys()), "a" in d.keys(), [] in [d.keys()]))
change("values", base(), lambda d: (d.values(), list(d.values()), len(d.values()), 2 in d.values()))
change("items", base(), lambda d: (d.items(), list(d.items()), len(d.items()), ("a", 1) in d.items(), ("a", 2) in d.items(), ("a",) in d.items()))
change("reversed", base(), lambda d: (list(reversed(d)), list(reversed(d.keys())) if hasattr(d.keys(), "__reversed__") else 0))
for other in ({}, {"a": 9, "z": 1}, [("a", 9), ["y", 8]], [("a", 1, 2)], ["ab", "cd"], ["abc"], [1], 5, None, "ab", [("k",)], [([], 1)], zip("ab", "cd")):
    name = type(other).__name__
    if name == "zip":
        other = list(other)
    change(("update", other), {"a": 1, "b": 2}, lambda d: d.update(other))
    show("dict", dict, other)
    show("dict", dict, other, z=1)
    change(("|", other), {"a": 1, "b": 2}, lambda d: d | other)
    change(("r|", other), {"a": 1, "b": 2}, lambda d: other | d)


def ior(d, other):
    alias = d
    d |= other
    return d is alias


change("|=", {"a": 1}, lambda d: ior(d, {"b": 2}))
change("|=", {"a": 1}, lambda d: ior(d, [("c", 3)]))
change("|=", {"a": 1}, lambda d: ior(d, 5))
change("update", {"a": 1}, lambda d: d.update(b=2, c=3))
change("update", {"a": 1}, lambda d: d.update({"x": 1}, b=2))
change("update", {"a": 1}, lambda d: d.update({}, {}))
change("update", {"a": 1}, lambda d: d.update())
show("dict", dict)
show("dict", dict, a=1, b=2)
show("dict", dict, {}, {})
show("fromkeys", dict.fromkeys, "abca")
show("fromkeys", dict.fromkeys, [1, 2], 0)
show("fromkeys", dict.fromkeys, 5)
show("fromkeys", dict.fromkeys, [[]])
show("fromkeys", {}.fromkeys, "x", "y")
for a in ({}, {"a": 1}, {"a": 1.0}, {"a": 1, "b": 2}, {"b": 2, "a": 1}, None, []):
    for b in ({}, {"a": 1}, {"a": True}, {"b": 2, "a": 1}, 5, [("a", 1)]):
        show("==", lambda a, b: a == b, a, b)
        show("!=", lambda a, b: a != b, a, b)
        show("<", lambda a, b: a < b, a, b)
        show("+", lambda a, b: a + b, a, b)
d = {}
for i in range(100):
    d[i] = str(i)
for i in range(0, 100, 3):
    del d[i]
for i in range(0, 30, 2):
    d[i] = "again"
print(d, len(d), list(d)[:5], list(d.items())[-3:])
d = {"a": 1}
d["self"] = d
d["list"] = [d]
print(d)
for action in ("add", "delete", "replace"):
    d = {1: 1, 2: 2, 3: 3}
    try:
        for k in d:
            if action == "add":
                d[k + 10] = 0
            elif action == "delete":
                del d[k]
            else:
                d[k] = "new"
        print(action, d)
    except RuntimeError as e:
        print(action, type(e).__name__, e)
for view in ({"a": 1, "b": 2}.keys(), {"a": 1, "b": 2}.items()):
    for other in ({"b", "c"}, ["b"], {"b": 2}, {"b": 2}.items(), {"a": 1, "b": 2}.keys(), frozenset("ab"), set(), ("a", "b")):
        for name, op in {"&": lambda a, b: a & b, "|": lambda a, b: a | b, "-": lambda a, b: a - b, "^": lambda a, b: a ^ b}.items():
            print(name, sorted(op(view, other), key=repr), type(op(view, other)).__name__)
        for name, op in {"==": lambda a, b: a == b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
                         "!=": lambda a, b: a != b}.items():
            try:
                print(name, op(view, other))
            except TypeError as e:
                print(name, e)
        print(view.isdisjoint(other))
show("view &", lambda: {"a": 1}.keys() & 5)
show("values ==", lambda: {"a": 1}.values() == {"a": 1}.values())
show("hash", lambda: hash({}.keys()))
show("len", lambda: {}.keys()[0])
print({**{"a": 1}, "b": 2, **{"a": 3}}, {k: v for k, v in zip("abc", range(3))}, {"x": {"y": {"z": []}}})
print(type({}), type({}.keys()).__name__, type({}.values()).__name__, type({}.items()).__name__, bool({}), bool({0: 0}))
for bad in ((), (1, 2, 3)):
    for name in ("get", "pop", "setdefault", "keys", "values", "items", "popitem", "copy", "clear", "update", "fromkeys"):
        show(name, getattr({"a": 1}, name), *bad)
show("get", {}.get, key=1)

sets = [set(), {"a"}, {1}, {1, 2}, {1, 2, 3}, {3, 4}, frozenset(), frozenset([1, 2]), frozenset([5]), {1.0, True}]
others = sets + [[1, 2], (1,), "ab", {1: 2}, 5, None, range(3)]
for a in sets:
    for b in others:
        for name, op in {"&": lambda a, b: a & b, "|": lambda a, b: a | b, "-": lambda a, b: a - b, "^": lambda a, b: a ^ b, "==": lambda a, b: a == b,
                         "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b, "!=": lambda a, b: a != b,
                         "+": lambda a, b: a + b, "in": lambda a, b: b in a}.items():
            show(name, lambda a, b: sorted(op(a, b), key=repr) if name in "&|-^" else op(a, b), a, b)
            if name in "&|-^":
                show("type", lambda a, b: type(op(a, b)).__name__, a, b)
        for name in ("union", "intersection", "difference", "symmetric_difference"):
            show(name, lambda a, b: sorted(getattr(a, name)(b), key=repr), a, b)
            show(name, lambda a, b: type(getattr(a, name)(b)).__name__, a, b)
        for name in ("issubset", "issuperset", "isdisjoint"):
            show(name, getattr(a, name), b)
        if isinstance(a, set):
            for name in ("update", "intersection_update", "difference_update", "symmetric_difference_update"):
                copy = a.copy()
                show(name, getattr(copy, name), b)
                print(sorted(copy, key=repr))
print(sorted({1, 2}.union([3], "a", {4: 5}), key=repr), {1, 2, 3}.intersection([1, 2], {2}), {1, 2, 3}.difference([1], [2]))
s = {1, 2}
show("add", s.add, 3)
show("add", s.add, [])
show("add", s.add)
show("remove", s.remove, 1)
show("remove", s.remove, 1)
show("remove", s.remove, "x")
show("remove", s.remove, [])
show("discard", s.discard, 99)
show("discard", s.discard, {})
show("pop", set().pop)
show("in", lambda: [] in s)
show("set", set, [[1]])
show("set", set, 5)
show("set", set, 1, 2)
show("frozenset", frozenset, "aa")
show("frozenset", frozenset)
show("frozenset.add", lambda: frozenset().add(1))
show("hash", lambda: hash(set()))
show("hash", lambda: hash(frozenset([1, 2, 3])) == hash(frozenset([3, 2, 1])), )
show("getitem", lambda: {1}[0])
print({frozenset([1]): "key"}[frozenset([1])], frozenset([1]) in {frozenset([1])}, set(), frozenset(), {1}, frozenset({1}), {"x"}, {None}, {(1, 2)})
print(len({1, 1, 2}), bool(set()), sorted({3, 1, 2}), {1, 2} == {2, 1}, {1} == frozenset({1}), set("aab") == set("ab"))


def set_ops(a, b):
    alias = a
    a |= b
    a &= {1, 2, 3, 4}
    a -= {4}
    a ^= {1, 9}
    return sorted(a), alias is a


show("inplace", set_ops, {1, 2}, {3, 4})
show("inplace", set_ops, {1, 2}, [3, 4])
s = {1, 2, 3}
try:
    for x in s:
        s.add(x + 10)
except RuntimeError as e:
    print(type(e).__name__, e)
try:
    {}["missing"]
except KeyError as e:
    print(e, e.args, repr(e), str(e))
try:
    {}[(1, "x")]
except KeyError as e:
    print(e, e.args, repr(e))
