# Sets of numbers come out in the same order in every run of Python, and so they must here.
seed = 12345


def rand(n):
    global seed
    seed = (seed * 1103515245 + 12345) % 2147483648
    return (seed >> 8) % n


print({3, 1, 2}, {10, 3, 7}, {16, 8, 0}, {-1, -2, 5}, {1.5, 2.5, 100.0}, {True, 0, 5}, {(1, 2), (3, 4), (0, 0)})
print(set([16, 1, 2, 3, 4]), set(range(20, 0, -1)), frozenset([100, 50, 25, 12, 6, 3]), {x * 8 for x in range(10)})
print({16, 1, 2, 3, 4}, {100, 200, 300, 400, 500, 600}, [x for x in {33, 1, 65, 2}])
for x in {40, 8, 24, 16, 1}:
    print(x)
for scale in (1, 7, 8, 64, 1000, -3, 2 ** 33):
    for size in (1, 3, 5, 6, 10, 30, 100):
        values = [rand(200) * scale for i in range(size)]
        others = [rand(200) * scale for i in range(rand(40))]
        a, b = set(values), set(others)
        print(list(a), list(b))
        print(list(a | b), list(a & b), list(a - b), list(a ^ b), list(b - a), list(b ^ a), list(b | a))
        print(list(a.union(others)), list(a.intersection(others)), list(a.difference(others)), list(a.symmetric_difference(others)))
        print(list(a.union(b, [1, 2])), list(a.difference(b, [1, 2])), list(a.copy()), list(set(a)), list(frozenset(a)))
        c = a.copy()
        c |= b
        print(list(c))
        c = a.copy()
        c &= b
        print(list(c))
        c = a.copy()
        c -= b
        print(list(c))
        c ^= b
        print(list(c))
        for i in range(50):
            n = rand(100) * scale
            if rand(3):
                c.add(n)
            else:
                c.discard(n)
        print(list(c))
        if c:
            c.pop()
            c.add(5)
            c.pop()
        print(list(c), sum(1 for x in c))
        c.update(range(10), b)
        c.difference_update(others[:5], {1, 2})
        c.symmetric_difference_update([1, 2, 3])
        c.intersection_update(set(range(0, 2000)))
        print(list(c), tuple(c), sorted(c) == sorted(list(c)))
        c.update({k: 1 for k in values})
        print(list(c), list({k: 1 for k in values}.keys() & c), list({k: 1 for k in values}.keys() - b))
        c.clear()
        c.add(9)
        print(c)
floats = {rand(1000) / 8 for i in range(40)}
print(list(floats), list({(rand(9), rand(9)) for i in range(30)}))
print(list({frozenset([1, 2]), frozenset([3]), frozenset()}))
s = {1, 2, 3}
while s:
    print(s.pop(), s)
print({33, 1, 65, 2}, {1, 33, 65}, {33, 65}, {40, 8, 24, 16, 1, *[]}, list({33, 1, 65, 2}), {-8, -16, 8, 0, 16}, {(1, 2), (9, 10), (17, 18)}, {1.5, 9, True, 17})
for x in {33, 1, 65, 2}:
    print(x)
print([x for x in {-8, -16, 8, 0, 16}], [x for x in {1, 9}], {*{33, 1, 65, 2}}, {*[33, 1, 65, 2]}, {33, *[1, 65], 2})
