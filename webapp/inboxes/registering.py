"""What the register page of one item shows and posts: desk, mandate, checklist, form, draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from webapp.cases import actions, policy
from webapp.cases.actions import mandates
from webapp.cases.facts import facts_of
from webapp.catalogue.queries import ItemFacts
from webapp.core.errors import Invalid
from webapp.core.form_pages import ShownForm, html_id, show_form
from webapp.inboxes import papers
from webapp.inboxes.filing import Filing, Pairs
from webapp.inboxes.guide import guide_of
from webapp.organisations.queries import Acting, Held, villages_of
from workflows.calendars import CHINA, local_day
from workflows.forms import validate

MODE = "application_mode"
LEFT_OUT = frozenset({MODE})
_LINKS = {"village": "reg-village", "materials": "materials", MODE: "f-application_mode"}


@dataclass(frozen=True, slots=True)
class Desk:
    """Where she takes the application: her posts that may take this item.

    `refusal` says, before anything is typed, why this cannot be filed here.
    """

    posts: tuple[Held, ...]
    refusal: str = ""

    @property
    def level(self) -> str:
        """Level of the desk, "" when the item is not taken here."""
        return self.posts[0].unit_level if self.posts else ""

    @property
    def is_village(self) -> bool:
        """A village agent files for somebody else, on a mandate (AGT-01)."""
        return self.level == "village"

    def villages(self) -> list[tuple[int, str]]:
        """Villages that this desk serves: one statement; a village has only its own."""
        return villages_of(frozenset(held.unit_id for held in self.posts))


def desk_for(by: Acting, item: ItemFacts, way: str = "") -> Desk:
    """The desk, or the reason why the item is not taken at it (IN-01, AGT-04).

    With a `way` of the village's own help only the station counts: nothing is filed.
    """
    mine = [held for held in by.held if held.role in policy.REGISTERING]
    if way:
        return Desk(tuple(held for held in mine if held.unit_level == "village"))
    posts = tuple({held.pool_id: held for held in mine if _takes(held, item)}.values())
    counters = tuple(held for held in posts if held.unit_level != "village")
    if counters:
        return Desk(counters)
    agents_only = all(held.unit_level == "village" for held in mine)
    if agents_only and (item.in_person or not item.agent_allowed):
        reason = item.in_person_reason or _("按规定须由本人办理")
        words = _("“%(item)s”不能代办：%(reason)s。请陪同申请人到乡镇便民服务中心窗口办理。")
        return Desk((), words % {"item": item.name, "reason": reason.rstrip("。")})
    if posts:
        return Desk(posts)
    words = _("“%(item)s”不在这里受理，请引导申请人到%(where)s办理。")
    return Desk((), words % {"item": item.name, "where": guide_of(item).where})


def _takes(held: Held, item: ItemFacts) -> bool:
    return held.unit_level in item.offered_at


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """Everything the page of one item draws."""

    form: ShownForm
    lines: list[papers.Line]
    problems: tuple[tuple[str, str], ...]


def page_of(
    item: ItemFacts, desk: Desk, filing: Filing, at: datetime, errors: Mapping[str, str]
) -> RegisterPage:
    """Draw the form and the checklist for what was typed so far."""
    today = local_day(at)
    values = answers_of(desk, filing)
    variables = {**facts_of(item, delivery_mode=""), "level": desk.level}
    form = show_form(
        item.form,
        values,
        variables,
        today=today,
        errors=errors,
        left_out=LEFT_OUT,
        also_drive=papers.drivers(item),
    )
    lines = papers.lines(item, values, filing.materials, variables, today, errors)
    problems = tuple(_linked(form.problems, errors))
    return RegisterPage(form, lines, problems)


def _linked(
    problems: tuple[tuple[str, str], ...], errors: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Problems with links: also for what the page asks beside the item's form."""
    addresses = {sentence: name for name, sentence in errors.items()}
    found = []
    for link, sentence in problems:
        name = addresses.get(sentence, "")
        if not link and name.startswith("mandate."):
            link = f"reg-mandate-{name.removeprefix('mandate.')}"
        elif not link:
            link = _LINKS.get(name, "")
        found.append((link, sentence))
    order = {"reg-village": 0, "reg-mandate": 1, html_id(MODE): 1}
    return sorted(found, key=lambda one: order.get(one[0][:11], 2))


def answers_of(desk: Desk, filing: Filing) -> dict[str, Any]:
    """The answers of the item's form; who applies is decided by the desk."""
    mode = "agent" if desk.is_village else filing.values.get(MODE) or "self"
    return {**filing.values, MODE: mode}


def all_errors(
    item: ItemFacts, desk: Desk, filing: Filing, by: Acting, refusal: Invalid
) -> dict[str, str]:
    """Everything that is wrong, not only what refused first: one round of mending."""
    today = local_day(by.at)
    variables = {**facts_of(item, delivery_mode=""), "level": desk.level}
    errors = dict(validate(item.form, answers_of(desk, filing), variables, today=today).errors)
    if desk.is_village:
        try:
            mandates.checked_mandate(filing.mandate, by, today)
        except Invalid as wrong:
            errors |= wrong.errors
    return errors | refusal.errors


# -- drafts ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft that was restored; `clock` is 10:32, with the day when it is not today's."""

    pairs: Pairs
    clock: str


def keep_draft(by: Acting, place: int | str, pairs: Pairs) -> str:
    """Save what was typed; gives the time for the page (10:32)."""
    actions.save_draft(by, place, {"pairs": dict(pairs), "at": by.at.isoformat()})
    return clock_words(by.at, by.at)


def kept_draft(by: Acting, place: int | str) -> Kept | None:
    """Her draft for this place, or None."""
    stored = actions.load_draft(by, place)
    pairs = stored.get("pairs")
    if not isinstance(pairs, dict) or not pairs:
        return None
    saved = datetime.fromisoformat(stored["at"])
    return Kept(pairs, clock_words(saved, by.at))


def clock_words(moment: datetime, now: datetime) -> str:
    """10:32 today, 11月23日 10:32 on another day."""
    local = moment.astimezone(CHINA)
    clock = f"{local:%H:%M}"
    if local_day(moment) == local_day(now):
        return clock
    return date_format(local, _("n月j日 H:i"))
