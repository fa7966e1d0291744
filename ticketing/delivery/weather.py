"""One line about the weather, from the service that the city configured; without one, or without an answer, none."""

from __future__ import annotations

import datetime as dt
import logging
import time

import httpx
from pydantic_core import PydanticCustomError

from festival.kit.i18n import current_language
from festival.kit.text import clean_line
from festival.settings import settings

log = logging.getLogger("festival.weather")
_WAIT_S = 5
_KEPT_S = 3600
_LONGEST = 200
_kept: dict[tuple[str, str, str, str], tuple[float, str]] = {}


async def get_weather_line(latitude: float | None, longitude: float | None, day: dt.date) -> str:
    """What the service says in the current language; "" where it says nothing within five seconds. Kept for an hour."""
    url = settings().weather_url
    if not url or latitude is None or longitude is None:
        return ""
    key = (url, f"{latitude:.2f},{longitude:.2f}", day.isoformat(), current_language())
    known = _kept.get(key)
    if known and time.monotonic() - known[0] < _KEPT_S:
        return known[1]
    line = await _ask(url, {"latitude": latitude, "longitude": longitude, "date": key[2], "language": key[3]})
    if len(_kept) > 500:
        _kept.clear()
    _kept[key] = (time.monotonic(), line)
    return line


async def _ask(url: str, query: dict[str, str | float]) -> str:
    try:
        async with httpx.AsyncClient(timeout=_WAIT_S, follow_redirects=False, trust_env=False) as client:
            answer = await client.get(url, params=query)
        return clean_line(str(answer.raise_for_status().json()["text"]))[:_LONGEST]
    except (httpx.HTTPError, ValueError, LookupError, TypeError, PydanticCustomError) as error:
        log.warning("no weather line: %r", error)
        return ""
