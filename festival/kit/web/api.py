"""The JSON API: pydantic in, pydantic out, refusals as RFC 9457 problems, OpenAPI 3.1 from the same declarations."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.json_schema import JsonSchemaMode, models_json_schema
from starlette.requests import Request
from starlette.responses import Response

from festival.kit.errors import BadRequest, Invalid, Refusal, UnsupportedType
from festival.kit.i18n import put
from festival.kit.web.access import Access
from festival.kit.web.forms import field_errors
from festival.kit.web.routes import Door
from festival.kit.words import N_

_MOST_DEPTH = 12


class Body(BaseModel):
    """What a caller sends; unknown members are ignored and change nothing."""

    model_config = ConfigDict(extra="ignore", str_max_length=20_000)


class Answer(BaseModel):
    """What a caller gets: only the members listed."""

    model_config = ConfigDict(extra="ignore", from_attributes=True)


class Problem(BaseModel):
    """A refusal (RFC 9457); `errors` has a sentence for each field that cannot be taken."""

    model_config = ConfigDict(extra="allow")
    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str
    errors: dict[str, str] = {}


def problem_response(refusal: Refusal) -> Response:
    """`refusal` as application/problem+json, in the current language."""
    detail = put(refusal.words)
    errors = {name: put(words) for name, words in refusal.errors.items()} if isinstance(refusal, Invalid) else {}
    document = Problem(
        title=put(type(refusal).message) if not refusal.words.params else detail,
        status=refusal.status, code=refusal.code, detail=detail, errors=errors,
        **cast(dict[str, Any], refusal.extra),
    )  # fmt: skip
    return Response(document.model_dump_json(), refusal.status, refusal.headers, media_type="application/problem+json")


def _no_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadRequest(N_("The JSON names a member twice."))
    return found


def _require_shallow(value: object, depth: int = 0) -> None:
    if depth > _MOST_DEPTH:
        raise BadRequest(N_("The JSON is nested too deeply."))
    if isinstance(value, dict):
        for inner in cast(dict[str, object], value).values():
            _require_shallow(inner, depth + 1)
    elif isinstance(value, list):
        for inner in cast(list[object], value):
            _require_shallow(inner, depth + 1)


async def read_json(request: Request) -> object:
    """The request's JSON value; duplicate members, great depth and other media types are refused."""
    media_type = request.headers.get("content-type", "").split(";")[0].strip()
    if media_type != "application/json":
        raise UnsupportedType(N_("Send this as application/json."))
    raw = await request.body()
    try:
        value = json.loads(raw, object_pairs_hook=_no_duplicates, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise BadRequest(N_("The JSON could not be read.")) from None
    _require_shallow(value)
    return cast(object, value)


def _refuse_constant(name: str) -> object:
    raise ValueError(name)


@dataclass(frozen=True)
class Operation:
    """One method of one path, as the API's description names it."""

    method: str
    path: str
    name: str
    summary: str
    access: Access
    query: type[BaseModel] | None
    body: type[BaseModel] | None
    out: dict[int, type[BaseModel] | None]
    problems: tuple[int, ...]


Endpoint = Callable[..., Awaitable[Any]]


@dataclass
class Api:
    """The operations of one room. `doors` goes to the roof, `operations` to the API's description."""

    tag: str
    max_body: int = 64 * 1024
    operations: list[Operation] = field(default_factory=list[Operation])
    _handlers: dict[str, dict[str, Callable[[Request], Awaitable[Response]]]] = field(
        default_factory=dict[str, dict[str, Callable[[Request], Awaitable[Response]]]]
    )

    def doors(self) -> list[Door]:
        """One Door per path."""
        found: list[Door] = []
        for path, handlers in self._handlers.items():
            access = {o.method: o.access for o in self.operations if o.path == path}
            writes = next((a for method, a in access.items() if method != "GET"), None)
            reads = access.get("GET") or writes or Access()
            found.append(
                Door(
                    path, reads, writes=writes, max_body=self.max_body,
                    get=handlers.get("GET"), post=handlers.get("POST"), patch=handlers.get("PATCH"),
                )
            )  # fmt: skip
        return found

    def operation(
        self,
        method: str,
        path: str,
        access: Access,
        *,
        out: dict[int, type[BaseModel] | None],
        query: type[BaseModel] | None = None,
        body: type[BaseModel] | None = None,
        problems: tuple[int, ...] = (),
    ) -> Callable[[Endpoint], Endpoint]:
        """Register the decorated coroutine; it takes `query` and `body` if declared, and returns a value
        for the first of `out`, a pair of status and value, or a Response."""

        def register(endpoint: Endpoint) -> Endpoint:
            always = (429, *((422,) if query or body else ()), *((400, 413, 415) if body else ()))
            denied = () if access.anyone else (401, 403)
            self.operations.append(
                Operation(
                    method, path, endpoint.__name__, (endpoint.__doc__ or "").strip().split("\n")[0], access,
                    query, body, out, tuple(sorted({*problems, *always, *denied})),
                )
            )  # fmt: skip

            async def answer(request: Request) -> Response:
                arguments = await _read_arguments(request, query, body)
                return _to_response(await endpoint(request, **arguments), out)

            self._handlers.setdefault(path, {})[method] = answer
            return endpoint

        return register


async def _read_arguments(
    request: Request, query: type[BaseModel] | None, body: type[BaseModel] | None
) -> dict[str, Any]:
    arguments: dict[str, Any] = {}
    try:
        if query:
            arguments["query"] = query.model_validate(dict(request.query_params))
        if body:
            arguments["body"] = body.model_validate(await read_json(request))
    except ValidationError as error:
        raise Invalid(field_errors(error)) from None
    return arguments


def _to_response(result: Any, out: dict[int, type[BaseModel] | None]) -> Response:
    if isinstance(result, Response):
        return result
    status, value = cast(tuple[int, Any], result) if isinstance(result, tuple) else (next(iter(out)), result)
    model = out[status]  # a KeyError here is an undeclared status, which the tests are to see
    if model is None:
        return Response(status_code=status)
    answer = value if isinstance(value, model) else model.model_validate(value)
    return Response(answer.model_dump_json(), status, media_type="application/json")


def describe(operations: list[Operation], title: str, version: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document of `operations`."""
    ins = [m for o in operations for m in (o.query, o.body) if m]
    outs: list[type[BaseModel]] = [m for o in operations for m in o.out.values() if m]
    modes: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        *((m, "validation") for m in dict.fromkeys(ins)),
        *((m, "serialization") for m in dict.fromkeys([*outs, Problem])),
    ]
    refs, definitions = models_json_schema(
        modes,
        ref_template="#/components/schemas/{model}",
    )
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        plain = re.sub(r":\w+}", "}", operation.path)
        paths.setdefault(plain, {})[operation.method.lower()] = _describe_one(operation, cast(Any, refs))
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "paths": paths,
        "components": {
            "schemas": definitions.get("$defs", {}),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _describe_one(operation: Operation, refs: dict[tuple[type[BaseModel], str], Any]) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)(?::\w+)?}", operation.path)
    ]
    if operation.query:
        schema = operation.query.model_json_schema()
        parameters += [
            {"name": name, "in": "query", "required": name in schema.get("required", ()), "schema": member}
            for name, member in schema["properties"].items()
        ]
    document: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": f"Who may call it: {operation.access.describe()}.",
        "parameters": parameters,
        "responses": {},
    }
    if not operation.access.anyone:
        document["security"] = [{"bearer": []}]
    if operation.body:
        content = {"application/json": {"schema": refs[(operation.body, "validation")]}}
        document["requestBody"] = {"required": True, "content": content}
    for status, model in operation.out.items():
        content = {"application/json": {"schema": refs[(model, "serialization")]}} if model else {}
        document["responses"][str(status)] = {
            "description": "done",
            **({"content": content} if content else {}),
        }
    refused = {"application/problem+json": {"schema": refs[(Problem, "serialization")]}}
    for status in operation.problems:
        document["responses"][str(status)] = {"description": "refused", "content": refused}
    return document
