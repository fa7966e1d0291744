"""What a handler of a page returns: a rendered template, or the way to the next page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from festival.kit.web.access import principal_of
from festival.kit.web.forms import FormState
from festival.kit.web.templates import PrefixedUrl, templates


def url_for_reader(request: Request) -> PrefixedUrl:
    """Makes our addresses in the language prefix of this request's address."""
    return PrefixedUrl(getattr(request.state, "prefix", ""))


def render(request: Request, name: str, status: int = 200, **context: Any) -> Response:
    """The page `name`. The layout gets the asker, the language, the path and the organisation besides."""
    shared: dict[str, Any] = {
        "request": request,
        "path": request.url.path,
        "principal": principal_of(request),
        "url": url_for_reader(request),
        "organisation": getattr(request.state, "organisation", None),
        "form": FormState(),
    }
    return HTMLResponse(templates().render(name, {**shared, **context}), status)


def go_to(request: Request, path: str) -> Response:
    """After a form was taken: the next page, by 303, in the reader's language prefix."""
    return RedirectResponse(url_for_reader(request)(path), 303)


def own_path(target: str, otherwise: str = "/") -> str:
    """`target` if it is a path of ours, else `otherwise`: no open redirects."""
    parts = urlsplit(target)
    ours = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.netloc
    return target if ours and "\\" not in target and "\n" not in target else otherwise
