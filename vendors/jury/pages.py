"""The page on which organizers name the jury of a category."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator
from starlette.requests import Request
from starlette.responses import Response

from festival.kit.web.access import Role, principal_of, staff
from festival.kit.web.forms import read_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from vendors.calls.queries import CategorySheet, get_category_sheet
from vendors.jury.actions import name_jury
from vendors.jury.queries import list_seats


class JuryForm(BaseModel):
    """Who is ticked."""

    people: Annotated[list[int], BeforeValidator(lambda value: [value] if isinstance(value, str) else value)] = []


async def _sheet(request: Request) -> CategorySheet:
    return await get_category_sheet(request.path_params["slug"], request.path_params["category"])


async def get_jury(request: Request) -> Response:
    """Every reviewer, those who are named ticked."""
    sheet = await _sheet(request)
    return render(
        request, "vendors/jury/jury.html", sheet=sheet, seats=await list_seats(sheet.category),
        saved=request.query_params.get("done") == "saved",
    )  # fmt: skip


async def post_jury(request: Request) -> Response:
    """Name them."""
    sheet = await _sheet(request)
    await name_jury(sheet.category, (await read_form(request, JuryForm)).people, principal_of(request))
    return go_to(request, f"/organize/calls/{sheet.festival.slug}/categories/{sheet.category.slug}/jury?done=saved")


routes: Routes = [
    Door("/organize/calls/{slug}/categories/{category}/jury", staff(Role.ORGANIZER), get=get_jury, post=post_jury),
]
