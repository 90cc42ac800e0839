def _chained(iterables):
    for iterable in iterables:
        yield from iterable


class chain:
    def __init__(self, *iterables):
        self._items = _chained(iterables)

    @classmethod
    def from_iterable(cls, iterables):
        made = cls()
        made._items = _chained(iterables)
        return made

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._items)


def count(start=0, step=1):
    while True:
        yield start
        start += step


def repeat(object, times=None):
    if times is None:
        while True:
            yield object
    for _ in range(times):
        yield object


def cycle(iterable):
    seen = list(iterable)
    while seen:
        yield from seen


def islice(iterable, *args):
    bounds = slice(*args)
    start, stop, step = bounds.start or 0, bounds.stop, bounds.step or 1
    if start < 0 or step < 1 or (stop is not None and stop < 0):
        raise ValueError("Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.")
    items = iter(iterable)
    index, wanted = 0, start
    while stop is None or wanted < stop:
        try:
            item = next(items)
        except StopIteration:
            return
        if index == wanted:
            yield item
            wanted += step
        index += 1


def product(*iterables, repeat=1):
    pools = [tuple(pool) for pool in iterables] * repeat
    result = [()]
    for pool in pools:
        result = [left + (right,) for left in result for right in pool]
    return iter(result)


def _chosen(pool, r, indices_from, repeated):
    if r == 0:
        yield ()
        return
    for index in range(indices_from, len(pool)):
        for rest in _chosen(pool, r - 1, index if repeated else index + 1, repeated):
            yield (pool[index],) + rest


def combinations(iterable, r):
    return _chosen(tuple(iterable), r, 0, False)


def combinations_with_replacement(iterable, r):
    return _chosen(tuple(iterable), r, 0, True)


def permutations(iterable, r=None):
    pool = tuple(iterable)
    r = len(pool) if r is None else r
    if r == 0:
        yield ()
        return
    if r > len(pool):
        return
    for index in range(len(pool)):
        for rest in permutations(pool[:index] + pool[index + 1:], r - 1):
            yield (pool[index],) + rest


def zip_longest(*iterables, fillvalue=None):
    iterators = [iter(iterable) for iterable in iterables]
    ended = [False] * len(iterators)
    while iterators:
        row = []
        for index, iterator in enumerate(iterators):
            value = fillvalue
            if not ended[index]:
                try:
                    value = next(iterator)
                except StopIteration:
                    ended[index] = True
            row.append(value)
        if all(ended):
            return
        yield tuple(row)


def takewhile(predicate, iterable):
    for item in iterable:
        if not predicate(item):
            return
        yield item


def dropwhile(predicate, iterable):
    dropping = True
    for item in iterable:
        dropping = dropping and predicate(item)
        if not dropping:
            yield item


def filterfalse(predicate, iterable):
    for item in iterable:
        if not (bool(item) if predicate is None else predicate(item)):
            yield item


def starmap(function, iterable):
    for args in iterable:
        yield function(*args)


def accumulate(iterable, func=None, *, initial=None):
    total, started = initial, initial is not None
    if started:
        yield total
    for item in iterable:
        total = item if not started else total + item if func is None else func(total, item)
        started = True
        yield total


def groupby(iterable, key=None):
    group, current, started = [], None, False
    for item in iterable:
        found = item if key is None else key(item)
        if started and found != current:
            yield current, iter(group)
            group = []
        current, started = found, True
        group.append(item)
    if started:
        yield current, iter(group)


def pairwise(iterable):
    items = iter(iterable)
    try:
        before = next(items)
    except StopIteration:
        return
    for item in items:
        yield before, item
        before = item


def batched(iterable, n):
    if n < 1:
        raise ValueError("n must be at least one")
    items = iter(iterable)
    while True:
        batch = tuple(islice(items, n))
        if not batch:
            return
        yield batch
