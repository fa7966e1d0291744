"""Gather the interface's words from code and templates, and bring every catalogue up to them."""

from __future__ import annotations

import io
import sys
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from festival.kit.languages import DEFAULT, LANGUAGES

ROOT = Path(__file__).parent.parent
_NOT_KEPT = ('"POT-', '"PO-', '"Generated-By', '"Report-', '"Last-', '"Language-Team', '"Project-')
ROOMS = ("festival", "events", "ticketing", "vendors", "calendar_feed")
METHODS = [("**/templates/**.html", "jinja2"), ("**/templates/**.txt", "jinja2"), ("**.py", "python")]
KEYWORDS = {"_": None, "gettext": None, "N_": None, "ngettext": (1, 2), "say_n": (1, 2)}
# CLDR's rules where Babel's own table of them differs: 0 is singular in Amharic, Burmese has one form, and the
# forms of Arabic stand in the usual order (zero, one, two, few, many, other).
_PLURALS = {
    "am": "nplurals=2; plural=(n > 1);",
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);",
    "my": "nplurals=1; plural=0;",
}
# The same settings as the templates' own environment, or blocks would be read differently from how they are shown.
_JINJA = {"extensions": "jinja2.ext.do", "trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
OPTIONS = {pattern: _JINJA for pattern, method in METHODS if method == "jinja2"}


def gather() -> Catalog:
    """Every message of the interface, in the order of the files that have them."""
    template = Catalog(project="Global Fest", charset="utf-8")
    for room in ROOMS:
        found = extract_from_dir(
            str(ROOT / room),
            METHODS,
            OPTIONS,
            keywords=KEYWORDS,
        )
        for name, _line, message, _comments, context in sorted(found, key=lambda row: (row[0], row[1])):
            template.add(message, locations=[(f"{room}/{name}", "")], context=context)
    return template


def catalogue_path(code: str) -> Path:
    """Where the catalogue of a language lies."""
    return ROOT / "festival" / "locale" / code.replace("-", "_") / "messages.po"


def read_catalogue(code: str) -> Catalog:
    """The catalogue of a language; a new one, with the plural rule of CLDR, where there is none yet."""
    path, locale = catalogue_path(code), Locale.parse(LANGUAGES[code].locale)
    if not path.exists():
        catalogue = Catalog(locale=locale, project="Global Fest", charset="utf-8")
        if code in _PLURALS:
            catalogue.mime_headers = [("Plural-Forms", _PLURALS[code])]
        return catalogue
    with path.open("rb") as source:
        return read_po(source, locale=locale, charset="utf-8")


def written(catalogue: Catalog) -> bytes:
    """The catalogue as it is kept: no dates, no line numbers, nothing obsolete, so that a change is a change."""
    out = io.BytesIO()
    catalogue.fuzzy = False
    catalogue.header_comment = "# The words of the interface; gathered by `make words`, written by people."
    write_po(out, catalogue, width=0, omit_header=False, include_lineno=False, ignore_obsolete=True)
    lines = out.getvalue().decode().splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(_NOT_KEPT)]
    return "".join(kept).encode()


def main() -> int:
    """Bring every catalogue up to the words of the code; returns 0."""
    template = gather()
    for code in LANGUAGES:
        if code == DEFAULT:
            continue
        catalogue = read_catalogue(code)
        catalogue.update(template, no_fuzzy_matching=True, update_header_comment=False)
        path = catalogue_path(code)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written(catalogue))
        missing = sum(1 for message in catalogue if message.id and not _is_translated(message.string))
        sys.stdout.write(f"{code:8} {len(catalogue)} messages, {missing} missing\n")
    return 0


def _is_translated(string: object) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


if __name__ == "__main__":
    sys.exit(main())
