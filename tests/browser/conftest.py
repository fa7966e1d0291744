"""A real server over a fresh database, and a real Chromium before it.

`live_site` is the server of this session's browser tests; `browse` opens browsers; `Site.sign_in` signs one in.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, async_playwright

from festival.accounts.actions import ensure_person, grant_role, start_session
from festival.accounts.authentication import cookie_name
from festival.app import wire
from festival.database import connected
from festival.database.schema import migrate
from festival.kit.web.access import NOBODY
from festival.settings import PREFIX, Settings, use_settings

ROOT = Path(__file__).parent.parent.parent
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-sync "
    "--disable-component-update --use-fake-device-for-media-stream --use-fake-ui-for-media-stream"
).split()


def find_chromium() -> str | None:
    """The system's Chromium or Chrome, or what CHROMIUM names."""
    wanted = [os.environ.get("CHROMIUM", ""), *NAMES, *MAC]
    return next((found for name in wanted if name and (found := shutil.which(name))), None)


@dataclass(frozen=True)
class Site:
    """The server under test. Settings' database is the same file that the server has open."""

    base_url: str
    settings: Settings

    @asynccontextmanager
    async def database(self) -> AsyncIterator[None]:
        """Within the block actions and queries work on the server's database, beside it."""
        use_settings(self.settings)
        try:
            async with connected(self.settings):
                yield
        finally:
            use_settings(None)

    async def sign_in(self, context: BrowserContext, role: str = "organizer") -> None:
        """Make `context` the browser of a new person with `role`; "" makes an applicant."""
        async with self.database():
            person = await ensure_person(f"{role or 'applicant'}@example.org", name=f"A {role or 'person'}")
            if role:
                await grant_role(person.id, role, NOBODY)
            secret = await start_session(person.id)
        await context.add_cookies([{"name": cookie_name(https=False), "value": secret, "url": self.base_url}])


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where the browser is."""
    found = find_chromium()
    if found is None:
        pytest.skip("no Chromium to be had here: install chromium or Chrome, or set CHROMIUM to its path")
    return found


@pytest.fixture(scope="session")
def live_site(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`festival serve` in its own process, its worker inside, on a fresh SQLite file."""
    folder = tmp_path_factory.mktemp("site")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    site = Site(
        f"http://localhost:{port}",
        Settings(
            database_url=f"sqlite://{folder}/festival.sqlite3",
            secret_key="a-key-for-tests-only-0123456789abcdef",
            base_url=f"http://localhost:{port}",
            media_url=f"file://{folder}/media",
            rate_limit_scale=0,
        ),
    )
    asyncio.run(migrate(site.settings))
    wire(site.settings)
    told = {name: str(getattr(site.settings, name)) for name in ("database_url", "secret_key", "base_url", "media_url")}
    environment = {PREFIX + name.upper(): value for name, value in (told | {"rate_limit_scale": "0"}).items()}
    log = folder / "server.log"
    command = [sys.executable, "-m", "festival", "serve", "--port", str(port)]
    with log.open("wb") as out:
        server = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, stdout=out, stderr=out)
    try:
        _wait_until_ready(site.base_url, server, log)
        yield site
    finally:
        server.terminate()
        server.wait(15)


def _wait_until_ready(base_url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{base_url}/readyz", timeout=5):  # noqa: S310 - our own address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"the server did not start:\n{log.read_text()}")


Browse = Callable[..., AbstractAsyncContextManager[Browser]]


@pytest.fixture
def browse(chromium: str) -> Browse:
    """`async with browse() as browser:`; with `camera=clip` its camera sees that clip of camera.make_clip."""

    @asynccontextmanager
    async def open_browser(camera: Path | None = None) -> AsyncIterator[Browser]:
        flags = [*FLAGS, *([f"--use-file-for-fake-video-capture={camera}"] if camera else [])]
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium, args=flags)
            try:
                yield browser
            finally:
                await browser.close()

    return open_browser
