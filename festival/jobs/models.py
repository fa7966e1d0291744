"""Job."""

from __future__ import annotations

from typing import Any, ClassVar

from tortoise import fields
from tortoise.models import Model


class Job(Model):
    """Something to be done after a commit, at least once, under a key that is never used twice."""

    id: int = fields.BigIntField(primary_key=True)
    kind = fields.CharField(max_length=60)
    key = fields.CharField(max_length=200, unique=True)
    payload = fields.JSONField[dict[str, Any]]()
    # Milliseconds since 1970: compares the same on both engines.
    run_at_ms: int = fields.BigIntField()
    lease_until_ms: int = fields.BigIntField(default=0)
    attempts: int = fields.SmallIntField(default=0)
    state = fields.CharField(max_length=8, default="todo")
    error = fields.TextField(default="")
    created_at_ms: int = fields.BigIntField(default=0)

    class Meta(Model.Meta):
        table = "job"
        checks: ClassVar = {
            "ck_job_state": "state IN ('todo', 'done', 'dead')",
        }
        indexes = (("state", "run_at_ms"),)
