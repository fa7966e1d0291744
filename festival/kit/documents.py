"""YAML documents whose every error can be named by its line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from festival.kit.web.forms import field_errors
from festival.kit.words import N_, Message, say

Model = TypeVar("Model", bound=BaseModel)
Place = tuple[str | int, ...]
_MOST_BYTES = 5_000_000


@dataclass(frozen=True, order=True)
class LineError:
    """One thing that is wrong, and where: `line` counts from 1."""

    line: int
    place: str
    message: Message = field(compare=False)


class DocumentWrong(Exception):
    """Nothing of the document was used; `errors` has every fault, by line."""

    def __init__(self, errors: list[LineError]) -> None:
        super().__init__(f"{len(errors)} errors")
        self.errors = sorted(errors)


@dataclass(frozen=True)
class Document:
    """A document as plain values, and the line at which each of them stands."""

    value: Any
    lines: Mapping[Place, int]

    def line_of(self, place: Place) -> int:
        """The line of the value at `place`, or of the nearest thing around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def error(self, place: Place, message: Message) -> LineError:
        """`message` about the value at `place`."""
        return LineError(self.line_of(place), ".".join(map(str, place)), message)

    def read(self, model: type[Model], place: Place = ()) -> Model:
        """The value at `place` as `model`; raises DocumentWrong with every error by its line."""
        value = self.value
        for step in place:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                raise DocumentWrong([self.error(place, say(N_("This part is missing.")))]) from None
        try:
            return model.model_validate(value)
        except ValidationError as error:
            raise DocumentWrong(self._by_line(error, place)) from None

    def _by_line(self, error: ValidationError, place: Place) -> list[LineError]:
        words = field_errors(error)
        return [
            self.error((*place, *detail["loc"]), words[".".join(map(str, detail["loc"])) or "body"])
            for detail in error.errors(include_url=False)
        ]


class _Loader(yaml.SafeLoader):
    """Times and dates stay text, so that a wall time is never taken for UTC; duplicate keys are refused."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def read_document(text: str) -> Document:
    """Read YAML; raises DocumentWrong where it is not YAML, too large, or names a key twice."""
    if len(text.encode()) > _MOST_BYTES:
        raise DocumentWrong([LineError(1, "", say(N_("The file is larger than 5 MB.")))])
    try:
        root = yaml.compose(text, Loader=_Loader)
        value: Any = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        mark: Any = getattr(error, "problem_mark", None)
        problem = str(getattr(error, "problem", error))
        line = mark.line + 1 if mark else 1
        raise DocumentWrong([LineError(line, "", say(N_("This is not YAML: %(problem)s."), problem=problem))]) from None
    lines: dict[Place, int] = {}
    errors: list[LineError] = []
    if root is not None:
        _walk(root, (), lines, errors)
    if errors:
        raise DocumentWrong(errors)
    return Document(value, lines)


def _walk(node: Any, place: Place, lines: dict[Place, int], errors: list[LineError]) -> None:
    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, inner in node.value:
            name = str(key.value)
            if name in seen:
                line = key.start_mark.line + 1
                errors.append(
                    LineError(line, ".".join(map(str, (*place, name))), say(N_("This key stands here twice.")))
                )
            seen.add(name)
            _walk(inner, (*place, name), lines, errors)
    elif isinstance(node, yaml.SequenceNode):
        for index, inner in enumerate(node.value):
            _walk(inner, (*place, index), lines, errors)
