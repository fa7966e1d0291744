"""Reads: the spaces and the windows of applications, in two statements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from events.models import Festival
from festival.mail.models import MailMessage
from vendors.lifecycle.rules import HAS_SPACE
from vendors.loadin.rules import in_group, is_for_everybody, signature
from vendors.models import Application, BoothAssignment, LoadInChoice, LoadInWindow

LETTER = "vendors.load_in"


@dataclass(frozen=True)
class Way:
    """Where somebody stands, when they drive in, and what holds for everybody; windows in order."""

    spaces: Sequence[str]
    windows: Sequence[LoadInWindow]
    general: Sequence[LoadInWindow]
    options: Sequence[LoadInWindow] = ()
    choice: LoadInChoice | None = None

    @property
    def to_choose(self) -> bool:
        """Whether one of the options is still to be chosen; until then all of them are among the windows."""
        return bool(self.options) and self.choice is None

    @property
    def signature(self) -> str:
        """Another one where a space, a time or a gate is another."""
        parts = [(w.arrives_at, w.clears_at, w.entrance, w.note) for w in (*self.windows, *self.general)]
        return signature([*self.spaces, *parts])


async def list_ways(applications: Sequence[Application]) -> dict[int, Way]:
    """The way of each application that has a space, by its id."""
    ids = [one.id for one in applications]
    found: dict[int, list[str]] = {}
    festivals: dict[int, int] = {}
    live = BoothAssignment.filter(application_id__in=ids, ended_at=None).select_related("booth").order_by("id")
    for row in await live:
        found.setdefault(row.application_id, []).append(str(row.booth.code))
        festivals[row.application_id] = row.booth.festival_id
    windows = await LoadInWindow.filter(festival_id__in=set(festivals.values())).order_by("clears_at", "id")
    choices = {row.application_id: row for row in await LoadInChoice.filter(application_id__in=list(found))}
    ways: dict[int, Way] = {}
    for number, spaces in found.items():
        there = [window for window in windows if window.festival_id == festivals[number]]
        mine = [window for window in there if any(in_group(space, str(window.group)) for space in spaces)]
        options = [one for one in mine if one.by_choice and all(in_group(space, str(one.group)) for space in spaces)]
        choice = choices.get(number)
        if choice and choice.window_id in {one.id for one in options}:
            mine = [one for one in mine if one not in options or one.id == choice.window_id]
        else:
            choice = None
        general = [window for window in there if is_for_everybody(str(window.group))]
        ways[number] = Way(spaces, mine, general, options, choice)
    return ways


async def find_way(application: Application) -> Way | None:
    """The way of one application; None where it has no space."""
    return (await list_ways([application])).get(application.id)


@dataclass(frozen=True)
class Filling:
    """A window and how many come in it."""

    window: LoadInWindow
    coming: int


async def list_fillings(festival: Festival) -> tuple[list[Filling], int]:
    """Every window by its time with how many come in it, and how many vendors have not chosen theirs yet."""
    ways = (await list_ways(await list_expected(festival))).values()
    windows = await LoadInWindow.filter(festival_id=festival.id).order_by("clears_at", "id")
    coming = Counter(one.id for way in ways for one in way.windows if not one.by_choice)
    found = [Filling(one, one.chosen if one.by_choice else coming[one.id]) for one in windows]
    return found, sum(way.to_choose for way in ways)


async def list_expected(festival: Festival) -> list[Application]:
    """Everybody with a space to come."""
    return await Application.filter(category__call__festival_id=festival.id, state__in=list(HAS_SPACE)).order_by("id")


async def was_told(application: Application) -> bool:
    """Whether a load-in letter went out before."""
    return await MailMessage.filter(kind=LETTER, about_kind="application", about_id=application.id).exists()
