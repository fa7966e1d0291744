"""From an address to a paid booth: a vendor on a phone, an organizer at a desk, Stripe's page in between."""

from __future__ import annotations

import asyncio
import email
import email.policy
import io
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from PIL import Image
from playwright.async_api import Page, expect

from festival.app import wire
from festival.arrivals.rules import pass_text
from festival.database.schema import migrate
from festival.kit.web.access import NOBODY
from festival.settings import Settings
from tests.browser.conftest import Browse, LiveSite
from tests.live import ROOT, free_port, serving
from tests.ticketing.gatehouse import build_site, enrol, scan
from tests.vendors.making import make_category
from vendors.documents.actions import judge_document
from vendors.models import AddOn, Application, Booth, CategoryDocument, Document, DocumentKind, Question
from vendors.review.actions import assign_booth

pytestmark = pytest.mark.browser
VENDOR = "selam@example.org"


@dataclass(frozen=True)
class Fair:
    """The service with Stripe behind it and its mail in a folder."""

    site: LiveSite
    mail: Path

    async def letter(self, wanted: str) -> str:
        """The text of the letter that has `wanted` in it, waited for."""
        for _ in range(300):
            for file in self.mail.glob("*.eml"):
                message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
                part = message.get_body(("plain",))
                text = str(part.get_content()) if part else ""
                if wanted in text:
                    return text
            await asyncio.sleep(0.05)
        raise AssertionError(f"no letter with {wanted!r} came")


@pytest.fixture(scope="module")
def fair(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fair]:
    """`festival serve` over a fresh SQLite file, and a strict Stripe of our own in a process of its own."""
    folder, port, stripe_port = tmp_path_factory.mktemp("fair"), free_port(), free_port()
    settings = Settings(
        database_url=f"sqlite://{folder}/festival.sqlite3",
        secret_key="a-key-for-tests-only-0123456789abcdef",
        base_url=f"http://localhost:{port}",
        media_url=f"file://{folder}/media",
        smtp_url=f"file://{folder}/mail",
        stripe_secret_key="sk_test_1",
        stripe_webhook_secret="whsec_tests",
        stripe_api_base=f"http://127.0.0.1:{stripe_port}",
        rate_limit_scale=0,
    )
    asyncio.run(migrate(settings))
    wire(settings)
    stripe = subprocess.Popen(
        [
            sys.executable, "-m", "tests.stripe_fake", "--port", str(stripe_port), "--secret", "whsec_tests",
            "--webhook", f"http://localhost:{port}/webhooks/stripe",
        ],
        cwd=ROOT,
    )  # fmt: skip
    try:
        with serving(settings, folder / "server.log", port=port) as site:
            yield Fair(LiveSite(site.url, settings), folder / "mail")
    finally:
        stripe.terminate()
        stripe.wait()


async def make_food_call() -> str:
    """A category with a question, a paper and an extra; returns the festival's slug."""
    category = await make_category(cap=1, name="Food truck", booth_prefix="F")
    await Question.create(
        category=category, slug="menu", label="What do you cook?", kind="text", required=True, position=1
    )
    kind = await DocumentKind.create(
        call_id=category.call_id, slug="licence", name="Food license", help="The county's paper."
    )
    await CategoryDocument.create(category=category, kind=kind, required=True, position=1)
    await AddOn.create(
        call_id=category.call_id, category=category, slug="power", name="Power", price_cents=2_500, stock=3
    )
    await category.fetch_related("call__festival")
    return str(category.call.festival.slug)


def photo() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (640, 480), "orange").save(content, "JPEG")
    return content.getvalue()


async def sign_in_by_letter(fair: Fair, page: Page) -> None:
    """Ask for a link, follow it from the letter, and confirm on the page that mail scanners do not press."""
    await page.locator("input[name=email]:visible").fill(VENDOR)
    await page.get_by_role("button", name="Send me a link").click()
    found = re.search(r"http://\S+/sign-in/\S+", await fair.letter("/sign-in/"))
    assert found
    await page.goto(found[0])
    await page.locator("main form button").first.click()


async def apply(fair: Fair, page: Page, slug: str) -> str:
    """Every step of an application; returns the receipt number."""
    await page.goto(f"{fair.site.url}/apply/{slug}")
    await page.get_by_role("link", name="Food truck").click()
    await sign_in_by_letter(fair, page)
    await page.get_by_role("button", name="Begin").click()
    await page.get_by_label("Name of your business or group").fill("Selam's Coffee")
    await page.get_by_role("button", name="Save and go on").click()
    await page.get_by_label("What do you cook?").fill("Injera and coffee")
    await page.get_by_role("button", name="Save and go on").click()

    await page.locator("input[type=file]").set_input_files(
        {"name": "licence.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    await page.get_by_role("button", name="Hand in").click()
    await expect(page.get_by_text("Handed in")).to_be_visible()
    await page.get_by_role("link", name="Go on").click()

    await page.get_by_label("Power").fill("1")
    await page.get_by_role("button", name="Save and go on").click()
    await expect(page.get_by_text("$175.00")).to_be_visible()
    await page.get_by_role("button", name="Send the application").click()
    await expect(page.get_by_text("Receipt number")).to_be_visible()
    return page.url.rpartition("/")[2]


async def accept(site: LiveSite, desk: Page, receipt: str) -> None:
    """The organizer reads the application, takes the paper and offers the place."""
    await desk.goto(f"{site.url}/organize/applications")
    await desk.get_by_role("link", name="Selam's Coffee").click()
    await expect(desk.get_by_text("Injera and coffee")).to_be_visible()
    await desk.get_by_role("button", name="Accept", exact=True).click()
    await desk.locator("input[name=verdict][value=accept]").check()
    await desk.get_by_label("Tell the applicant at once").check()
    await desk.get_by_role("button", name="Decide").click()
    await expect(desk.get_by_text("Offered").first).to_be_visible()


async def pay(fair: Fair, page: Page, receipt: str) -> None:
    """Take the offer from the letter, be declined once, pay with another card."""
    letter = await fair.letter("Please answer by")
    assert f"/applications/{receipt}" in letter
    await page.goto(f"{fair.site.url}/applications/{receipt}")
    await page.get_by_role("button", name="Accept the offer").click()
    await page.get_by_role("link", name="Pay the fee").click()
    pay_page = page.url
    await page.get_by_role("button", name="Pay $175.00 by card").click()
    await expect(page.get_by_role("heading", name="175.00 usd")).to_be_visible()
    await page.get_by_role("button", name="Pay with a declined card").click()
    await page.goto(pay_page)
    await page.get_by_role("button", name="Pay $175.00 by card").click()
    await page.get_by_role("button", name="Pay", exact=True).click()
    await expect(page.get_by_text("Paid in full")).to_be_visible(timeout=20_000)
    await page.goto(f"{fair.site.url}/applications/{receipt}")
    await expect(page.get_by_text("Pay the fee")).to_have_count(0)


async def arrive(site: LiveSite, page: Page, receipt: str) -> None:
    """Space and papers come from the desk; the phone then has the pass, and the gate lets it in."""
    async with site.database():
        application = await Application.get(receipt=receipt).select_related("category__call")
        festival_id = application.category.call.festival_id
        await Booth.create(
            festival_id=festival_id, code="F01", prefix="F", zone="trucks", x_ft=0, y_ft=0, width_ft=10, depth_ft=10
        )
        await assign_booth(application, "F01", NOBODY)
        for document in await Document.filter(application_id=application.id, superseded_at=None):
            await judge_document(document, accepted=True, reason="", by=NOBODY)
        assert (await Application.get(id=application.id)).state == "docs_ready"
    await page.goto(f"{site.url}/applications/{receipt}")
    await expect(page.get_by_text("F01")).to_be_visible()
    await page.get_by_role("link", name="Arrival pass").click()
    await expect(page.locator("main svg").first).to_be_visible()
    async with site.database():
        gate = await build_site()
        device = await enrol(gate.north)
        async with httpx2.AsyncClient(base_url=site.url) as phone:
            answer = await scan(phone, device, pass_text(site.settings.secret_key, receipt))
        assert answer["outcome"] == "admitted"
        assert (await Application.get(id=application.id)).state == "checked_in"


async def refund(site: LiveSite, desk: Page, receipt: str) -> None:
    """The organizer sees the money and gives a part of it back."""
    await desk.goto(f"{site.url}/organize/applications/{receipt}")
    await desk.get_by_role("link", name="See the payment").click()
    form = desk.locator("form", has=desk.get_by_role("button", name="Refund this amount"))
    await form.get_by_label("Amount").fill("25.00")
    await form.get_by_label("Why").fill("No power on the day")
    await form.get_by_role("button").click()
    await expect(desk.get_by_text("Refund of $25.00").first).to_be_visible()


async def test_a_vendor_applies_is_accepted_and_pays(fair: Fair, browse: Browse) -> None:
    async with fair.site.database():
        slug = await make_food_call()
    async with browse() as browser:
        phone = await (await browser.new_context(viewport={"width": 390, "height": 844})).new_page()
        office = await browser.new_context()
        await fair.site.sign_in(office, "owner")
        desk = await office.new_page()

        receipt = await apply(fair, phone, slug)
        await accept(fair.site, desk, receipt)
        await pay(fair, phone, receipt)
        await arrive(fair.site, phone, receipt)
        await refund(fair.site, desk, receipt)

        await desk.goto(f"{fair.site.url}/organize")
        await expect(desk.get_by_text("$150.00").first).to_be_visible()
