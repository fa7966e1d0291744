"""Listing, Dish, ListingPicture, ListingVariant: what visitors read about somebody with a stand."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from tortoise import fields
from tortoise.models import Model

from events.models import Festival
from festival.database.fields import UtcField
from festival.storage.models import StoredFile
from vendors.models.applications import Application


class Listing(Model):
    """What a stand says about itself in public, once its owner agreed to that."""

    id: int = fields.BigIntField(primary_key=True)
    festival: fields.ForeignKeyRelation[Festival] = fields.ForeignKeyField("app.Festival", related_name="listings")
    festival_id: int
    application: fields.ForeignKeyRelation[Application] = fields.ForeignKeyField(
        "app.Application", related_name="listings", unique=True
    )
    application_id: int
    slug = fields.CharField(max_length=80)
    title = fields.CharField(max_length=120)
    text = fields.TextField(default="")
    language = fields.CharField(max_length=12)
    website = fields.CharField(max_length=300, default="")
    # Codes with spaces between them: ISO 3166-1 of nations, our own of languages and diets.
    nations = fields.CharField(max_length=60, default="")
    languages = fields.CharField(max_length=120, default="")
    diets = fields.CharField(max_length=120, default="")
    # When the owner agreed that all this is public; empty again once they take it back.
    consented_at: dt.datetime | None = UtcField(null=True)
    hidden_reason = fields.CharField(max_length=200, default="")
    changed_at: dt.datetime = UtcField()
    dishes: fields.ReverseRelation[Dish]
    pictures: fields.ReverseRelation[ListingPicture]

    class Meta(Model.Meta):
        table = "listing"
        unique_together = (("festival", "slug"),)


class Dish(Model):
    """One line of a menu, or one thing that is sold."""

    id: int = fields.BigIntField(primary_key=True)
    listing: fields.ForeignKeyRelation[Listing] = fields.ForeignKeyField("app.Listing", related_name="dishes")
    listing_id: int
    position = fields.IntField()
    name = fields.CharField(max_length=120)
    text = fields.CharField(max_length=300, default="")
    price_cents: int | None = fields.IntField(null=True)
    diets = fields.CharField(max_length=120, default="")
    allergens = fields.CharField(max_length=200, default="")

    class Meta(Model.Meta):
        table = "dish"
        checks: ClassVar = {
            "ck_dish_price": "price_cents IS NULL OR price_cents >= 0",
        }


class ListingPicture(Model):
    """A picture of a stand or of what it sells."""

    id: int = fields.BigIntField(primary_key=True)
    listing: fields.ForeignKeyRelation[Listing] = fields.ForeignKeyField("app.Listing", related_name="pictures")
    listing_id: int
    name = fields.CharField(max_length=32, unique=True)
    alt = fields.CharField(max_length=300)
    width = fields.IntField()
    height = fields.IntField()
    added_at: dt.datetime = UtcField()

    class Meta(Model.Meta):
        table = "listing_picture"


class ListingVariant(Model):
    """A stand's picture in one format and width."""

    id: int = fields.BigIntField(primary_key=True)
    picture: fields.ForeignKeyRelation[ListingPicture] = fields.ForeignKeyField(
        "app.ListingPicture", related_name="variants"
    )
    picture_id: int
    form = fields.CharField(max_length=8)
    width = fields.IntField()
    height = fields.IntField()
    file: fields.ForeignKeyRelation[StoredFile] = fields.ForeignKeyField(
        "app.StoredFile", related_name="listing_variants", on_delete=fields.RESTRICT
    )
    file_id: int

    class Meta(Model.Meta):
        table = "listing_variant"
        unique_together = (("picture", "form", "width"),)
