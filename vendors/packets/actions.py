"""Writes: offices, and packets made for them part by part."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from tortoise.exceptions import IntegrityError

from events.models import Festival
from festival.database import transaction
from festival.jobs.actions import enqueue
from festival.kit.clock import now
from festival.kit.errors import Conflict, Invalid
from festival.kit.text import slugify
from festival.kit.web.access import Principal
from festival.kit.words import N_, say
from festival.kit.zipping import Entry, directory, entry_for, local_header
from festival.organisation.actions import record_audit
from festival.storage.models import StoredFile
from festival.storage.store import keep_file, read_file, remove_file
from vendors.models import Call, DocumentKind, Office, OfficePaper, Packet, PacketPart
from vendors.packets.queries import collect, find_last_packet

MAKE_PART = "vendors.packet_part"
_AT_WORK = ["waiting", "making"]
# A part is closed once it has so many bytes: with one paper more it is what a worker holds in memory.
_PART_BYTES = 8 * 1024 * 1024
_GIVEN_UP_AFTER = dt.timedelta(hours=1)
_KEPT_FOR = dt.timedelta(days=90)


class HasPackets(Conflict):
    """What was handed over stays on record."""

    code = "has_packets"
    message = N_("Packets were made for this office, so it stays on record. Change it instead.")


async def save_office(
    call: Call, office: Office | None, facts: dict[str, Any], papers: Sequence[str], by: Principal
) -> None:
    """Add an office or change one; raises Invalid for papers that it cannot have, and for a name that is taken."""
    kinds = await DocumentKind.filter(call_id=call.id, slug__in=list(papers), sensitive=False)
    if not kinds or len(kinds) != len(set(papers)):
        raise Invalid({"papers": say(N_("Tick at least one paper that this office may see."))})
    slug = office.slug if office else slugify(str(facts["name"]))[:40]
    async with transaction():
        if office is None:
            if await Office.exists(call_id=call.id, slug=slug):
                raise Invalid({"name": say(N_("There is an office of this name already."))})
            office = await Office.create(call_id=call.id, slug=slug, **facts)
        else:
            await Office.filter(id=office.id).update(**facts)
            await OfficePaper.filter(office_id=office.id).delete()
        await OfficePaper.bulk_create(OfficePaper(office_id=office.id, kind_id=kind.id) for kind in kinds)
        after = {"name": facts["name"], "papers": sorted(kind.slug for kind in kinds)}
        await record_audit(by, "office.saved", ("office", office.id), after=after)


async def remove_office(office: Office, by: Principal) -> None:
    """Take an office away; raises HasPackets."""
    async with transaction():
        await Office.filter(id=office.id).select_for_update().only("id")
        if await Packet.exists(office_id=office.id):
            raise HasPackets
        await Office.filter(id=office.id).delete()
        await record_audit(by, "office.removed", ("office", office.id), before={"name": office.name})


async def ask_packet(office: Office, by: Principal) -> tuple[Packet, bool]:
    """Let a packet be made; returns it, and whether it is a new one.

    The one at work is waited for, and where nothing has changed since the last one, that is the packet.
    """
    contents = await collect(office)
    async with transaction():
        await Office.filter(id=office.id).select_for_update().only("id")
        stuck = Packet.filter(office_id=office.id, state__in=_AT_WORK, asked_at__lt=now() - _GIVEN_UP_AFTER)
        await stuck.update(state="failed")
        running = await Packet.get_or_none(office_id=office.id, state__in=_AT_WORK)
        last = await find_last_packet(office)
        if running:
            return running, False
        if last and last.fingerprint == contents.fingerprint:
            return last, False
        packet = await Packet.create(
            office_id=office.id, total=len(contents.papers), asked_by=by.id, asked_at=now()
        )  # fmt: skip
        await enqueue(MAKE_PART, f"{MAKE_PART}:{packet.id}:0", {"packet_id": packet.id, "position": 0})
        after = {"office": office.slug, "vendors": len(contents.rows), "papers": len(contents.papers)}
        await record_audit(by, "packet.asked", ("packet", packet.id), after=after)
    return packet, True


async def make_part(packet_id: int, position: int) -> None:
    """Write one part of a packet and ask for the next; running twice writes it once.

    The first holds the index of the moment, and says which papers follow; the last ends with the directory.
    """
    packet = await Packet.get_or_none(id=packet_id, state__in=_AT_WORK).select_related("office")
    parts = await PacketPart.filter(packet_id=packet_id).order_by("position").select_related("file")
    if packet is None or len(parts) != position:
        return
    at = sum(part.file.size for part in parts)
    facts: dict[str, Any] = {"state": "making"}
    if position == 0:
        contents = await collect(packet.office)
        plan = [(name, file.id) for name, file in contents.papers]
        facts |= {"plan": plan, "total": len(plan), "fingerprint": contents.fingerprint}
        block, entries = _pack([("index.html", contents.index), ("index.csv", contents.table)], at)
        done = 0
    else:
        plan, done = packet.plan, sum(len(part.entries) for part in parts[1:])
        block, entries = await _pack_papers(plan[done:], at)
        done += len(entries)
    facts["done"] = done
    if done == len(plan):
        everything = [Entry(*entry) for part in parts for entry in part.entries] + entries
        block += directory(everything, at + len(block))
        facts |= {"state": "ready", "ready_at": now()}
    file = await keep_file(block, f"packet-{packet.id}-{position}.zip", "application/zip", 0)
    await _add_part(packet, position, file, entries, facts)


async def _add_part(
    packet: Packet, position: int, file: StoredFile, entries: Sequence[Entry], facts: dict[str, Any]
) -> None:
    try:
        async with transaction():
            await PacketPart.create(
                packet_id=packet.id, position=position, file_id=file.id,
                entries=[(one.name, one.checksum, one.size, one.offset) for one in entries],
            )  # fmt: skip
            await Packet.filter(id=packet.id).update(**facts)
            if facts["state"] == "making":
                following = {"packet_id": packet.id, "position": position + 1}
                await enqueue(MAKE_PART, f"{MAKE_PART}:{packet.id}:{position + 1}", following)
    except IntegrityError:  # another run of the same job was quicker
        await remove_file(file)


def _pack(files: Sequence[tuple[str, bytes]], at: int) -> tuple[bytes, list[Entry]]:
    block, entries = bytearray(), list[Entry]()
    for name, content in files:
        entry = entry_for(name, content, at + len(block))
        block += local_header(entry) + content
        entries.append(entry)
    return bytes(block), entries


async def _pack_papers(plan: Sequence[tuple[str, int]], at: int) -> tuple[bytes, list[Entry]]:
    """As many papers of `plan` as fill a part, at least one."""
    block, entries = bytearray(), list[Entry]()
    for name, file_id in plan:
        content = await read_file(await StoredFile.get(id=file_id))
        entry = entry_for(name, content, at + len(block))
        block += local_header(entry) + content
        entries.append(entry)
        if len(block) >= _PART_BYTES:
            break
    return bytes(block), entries


async def note_download(packet: Packet, by: Principal) -> list[StoredFile]:
    """Write down who took a packet, and return its parts in order."""
    parts = await PacketPart.filter(packet_id=packet.id).order_by("position").select_related("file")
    await record_audit(by, "packet.taken", ("packet", packet.id), after={"bytes": sum(p.file.size for p in parts)})
    return [part.file for part in parts]


async def forget_old_packets() -> None:
    """Remove the bytes of packets some months after their festival: the papers in them are personal."""
    over = Festival.filter(ends_at__lt=now() - _KEPT_FOR)
    for festival in await over:
        parts = PacketPart.filter(packet__office__call__festival_id=festival.id).select_related("file")
        for part in await parts:
            file = part.file
            await PacketPart.filter(id=part.id).delete()
            await remove_file(file)
        await Packet.filter(office__call__festival_id=festival.id, state="ready").update(state="failed")
