"""The picture of a page, drawn by typst because titles are in any of twelve scripts; drawn once per content."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import TypedDict

import typst

from festival.kit.errors import Overloaded
from festival.kit.fonts import families_for, found_fonts
from festival.kit.i18n import current_language
from festival.kit.languages import LANGUAGES

_TEMPLATE = Path(__file__).parent / "card.typ"
_threads = ThreadPoolExecutor(1, thread_name_prefix="pictures")
_MOST_KEPT, _MOST_WAITING = 200, 20
_TINTS = {"cultural": "#b6410a", "arts": "#7d2a61", "sports": "#0b6b67"}
_kept: OrderedDict[str, bytes] = OrderedDict()
_waiting: set[str] = set()


class Card(TypedDict):
    """What stands on a picture; `state` only when it does not take place as planned."""

    eyebrow: str
    title: str
    day: str
    time: str
    place: str
    state: str
    office: str


async def draw_card(card: Card, area: str) -> bytes:
    """The PNG (1200 x 630) of `card` in the current language; raises Overloaded when too many wait."""
    language = LANGUAGES[current_language()]
    facts = json.dumps(
        {
            **card,
            "tint": _TINTS.get(area, _TINTS["cultural"]),
            "language": language.code.partition("-")[0],
            "direction": language.direction,
            "fonts": families_for(language.code),
        }
    )
    if facts in _kept:
        _kept.move_to_end(facts)
        return _kept[facts]
    if len(_waiting) >= _MOST_WAITING:
        raise Overloaded
    _waiting.add(facts)
    try:
        drawn = await asyncio.get_running_loop().run_in_executor(_threads, _draw, facts)
    finally:
        _waiting.discard(facts)
    _kept[facts] = drawn
    while len(_kept) > _MOST_KEPT:
        _kept.popitem(last=False)
    return drawn


@cache
def _template() -> bytes:
    return _TEMPLATE.read_bytes()


def _draw(facts: str) -> bytes:
    drawn = typst.compile(
        _template(), font_paths=found_fonts(), ignore_system_fonts=True, format="png", ppi=144.0,
        sys_inputs={"card": facts},
    )  # fmt: skip
    assert isinstance(drawn, bytes)  # one page  # noqa: S101
    return drawn
