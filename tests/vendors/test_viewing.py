"""Papers beside the answers: drawn as pictures, turned, judged; what may be opened by whom."""

from __future__ import annotations

import io
from typing import Any

import httpx2
import pytest
from PIL import Image
from pypdf import PdfWriter

from festival.kit.errors import NotFound
from vendors.documents.actions import hand_in_file
from vendors.models import Application, CategoryDocument, Document, DocumentKind
from vendors.viewing.drawing import CannotBeShown, draw_paper
from vendors.viewing.rules import Look, neighbours, read_look

from .making import make_application, make_category
from .test_applying import photo


def pdf(pages: int = 2) -> bytes:
    writer, content = PdfWriter(), io.BytesIO()
    for _ in range(pages):
        writer.add_blank_page(612, 792)
    writer.write(content)
    return content.getvalue()


async def make_papers() -> tuple[Application, list[Document]]:
    """A photo, a PDF of two pages, and a paper that only organizers may open."""
    category = await make_category()
    application = await make_application(category, state="under_review")
    papers: list[Document] = []
    for number, (slug, content) in enumerate((("licence", photo()), ("lease", pdf()), ("tax", pdf(1)))):
        kind = await DocumentKind.create(
            call_id=category.call_id, slug=slug, name=slug.title(), sensitive=slug == "tax"
        )
        await CategoryDocument.create(category=category, kind=kind, required=True, position=number)
        papers.append(await hand_in_file(application, kind, f"{slug}.x", content))
    return application, papers


async def test_pictures_that_cannot_run(client: httpx2.AsyncClient, sign_in: Any) -> None:
    application, (licence, lease, tax) = await make_papers()
    base = f"/organize/applications/{application.receipt}/papers"
    await sign_in("reviewer")
    page = (await client.get(f"{base}/{lease.id}?page=2&turn=90")).text
    assert "Page 2 of 2" in page
    assert f'src="{base}/{lease.id}/2?turn=90"' in page
    assert f"{base}/{tax.id}" not in page
    wide = await client.get(f"{base}/{lease.id}/2?turn=90")
    assert wide.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert wide.headers["x-content-type-options"] == "nosniff"
    assert wide.headers["content-type"] == "image/jpeg"
    width, height = Image.open(io.BytesIO(wide.content)).size
    assert width > height
    upright = Image.open(io.BytesIO((await client.get(f"{base}/{licence.id}/1")).content)).size
    turned = Image.open(io.BytesIO((await client.get(f"{base}/{licence.id}/1?turn=270")).content)).size
    assert turned == upright[::-1]
    assert (await client.get(f"{base}/{lease.id}/3")).status_code == 404
    assert (await client.get(f"{base}/{licence.id}/2")).status_code == 404
    own = f"/applications/{application.receipt}/documents"
    for path in (f"{base}/{tax.id}", f"{base}/{tax.id}/1", f"{own}/{tax.id}"):
        assert (await client.get(path)).status_code == 404
    await sign_in("organizer")
    assert (await client.get(f"{base}/{tax.id}/1")).status_code == 200
    assert (await client.get(f"{own}/{tax.id}")).headers["content-disposition"].startswith("attachment")
    other = await make_application(await make_category(), state="under_review")
    assert (await client.get(f"/organize/applications/{other.receipt}/papers/{lease.id}")).status_code == 404
    await sign_in("", "stranger@example.org")
    assert (await client.get(f"{base}/{lease.id}/1")).status_code == 403


async def test_judged_there_and_on_to_the_next(client: httpx2.AsyncClient, sign_in: Any) -> None:
    application, (licence, lease, _) = await make_papers()
    base = f"/organize/applications/{application.receipt}/papers"
    await sign_in("reviewer")
    assert (await client.post(f"{base}/{licence.id}", data={"verdict": "send_back"})).status_code == 422
    gone_on = await client.post(f"{base}/{licence.id}", data={"verdict": "accept"})
    assert gone_on.headers["location"] == f"{base}/{lease.id}"
    back = await client.post(f"{base}/{lease.id}", data={"verdict": "send_back", "listed": "papers", "reason": "Dark."})
    assert back.headers["location"] == f"/organize/applications/{application.receipt}"
    states = {row.id: (row.state, row.reason) for row in await Document.all()}
    assert states[licence.id] == ("accepted", "")
    assert states[lease.id] == ("sent_back", "A paper is missing or cannot be read.\nDark.")
    kind = await DocumentKind.get(id=lease.kind_id)
    await hand_in_file(application, kind, "new.pdf", pdf(1))
    late = await client.post(f"{base}/{lease.id}", data={"verdict": "accept"})
    assert late.status_code == 409
    assert "Replaced by a newer one" in late.text


async def test_what_cannot_be_drawn_is_refused() -> None:
    for content in (b"%PDF-1.7 nothing", b"%PDF-1.7\n" + b"0" * 100_000):
        with pytest.raises((CannotBeShown, NotFound)):
            await draw_paper(content, "application/pdf", 0, 0)
    with pytest.raises(CannotBeShown):
        await draw_paper(b"<svg/>", "text/html", 0, 0)


def test_how_a_paper_is_looked_at() -> None:
    assert read_look({"page": "2", "turn": "90", "zoom": "3"}, 2) == Look(2, 90, 3)
    assert read_look({"page": "9", "turn": "45", "zoom": "-1"}, 2) == Look()
    assert read_look({"page": "²", "turn": "", "zoom": "99999"}, 2) == Look()
    assert Look(turn=270).turned(90).turn == 0
    assert Look(turn=0).turned(270).turn == 270
    assert Look(zoom=4).larger(1) is None
    assert Look().larger(-1) is None
    assert Look().at(2, 1) is None
    assert neighbours([3, 5, 8], 5) == (3, 8)
    assert neighbours([3, 5, 8], 8) == (5, None)
    assert neighbours([3], 9) == (None, 3)
