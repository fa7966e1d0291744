"""What people type, made safe to keep: one normal form, no controls, no direction tricks, bounded.

`Line` and `Paragraphs` are pydantic types. What is refused is refused in words; what is legitimate
(O'Brien, Null, 夏祭り) comes back unchanged.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, LiteralString, cast

from pydantic import AfterValidator, BeforeValidator, StringConstraints
from pydantic_core import PydanticCustomError

from festival.kit.words import N_

# Bidirectional embeddings, overrides and isolates (UAX 9): they can make a title read as another.
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SPACES = re.compile(r"\s+")
_EMAIL = re.compile(r"[^@\s\"'<>,;:\\()\[\]]+@[^@\s\"'<>,;:\\()\[\]]+\.[^@\s.\"'<>,;:\\()\[\]]{2,}")


def wrong_text(sentence: str) -> PydanticCustomError:
    """What a validator of ours raises: `sentence` (marked with N_) is shown at the field, translated."""
    return PydanticCustomError("say", cast(LiteralString, sentence))


def clean_paragraphs(value: str) -> str:
    """NFC, line breaks as \\n, direction controls removed.

    Raises PydanticCustomError on control characters and unpaired surrogates.
    """
    try:
        value.encode()
    except UnicodeEncodeError:
        raise wrong_text(N_("This has a character that cannot be kept.")) from None
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    if _CONTROLS.search(value):
        raise wrong_text(N_("This has a control character that cannot be kept."))
    return unicodedata.normalize("NFC", _DIRECTION.sub("", value)).strip()


def clean_line(value: str) -> str:
    """As `clean_paragraphs`, on one line."""
    return _SPACES.sub(" ", clean_paragraphs(value)).strip()


def slugify(text: str, longest: int = 80) -> str:
    """`text` as part of an address: ASCII letters, digits and hyphens; "" where nothing of it is Latin."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")[:longest].rstrip("-")


def _none_if_blank(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def clean_email(value: str) -> str:
    """An address for mail, its host lower-cased (RFC 5321, section 2.4); raises PydanticCustomError."""
    line = clean_line(value)
    if len(line) > 254 or not _EMAIL.fullmatch(line) or ".." in line:
        raise wrong_text(N_("This is not a whole e-mail address, like name@example.org."))
    local, _, host = line.rpartition("@")
    return f"{local}@{host.lower()}"


Line = Annotated[str, AfterValidator(clean_line), StringConstraints(min_length=1, max_length=200)]
ShortLine = Annotated[str, AfterValidator(clean_line), StringConstraints(min_length=1, max_length=80)]
Paragraphs = Annotated[str, AfterValidator(clean_paragraphs), StringConstraints(max_length=8000)]
Email = Annotated[str, StringConstraints(max_length=254), AfterValidator(clean_email)]
OptionalLine = Annotated[Line | None, BeforeValidator(_none_if_blank)]
OptionalEmail = Annotated[Email | None, BeforeValidator(_none_if_blank)]
OptionalParagraphs = Annotated[Paragraphs | None, BeforeValidator(_none_if_blank)]


def spreadsheet_cell(value: object) -> object:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        return "'" + value
    return value
