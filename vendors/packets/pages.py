"""The page of offices and their packets, and a packet as a download."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from festival.accounts.confirmation import require_recent_confirmation
from festival.kit.errors import Conflict, Invalid
from festival.kit.web.access import Role, principal_of, staff
from festival.kit.web.forms import FormState, read_form, refused_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from festival.kit.words import Message
from festival.storage.models import StoredFile
from festival.storage.store import stream_file
from vendors.models import DocumentKind, Office
from vendors.packets.actions import ask_packet, note_download, remove_office, save_office
from vendors.packets.forms import OfficeForm
from vendors.packets.queries import get_call, get_office, get_packet, list_offices
from vendors.packets.rules import safe_name
from vendors.siteplan.queries import get_festival

_TEAM = staff(Role.ORGANIZER)
_HERE = "/organize/festivals/{slug}/packets"


async def get_packets(request: Request) -> Response:
    """Every office with its last packets."""
    return await _show(request)


async def _show(
    request: Request, wrong: str = "", form: FormState | None = None, status: int = 200, refusal: Message | None = None
) -> Response:
    festival = await get_festival(request.path_params["slug"])
    call = await get_call(festival)
    kinds = await DocumentKind.filter(call_id=call.id, sensitive=False).order_by("name")
    return render(
        request, "vendors/packets/list.html", status, festival=festival, offices=await list_offices(call), kinds=kinds,
        forms={wrong: form} if form else {}, plain=FormState(), wrong=wrong, refusal=refusal,
        same=request.query_params.get("same", ""), here=f"/organize/festivals/{festival.slug}/packets",
    )  # fmt: skip


async def _office(request: Request) -> Office:
    festival = await get_festival(request.path_params["slug"])
    return await get_office(await get_call(festival), request.path_params["office"])


async def post_office(request: Request) -> Response:
    """Add an office."""
    return await _save(request, None)


async def post_changed_office(request: Request) -> Response:
    """Change one."""
    return await _save(request, await _office(request))


async def _save(request: Request, office: Office | None) -> Response:
    festival = await get_festival(request.path_params["slug"])
    call = await get_call(festival)
    try:
        form = await read_form(request, OfficeForm)
        await save_office(call, office, form.facts(), form.papers, principal_of(request))
    except Invalid as refusal:
        return await _show(request, office.slug if office else "new", refused_form(request, refusal), 422)
    return go_to(request, f"/organize/festivals/{festival.slug}/packets")


async def post_removed_office(request: Request) -> Response:
    """Take one away."""
    try:
        await remove_office(await _office(request), principal_of(request))
    except Conflict as refusal:
        return await _show(request, status=refusal.status, refusal=refusal.words)
    return go_to(request, f"/organize/festivals/{request.path_params['slug']}/packets")


async def post_packet(request: Request) -> Response:
    """Let a packet be made."""
    office = await _office(request)
    packet, is_new = await ask_packet(office, principal_of(request))
    told = "" if is_new or packet.state != "ready" else f"?same={office.slug}"
    return go_to(request, f"/organize/festivals/{request.path_params['slug']}/packets{told}")


async def get_packet_file(request: Request) -> Response:
    """A packet, sent as it is read."""
    office = await _office(request)
    packet = await get_packet(office, request.path_params["id"])
    await require_recent_confirmation(request, f"/organize/festivals/{request.path_params['slug']}/packets")
    files = await note_download(packet, principal_of(request))
    day = packet.ready_at.date().isoformat() if packet.ready_at else ""
    name = quote(f"{safe_name(office.name)}-{day}.zip", safe="")
    return StreamingResponse(
        _bytes_of(files),
        media_type="application/zip",
        headers={
            "Content-Length": str(sum(file.size for file in files)),
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )


async def _bytes_of(files: Sequence[StoredFile]) -> AsyncIterator[bytes]:
    for file in files:
        async for chunk in stream_file(file):
            yield chunk


routes: Routes = [
    Door(_HERE, _TEAM, get=get_packets, post=post_office),
    Door(_HERE + "/{office}", _TEAM, post=post_changed_office),
    Door(_HERE + "/{office}/remove", _TEAM, post=post_removed_office),
    Door(_HERE + "/{office}/make", _TEAM, post=post_packet),
    Door(_HERE + "/{office}/{id:int}", _TEAM, get=get_packet_file),
]
