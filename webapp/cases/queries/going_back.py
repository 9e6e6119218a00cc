"""Where a step may be sent back to, in words, before it is done (退回)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from webapp.cases.models import Case, CaseSnapshot
from webapp.cases.places import role_name
from webapp.cases.queries.page import CasePage
from webapp.cases.queries.seen import ItemSeen
from webapp.cases.returns import NONE, allowed, key_of, targets
from workflows.engine import ReturnTarget


@dataclass(frozen=True, slots=True)
class GoingBack:
    """A step to go back to: `follows` are sentences; `refusal` why it is not possible."""

    key: str
    name: str
    role: str
    follows: tuple[str, ...] = ()
    refusal: str = ""


def going_back(page: CasePage, item: ItemSeen) -> tuple[GoingBack, ...]:
    """Every target that the diagram allows, computed: one statement, none where it allows none."""
    case: Case = page.case
    wanted = allowed(case.process_version_id, item.process_key, item.element)
    if wanted == NONE:
        return ()
    state = CaseSnapshot.objects.filter(case=case).values_list("state", flat=True).first()
    if state is None:
        return ()
    over = [one for one in page.items if one.state == "DONE" and one.closed_at]
    done = [one.element for one in sorted(over, key=lambda one: (one.closed_at, one.pk))]
    found = targets(case.process_version_id, bytes(state), item.token, wanted, done)
    return tuple(
        GoingBack(
            key=key_of(one),
            name=one.name,
            role=role_name(one.role or ""),
            follows=tuple(_follows(one)),
            refusal=one.refusal or "",
        )
        for one in found
    )


def _follows(target: ReturnTarget) -> Iterator[str]:
    """What stops and what stays, a sentence each."""
    stops = "、".join(dict.fromkeys(one.name for one in target.items))
    if stops:
        yield _("同时停下：{steps}，已经填写的不作数。").format(steps=stops)
    for left in target.left:
        if left.total:
            yield _("“{name}”已办 {done} 项、共 {total} 项，要重新办。").format(
                name=left.name, done=left.done or 0, total=left.total
            )
        else:
            yield _("“{name}”停下，要重新办。").format(name=left.name)
    if target.waiting:
        yield _("已经办完、在等汇合的部分也要重新办。")
    stays = "、".join(dict.fromkeys(one.name for one in target.stays))
    if stays:
        yield _("照常办：{steps}。").format(steps=stays)
    yield _("法定时限和承诺时限继续计算；材料跟着退回去；经过和意见都保留。")
