from _lockstep import refuse


def copy(x):
    if isinstance(x, (list, dict, set)):
        return x.copy()
    if x is None or isinstance(x, (bool, int, float, str, bytes, tuple, frozenset)):
        return x
    refuse("copy.copy() of a " + type(x).__name__)


def deepcopy(x, memo=None):
    if x is None or isinstance(x, (bool, int, float, str, bytes)):
        return x
    if isinstance(x, dict):
        return {deepcopy(key): deepcopy(value) for key, value in x.items()}
    if isinstance(x, (list, tuple, set, frozenset)):
        return type(x)([deepcopy(item) for item in x])
    refuse("copy.deepcopy() of a " + type(x).__name__)
