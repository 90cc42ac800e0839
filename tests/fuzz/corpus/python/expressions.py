x = a if b or not c and d else lambda e, /, f=1, *g, h, **i: (yield_ := e)
y = [1, *b, -2 ** ~3, 0xFF, 0o7, 0b1, 1_0.5e-3j, None, ..., True]
z = {**a, "k": 1, **{2: 3}}, {1, *b}, {k: v for k, v in a if b}, (i async for i in j)
w = a[1:2, ::3, *b][:].c(d, *e, f=g, **h) @ i // j << k >= l is not m not in n
q = a < b == c != d <= e > f | g ^ h & i
