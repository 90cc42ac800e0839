pi = 3.141592653589793
e = 2.718281828459045
tau = 6.283185307179586
inf = float("inf")
nan = float("nan")


def isnan(x):
    return float(x) != float(x)


def isinf(x):
    return float(x) in (inf, -inf)


def isfinite(x):
    return not isnan(x) and not isinf(x)


def trunc(x):
    return int(x)


def floor(x):
    whole = int(x)
    return whole - 1 if x < whole else whole


def ceil(x):
    whole = int(x)
    return whole + 1 if x > whole else whole


def fabs(x):
    return abs(float(x))


def gcd(*integers):
    result = 0
    for n in integers:
        while n:
            result, n = n, result % n
    return abs(result)


def prod(iterable, *, start=1):
    for n in iterable:
        start *= n
    return start


def factorial(n):
    if n < 0:
        raise ValueError("factorial() not defined for negative values")
    return prod(range(1, n + 1))
