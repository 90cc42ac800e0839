import base64
import binascii
import hashlib
import math
import random
import secrets
from hashlib import sha256

for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512"):
    print(name, getattr(hashlib, name)(b"abc").hexdigest(), hashlib.new(name, b"").hexdigest())
h = sha256()
h.update(b"a")
other = h.copy()
h.update("b\u00e9".encode())
print(h.hexdigest(), other.hexdigest(), h.digest()[:4], h.digest_size, h.name)
try:
    hashlib.md5("text")
except TypeError as e:
    print(e)
for n in range(8):
    data = bytes(range(250, 250 + n)) if n < 6 else b"\x00\xff" * n
    text = base64.b64encode(data)
    print(text, base64.b64decode(text) == data, base64.urlsafe_b64encode(data), base64.b16encode(data))
    print(base64.urlsafe_b64decode(base64.urlsafe_b64encode(data).decode()) == data, base64.b64decode(text.decode()))
print(binascii.hexlify(b"\x00ab"), binascii.unhexlify("00aB"), binascii.unhexlify(b"ff"))
for bad in ("abc", "zz"):
    try:
        binascii.unhexlify(bad)
    except binascii.Error as e:
        print(e)
print([f(x) for f in (math.ceil, math.floor, math.trunc) for x in (1, -1, 1.5, -1.5, 2.0, -0.0, 10 ** 15, 1e15, 7 / 2)])
print(math.pi, math.e, math.inf, -math.inf, math.isnan(math.nan), math.isinf(math.inf), math.isfinite(1), math.gcd(12, -18),
      math.prod([2, 3]), math.factorial(20), math.fabs(-3), math.ceil(1001 / 100))
print(len(secrets.token_hex()), len(secrets.token_hex(5)), len(secrets.token_urlsafe(16)), len(secrets.token_bytes(3)))
print(secrets.choice([4]), 0 <= secrets.randbelow(300) < 300, secrets.token_hex(8) != secrets.token_hex(8))
print(1 <= random.randint(1, 6) <= 6, 0 <= random.random() < 1, random.choice("a"), len(random.choices("abc", k=5)),
      sorted(random.sample(range(5), 5)), 2 <= random.uniform(2, 3) <= 3, random.randrange(3, 4))
deck = list(range(20))
random.shuffle(deck)
print(sorted(deck) == list(range(20)), random.getrandbits(8) < 256, random.SystemRandom().choice([1]))
