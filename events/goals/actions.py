"""Writes: goals of the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from events.models import PlanGoal
from festival.database import transaction
from festival.kit.errors import NotFound
from festival.kit.secrets import new_secret
from festival.kit.text import slugify
from festival.kit.web.access import Principal
from festival.organisation.actions import record_audit

if TYPE_CHECKING:
    from events.goals.forms import GoalForm


async def save_goal(form: GoalForm, by: Principal) -> PlanGoal:
    """Make a goal, or change the one that `form.id` names; raises NotFound."""
    columns = form.model_dump(exclude={"id"})
    async with transaction():
        if form.id:
            before = await PlanGoal.get_or_none(id=form.id)
            if before is None:
                raise NotFound
            await PlanGoal.filter(id=form.id).update(**columns)
            await record_audit(by, "goal.changed", ("goal", form.id), before={"title": before.title}, after=columns)
            return before
        plain = slugify(f"{form.year}-{form.title}", 60) or str(form.year)
        slug = plain if not await PlanGoal.exists(slug=plain) else f"{plain}-{new_secret(4)}"
        goal = await PlanGoal.create(slug=slug, position=await PlanGoal.all().count(), **columns)
        await record_audit(by, "goal.created", ("goal", goal.id), after=columns)
        return goal
