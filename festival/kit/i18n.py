"""Words, dates and numbers in the reader's language: gettext catalogues and CLDR, through Babel."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_time
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal

from festival.kit.languages import DEFAULT, LANGUAGES
from festival.kit.words import Message

CATALOGUES = Path(__file__).parent.parent / "locale"

_language: ContextVar[str] = ContextVar("language", default=DEFAULT)
_next_best: ContextVar[tuple[str, ...]] = ContextVar("next_best", default=())
# What people wrote, in other languages: by language, then by the digest of the English text.
_glossary: ContextVar[Mapping[str, Mapping[str, str]]] = ContextVar("glossary", default={})  # noqa: B039  (never changed)


def current_language() -> str:
    """The code of the language in which the present request is answered."""
    return _language.get()


def reading_order() -> tuple[str, ...]:
    """The languages in which what people wrote is looked for: the present one, the reader's next best, English."""
    return tuple(dict.fromkeys((_language.get(), *_next_best.get(), DEFAULT)))


def use_language(code: str, next_best: tuple[str, ...] = ()) -> None:
    """Answer the present task in `code` (a key of LANGUAGES); `next_best` are the reader's own other languages."""
    _language.set(code if code in LANGUAGES else DEFAULT)
    _next_best.set(next_best)
    _glossary.set({})


def text_digest(text: str) -> str:
    """The name under which a glossary keeps a text: its place may change, and the text itself be long."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def use_glossary(code: str, words: Mapping[str, str]) -> None:
    """Let `put` and `gettext` find in `words`, by `text_digest`, what people wrote, in the present task, in `code`."""
    _glossary.set({code: words})


@cache
def catalogue(code: str) -> NullTranslations:
    """The catalogue of `code`, compiled from its .po file once per process."""
    path = CATALOGUES / code.replace("-", "_") / "messages.po"
    if not path.exists():
        return NullTranslations()
    with path.open("rb") as source:
        entries = read_po(source, locale=Locale.parse(LANGUAGES[code].locale), domain="messages")
    compiled = io.BytesIO()
    write_mo(compiled, entries)
    compiled.seek(0)
    return GNUTranslations(compiled)


def gettext(text: str) -> str:
    """`text` in the current language; itself where it has no translation."""
    if not text:
        return ""
    words = _glossary.get().get(_language.get())
    found = words.get(text_digest(text)) if words else None
    return found or catalogue(_language.get()).gettext(text)


def ngettext(singular: str, plural: str, count: int) -> str:
    """The form of the current language for `count`."""
    return catalogue(_language.get()).ngettext(singular, plural, count)


def put(message: Message | str) -> str:
    """`message` in the current language, placeholders filled. Placeholders may be messages themselves."""
    if isinstance(message, str):
        return gettext(message)
    if message.plural is not None:
        text = ngettext(message.text, message.plural, message.count)
    else:
        text = gettext(message.text)
    filled = {name: put(value) if isinstance(value, Message) else value for name, value in message.params.items()}
    return text % filled if filled else text.replace("%%", "%")


def locale() -> str:
    """The CLDR locale of the current language."""
    return LANGUAGES[_language.get()].locale


def day(value: dt.date | dt.datetime, zone: ZoneInfo, form: str = "full") -> str:
    """A day in words, as CLDR has it; a moment is first taken to `zone`."""
    local = value.astimezone(zone).date() if isinstance(value, dt.datetime) else value
    return format_date(local, form, locale=locale())


def clock_time(value: dt.datetime, zone: ZoneInfo) -> str:
    """The time of day of a moment in `zone`, short."""
    return format_time(value.astimezone(zone), "short", locale=locale())


def moment(value: dt.datetime, zone: ZoneInfo, form: str = "medium") -> str:
    """Day and time of a moment in `zone`."""
    return format_datetime(value.astimezone(zone), form, locale=locale())


def skeleton(value: dt.date | dt.datetime, zone: ZoneInfo, pattern: str) -> str:
    """A day by a CLDR skeleton such as `MMMEd`."""
    from babel.dates import format_skeleton

    local = value.astimezone(zone) if isinstance(value, dt.datetime) else value
    return format_skeleton(pattern, local, locale=locale())


def number(value: float) -> str:
    """A number with the reader's digits and separators."""
    return format_decimal(value, locale=locale())


def money(cents: int, currency: str = "USD") -> str:
    """An amount, given in the currency's hundredth part."""
    return format_currency(cents / 100, currency.upper(), locale=locale())


def listing(items: list[str]) -> str:
    """ "a, b and c" in the reader's language."""
    return format_list(items, locale=locale()) if items else ""


def language_name(code: str, reader: str = "") -> str:
    """The name of any language code in the reader's language, or in that of `reader`; the code where CLDR has none."""
    shown_in = LANGUAGES[reader].locale if reader else locale()
    try:
        name = Locale.parse(code.replace("-", "_")).get_language_name(shown_in)
    except (ValueError, LookupError, UnknownLocaleError):
        # A language such as Marshallese has a name, but no locale of its own.
        names: Any = Locale.parse(shown_in).languages
        return str(names.get(code, code))
    return name or code


def territory_name(code: str) -> str:
    """The name of a country (ISO 3166 alpha-2) in the reader's language."""
    names: Any = Locale.parse(locale()).territories
    return str(names.get(code, code))
