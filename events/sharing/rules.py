"""Pure: sitemap and robots as text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

_NAMESPACES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
MOST_ADDRESSES = 4000
_CLOSED = (
    "/organize", "/account", "/sign-in", "/tickets/", "/claim/", "/apply/", "/pay/", "/gate", "/search", "/calendar/my",
    "/api/", "/offline",
)  # fmt: skip


def write_sitemap(base: str, pages: Iterable[tuple[str, dt.datetime | None]], languages: Sequence[str]) -> str:
    """Every page once, each with its address in every language (sitemaps.org; Google's xhtml:link for hreflang)."""
    found: list[str] = []
    for path, changed_at in pages:
        others = "".join(
            f'<xhtml:link rel="alternate" hreflang="{code}" href="{escape(f"{base}/{code}{path}")}"/>'
            for code in languages
        )
        # Without a language we look at what the reader's browser asks for.
        others += f'<xhtml:link rel="alternate" hreflang="x-default" href="{escape(base + path)}"/>'
        moment = f"<lastmod>{changed_at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}</lastmod>" if changed_at else ""
        found.append(f"<url><loc>{escape(base + path)}</loc>{moment}{others}</url>\n")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {_NAMESPACES}>\n{"".join(found)}</urlset>\n'


def write_robots(base: str, languages: Sequence[str]) -> str:
    """What crawlers leave alone, in every language, and where the sitemap is (RFC 9309)."""
    closed = [f"Disallow: {prefix}{path}" for path in _CLOSED for prefix in ("", "/*") if not prefix or languages]
    return "\n".join(["User-agent: *", *closed, "", f"Sitemap: {base}/sitemap.xml", ""])
