"""An application as a juror sees it who is not to know whose it is."""

from __future__ import annotations

from dataclasses import replace

from festival.accounts.models import Person
from festival.kit.web.access import Principal
from vendors.applying.queries import File
from vendors.judging.queries import names_are_hidden
from vendors.judging.rules import TELLING_KINDS, veil
from vendors.models import Question


async def veil_file(file: File, who: Principal) -> tuple[File, bool]:
    """The file as `who` may see it, and whether names are hidden in it.

    Its rows are changed in memory, so it is for showing only: a veiled file is never saved.
    """
    application = file.application
    if not await names_are_hidden(application, who):
        return file, False
    person = await Person.get(id=application.applicant_id)
    names = [application.name, person.name, person.email]
    hidden = set(await Question.filter(category_id=file.category.id, hidden_blind=True).values_list("slug", flat=True))
    hidden |= {asked.slug for asked in file.questions if asked.kind in TELLING_KINDS}
    application.name, application.description = application.receipt, veil(application.description, names)
    papers = [paper for paper in file.papers if paper.needed.kind.shown_blind]
    for paper in papers:
        if paper.handed_in:
            paper.handed_in.number = ""
            if paper.handed_in.file:
                paper.handed_in.file.original_name = paper.needed.kind.name
    answers = {slug: veil(text, names) for slug, text in file.answers.items() if slug not in hidden}
    return replace(file, papers=papers, answers=answers), True
