def _margin(lines):
    margin = None
    for line in lines:
        indent = line[:len(line) - len(line.lstrip(" \t"))]
        if margin is None:
            margin = indent
        while not indent.startswith(margin):
            margin = margin[:-1]
    return margin or ""


def dedent(text):
    lines = ["" if not line.strip(" \t") else line for line in text.split("\n")]
    margin = _margin([line for line in lines if line])
    return "\n".join(line[len(margin):] for line in lines)


def indent(text, prefix, predicate=None):
    wanted = predicate or (lambda line: line.strip())
    return "".join(prefix + line if wanted(line) else line for line in text.splitlines(True))
