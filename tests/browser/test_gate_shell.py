"""The scanner before any phone is enrolled: it opens, explains itself, and needs no network the second time."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Browse, LiveSite

pytestmark = pytest.mark.browser


def _watch(page: Page) -> list[str]:
    """Every error that the page reports from now on, the content policy's among them."""
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    return errors


async def test_a_stranger_is_asked_for_a_code(live_site: LiveSite, browse: Browse) -> None:
    async with browse() as browser:
        page = await browser.new_page()
        errors = _watch(page)
        await page.goto(f"{live_site.url}/gate")
        await expect(page.get_by_role("heading", name="Make this phone a scanner")).to_be_visible()
        assert errors == []
        await page.get_by_label("Enrolment code").fill("WRNG-WRNG-WRNG")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("alert")).to_contain_text(["not good any more"])


async def test_it_opens_again_without_a_network(live_site: LiveSite, browse: Browse) -> None:
    async with browse() as browser:
        context = await browser.new_context()
        page = await context.new_page()
        await page.goto(f"{live_site.url}/ar/gate")
        await page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
        await context.set_offline(True)
        errors = _watch(page)
        await page.reload()
        await expect(page.locator("#enrol-form")).to_be_visible()
        assert await page.evaluate("() => document.dir") == "rtl"
        assert [error for error in errors if "ERR_INTERNET_DISCONNECTED" not in error] == []
