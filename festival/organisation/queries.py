"""Reads: the office's own facts, and texts in the reader's language."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from tortoise.expressions import Q

from festival.organisation.models import AuditEntry, Organisation, Translation

ONLY_ROW = 1


async def get_organisation() -> Organisation:
    """The office; a plain one until its row is written."""
    return await find_organisation() or plain_organisation()


def plain_organisation() -> Organisation:
    """What the office is called before its row is written, and while the database is away."""
    return Organisation(id=ONLY_ROW, name="City festival office")


async def find_organisation() -> Organisation | None:
    """The office's row, if it was written."""
    return await Organisation.get_or_none(id=ONLY_ROW)


class Text(str):
    """A text that people wrote, with the code of the language that it is in."""

    __slots__ = ("language",)
    language: str

    def __new__(cls, text: str, language: str) -> Text:
        """`text` in `language`."""
        made = super().__new__(cls, text)
        made.language = language
        return made


# By the object's id and its field.
Texts = dict[tuple[int, str], Text]


async def list_texts(kind: str, ids: Iterable[int], *languages: str) -> Texts:
    """The translations of objects of `kind`, by (object id, field), each in the first of `languages` that has one;
    one query for all of them. Drafts that nobody has confirmed are left out.
    """
    return (await list_texts_of({kind: set(ids)}, *languages))[kind]


async def list_texts_of(subjects: Mapping[str, Collection[int]], *languages: str) -> dict[str, Texts]:
    """The same of several kinds of objects at once, by kind; one query for all of them."""
    found: dict[str, Texts] = {kind: {} for kind in subjects}
    wanted = [Q(kind=kind, object_id__in=list(ids)) for kind, ids in subjects.items() if ids]
    if not wanted:
        return found
    rows = Translation.filter(Q(*wanted, join_type="OR"), language__in=languages, state="confirmed")
    for kind, object_id, field, text, language in await rows.values_list(
        "kind", "object_id", "field", "text", "language"
    ):
        texts, place = found[str(kind)], (int(object_id), str(field))
        before = texts.get(place)
        if before is None or languages.index(str(language)) < languages.index(before.language):
            texts[place] = Text(str(text), str(language))
    return found


async def find_last_entry(kind: str, object_id: int) -> AuditEntry | None:
    """What was last recorded of an object."""
    return await AuditEntry.filter(object_kind=kind, object_id=object_id).order_by("-id").first()
