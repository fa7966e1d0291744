"""An organizer's year in a real browser: a series made, a date moved, one cancelled, translated, published, public."""

from __future__ import annotations

import re

from playwright.async_api import expect

from events.models import Venue
from festival.kit.clock import now
from tests.browser.conftest import Browse, LiveSite

PROGRAM = "/organize/programs/kora-evening"


async def test_from_the_empty_form_to_the_page_in_spanish_and_arabic(live_site: LiveSite, browse: Browse) -> None:
    async with live_site.database():
        await Venue.get_or_create(slug="kora-hall", defaults={"name": "Kora Hall", "changed_at": now()})
    async with browse() as browser:
        context = await browser.new_context(viewport={"width": 390, "height": 844}, locale="en-US")
        await live_site.sign_in(context)
        page = await context.new_page()
        await page.goto(f"{live_site.url}/organize/programs")
        await page.keyboard.press("n")  # the key of "New program"
        await page.get_by_label("Title", exact=True).fill("Kora evening")
        await page.get_by_label("Place", exact=True).select_option("kora-hall")
        await page.get_by_role("button", name="Save the draft").click()

        await page.get_by_label("First day").fill("2027-09-01")
        await page.locator("#f-starts").fill("18:00")
        await page.locator("#f-ends").fill("19:30")
        await page.get_by_label("By weekday of the month").check()
        await page.locator("#f-until").fill("2027-12-31")
        dates = page.locator("#dates-preview")
        # Live: nobody pressed a button. Six in the evening on both sides of November 7.
        await expect(dates).to_contain_text("On the first Saturday of the month. Until December 31, 2027.")
        await expect(dates.locator("li")).to_have_count(4)
        await page.get_by_role("button", name="Save the dates").click()
        await expect(page.locator("tbody tr")).to_have_count(4)

        await page.get_by_role("link", name="Change Saturday, October 2, 2027").click()
        await page.locator("#f-starts").fill("2027-10-03T17:00")
        await page.locator("#f-ends").fill("2027-10-03T18:30")
        await page.get_by_role("button", name="Save the change").click()
        await expect(page.locator("tbody")).to_contain_text("Sun, Oct 3, 2027")
        await page.get_by_role("link", name="Change Saturday, November 6, 2027").click()
        await page.get_by_label("Cancelled").check()
        await page.locator("#f-reason").fill("The hall is being painted")
        await page.get_by_role("button", name="Save the change").click()
        await expect(page.locator("tbody")).to_contain_text("The hall is being painted")

        for code, title in (("es", "Noche de kora"), ("ar", "أمسية كورا")):
            await page.goto(f"{live_site.url}{PROGRAM}/texts?language={code}")
            await page.locator("#f-title").fill(title)
            await page.get_by_role("button", name="Save and confirm").click()
        await page.goto(f"{live_site.url}{PROGRAM}")
        await page.get_by_role("link", name="Publish").click()
        await page.get_by_role("button", name="Yes, do it").click()
        await expect(page.get_by_role("button", name="Undo")).to_be_visible()

        resident = await (await browser.new_context(viewport={"width": 390, "height": 844})).new_page()
        for code, title, direction in (("es", "Noche de kora", "ltr"), ("ar", "أمسية كورا", "rtl")):
            await resident.goto(f"{live_site.url}/{code}/events/kora-evening")
            await expect(resident.locator("h1")).to_have_text(re.compile(title))
            assert await resident.locator("html").get_attribute("dir") == direction
            assert await resident.evaluate("document.documentElement.scrollWidth") <= 390
