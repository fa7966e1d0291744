"""What people and their attackers send: each refused in words or made harmless, nothing kept that was refused."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from festival.storage.models import StoredFile
from tests.vendors.making import make_application, make_category
from tests.vendors.test_documents import pdf, picture
from vendors.documents.inspection import NotAPaper, Unreadable, inspect
from vendors.models import Application, CategoryDocument, Document, DocumentKind

OLE = bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 2048  # the old office formats, with or without macros


def macro_document() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr("word/document.xml", "<w:document/>")
        file.writestr("word/vbaProject.bin", OLE)
    return content.getvalue()


def zip_bomb() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("zeros", b"\0" * 50_000_000)
    return content.getvalue()


def pdf_bomb() -> bytes:
    """A PDF whose one stream becomes 200 MB: it is never opened here, so it is only bytes."""
    packed = zlib.compress(b"\0" * 200_000_000, 9)
    return pdf().replace(b"%%EOF", b"") + b"\n9 0 obj\n<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(packed)


@pytest.fixture
async def desk(client: httpx2.AsyncClient, sign_in: Any) -> tuple[httpx2.AsyncClient, str, Application]:
    """A client, the address of its papers, and its application."""
    category = await make_category()
    kind = await DocumentKind.create(call_id=category.call_id, slug="coi", name="Insurance")
    await CategoryDocument.create(category=category, kind=kind)
    person = await sign_in("")
    application = await make_application(category, person.email)
    return client, f"/applications/{application.receipt}/documents", application


async def send(client: httpx2.AsyncClient, path: str, name: str, content: bytes, claimed: str) -> httpx2.Response:
    return await client.post(path, data={"kind": "coi"}, files={"file": (name, content, claimed)})


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("insurance.pdf", macro_document()),
        ("insurance.docm", macro_document()),
        ("insurance.pdf", OLE),
        ("insurance.pdf", zip_bomb()),
        ("insurance.pdf", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("insurance.pdf", b"<!doctype html><script>alert(1)</script>"),
        ("insurance.pdf", pdf() + macro_document()),
    ],
    ids=["macros named pdf", "macros", "old macros", "zip bomb", "svg named pdf", "html named pdf", "polyglot"],
)
async def test_what_is_no_paper_is_refused_and_not_kept(desk: Any, name: str, content: bytes) -> None:
    client, path, _ = desk
    answer = await send(client, path, name, content, "application/pdf")
    assert answer.status_code == 415
    assert "not a picture or a PDF" in answer.text
    assert await StoredFile.all().count() == await Document.all().count() == 0


def test_a_pdf_that_would_burst_is_not_opened() -> None:
    with pytest.raises((NotAPaper, Unreadable)):
        inspect(pdf_bomb())


async def test_a_file_of_100_mb_is_refused_before_it_is_read(desk: Any) -> None:
    client, path, _ = desk
    told = await client.post(path, content=b"x", headers={"content-length": str(100 * 1024 * 1024)})
    assert told.status_code == 413
    read = 0

    async def untold() -> AsyncIterator[bytes]:
        """The same without saying beforehand how much it is."""
        nonlocal read
        yield b'--b\r\nContent-Disposition: form-data; name="kind"\r\n\r\ncoi\r\n'
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
        for _ in range(100):
            read += 1
            yield b"x" * 1024 * 1024
        yield b"\r\n--b--\r\n"

    kind = "multipart/form-data; boundary=b"
    silent = await client.post(path, content=untold(), headers={"content-type": kind})
    assert silent.status_code == 413
    assert read < 20  # it stopped listening
    assert await Document.all().count() == 0


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/passwd.jpg",
        "..\\..\\boot.jpg",
        "/abs/olute.jpg",
        "a\r\nSet-Cookie: x=1.jpg",
        "CON.jpg",
        "\u202egpj.exe",
    ],
)
async def test_a_name_is_only_ever_a_name(desk: Any, name: str) -> None:
    client, path, _ = desk
    assert (await send(client, path, name, picture(), "image/jpeg")).status_code == 303
    kept = await StoredFile.get()
    for part in ("/", "\\", "\r", "\n", "..", "\u202e"):
        assert part not in kept.original_name.removesuffix(".jpg"), kept.original_name
    got = await client.get(f"{path}/{(await Document.get()).id}")
    assert got.status_code == 200
    assert "set-cookie" not in got.headers
    assert got.headers["content-disposition"].startswith("attachment; ")


async def test_an_old_link_of_one_who_withdrew_shows_the_end_and_takes_nothing(desk: Any) -> None:
    client, path, application = desk
    await Application.filter(id=application.id).update(state="withdrawn")
    base = f"/applications/{application.receipt}"
    assert "Withdrawn" in (await client.get(base)).text
    assert (await send(client, path, "a.jpg", picture(), "image/jpeg")).status_code == 409
    assert (await client.post(f"{base}/review")).status_code == 409
    assert (await client.post(f"{base}/offer")).status_code == 409
    assert (await client.post(f"{base}/withdraw")).status_code == 409
    assert (await Application.get(id=application.id)).state == "withdrawn"
    assert await Document.all().count() == 0
