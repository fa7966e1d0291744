"""Check the catalogues of the complete languages: nothing missing or fuzzy, no placeholder dropped, none stale."""

from __future__ import annotations

import re
import sys

from babel.messages.catalog import Message
from gather_words import gather, read_catalogue

COMPLETE = ("es", "am", "ar", "ne", "vi", "ko", "zh-Hans", "ru", "fr", "so", "my")
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def _texts(value: object) -> list[str]:
    return [str(part) for part in value] if isinstance(value, tuple | list) else [str(value or "")]


def problems_of(code: str) -> list[str]:
    """What is wrong with the catalogue of `code`, one line per message."""
    catalogue, found = read_catalogue(code), []
    for wanted in gather():
        if not wanted.id:
            continue
        kept = catalogue.get(wanted.id, wanted.context)
        name = _texts(wanted.id)[0]
        if kept is None or not all(_texts(kept.string)):
            found.append(f"{code}: not translated: {name!r}")
        elif kept.fuzzy:
            found.append(f"{code}: fuzzy: {name!r}")
        elif _shown_by_template(wanted) and any(map(_lone_percent, (*_texts(wanted.id), *_texts(kept.string)))):
            found.append(f"{code}: a template formats every text, so write %% for a percent sign: {name!r}")
        elif lost := _lost_placeholders(kept):
            found.append(f"{code}: {', '.join(sorted(lost))} dropped or invented in {name!r}")
    return found


def _shown_by_template(message: Message) -> bool:
    return any("/templates/" in str(place) for place, _ in message.locations)


def _lone_percent(text: str) -> bool:
    return "%" in _PLACEHOLDER.sub("", text).replace("%%", "")


def _lost_placeholders(message: Message) -> set[str]:
    wanted = {name for text in _texts(message.id) for name in _PLACEHOLDER.findall(text)}
    optional = {"count"} if isinstance(message.id, tuple | list) else set()
    lost: set[str] = set()
    for text in _texts(message.string):
        lost |= (wanted ^ set(_PLACEHOLDER.findall(text))) - optional
    return lost


def main() -> int:
    """Print every problem; 1 if there is any."""
    problems = [problem for code in COMPLETE for problem in problems_of(code)]
    for problem in problems:
        sys.stdout.write(problem + "\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
