"""Malware: clamd is asked over a real socket before anything is kept; without an answer nothing is taken."""

from __future__ import annotations

import asyncio
import logging
import shutil
import struct
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from calendar_feed.models import PartnerSource
from events.models import Festival
from festival.kit.clock import now
from festival.kit.web.access import NOBODY
from festival.office.check import list_faults
from festival.organisation.models import AuditEntry
from festival.scanning.clamd import Infected, ScannerAway, find_fault, require_clean
from festival.settings import Settings
from festival.storage.models import StoredFile
from tests.concurrency.test_kill import make_offer
from tests.vendors.making import make_application, make_category
from tests.vendors.test_documents import pdf, picture
from vendors.models import CategoryDocument, Document, DocumentKind

# The test file that every scanner knows (eicar.org), in two halves so that no scanner takes this file for one.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd:
    """What clamd(8) says of PING and INSTREAM, over a real socket; `answer` in place of its own."""

    def __init__(self) -> None:
        self.seen = list[bytes]()
        self.answer = b""
        self.most = 25 * 1024 * 1024

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        command = await reader.readuntil(b"\0")
        if command == b"zPING\0":
            writer.write(b"PONG\0")
        elif command == b"zINSTREAM\0":
            content = bytearray()
            while size := struct.unpack(">I", await reader.readexactly(4))[0]:
                content += await reader.readexactly(size)
                if len(content) > self.most:
                    writer.write(b"INSTREAM size limit exceeded. ERROR\0")
                    break
            else:
                self.seen.append(bytes(content))
                found = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0"
                writer.write(self.answer or found)
        writer.close()


@asynccontextmanager
async def clamd_at(*, unix: Path | None = None) -> AsyncGenerator[tuple[str, Clamd]]:
    """A scanner and its address."""
    clamd = Clamd()
    if unix:
        server = await asyncio.start_unix_server(clamd.serve, unix)
        where = f"unix://{unix}"
    else:
        server = await asyncio.start_server(clamd.serve, "127.0.0.1", 0)
        where = f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield where, clamd


async def test_what_is_clean_passes_over_both_kinds_of_socket(database: Settings, with_settings: Any) -> None:
    socket = Path(database.media_url.removeprefix("file://")).parent / "c.sock"
    if len(str(socket)) > 100:
        pytest.skip("this machine's temporary folder is too deep for a socket")
    for unix in (None, socket):
        async with clamd_at(unix=unix) as (where, clamd):
            with_settings(clamd_url=where)
            await require_clean(b"x" * 300_000)
            assert clamd.seen == [b"x" * 300_000]
            assert not await find_fault(where)


async def test_what_is_infected_is_refused_logged_and_on_record(
    database: Settings, with_settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async with clamd_at() as (where, _):
        with_settings(clamd_url=where)
        with caplog.at_level(logging.WARNING), pytest.raises(Infected):
            await require_clean(b"a" * 70_000 + EICAR, NOBODY, ("application", 7))
    assert "Eicar-Test-Signature" in caplog.text
    entry = await AuditEntry.get(action="upload.infected")
    assert (entry.object_kind, entry.object_id) == ("application", 7)
    assert entry.after
    assert entry.after["found"] == "Eicar-Test-Signature"


@pytest.mark.parametrize("answer", [b"stream: OK maybe\0", b"UNKNOWN COMMAND\0", b"\0", b"x" * 9000 + b"\0"])
async def test_an_answer_that_is_no_yes_is_no(database: Settings, with_settings: Any, answer: bytes) -> None:
    async with clamd_at() as (where, clamd):
        clamd.answer = answer
        with_settings(clamd_url=where)
        with pytest.raises(ScannerAway):
            await require_clean(b"clean")


async def test_a_stream_too_long_for_the_scanner_is_not_taken(database: Settings, with_settings: Any) -> None:
    async with clamd_at() as (where, clamd):
        clamd.most = 1000
        with_settings(clamd_url=where)
        with pytest.raises(ScannerAway):
            await require_clean(b"x" * 8_000_000)


async def test_a_scanner_that_is_away_lets_nothing_in_and_the_check_says_so(
    database: Settings, with_settings: Any
) -> None:
    async with clamd_at() as (where, _):
        pass  # gone again
    chosen = with_settings(clamd_url=where)
    with pytest.raises(ScannerAway):
        await require_clean(b"clean")
    assert any("FESTIVAL_CLAMD_URL" in fault for fault in await list_faults(chosen))
    assert "must begin with" in " ".join(with_settings(clamd_url="http://x").problems())


# ---------------------------------------------------------------- every upload


async def _application(sign_in: Any) -> tuple[str, str]:
    person = await sign_in("")
    category = await make_category()
    kind = await DocumentKind.create(call_id=category.call_id, slug="licence", name="Licence")
    await CategoryDocument.create(category=category, kind=kind)
    application = await make_application(category, person.email)
    return f"/applications/{application.receipt}/documents", kind.slug


async def test_an_applicants_paper_is_looked_at_before_it_is_kept(
    client: httpx2.AsyncClient, sign_in: Any, with_settings: Any
) -> None:
    path, kind = await _application(sign_in)
    async with clamd_at() as (where, clamd):
        with_settings(clamd_url=where)
        # A picture is drawn anew, which would have washed it: what came is what is looked at.
        bad = {"file": ("photo.jpg", picture() + EICAR, "image/jpeg")}
        refused = await client.post(path, data={"kind": kind}, files=bad)
        assert refused.status_code == 422
        assert "virus scanner found something" in refused.text
        good = await client.post(path, data={"kind": kind}, files={"file": ("a.pdf", pdf(), "application/pdf")})
        assert good.status_code == 303
        assert clamd.seen[-1] == pdf()
    assert await StoredFile.all().count() == await Document.all().count() == 1
    away = await client.post(path, data={"kind": kind}, files={"file": ("a.pdf", pdf(), "application/pdf")})
    assert away.status_code == 503
    assert "Try again in a few minutes" in away.text
    assert await StoredFile.all().count() == 1


async def test_every_upload_of_the_team_goes_the_same_way(
    client: httpx2.AsyncClient, sign_in: Any, with_settings: Any
) -> None:
    category = await make_category()
    slug = (await Festival.get(call__id=category.call_id)).slug
    source, offer_id = (
        await PartnerSource.create(name="Partner", created_at=now(), changed_at=now()),
        await make_offer(10),
    )
    await sign_in("organizer")
    uploads: list[tuple[str, str, dict[str, str]]] = [
        (f"/organize/festivals/{slug}/pictures", "file", {"alt": "A lawn"}),
        ("/organize/sheets", "sheet", {"kind": "programs"}),
        ("/calendar/check", "file", {}),
        (f"/organize/partners/{source.id}/file", "file", {}),
        (f"/organize/offers/{offer_id}/guests", "file", {}),
    ]
    async with clamd_at() as (where, clamd):
        with_settings(clamd_url=where)
        for number, (path, name, data) in enumerate(uploads, 1):
            answer = await client.post(path, data=data, files={name: ("x", EICAR, "text/plain")})
            assert answer.status_code == 422, path
            assert "virus scanner found something" in answer.text, path
            assert len(clamd.seen) == number, path
    assert not await StoredFile.all().count()


# A page that takes a file either asks the scanner or hands the file to one of these, which does.
_ASKS = ("require_clean(", "hand_in_file(", "add_picture(")


def test_no_page_takes_a_file_past_the_scanner() -> None:
    house = Path(__file__).parents[2]
    rooms = ("events", "vendors", "ticketing", "calendar_feed", "festival")
    takers = [file for room in rooms for file in (house / room).rglob("*.py") if "UploadFile)" in file.read_text()]
    pages = [file for file in takers if file != house / "festival/kit/web/forms.py"]
    assert len(pages) >= 7
    assert [str(file) for file in pages if not any(call in file.read_text() for call in _ASKS)] == []


# ---------------------------------------------------------------- the real one


@pytest.mark.skipif(not shutil.which("clamd"), reason="no clamd here: apt-get install clamav-daemon")
async def test_the_real_clamd_finds_what_its_signatures_name(
    database: Settings, with_settings: Any, tmp_path: Path
) -> None:
    """With one signature of our own: the vendor's cannot be had everywhere."""
    (tmp_path / "db").mkdir()
    (tmp_path / "db" / "local.ndb").write_text(f"Local.Eicar:0:*:{EICAR.hex()}\n")
    socket = Path(f"/tmp/clamd-{tmp_path.name}.sock")
    config = tmp_path / "clamd.conf"
    config.write_text(f"DatabaseDirectory {tmp_path}/db\nLocalSocket {socket}\nForeground yes\nStreamMaxLength 5M\n")
    process = await asyncio.create_subprocess_exec(
        "clamd", "-c", str(config), stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    where = f"unix://{socket}"
    try:
        for _ in range(300):
            if not await find_fault(where):
                break
            await asyncio.sleep(0.1)
        with_settings(clamd_url=where)
        await require_clean(pdf())
        with pytest.raises(Infected):
            await require_clean(b"before " + EICAR)
        with pytest.raises(ScannerAway):
            await require_clean(b"x" * 6_000_000)
    finally:
        process.terminate()
        await process.wait()
