"""Reads: the texts of a call beside their translations, and the words of one language for `put`.

Translations hang on the text and not on its row: the same question of two categories is translated once, and an
English text that is changed back finds its translations again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from festival.kit.i18n import catalogue, current_language, text_digest, use_glossary
from festival.kit.languages import DEFAULT
from festival.kit.words import N_, Message, say
from festival.organisation.actions import source_digest
from festival.organisation.models import Translation
from vendors.models import AddOn, Call, Category, DocumentKind, OwnReason, Question

CALL, CATEGORY = "call", "category"
_PLAIN = ("category_id", "label", "help", "options")


@dataclass(frozen=True)
class Text:
    """One text of a call beside its translation into a language.

    `known` is what the interface itself says for it there; `stale` marks one that was made from another text.
    """

    source: str
    kind: str = CALL
    object_id: int = 0
    field: str = ""
    text: str = ""
    known: str = ""
    stale: bool = False

    @property
    def name(self) -> str:
        """What its field is called in the form."""
        return f"{self.kind}-{self.object_id}-{self.field}"

    @property
    def is_open(self) -> bool:
        """Whether readers of that language still get English, or something out of date."""
        return self.stale or not (self.text or self.known)

    @property
    def is_long(self) -> bool:
        """Whether it has paragraphs."""
        return len(self.source) > 120 or "\n" in self.source


@dataclass(frozen=True)
class Part:
    """The texts of a part of the call, under a heading."""

    heading: Message
    texts: Sequence[Text]

    @property
    def open(self) -> int:
        """How many of them still want a translation."""
        return sum(text.is_open for text in self.texts)


async def use_words_of(call_id: int) -> None:
    """Let `put` say the texts of the call in the current language. One query, and none in English."""
    code = current_language()
    if code == DEFAULT:
        return
    use_glossary(code, await list_words_of(call_id, code))


async def list_words_of(call_id: int, language: str) -> dict[str, str]:
    """The texts of a call in a language by their digests. One query."""
    rows = Translation.filter(kind=CALL, object_id=call_id, language=language, state="confirmed")
    return {str(field): str(text) for field, text in await rows.values_list("field", "text")}


async def list_call_texts(call: Call, languages: Iterable[str]) -> dict[str, list[Part]]:
    """Whatever people wrote for a call, each text once, by language. Six queries however many there are."""
    parts = await _list_parts(call)
    own = [text for part in parts for text in part.texts]
    ids = [text.object_id for text in own if text.kind == CATEGORY]
    rows = [
        *await Translation.filter(kind=CALL, object_id=call.id),
        *await Translation.filter(kind=CATEGORY, object_id__in=ids, field="name"),
    ]
    kept = {(row.kind, row.object_id, row.field, row.language): row for row in rows}
    return {
        code: [
            replace(part, texts=[
                _beside(text, code, kept.get((text.kind, text.object_id, text.field, code))) for text in part.texts
            ])
            for part in parts
        ]
        for code in languages
    }  # fmt: skip


def _beside(text: Text, language: str, row: Translation | None) -> Text:
    known = catalogue(language).gettext(text.source)
    known = "" if known == text.source else known
    if row is None:
        return replace(text, known=known)
    # What hangs on its text cannot be stale; a category's name hangs on its row.
    stale = text.kind == CATEGORY and row.source_digest != source_digest(text.source)
    return replace(text, known=known, text=row.text, stale=stale)


async def _list_parts(call: Call) -> list[Part]:
    """The texts in the order in which applicants meet them."""
    categories = await Category.filter(call_id=call.id).order_by("position", "id")
    questions = Question.filter(category_id__in=[one.id for one in categories]).order_by("position", "id")
    asked: dict[int, list[str]] = {}
    for owner, label, help_, options in await questions.values_list(*_PLAIN):
        asked.setdefault(int(owner), []).extend([str(label), str(help_), *map(str, options)])
    papers = await DocumentKind.filter(call_id=call.id).order_by("id").values_list("name", "help")
    extras = await AddOn.filter(call_id=call.id).order_by("id").values_list("name", flat=True)
    reasons = await OwnReason.filter(call_id=call.id, ended_at=None).order_by("position", "id")
    seen: set[str] = set()
    parts = [
        Part(
            say(N_("Category: %(name)s"), name=one.name),
            [
                Text(one.name, CATEGORY, one.id, "name"),
                *_fresh(call, seen, [one.description, *asked.get(one.id, [])]),
            ],
        )
        for one in categories
    ]
    parts += [
        Part(say(N_("Papers")), _fresh(call, seen, [str(text) for pair in papers for text in pair])),
        Part(say(N_("Extras")), _fresh(call, seen, map(str, extras))),
        Part(say(N_("Reasons of your own")), _fresh(call, seen, [one.text for one in reasons])),
    ]
    return [part for part in parts if part.texts]


def _fresh(call: Call, seen: set[str], texts: Iterable[str]) -> list[Text]:
    """Those of `texts` that are not empty and did not come before."""
    found: list[Text] = []
    for text in texts:
        if text and text not in seen:
            seen.add(text)
            found.append(Text(text, CALL, call.id, text_digest(text)))
    return found
