"""The page of a drift report in a real browser: every finding is in it, and it can be read by everyone."""
import os

from browser import ENTER, TAB
from drift_facts import visible
from e2e import has, ok, same

# Text that is not on a background of at least 4.5 : 1 (WCAG 2, level AA).
CONTRAST = """
const rgb = c => { const m = c.match(/[\\d.]+/g).map(Number); return {c: m.slice(0, 3), a: m.length > 3 ? m[3] : 1}; };
const light = c => c.map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((s, v, i) => s + v * [.2126, .7152, .0722][i], 0);
const behind = e => { for (; e; e = e.parentElement) { const b = rgb(getComputedStyle(e).backgroundColor);
    if (b.a > 0) return b.c; } return [255, 255, 255]; };
const bad = new Set(); let n = 0, worst = 99;
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !e.checkVisibility()) continue;
    const a = light(rgb(getComputedStyle(e).color).c), b = light(behind(e));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    n++; worst = Math.min(worst, ratio);
    if (ratio < 4.5) bad.add(`${e.tagName}.${e.className} ${ratio.toFixed(2)}`);
}
return [n, worst, [...bad]];
"""

STRUCTURE = """
const all = s => [...document.querySelectorAll(s)];
const ids = all('[id]').map(e => e.id);
const levels = all('h1,h2,h3,h4,h5,h6').map(e => +e.tagName[1]);
const labels = all('[aria-labelledby]').map(e => e.getAttribute('aria-labelledby'));
return {
    lang: document.documentElement.lang, title: document.title, h1: all('h1').length, main: all('main').length,
    scripts: all('script').length, handlers: all('*').filter(e => [...e.attributes].some(a => a.name.startsWith('on'))).length,
    images: all('img,iframe,object,embed,video,audio,form,base').length,
    outside: all('[href],[src]').map(e => e.getAttribute('href') ?? e.getAttribute('src'))
        .filter(h => !h.startsWith('#') && h !== 'data:,'),
    dangling: all('a').map(e => e.getAttribute('href')).filter(h => !ids.includes(h.slice(1))),
    unlabelled: labels.filter(l => !ids.includes(l)),
    twice: ids.filter((id, i) => ids.indexOf(id) !== i),
    requests: performance.getEntriesByType('resource').map(e => e.name),
    scopes: all('th').filter(e => !e.scope).length, tables: all('table').filter(e => !e.querySelector('th')).length,
    summaries: all('details').filter(e => e.firstElementChild?.tagName !== 'SUMMARY').length,
    skips: levels.filter((l, i) => i && l > levels[i - 1] + 1).length,
};
"""


def check_structure(name, b):
    s = b.js(STRUCTURE)
    expected = {"lang": "en", "h1": 1, "main": 1, "scripts": 0, "handlers": 0, "images": 0, "outside": [], "dangling": [],
                "unlabelled": [], "twice": [], "requests": [], "scopes": 0, "tables": 0, "summaries": 0, "skips": 0}
    ok(f"{name}: the page has a title", s.pop("title"))
    same(f"{name}: the page's structure", s, expected)


def text_of(b, selector):
    return b.js("return [...document.querySelectorAll(arguments[0])].map(e => e.textContent)", selector)


def check_finding(name, shown, f):
    for part in ("type", "path", "message", "restore_hazard", "restore_refused", "adopt_refused"):
        has(f"{name}: the page tells the {part} of {f['path']}", shown, visible(f[part]))
    for a in f["attributes"]:
        for side in ("expected", "actual"):
            has(f"{name}: the page tells {a['name']} of {f['path']}", shown, visible(a[side] or "none"))
    for statement in f["restore"] + f["adopt"]:
        has(f"{name}: the page tells the statements for {f['path']}", shown, visible(statement) + ";")


def check_sides(name, cells, f):
    """Both definitions stand there, line by line, with marks besides the colours."""
    for side, mark in (("expected", "\u2212"), ("actual", "+")):
        other = (f["actual"] if side == "expected" else f["expected"]) or ""
        for line in (f[side] or "").rstrip("\n").split("\n") if f[side] else []:
            if line not in other.split("\n"):
                ok(f"{name}: {side} line {line!r} of {f['path']}", mark + visible(line) in cells, cells)


def check_facts(name, b, report):
    """Each finding of each target, on the way that a reader has from the target's row."""
    body = text_of(b, "body")[0]
    rows = b.js("return [...document.querySelectorAll('.targets tbody tr')].map(r => "
                "[r.textContent, r.querySelector('td a')?.getAttribute('href') ?? null])")
    same(f"{name}: a row a target", len(rows), len(report["targets"]))
    for target, (row, link) in zip(report["targets"], rows):
        has(f"{name}: the row of the target", row, visible(target["name"]))
        for part in ("address", "server", "baseline"):
            has(f"{name}: the {part} of the target", row, visible(target[part]))
        for revision in target["position"]:
            has(f"{name}: where the target stands", row, visible(revision))
        for part in (target["error"], target["hint"], *target["unseen"]):
            has(f"{name}: the page tells", body, visible(part))
        counted = [f for f in target["findings"] if not f["ignored"]]
        if counted:
            found = b.js("""const a = document.querySelector(arguments[0]).closest('article');
                return {text: a.textContent, names: [...a.querySelectorAll('.names a')].map(e => e.textContent),
                        findings: [...a.querySelectorAll('details.finding')].map(d => [d.textContent,
                            [...d.querySelectorAll('.sides td')].map(c => c.textContent)])};""", link)
            has(f"{name}: why it is not judged in full", found["text"], visible(target["error"]))
            ok(f"{name}: the target is named above its findings", visible(target["name"]) in found["names"], found)
            same(f"{name}: findings of {target['name']!r}", len(found["findings"]), len(counted))
            for (shown, cells), f in zip(found["findings"], counted):
                check_finding(name, shown, f)
                check_sides(name, cells, f)
        for f in target["findings"]:
            if f["ignored"]:
                row = next((r for r in text_of(b, "section[aria-labelledby=ignored] tbody tr")
                            if visible(f["path"]) in r), "")
                has(f"{name}: why {f['path']} is ignored", row, visible(f["ignored"]["reason"]))
                has(f"{name}: until when", row, f["ignored"]["until"] or "no end")
                has(f"{name}: on which target", row, visible(target["name"]))
    for rule in report["expired"]:
        has(f"{name}: a rule that has ended", body, visible(rule))
    counts = " ".join(text_of(b, ".counts li"))
    for number in (report["counts"]["targets"], report["counts"]["drift"], report["counts"]["findings"]):
        has(f"{name}: counts at the top", counts, f"{number} ")
    if report["began"]:
        has(f"{name}: the time is in UTC", text_of(b, "header dl")[0],
            report["began"].replace("T", " ").replace("Z", " UTC"))


def check_keyboard(name, b):
    b.js("scrollTo(0, 0); document.activeElement.blur()")
    b.keys(TAB)
    first = b.js("""const e = document.activeElement, r = e.getBoundingClientRect(), s = getComputedStyle(e);
        return [e.className, r.left >= 0 && r.top >= 0 && r.width > 0, s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2]""")
    same(f"{name}: the first stop is the link over the top, seen and outlined", first, ["skip", True, True])
    b.keys(ENTER)
    same(f"{name}: it leads to the findings", b.js("return document.activeElement.id"), "main")
    if not b.js("return document.querySelectorAll('main details').length"):
        return
    for _ in range(40):
        b.keys(TAB)
        if b.js("return document.activeElement.tagName") == "SUMMARY":
            break
    before = b.js("return document.activeElement.parentElement.open")
    ok(f"{name}: a summary is outlined", b.js("return getComputedStyle(document.activeElement).outlineStyle") != "none")
    b.keys(ENTER)
    same(f"{name}: Enter folds and unfolds", b.js("return document.activeElement.parentElement.open"), not before)
    b.keys(ENTER)


def check_readers(name, b, keep=None):
    """Light, dark, on paper, and on a narrow screen. keep: a folder for pictures to look at."""
    for scheme, media, width in (("light", "", 1200), ("dark", "", 1200), ("dark", "print", 1200), ("light", "", 400)):
        b.look(scheme, media, width)
        what = f"{name}: {media or scheme} at {width}"
        n, worst, bad = b.js(CONTRAST)
        ok(f"{what}: contrast", n and not bad, f"{n} texts, worst {worst:.2f}", *bad)
        ok(f"{what}: nothing stands out to the right",
           b.js("return document.documentElement.scrollWidth <= innerWidth"), b.js("return document.documentElement.scrollWidth"))
        if media == "print":
            same(f"{what}: what is folded is printed all the same",
                 b.js("return [...document.querySelectorAll('details:not([open]) > :not(summary)')]"
                      ".filter(e => !e.checkVisibility()).length"), 0)
        if keep:
            b.screenshot(os.path.join(keep, f"{name}-{media or scheme}-{width}.png"))
    b.look()
    if keep:
        b.pdf(os.path.join(keep, f"{name}.pdf"))


def check_page(name, b, path, report, keep=None):
    b.look()
    b.open(path)
    check_structure(name, b)
    check_facts(name, b, report)
    check_keyboard(name, b)
    check_readers(name, b, keep)
