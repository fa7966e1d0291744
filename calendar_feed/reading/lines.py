"""A calendar's bytes into components with line numbers (RFC 5545, section 3.1), whatever made them.

Taken are LF or CR line ends, a byte order mark, Latin-1, unfolded lines, a file that ends too early.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from festival.kit.words import N_, Message, say

MOST_BYTES = 5 * 1024 * 1024
MOST_LINE = 64 * 1024
MOST_EVENTS = 5_000
_MOST_DEPTH = 6
# Findings of one kind beyond this are counted, not listed.
MOST_FINDINGS = 200
_NAME = re.compile(r"[A-Za-z0-9-]{1,64}")
_PARAMETER = re.compile(r';([A-Za-z0-9-]{1,64})=((?:"[^"]*"|[^;:",]*)(?:,(?:"[^"]*"|[^;:",]*))*)')
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Finding:
    """Something odd or wrong at a line (from 1; 0 is the whole). `wrong` loses something, else it was mended."""

    line: int
    words: Message
    wrong: bool = True
    excerpt: str = ""


@dataclass(frozen=True)
class Property:
    """A property as it stands: its value still escaped, its parameters without quotes."""

    name: str
    parameters: dict[str, str]
    value: str
    line: int


@dataclass
class Block:
    """A component: its properties by name, and the components inside."""

    name: str
    line: int
    properties: dict[str, list[Property]] = field(default_factory=dict[str, list[Property]])
    blocks: list[Block] = field(default_factory=list["Block"])

    def first(self, name: str) -> Property | None:
        """The first property called `name`."""
        found = self.properties.get(name)
        return found[0] if found else None

    def value(self, name: str) -> str:
        """Its value; "" where there is none."""
        found = self.first(name)
        return found.value if found else ""


class Findings:
    """Collects findings, bounded: ten thousand wrong lines are told once each two hundred times at most."""

    def __init__(self) -> None:
        self.listed: list[Finding] = []
        self.left_out = 0

    def add(self, line: int, words: Message, *, wrong: bool = True, excerpt: str = "") -> None:
        """Note a finding, or count it where there are too many."""
        if len(self.listed) < MOST_FINDINGS:
            self.listed.append(Finding(line, words, wrong, excerpt[:80]))
        else:
            self.left_out += 1


def decode(raw: bytes, findings: Findings) -> str:
    """The text, by its byte order mark, as UTF-8, or else as Latin-1."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        findings.add(1, say(N_("This file is in UTF-16; calendars are in UTF-8.")), wrong=False)
        return raw.decode("utf-16", "replace")
    if raw.startswith(b"\xef\xbb\xbf"):
        findings.add(
            1, say(N_("The file begins with a byte order mark, which some calendars stumble over.")), wrong=False
        )
        raw = raw[3:]
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        findings.add(line, say(N_("This is not UTF-8; it was read as Latin-1.")), wrong=False)
        return raw.decode("latin-1")


def unfold(text: str, findings: Findings) -> Iterator[tuple[int, str]]:
    """Each logical line with the number of its first physical one."""
    if "\n" in text and "\r\n" not in text:
        findings.add(1, say(N_("Lines end with LF alone; the standard asks for CR LF.")), wrong=False)
    physical = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    long = next((number for number, line in enumerate(physical, 1) if len(line) > 75 and len(line.encode()) > 75), 0)
    if long:
        findings.add(long, say(N_("Lines are longer than 75 octets and not folded.")), wrong=False)
    start, parts, size = 0, list[str](), 0
    for number, line in enumerate(physical, 1):
        if line[:1] in {" ", "\t"} and parts:
            size += len(line)
            if size <= MOST_LINE:
                parts.append(line[1:])
            continue
        if parts:
            yield from _whole(start, parts, size, findings)
        start, parts, size = number, [line[: MOST_LINE + 1]], len(line)
    yield from _whole(start, parts, size, findings)


def _whole(start: int, parts: list[str], size: int, findings: Findings) -> Iterator[tuple[int, str]]:
    if size > MOST_LINE:
        findings.add(start, say(N_("This line is far too long and was left out.")), excerpt=parts[0])
        return
    line = "".join(parts)
    if _CONTROLS.search(line):
        findings.add(start, say(N_("Control characters were removed.")), wrong=False)
        line = _CONTROLS.sub("", line)
    if line.strip():
        yield start, line


def read_property(line: str, number: int) -> Property | None:
    """A content line; None where it is none."""
    name = _NAME.match(line)
    if not name:
        return None
    at, parameters = name.end(), dict[str, str]()
    while at < len(line) and line[at] == ";":
        found = _PARAMETER.match(line, at)
        if not found:
            # Outlook writes parameter values with colons and no quotes.
            colon = line.find(":", at)
            return Property(name[0].upper(), parameters, line[colon + 1 :], number) if colon >= 0 else None
        parameters.setdefault(found[1].upper(), found[2].replace('"', ""))
        at = found.end()
    if at >= len(line) or line[at] != ":":
        return None
    return Property(name[0].upper(), parameters, line[at + 1 :], number)


def read_blocks(text: str, findings: Findings) -> list[Block]:
    """The calendars in `text` as components; what is not closed at the end was cut off and is left out."""
    root = Block("", 0)
    stack, events = [root], 0
    for number, line in unfold(text, findings):
        found = read_property(line, number)
        if found is None:
            findings.add(number, say(N_("This is not a line of a calendar (NAME:value).")), excerpt=line)
        elif found.name == "BEGIN":
            stack.append(Block(found.value.strip().upper(), number))
        elif found.name == "END":
            _close(stack, found, findings)
            events += found.value.strip().upper() == "VEVENT"
        elif len(stack) == 1:
            findings.add(number, say(N_("This stands outside of any calendar.")), excerpt=line)
        else:
            stack[-1].properties.setdefault(found.name, []).append(found)
        if len(stack) > _MOST_DEPTH:
            findings.add(number, say(N_("Components are nested too deeply; the rest was left out.")))
            break
        if events >= MOST_EVENTS:
            findings.add(number, say(N_("More than %(most)s events: the rest was left out."), most=MOST_EVENTS))
            break
    for block in stack[1:]:
        findings.add(block.line, say(N_("%(name)s is not closed: the file was cut off here."), name=block.name[:40]))
    # What was complete inside a calendar that was cut off is kept.
    if len(stack) > 1 and stack[1].name == "VCALENDAR":
        root.blocks.append(stack[1])
    return [block for block in root.blocks if block.name == "VCALENDAR"]


def _close(stack: list[Block], end: Property, findings: Findings) -> None:
    name = end.value.strip().upper()
    if len(stack) > 1 and stack[-1].name == name:
        block = stack.pop()
        stack[-1].blocks.append(block)
        return
    words = say(N_("END:%(name)s closes nothing that is open."), name=name[:40])
    findings.add(end.line, words)
    names = [block.name for block in stack]
    if name in names[1:]:
        # What was left open inside is lost; the outer one closes.
        while stack[-1].name != name:
            stack.pop()
        block = stack.pop()
        stack[-1].blocks.append(block)
