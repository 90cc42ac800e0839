"""What README.md shows works: its console blocks are run in order, its SQL is put into the revision it is about, and its
YAML is checked."""
from e2e import *


def blocks(text):
    """(language, first line number, lines) of each fenced block."""
    found, current = [], None
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("```"):
            if current is None:
                current = (line[3:].strip(), number + 1, [])
            else:
                found.append(current)
                current = None
        elif current is not None:
            current[2].append(line)
    ok("every block is closed", current is None, current)
    return found


def console(path, number, lines):
    for i, line in enumerate(lines):
        if not line.startswith("$ "):
            continue
        said = re.search(r"#\s*exits (\d+)\s*$", line)
        r = subprocess.run(["bash", "-c", line[2:]], cwd=path, capture_output=True, text=True, timeout=60,
                           stdin=subprocess.DEVNULL, env={**os.environ, "PATH": f"{os.path.dirname(PROGRAM)}:{os.environ['PATH']}"})
        r = Result(r.returncode, r.stdout, r.stderr)
        same(f"README.md:{number + i}: {line}", r.status, int(said.group(1)) if said else 0, r)


def main():
    file = f"{SOURCE}/README.md"
    if not os.path.exists(file):
        print("no README.md")
        sys.exit(77)
    path = folder("readme")
    commands = 0
    for language, number, lines in blocks(read(file)):
        text = "\n".join(lines) + "\n"
        id = re.search(r"^-- revision: (\S+)", text, re.M)
        if language == "console":
            commands += sum(line.startswith("$ ") for line in lines)
            console(path, number, lines)
        elif language == "sql" and id:
            made = [f for f in os.listdir(f"{path}/revisions") if f.startswith(id.group(1))]
            if ok(f"README.md:{number}: a command before it made the file", len(made) == 1, made):
                write(f"{path}/revisions/{made[0]}", text)
        elif language == "yaml" and text.startswith("environment:"):
            other = project(folder("readme"))
            write(f"{other}/environments/{re.search('environment: *(.*)', text).group(1)}.yaml", text)
            r = run(other, "env", "check")
            same(f"README.md:{number}: the environment is right", r.status, 0, r)
    ok("README.md has commands", commands > 5, commands)


main()
finish()
