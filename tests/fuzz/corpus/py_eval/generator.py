def g(n):
    try:
        x = yield n
        y = yield from (i for i in [x, n])
        return y
    except ValueError as e:
        yield e
    finally:
        print("f")
i = g(2)
next(i)
i.send(1)
i.throw(ValueError("x"))
i.close()
print(list(g(1)), sum(x for x in range(3)))
