"""Telling an act that its time changed; the roof says how an applicant's address is found."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from events.models import Act, Festival
from events.publishing.emails import time_letter
from events.publishing.queries import list_stage_names
from events.scheduling.actions import TIME_CHANGED
from events.scheduling.placements import Placement, from_json
from festival.jobs.worker import Handlers
from festival.kit.i18n import use_language
from festival.kit.languages import DEFAULT, LANGUAGES
from festival.mail.actions import queue_mail

# The address and language of whoever sent an application, by its id; None where there is none.
FindApplicant = Callable[[int], Awaitable[tuple[str, str] | None]]


def tell_acts_found_by(find_applicant: FindApplicant) -> Handlers:
    """The handler of TIME_CHANGED: a letter to the act's own address, or else to whoever applied."""

    async def tell(payload: dict[str, Any]) -> None:
        act = await Act.get(id=payload["act_id"])
        recipient = await _find_recipient(act, find_applicant)
        if recipient:
            use_language(recipient[1])
            festival = await Festival.get(id=act.festival_id)
            times = (_read(payload["before"]), _read(payload["after"]))
            letter = time_letter(act, festival, recipient, times, await list_stage_names(festival.id))
            await queue_mail(TIME_CHANGED, f"{TIME_CHANGED}:{payload['cause']}:{act.id}", letter)

    return {TIME_CHANGED: tell}


async def _find_recipient(act: Act, find_applicant: FindApplicant) -> tuple[str, str] | None:
    if act.contact_email:
        return act.contact_email, act.language if act.language in LANGUAGES else DEFAULT
    return await find_applicant(act.application_id) if act.application_id else None


def _read(kept: dict[str, Any] | None) -> Placement | None:
    return from_json(kept) if kept else None
