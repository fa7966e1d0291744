"""A real server over a fresh database, and a real Chromium before it, where nothing waits for ever.

`live_site` is the server of this session's browser tests; `browse` opens browsers; `LiveSite.sign_in` signs one in.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
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
from festival.seeding.actions import DEMO_PROGRAMME, seed_programme
from festival.settings import Settings, use_settings
from tests.live import free_port, serving

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# A page's own promise has no timeout of Playwright's, so the whole block has one.
LONGEST_S = 60
MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
    "--disable-component-update",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]


def find_chromium() -> str | None:
    """The system's Chromium or Chrome, or what CHROMIUM names."""
    wanted = [os.environ.get("CHROMIUM", ""), *NAMES, *MAC]
    return next((found for name in wanted if name and (found := shutil.which(name))), None)


@dataclass(frozen=True)
class LiveSite:
    """The server under test. The database of `settings` is the file that the server has open."""

    url: str
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
        """Make `context` the browser of a person with `role`; "" makes an applicant."""
        async with self.database():
            person = await ensure_person(f"{role or 'applicant'}@example.org", name=f"A {role or 'person'}")
            if role:
                await grant_role(person.id, role, NOBODY)
            secret = await start_session(person.id)
        await context.add_cookies([{"name": cookie_name(https=False), "value": secret, "url": self.url}])


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where the browser is."""
    found = find_chromium()
    if found is None:
        pytest.skip("no Chromium to be had here: install chromium or Chrome, or set CHROMIUM to its path")
    return found


@pytest.fixture(scope="session")
def live_site(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    """`festival serve` in its own process, its worker inside, on a fresh SQLite file."""
    with serve_site(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="module")
def demo_site(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    """The same on the demo year, for a whole file of tests."""
    with serve_site(tmp_path_factory.mktemp("demo"), demo=True) as site:
        yield site


@contextmanager
def serve_site(folder: Path, *, demo: bool = False) -> Generator[LiveSite]:
    """A server in its own process over a fresh SQLite file in `folder`, with the demo year where asked."""
    port = free_port()
    settings = Settings(
        database_url=f"sqlite://{folder}/festival.sqlite3",
        secret_key="a-key-for-tests-only-0123456789abcdef",
        base_url=f"http://localhost:{port}",
        media_url=f"file://{folder}/media",
        rate_limit_scale=0,
    )
    asyncio.run(migrate(settings))
    wire(settings)
    if demo:
        asyncio.run(_load_demo(settings))
    with serving(settings, folder / "server.log", port=port) as site:
        yield LiveSite(site.url, settings)


async def _load_demo(settings: Settings) -> None:
    use_settings(settings)
    try:
        async with connected(settings):
            await seed_programme(DEMO_PROGRAMME.read_text(encoding="utf-8"))
    finally:
        use_settings(None)


Browse = Callable[..., AbstractAsyncContextManager[Browser]]


@pytest.fixture
def browse(chromium: str) -> Browse:
    """`async with browse() as browser:`; with `camera=clip` its camera sees that clip of camera.make_clip."""

    @asynccontextmanager
    async def open_browser(camera: Path | None = None) -> AsyncIterator[Browser]:
        flags = [*FLAGS, *([f"--use-file-for-fake-video-capture={camera}"] if camera else [])]
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium, args=flags, timeout=30_000)
            try:
                async with asyncio.timeout(LONGEST_S):
                    yield browser
            finally:
                await browser.close()

    return open_browser
