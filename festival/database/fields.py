"""Column types of our own."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tortoise import fields


class UtcField(fields.DatetimeField[Any]):
    """An aware moment, always bound as UTC: SQLite compares moments as text."""

    def to_db_value(self, value: Any, instance: Any) -> Any:
        """Refuse a naive moment; take an aware one to UTC."""
        value = super().to_db_value(value, instance)
        if isinstance(value, dt.datetime):
            if value.tzinfo is None:
                raise ValueError(f"naive datetime for {self.model_field_name}")
            value = value.astimezone(dt.UTC)
        return value
