from _lockstep import refuse
from secrets import choice as _choice, randbelow as _below


def seed(a=None, version=2):
    if a is not None:
        refuse("random.seed(), after which Python's numbers are always the same")


def random():
    return _below(2 ** 53) / 2 ** 53


def uniform(a, b):
    return a + (b - a) * random()


def choice(seq):
    return _choice(seq)


def randint(a, b):
    return randrange(a, b + 1)


def randrange(start, stop=None, step=1):
    values = range(start) if stop is None else range(start, stop, step)
    if not values:
        raise ValueError("empty range for randrange()")
    return _choice(values)


def choices(population, weights=None, *, cum_weights=None, k=1):
    if weights is not None or cum_weights is not None:
        refuse("random.choices() with weights")
    return [_choice(population) for _ in range(k)]


def shuffle(x):
    for at in range(len(x) - 1, 0, -1):
        other = _below(at + 1)
        x[at], x[other] = x[other], x[at]


def sample(population, k, *, counts=None):
    if counts is not None:
        refuse("random.sample() with counts")
    if not 0 <= k <= len(population):
        raise ValueError("Sample larger than population or is negative")
    left = list(population)
    shuffle(left)
    return left[:k]


def getrandbits(k):
    return _below(2 ** k)


class SystemRandom:
    def __init__(self, *args):
        self.random, self.uniform, self.choice, self.randint = random, uniform, choice, randint
        self.randrange, self.choices, self.shuffle, self.sample = randrange, choices, shuffle, sample
        self.getrandbits = getrandbits
