"""Our calendar on a partner's page: one line of script, or a frame, on another origin."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import expect

from events.models import Program
from tests.browser.conftest import Browse, LiveSite
from tests.ticketing.holding import make_occasion

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
async def something_on(live_site: LiveSite) -> None:
    """A date that is to come; the site is shared with other tests, which may have made it before."""
    async with live_site.database():
        if not await Program.exists(slug="picnic", state="published"):
            await make_occasion()


@asynccontextmanager
async def partner_page(body: str) -> AsyncIterator[str]:
    """A page of somebody else's, at an origin of its own."""
    page = f"<!doctype html><html lang=en><title>Library</title><body><h1>Our library</h1>{body}</body></html>".encode()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(page)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + page)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


@pytest.mark.parametrize(
    "line",
    [
        '<script src="{site}/widget.js" title="What is on" data-area="{area}" data-most="4"></script>',
        '<iframe src="{site}/widget?area={area}&amp;most=4" title="What is on" width="100%" height="480"></iframe>',
    ],
    ids=["script", "frame"],
)
async def test_one_line_shows_our_dates_on_their_page(live_site: LiveSite, browse: Browse, line: str) -> None:
    async with live_site.database():
        area = (await Program.get(slug="picnic")).area
    async with partner_page(line.format(site=live_site.url, area=area)) as address, browse() as context:
        page = await context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        await page.goto(address)
        frame = page.frame_locator("iframe[title='What is on']")
        await expect(frame.locator("li a").first).to_be_visible()
        assert 1 <= await frame.locator("li:has(a)").count() <= 4
        async with page.expect_popup() as opened:
            await frame.locator("li a").first.click()
        assert "/events/" in (await opened.value).url, "a click leaves the frame"
        assert said == []


async def test_the_frame_takes_the_height_of_what_it_shows(live_site: LiveSite, browse: Browse) -> None:
    line = f'<script src="{live_site.url}/widget.js" title="What is on" data-most="12"></script>'
    async with partner_page(line) as address, browse() as context:
        page = await context.new_page()
        await page.goto(address)
        frame = page.locator("iframe[title='What is on']")
        await expect(frame).not_to_have_attribute("height", "480")
        inside = page.frame_locator("iframe[title='What is on']").locator("html")
        scrolls = await inside.evaluate("html => html.scrollHeight > html.clientHeight + 1")
        assert not scrolls


async def test_no_other_page_of_ours_can_be_framed(live_site: LiveSite, browse: Browse) -> None:
    frame = f'<iframe src="{live_site.url}/sign-in" title="Stolen"></iframe>'
    async with partner_page(frame) as address, browse() as context:
        page = await context.new_page()
        await page.goto(address)
        await expect(page.frame_locator("iframe[title='Stolen']").locator("form")).to_have_count(0)
