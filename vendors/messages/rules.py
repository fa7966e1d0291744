"""What somebody wrote themselves in a mail: without what they quoted, their signature and their phone's advertising.

Mail programs agree on little. Most put `>` before what they quote (RFC 3676, section 4.5); the others leave it bare
under a rule, under a block of headers, or under the line that our letters begin with.
"""

from __future__ import annotations

import re

# Stands around the first line of our letters, in every language.
MARK = "~~~"
_MARKED = re.compile(r"~~~.+~~~")
_QUOTE = re.compile(r"^\s{0,2}>")
_DASHED = re.compile(r"^\s*-{4,}\s*\S.*\S\s*-{4,}\s*$")
_RULE = re.compile(r"^\s*_{20,}\s*$")
_HEADER = re.compile(r"^\s*\*?[^\W\d_][\w\s-]{0,24}\s?[:：]\*?\s+\S")
_DATE = re.compile(r"\b20\d\d\b|20\d\d年|\b\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}\b")
_SIGNATURE = re.compile(r"^--\s?$")
_PHONE = re.compile(
    r"^(sent from (my|mail|yahoo|outlook|proton)|sent with |get outlook for|enviado desde|enviado do meu|enviado con "
    r"|obtener outlook|obtén outlook|envoyé de(puis)? |télécharger outlook|von mein\w* .*gesendet|gesendet von"
    r"|outlook für .*(laden|herunterladen)|inviato da|gửi từ |отправлено (с|из) |发自我的|從我的|iphoneから送信"
    r"|나의 iphone에서|أُ?رسلت من|تم الإرسال من)",
    re.IGNORECASE,
)
# Marks of direction, which mail programs put around what they write in Arabic.
_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_MOST_ATTRIBUTED = 3


def own_words(text: str) -> str:
    """What the writer of a mail's `text` wrote; empty where they only quoted."""
    plain = _DIRECTION.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " "))
    lines = [line.rstrip() for line in _CONTROLS.sub("", plain).split("\n")]
    cut = next((at for at in range(len(lines)) if _begins_quote(lines, at)), len(lines))
    kept = _without_quotes(lines[:cut])
    if cut < len(lines):
        kept = _without_attribution(kept)
    kept = _without_signature(kept)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _begins_quote(lines: list[str], at: int) -> bool:
    """Whether all from line `at` is somebody else's, without a `>` before it."""
    line = lines[at]
    if _QUOTE.match(line):
        return False
    if _MARKED.search(line) or _DASHED.match(line):
        return True
    if _RULE.match(line):
        return any(_HEADER.match(after) for after in lines[at + 1 : at + 4])
    block = lines[at : at + 3]
    return len(block) == 3 and all(map(_HEADER.match, block)) and "@" in "".join(lines[at : at + 6])


def _without_quotes(lines: list[str]) -> list[str]:
    kept: list[str] = []
    for line in lines:
        if not _QUOTE.match(line):
            kept.append(line)
        elif kept and kept[-1] != ">":
            kept = [*_without_attribution(kept), ">"]
    return ["" if line == ">" else line for line in kept]


def _without_attribution(lines: list[str]) -> list[str]:
    """`lines` without an `On …, … wrote:` at their end, which may be broken over three lines."""
    kept = list(lines)
    while kept and not kept[-1].strip():
        kept.pop()
    if not kept or not kept[-1].endswith((":", "：")):
        return kept
    block: list[str] = []
    for line in reversed(kept[-_MOST_ATTRIBUTED:]):
        if not line.strip():
            break
        block.insert(0, line)
        if _DATE.search(line):  # the date begins it; a name or an address may be broken off
            return kept[: -len(block)]
    return kept[: -len(block)] if "@" in " ".join(block) else kept


def _without_signature(lines: list[str]) -> list[str]:
    cut = next((at for at, line in enumerate(lines) if _SIGNATURE.match(line)), len(lines))
    kept = lines[:cut]
    while kept and (not kept[-1].strip() or _PHONE.match(kept[-1].strip())):
        kept.pop()
    return kept
