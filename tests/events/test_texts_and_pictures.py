"""Texts in several languages side by side; pictures drawn anew and sent."""

from __future__ import annotations

import io
from typing import Any

import httpx2
import pytest
from PIL import Image

from events.models import Act, Festival, Picture, PictureVariant, Program, Venue
from events.pictures.drawing import NotAPicture, TooManyPixels, TooSmall, draw
from events.planning.forms import ProgramForm
from events.programme.actions import Loaded
from festival.kit.i18n import catalogue, language_name
from festival.kit.languages import list_preferences, next_best
from festival.organisation.actions import save_translation
from festival.organisation.models import AuditEntry, Translation
from festival.storage.models import StoredFile
from tests.events.conftest import CountQueries

SALSA = "/organize/programs/salsa-for-beginners"


@pytest.fixture
async def staff(year: Loaded, client: httpx2.AsyncClient, sign_in: Any) -> httpx2.AsyncClient:
    """An organizer's browser over the demo year."""
    await sign_in("organizer")
    return client


async def standing(staff: httpx2.AsyncClient, language: str) -> str:
    return (await staff.get(f"{SALSA}/texts?language={language}")).text


async def test_a_translation_is_missing_then_a_draft_then_good_then_stale(staff: httpx2.AsyncClient) -> None:
    program = await Program.get(slug="salsa-for-beginners")
    assert "Missing" in await standing(staff, "ar")
    form = {"title": "سالسا للمبتدئين", "state": "draft"}
    assert (await staff.post(f"{SALSA}/texts?language=ar", data=form)).status_code == 303
    assert "Draft" in await standing(staff, "ar")
    assert "سالسا" not in (await staff.get("/ar/events/salsa-for-beginners")).text
    assert (await staff.post(f"{SALSA}/texts?language=ar", data={**form, "state": "confirmed"})).status_code == 303
    page = (await staff.get("/ar/events/salsa-for-beginners")).text
    assert "سالسا للمبتدئين" in page
    assert 'dir="rtl"' in page
    assert "Good" in await standing(staff, "ar")
    await Program.filter(id=program.id).update(title="Salsa for everybody")
    assert "Stale: the text has changed" in await standing(staff, "ar")
    listed = (await staff.get("/organize/texts?language=ar")).text
    assert listed.index("Salsa for everybody") > 0
    await staff.post(f"{SALSA}/texts?language=ar", data={"title": ""})
    assert await Translation.filter(kind="program", object_id=program.id, language="ar").count() == 0
    page = (await staff.get("/ar/events/salsa-for-beginners")).text
    assert '<span lang="en" dir="auto">Salsa for everybody</span>' in page
    assert await AuditEntry.filter(action="translation.saved", object_id=program.id).count() == 3


async def test_what_cannot_be_translated(staff: httpx2.AsyncClient) -> None:
    assert (await staff.get(f"{SALSA}/texts?language=xx")).status_code == 404
    assert (await staff.get(f"{SALSA}/texts?language=en")).status_code == 404
    answer = await staff.post(f"{SALSA}/texts?language=es", data={"title": "x" * 301})
    assert answer.status_code == 422
    assert "Use at most 300 characters." in answer.text


async def test_the_list_of_languages_takes_the_same_queries_for_one_and_all(
    staff: httpx2.AsyncClient, count_queries: CountQueries
) -> None:
    counts: list[int] = []
    for most in (1, 100):
        if most == 1:
            await Program.exclude(slug="salsa-for-beginners").update(state="archived")
        else:
            await Program.all().update(state="published")
        with count_queries() as queries:
            page = await staff.get("/organize/texts?language=so")
        counts.append(len(queries))
        programs = page.text.split("<h2>")[0]
        assert programs.count("<tr>") == (2 if most == 1 else 63)
    assert counts[0] == counts[1]


# ---------------------------------------------------------------- pictures


def photo(size: tuple[int, int] = (1800, 1200), form: str = "JPEG") -> bytes:
    """A photo that says where it was taken."""
    picture = Image.linear_gradient("L").resize(size).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif.get_ifd(0x8825)[2] = (39.0, 44.0, 21.0)
    written = io.BytesIO()
    picture.save(written, form, **({"exif": exif.tobytes()} if form == "JPEG" else {}))
    return written.getvalue()


def test_a_picture_is_upright_in_each_width_and_tells_no_place() -> None:
    drawn = draw(photo())
    assert (drawn.width, drawn.height) == (1200, 1800)
    assert [(v.form, v.width) for v in drawn.variants] == [
        ("avif", 480), ("webp", 480), ("avif", 960), ("webp", 960), ("avif", 1200), ("webp", 1200), ("jpeg", 1200)
    ]  # fmt: skip
    for variant in drawn.variants:
        opened = Image.open(io.BytesIO(variant.content))
        assert opened.size == (variant.width, variant.height)
        assert not opened.getexif()
        assert b"Exif" not in variant.content


def _bomb() -> bytes:
    """A PNG of 400 megapixels in a few kilobytes of header and nothing else."""
    small = io.BytesIO()
    Image.new("1", (300, 300)).save(small, "PNG")
    content = bytearray(small.getvalue())
    content[16:24] = (20_000).to_bytes(4, "big") * 2
    import zlib

    content[29:33] = zlib.crc32(bytes(content[12:29])).to_bytes(4, "big")
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", NotAPicture),
        (b"%PDF-1.7", NotAPicture),
        (b"GIF89a" + bytes(40), NotAPicture),
        (photo()[:3000], NotAPicture),
        (photo((150, 900)), TooSmall),
        (_bomb(), TooManyPixels),
    ],
)
def test_what_is_no_picture_is_refused(content: bytes, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        draw(content)


async def test_a_picture_is_added_shown_described_removed_and_brought_back(staff: httpx2.AsyncClient) -> None:
    files = {"file": ("street.jpg", photo((700, 500)), "image/jpeg")}
    bare = await staff.post(f"{SALSA}/pictures", data={"alt": " "}, files=files)
    assert bare.status_code == 422
    assert 'href="#f-alt">This is needed.' in bare.text
    assert await StoredFile.all().count() == 0
    form = {"alt": "Two people dance in the street", "credit": "A. Neighbour"}
    assert (await staff.post(f"{SALSA}/pictures", data=form, files=files)).status_code == 303
    row = await Picture.get()
    page = (await staff.get("/events/salsa-for-beginners")).text
    assert 'alt="Two people dance in the street"' in page
    await Translation.create(kind="picture", object_id=row.id, field="alt", language="es", text="Dos personas bailan")
    assert 'alt="Dos personas bailan"' in (await staff.get("/es/events/salsa-for-beginners")).text
    variant = await PictureVariant.get(form="webp", width=480)
    assert f"/pictures/{row.name}/480.webp 480w" in page
    sent = await staff.get(f"/pictures/{row.name}/480.webp")
    assert (sent.status_code, sent.headers["content-type"]) == (200, "image/webp")
    assert sent.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert Image.open(io.BytesIO(sent.content)).size == (variant.width, variant.height)
    again = await staff.get(f"/pictures/{row.name}/480.webp", headers={"if-none-match": sent.headers["etag"]})
    assert again.status_code == 304
    for wrong in ("481.webp", "480.png", "x.webp", "480"):
        assert (await staff.get(f"/pictures/{row.name}/{wrong}")).status_code == 404
    assert "Stays in view, % from the left" in (await staff.get(f"{SALSA}/pictures")).text
    changed = {**form, "focus_x": "80", "focus_y": "20"}
    assert (await staff.post(f"{SALSA}/pictures/{row.id}", data=changed)).status_code == 303
    assert "fx-80 fy-20" in (await staff.get("/events/salsa-for-beginners")).text
    other = await staff.post(f"/organize/programs/zumba/pictures/{row.id}", data=changed)
    assert other.status_code == 404
    removed = await staff.post(f"{SALSA}/pictures/{row.id}", data={"remove": "yes"})
    assert (await staff.get(f"/pictures/{row.name}/480.webp")).status_code == 404
    number = removed.headers["location"].rpartition("=")[2]
    assert f"/organize/undo/{number}" in (await staff.get(removed.headers["location"])).text
    assert (await staff.post(f"/organize/undo/{number}")).status_code == 303
    assert (await staff.get(f"/pictures/{row.name}/480.webp")).status_code == 200


@pytest.mark.parametrize(
    ("base", "page", "home"),
    [
        ("/organize/festivals/global-fest-2027", "/festival/global-fest-2027", "/details"),
        ("/organize/places/moorhead", "/events/salsa-for-beginners", ""),
    ],
)
async def test_festivals_and_places_have_pictures_too(
    staff: httpx2.AsyncClient, base: str, page: str, home: str
) -> None:
    files = {"file": ("lawn.jpg", photo((700, 500)), "image/jpeg")}
    assert f'href="/organize{base.removeprefix("/organize")}/pictures"' in (await staff.get(f"{base}{home}")).text
    added = await staff.post(f"{base}/pictures", data={"alt": "A lawn with flags"}, files=files)
    assert added.headers["location"] == f"{base}/pictures"
    row = await Picture.get()
    assert 'alt="A lawn with flags"' in (await staff.get(page)).text
    texts = f"/organize/texts/picture/{row.id}"
    assert texts in (await staff.get(f"{base}/pictures")).text
    words = {"alt": "Un prado con banderas"}
    assert (await staff.post(f"{texts}?language=es", data=words)).status_code == 303
    assert 'alt="Un prado con banderas"' in (await staff.get(f"/es{page}")).text
    assert (await staff.post(f"{SALSA}/pictures/{row.id}", data={"remove": "yes"})).status_code == 404
    removed = await staff.post(f"{base}/pictures/{row.id}", data={"remove": "yes"})
    number = removed.headers["location"].rpartition("=")[2]
    assert f"/organize/undo/{number}" in (await staff.get(removed.headers["location"])).text
    assert "A lawn with flags" not in (await staff.get(page)).text
    back = await staff.post(f"/organize/undo/{number}")
    assert back.headers["location"] == f"{base}/pictures"
    assert 'alt="A lawn with flags"' in (await staff.get(page)).text


async def test_what_is_too_large_or_something_else_is_refused_in_words(staff: httpx2.AsyncClient) -> None:
    svg = {"file": ("poster.png", b"<svg onload='alert(1)'/>", "image/png")}
    answer = await staff.post(f"{SALSA}/pictures", data={"alt": "A poster"}, files=svg)
    assert answer.status_code == 415
    assert "This is not a picture that can be used." in answer.text
    assert 'value="A poster"' in answer.text
    huge = {"file": ("huge.jpg", bytes(50 * 1024 * 1024), "image/jpeg")}
    answer = await staff.post(f"{SALSA}/pictures", data={"alt": "Huge"}, files=huge)
    assert answer.status_code == 413
    assert "What you sent is too large." in answer.text
    assert await Picture.all().count() == 0


def test_a_title_keeps_no_direction_tricks() -> None:
    form = ProgramForm.model_validate({"title": "a\u202eb\u2066c", "area": "arts", "venue": "fox"})
    assert form.title == "abc"


# ---------------------------------------------------------------- what a reader would rather read


async def test_a_text_that_is_missing_is_read_in_the_next_best_language_and_says_so(
    year: Loaded, client: httpx2.AsyncClient
) -> None:
    program = await Program.get(slug="salsa-for-beginners")
    await Translation.filter(kind="program", object_id=program.id).delete()
    for field, text in (("title", "Salsa para empezar"), ("description", "Bailamos juntos.")):
        await save_translation(("program", program.id), field, "es", text, str(getattr(program, field)))

    async def read(path: str, accepted: str) -> str:
        answer = await client.get(path, headers={"Accept-Language": accepted})
        assert answer.status_code == 200
        return answer.text

    page = "/am/events/salsa-for-beginners"
    rather_spanish = await read(page, "am,es;q=0.8,en;q=0.5")
    assert '<span lang="es" dir="auto">Salsa para empezar</span>' in rather_spanish
    note = catalogue("am").gettext("There is no text in %(wanted)s yet: you read it in %(shown)s.")
    assert note % {"wanted": language_name("am", "am"), "shown": language_name("es", "am")} in rather_spanish
    for english in ("am", "am,en;q=0.8,es;q=0.5", "", "en,es"):
        shown = await read(page, english)
        assert "Salsa para empezar" not in shown, english
        assert program.title in shown
    again = await read(page, "am,es;q=0.8,en;q=0.5")
    assert "Salsa para empezar" in again, "pages that are kept are kept apart"
    spanish = await read("/es/events/salsa-for-beginners", "am,es")
    assert "Salsa para empezar" in spanish
    assert 'lang="es" dir="auto">Salsa' not in spanish


async def test_whoever_reads_the_original_gets_the_original(year: Loaded, client: httpx2.AsyncClient) -> None:
    await Program.filter(slug="salsa-for-beginners").update(language="es", title="Salsa de verdad", revision=9)
    program = await Program.get(slug="salsa-for-beginners")
    await Translation.filter(kind="program", object_id=program.id).delete()
    await save_translation(("program", program.id), "title", "en", "Real salsa", program.title)

    async def title(accepted: str) -> bool:
        page = await client.get("/so/events/salsa-for-beginners", headers={"Accept-Language": accepted})
        return "Salsa de verdad</span></h1>" in page.text

    assert await title("so,es,en")
    assert not await title("so,en,es")
    assert not await title("so")


def test_preferences_are_read_as_the_standard_has_them() -> None:
    assert list_preferences("fr;q=0.2, es-MX;q=0.9, am, xx, zh;q=0.1") == ["am", "es", "fr", "zh-Hans"]
    assert list_preferences("en;q=x,;q=1,*") == []
    assert next_best("am,es;q=0.8,en;q=0.5,fr;q=0.1", "am") == ("es",)
    assert next_best("es,fr,ru,am", "am") == ("es", "fr")
    assert next_best("en,es", "am") == ()


async def test_a_festival_and_its_acts_have_texts_in_other_languages(staff: httpx2.AsyncClient) -> None:
    festival = await Festival.get(slug="global-fest-2027")
    act = await Act.get(festival_id=festival.id, title__startswith="Hanul Drum Circle")
    page = f"/organize/texts/festival/{festival.id}"
    assert (await staff.get(f"{page}?language=es")).status_code == 200
    await staff.post(f"{page}?language=am", data={"name": "ዓለም አቀፍ በዓል", "state": "confirmed"})
    await staff.post(f"/organize/texts/act/{act.id}?language=am", data={"title": "የሃኑል ከበሮ", "state": "draft"})
    shown = (await staff.get("/am/festival/global-fest-2027")).text
    assert "ዓለም አቀፍ በዓል" in shown
    assert "የሃኑል ከበሮ" not in shown, "a draft is not shown"
    await staff.post(f"/organize/texts/act/{act.id}?language=am", data={"title": "የሃኑል ከበሮ", "state": "confirmed"})
    shown = (await staff.get("/am/festival/global-fest-2027")).text
    assert "የሃኑል ከበሮ</h3>" in shown
    overview = (await staff.get("/organize/texts?language=am")).text
    assert f"/organize/texts/act/{act.id}" in overview
    await Act.filter(id=act.id).update(title="Hanul Drums")
    assert "Stale: the text has changed" in (await staff.get(f"/organize/texts/act/{act.id}?language=am")).text
    for wrong in ("/organize/texts/nothing/1", "/organize/texts/act/999999", f"{page}?language=xx"):
        assert (await staff.get(wrong)).status_code == 404


# ---------------------------------------------------------------- places


async def test_a_place_is_read_in_the_next_best_language(
    staff: httpx2.AsyncClient, count_queries: CountQueries
) -> None:
    program = await Program.get(slug="salsa-for-beginners").select_related("venue")
    await Venue.filter(id=program.venue_id).update(
        name="Town Hall", transit="Bus 15", parking="Behind the house", access_note="Side door"
    )
    texts = f"/organize/texts/venue/{program.venue_id}"
    with count_queries() as before:
        english = (await staff.get("/events/salsa-for-beginners?lang=en")).text
    assert "Side door" in english
    assert "Behind the house" in (await staff.get(texts)).text
    form = {"name": "Ayuntamiento", "transit": "Autobús 15", "parking": "Detrás", "state": "draft"}
    assert (await staff.post(f"{texts}?language=es", data=form)).status_code == 303
    assert "Ayuntamiento" not in (await staff.get("/es/events/salsa-for-beginners")).text
    assert (await staff.post(f"{texts}?language=es", data={**form, "state": "confirmed"})).status_code == 303
    with count_queries() as after:
        page = (await staff.get("/es/events/salsa-for-beginners")).text
    assert len(after) == len(before)
    assert all(words in page for words in ("Ayuntamiento", "Autobús 15", "Detrás"))
    assert '"name": "Ayuntamiento"' in page
    assert '<span lang="en" dir="auto">Side door</span>' in page
    assert "Ayuntamiento" in (await staff.get("/es/?place=" + program.venue.slug)).text
    assert "Ayuntamiento" in (await staff.get("/es/search?q=ayuntamiento")).text
    assert "LOCATION;LANGUAGE=es:Ayuntamiento" in (await staff.get("/calendar.ics?lang=es")).text.replace("\r\n ", "")
    listed = (
        await staff.get(f"/api/v1/occurrences?place={program.venue.slug}", headers={"Accept-Language": "es"})
    ).json()
    assert {one["place"]["name"] for one in listed["occurrences"]} == {"Ayuntamiento"}
    await Venue.filter(id=program.venue_id).update(transit="Bus 16")
    assert "Stale: the text has changed" in (await staff.get(f"{texts}?language=es")).text


async def test_a_changed_text_of_a_place_is_another_item_of_the_calendar(staff: httpx2.AsyncClient) -> None:
    program = await Program.get(slug="salsa-for-beginners").select_related("venue")
    token = (await staff.get("/calendar/changes")).json()["token"]
    subject = ("venue", int(program.venue_id))
    await save_translation(subject, "name", "es", "Ayuntamiento", program.venue.name)
    changes = (await staff.get(f"/calendar/changes?since={token}")).json()
    assert changes["changed"]
