"""The letter to an act whose time changed."""

from __future__ import annotations

from events.models import Act, Festival
from events.scheduling.placements import Placement
from festival.kit.i18n import gettext
from festival.kit.web.templates import templates
from festival.kit.words import N_
from festival.mail.actions import Letter
from festival.settings import settings

_SUBJECTS = {
    "placed": N_("Your time at %(festival)s: %(act)s"),
    "moved": N_("Your time has changed at %(festival)s: %(act)s"),
    "taken_out": N_("Cancelled at %(festival)s: %(act)s"),
}


def time_letter(
    act: Act, festival: Festival, recipient: tuple[str, str], times: tuple[Placement | None, Placement | None],
    stages: dict[int, str],
) -> Letter:  # fmt: skip
    """The letter to `recipient` (address, language) about the `times` before and after, in the current language."""
    before, after = (time if time and time.state == "scheduled" else None for time in times)
    kind = "moved" if before and after else "placed" if after else "taken_out"
    facts = {
        "act": act, "festival": festival, "kind": kind, "before": before, "after": after, "stages": stages,
        "reason": times[1].reason if times[1] else "",
        "link": f"{settings().base_url}/{recipient[1]}/festival/{festival.slug}",
    }  # fmt: skip
    return Letter(
        recipient=recipient[0], language=recipient[1],
        subject=gettext(_SUBJECTS[kind]) % {"festival": festival.name, "act": act.title},
        text=templates().render("events/emails/time.txt", facts),
        html=templates().render("events/emails/time.html", facts),
    )  # fmt: skip
