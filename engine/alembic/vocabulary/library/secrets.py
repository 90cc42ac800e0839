from _lockstep import random_bytes as _random_bytes
from base64 import urlsafe_b64encode as _text_of


def randbelow(exclusive_upper_bound):
    if exclusive_upper_bound <= 0:
        raise ValueError("Upper bound must be positive.")
    n = (exclusive_upper_bound.bit_length() + 7) // 8
    most = 256 ** n - 256 ** n % exclusive_upper_bound
    while True:
        value = int(_random_bytes(n).hex(), 16)
        if value < most:
            return value % exclusive_upper_bound


def choice(seq):
    if not len(seq):
        raise IndexError("Cannot choose from an empty sequence")
    return seq[randbelow(len(seq))]


def token_bytes(nbytes=None):
    return _random_bytes(32 if nbytes is None else nbytes)


def token_hex(nbytes=None):
    return token_bytes(nbytes).hex()


def token_urlsafe(nbytes=None):
    return _text_of(token_bytes(nbytes)).decode().rstrip("=")


def compare_digest(a, b):
    return a == b
