"""The staff pages by keyboard: letters press buttons and open pages, "/" searches, "?" lists them, all can be off."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.conftest import Browse, LiveSite
from tests.browser.test_accessibility import ensure_city


async def test_keys_lead_through_the_staff_pages_and_can_be_switched_off(live_site: LiveSite, browse: Browse) -> None:
    await ensure_city(live_site)
    async with browse() as browser:
        context = await browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
        await live_site.sign_in(context)
        page = await context.new_page()
        await page.goto(f"{live_site.url}/organize/programs")
        go = page.locator("[data-go]").first
        letter = await go.get_attribute("data-go")
        address = await go.get_attribute("href")
        assert letter
        assert address
        await page.keyboard.press("?")
        listed = page.locator("#keys dt", has_text=f"g {letter}")
        await expect(page.locator("#keys")).to_be_visible()
        await expect(listed.first).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.locator("#keys")).to_be_hidden()

        await page.keyboard.press("/")
        assert await page.evaluate("() => document.activeElement.type") == "search"
        await page.keyboard.type("n?")  # letters in a field stay letters
        await expect(page.locator("#keys")).to_be_hidden()
        assert page.url.endswith("/organize/programs")
        await page.evaluate("() => document.activeElement.blur()")
        await page.keyboard.press("g")
        await page.keyboard.press(letter)
        await page.wait_for_url(f"**{address}")

        await page.goto(f"{live_site.url}/organize/programs")
        await page.keyboard.press("?")
        await page.locator("#keys input").check()
        await page.keyboard.press("Escape")
        await page.keyboard.press("n")
        await page.wait_for_timeout(300)
        assert page.url.endswith("/organize/programs")
        await page.keyboard.press("?")
        await page.locator("#keys input").uncheck()
        await page.keyboard.press("Escape")
        await page.keyboard.press("n")
        await page.wait_for_url("**/organize/new-program")
