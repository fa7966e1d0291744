"""Paste or upload a calendar; nothing of it is kept."""

from __future__ import annotations

import asyncio

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from calendar_feed.feed.rules import window
from calendar_feed.reading.events import Reading, read_calendar
from festival.kit.clock import now
from festival.kit.web.access import ANYONE
from festival.kit.web.forms import FormState
from festival.kit.web.limits import limit
from festival.kit.web.pages import render
from festival.kit.web.routes import Door, Routes
from festival.kit.words import N_, say
from festival.scanning.clamd import require_clean
from festival.settings import settings

MOST_BYTES = 1024 * 1024
_PER_MINUTE = 20
_SHOWN = 20


async def get_check(request: Request) -> Response:
    """The form."""
    return render(request, "calendar/check.html", reading=None)


async def post_check(request: Request) -> Response:
    """What was read, and every finding by its line."""
    limit(request, "check-calendar", _PER_MINUTE)
    async with request.form(max_part_size=MOST_BYTES) as form:
        file, text = form.get("file"), str(form.get("text", "") or "")
        raw = await file.read() if isinstance(file, UploadFile) and file.filename else b""
    # A browser sends what was pasted with CR LF, whatever it was before.
    raw = raw or text.encode("utf-8", "replace")
    if not raw.strip():
        state = FormState({"text": ""}, {"text": say(N_("Paste a calendar, or choose a file."))})
        return render(request, "calendar/check.html", 422, reading=None, form=state)
    await require_clean(raw)
    reading = await asyncio.to_thread(_read, raw)
    coming = sorted(
        ((time, event) for event in reading.events for time in event.times),
        key=lambda pair: (pair[0].starts_at, pair[1].uid),
    )
    wrong = sum(finding.wrong for finding in reading.findings)
    return render(
        request, "calendar/check.html", reading=reading, wrong=wrong, coming=coming[:_SHOWN], dates=len(coming),
        form=FormState({"text": text[:20_000]}),
    )  # fmt: skip


def _read(raw: bytes) -> Reading:
    first, last = window(now().astimezone(settings().zone).date())
    return read_calendar(raw[:MOST_BYTES], settings().zone, first, last)


routes: Routes = [Door("/calendar/check", ANYONE, get=get_check, post=post_check, max_body=MOST_BYTES + 64 * 1024)]
