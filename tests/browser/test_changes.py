"""Changes field by field, from the desk to a phone and back: asked, made, compared, accepted."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from festival.accounts.models import Person
from festival.kit.clock import now
from festival.mail.models import MailMessage
from tests.browser.conftest import Browse, LiveSite
from tests.browser.test_vendor_path import photo
from tests.vendors.making import make_application, make_category
from vendors.models import Answer, Application, CategoryDocument, Document, DocumentKind, Question

pytestmark = pytest.mark.browser


async def make_sent() -> str:
    """An application with an answer and a link for a paper; returns its receipt number."""
    category = await make_category()
    menu = await Question.create(category=category, slug="menu", label="What do you cook?", kind="text", position=1)
    kind = await DocumentKind.create(call_id=category.call_id, slug="licence", name="Food license")
    await CategoryDocument.create(category=category, kind=kind, required=True)
    application = await make_application(category, "applicant@example.org", state="submitted")
    await Answer.create(application=application, question=menu, value="Food")
    await Document.create(application=application, kind=kind, link="https://a.example/1", uploaded_at=now())
    assert await Person.get(id=application.applicant_id)
    return application.receipt


async def ask(site: LiveSite, desk: Page, receipt: str) -> None:
    """The reviewer marks one answer and one paper, each with a note."""
    await desk.goto(f"{site.url}/organize/applications/{receipt}")
    await desk.get_by_role("link", name="Ask for changes").click()
    for part, note in (("What do you cook?", "Name two dishes."), ("Food license", "Send a photo of both sides.")):
        row = desk.locator(".asks details", has_text=part)
        await row.locator("summary").click()
        await row.get_by_label("In your own words").fill(note)
    await desk.get_by_role("button", name="Ask for these changes").click()
    await expect(desk.get_by_text("0 of 2 done")).to_be_visible()


async def change(site: LiveSite, phone: Page, receipt: str) -> None:
    """The applicant does one after the other and sends it back."""
    await phone.goto(f"{site.url}/applications/{receipt}")
    await phone.get_by_role("link", name="Make the changes").click()
    await expect(phone.get_by_text("Name two dishes.")).to_be_visible()
    await expect(phone.get_by_label("Name of your business or group")).to_have_count(0)
    await phone.get_by_label("What do you cook?").fill("Injera and lentils")
    await phone.get_by_role("button", name="Save").first.click()
    await expect(phone.get_by_text("1 of 2 done")).to_be_visible()
    await phone.get_by_role("button", name="Send it back to the team").click()
    await expect(phone.get_by_text("Something is not done yet.")).to_be_visible()
    await phone.locator("input[type=file]").set_input_files(
        {"name": "licence.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    await phone.locator("article", has_text="Food license").get_by_role("button", name="Save").click()
    await expect(phone.get_by_text("2 of 2 done")).to_be_visible()
    assert await phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await phone.get_by_role("button", name="Send it back to the team").click()
    await expect(phone.get_by_text("Under review")).to_be_visible()


async def judge(site: LiveSite, desk: Page, receipt: str) -> None:
    """Old and new stand side by side; one is accepted, the other asked for again with its field opening for it."""
    await desk.goto(f"{site.url}/organize/applications/{receipt}")
    await desk.get_by_role("link", name="Compare old and new").click()
    answer = desk.locator("fieldset", has_text="What do you cook?")
    await expect(answer.locator(".source").first).to_have_text("Food")
    await expect(answer.locator(".source").last).to_have_text("Injera and lentils")
    await answer.get_by_label("Accept").check()
    paper = desk.locator("fieldset", has_text="Food license")
    await expect(paper.get_by_label("In your own words")).to_be_hidden()
    await paper.get_by_label("Ask again").check()
    await paper.get_by_label("In your own words").fill("The back is missing.")
    await desk.get_by_role("button", name="Keep these verdicts").click()
    await expect(desk.get_by_text("0 of 1 done")).to_be_visible()


async def test_from_the_desk_to_a_phone_and_back(live_site: LiveSite, browse: Browse) -> None:
    async with live_site.database():
        receipt = await make_sent()
    async with browse() as browser:
        mobile = await browser.new_context(viewport={"width": 390, "height": 844})
        office = await browser.new_context()
        await live_site.sign_in(mobile, "")
        await live_site.sign_in(office, "reviewer")
        phone, desk = await mobile.new_page(), await office.new_page()
        await ask(live_site, desk, receipt)
        await change(live_site, phone, receipt)
        await judge(live_site, desk, receipt)
    async with live_site.database():
        assert (await Application.get(receipt=receipt)).state == "changes_requested"
        assert await MailMessage.filter(kind="vendors.changes", text__contains=receipt).count() >= 1
