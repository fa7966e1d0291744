"""Reading a mail as it arrived: who wrote it, to which addresses, what it says, and whether a program sent it.

Any bytes can be read; what is broken is read as far as it goes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses
from html.parser import HTMLParser
from typing import Any

from vendors.messages.rules import own_words

_RECIPIENTS = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc", "Resent-To")
_BULK = {"bulk", "junk", "list", "auto_reply"}
_PROGRAMS = ("List-Id", "X-Autoreply", "X-Auto-Reply", "X-Autorespond", "X-Failed-Recipients", "X-Loop")
_NOBODY = re.compile(r"^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)([+=.-].*)?@", re.IGNORECASE)
_SIGNED = {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}
# Pictures inside a text are mostly logos of signatures; one of this size was meant to be seen.
_LOGO = 12_000
_QUOTED_CLASSES = {
    "gmail_quote", "gmail_quote_container", "gmail_signature", "gmail_attr", "moz-cite-prefix", "moz-signature",
    "yahoo_quoted", "protonmail_quote", "protonmail_signature_block", "tutanota_quote",
}  # fmt: skip
_REST_QUOTED = {"appendonsend", "divrplyfwdmsg", "mail-editor-reference-message-container"}
_BLOCKS = {"p", "div", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "pre", "hr"}
_SPACED = {"p", "h1", "h2", "h3", "h4", "table", "ul", "ol"}


@dataclass(frozen=True)
class Mail:
    """What counts of a mail. `sender` is empty unless exactly one is named; `left_out` are files that came with it."""

    sender: str
    recipients: list[str]
    message_id: str
    text: str
    left_out: int
    automatic: bool


@dataclass
class _Found:
    plain: list[str] = field(default_factory=list[str])
    html: list[str] = field(default_factory=list[str])
    files: int = 0


def read_mail(raw: bytes) -> Mail:
    """`raw` (RFC 5322) with the words that its sender wrote."""
    mail = message_from_bytes(raw.replace(b"\x00", b""))
    senders = _addresses(mail, "From")
    sender = senders[0] if len(senders) == 1 else ""
    found = _Found()
    _gather(mail, found, related=False)
    plain = "\n\n".join(found.plain)
    text = plain if plain.strip() else "\n\n".join(map(_text_of_html, found.html))
    return Mail(
        sender=sender,
        recipients=[address for name in _RECIPIENTS for address in _addresses(mail, name)],
        message_id=_header(mail, "Message-ID")[:998],
        text=own_words(text),
        left_out=found.files,
        automatic=_is_automatic(mail, sender),
    )


def _header(mail: Message, name: str) -> str:
    return " ".join(str(mail.get(name, "")).split())


def _addresses(mail: Message, name: str) -> list[str]:
    texts: list[str] = []
    for value in mail.get_all(name, []):
        try:
            texts.append(str(make_header(decode_header(value))) if "=?" in str(value) else str(value))
        except (LookupError, ValueError):  # an encoded word that is none
            texts.append(str(value))
    return [address.strip() for _, address in getaddresses(texts) if "@" in address]


def _is_automatic(mail: Message, sender: str) -> bool:
    """Whether a program sent it: an answer to it would go round in circles (RFC 3834, sections 2 and 5)."""
    said = _header(mail, "Auto-Submitted").partition(";")[0].strip().lower()
    return (
        said not in {"", "no"}
        or _header(mail, "Precedence").lower() in _BULK
        or _header(mail, "Return-Path") == "<>"
        or mail.get_content_type() == "multipart/report"
        or any(mail.get(name) is not None for name in _PROGRAMS)
        or bool(_NOBODY.match(sender))
    )


def _gather(part: Message, found: _Found, *, related: bool) -> None:
    kind = part.get_content_type()
    if part.get_content_maintype() == "multipart" and part.is_multipart():
        parts: Any = part.get_payload()
        for each in parts:
            _gather(each, found, related=kind == "multipart/related")
        return
    named = part.get_filename() is not None or part.get_content_disposition() == "attachment"
    if kind == "text/plain" and not named:
        found.plain.append(_flowed(_decoded(part), part) if part.get_param("format") == "flowed" else _decoded(part))
    elif kind == "text/html" and not named:
        found.html.append(_decoded(part))
    elif kind not in _SIGNED and not (related and len(_content(part)) < _LOGO):
        found.files += 1


def _decoded(part: Message) -> str:
    content = _content(part)
    named = part.get_content_charset() or "utf-8"
    try:
        # Who says Latin-1 means what Windows makes of it (WHATWG Encoding, section 4.2).
        text = content.decode("windows-1252" if named == "iso-8859-1" else named, "replace")
    except (LookupError, ValueError):  # a character set that nobody knows
        text = content.decode("utf-8", "replace")
    return text.replace("\r\n", "\n")


def _content(part: Message) -> bytes:
    content: Any = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _flowed(text: str, part: Message) -> str:
    """Lines that a program broke, whole again (RFC 3676, section 4.2)."""
    space = "" if str(part.get_param("delsp")).lower() == "yes" else " "
    lines: list[str] = []
    open_line = False
    for line in text.split("\n"):
        words = line if line.startswith(">") else line.removeprefix(" ")
        joined = open_line and not words.startswith(">") and words != "-- "
        if joined:
            lines[-1] += words
        else:
            lines.append(words)
        open_line = words.endswith(" ") and words != "-- " and not words.startswith(">")
        if open_line:
            lines[-1] = lines[-1].removesuffix(" ") + space
    return "\n".join(lines)


def _text_of_html(html: str) -> str:
    reader = _Words()
    reader.feed(html)
    reader.close()
    return re.sub(r"[ \t]*\n[ \t]*", "\n", "".join(reader.words))


class _Words(HTMLParser):
    """The words of a mail's HTML part, without blocks that mail programs mark as quoted."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._skipped = ""
        self._depth = 0
        self._ended = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Leave out what is quoted; break lines where a reader sees them broken."""
        about = {name: (value or "").lower() for name, value in attrs}
        if self._skipped:
            self._depth += tag == self._skipped
        elif about.get("id", "").removeprefix("x_") in _REST_QUOTED:
            self._ended = True
        elif tag in {"blockquote", "style", "script", "head", "title"} or not _QUOTED_CLASSES.isdisjoint(
            about.get("class", "").split()
        ):
            self._skipped, self._depth = tag, 1
        elif tag == "br" or tag in _BLOCKS:
            self._say("\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """`<br/>` opens nothing."""
        if tag == "br":
            self._say("\n")

    def handle_endtag(self, tag: str) -> None:
        """Come out of what is quoted."""
        if self._skipped:
            self._depth -= tag == self._skipped
            self._skipped = self._skipped if self._depth else ""
        elif tag in _BLOCKS:
            self._say("\n\n" if tag in _SPACED else "\n")

    def handle_data(self, data: str) -> None:
        """Words; where HTML is broken over lines, its readers see a space."""
        self._say(re.sub(r"[ \t\r\n]+", " ", data))

    def _say(self, words: str) -> None:
        if not (self._skipped or self._ended):
            self.words.append(words)
