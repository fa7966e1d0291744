"""Person, RoleGrant, Session, SignInLink, ApiToken."""

from __future__ import annotations

import datetime as dt

from tortoise import fields
from tortoise.models import Model

from festival.database.fields import UtcField


class Person(Model):
    """Somebody with an account, known by an e-mail address."""

    id: int = fields.BigIntField(primary_key=True)
    email = fields.CharField(max_length=254, unique=True)
    name = fields.CharField(max_length=200, default="")
    phone = fields.CharField(max_length=40, default="")
    language = fields.CharField(max_length=12, default="en")
    password_hash = fields.CharField(max_length=200, default="")
    totp_secret = fields.CharField(max_length=64, default="")
    totp_last_step: int = fields.BigIntField(default=0)
    created_at: dt.datetime = UtcField()
    confirmed_at: dt.datetime | None = UtcField(null=True)
    erased_at: dt.datetime | None = UtcField(null=True)

    class Meta(Model.Meta):
        table = "person"


class RoleGrant(Model):
    """A role of a person, everywhere or within a scope such as one category."""

    id: int = fields.BigIntField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("app.Person", related_name="grants")
    person_id: int
    role = fields.CharField(max_length=20)
    scope = fields.CharField(max_length=60, default="")
    granted_at: dt.datetime = UtcField()
    granted_by: int = fields.BigIntField(default=0)

    class Meta(Model.Meta):
        table = "role_grant"
        unique_together = (("person", "role", "scope"),)


class Session(Model):
    """A signed-in browser, its cookie kept only as a digest."""

    id: int = fields.BigIntField(primary_key=True)
    digest = fields.CharField(max_length=64, unique=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("app.Person", related_name="sessions")
    person_id: int
    created_at: dt.datetime = UtcField()
    seen_at: dt.datetime = UtcField()
    expires_at: dt.datetime = UtcField()
    ended_at: dt.datetime | None = UtcField(null=True)
    confirmed_at: dt.datetime | None = UtcField(null=True)
    agent = fields.CharField(max_length=200, default="")
    address = fields.CharField(max_length=64, default="")

    class Meta(Model.Meta):
        table = "session"


class SignInLink(Model):
    """A link in a mail that signs one address in, once, for a short time."""

    id: int = fields.BigIntField(primary_key=True)
    digest = fields.CharField(max_length=64, unique=True)
    email = fields.CharField(max_length=254)
    purpose = fields.CharField(max_length=20, default="sign_in")
    language = fields.CharField(max_length=12, default="en")
    next_path = fields.CharField(max_length=300, default="")
    created_at: dt.datetime = UtcField()
    expires_at: dt.datetime = UtcField()
    used_at: dt.datetime | None = UtcField(null=True)

    class Meta(Model.Meta):
        table = "sign_in_link"
        indexes = (("email",),)


class ApiToken(Model):
    """A key for programs, with scopes, shown once and kept as a digest."""

    id: int = fields.BigIntField(primary_key=True)
    digest = fields.CharField(max_length=64, unique=True)
    name = fields.CharField(max_length=100)
    scopes = fields.CharField(max_length=200)
    created_by: int = fields.BigIntField(default=0)
    created_at: dt.datetime = UtcField()
    expires_at: dt.datetime | None = UtcField(null=True)
    revoked_at: dt.datetime | None = UtcField(null=True)
    used_at: dt.datetime | None = UtcField(null=True)

    class Meta(Model.Meta):
        table = "api_token"
