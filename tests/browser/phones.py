"""Phones at gates, as the browser tests use them: enrolled, with codes typed, buttons pressed, answers read."""

from __future__ import annotations

from playwright.async_api import Browser, BrowserContext, Page, expect

from events.models import Gate
from festival.kit.clock import now
from festival.kit.web.access import NOBODY
from tests.browser.conftest import LiveSite
from tests.ticketing.gatehouse import HOUR
from ticketing.gate.actions import issue_enrolment_code


async def start_phone(
    live_site: LiveSite, browser: Browser, gate: Gate, language: str = ""
) -> tuple[BrowserContext, Page]:
    """A phone of its own that opens what the organizer's QR holds."""
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    return context, await open_phone(live_site, context, gate, language)


async def open_phone(
    live_site: LiveSite, context: BrowserContext, gate: Gate, language: str = "", page: Page | None = None
) -> Page:
    """The same in a context, or on a page, that is there already."""
    async with live_site.database():
        code = await issue_enrolment_code(gate, "A phone", "both", now() + HOUR, NOBODY)
    page = page or await context.new_page()
    await page.goto(f"{live_site.url}{language}/gate#enrol={code}")
    await expect(page.locator("#gate-name")).to_have_text(gate.name)
    await expect(page.locator("#video")).to_be_visible()
    return page


async def type_code(page: Page, code: str) -> None:
    """A code by keyboard alone."""
    await page.keyboard.press("Escape")
    await page.locator("#typed").focus()
    await page.keyboard.insert_text(code)
    await page.keyboard.press("Enter")


async def shown(page: Page, outcome: str, word: str) -> None:
    """Wait for this answer on the whole screen."""
    await expect(page.locator("#result")).to_be_visible()
    await expect(page.locator("#result")).to_have_attribute("data-outcome", outcome)
    await expect(page.locator("#result-word")).to_have_text(word)


async def press_until(page: Page, button: str, times: int) -> None:
    """Close what is shown, and press a button so often."""
    await page.keyboard.press("Escape")
    for _ in range(times):
        await page.locator(f"#{button}").click()


_ASKED = "**/api/**"


async def cut_network(context: BrowserContext) -> None:
    """Take the network away; what a page asks right after a reload can slip past the browser's own switch."""
    await context.route(_ASKED, lambda route: route.abort("internetdisconnected"))
    await context.set_offline(True)


async def restore_network(context: BrowserContext) -> None:
    """Give it back."""
    await context.unroute(_ASKED)
    await context.set_offline(False)
