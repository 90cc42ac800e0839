match {"a": [1, 2, (3, 4)]}:
    case {"a": [int(x), *r], **k} if x: print(x, r, k)
    case A(1, y=2) | "s" | None: pass
    case _ as z: print(z)
