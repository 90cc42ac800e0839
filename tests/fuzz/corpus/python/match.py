match x, *y:
    case [1, -2 + 3j, "a" 'b', *rest] | (None, True) if z: pass
    case {"k": v, a.b: _, **rest}: pass
    case A.B(1, c=D() as e) as f: pass
    case (g) | h, : pass
    case _: match = case = type = _
match(x)[1]
match: int = 1
