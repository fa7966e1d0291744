"""Packets for offices outside the city: whose papers, in which order, what is missing, and the same bytes again."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from typing import Any

import httpx2
import pytest

from festival.app import HANDLERS
from festival.jobs.worker import run_all_due
from festival.kit.clock import frozen_at, now
from festival.kit.web.access import NOBODY
from festival.organisation.models import AuditEntry
from festival.storage.store import keep_file, read_file
from vendors.models import (
    Booth,
    BoothAssignment,
    Call,
    Category,
    CategoryDocument,
    Document,
    DocumentKind,
    Office,
    OfficePaper,
    Packet,
    PacketPart,
)
from vendors.packets import actions
from vendors.packets.actions import ask_packet, forget_old_packets, make_part
from vendors.packets.rules import file_name, make_unique, safe_name

from .making import FESTIVAL_DAY, make_application, make_category


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Abay Kitchen", "Abay-Kitchen"), ("../../etc/passwd", "etc-passwd"), ("C:\\x|y?", "C-x-y"), ("CON", "CON_"),
        ("  ", "_"), ("ጣዕም ቤት", "ጣዕም-ቤት"), ("नेपाली", "नेपाली"), ("a\u202eb\0c", "a-b-c"), ("x" * 200, "x" * 60),
    ],
)  # fmt: skip
def test_names_are_safe_on_every_system_and_keep_their_script(text: str, name: str) -> None:
    assert safe_name(text) == name


def test_files_sort_by_space_and_say_until_when_they_are_good() -> None:
    until = dt.date(2027, 12, 31)
    assert file_name(["T03"], "Abay", "food_licence", until, "pdf") == "T03_Abay/food-licence_until-2027-12-31.pdf"
    assert file_name([], "Abay", "menu", None, "") == "no-space_Abay/menu.bin"


def test_two_names_that_windows_takes_for_one_are_told_apart() -> None:
    assert make_unique(["A/menu.pdf", "a/MENU.pdf", "A/menu.pdf"]) == ["A/menu.pdf", "a/MENU-2.pdf", "A/menu-3.pdf"]


# ---------------------------------------------------------------- over both databases


async def make_office(category: Category, slug: str = "health") -> tuple[Office, DocumentKind]:
    """An office that wants a licence, which the category asks for."""
    kind = await DocumentKind.create(call_id=category.call_id, slug=f"{slug}-licence", name=f"{slug} licence")
    await CategoryDocument.create(category=category, kind=kind, required=True)
    office = await Office.create(call_id=category.call_id, slug=slug, name=f"County {slug}")
    await OfficePaper.create(office=office, kind=kind)
    return office, kind


async def make_vendor(
    category: Category, kind: DocumentKind, code: str, content: bytes = b"", **facts: Any
) -> Document:
    """A vendor with a space and, with `content`, a paper, accepted unless `facts` say otherwise."""
    vendor = await make_application(category, state="confirmed")
    festival = (await Call.get(id=category.call_id)).festival_id
    booth = await Booth.create(
        festival_id=festival, code=code, prefix=code[0], zone="", x_ft=0, y_ft=0, width_ft=1, depth_ft=1
    )
    await BoothAssignment.create(booth=booth, application=vendor, assigned_at=now())
    file = await keep_file(content, "scan.pdf", "application/pdf", vendor.applicant_id)
    said: dict[str, Any] = {
        "state": "accepted",
        "reviewed_at": now(),
        "number": "MFL-77",
        "expires_on": dt.date(2027, 12, 31),
    }
    return await Document.create(
        application=vendor, kind=kind, file=file, uploaded_at=now() - dt.timedelta(days=3), **(said | facts)
    )


async def read_packet(packet: Packet) -> bytes:
    parts = await PacketPart.filter(packet_id=packet.id).order_by("position").select_related("file")
    return b"".join([await read_file(part.file) for part in parts])


async def test_a_packet_holds_accepted_papers_in_order_and_says_what_is_missing(database: Any) -> None:
    category = await make_category(cap=9)
    office, kind = await make_office(category)
    await make_vendor(category, kind, "T02", b"second")
    await make_vendor(category, kind, "T01", b"first", number="=HYPERLINK(1)")
    await make_vendor(category, kind, "T03", b"bad", state="sent_back", number="", expires_on=None)
    await make_application(category, state="confirmed")
    waiting = await make_application(category, state="waitlisted")
    await ask_packet(office, NOBODY)
    await run_all_due(HANDLERS)
    packet = await Packet.get()
    assert (packet.state, packet.done, packet.total) == ("ready", 2, 2)
    archive = zipfile.ZipFile(io.BytesIO(await read_packet(packet)))
    assert archive.testzip() is None
    names = archive.namelist()
    assert names[:2] == ["index.html", "index.csv"]
    assert [name[:3] for name in names[2:]] == ["T01", "T02"]
    assert [archive.read(name) for name in names[2:]] == [b"first", b"second"]
    table = list(csv.reader(io.StringIO(archive.read("index.csv").decode("utf-8-sig"))))
    assert [row[0] for row in table[1:]] == ["T01", "T02", "T03", ""]
    assert table[1][6] == "'=HYPERLINK(1)"
    assert table[2][5:8] == ["Accepted", "MFL-77", "2027-12-31"]
    assert table[3][5] == "Sent back"
    assert table[4][5] == "Not handed in"
    index = archive.read("index.html").decode()
    assert waiting.receipt not in index
    assert "MFL-77" in index


async def test_nothing_changed_is_the_same_packet_and_a_new_one_has_the_same_bytes(database: Any) -> None:
    category = await make_category(cap=9)
    office, kind = await make_office(category)
    document = await make_vendor(category, kind, "T01", b"paper")
    first, new = await ask_packet(office, NOBODY)
    assert new
    await run_all_due(HANDLERS)
    again, new = await ask_packet(office, NOBODY)
    assert (again.id, new) == (first.id, False)
    before = await read_packet(first)
    await Packet.filter(id=first.id).update(fingerprint="")
    second, new = await ask_packet(office, NOBODY)
    assert new
    await run_all_due(HANDLERS)
    assert await read_packet(second) == before
    await Document.filter(id=document.id).update(state="expired")
    _, new = await ask_packet(office, NOBODY)
    assert new


async def test_a_large_packet_is_made_part_by_part_and_each_part_once(
    database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "_PART_BYTES", 1000)
    category = await make_category(cap=20)
    office, kind = await make_office(category)
    for number in range(6):
        await make_vendor(category, kind, f"T{number:02}", bytes([number]) * 700)
    packet, _ = await ask_packet(office, NOBODY)
    await make_part(packet.id, 0)
    await make_part(packet.id, 0)  # the worker died after its first run and runs it again
    await make_part(packet.id, 2)  # nothing makes a part before its turn
    assert await PacketPart.filter(packet_id=packet.id).count() == 1
    await make_part(packet.id, 1)
    half = await Packet.get(id=packet.id)
    assert (half.state, half.done) == ("making", 2)
    await run_all_due(HANDLERS)
    archive = zipfile.ZipFile(io.BytesIO(await read_packet(packet)))
    assert archive.testzip() is None
    assert len(archive.namelist()) == 8
    assert await PacketPart.filter(packet_id=packet.id).count() == 4


async def test_while_one_is_made_nobody_starts_another(database: Any) -> None:
    category = await make_category(cap=9)
    office, kind = await make_office(category)
    await make_vendor(category, kind, "T01", b"paper")
    first, _ = await ask_packet(office, NOBODY)
    again, new = await ask_packet(office, NOBODY)
    assert (again.id, new) == (first.id, False)
    await Packet.filter(id=first.id).update(asked_at=now() - dt.timedelta(hours=2))
    third, new = await ask_packet(office, NOBODY)
    assert new
    assert third.id != first.id
    assert (await Packet.get(id=first.id)).state == "failed"


async def test_packets_are_forgotten_some_months_later(database: Any) -> None:
    category = await make_category(cap=9)
    office, kind = await make_office(category)
    await make_vendor(category, kind, "T01", b"paper")
    packet, _ = await ask_packet(office, NOBODY)
    await run_all_due(HANDLERS)
    await forget_old_packets()
    assert await PacketPart.filter(packet_id=packet.id).exists()
    with frozen_at(FESTIVAL_DAY + dt.timedelta(days=100)):
        await forget_old_packets()
    assert not await PacketPart.filter(packet_id=packet.id).exists()


async def test_the_team_names_an_office_makes_a_packet_and_takes_it(client: httpx2.AsyncClient, sign_in: Any) -> None:
    category = await make_category(cap=9)
    call = await Call.get(id=category.call_id).select_related("festival")
    here = f"/organize/festivals/{call.festival.slug}/packets"
    kind = await DocumentKind.create(call=call, slug="licence", name="Food licence")
    secret = await DocumentKind.create(call=call, slug="w9", name="Tax form", sensitive=True)
    await CategoryDocument.create(category=category, kind=kind)
    await make_vendor(category, kind, "T01", b"paper")
    await sign_in("organizer")
    assert (await client.post(here, data={"name": "Health", "papers": secret.slug})).status_code == 422
    assert (await client.post(here, data={"name": "Health"})).status_code == 422
    made = await client.post(here, data={"name": "Health", "papers": kind.slug, "county": "Arapahoe"})
    assert made.status_code == 303
    office = await Office.get(call=call)
    assert (await client.post(f"{here}/{office.slug}/make")).status_code == 303
    assert "How far it got" in (await client.get(here)).text
    await run_all_due(HANDLERS)
    packet = await Packet.get()
    assert f"{here}/{office.slug}/{packet.id}" in (await client.get(here)).text
    taken = await client.get(f"{here}/{office.slug}/{packet.id}")
    assert taken.status_code == 200
    assert zipfile.ZipFile(io.BytesIO(taken.content)).testzip() is None
    assert int(taken.headers["content-length"]) == len(taken.content)
    assert "attachment" in taken.headers["content-disposition"]
    assert await AuditEntry.filter(action="packet.taken", object_id=packet.id).count() == 1
    again = await client.post(f"{here}/{office.slug}/make")
    assert "Nothing has changed" in (await client.get(again.headers["location"])).text
    refused = await client.post(f"{here}/{office.slug}/remove")
    assert refused.status_code == 409


async def test_a_packet_of_another_office_or_festival_is_not_there(client: httpx2.AsyncClient, sign_in: Any) -> None:
    category, other = await make_category(cap=9), await make_category(cap=9)
    office, kind = await make_office(category)
    foreign, _ = await make_office(other, "fire")
    await make_vendor(category, kind, "T01", b"paper")
    packet, _ = await ask_packet(office, NOBODY)
    await run_all_due(HANDLERS)
    mine = (await Call.get(id=category.call_id).select_related("festival")).festival.slug
    theirs = (await Call.get(id=other.call_id).select_related("festival")).festival.slug
    await sign_in("organizer")
    for path in (
        f"{theirs}/packets/{office.slug}/{packet.id}", f"{theirs}/packets/{foreign.slug}/{packet.id}",
        f"{mine}/packets/{foreign.slug}/{packet.id}", f"{mine}/packets/{office.slug}/999999",
    ):  # fmt: skip
        assert (await client.get(f"/organize/festivals/{path}")).status_code == 404, path
    await sign_in("reviewer", "reviewer@example.org")
    assert (await client.get(f"/organize/festivals/{mine}/packets/{office.slug}/{packet.id}")).status_code == 403
