a, *b = [1, 2, 3]
d = {"k": a, **{"z": b}, 1: {2, 3}}
d["k"] += 1; d["z"][0:1] = [4]
print(a if a > 0 < 3 != 4 else -b, not a in b, a is None or d, ~a ** 2 // 3 % 4 << 5 >> 1 & 7 | 8 ^ 9, "%s" % (d,), b"x" * 3)
del d["k"], b[0]
assert d, "x"
