"""Cards of electronic supervision as people may see them: each function states its statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from webapp.cases.models import Card
from webapp.core.errors import Unknown
from webapp.office.policy import led_unit_ids, sees_county
from webapp.organisations.models import Pool, Unit
from webapp.organisations.queries import Acting

SERIOUS = ("yellow", "red", "talk")
LEVELS = ("red", "yellow", "talk", "warning", "reminder")


def _mine(acting: Acting) -> Q:
    """Hers, or of a post of hers while nobody had signed."""
    return Q(officer=acting.officer_id) | Q(officer=None, pool__in=acting.pool_ids)


def _led(acting: Acting) -> Q:
    """Of the units she leads, and of those that belong to their township."""
    units = led_unit_ids(acting)
    places = Unit.objects.filter(pk__in=units, level="township").values("division")
    return (
        Q(unit__in=units)
        | Q(unit__level="township", unit__division__in=places)
        | Q(unit__level="village", unit__division__parent__in=places)
    )


def scopes_of(acting: Acting) -> list[str]:
    """Which lists she has: her own, those she is told of, her units', the county's."""
    found = ["mine", "told"]
    if led_unit_ids(acting):
        found.append("unit")
    if sees_county(acting):
        found.append("county")
    return found


def cards(acting: Acting, scope: str) -> QuerySet[Card]:
    """The cards of one list, newest first: one statement."""
    rows = Card.objects.select_related(
        "case__item_version", "clock__item", "unit", "pool__unit", "pool__role", "officer",
        "appeal",
    ).order_by("-issued_at", "-id")  # fmt: skip
    if scope == "county":
        return rows
    if scope == "unit":
        return rows.filter(_led(acting))
    if scope == "told":
        return rows.filter(~Q(level="reminder"), told__overlap=list(acting.pool_ids))
    return rows.filter(_mine(acting))


def card_seen_by(acting: Acting, card_id: int) -> Card:
    """One card, if she may know of it: one statement. Raises Unknown."""
    rows = cards(acting, "county").filter(pk=card_id)
    if not sees_county(acting):
        told = Q(told__overlap=list(acting.pool_ids))
        rows = rows.filter(_mine(acting) | told | _led(acting))
    found = rows.select_related("appeal__by", "appeal__decided_by", "case__accountable_unit")
    card = found.first()
    if card is None:
        raise Unknown("没有这张牌。")
    return card


def quarter_of(day: date) -> datetime:
    """The first moment of the quarter of a day."""
    first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return timezone.make_aware(datetime.combine(first, time.min))


@dataclass(frozen=True, slots=True)
class UnitSum:
    """Cards of one unit in a quarter."""

    unit: str
    red: int
    yellow: int
    talk: int
    warning: int
    cancelled: int


def by_unit(rows: QuerySet[Card], since: datetime) -> list[UnitSum]:
    """Sums by unit since a moment, most red ones first: one statement."""
    found = (
        rows.filter(issued_at__gte=since)
        .order_by()
        .values("unit", "unit__name")
        .annotate(
            red=Count("id", filter=Q(level="red", state="ISSUED")),
            yellow=Count("id", filter=Q(level="yellow", state="ISSUED")),
            talk=Count("id", filter=Q(level="talk", state="ISSUED")),
            warning=Count("id", filter=Q(level="warning", state="ISSUED")),
            gone=Count("id", filter=Q(state="CANCELLED")),
        )
        .order_by("-red", "-yellow", "unit")
    )
    return [
        UnitSum(
            row["unit__name"] or "—", row["red"], row["yellow"], row["talk"], row["warning"],
            row["gone"],
        )
        for row in found
        if row["red"] or row["yellow"] or row["talk"] or row["warning"] or row["gone"]
    ]  # fmt: skip


def today(acting: Acting, at: datetime) -> dict[str, int]:
    """Cards issued today by level, of the county or of the units one leads: one statement."""
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(at), time.min))
    rows = cards(acting, "county" if sees_county(acting) else "unit")
    found = rows.filter(issued_at__gte=midnight, state=Card.State.ISSUED).order_by()
    return dict(found.values_list("level").annotate(n=Count("id")))


def told_of(card: Card) -> list[str]:
    """Whom the rule names, as posts: one statement."""
    pools = Pool.objects.filter(pk__in=card.told).select_related("unit", "role")
    return [f"{pool.unit.name} {pool.role.name}" for pool in pools.order_by("unit_id", "pk")]
