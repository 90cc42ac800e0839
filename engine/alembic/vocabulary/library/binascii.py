class Error(ValueError):
    pass


def hexlify(data):
    return data.hex().encode()


def unhexlify(text):
    text = text.decode("ascii") if isinstance(text, bytes) else text
    if len(text) % 2:
        raise Error("Odd-length string")
    if any(c not in "0123456789abcdefABCDEF" for c in text):
        raise Error("Non-hexadecimal digit found")
    return bytes.fromhex(text)


b2a_hex = hexlify
a2b_hex = unhexlify
