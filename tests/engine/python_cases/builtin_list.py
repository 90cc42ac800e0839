# list and tuple: methods, slices, operators, comparison, sorting.


def show(label, call, *args, **kwargs):
    try:
        result = repr(call(*args, **kwargs))
    except Exception as e:
        result = type(e).__name__ + ": " + str(e)
    print(label, args, kwargs, "->", result)


def change(label, items, call):
    items = list(items)
    try:
        result = repr(call(items))
    except Exception as e:
        result = type(e).__name__ + ": " + str(e)
    print(label, result, items)


bounds = (None, 0, 1, 2, 5, 9, -1, -2, -9, 100)
lists = [[], [1], [1, 2, 3], list("abcdef"), list(range(10))]
for items in lists:
    for start in bounds:
        for stop in bounds:
            for step in (None, 1, 2, 3, -1, -2, -7):
                print(items[start:stop:step], tuple(items)[start:stop:step])
    for i in (0, 1, -1, 5, -5, 100, "a", None, 1.0, slice(1, "x"), slice(0, 1, 0)):
        show("getitem", items.__getitem__, i)
        show("getitem", tuple(items).__getitem__, i)


def set_slice(items, key, value):
    items[key] = value


def del_item(items, key):
    del items[key]


for start in (None, 0, 2, 5, -2, 20):
    for stop in (None, 0, 1, 3, -1, 20):
        for value in ([], ["x"], ["x", "y", "z"], "ab", (1,), range(2), {"k": 1}):
            change(("set", start, stop, value), range(5), lambda l: set_slice(l, slice(start, stop), value))
        for step in (2, -1, -2, 3):
            for value in ([], ["x"], ["x", "y"], "abc"):
                change(("set", start, stop, step, value), range(5), lambda l: set_slice(l, slice(start, stop, step), value))
            change(("del", start, stop, step), range(7), lambda l: del_item(l, slice(start, stop, step)))
        change(("del", start, stop), range(7), lambda l: del_item(l, slice(start, stop)))
change("own slice", range(3), lambda l: set_slice(l, slice(1, 2), l))
change("set int", range(3), lambda l: set_slice(l, slice(0, 1), 5))
change("set none", range(3), lambda l: set_slice(l, slice(0, 1), None))
for key in (0, -1, 3, -4, "a", None, 1.5, True):
    change(("set", key), range(3), lambda l: set_slice(l, key, "new"))
    change(("del", key), range(3), lambda l: del_item(l, key))

for value in (0, 1, 2, 2.0, True, "a", None, [], 7):
    change(("remove", value), [0, 1, 2, 1, None, "a", []], lambda l: l.remove(value))
    change(("index", value), [0, 1, 2, 1, None, "a", []], lambda l: l.index(value))
    change(("count", value), [0, 1, 2, 1, None, "a", []], lambda l: l.count(value))
    change(("in", value), [0, 1, 2, 1, None, "a", []], lambda l: value in l)
    show("tuple.index", (0, 1, 2, 1).index, value)
    show("tuple.count", (0, 1, 2, 1).count, value)
    for start in (0, 1, 2, -1, -2, 10):
        show("index", [0, 1, 2, 1].index, value, start)
        show("index", [0, 1, 2, 1].index, value, start, 3)
for at in (0, 1, -1, 3, 10, -10, True, "a", None, 1.5):
    change(("insert", at), "abc", lambda l: l.insert(at, "new"))
    change(("pop", at), "abc", lambda l: l.pop(at))
change("pop", [], lambda l: l.pop())
change("pop", [1, 2], lambda l: l.pop())
change("pop", [], lambda l: l.pop(0))
change("append", [1], lambda l: l.append([2]))
change("append", [1], lambda l: l.append(1, 2))
change("append", [1], lambda l: l.append())
for more in ([], [1], "ab", (1, 2), {"a": 1}, {3}, range(3), 5, None, iter([8])):
    change(("extend", type(more).__name__), [0], lambda l: l.extend(more))
change("extend self", [1, 2], lambda l: l.extend(l))
change("clear", [1, 2], lambda l: l.clear())
change("copy", [1, [2]], lambda l: (l.copy() == l, l.copy() is l, l.copy()[1] is l[1]))
change("reverse", [1, 2, 3], lambda l: l.reverse())
change("reverse", [1, 2, 3, 4], lambda l: l.reverse())
change("reversed", [1, 2, 3], lambda l: list(reversed(l)))

values = [[], [1], [1, 2], [1, 3], [2], [1.0, 2], ["a"], [None], [[]], (), (1,), (1, 2), (2,), "ab", None, 1]
for a in values:
    for b in values:
        for name, op in {"==": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b,
                         ">": lambda a, b: a > b, ">=": lambda a, b: a >= b, "+": lambda a, b: a + b, "in": lambda a, b: a in b,
                         "*": lambda a, b: a * b, "-": lambda a, b: a - b}.items():
            show(name, op, a, b)
for n in (-1, 0, 1, 3, True, 1.5, "a", None):
    show("*", lambda a, n: a * n, [1, 2], n)
    show("*", lambda a, n: n * a, (1, 2), n)
nan = float("nan")
print([nan] == [nan], nan in [nan], [nan].count(nan), [nan].index(nan), [float("nan")] == [nan])


def iadd(items, other):
    alias = items
    items += other
    return items, alias is items


def imul(items, n):
    alias = items
    items *= n
    return items, alias is items


show("iadd", iadd, [1], [2])
show("iadd", iadd, [1], "ab")
show("iadd", iadd, [1], 5)
show("iadd", iadd, (1,), (2,))
show("iadd", iadd, (1,), [2])
show("imul", imul, [1], 2)
show("imul", imul, (1,), 2)
show("imul", imul, [1], "a")

# Sorting is stable, also in reverse.
words = ["banana", "Apple", "cherry", "apple", "Banana", "date", "fig", "Égalité", "eclair", ""]
print(sorted(words), sorted(words, reverse=True))
print(sorted(words, key=str.lower), sorted(words, key=str.lower, reverse=True))
print(sorted(words, key=len), sorted(words, key=len, reverse=True), sorted(words, key=lambda w: (len(w), w)))
pairs = [(i % 3, i) for i in range(20)]
print(sorted(pairs, key=lambda p: p[0]), sorted(pairs, key=lambda p: p[0], reverse=True), sorted(pairs, key=lambda p: -p[0]))
numbers = [(i * 7919) % 101 for i in range(100)]
print(sorted(numbers), sorted(numbers, reverse=True), sorted(numbers, key=lambda n: n % 10))
change("sort", numbers, lambda l: l.sort())
change("sort", [3, 1.5, True, 2], lambda l: l.sort())
change("sort", ["b", 1], lambda l: l.sort())
change("sort", [None, None], lambda l: l.sort())
change("sort", [(1, "b"), (1, "a"), (0, "z")], lambda l: l.sort(reverse=True))
change("sort", [3, 1, 2], lambda l: l.sort(key=None, reverse=1))
change("sort", [3, 1, 2], lambda l: l.sort(lambda x: x))
change("sort", [3, 1, 2], lambda l: l.sort(cmp=1))
change("sort", ["a", "bb"], lambda l: l.sort(key=len, reverse=True))
change("sort", [1, 2], lambda l: l.sort(key=lambda x: x / 0))
show("sorted", sorted, {"b": 1, "a": 2})
show("sorted", sorted, "hello")
show("sorted", sorted, 5)
show("sorted", sorted)
show("sorted", sorted, [1], 2)
show("sorted", sorted, [2, 1], reverse=True)
show("sorted", sorted, [[2], [1, 5], [1]])

for value in ((), [], "abc", {"a": 1}, {1}, range(3), 5, None, iter("xy"), (x * 2 for x in [1, 2])):
    show("list", list, value) if not hasattr(value, "__next__") else print(list(value))
for value in ((), [], "abc", {"a": 1}, {1}, range(3), 5, None):
    show("tuple", tuple, value)
show("list", list)
show("tuple", tuple)
show("list", list, 1, 2)
show("list", list, x=1)
a = [1, 2]
print(list(a) is a, tuple(a), tuple(tuple(a)) == tuple(a))
a.append(a)
print(a, repr(a), str(a))
t = (1, a)
print(t)
print([1], [1, 2], (), (1,), (1, 2), [[]], [()], ((),), [None, True, 1.5, "a", b"b", {"k": [1]}, {1}, 1 == 2])
first, *rest = [1, 2, 3]
print(first, rest)
(a, b), c = [1, 2], 3
print(a, b, c)
print([*range(3), *"ab"], (*[1], 2), {*[1, 1]}, [x for x in range(10) if x % 2], [x + y for x in "ab" for y in "cd"])
print(len([1, 2]), len(()), min([3, 1, 2]), max((3, 1, 2)), sum([1, 2, 3]), any([]), all([]), bool([]), bool([0]))
items = [1, 2, 3]
for item in items:
    if item < 4:
        items.append(item + 3)
print(items)
