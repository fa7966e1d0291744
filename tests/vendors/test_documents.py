"""Uploads: by content, not by name; what is kept is harmless and comes back only as a download."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import httpx2
import pytest
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from festival.kit.errors import Refusal
from festival.storage.models import StoredFile
from vendors.documents.inspection import (
    ActivePdf,
    EncryptedPdf,
    NotAPaper,
    TooManyPages,
    TooManyPixels,
    Unreadable,
    inspect,
)
from vendors.models import CategoryDocument, Document, DocumentKind

from .making import make_application, make_category


def pdf(change: str = "") -> bytes:
    writer = PdfWriter()
    for _ in range(61 if change == "book" else 1):
        writer.add_blank_page(200, 200)
    if change == "script":
        script = {"/S": NameObject("/JavaScript"), "/JS": TextStringObject("app.alert(1)")}
        action = DictionaryObject({NameObject(key): value for key, value in script.items()})
        writer.root_object[NameObject("/OpenAction")] = action
    if change == "attachment":
        writer.add_attachment("x.exe", b"MZ")
    if change == "locked":
        writer.encrypt("secret", algorithm="RC4-128")
    content = io.BytesIO()
    writer.write(content)
    return content.getvalue()


def picture(size: tuple[int, int] = (64, 32), form: str = "JPEG", **options: Any) -> bytes:
    content = io.BytesIO()
    Image.new("RGBA" if form == "PNG" else "RGB", size).save(content, form, **options)
    return content.getvalue()


def archive() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        file.writestr("a.txt", "a")
    return content.getvalue()


def bomb() -> bytes:
    content = io.BytesIO()
    Image.new("1", (12_000, 12_000)).save(content, "PNG")
    return content.getvalue()


HOSTILE: dict[str, tuple[bytes, type[Refusal]]] = {
    "html": (b"<!doctype html><script>alert(1)</script>", NotAPaper),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", NotAPaper),
    "zip": (archive(), NotAPaper),
    "pdf and zip": (pdf() + archive(), NotAPaper),
    "pdf and html": (pdf() + b"<html><script>alert(1)</script>", NotAPaper),
    "html in the pdf's head": (pdf().replace(b"\n", b"\n%<html><script>\n", 1), NotAPaper),
    "no pdf": (b"%PDF-1.7\nnothing\n%%EOF", Unreadable),
    "script": (pdf("script"), ActivePdf),
    "attachment": (pdf("attachment"), ActivePdf),
    "locked": (pdf("locked"), EncryptedPdf),
    "book": (pdf("book"), TooManyPages),
    "bomb": (bomb(), TooManyPixels),
    "half a photo": (picture()[:200], Unreadable),
    "empty": (b"\x00" * 10, NotAPaper),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_refused(name: str) -> None:
    content, refusal = HOSTILE[name]
    with pytest.raises(refusal):
        inspect(content)


def test_a_plain_pdf_is_kept_as_it_is() -> None:
    assert inspect(pdf()).content == pdf()


def test_a_photo_is_turned_shrunk_and_has_no_metadata() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010F] = "A phone that says where it was"
    checked = inspect(picture((4000, 2000), exif=exif) + b"<script>alert(1)</script>")
    kept = Image.open(io.BytesIO(checked.content))
    assert kept.height == 2 * kept.width
    assert max(kept.size) <= 2400
    assert not kept.getexif()
    assert b"script" not in checked.content
    assert b"phone" not in checked.content


def test_a_logo_keeps_what_shines_through() -> None:
    assert inspect(picture(form="PNG")).media_type == "image/png"


async def test_the_upload_page_refuses_in_words_and_keeps_nothing(client: httpx2.AsyncClient, sign_in: Any) -> None:
    category = await make_category()
    kind = await DocumentKind.create(call_id=category.call_id, slug="coi", name="Insurance")
    video = await DocumentKind.create(call_id=category.call_id, slug="video", name="Video", is_link=True)
    for item in (kind, video):
        await CategoryDocument.create(category=category, kind=item)
    person = await sign_in("")
    application = await make_application(category, person.email)
    path = f"/applications/{application.receipt}/documents"
    for name in ("html", "pdf and zip", "locked"):
        content, refusal = HOSTILE[name]
        answer = await client.post(path, data={"kind": "coi"}, files={"file": ("a.pdf", content, "application/pdf")})
        assert answer.status_code == 415
        assert refusal.message.partition("'")[0] in answer.text
    assert (await client.post(path, data={"kind": "coi"})).status_code == 422
    assert (await client.post(path, data={"kind": "other"})).status_code == 404
    assert (await client.post(path, data={"kind": "video", "link": "javascript:1"})).status_code == 422
    assert await StoredFile.all().count() == await Document.all().count() == 0
    assert (await client.post(path, data={"kind": "video", "link": "https://v.example/1"})).status_code == 303

    for _ in range(2):
        upload = {"file": ("../../etc/a b.html", picture(), "text/html")}
        assert (await client.post(path, data={"kind": "coi"}, files=upload)).status_code == 303
    document = await Document.get(kind=kind, superseded_at=None)
    got = await client.get(f"{path}/{document.id}")
    assert got.headers["content-disposition"] == "attachment; filename*=UTF-8''a%20b.jpg"
    assert got.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert got.headers["content-type"] == "image/jpeg"
    big = await client.post(path, content=b"x", headers={"content-length": str(13 * 1024 * 1024)})
    assert big.status_code == 413
