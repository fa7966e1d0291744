"""An occasion with words in twelve languages, tickets for it, and how pictures of them are read."""

from __future__ import annotations

import io
import uuid
from dataclasses import dataclass
from typing import Any

import httpx2
import pypdfium2
import zxingcpp
from PIL import Image

from events.models import Occurrence, Program, Venue
from festival.organisation.actions import save_translation
from tests.concurrency.test_kill import make_offer
from ticketing.models import Offer

# A title and a holder in each language; conjuncts, joined letters, stacked consonants and marks on purpose.
WORDS: dict[str, tuple[str, str]] = {
    "en": ("Picnic of nations", "Seán O'Brien"),
    "es": ("Picnic de las naciones: música y niños", "Íñigo Muñoz"),
    "am": ("የብሔሮች ሽርሽር እና ሙዚቃ", "ሰላማዊት ኃይለማርያም"),
    "ar": ("نزهة الشعوب والموسيقى", "فاطمة الزهراء"),
    "ne": ("राष्ट्रहरूको वनभोज र सङ्गीत", "श्रीकृष्ण क्षेत्री"),
    "vi": ("Dã ngoại của các dân tộc", "Nguyễn Thị Phượng"),
    "ko": ("여러 나라의 소풍과 음악", "김하늘"),
    "zh-Hans": ("各国野餐与音乐", "王小明"),
    "ru": ("Пикник народов", "Наталья Щукина"),
    "fr": ("Pique-nique des nations, cœur d'été", "Zoé L'Hôpital"),
    "so": ("Dalxiiska quruumaha", "Xaliimo Cabdi"),
    "my": ("နိုင်ငံပေါင်းစုံ ပျော်ပွဲစား", "ခင်မျိုးသန္တာ"),
}


@dataclass(frozen=True)
class Held:
    """A ticket as its holder got it."""

    offer_id: int
    reference: str
    token: str
    secret: str

    @property
    def path(self) -> str:
        """Its page."""
        return f"/tickets/{self.secret}"


async def make_occasion() -> int:
    """An offer of ten places whose program has its title in every language; returns its id."""
    return await put_into_words(await make_offer(10))


async def put_into_words(offer_id: int) -> int:
    """Give the program of an offer its title in every language, and what people bring; returns the offer's id."""
    offer = await Offer.get(id=offer_id)
    occurrence = await Occurrence.get(id=offer.occurrence_id).select_related("program")
    await Program.filter(id=occurrence.program_id).update(bring="A blanket and a cup", title=WORDS["en"][0])
    await Venue.filter(id=occurrence.program.venue_id).update(
        address="15151 E Alameda Pkwy, Aurora", latitude=39.7106, longitude=-104.8126, transit="Bus 6"
    )
    for language, (title, _) in WORDS.items():
        if language != "en":
            await save_translation(("program", occurrence.program_id), "title", language, title, WORDS["en"][0])
    return offer_id


async def take_ticket(client: httpx2.AsyncClient, offer_id: int, **body: Any) -> Held:
    """A ticket for a party of four, unless told otherwise."""
    answer = await client.post(
        f"/api/v1/offers/{offer_id}/claims",
        json={"party": 4, "name": None, "email": None, "language": "en", **body},
        headers={"Idempotency-Key": str(uuid.uuid4())},
    )
    assert answer.status_code == 201, answer.text
    told = answer.json()
    return Held(offer_id, told["claim_id"], told["token"], told["manage_url"].rsplit("/", 1)[1])


def pages_of(pdf: bytes, scale: float = 2.0) -> list[Image.Image]:
    """The pages of a PDF as pictures, drawn by PDFium; `scale` 1 is 72 dots an inch."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.render(scale=scale).to_pil() for page in document]
    finally:
        document.close()


def codes_in(picture: Image.Image | bytes) -> list[str]:
    """The texts of the QR codes that another library sees in a picture."""
    opened = Image.open(io.BytesIO(picture)) if isinstance(picture, bytes) else picture
    return sorted(code.text for code in zxingcpp.read_barcodes(opened.convert("L")))
