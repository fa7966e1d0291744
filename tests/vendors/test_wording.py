"""A call in the applicants' languages: its own questions, papers, extras and reasons, translated by the team."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from festival.kit.i18n import put, text_digest, use_glossary, use_language
from festival.mail.models import MailMessage
from festival.organisation.actions import save_translation
from festival.organisation.models import AuditEntry, Translation
from vendors.calls.copying import copy_call
from vendors.lifecycle.reasons import LISTED, compose_reason, reason_lines
from vendors.models import AddOn, Application, Call, Category, OwnReason, Question
from vendors.reasons.queries import list_reasons
from vendors.reasons.rules import MOST_REASONS, Use
from vendors.wording.queries import list_call_texts, use_words_of

from .making import make_application, make_category


async def make_call() -> Category:
    """A category with a question, a choice, an extra."""
    category = await make_category(description="Trucks on the **north** side")
    await Question.create(category=category, slug="stove", label="Which stove do you bring?", help="Gas or wood",
                          kind="choice", options=["Gas stove", "Wood stove"], position=0)  # fmt: skip
    await AddOn.create(call_id=category.call_id, slug="mat", name="Floor mat", price_cents=700, stock=9)
    return category


async def path_of(category: Category) -> str:
    call = await Call.get(id=category.call_id).select_related("festival")
    return f"/organize/calls/{call.festival.slug}"


def field_of(call_id: int, text: str) -> str:
    return f"call-{call_id}-{text_digest(text)}"


async def test_a_call_is_translated_on_one_page_and_read_by_its_applicants(
    client: httpx2.AsyncClient, sign_in: Any
) -> None:
    category = await make_call()
    path = await path_of(category)
    me = await sign_in("organizer")
    page = (await client.get(f"{path}/words?language=so")).text
    assert "Which stove do you bring?" in page
    assert 'lang="so"' in page
    mine = {
        f"category-{category.id}-name": "Gaari cunto",
        field_of(category.call_id, "Which stove do you bring?"): "Shooladee baad keeneysaa?",
        field_of(category.call_id, "Gas or wood"): "Gaas ama qori",
        field_of(category.call_id, "Gas stove"): "Shoolad gaas",
        field_of(category.call_id, "Floor mat"): "Derin <dhulka>",
        "call-999-else": "nothing of this call",
    }
    saved = await client.post(f"{path}/words?language=so", data=mine)
    assert saved.headers["location"] == f"{path}/words?language=so&done=saved"
    assert await Translation.filter(language="so").count() == 5
    entry = await AuditEntry.get(action="translation.saved")
    assert entry.after == {"language": "so", "texts": 5}

    application = await make_application(category, me.email, language="so")
    questions = (await client.get(f"/so/applications/{application.receipt}/questions")).text
    for text in ("Shooladee baad keeneysaa?", "Gaas ama qori", '<option value="Gas stove">Shoolad gaas</option>'):
        assert text in questions
    assert "Wood stove" in questions  # what has no translation is read in English
    extras = (await client.get(f"/so/applications/{application.receipt}/add-ons")).text
    assert "Derin &lt;dhulka&gt;" in extras
    assert "Shooladee" not in (await client.get(f"/es/applications/{application.receipt}/questions")).text
    assert "Shooladee" not in (await client.get(f"/applications/{application.receipt}/questions")).text


async def test_a_changed_question_wants_another_translation_and_finds_its_old_one_again(
    client: httpx2.AsyncClient, sign_in: Any
) -> None:
    category = await make_call()
    call = await Call.get(id=category.call_id)
    path = await path_of(category)
    await sign_in("organizer")
    name, label = f"category-{category.id}-name", field_of(call.id, "Which stove do you bring?")
    await client.post(f"{path}/words", data={name: "Camión", label: "¿Qué cocina trae?"})

    async def texts() -> dict[str, tuple[str, bool]]:
        parts = (await list_call_texts(call, ["es"]))["es"]
        return {text.source: (text.text, text.is_open) for part in parts for text in part.texts}

    assert (await texts())["Which stove do you bring?"] == ("¿Qué cocina trae?", False)
    await Question.filter(slug="stove").update(label="Which stove?")
    await Category.filter(id=category.id).update(name="Trucks")
    now_there = await texts()
    assert now_there["Which stove?"] == ("", True)
    assert now_there["Trucks"] == ("Camión", True)  # of another text: shown, and said to be stale
    await Question.filter(slug="stove").update(label="Which stove do you bring?")
    assert (await texts())["Which stove do you bring?"] == ("¿Qué cocina trae?", False)
    await client.post(f"{path}/words", data={name: "Camión", label: ""})
    assert (await texts())["Which stove do you bring?"] == ("", True)
    assert (await texts())["Trucks"] == ("Camión", False)  # said to be right by saving it


async def test_what_cannot_be_kept_changes_nothing(client: httpx2.AsyncClient, sign_in: Any) -> None:
    category = await make_call()
    path = await path_of(category)
    await sign_in("organizer")
    good, bad = field_of(category.call_id, "Gas stove"), field_of(category.call_id, "Wood stove")
    for text in ("x" * 2001, "a\x00b"):
        refused = await client.post(f"{path}/words", data={good: "Gas", bad: text})
        assert refused.status_code == 422
    assert not await Translation.all().exists()
    for code in ("en", "xx"):
        assert (await client.get(f"{path}/words?language={code}")).status_code == 404
    assert (await client.get("/organize/calls/none/words")).status_code == 404
    await sign_in("reviewer")
    assert (await client.get(f"{path}/words")).status_code == 403


async def test_words_of_one_task_are_not_left_to_the_next() -> None:
    use_language("so")
    use_glossary("so", {text_digest("Floor mat"): "Derin"})
    assert put("Floor mat") == "Derin"
    use_language("so")
    assert put("Floor mat") == "Floor mat"
    use_language("en")


# ---------------------------------------------------------------- reasons of one's own


async def test_a_reason_of_ones_own_is_chosen_and_read_in_the_applicants_language(
    client: httpx2.AsyncClient, sign_in: Any, run_jobs: Any
) -> None:
    me = await sign_in("organizer")
    category = await make_call()
    path = await path_of(category)
    text = "Wood fires are not allowed on the lawn this year."
    assert (await client.post(f"{path}/reasons", data={"text": text, "use": "decline"})).status_code == 303
    again = await client.post(f"{path}/reasons", data={"text": text, "use": "any"})
    assert (again.status_code, "already on the list" in again.text) == (409, True)
    reason = await OwnReason.get()
    spanish = "Este año no se permiten fogatas de leña en el césped."
    await client.post(f"{path}/words", data={field_of(category.call_id, text): spanish})

    application = await make_application(category, me.email, state="submitted", language="es")
    staff = f"/organize/applications/{application.receipt}"
    assert f'value="own-{reason.id}"' in (await client.get(staff)).text
    assert f'value="own-{reason.id}"' not in (await client.get(f"{staff}/changes")).text
    assert f'value="own-{reason.id}"' in (await client.get("/organize/applications")).text
    wrong = await client.post(f"{staff}/decision", data={"verdict": "decline", "listed": "own-99999"})
    assert wrong.status_code == 422
    words = {"verdict": "decline", "listed": f"own-{reason.id}", "reason": "Sorry", "at_once": "on"}
    assert (await client.post(f"{staff}/decision", data=words)).status_code == 303
    assert (await Application.get(id=application.id)).reason == f"{text}\nSorry"
    ended = await client.post(f"{path}/reasons/{reason.id}/end")
    await run_jobs()
    letter = await MailMessage.all().order_by("-id").first()
    assert letter is not None
    for shown in (str(letter.text), (await client.get(f"/es/applications/{application.receipt}")).text):
        assert spanish in shown
        assert "Sorry" in shown
    assert text in (await client.get(f"/applications/{application.receipt}")).text

    assert "No longer offered" in (await client.get(ended.headers["location"])).text
    assert await list_reasons(category.call_id, Use.DECLINE) == dict(LISTED)
    assert (await client.post(f"{path}/reasons/{reason.id}/again")).status_code == 303
    assert f"own-{reason.id}" in await list_reasons(category.call_id, Use.DECLINE)
    assert f"own-{reason.id}" not in await list_reasons(category.call_id, Use.CHANGES)


async def test_a_list_of_reasons_stays_short_and_foreign_ones_are_not_there(
    client: httpx2.AsyncClient, sign_in: Any
) -> None:
    mine, other = await make_call(), await make_category()
    path = await path_of(mine)
    await OwnReason.bulk_create(
        OwnReason(call_id=mine.call_id, use="any", text=f"Reason {n}") for n in range(MOST_REASONS)
    )
    foreign = await OwnReason.create(call_id=other.call_id, use="any", text="Not yours")
    await sign_in("organizer")
    refused = await client.post(f"{path}/reasons", data={"text": "One more"})
    assert refused.status_code == 409
    assert 'value="One more"' in refused.text
    assert (await client.post(f"{path}/reasons", data={"text": "x" * 100})).status_code == 422
    assert (await client.post(f"{path}/reasons/{foreign.id}/end")).status_code == 404
    assert "own-" + str(foreign.id) not in await list_reasons(mine.call_id)


@pytest.mark.usefixtures("database")
async def test_next_years_call_keeps_its_words_and_reasons() -> None:
    old = await make_call()
    await OwnReason.create(call_id=old.call_id, use="any", text="No smoke")
    await save_translation(("call", old.call_id), text_digest("No smoke"), "es", "Sin humo", "No smoke")
    following = await make_category()
    call = await Call.get(id=following.call_id).select_related("festival")
    festival = call.festival
    await Category.filter(call_id=call.id).delete()
    await call.delete()
    copied = await copy_call(old.call_id, festival)
    assert [row.text for row in await OwnReason.filter(call_id=copied.id)] == ["No smoke"]
    use_language("es")
    await use_words_of(copied.id)
    assert [put(line) for line in reason_lines(compose_reason("full", "No smoke"))][1] == "Sin humo"
    use_language("en")
