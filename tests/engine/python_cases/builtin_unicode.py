# What Unicode says of characters, in blocks of 128.
blocks = [(0, 0x3000), (0x3000, 0x3400), (0xA000, 0xAC00), (0xD700, 0xD800), (0xF900, 0x10A00), (0x11000, 0x11200), (0x16E00, 0x16F00),
          (0x1D400, 0x1D800), (0x1E000, 0x1E100), (0x1E900, 0x1E980), (0x1F100, 0x1F200), (0x1FB00, 0x20000), (0xE0000, 0xE0200)]
for first, last in blocks:
    for start in range(first, last, 128):
        text = "".join([chr(c) for c in range(start, start + 128)])
        print(hex(start), ascii(text.upper()), ascii(text.lower()) if "\u03a3" not in text else "", ascii(text.casefold()), ascii(text.swapcase()) if "\u03a3" not in text else "", ascii(repr(text)))
        print([(c.isalpha(), c.isdigit(), c.isdecimal(), c.isnumeric(), c.isspace(), c.isupper(), c.islower(), c.istitle(), c.isprintable(), c.isalnum()).count(True) * 1000 +
               c.isalpha() * 1 + c.isdigit() * 2 + c.isdecimal() * 4 + c.isnumeric() * 8 + c.isspace() * 16 + c.isupper() * 32 + c.islower() * 64 + c.istitle() * 128 + c.isprintable() * 256 for c in text])
        print(ascii([c.title() for c in text if c.title() != c]), [int(c) for c in text if c.isdecimal()], ascii(text.capitalize()) if "\u03a3" not in text else "")
for text in ("ΑΣ", "ΑΣ ", "ΑΣΑ", "Σ", " Σ", "ΑΣ.", "Α.Σ", "ΑΣ'Α", "ΑΣ:Α", "ΑΣ-Α", "1Σ", "ΑΣ1", "ΣΣ", "ΑΣ\u2028Α", "ΑΣ٣"):
    print(text.lower(), text.title(), text.capitalize(), text.casefold(), text.swapcase())
