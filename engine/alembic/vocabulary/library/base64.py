from _lockstep import refuse

_standard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_urlsafe = _standard[:62] + "-_"


def _encode(data, alphabet):
    if not isinstance(data, bytes):
        raise TypeError("a bytes-like object is required, not '%s'" % (type(data).__name__,))
    out = []
    for at in range(0, len(data), 3):
        part = data[at:at + 3]
        bits = 0
        for byte in part:
            bits = bits * 256 + byte
        bits = bits << 8 * (3 - len(part))
        digits = "".join(alphabet[bits >> shift & 63] for shift in (18, 12, 6, 0))
        out.append(digits[:len(part) + 1] + "=" * (3 - len(part)))
    return "".join(out).encode()


def _decode(text, alphabet, what):
    text = text.decode("ascii") if isinstance(text, bytes) else text
    plain = text.rstrip("=")
    padding = len(text) - len(plain)
    if any(c not in alphabet for c in plain) or padding != -len(plain) % 4 or len(plain) % 4 == 1:
        refuse(what + " of a text that is not in base64 throughout")
    values = {c: at for at, c in enumerate(alphabet)}
    out = []
    for at in range(0, len(plain), 4):
        part = plain[at:at + 4]
        bits = 0
        for c in part + "A" * (4 - len(part)):
            bits = bits * 64 + values[c]
        out.extend([bits >> 16 & 255, bits >> 8 & 255, bits & 255][:len(part) - 1])
    return bytes(out)


def b64encode(s, altchars=None):
    if altchars is not None:
        refuse("b64encode() with altchars")
    return _encode(s, _standard)


def b64decode(s, altchars=None, validate=False):
    if altchars is not None:
        refuse("b64decode() with altchars")
    return _decode(s, _standard, "b64decode()")


def standard_b64encode(s):
    return _encode(s, _standard)


def standard_b64decode(s):
    return _decode(s, _standard, "standard_b64decode()")


def urlsafe_b64encode(s):
    return _encode(s, _urlsafe)


def urlsafe_b64decode(s):
    return _decode(s, _urlsafe, "urlsafe_b64decode()")


def b16encode(s):
    return s.hex().upper().encode()
