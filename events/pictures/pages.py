"""Pictures sent to browsers, and the staff page that adds, describes and removes them."""

from __future__ import annotations

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from events.models import Program
from events.pictures.actions import add_picture, change_picture, remove_picture
from events.pictures.drawing import MOST_BYTES
from events.pictures.forms import PictureForm
from events.pictures.queries import get_picture, get_variant, list_pictures
from events.planning.queries import get_program
from festival.kit.errors import Invalid, Refusal
from festival.kit.web.access import ANYONE, Role, principal_of, staff
from festival.kit.web.forms import FormState, read_form, refused_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from festival.kit.words import N_, say
from festival.storage.store import read_file

ORGANIZER = staff(Role.ORGANIZER)
_ROOM_FOR_FORM = 64 * 1024


async def get_picture_file(request: Request) -> Response:
    """A variant; it never changes under its name, so browsers keep it for a year."""
    variant = await get_variant(request.path_params["name"], request.path_params["file"])
    etag = f'"{variant.file.digest[:20]}"'
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "ETag": etag}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    return Response(await read_file(variant.file), media_type=variant.file.media_type, headers=headers)


async def get_pictures(request: Request) -> Response:
    """The pictures of a program, and the form that adds one."""
    return await _show(request, await get_program(request.path_params["slug"]), FormState())


async def _show(request: Request, program: Program, form: FormState, status: int = 200) -> Response:
    return render(
        request, "events/organize/pictures.html", status, program=program, form=form,
        pictures=await list_pictures(program.id),
    )  # fmt: skip


async def post_picture(request: Request) -> Response:
    """Add a picture, or say at its field why not."""
    program = await get_program(request.path_params["slug"])
    async with request.form(max_files=1) as posted:
        upload = posted.get("file")
        content = await upload.read() if isinstance(upload, UploadFile) else b""
        try:
            form = await read_form(request, PictureForm)
            if not content:
                raise Invalid({"file": say(N_("Choose a file first."))})
            await add_picture(program, content, form, principal_of(request))
        except Invalid as refusal:
            return await _show(request, program, refused_form(request, refusal), 422)
        except Refusal as refusal:
            state = FormState(request.state.form_values, {"file": refusal.words})
            return await _show(request, program, state, refusal.status)
    return go_to(request, f"/organize/programs/{program.slug}/pictures")


async def post_one(request: Request) -> Response:
    """Describe a picture anew, or remove it."""
    program = await get_program(request.path_params["slug"])
    picture = await get_picture(program.id, request.path_params["id"])
    back = f"/organize/programs/{program.slug}/pictures"
    if "remove" in await request.form():
        entry = await remove_picture(picture, principal_of(request))
        return go_to(request, f"/organize/programs/{program.slug}?undo={entry.id}")
    await change_picture(picture, await read_form(request, PictureForm), principal_of(request))
    return go_to(request, back)


routes: Routes = [
    Door("/pictures/{name}/{file}", ANYONE, get=get_picture_file),
    Door(
        "/organize/programs/{slug}/pictures", ORGANIZER, get=get_pictures, post=post_picture,
        max_body=MOST_BYTES + _ROOM_FOR_FORM,
    ),
    Door("/organize/programs/{slug}/pictures/{id:int}", ORGANIZER, post=post_one),
]  # fmt: skip
