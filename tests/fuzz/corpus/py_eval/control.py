for i in range(3):
    try:
        if i: continue
        1 / i
    except (ZeroDivisionError, KeyError) as e:
        raise TypeError(*e.args) from e
    else: break
    finally:
        while i: i -= 1
        else: del e
with open("x") as f, g() as (a, *b): pass
