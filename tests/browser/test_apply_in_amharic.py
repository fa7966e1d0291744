"""An applicant in Amharic on a phone: from choosing the language to the application that was sent with four papers."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from festival.kit.i18n import gettext, use_language
from festival.kit.words import N_
from tests.browser.conftest import Browse, LiveSite
from tests.browser.test_vendor_path import photo
from tests.vendors.making import make_category
from vendors.models import Application, CategoryDocument, DocumentKind, Question

pytestmark = pytest.mark.browser
PAPERS = ("coi", "licence", "menu", "photos")


def am(text: str) -> str:
    """The words of the page in Amharic."""
    use_language("am")
    try:
        found = gettext(text)
    finally:
        use_language("en")
    assert found != text, f"no Amharic for {text!r}"
    return found


async def make_call() -> str:
    category = await make_category(cap=3, name="Food truck")
    await Question.create(category=category, slug="menu", label="What do you cook?", required=True, position=1)
    for number, slug in enumerate(PAPERS):
        kind = await DocumentKind.create(call_id=category.call_id, slug=slug, name=slug.capitalize())
        await CategoryDocument.create(category=category, kind=kind, required=True, position=number)
    await category.fetch_related("call__festival")
    return str(category.call.festival.slug)


async def hand_in_all(page: Page) -> None:
    for slug in PAPERS:
        card = page.locator(f"article#{slug}")
        await card.locator("input[type=file]").set_input_files(
            {"name": f"{slug}.jpg", "mimeType": "image/jpeg", "buffer": photo()}
        )
        await card.get_by_role("button", name=am(N_("Hand in"))).click()
        await expect(page.locator(f"article#{slug}").get_by_text(am(N_("Handed in")))).to_be_visible()


async def test_an_applicant_applies_in_amharic_on_a_phone(live_site: LiveSite, browse: Browse) -> None:
    async with live_site.database():
        slug = await make_call()
    async with browse() as browser:
        phone = await browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
        await live_site.sign_in(phone, "")
        page = await phone.new_page()
        await page.goto(f"{live_site.url}/en/apply/{slug}/food_truck")
        # The language is chosen on the page itself.
        await page.locator('a[hreflang="am"], a[lang="am"]').first.evaluate("link => link.click()")
        await page.wait_for_url("**/am/**")
        await expect(page.locator("html")).to_have_attribute("lang", "am")
        await page.locator("main form button.button").click()
        await page.locator("input[name=name]").fill("የሰላም ቡና")
        await page.locator("main form button.button").click()
        await page.locator("[name=menu]").fill("እንጀራ እና ቡና")
        await page.locator("main form button.button").click()
        await hand_in_all(page)
        wide = await page.evaluate("() => document.documentElement.scrollWidth")
        assert wide <= 390
        receipt = page.url.split("/applications/")[1].split("/")[0]
        await page.goto(f"{live_site.url}/am/applications/{receipt}/review")
        await page.get_by_role("button", name=am(N_("Send the application"))).click()
        await expect(page.get_by_text(receipt)).to_be_visible()
        await expect(page.get_by_text("የሰላም ቡና").first).to_be_visible()
    async with live_site.database():
        sent = await Application.get(receipt=receipt)
        assert (sent.state, sent.language, sent.name) == ("submitted", "am", "የሰላም ቡና")
