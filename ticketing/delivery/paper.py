"""Tickets as PDF: what is printed of them, in each holder's language."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from festival.kit import i18n
from festival.kit.i18n import current_language, gettext, ngettext, number, use_language
from festival.kit.paper import Sheet, draw, own_direction, script_facts
from festival.settings import settings
from ticketing.delivery.qr import matrix_svg, token_matrix
from ticketing.holder.queries import HeldTicket

Layout = Literal["one", "four"]

_TEMPLATE = Path(__file__).with_name("ticket.typ")
_RANGE = "\u2066\u2068{}\u2069–\u2068{}\u2069\u2069"


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
    return await draw(_TEMPLATE, {"tickets": json.dumps(sheets), "layout": layout})


def lay_out(held: HeldTicket, office: str) -> Sheet:
    """What is printed of a live ticket, in the current language."""
    assert held.ticket is not None  # whoever prints asked for a live one  # noqa: S101
    zone, claim, occasion = settings().zone, held.claim, held.occasion
    label = gettext("QR code of this ticket")
    starts, ends = i18n.clock_time(occasion.starts_at, zone), i18n.clock_time(occasion.ends_at, zone)
    party = ngettext("For %(party)s person", "Party of %(party)s", claim.party) % {"party": number(claim.party)}
    return {
        **script_facts(),
        "eyebrow": gettext("Free ticket"),
        "title": occasion.title,
        "offer": occasion.offer_name,
        "party": party,
        "holder": own_direction(claim.name) if claim.name else "",
        "day": i18n.day(occasion.starts_at, zone),
        "time": _RANGE.format(starts, ends),
        "place": own_direction(occasion.place),
        "address": own_direction(occasion.address) if occasion.address else "",
        "notes": [],
        "reference": claim.reference,
        "hint": gettext("Show this code at the gate. One code lets all of you in, together or one after another."),
        "office": office,
        "label": label,
        "qr": matrix_svg(token_matrix(held.ticket.token), label),
    }
