"""The site drawn by hand: a space added and dragged, one moved by the arrow keys, saved, and public on the map."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from events.models import Festival
from tests.browser.conftest import Browse, LiveSite
from tests.browser.test_accessibility import ensure_city
from tests.vendors.making import make_application
from vendors.models import Booth, BoothAssignment, Category

pytestmark = pytest.mark.browser
FEST = "global-fest-2027"


async def test_a_space_is_drawn_moved_and_public(live_site: LiveSite, browse: Browse) -> None:
    await ensure_city(live_site)
    async with browse() as browser:
        context = await browser.new_context(viewport={"width": 1280, "height": 900})
        await live_site.sign_in(context, "organizer")
        page = await context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        await page.goto(f"{live_site.url}/en/organize/festivals/{FEST}/plan")
        # A copy of a sponsor's space lies beside it; a number of its own, then dragged down to free ground.
        await page.get_by_role("button", name="S06:").focus()
        await page.keyboard.press("Enter")
        await page.get_by_role("button", name="Copy", exact=True).click()
        new = page.get_by_role("button", name="S07:")
        await expect(new).to_be_visible()
        box = await new.locator("rect").bounding_box()
        assert box
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        await page.mouse.move(x, y)
        await page.mouse.down()
        await page.mouse.move(x, y + 40, steps=8)
        await page.mouse.up()
        await page.keyboard.press("Shift+ArrowRight")
        await expect(page.get_by_text("Not saved yet")).to_be_visible()
        await page.get_by_label("Width, feet").first.fill("15")
        await page.get_by_label("Width, feet").first.blur()
        await page.get_by_role("button", name="Save", exact=True).first.click()
        await expect(page.get_by_text("Saved. It counts from now on.")).to_be_visible()
        async with live_site.database():
            festival = await Festival.get(slug=FEST)
            old = await Booth.get(festival_id=festival.id, code="S06")
            made = await Booth.get(festival_id=festival.id, code="S07")
            assert (made.width_ft, made.zone, made.prefix) == (15, old.zone, "S")
            assert made.y_ft > old.y_ft + 5
        await page.goto(f"{live_site.url}/en/festival/{FEST}/map")
        await expect(page.locator("svg.site-map text", has_text="S07")).to_be_visible()
        await page.goto(f"{live_site.url}/en/organize/festivals/{FEST}/plan")
        await page.get_by_role("button", name="Take this change back").click()
        await expect(page.get_by_text("The change was taken back.")).to_be_visible()
        assert errors == []


async def test_a_name_is_dragged_onto_a_space(live_site: LiveSite, browse: Browse) -> None:
    await ensure_city(live_site)
    async with live_site.database():
        booth = await Booth.get(code="M39", festival__slug=FEST)
        category = await Category.get(slug="marketplace", call__festival_id=booth.festival_id)
        stand = await make_application(category, state="confirmed")
    async with browse() as browser:
        context = await browser.new_context(viewport={"width": 1280, "height": 900})
        await live_site.sign_in(context, "organizer")
        page = await context.new_page()
        await page.goto(f"{live_site.url}/en/organize/festivals/{FEST}/placing")
        card = page.locator(f"[data-seeker='{stand.id}']")
        await card.get_by_role("button", name="Choose on the map").click()
        await page.get_by_role("button", name="M38", exact=True).focus()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("button", name="M38", exact=True)).to_have_count(0)
        await card.drag_to(page.locator("g.booth", has_text="M39").locator("text"))
        await expect(page.get_by_text("The places are given.")).to_be_visible()
        async with live_site.database():
            assert await BoothAssignment.exists(booth_id=booth.id, application_id=stand.id, ended_at=None)
        await page.get_by_role("button", name="Take these back").click()
        await expect(page.get_by_text("These places are free again.")).to_be_visible()
        async with live_site.database():
            await BoothAssignment.filter(application_id=stand.id).delete()
            await stand.delete()
