"""The schedule at work: an act dragged, the conflict named, the fix taken, published, then ten minutes late."""

from __future__ import annotations

import re
from typing import Any, Literal, cast
from urllib.request import urlopen

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from events.models import Festival
from events.programme.actions import load_programme
from events.programme.reading import read_programme
from events.scheduling.programme import load_schedule
from festival.database import transaction
from tests.browser.conftest import Browse, LiveSite
from tests.events.conftest import DOCUMENT

pytestmark = pytest.mark.browser
HOME = "/organize/festivals/global-fest-2027"


async def _load(live_site: LiveSite) -> None:
    async with live_site.database(), transaction():
        if not await Festival.exists(slug="global-fest-2027"):
            await load_schedule(DOCUMENT, await load_programme(read_programme(DOCUMENT)))


async def _drag(page: Page, card: str, right: float, down: float, held: str = "") -> None:
    """Take a card by its middle and let it go so many pixels away; `held` is what its ghost says meanwhile."""
    await page.locator(card).scroll_into_view_if_needed()
    box = await page.locator(card).bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x + right / 2, y + down / 2, steps=3)
    await page.mouse.move(x + right, y + down, steps=3)
    if held:
        await expect(page.locator(".board__ghost--wrong")).to_contain_text(held)
    await page.mouse.up()


def _entry(live_site: LiveSite, title: str) -> dict[str, str]:
    """The feed's entry with that title, as a subscriber reads it."""
    with urlopen(f"{live_site.url}/calendar.ics?festival=global-fest-2027") as answer:  # noqa: S310 - our own address
        feed = answer.read().decode().replace("\r\n ", "")
    found = next(one for one in feed.split("BEGIN:VEVENT") if f":{title}" in one)
    return {line.split(":")[0].split(";")[0]: line.split(":", 1)[1] for line in found.split("\r\n") if ":" in line}


async def _copy_public_version(page: Page, url: str) -> None:
    await page.goto(f"{url}{HOME}/schedule/1")
    details = page.locator("details", has_text="Make a new version")
    if await details.get_attribute("open") is None:
        await details.locator("summary").click()
    await page.get_by_role("button", name="Copy this version").click()
    await expect(page.locator(".board--live")).to_be_visible()


async def test_an_act_is_dragged_mended_published_and_runs_late(live_site: LiveSite, browse: Browse) -> None:
    await _load(live_site)
    before = _entry(live_site, "Lucha libre presentation")
    async with browse() as browser:
        context = await browser.new_context(viewport={"width": 1280, "height": 1000})
        await live_site.sign_in(context)
        page = await context.new_page()
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        await _copy_public_version(page, live_site.url)
        start = int(await page.locator("#a-s08").get_attribute("data-start") or 0)
        height = await page.locator(".board").evaluate("board => parseFloat(getComputedStyle(board).gridAutoRows)")
        await _drag(page, "#a-s08", 0, -2 * height, "Only 5 minutes of 15")
        await expect(page.locator("#a-s08")).to_have_attribute("data-start", str(start - 10))
        notice = page.locator("#schedule .notice--warn")
        await expect(notice).to_contain_text("Only 5 minutes of 15 to change over")
        await (
            page.locator(".conflict[data-rule=changeover]")
            .get_by_role("button", name=re.compile("Move Kilimo Groove.* to 3:30"))
            .click()
        )
        await expect(page.locator("#schedule .notice--good")).to_contain_text("It fits: no rule is broken.")
        await expect(page.locator("#a-s08")).to_have_attribute("data-start", str(start))
        await page.locator("#a-s20 a").focus()
        await page.keyboard.press("Alt+ArrowDown")
        await expect(page.locator("#a-s20")).to_have_attribute("data-start", str(17 * 60 + 5))
        await expect(page.locator("#a-s20 a")).to_be_focused()
        await page.get_by_role("link", name="Publish this version").click()
        await page.get_by_role("button", name="Publish now").click()
        await expect(page.locator(".chip[aria-current=page]")).to_contain_text("Public")
        await page.goto(f"{live_site.url}{HOME}/today")
        late = page.locator("#stage-field")
        await late.get_by_label("Minutes late").fill("10")
        await late.get_by_role("button", name="Running late").click()
        await expect(page.get_by_role("button", name="Undo: Activity Field 10 minutes late")).to_be_visible()
        await page.goto(f"{live_site.url}/festival/global-fest-2027")
        await expect(page.locator(".slot", has_text="Lucha libre presentation")).to_contain_text("4:05")
        await page.wait_for_timeout(1000)  # the feed asks the database at most once in 0.8 s
        assert wrong == []
    after = _entry(live_site, "Lucha libre presentation")
    assert after["UID"] == before["UID"]
    assert (before["DTSTART"], after["DTSTART"]) == ("20270612T155500", "20270612T160500")
    assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])


async def test_a_date_is_dragged_to_another_day(live_site: LiveSite, browse: Browse) -> None:
    await _load(live_site)
    async with browse() as browser:
        context = await browser.new_context(viewport={"width": 1280, "height": 1000})
        await live_site.sign_in(context)
        page = await context.new_page()
        await page.goto(f"{live_site.url}/organize/calendar?view=week&on=2027-02-02&q=salsa")
        target = await page.locator("td[data-day='2027-02-05']").bounding_box()
        card = await page.locator(".cal__item", has_text="Salsa for beginners").bounding_box()
        assert target
        assert card
        await _drag(page, ".cal__item >> text=Salsa for beginners", target["x"] - card["x"], 0)
        await expect(page.locator("#calendar .notice")).to_contain_text("Salsa for beginners")
        await expect(page.locator("td[data-day='2027-02-05'] .cal__item", has_text="Salsa")).to_be_visible()
        await page.get_by_role("button", name="Undo").click()
        await expect(page.locator("td[data-day='2027-02-02'] .cal__item", has_text="Salsa")).to_be_visible()


PAGES = [
    f"{HOME}/schedule/2", f"{HOME}/schedule/2/acts/s11", f"{HOME}/schedule/2/publish", f"{HOME}/schedule/2/compare",
    f"{HOME}/today", f"{HOME}/running-order", f"{HOME}/mc-sheet", f"{HOME}/acts", f"{HOME}/acts/w01",
    "/organize/calendar?on=2027-02-10", "/organize/calendar?view=week&on=2027-06-12&acts=yes",
    "/organize/calendar?view=agenda&on=2027-02-10", "/organize/calendar/hours/moorhead",
]  # fmt: skip


@pytest.mark.parametrize(("prefix", "width", "scheme"), [("", 1280, "light"), ("/ar", 390, "dark")])
async def test_nothing_stands_in_anybodys_way(
    live_site: LiveSite, browse: Browse, prefix: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    await _load(live_site)
    async with browse() as browser:
        # The content policy keeps axe itself out.
        context = await browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
        )
        await live_site.sign_in(context)
        page = await context.new_page()
        wrong: list[str] = []
        for path in PAGES:
            answer = await page.goto(f"{live_site.url}{prefix}{path}")
            assert answer
            assert answer.status == 200, path
            found = await Axe().run(page)
            violations = cast(list[dict[str, Any]], found.response["violations"])
            wrong += [f"{path}: {one['id']} {one['nodes'][0]['html']}" for one in violations]
            if await page.evaluate("() => document.documentElement.scrollWidth > innerWidth"):
                wrong.append(f"{path} is wider than the screen")
        assert wrong == []
