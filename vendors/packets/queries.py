"""Reads: the offices of a call, and what would stand in a packet as things are now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from events.models import Festival
from festival.kit.errors import NotFound
from festival.kit.i18n import gettext, use_language
from festival.kit.sheets import write_sheet
from festival.kit.web.templates import templates
from festival.kit.words import N_
from festival.organisation.queries import get_organisation
from festival.settings import settings
from festival.storage.models import StoredFile
from vendors.documents.queries import list_needed
from vendors.lifecycle.rules import HAS_SPACE, State
from vendors.models import (
    Application,
    BoothAssignment,
    Call,
    CategoryDocument,
    Document,
    DocumentKind,
    Office,
    OfficePaper,
    Packet,
    Transition,
)
from vendors.packets.rules import WHY_NOT, Lack, Paper, Row, file_name, fingerprint, make_unique

_COLUMNS = (
    N_("Space"), N_("Name"), N_("Category"), N_("Receipt number"), N_("Paper"), N_("State"), N_("Permit number"),
    N_("Good until"), N_("Since"), N_("File"),
)  # fmt: skip


@dataclass(frozen=True)
class Contents:
    """A packet as it would be now: who is in it, its two indexes, and its papers as (name, file)."""

    rows: Sequence[Row]
    index: bytes
    table: bytes
    papers: Sequence[tuple[str, StoredFile]]

    @property
    def fingerprint(self) -> str:
        """Another one where anything in it is another."""
        return fingerprint(self.index, self.table, [(name, str(file.digest)) for name, file in self.papers])


async def get_call(festival: Festival) -> Call:
    """The festival's call; raises NotFound where it takes no applications."""
    call = await Call.get_or_none(festival_id=festival.id)
    if call is None:
        raise NotFound
    return call


async def get_office(call: Call, slug: str) -> Office:
    """An office of a call; raises NotFound."""
    office = await Office.get_or_none(call_id=call.id, slug=slug)
    if office is None:
        raise NotFound
    return office


async def get_packet(office: Office, number: int) -> Packet:
    """A packet of an office that is ready; raises NotFound."""
    packet = await Packet.get_or_none(id=number, office_id=office.id, state="ready")
    if packet is None:
        raise NotFound
    return packet


async def find_last_packet(office: Office) -> Packet | None:
    """The packet that was made last."""
    return await Packet.filter(office_id=office.id, state="ready").order_by("-id").first()


@dataclass(frozen=True)
class OfficeRow:
    """An office with its papers, how many vendors it is about and how many lack something, and its packets."""

    office: Office
    kinds: Sequence[DocumentKind]
    vendors: int
    lacking: int
    packets: Sequence[Packet]

    @property
    def at_work(self) -> Packet | None:
        """The packet being made, if one is."""
        return next((one for one in self.packets if one.state in {"waiting", "making"}), None)


async def list_offices(call: Call) -> list[OfficeRow]:
    """Every office by its name."""
    found: list[OfficeRow] = []
    for office in await Office.filter(call_id=call.id).order_by("name", "id"):
        kinds = await DocumentKind.filter(offices__office_id=office.id).order_by("name")
        rows, _ = await _rows(office)
        packets = await Packet.filter(office_id=office.id).order_by("-id").limit(5)
        lacking = sum(bool(row.lacks) for row in rows)
        found.append(OfficeRow(office, kinds, len(rows), lacking, packets))
    return found


async def collect(office: Office) -> Contents:
    """What a packet for `office` holds now, its index in the city's language."""
    rows, files = await _rows(office)
    use_language((await get_organisation()).language)
    call = await Call.get(id=office.call_id).select_related("festival")
    facts = {"office": office, "festival": call.festival, "rows": rows, "why": WHY_NOT}
    index = templates().render("vendors/packets/index.html", facts).encode()
    table = write_sheet("csv", [gettext(name) for name in _COLUMNS], _cells(rows))
    return Contents(rows, index, table, [(name, files[name]) for name in sorted(files)])


def _cells(rows: Sequence[Row]) -> list[list[object]]:
    cells: list[list[object]] = []
    for row in rows:
        start: list[object] = [row.place, row.name, row.category, row.receipt]
        for paper in row.papers:
            where = paper.file or paper.link or gettext(N_("Seen on paper"))
            until, since = paper.expires_on, paper.accepted_on
            cells.append([*start, paper.kind, gettext(N_("Accepted")), paper.number, until, since, where])
        for lack in row.lacks:
            cells.append([*start, lack.kind, gettext(WHY_NOT[lack.why]), "", "", lack.since, ""])
    return cells


async def _rows(office: Office) -> tuple[list[Row], dict[str, StoredFile]]:
    """Everybody who must bring one of the office's papers, by space, and the files by their names in the packet."""
    wanted = {row.kind_id for row in await OfficePaper.filter(office_id=office.id)}
    asked = CategoryDocument.filter(category__call_id=office.call_id, kind_id__in=list(wanted))
    categories = {int(str(number)) for number in await asked.values_list("category_id", flat=True)}
    applications = await (
        Application.filter(category_id__in=categories, state__in=list(HAS_SPACE))
        .order_by("id").select_related("category")
    )  # fmt: skip
    needed = await list_needed(applications, kinds=wanted)
    ids = [one.id for one in applications]
    spaces: dict[int, list[str]] = {}
    live = BoothAssignment.filter(application_id__in=ids, ended_at=None).select_related("booth")
    for row in await live.order_by("booth__code"):
        spaces.setdefault(row.application_id, []).append(str(row.booth.code))
    papers = {
        (row.application_id, row.kind_id): row
        for row in await Document.filter(
            application_id__in=ids, kind_id__in=list(wanted), superseded_at=None
        ).select_related("file", "kind")
    }
    owed = await _owed_since(applications)
    applications.sort(key=lambda one: (spaces.get(one.id, ["~"]), one.name, one.id))
    found = [_row(one, needed[one.id], papers, spaces, owed[one.id]) for one in applications if needed[one.id]]
    return _name_files(found, papers)


async def _owed_since(applications: Sequence[Application]) -> dict[int, dt.date]:
    """Since when each owes its papers: the day on which it was accepted."""
    zone = settings().zone
    steps = Transition.filter(application_id__in=[one.id for one in applications], after=State.ACCEPTED)
    accepted = {row.application_id: row.at for row in await steps.order_by("-id")}
    return {
        one.id: accepted.get(one.id, one.submitted_at or one.created_at).astimezone(zone).date()
        for one in applications
    }  # fmt: skip


def _row(
    application: Application,
    needs: Sequence[CategoryDocument],
    papers: Mapping[tuple[int, int], Document],
    spaces: Mapping[int, Sequence[str]],
    owed: dt.date,
) -> Row:
    """One vendor; files are named by the document's own number for now."""
    zone, mine, lacks = settings().zone, list[Paper](), list[Lack]()
    for need in needs:
        paper = papers.get((application.id, need.kind_id))
        if paper and paper.state == "accepted":
            seen = paper.reviewed_at.astimezone(zone).date() if paper.reviewed_at else None
            file = str(paper.id) if paper.file_id else ""
            mine.append(Paper(need.kind.name, paper.number, paper.expires_on, seen, file, paper.link))
        elif paper:
            since = {"sent_back": paper.reviewed_at, "uploaded": paper.uploaded_at}.get(paper.state)
            day = since.astimezone(zone).date() if since else paper.expires_on or owed
            lacks.append(Lack(need.kind.name, paper.state, day))
        elif need.required:
            lacks.append(Lack(need.kind.name, "", owed))
    name = application.name or application.receipt
    return Row(
        application.receipt, name, application.category.name, spaces.get(application.id, []), mine, lacks
    )  # fmt: skip


def _name_files(
    rows: Sequence[Row], papers: Mapping[tuple[int, int], Document]
) -> tuple[list[Row], dict[str, StoredFile]]:
    documents = {str(paper.id): paper for paper in papers.values()}
    held = [(row, documents[paper.file]) for row in rows for paper in row.papers if paper.file]
    names = make_unique(
        file_name(
            row.spaces, row.name, document.kind.slug, document.expires_on,
            str(document.file.original_name).rpartition(".")[2] if document.file else "",
        )
        for row, document in held
    )  # fmt: skip
    named = {str(document.id): name for (_, document), name in zip(held, names, strict=True)}
    files = {named[str(document.id)]: document.file for _, document in held if document.file}
    renamed = [
        Row(
            row.receipt, row.name, row.category, row.spaces,
            [
                Paper(p.kind, p.number, p.expires_on, p.accepted_on, named.get(p.file, ""), p.link)
                for p in row.papers
            ],
            row.lacks,
        )
        for row in rows
    ]  # fmt: skip
    return renamed, files
