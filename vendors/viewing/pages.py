"""The viewer: a paper beside the answers, accepted or sent back there, and the picture of one of its pages."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from festival.kit.errors import Conflict, Invalid, NotFound
from festival.kit.web.access import Role, principal_of, staff
from festival.kit.web.forms import FormState, read_form, refused_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from festival.storage.store import read_file
from vendors.applying.queries import File, get_file
from vendors.documents.actions import judge_document
from vendors.judging.rules import NamesHidden
from vendors.judging.veiling import veil_file
from vendors.lifecycle.reasons import compose_reason, reason_lines
from vendors.lifecycle.rules import WrongStep
from vendors.models import Document
from vendors.reasons.queries import list_reasons
from vendors.reasons.rules import Use
from vendors.review.queries import get_sent_application
from vendors.viewing.drawing import count_pages, draw_paper
from vendors.viewing.forms import VerdictForm
from vendors.viewing.queries import get_paper, list_shown
from vendors.viewing.rules import neighbours, read_look

REVIEWERS = staff(Role.REVIEWER, Role.ORGANIZER)


async def _paper(request: Request) -> tuple[File, Document, bool]:
    """The file, the paper, and whether names are hidden from the asker; then only some papers are there at all."""
    who = principal_of(request)
    whole = await get_file(await get_sent_application(request.path_params["receipt"], who))
    file, hidden = await veil_file(whole, who)
    document = await get_paper(file, request.path_params["document"], who)
    if hidden:
        if not document.kind.shown_blind or document.file is None:
            raise NotFound
        document.number, document.file.original_name = "", document.kind.name
    return file, document, hidden


async def _listed(file: File) -> Mapping[str, str]:
    return await list_reasons(file.call.id, Use.CHANGES)


async def get_viewer(request: Request) -> Response:
    """One paper, its neighbours, and what the applicant answered."""
    return await _show(request)


async def _show(request: Request, refusal: Conflict | Invalid | None = None) -> Response:
    file, document, hidden = await _paper(request)
    stored = document.file
    pages = await count_pages(await read_file(stored), stored.media_type) if stored else 0
    before, after = neighbours(list_shown(file, principal_of(request)), document.id)
    form = refused_form(request, refusal) if isinstance(refusal, Invalid) else FormState()
    response = render(
        request, "vendors/viewing/viewer.html", refusal.status if refusal else 200, file=file, document=document,
        application=file.application, pages=pages, look=read_look(request.query_params, pages), before=before,
        after=after, listed=await _listed(file), form=form, refusal=refusal, reason_lines=reason_lines,
        hidden=hidden,
    )  # fmt: skip
    response.headers["cache-control"] = "private, no-store"
    return response


async def post_verdict(request: Request) -> Response:
    """Accept the paper or send it back, then on to the next one."""
    file, document, hidden = await _paper(request)
    try:
        if hidden:
            raise NamesHidden
        given = await read_form(request, VerdictForm)
        if document.superseded_at is not None:
            raise WrongStep
        await judge_document(
            document, accepted=given.verdict == "accept",
            reason=compose_reason(given.listed, given.reason, await _listed(file)),
            by=principal_of(request), expires_on=given.expires_on, number=given.number,
        )  # fmt: skip
    except (Conflict, Invalid) as refusal:
        return await _show(request, refusal)
    _, after = neighbours(list_shown(file, principal_of(request)), document.id)
    base = f"/organize/applications/{file.application.receipt}"
    return go_to(request, f"{base}/papers/{after}" if after else base)


async def get_picture(request: Request) -> Response:
    """A page as a picture: nothing in it can run, and nobody else's page can show it."""
    _, document, _ = await _paper(request)
    stored = document.file
    if stored is None:
        raise NotFound
    number = request.path_params["page"]
    look = read_look(request.query_params, 1)
    drawn, media_type = await draw_paper(await read_file(stored), stored.media_type, number - 1, look.turn)
    return Response(
        drawn,
        media_type=media_type,
        headers={
            "Content-Disposition": "inline",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "private, no-store",
        },
    )


routes: Routes = [
    Door("/organize/applications/{receipt}/papers/{document:int}", REVIEWERS, get=get_viewer, post=post_verdict),
    Door("/organize/applications/{receipt}/papers/{document:int}/{page:int}", REVIEWERS, get=get_picture),
]
