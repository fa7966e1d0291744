"""WCAG 2.2 AA by axe on every public page and the main staff pages, and what axe does not see: reflow, targets, focus.

Four ways of looking cover two languages, one of them from right to left, light and dark, and both widths.
"""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page

from events.models import Festival, Occurrence, Program
from festival.seeding.actions import DEMO_PROGRAMME, seed_programme
from tests.browser.conftest import Browse, LiveSite

pytestmark = pytest.mark.browser

LOOKS = (("en", 390, "light"), ("ar", 390, "dark"), ("en", 1280, "dark"), ("ar", 1280, "light"))
PUBLIC = (
    "/", "/?view=map", "/?q=arte&near=80012&free=yes", "/?q=zzzz", "/search?q=mexico", "/events/global-fest",
    "/events/immigrant-and-refugee-commission-meeting", "/festival/global-fest-2027",
    "/festival/global-fest-2027/map?show=WC", "/calendar", "/calendar/my", "/apply", "/apply/global-fest-2027",
    "/claim/1", "/sign-in", "/offline", "/no/such/page", "/gate", "/widget",
)  # fmt: skip
STAFF = (
    "/organize", "/organize/search?q=salsa", "/organize/programs", "/organize/programs/salsa-for-beginners",
    "/organize/offers", "/organize/gates", "/organize/applications", "/organize/money", "/organize/outbox",
    "/organize/money/reconciliation",
    "/organize/people", "/organize/audit", "/account", "/organize/festivals/global-fest-2027/map",
    "/organize/new-program", "/organize/programs/salsa-for-beginners/dates", "/organize/texts", "/organize/goals",
    "/organize/programs/salsa-for-beginners/texts?language=ne", "/organize/programs/salsa-for-beginners/pictures",
    "/organize/programs/salsa-for-beginners/state?to=cancelled",
)  # fmt: skip
PLACES = (
    "/organize/places", "/organize/new-place",
    "/organize/festivals/global-fest-2027/details", "/organize/festivals/global-fest-2027/acts",
    "/organize/festivals/global-fest-2027/state?to=postponed", "/organize/sheets", "/organize/offers/1/edit",
    "/organize/texts/festival/1?language=my", "/organize/offers/1/words",
    "/organize/festivals/global-fest-2027/plan?space=1", "/organize/calls/global-fest-2027/criteria",
    "/organize/calls/global-fest-2027/reasons", "/organize/calls/global-fest-2027/words?language=ar",
    "/organize/calls/global-fest-2027/categories/performer",
    "/organize/calls/global-fest-2027/categories/performer/jury",
    "/organize/festivals/global-fest-2027/chase", "/organize/festivals/global-fest-2027/packets",
    "/organize/festivals/global-fest-2027/no-shows", "/organize/festivals/global-fest-2027/deposits",
    "/organize/festivals/global-fest-2027/vendor-survey", "/organize/festivals/global-fest-2027/load-in",
)  # fmt: skip
ORGANIZER = (
    "/organize/calendar", "/organize/calendar?view=week&on=2027-06-12&acts=yes", "/organize/calendar?view=agenda",
    "/organize/calendar/dates/1", "/organize/calendar/hours/museum", "/organize/occurrences/1", "/organize/series/1",
    "/organize/programs/vendor-application-help-desk-with-interpreters/edit", "/organize/series/24",
    "/organize/programs/salsa-for-beginners/copy", "/organize/programs/salsa-for-beginners/preview",
    "/organize/places/amc", "/organize/places/amc/pictures", "/organize/new-festival",
    "/organize/festivals/global-fest-2027/pictures", "/organize/festivals/global-fest-2027/preview",
    "/organize/festivals/global-fest-2027/schedule", "/organize/festivals/global-fest-2027/schedule/1",
    "/organize/festivals/global-fest-2027/schedule/2", "/organize/festivals/global-fest-2027/schedule/2/acts/s04",
    "/organize/festivals/global-fest-2027/schedule/2/publish",
    "/organize/festivals/global-fest-2027/acts/s04",
    "/organize/festivals/global-fest-2027/today", "/organize/festivals/global-fest-2027/running-order",
    "/organize/festivals/global-fest-2027/mc-sheet",
)  # fmt: skip
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# WCAG 2.5.8: at least 24 by 24, but for links in a line of text and what the browser draws itself.
SMALL_TARGETS = """() => [...document.querySelectorAll("button, summary, .chip, input:not([type=hidden]), select")]
  .filter((one) => one.checkVisibility() && !one.closest(".visually-hidden"))
  .map((one) => [one, (one.closest("label") ?? one).getBoundingClientRect()])
  .filter(([, box]) => box.width > 0 && (box.width < 24 || box.height < 24))
  .map(([one]) => one.outerHTML.slice(0, 120))"""


async def ensure_city(site: LiveSite) -> None:
    """The demo year, loaded once into the session's site."""
    async with site.database():
        if not await Festival.exists(slug="global-fest-2027"):
            await seed_programme(DEMO_PROGRAMME.read_text(encoding="utf-8"))


async def open_as(browser: Browser, width: int, scheme: Any) -> BrowserContext:
    """A browser of that width and scheme, which asks for less motion."""
    return await browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce", service_workers="block"
    )


async def list_faults(page: Page, address: str) -> list[str]:
    """What is wrong with the page at `address`, one line a fault."""
    came = await page.goto(address)
    if came is None or (came.status == 404) != address.endswith("/no/such/page"):
        return [f"it answers {came and came.status}"]
    answer = await Axe().run(page, options={"runOnly": RULES})
    found = [
        f"{fault['id']}: {fault['help']} {[node['target'] for node in fault['nodes'][:3]]}"
        for fault in answer.response["violations"]
    ]
    if await page.evaluate("() => document.documentElement.scrollWidth > innerWidth"):
        found.append("the page scrolls sideways")
    return found + [f"a target smaller than 24: {one}" for one in await page.evaluate(SMALL_TARGETS)]


@pytest.mark.parametrize("pages", [PUBLIC, STAFF, PLACES, ORGANIZER], ids=["public", "staff", "places", "organizer"])
@pytest.mark.parametrize(("language", "width", "scheme"), LOOKS)
async def test_nothing_stands_in_anybodys_way(
    live_site: LiveSite, browse: Browse, language: str, width: int, scheme: str, pages: tuple[str, ...]
) -> None:
    await ensure_city(live_site)
    faults: dict[str, list[str]] = {}
    async with browse() as browser:
        context = await open_as(browser, width, scheme)
        if pages is not PUBLIC:
            await live_site.sign_in(context, "owner")
        page = await context.new_page()
        for path in pages:
            found = await list_faults(page, f"{live_site.url}/{language}{path}")
            if found:
                faults[path] = found
    assert faults == {}


async def test_a_resident_finds_a_program_by_keyboard_alone(live_site: LiveSite, browse: Browse) -> None:
    await ensure_city(live_site)
    async with browse() as browser:
        page = await (await open_as(browser, 390, "light")).new_page()
        await page.goto(f"{live_site.url}/en/")
        await page.keyboard.press("Tab")
        assert await page.evaluate("() => document.activeElement.className") == "skip"
        await page.keyboard.press("Enter")
        assert await page.evaluate("() => document.activeElement.id") == "main"
        await page.focus("#f-q")
        await page.keyboard.type("lantern")
        await page.wait_for_function("() => location.search.includes('q=lantern')")
        await page.wait_for_function("() => document.querySelectorAll('#found .event-row').length === 1")
        assert await page.evaluate("() => document.activeElement.id") == "f-q"  # typing was not disturbed
        await page.keyboard.press("Tab")
        for _ in range(30):
            if await page.evaluate("() => document.activeElement.closest('.event-row') !== null"):
                break
            await page.keyboard.press("Tab")
        outline = await page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/events/mid-autumn-lantern-walk**")
        await page.go_back()
        assert await page.input_value("#f-q") == "lantern"


async def test_filters_are_the_same_without_a_script(live_site: LiveSite, browse: Browse) -> None:
    await ensure_city(live_site)
    shown: list[list[str]] = []
    async with browse() as browser:
        for scripted in (True, False):
            context = await browser.new_context(java_script_enabled=scripted, service_workers="block")
            page = await context.new_page()
            await page.goto(f"{live_site.url}/en/")
            await page.fill("#f-q", "open")
            await page.click(".finder__go")
            await page.wait_for_url("**q=open**")
            await page.click(".chip >> text=Free")
            await page.wait_for_url("**free=yes**")
            await page.locator("#found .chip[aria-current]").wait_for()
            shown.append(await page.locator("#found .event-row__title").all_inner_texts())
    assert shown[0] == shown[1]
    assert len(shown[0]) > 3


async def test_stars_and_pages_stay_on_the_phone_without_a_network(live_site: LiveSite, browse: Browse) -> None:
    await ensure_city(live_site)
    async with browse() as browser:
        context = await browser.new_context(viewport={"width": 390, "height": 844})
        page = await context.new_page()
        await page.goto(f"{live_site.url}/en/festival/global-fest-2027")
        star = page.get_by_role("button", name="Star: Hanul Drum Circle")
        await star.click()
        assert await star.get_attribute("aria-pressed") == "true"
        await page.wait_for_function(
            "async () => Boolean(await (await caches.open('fest-pages')).match(location.href, {ignoreVary: true}))"
        )
        await page.wait_for_function("async () => (await navigator.serviceWorker.ready).active?.state === 'activated'")
        await context.set_offline(True)
        await page.reload()
        assert await star.get_attribute("aria-pressed") == "true"
        await page.get_by_role("button", name="Only what I starred").click()
        assert await page.locator(".slot:visible").count() == 1
        await page.locator("[data-chooser] >> text=Toilets").first.click()
        assert await page.locator(".site-list__items li:visible").count() == 1
        await page.goto(f"{live_site.url}/en/events/kidspree")
        await page.get_by_role("heading", name="No network").wait_for()
        await page.locator("#kept-pages a").first.wait_for()
        await context.set_offline(False)
        await page.goto(f"{live_site.url}/en/festival/global-fest-2027")
        await page.get_by_role("button", name="Put them into my calendar").click()
        await page.wait_for_url("**/calendar/my/**")
        await page.get_by_text("Hanul Drum Circle").first.wait_for()


async def test_an_event_says_what_changed_since_the_last_look(live_site: LiveSite, browse: Browse) -> None:
    await ensure_city(live_site)
    async with live_site.database():
        date = await Occurrence.filter(program__slug="kidspree").get().prefetch_related("program")
    async with browse() as browser:
        page = await (await browser.new_context(service_workers="block")).new_page()
        address = f"{live_site.url}/en/events/kidspree?on={date.id}"
        await page.goto(address)
        assert await page.locator("#changed").is_hidden()
        async with live_site.database():
            await Occurrence.filter(id=date.id).update(
                starts_at=date.starts_at.replace(minute=30), revision=date.revision + 1, moved=True
            )
            await Program.filter(id=date.program_id).update(revision=date.program.revision + 1)
        await page.wait_for_timeout(1000)  # a page may be as old as the lane's check
        await page.goto(address)
        await page.locator("#changed").wait_for()
        assert "10:00" in await page.locator("[data-was]").inner_text()
        await page.goto(address)
        assert await page.locator("#changed").is_hidden()
