"""Handing papers in, and reading them: only as a download, only for the applicant and the reviewers."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from festival.kit.errors import NotFound, Refusal
from festival.kit.web.access import SIGNED_IN, Principal, principal_of
from festival.kit.web.forms import FormState
from festival.kit.web.pages import go_to
from festival.kit.web.routes import Door, Routes
from festival.kit.words import N_
from festival.storage.store import read_file
from vendors.applying.actions import reuse_papers
from vendors.applying.pages import show_step
from vendors.applying.queries import get_application, get_file
from vendors.applying.reusing import get_reusable, list_reusable
from vendors.applying.rules import wrong_link
from vendors.documents.actions import hand_in_file, hand_in_link, settle_papers
from vendors.documents.inspection import MOST_BYTES
from vendors.helping.actions import note_help
from vendors.lifecycle.rules import TAKES_DOCUMENTS
from vendors.models import Application, Document, DocumentKind
from vendors.viewing.queries import may_open

_ROOM_FOR_FORM = 64 * 1024


async def get_papers(request: Request) -> Response:
    """The papers that are asked for, each explained."""
    application = await get_application(principal_of(request), request.path_params["receipt"], to_change=True)
    return await _show_papers(request, application)


async def _show_papers(
    request: Request, application: Application, status: int = 200, form: FormState | None = None
) -> Response:
    file = await get_file(application)
    # A navigator was let into this application, not into the others.
    own = application.applicant_id == principal_of(request).id
    reusable: Mapping[int, Document] = await list_reusable(file) if own and application.state in TAKES_DOCUMENTS else {}
    given = {"form": form} if form else {}
    return show_step(request, file, "documents", status, reusable=reusable, **given)


async def post_reuse(request: Request) -> Response:
    """Hand in again what was handed in before: one paper, or all that are still good."""
    application = await get_application(principal_of(request), request.path_params["receipt"], to_change=True)
    if application.applicant_id != principal_of(request).id:
        raise NotFound
    wanted = str((await request.form()).get("kind", ""))
    await reuse_papers(application, await get_reusable(await get_file(application), wanted))
    await settle_papers(application.id)
    return go_to(request, f"/applications/{application.receipt}/documents")


async def post_paper(request: Request) -> Response:
    """Take one paper: a file, or a link where that is asked for."""
    application = await get_application(principal_of(request), request.path_params["receipt"], to_change=True)
    async with request.form() as posted:
        kind = await DocumentKind.get_or_none(
            slug=str(posted.get("kind", "")), categories__category_id=application.category_id
        )
        if kind is None:
            raise NotFound
        try:
            await _take(application, kind, posted, principal_of(request))
        except Refusal as refusal:
            form = FormState({}, {kind.slug: refusal.words})
            return await _show_papers(request, application, refusal.status, form)
    await note_help(application, principal_of(request), f"documents: {kind.slug}")
    return go_to(request, f"/applications/{application.receipt}/documents")


async def _take(application: Application, kind: DocumentKind, posted: FormData, by: Principal) -> None:
    if kind.is_link:
        link = str(posted.get("link", "")).strip()
        if wrong_link(link):
            raise WrongLink
        await hand_in_link(application, kind, link)
        return
    upload = posted.get("file")
    content = await upload.read() if isinstance(upload, UploadFile) else b""
    if not isinstance(upload, UploadFile) or not content:
        raise NoFile
    await hand_in_file(application, kind, upload.filename or "", content, by)


class NoFile(Refusal):
    """The form came without a file."""

    status = 422
    code = "no_file"
    message = N_("Choose a file first.")


class WrongLink(Refusal):
    """What came is no link to a page."""

    status = 422
    code = "wrong_link"
    message = N_("Write a whole link, beginning with https://.")


async def get_paper(request: Request) -> Response:
    """The bytes of one paper, never shown in the browser: a sandboxed download."""
    application = await get_application(principal_of(request), request.path_params["receipt"])
    document = await Document.get_or_none(
        id=request.path_params["document"], application_id=application.id
    ).select_related("file", "kind")
    if document is None or document.file is None:
        raise NotFound
    asker = principal_of(request)
    if asker.id not in {application.applicant_id, application.helper_id} and not may_open(asker, document.kind):
        raise NotFound
    name = quote(document.file.original_name, safe="")
    return Response(
        await read_file(document.file),
        media_type=document.file.media_type,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )


routes: Routes = [
    Door(
        "/applications/{receipt}/documents", SIGNED_IN, get=get_papers, post=post_paper,
        max_body=MOST_BYTES + _ROOM_FOR_FORM,
    ),
    Door("/applications/{receipt}/documents/reuse", SIGNED_IN, post=post_reuse),
    Door("/applications/{receipt}/documents/{document:int}", SIGNED_IN, get=get_paper),
]  # fmt: skip
