"""A resident takes a free ticket in a real browser: without JavaScript, by keyboard, and when the house is full."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from festival.kit.clock import now
from tests.browser.conftest import Browse, LiveSite
from tests.concurrency.test_kill import make_offer
from ticketing.claim.fairness import is_proved
from ticketing.models import Claim, Offer
from ticketing.waitlist.actions import Ask, join_waitlist

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


@pytest.fixture
async def offer_id(live_site: LiveSite) -> int:
    """An offer of ten places, whatever earlier tests left."""
    async with live_site.database():
        first = await Offer.filter(occurrence__program__slug="picnic").first()
        if first is None:
            return await make_offer(10)
        made = await Offer.create(
            occurrence_id=first.occurrence_id, capacity=10, valid_from=first.valid_from,
            valid_until=first.valid_until, created_at=now(), asks={"age_bands": ["Adults", "Children"]},
        )  # fmt: skip
        return made.id


async def test_a_ticket_without_javascript(live_site: LiveSite, browse: Browse, offer_id: int) -> None:
    async with browse() as browser:
        page = await browser.new_page(java_script_enabled=False, viewport=PHONE)
        await page.goto(f"{live_site.url}/claim/{offer_id}")
        await page.get_by_label("How many people come?").select_option("3")
        if await page.get_by_label("Adults").count():
            await page.get_by_label("Adults").fill("2")
            await page.get_by_label("Children").fill("1")
        await page.get_by_label("E-mail").fill("ana@example")
        await page.get_by_label("Your name").fill("Ana")
        await page.get_by_role("button", name="Get the ticket").click()
        await expect(page.get_by_role("alert").first).to_contain_text("another look")
        await expect(page.get_by_label("Your name").first).to_have_value("Ana")
        await page.get_by_label("E-mail").first.fill("")
        await page.get_by_role("button", name="Get the ticket").click()
        await expect(page.get_by_text("Party of 3")).to_be_visible()
        await expect(page.locator(".ticket__qr svg")).to_be_visible()
        await page.get_by_text("More or fewer people").click()
        await page.get_by_label("How many people come?").select_option("2")
        await page.get_by_role("button", name="Change the number").click()
        await expect(page.get_by_text("Party of 2")).to_be_visible()


async def test_a_ticket_by_keyboard_alone(live_site: LiveSite, browse: Browse, offer_id: int) -> None:
    async with browse() as browser:
        page = await browser.new_page(viewport=PHONE)
        await page.goto(f"{live_site.url}/claim/{offer_id}")
        for _ in range(60):
            await page.keyboard.press("Tab")
            if await page.evaluate("document.activeElement.id") == "f-party":
                break
        else:
            pytest.fail("the form cannot be reached by Tab")
        await page.keyboard.press("ArrowDown")
        party = int(await page.get_by_label("How many people come?").input_value())
        await page.keyboard.press("Tab")
        await page.keyboard.type("Keyboard Kim")
        if await page.get_by_label("Adults").count():
            for _ in range(10):
                await page.keyboard.press("Tab")
                if await page.evaluate("document.activeElement.name") == "band-0":
                    break
            await page.keyboard.type(str(party))
            await page.keyboard.press("Delete")
        # The proof of work is found unseen while the form is filled in.
        nonce = page.locator("input[name=nonce]").first
        await expect(nonce).not_to_have_value("")
        key = await page.locator("form[data-proof-bits] input[name=key]").input_value()
        assert is_proved(key, await nonce.input_value())
        await page.keyboard.press("Enter")
        await expect(page.get_by_text(f"Party of {party}")).to_be_visible()
        await expect(page.get_by_text("Keyboard Kim")).to_be_visible()


async def test_the_waitlist_without_javascript(live_site: LiveSite, browse: Browse, offer_id: int) -> None:
    async with live_site.database():
        offer = await Offer.get(id=offer_id)
        await Offer.filter(id=offer_id).update(claimed=0, capacity=0)
        await Claim.filter(offer_id=offer_id).update(state="cancelled")
        await join_waitlist(Ask(offer_id, 2, "", "", "", "en", "before", "d", now()))
    async with browse() as browser:
        page = await browser.new_page(java_script_enabled=False, viewport=PHONE)
        await page.goto(f"{live_site.url}/claim/{offer_id}")
        await page.get_by_label("How many people come?").select_option("2")
        await page.get_by_role("button", name="Join the waitlist").click()
        await expect(page.get_by_text("Number 2 in line")).to_be_visible()
        async with live_site.database():
            await Offer.filter(id=offer_id).update(capacity=4)
            from ticketing.waitlist.actions import promote_free

            await promote_free(offer_id, now())
        await page.reload()
        await page.get_by_role("button", name="Yes, we come").click()
        await expect(page.get_by_text("Party of 2")).to_be_visible()
    assert offer.id == offer_id


async def test_a_full_house_tries_again_by_itself(live_site: LiveSite, browse: Browse, offer_id: int) -> None:
    """The first answer says that the house is full; the page that comes with it sends the form again, kept whole."""
    async with browse() as browser:
        page = await browser.new_page(viewport=PHONE)
        await page.goto(f"{live_site.url}/claim/{offer_id}")
        kept = await page.locator("form[data-proof-bits] input[name=key]").input_value()
        body = f"""<!doctype html><title>full</title><p>Many people are here right now</p>
        <form method="post" action="/claim/{offer_id}" data-retry-after="1">
        <input type="hidden" name="key" value="{kept}"><input type="hidden" name="party" value="2">
        <input type="hidden" name="band-0" value="2">
        <progress max="1" value="0" hidden></progress></form>
        <script type="module" src="{await page.locator('script[src*="js/claim"]').get_attribute("src")}"></script>"""
        full = {"times": 0}

        async def refuse_once(route: object) -> None:
            full["times"] += 1
            await route.fulfill(status=503, content_type="text/html", body=body, headers={"Retry-After": "1"})  # type: ignore[attr-defined]

        await page.route(f"**/claim/{offer_id}", refuse_once, times=1)
        if await page.get_by_label("Adults").count():
            await page.get_by_label("Adults").fill("2")
        await page.get_by_role("button", name="Get the ticket").click()
        await expect(page.get_by_text("Party of 2")).to_be_visible(timeout=15_000)
        assert full["times"] == 1
