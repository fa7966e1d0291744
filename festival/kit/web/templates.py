"""Pages and mails from Jinja templates: autoescaped, translated, with no template made of user text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from festival.kit import i18n
from festival.kit.languages import LANGUAGES
from festival.kit.web.assets import asset_url

_ALLOWED_TAGS = {"p", "br", "em", "strong", "ul", "ol", "li", "a", "h3", "h4", "blockquote", "code"}
_markdown = MarkdownIt("commonmark", {"html": False}).disable(["image", "heading", "lheading", "fence", "code"])


def markdown(text: str) -> Markup:
    """User text in a safe subset of Markdown: no HTML, no pictures, links only to http(s) and mailto."""
    import nh3

    clean = nh3.clean(
        _markdown.render(text),
        tags=_ALLOWED_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener nofollow ugc",
    )
    return Markup(clean)  # noqa: S704 - sanitised on the line above


class Templates:
    """The templates of all rooms; each room's lie in a folder of the room's name."""

    def __init__(self, folders: list[Path], zone: ZoneInfo, shared: Mapping[str, Any] | None = None) -> None:
        self.zone = zone
        self.environment = Environment(
            loader=FileSystemLoader(folders),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        )
        install: Callable[..., None] = self.environment.install_gettext_callables  # type: ignore[attr-defined]
        install(i18n.gettext, i18n.ngettext, newstyle=True)
        self.environment.filters.update(self._filters())
        names = cast(dict[str, Any], self.environment.globals)
        names.update({"asset": asset_url, "languages": LANGUAGES, "zone": zone, **(shared or {})})

    def _filters(self) -> dict[str, Callable[..., Any]]:
        zone = self.zone

        def day(value: dt.date | dt.datetime, form: str = "full") -> str:
            return i18n.day(value, zone, form)

        def skeleton(value: dt.date | dt.datetime, pattern: str) -> str:
            return i18n.skeleton(value, zone, pattern)

        def clock(value: dt.datetime) -> str:
            return i18n.clock_time(value, zone)

        def moment(value: dt.datetime, form: str = "medium") -> str:
            return i18n.moment(value, zone, form)

        def iso(value: dt.date | dt.datetime) -> str:
            return (value.astimezone(zone) if isinstance(value, dt.datetime) else value).isoformat()

        return {
            "put": i18n.put,
            "day": day,
            "clock": clock,
            "moment": moment,
            "skeleton": skeleton,
            "iso": iso,
            "number": i18n.number,
            "money": i18n.money,
            "listing": i18n.listing,
            "language_name": i18n.language_name,
            "territory_name": i18n.territory_name,
            "markdown": markdown,
        }

    def render(self, name: str, context: Mapping[str, Any]) -> str:
        """The template `name` in the current language."""
        code = i18n.current_language()
        return self.environment.get_template(name).render(
            {"language": LANGUAGES[code], "url": PrefixedUrl(""), **context}
        )


class PrefixedUrl:
    """Our own addresses, kept in the language that the reader's address named."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix

    def __call__(self, path: str) -> str:
        """`path` under the reader's language prefix, if the address had one."""
        return f"{self.prefix}{path}"


_templates: Templates | None = None


def configure(templates: Templates) -> None:
    """Make `templates` those of this process; the roof does this once."""
    global _templates  # noqa: PLW0603 - one set of templates per process
    _templates = templates


def templates() -> Templates:
    """The templates of this process."""
    if _templates is None:
        raise RuntimeError("the roof has not configured the templates")
    return _templates
