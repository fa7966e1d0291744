"""Pictures sent to browsers, and the staff page that adds, describes and removes them."""

from __future__ import annotations

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from events.pictures.actions import add_picture, change_picture, remove_picture
from events.pictures.drawing import MOST_BYTES
from events.pictures.forms import PictureForm
from events.pictures.queries import Owner, get_owner, get_picture, get_variant, list_pictures
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


def _doors(base: str, kind: str) -> Routes:
    """The pages of the pictures of one kind of owner."""

    async def owner_of(request: Request) -> Owner:
        return await get_owner(kind, request.path_params["slug"])

    async def get_pictures(request: Request) -> Response:
        """The pictures, and the form that adds one."""
        return await _show(request, await owner_of(request), FormState())

    async def post_picture(request: Request) -> Response:
        """Add a picture, or say at its field why not."""
        return await _add(request, await owner_of(request))

    async def post_one(request: Request) -> Response:
        """Describe a picture anew, or remove it."""
        return await _change(request, await owner_of(request))

    return [
        Door(f"{base}/pictures", ORGANIZER, get=get_pictures, post=post_picture, max_body=MOST_BYTES + _ROOM_FOR_FORM),
        Door(f"{base}/pictures/{{id:int}}", ORGANIZER, post=post_one),
    ]


async def _show(request: Request, owner: Owner, form: FormState, status: int = 200) -> Response:
    return render(
        request, "events/organize/pictures.html", status, owner=owner, form=form,
        slug=request.path_params["slug"], pictures=await list_pictures(owner.kind, owner.id),
    )  # fmt: skip


async def _add(request: Request, owner: Owner) -> Response:
    async with request.form(max_files=1) as posted:
        upload = posted.get("file")
        content = await upload.read() if isinstance(upload, UploadFile) else b""
        try:
            form = await read_form(request, PictureForm)
            if not content:
                raise Invalid({"file": say(N_("Choose a file first."))})
            await add_picture(owner, content, form, principal_of(request))
        except Invalid as refusal:
            return await _show(request, owner, refused_form(request, refusal), 422)
        except Refusal as refusal:
            state = FormState(request.state.form_values, {"file": refusal.words})
            return await _show(request, owner, state, refusal.status)
    return go_to(request, owner.path)


async def _change(request: Request, owner: Owner) -> Response:
    picture = await get_picture(owner, request.path_params["id"])
    if "remove" in await request.form():
        entry = await remove_picture(owner, picture, principal_of(request))
        return go_to(request, f"{owner.home}?undo={entry.id}")
    await change_picture(owner, picture, await read_form(request, PictureForm), principal_of(request))
    return go_to(request, owner.path)


routes: Routes = [
    Door("/pictures/{name}/{file}", ANYONE, get=get_picture_file),
    *_doors("/organize/programs/{slug}", "program"),
    *_doors("/organize/festivals/{slug}", "festival"),
    *_doors("/organize/places/{slug}", "venue"),
]
