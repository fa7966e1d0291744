"""What a packet's files are called, and what a paper that is not there lacks; pure."""

from __future__ import annotations

import datetime as dt
import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from festival.kit.words import N_

# What Windows takes for a device, whatever ending follows.
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(10))})
_MOST_NAME = 60

WHY_NOT = {
    "": N_("Not handed in"),
    "uploaded": N_("Handed in, not looked at yet"),
    "sent_back": N_("Sent back"),
    "expired": N_("Expired"),
}


@dataclass(frozen=True)
class Paper:
    """An accepted paper; `file` is its name in the packet, empty where the office saw it on paper or as a link."""

    kind: str
    number: str
    expires_on: dt.date | None
    accepted_on: dt.date | None
    file: str = ""
    link: str = ""


@dataclass(frozen=True)
class Lack:
    """A paper that is not there, why (a key of WHY_NOT) and since when."""

    kind: str
    why: str
    since: dt.date


@dataclass(frozen=True)
class Row:
    """One vendor in a packet."""

    receipt: str
    name: str
    category: str
    spaces: Sequence[str]
    papers: Sequence[Paper]
    lacks: Sequence[Lack]

    @property
    def place(self) -> str:
        """The spaces as they are written."""
        return ", ".join(self.spaces)


def safe_name(text: str, otherwise: str = "_") -> str:
    """`text` as one step of a path on any system: letters and digits of every script, hyphens between."""
    kept = "".join(one if one.isalnum() or unicodedata.category(one)[0] == "M" else " " for one in _composed(text))
    name = "-".join(kept.split())[:_MOST_NAME].strip("-") or otherwise
    return f"{name}_" if name.lower() in _DEVICES else name


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def file_name(spaces: Sequence[str], vendor: str, kind: str, expires_on: dt.date | None, suffix: str) -> str:
    """Where a paper lies: a folder per vendor that sorts by space, the paper's kind, and until when it is good."""
    place = safe_name(spaces[0]) if spaces else "no-space"
    until = f"_until-{expires_on.isoformat()}" if expires_on else ""
    return f"{place}_{safe_name(vendor)}/{safe_name(kind)}{until}.{safe_name(suffix, 'bin')}"


def make_unique(names: Iterable[str]) -> list[str]:
    """`names`, the second of two that a system would take for one with a number before its ending."""
    seen: set[str] = set()
    found: list[str] = []
    for name in names:
        stem, _, suffix = name.rpartition(".")
        candidate, number = name, 1
        while candidate.casefold() in seen:
            number += 1
            candidate = f"{stem}-{number}.{suffix}"
        seen.add(candidate.casefold())
        found.append(candidate)
    return found


def fingerprint(index: bytes, table: bytes, digests: Sequence[tuple[str, str]]) -> str:
    """Another one whenever a byte of the packet would be another; `digests` are names and digests of papers."""
    said = hashlib.sha256(index + b"\0" + table)
    for name, digest in digests:
        said.update(f"\0{name}\0{digest}".encode())
    return said.hexdigest()
