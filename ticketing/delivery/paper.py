"""Tickets as PDF, through typst: all text goes in as data. Drawing takes a tenth of a second of CPU, so it has
threads of its own, and a queue that ends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Literal

import typst

from festival.kit import i18n
from festival.kit.errors import Overloaded
from festival.kit.fonts import families_for, found_fonts
from festival.kit.i18n import current_language, gettext, ngettext, number, use_language
from festival.kit.languages import LANGUAGES
from festival.settings import settings
from ticketing.delivery.qr import matrix_svg, token_matrix
from ticketing.holder.queries import HeldTicket

Layout = Literal["one", "four"]

_TEMPLATE = Path(__file__).with_name("ticket.typ")
_THREADS = 2
_MOST_WAITING = 60
_threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="paper")
_waiting = 0
# What is in another script than the sentence around it keeps its own direction (UAX 9, isolates).
_RANGE = "\u2066\u2068{}\u2069–\u2068{}\u2069\u2069"
_OWN = "\u2068{}\u2069"


Sheet = dict[str, object]


def lay_out_each(tickets: Sequence[HeldTicket], office: str) -> list[Sheet]:
    """The sheets of live tickets, each in its holder's language."""
    mine, sheets = current_language(), list[Sheet]()
    for held in tickets:
        use_language(held.claim.language)
        sheets.append(lay_out(held, office))
    use_language(mine)
    return sheets


async def draw_sheets(sheets: Sequence[Sheet], layout: Layout = "one") -> bytes:
    """The PDF of tickets, one a page or in fours; raises Overloaded."""
    global _waiting  # noqa: PLW0603 - one queue per process
    if _waiting >= _MOST_WAITING:
        raise Overloaded
    facts = json.dumps(sheets)
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_threads, _draw, facts, layout)
    finally:
        _waiting -= 1


@cache
def _template() -> bytes:
    return _TEMPLATE.read_bytes()


def _draw(facts: str, layout: Layout) -> bytes:
    drawn = typst.compile(
        _template(), font_paths=found_fonts(), ignore_system_fonts=True, format="pdf",
        sys_inputs={"tickets": facts, "layout": layout},
    )  # fmt: skip
    assert isinstance(drawn, bytes)  # one document  # noqa: S101
    return drawn


def lay_out(held: HeldTicket, office: str) -> Sheet:
    """What is printed of a live ticket, in the current language."""
    assert held.ticket is not None  # whoever prints asked for a live one  # noqa: S101
    zone, claim, occasion = settings().zone, held.claim, held.occasion
    language = LANGUAGES[current_language()]
    code, *parts = language.locale.split("_")
    label = gettext("QR code of this ticket")
    starts, ends = i18n.clock_time(occasion.starts_at, zone), i18n.clock_time(occasion.ends_at, zone)
    party = ngettext("For %(party)s person", "Party of %(party)s", claim.party) % {"party": number(claim.party)}
    return {
        "language": code,
        "region": parts[-1].lower() if parts else "",
        "direction": language.direction,
        "fonts": families_for(language.code),
        "eyebrow": gettext("Free ticket"),
        "title": occasion.title,
        "offer": occasion.offer_name,
        "party": party,
        "holder": _OWN.format(claim.name) if claim.name else "",
        "day": i18n.day(occasion.starts_at, zone),
        "time": _RANGE.format(starts, ends),
        "place": _OWN.format(occasion.place),
        "address": _OWN.format(occasion.address) if occasion.address else "",
        "notes": [],
        "reference": claim.reference,
        "hint": gettext("Show this code at the gate. One code lets all of you in, together or one after another."),
        "office": office,
        "label": label,
        "qr": matrix_svg(token_matrix(held.ticket.token), label),
    }
