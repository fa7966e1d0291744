"""Reads: one paper as the team may see it, and the others of its application."""

from __future__ import annotations

from collections.abc import Sequence

from festival.kit.errors import NotFound
from festival.kit.web.access import Principal, Role
from vendors.applying.queries import File
from vendors.models import Document, DocumentKind


def may_open(asker: Principal, kind: DocumentKind) -> bool:
    """Whether somebody of the team may open papers of a kind: some are for organizers only."""
    return not kind.sensitive or asker.has_role(Role.ORGANIZER)


async def get_paper(file: File, document_id: int, asker: Principal) -> Document:
    """A paper of the application, also one that was replaced; raises NotFound."""
    found = await Document.get_or_none(id=document_id, application_id=file.application.id).select_related(
        "file", "kind"
    )
    if found is None or found.file is None or not may_open(asker, found.kind):
        raise NotFound
    return found


def list_shown(file: File, asker: Principal) -> Sequence[int]:
    """The papers to go through, in the order of the category."""
    return [
        paper.handed_in.id
        for paper in file.papers
        if paper.handed_in and paper.handed_in.file and may_open(asker, paper.needed.kind)
    ]
