"""The staff pages of gates and their phones; the scanner app has its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from festival.kit.clock import now
from festival.kit.errors import Invalid
from festival.kit.web.access import principal_of, staff
from festival.kit.web.forms import FormState, read_form, refused_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from festival.settings import settings
from ticketing.delivery.qr import matrix_svg, text_matrix
from ticketing.gate.actions import issue_enrolment_code, move_device, rename_device, revoke_device
from ticketing.gate.forms import CodeForm, DeviceForm
from ticketing.gate.queries import get_device, get_gate, list_devices, list_gates, list_occurrences_at_gates

_TEAM = staff("organizer", "gate")
_LIST = "/organize/gates"


async def get_gates(request: Request) -> Response:
    """Every gate with its phones, and the form that makes a code for another."""
    return await _show_gates(request, 0, FormState())


async def _show_gates(request: Request, wrong_gate_id: int, form: FormState, status: int = 200) -> Response:
    forms: Mapping[int, FormState] = {wrong_gate_id: form}
    devices = await list_devices()
    busy = {device.gate_id for device in devices}
    gates = sorted(await list_gates(), key=lambda gate: gate.id not in busy)
    return render(
        request, "ticketing/gate/gates.html", status, gates=gates, devices=devices,
        occurrences=await list_occurrences_at_gates(), forms=forms, plain=FormState(), now=now(),
    )  # fmt: skip


async def post_code(request: Request) -> Response:
    """Make an enrolment code and show it once, as a QR picture to scan and letters to type."""
    gate = await get_gate(str(request.path_params["gate_id"]))
    try:
        form = await read_form(request, CodeForm)
    except Invalid as refusal:
        return await _show_gates(request, gate.id, refused_form(request, refusal), 422)
    until = now() + dt.timedelta(hours=form.hours)
    code = await issue_enrolment_code(gate, form.name, form.directions, until, principal_of(request))
    address = f"{settings().base_url}/gate#enrol={code}"
    # The picture is of our own making: no text of anybody's is in it.
    picture = Markup(matrix_svg(text_matrix(address), code))  # noqa: S704
    response = render(
        request, "ticketing/gate/code.html", gate=gate, code=code, picture=picture, phone=form.name, until=until
    )
    response.headers["Cache-Control"] = "no-store"
    return response


async def post_device(request: Request) -> Response:
    """Rename a phone, or move it to another gate."""
    device = await get_device(int(request.path_params["device_id"]))
    form, by = await read_form(request, DeviceForm), principal_of(request)
    gate = await get_gate(str(form.gate_id))
    if form.name != device.name:
        await rename_device(device.id, form.name, by)
    if gate.id != device.gate_id:
        await move_device(device.id, gate, by)
    return go_to(request, _LIST)


async def post_revoke(request: Request) -> Response:
    """Take a phone off its gate."""
    await revoke_device(int(request.path_params["device_id"]), principal_of(request))
    return go_to(request, _LIST)


routes: Routes = [
    Door(_LIST, _TEAM, get=get_gates),
    Door("/organize/gates/{gate_id:int}/codes", _TEAM, post=post_code),
    Door("/organize/devices/{device_id:int}", _TEAM, post=post_device),
    Door("/organize/devices/{device_id:int}/revoke", _TEAM, post=post_revoke),
]
