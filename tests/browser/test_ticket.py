"""The ticket on a phone: without JavaScript, by keyboard, without a network, and in every language; codes are read
from the screen's pixels."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import httpx2
import pytest
from playwright.async_api import Page, expect

from festival.kit.languages import LANGUAGES
from tests.browser.conftest import Browse, LiveSite
from tests.ticketing.holding import WORDS, codes_in, make_occasion, put_into_words
from ticketing.models import Offer

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


@dataclass(frozen=True)
class Taken:
    """A ticket of the live site."""

    url: str
    token: str


@pytest.fixture
async def offer_id(live_site: LiveSite) -> int:
    async with live_site.database():
        # The site is shared with other tests, which know the same picnic by a plainer name.
        known = await Offer.filter(occurrence__program__slug="picnic").first()
        made = await put_into_words(known.id) if known else await make_occasion()
        await Offer.filter(id=made).update(capacity=500)
        return made


async def take(site: LiveSite, offer_id: int, language: str = "en") -> Taken:
    async with httpx2.AsyncClient(base_url=site.url) as client:
        answer = await client.post(
            f"/api/v1/offers/{offer_id}/claims",
            json={"party": 4, "name": WORDS[language][1], "email": None, "language": language},
            headers={"Idempotency-Key": str(uuid.uuid4())},
        )
    assert answer.status_code == 201, answer.text
    secret = answer.json()["manage_url"].rsplit("/", 1)[1]
    return Taken(f"{site.url}/{language}/tickets/{secret}", answer.json()["token"])


async def codes_on(page: Page) -> list[str]:
    return codes_in(await page.screenshot())


async def test_without_javascript_the_code_fills_the_screen(live_site: LiveSite, browse: Browse, offer_id: int) -> None:
    ticket = await take(live_site, offer_id)
    async with browse() as browser:
        context = await browser.new_context(java_script_enabled=False, viewport=PHONE, color_scheme="dark")
        page = await context.new_page()
        await page.goto(ticket.url)
        await expect(page.locator("#kept")).to_be_hidden()
        await expect(page.locator("#offline")).to_be_hidden()
        await page.get_by_role("link", name="Show at the gate").last.click()
        assert page.url.endswith("/show")
        assert await codes_on(page) == [ticket.token]
        box = await page.locator(".show__code").bounding_box()
        assert box
        assert box["width"] > 350
        await page.get_by_role("link", name="Back to the ticket").click()
        await expect(page.get_by_text("Party of 4")).to_be_visible()


async def test_by_keyboard_alone(live_site: LiveSite, browse: Browse, offer_id: int) -> None:
    ticket = await take(live_site, offer_id)
    async with browse() as browser:
        page = await (await browser.new_context(viewport=PHONE)).new_page()
        await page.goto(ticket.url)
        for _ in range(40):
            await page.keyboard.press("Tab")
            if await page.evaluate("() => document.activeElement?.textContent?.trim()") == "Show at the gate":
                break
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/show")
        assert await codes_on(page) == [ticket.token]


async def test_it_opens_without_a_network_and_forgets_a_code_that_ended(
    live_site: LiveSite, browse: Browse, offer_id: int
) -> None:
    ticket = await take(live_site, offer_id)
    async with browse() as browser:
        context = await browser.new_context(viewport=PHONE)
        page = await context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        await page.goto(ticket.url)
        await expect(page.locator("#kept")).to_be_visible()
        await context.set_offline(True)
        for path in ("", "/show"):
            await page.goto(ticket.url + path)
            assert await codes_on(page) == [ticket.token]
        await page.goto(ticket.url)
        await expect(page.locator("#offline")).to_be_visible()
        await expect(page.locator(".ticket__head")).to_have_css("background-color", "rgb(182, 65, 10)")
        await context.set_offline(False)
        await page.goto(ticket.url)
        await page.get_by_text("Somebody else saw the code").click()
        await page.get_by_role("button", name="Make a new code").click()
        await expect(page.get_by_text("Here is your new code")).to_be_visible()
        await expect(page.locator("#kept")).to_be_visible()
        await context.set_offline(True)
        await page.goto(f"{ticket.url}/show")
        (shown,) = await codes_on(page)
        assert shown != ticket.token
        assert errors == []


async def test_every_language_shows_a_code_that_reads(live_site: LiveSite, browse: Browse, offer_id: int) -> None:
    async with browse() as browser:
        page = await (await browser.new_context(viewport=PHONE)).new_page()
        for language, about in LANGUAGES.items():
            ticket = await take(live_site, offer_id, language)
            await page.goto(ticket.url)
            assert await page.evaluate("() => document.dir") == about.direction
            await expect(page.get_by_role("heading", name=WORDS[language][0])).to_be_visible()
            assert await page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]
            await page.locator(".ticket__qr").scroll_into_view_if_needed()
            assert await codes_on(page) == [ticket.token], language
            await page.goto(f"{ticket.url}/show")
            assert await codes_on(page) == [ticket.token], language
