"""SearchDocument."""

from __future__ import annotations

from typing import ClassVar

from tortoise import fields
from tortoise.models import Model


class SearchDocument(Model):
    """The folded words of something that can be searched for, stale while `done` is behind `wanted`."""

    id: int = fields.BigIntField(primary_key=True)
    kind = fields.CharField(max_length=12)
    object_id: int = fields.BigIntField()
    body = fields.TextField(default="")
    wanted = fields.IntField(default=1)
    done = fields.IntField(default=0)

    class Meta(Model.Meta):
        table = "search_document"
        unique_together = (("kind", "object_id"),)
        # A full-text index over this column: words separated by single spaces, folded by the house.
        searched = "body"
        # Each row of these tables that comes, changes or goes marks documents as stale, in its own transaction.
        follows: ClassVar = {
            "program": "SELECT 'program' AS kind, {row}.id AS object_id",
            "program_language": "SELECT 'program' AS kind, {row}.program_id AS object_id",
            "occurrence": "SELECT 'program' AS kind, {row}.program_id AS object_id WHERE {row}.title <> ''",
            "translation": "SELECT {row}.kind AS kind, {row}.object_id AS object_id"
            " WHERE {row}.kind IN ('program', 'act', 'festival', 'venue')"
            " UNION ALL SELECT 'program', id FROM program WHERE {row}.kind = 'area'"
            " UNION ALL SELECT 'program', id FROM program WHERE {row}.kind = 'venue' AND venue_id = {row}.object_id",
            "venue": "SELECT 'program' AS kind, id AS object_id FROM program WHERE venue_id = {row}.id"
            " UNION ALL SELECT 'venue', {row}.id",
            "act": "SELECT 'act' AS kind, {row}.id AS object_id",
            "festival": "SELECT 'festival' AS kind, {row}.id AS object_id",
        }
