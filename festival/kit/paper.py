"""What is drawn as PDF, through typst: all text goes in as data. Drawing takes a tenth of a second of CPU, so it
has threads of its own, and a queue that ends."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import typst

from festival.kit.errors import Overloaded
from festival.kit.fonts import families_for, found_fonts
from festival.kit.i18n import current_language
from festival.kit.languages import LANGUAGES

Sheet = dict[str, object]

_THREADS = 2
_MOST_WAITING = 60
_threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="paper")
_waiting = 0


async def draw(template: Path, inputs: Mapping[str, str]) -> bytes:
    """The PDF of a typst `template` with `inputs` as its data; raises Overloaded where too many wait."""
    global _waiting  # noqa: PLW0603 - one queue per process
    if _waiting >= _MOST_WAITING:
        raise Overloaded
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_threads, _draw, template, dict(inputs))
    finally:
        _waiting -= 1


@cache
def _read(template: Path) -> bytes:
    return template.read_bytes()


def _draw(template: Path, inputs: dict[str, str]) -> bytes:
    drawn = typst.compile(
        _read(template), font_paths=found_fonts(), ignore_system_fonts=True, format="pdf", sys_inputs=inputs
    )
    assert isinstance(drawn, bytes)  # one document  # noqa: S101
    return drawn


def script_facts() -> Sheet:
    """What a template needs to set the current language: its code, region, direction and fonts."""
    language = LANGUAGES[current_language()]
    code, *parts = language.locale.split("_")
    return {
        "language": code,
        "region": parts[-1].lower() if parts else "",
        "direction": language.direction,
        "fonts": families_for(language.code),
    }


def own_direction(text: str) -> str:
    """`text` in whatever script, keeping its own direction in the sentence around it (UAX 9, isolates)."""
    return f"\u2068{text}\u2069"
