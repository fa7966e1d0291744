"""Writes: a whole programme file, every room's part of it, or nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from calendar_feed.partners.programme import check_partners, load_partners
from events.models import Occurrence, Performance, Program
from events.overview.programme import check_overview, load_overview
from events.programme.actions import Loaded, load_programme
from events.programme.reading import check_programme, read_programme
from events.scheduling.programme import check_schedule, load_schedule
from festival.accounts.actions import ensure_person, grant_role, set_password
from festival.database import transaction
from festival.kit.documents import Document, DocumentWrong, LineError, read_document
from festival.kit.errors import Forbidden
from festival.kit.web.access import NOBODY, Role
from festival.kit.words import N_
from festival.settings import Settings
from ticketing.offers.programme import check_offers, load_offers
from vendors.programme.actions import load_vendors
from vendors.programme.reading import check_vendors

DEMO_PROGRAMME = Path(__file__).parent / "demo_programme.yaml"

# Every check runs before anything is written; then the loaders, in this order, in one transaction.
CHECKS: Sequence[Callable[[Document], list[LineError]]] = (
    check_programme,
    check_schedule,
    check_overview,
    check_offers,
    check_vendors,
    check_partners,
)
LOADERS: Sequence[Callable[[Document, Loaded], Awaitable[object]]] = (
    load_offers,
    load_vendors,
    load_schedule,
    load_overview,
    load_partners,
)


@dataclass(frozen=True)
class Summary:
    """What was loaded."""

    festival_slug: str
    programs: int
    occurrences: int
    performances: int

    def sentence(self) -> str:
        """For the command line."""
        return (
            f"Loaded {self.festival_slug}: {self.programs} programs, {self.occurrences} dates, "
            f"{self.performances} acts on stage."
        )


async def seed_programme(text: str) -> Summary:
    """Load a programme file.

    Raises DocumentWrong with every error of every part by its line, or AlreadyLoaded; then nothing was written.
    """
    document = read_document(text)
    errors = [error for check in CHECKS for error in check(document)]
    if errors:
        raise DocumentWrong(errors)
    programme = read_programme(document)
    async with transaction():
        loaded = await load_programme(programme)
        for load in LOADERS:
            await load(document, loaded)
    return Summary(
        loaded.festival_slug,
        await Program.filter(id__in=list(loaded.programs.values())).count(),
        await Occurrence.filter(program_id__in=list(loaded.programs.values())).count(),
        await Performance.filter(plan__festival_id=loaded.festival_id, plan__state="published").count(),
    )


DEMO_PASSWORD = "global-fest-demo"  # noqa: S105 - printed by `make demo`, refused outside this machine
DEMO_PEOPLE: Sequence[tuple[str, str, Role | None]] = (
    ("owner@demo.example", "Olive Owner", Role.OWNER),
    ("organizer@demo.example", "Omar Organizer", Role.ORGANIZER),
    ("reviewer@demo.example", "Rosa Reviewer", Role.REVIEWER),
    ("treasurer@demo.example", "Thuy Treasurer", Role.TREASURER),
    ("gate@demo.example", "Gabriel Gate", Role.GATE),
    ("vendor@demo.example", "Vera Vendor", None),
)


class NotADemo(Forbidden):
    """Demo accounts have a password that everybody knows."""

    code = "not_a_demo"
    message = N_("Demo people are made only where FESTIVAL_BASE_URL is this machine: their password is known to all.")


async def add_demo_people(settings: Settings) -> list[tuple[str, str]]:
    """Make one account of each kind; returns addresses and roles. Raises NotADemo on a public address."""
    if not settings.on_loopback:
        raise NotADemo
    for email, name, role in DEMO_PEOPLE:
        person = await ensure_person(email, name=name)
        await set_password(person.id, DEMO_PASSWORD)
        if role:
            await grant_role(person.id, role, NOBODY)
    return [(email, str(role or "vendor")) for email, _, role in DEMO_PEOPLE]
