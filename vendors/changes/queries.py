"""Reads: the parts of an application, what is asked of them now, and what came back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from festival.accounts.models import Person
from festival.kit.words import N_
from vendors.applying.queries import File
from vendors.applying.rules import Asked
from vendors.changes.rules import is_done, open_followers
from vendors.lifecycle.rules import State
from vendors.models import AddOn, Application, ChangeItem, ChangeRequest, Document, FeeRule


@dataclass(frozen=True)
class Part:
    """One thing of an application that can be asked to be changed.

    `kind` is that of a question, or line, long, fee, extra, paper, paper_link; `value` is as it is kept.
    """

    key: str
    label: str
    kind: str
    value: str
    asked: Asked | None = None
    add_on: AddOn | None = None
    kind_id: int = 0
    document: Document | None = None

    @property
    def is_paper(self) -> bool:
        """Whether it is handed in as a file or a link."""
        return self.kind in {"paper", "paper_link"}


@dataclass(frozen=True)
class Item:
    """A part that was asked about, as it stands now; `part` is None where the call no longer has it."""

    row: ChangeItem
    part: Part | None
    before: Document | None = None
    after: Document | None = None

    @property
    def label(self) -> str:
        """What the part is called."""
        return self.part.label if self.part else self.row.part

    @property
    def kind(self) -> str:
        """The part's kind."""
        return self.part.kind if self.part else "line"

    @property
    def done(self) -> bool:
        """Whether the applicant dealt with it."""
        if self.part is None:
            return True
        document = self.part.document
        replaced = document is not None and document.id != self.row.document_before_id
        return is_done(self.row.before, self.part.value, replied=bool(self.row.reply), replaced=replaced)


@dataclass(frozen=True)
class Round:
    """The round that is open, its items, and the questions that open with them."""

    request: ChangeRequest
    items: Sequence[Item]
    followers: Sequence[Part]

    @property
    def done(self) -> int:
        """How many items are dealt with."""
        return sum(item.done for item in self.items)

    @property
    def complete(self) -> bool:
        """Whether it can be sent back."""
        unanswered = [part for part in self.followers if part.asked and part.asked.required and not part.value]
        return self.done == len(self.items) and not unanswered

    def find(self, key: str) -> Part | None:
        """A part that may be changed now, by its key."""
        parts = [*(item.part for item in self.items), *self.followers]
        return next((part for part in parts if part and part.key == key), None)


def list_parts(file: File) -> list[Part]:
    """Everything of an application that can be asked about, in the order of the steps."""
    application = file.application
    found = [
        Part("about.name", N_("Name of your business or group"), "line", application.name),
        Part("about.description", N_("In a few words: who are you?"), "long", application.description),
        Part("about.fee", N_("Does another fee apply to you?"), "fee", application.fee_condition),
    ]
    found += [
        Part(f"answer.{asked.slug}", asked.label, asked.kind, file.answers.get(asked.slug, ""), asked=asked)
        for asked in file.questions
    ]
    for paper in file.papers:
        kind, document = paper.needed.kind, paper.handed_in
        value = (document.link or (document.file.original_name if document.file else "")) if document else ""
        found.append(
            Part(
                f"paper.{kind.slug}",
                kind.name,
                "paper_link" if kind.is_link else "paper",
                value,
                kind_id=kind.id,
                document=document,
            )
        )
    found += [
        Part(f"extra.{add_on.slug}", add_on.name, "extra", str(file.quantities.get(add_on.id, 0)), add_on=add_on)
        for add_on in file.offered_add_ons
    ]
    return found


async def find_open_request(application: Application) -> ChangeRequest | None:
    """The round that the applicant is asked for now, if single parts were named."""
    if application.state != State.CHANGES_REQUESTED:
        return None
    return await ChangeRequest.get_or_none(application_id=application.id, returned_at=None, ended_at=None)


async def find_round(file: File) -> Round | None:
    """The open round with all that belongs to it; None where none is."""
    request = await find_open_request(file.application)
    if request is None:
        return None
    parts = {part.key: part for part in list_parts(file)}
    rows = await ChangeItem.filter(request_id=request.id).order_by("id")
    order = list(parts)
    rows.sort(key=lambda row: order.index(row.part) if row.part in parts else len(order))
    followers = open_followers(file.questions, file.answers, [row.part for row in rows])
    return Round(
        request, [Item(row, parts.get(row.part)) for row in rows],
        [parts[f"answer.{asked.slug}"] for asked in followers],
    )  # fmt: skip


async def list_returned(file: File) -> list[Item]:
    """What came back and nobody has said anything to yet."""
    return await _items_of(file, "returned")


async def list_settled(file: File) -> list[Item]:
    """What was asked in earlier rounds, with what came of it; the newest first."""
    return list(reversed(await _items_of(file, "accepted", "again", "dropped")))


async def _items_of(file: File, *states: str) -> list[Item]:
    rows = (
        await ChangeItem.filter(request__application_id=file.application.id, state__in=states)
        .order_by("id").select_related("request")
    )  # fmt: skip
    papers = {id_ for row in rows for id_ in (row.document_before_id, row.document_after_id) if id_}
    documents = {row.id: row for row in await Document.filter(id__in=[0, *papers]).select_related("file", "kind")}
    parts = {part.key: part for part in list_parts(file)}
    return [
        Item(
            row,
            parts.get(row.part),
            documents.get(row.document_before_id or 0),
            documents.get(row.document_after_id or 0),
        )
        for row in rows
    ]


@dataclass(frozen=True)
class Standing:
    """In short, for the application's own pages: what is asked for and how far it is, what waits for the team."""

    open: Round | None
    returned: int


async def find_standing(file: File) -> Standing:
    """Whether changes are asked for or came back."""
    returned = await ChangeItem.filter(request__application_id=file.application.id, state="returned").count()
    return Standing(await find_round(file), returned)


async def list_fee_words(file: File) -> Mapping[str, int]:
    """The other fees that an applicant may name, in cents by what they are called."""
    rules = await FeeRule.filter(category_id=file.category.id, sent_until=None).order_by("id")
    return {rule.condition: rule.fee_cents for rule in rules}


async def list_names(ids: Sequence[int]) -> Mapping[int, str]:
    """What persons are called, by their id."""
    return {row.id: row.name or row.email for row in await Person.filter(id__in=[0, *ids])}
