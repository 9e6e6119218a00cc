"""Lists and pages of enquiries: each a fixed number of statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case as Choose
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Value, When
from django.db.models.fields import IntegerField
from django.utils import timezone
from django.utils.translation import gettext_noop

from webapp.audit.models import Event
from webapp.audit.queries import events_of
from webapp.cases.places import unit_facts
from webapp.cases.queries.seen import READ_ALL
from webapp.contacts import policy
from webapp.contacts.models import Contact, Referral
from webapp.core.crypto import keyed_hash
from webapp.core.errors import Unknown
from webapp.organisations.models import Absence, Holding
from webapp.organisations.queries import Acting
from workflows.identifiers import normalise_phone

VIEWS = {"mine": gettext_noop("等我处理的"), "unit": gettext_noop("本单位登记的")}
BANDS = {
    "": gettext_noop("全部"),
    "late": gettext_noop("过时未接"),
    "waiting": gettext_noop("已转交，等接收"),
    "open": gettext_noop("待答复"),
    "over": gettext_noop("已有结果"),
}
"""Bands of the list; `late` has passed the moment by which the named person should have it."""
OPEN = (Contact.State.OPEN, Contact.State.REFERRED)


@dataclass(frozen=True, slots=True)
class Target:
    """One person of one post, to whom an enquiry can be sent."""

    value: str
    label: str
    away: bool


def contacts_seen(by: Acting) -> QuerySet[Contact]:
    """Those she may know of, each once."""
    ids = Contact.objects.filter(policy.seen_by(by)).values("pk")
    return Contact.objects.filter(pk__in=ids)


def listed(by: Acting, view: str, band: str, q: str) -> QuerySet[Contact]:
    """The list of a view and a band, the most urgent first; `q` is a number, a name, a phone."""
    rows = _of_view(by, view)
    rows = rows.filter(_band(band, by.at))
    if q:
        found = Q(number__icontains=q) | Q(name__icontains=q)
        rows = rows.filter(found | Q(phone_hash=keyed_hash(normalise_phone(q))))
    waiting = Referral.objects.filter(state=Referral.State.OPEN).select_related(
        "to_officer", "to_pool__unit", "from_officer"
    )
    return (
        rows.select_related("unit", "first_officer", "item__current", "case")
        .prefetch_related(Prefetch("referrals", waiting, to_attr="waiting"))
        .annotate(urgency=_URGENCY)
        .order_by("urgency", "-at", "-id")
    )


_URGENCY = Choose(
    When(state__in=OPEN, then=Value(0)), default=Value(1), output_field=IntegerField()
)


def counts(by: Acting, view: str) -> dict[str, int]:
    """How many of a view stand in each band: one statement."""
    wanted = {
        f"n_{band}": Count("pk", filter=_band(band, by.at), distinct=True) for band in BANDS
    }
    found = _of_view(by, view).aggregate(**wanted)
    return {band: found[f"n_{band}"] for band in BANDS}


def _of_view(by: Acting, view: str) -> QuerySet[Contact]:
    pools = [held.pool_id for held in by.held if held.works]
    if view == "mine":
        mine = Q(state=Contact.State.OPEN, holder_pool__in=pools) | Q(
            referrals__state=Referral.State.OPEN, referrals__to_pool__in=pools
        )
        return Contact.objects.filter(pk__in=Contact.objects.filter(mine).values("pk"))
    return contacts_seen(by)


def _band(band: str, at: datetime) -> Q:
    late = Referral.objects.filter(state=Referral.State.OPEN, due_at__lt=at).values("contact")
    return {
        "late": Q(pk__in=late),
        "waiting": Q(state=Contact.State.REFERRED),
        "open": Q(state=Contact.State.OPEN),
        "over": ~Q(state__in=OPEN),
    }.get(band, Q())


def waiting_for(by: Acting, most: int = 5) -> tuple[list[Referral], int]:
    """Referrals that a post of hers must take, the most urgent first, and how many there are."""
    pools = [held.pool_id for held in by.held if held.works]
    rows = Referral.objects.filter(state=Referral.State.OPEN, to_pool__in=pools)
    found = list(
        rows.select_related("contact", "from_officer", "to_officer").order_by("due_at")[:most]
    )
    return found, len(found) if len(found) < most else rows.count()


def contact_seen_by(by: Acting, contact_id: int) -> Contact:
    """One enquiry. Raises Unknown for one that she may not know of."""
    rows = contacts_seen(by).select_related(
        "unit", "first_officer", "item__current", "case", "closed_by",
        "holder_pool__unit", "holder_pool__role",
    )  # fmt: skip
    found = rows.filter(pk=contact_id).first()
    if found is None:
        raise Unknown("没有这次首问。")
    return found


def referrals_of(contact: Contact) -> list[Referral]:
    """Every referral of an enquiry, oldest first: one statement."""
    rows = contact.referrals.select_related(
        "from_officer", "from_pool__unit", "to_officer", "to_pool__unit", "to_pool__role",
        "answered_by",
    )  # fmt: skip
    return list(rows.order_by("at", "id"))


def history_of(contact: Contact) -> list[Event]:
    """The chain of an enquiry, oldest first."""
    return events_of(Event.Subject.CONTACT, contact.pk)


def targets(by: Acting) -> list[tuple[str, list[Target]]]:
    """Whom an enquiry can be sent to, by unit: the own one, the own township, then the county.

    Nobody is sent to another township: that one's centre is named by the county. People who are
    away today are said to be: their B takes it. At most two statements.
    """
    day = timezone.localdate(by.at)
    own = {held.unit_id for held in by.held if held.works}
    mine = [held.pool_id for held in by.held if held.works]
    rows = (
        Holding.objects.filter(
            _near(by),
            during__contains=day,
            post__active=True,
            officer__is_active=True,
            post__pool__unit__active=True,
            post__pool__role__may_own_lane=True,
        )
        .exclude(post__pool__in=mine)
        .annotate(
            away=Exists(
                Absence.objects.filter(
                    officer=OuterRef("officer"), withdrawn_at=None, during__contains=by.at
                )
            )
        )
        .order_by("post__pool__unit_id", "post_id", "cover")
        .values_list(
            "post__pool_id", "officer_id", "post__pool__unit_id", "post__pool__unit__name",
            "post__pool__unit__level", "post__name", "cover", "officer__name", "away",
        )
    )  # fmt: skip
    far = {"township": 0, "village": 1, "county": 2}
    ordered = sorted(rows, key=lambda row: (row[2] not in own, far.get(row[4], 3)))
    groups: dict[str, dict[str, Target]] = {}
    for pool, officer, _unit, unit, _level, post, cover, name, away in ordered:
        value = f"{pool}:{officer}"
        label = f"{post} {name}（{cover}岗）"
        groups.setdefault(unit, {}).setdefault(value, Target(value, label, away))
    return [(unit, list(found.values())) for unit, found in groups.items()]


def _near(by: Acting) -> Q:
    """Units of the county, and those of the townships where she works."""
    near = Q(post__pool__unit__level="county")
    for code in {unit_facts(held.unit_id).division_code[:9] for held in by.held if held.works}:
        near |= Q(post__pool__unit__division__code__startswith=code) if code else Q()
    if all(held.unit_level == "county" for held in by.held if held.works):
        near |= Q(post__pool__unit__kind="centre")
    return near


def contacts_of_case(case_id: int) -> list[Contact]:
    """The enquiries that a case keeps: one statement."""
    rows = Contact.objects.filter(case=case_id).select_related("unit", "first_officer")
    return list(rows.order_by("at"))


def sees_all(by: Acting) -> bool:
    """The county's eyes."""
    return bool(by.roles & READ_ALL)
