"""Which papers somebody has to bring; pure."""

from __future__ import annotations

from collections.abc import Mapping

from festival.kit.errors import Conflict
from festival.kit.words import N_


class PaperHangsOnIt(Conflict):
    """A paper is asked for after an answer that would be gone."""

    code = "paper_hangs_on_it"
    message = N_(
        "The paper “%(paper)s” is asked for after this answer. Ask for it always, or after another one, first."
    )


def is_for(condition: Mapping[str, str] | None, answers: Mapping[str, str]) -> bool:
    """Whether a paper that is asked for after the answer in `condition` (a question and what it must be; none for
    everybody) is asked of somebody with these `answers`."""
    return not condition or answers.get(condition["question"]) == condition["is"]
