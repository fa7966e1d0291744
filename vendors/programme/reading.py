"""The vendors part of a programme file, read whole: every part typed, every reference checked, errors by line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from festival.kit.documents import Document, DocumentWrong, LineError, Place
from festival.kit.words import N_, Message, say
from vendors.lifecycle.rules import HOLDS_PLACE, State
from vendors.programme.parts import CategoryNames, TimelinePart, VendorsPart

_HERE: Place = ("festival",)


@dataclass(frozen=True)
class Vendors:
    """The vendors part of a file, found right."""

    part: VendorsPart
    timeline: TimelinePart
    names: CategoryNames


def check_vendors(document: Document) -> list[LineError]:
    """Everything that is wrong with the vendors part of `document`."""
    try:
        read_vendors(document)
    except DocumentWrong as wrong:
        return wrong.errors
    return []


def read_vendors(document: Document) -> Vendors | None:
    """The vendors part; None where the festival takes no applications. Raises DocumentWrong with every error."""
    errors: list[LineError] = []
    part = timeline = None
    names = CategoryNames({})
    try:
        part = document.read(VendorsPart, _HERE)
        timeline = part.timeline
    except DocumentWrong as wrong:
        errors += wrong.errors
    if isinstance(document.value, dict) and "translations" in document.value:
        try:
            names = document.read(CategoryNames, ("translations",))
        except DocumentWrong as wrong:
            errors += wrong.errors
    if part:
        errors += [document.error((*_HERE, *place), message) for place, message in _faults(part)]
        if part.categories and timeline is None:
            errors.append(document.error((*_HERE, "timeline"), say(N_("This part is missing."))))
    if errors:
        raise DocumentWrong(errors)
    return Vendors(part, timeline, names) if part and part.categories and timeline else None


def _faults(part: VendorsPart) -> Iterable[tuple[Place, Message]]:
    """What one part of the file says against another."""
    categories = {category.id: category for category in part.categories}
    documents = {document.id for document in part.documents}
    add_ons = {add_on.id for add_on in part.add_ons}
    booths = {code for grid in part.booth_grid for code in grid.codes()}
    for name in ("categories", "documents", "offices", "add_ons", "sample_applications", "blocked_spaces"):
        yield from _twice(name, [item.id for item in getattr(part, name)])
    yield from _twice("booth_grid", [grid.prefix for grid in part.booth_grid])
    for index, category in enumerate(part.categories):
        for number, need in enumerate(category.needs):
            yield from _known(("categories", index, "needs", number), need, documents)
    for index, office in enumerate(part.offices):
        for number, paper in enumerate(office.papers):
            yield from _known(("offices", index, "papers", number), paper, documents)
    for index, add_on in enumerate(part.add_ons):
        if add_on.category:
            yield from _known(("add_ons", index, "category"), add_on.category, categories)
    for index, blocked in enumerate(part.blocked_spaces):
        yield from _known(("blocked_spaces", index, "id"), blocked.id, booths)
    yield from _sample_faults(part, set(categories), add_ons, booths - {blocked.id for blocked in part.blocked_spaces})


def _sample_faults(
    part: VendorsPart, categories: set[str], add_ons: set[str], booths: set[str]
) -> Iterable[tuple[Place, Message]]:
    given: set[str] = set()
    places = {category.id: category.cap for category in part.categories}
    for index, sample in enumerate(part.sample_applications):
        here: Place = ("sample_applications", index)
        yield from _known((*here, "category"), sample.category, categories)
        for number, add_on in enumerate(sample.add_ons):
            yield from _known((*here, "add_ons", number), add_on, add_ons)
        if sample.space:
            yield from _known((*here, "space"), sample.space, booths)
            if sample.space in given:
                yield (*here, "space"), say(N_("%(value)s stands in this file twice."), value=sample.space)
            given.add(sample.space)
        if (sample.position is not None) is not (sample.state is State.WAITLISTED):
            yield (
                (*here, "state"),
                say(N_("Only those who are waitlisted have a position, and all of them have one.")),
            )
        if sample.state in HOLDS_PLACE and sample.category in places:
            places[sample.category] -= 1
            if places[sample.category] < 0:
                yield here, say(N_("This is one more than the category has places."))


def _known(place: Place, value: str, among: Iterable[str]) -> Iterable[tuple[Place, Message]]:
    if value not in among:
        yield place, say(N_("%(value)s is not named in this file."), value=value)


def _twice(name: str, values: list[str]) -> Iterable[tuple[Place, Message]]:
    for index, value in enumerate(values):
        if value in values[:index]:
            yield (name, index), say(N_("%(value)s stands in this file twice."), value=value)
