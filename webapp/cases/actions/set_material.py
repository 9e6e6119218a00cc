"""Tick a line of the checklist: received, checked, missing, defective …"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256

from django.utils.translation import gettext as _

from webapp.cases import policy
from webapp.cases.actions.issue_cards import note_blocked
from webapp.cases.changes import MaterialUpdate
from webapp.cases.checklist import checked_mark
from webapp.cases.models import CaseMaterial
from webapp.cases.noting import changes_of, note
from webapp.cases.planning.setting import Paper
from webapp.cases.planning.tolerance import ARRIVED
from webapp.cases.state import CaseState
from webapp.cases.stepping import actor_of
from webapp.cases.store import lock_case
from webapp.cases.store.papers import read_checklist
from webapp.core.db import now, transaction_with_retry
from webapp.core.errors import AlreadyDone, Refused, Unknown
from webapp.organisations.queries import Acting

_LACKING = {"missing", "defective"}


def set_material(
    case_id: int,
    by: Acting,
    key: str,
    state: str,
    defect: str = "",
    remedy: str = "",
    *,
    seen: str | None = None,
) -> None:
    """Change one line. After the one-time notice nothing new can be found lacking (R07).

    `seen`: the edition of the line that she had before her (`edition_of`); when a colleague has
    changed it since, she is told and nothing is overwritten. Raises Unknown, NotYours, Invalid,
    AlreadyDone or Refused.
    """
    mark = {"state": state, "defect": defect, "remedy": remedy}
    with watched(case_id, by):
        transaction_with_retry(lambda: _set(case_id, by, key, mark, seen))


def edition_of(line: CaseMaterial) -> str:
    """Which edition of a line this is: when, by whom and to what it was changed last."""
    at = line.changed_at.isoformat() if line.changed_at else ""
    whole = "\n".join([at, str(line.changed_by_id), line.state, line.defect, line.remedy])
    return sha256(whole.encode()).hexdigest()[:16]


def _check_seen(case_id: int, by: Acting, key: str, seen: str | None) -> None:
    """Tell her that a colleague was quicker, who it was and what the line says now."""
    lines = CaseMaterial.objects.select_related("changed_by").filter(case=case_id, key=key)
    line = lines.first()
    if seen is None or line is None or edition_of(line) == seen:
        return
    if line.changed_by_id == by.officer_id:  # her own other page, or a double click
        return
    words = _(
        "“{name}”刚由{who}改过，您的改动没有存。现在显示的是您填的内容，请与{who}核对，再保存一次就按您填的存。"
    )
    who = line.changed_by.name if line.changed_by else _("系统")
    raise AlreadyDone(words.format(name=line.name, who=who))


@contextmanager
def watched(case_id: int, by: Acting) -> Iterator[None]:
    """A second one-time notice with something new is refused, and a yellow card (R07)."""
    try:
        yield
    except Refused as refusal:
        if refusal.rule == "R07":
            note_blocked("R07", case_id, by.officer_id, str(refusal), now())
        raise


def _set(case_id: int, by: Acting, key: str, mark: Mapping[str, str], seen: str | None) -> None:
    case = lock_case(case_id)
    pool = policy.check_can_change_materials(by, case, [item.pool_id for item in case.items])
    paper = find(read_checklist(case_id), key)
    _check_seen(case_id, by, key, seen)
    if case.promises(key) and case.waits_for(ARRIVED) and mark["state"] not in _LACKING:
        raise Refused(
            _("“{name}”是承诺补交的容缺材料。补来了请点“登记补交”，由窗口核验。").format(
                name=paper.name
            ),
            rule="TOL-05",
        )
    changes = changes_of(case)
    changes.materials.append(update_of(case, paper, mark, by.officer_id))
    note(
        case,
        changes,
        actor_of(by, pool),
        "material",
        {"key": key, "name": paper.name, "from": paper.state, "to": mark["state"]},
    )


def find(checklist: tuple[Paper, ...], key: str) -> Paper:
    """A line by its key. Raises Unknown."""
    found = next((paper for paper in checklist if paper.key == key), None)
    if found is None:
        raise Unknown("材料清单里没有这一项。")
    return found


def update_of(
    case: CaseState, paper: Paper, mark: Mapping[str, str], by_id: int
) -> MaterialUpdate:
    """The new row of a line, checked. Raises Invalid or Refused."""
    checked = checked_mark(paper.name, mark)
    promised = case.promises(paper.key)
    lacking = checked["state"] in _LACKING
    if lacking and not promised and case.commitment is not None:
        raise Refused(
            _(
                "容缺受理告知书已经发出，“{name}”不在其中，不能再作为缺项或者不符合要求提出"
                "(容缺材料要一次告知)。"
            ).format(name=paper.name),
            rule="TOL-04",
        )
    if lacking and not promised and case.supplemented and not (paper.noticed or paper.late):
        raise Refused(
            _(
                "补正告知书已经发出，“{name}”不在其中，不能再作为缺项或者不符合要求提出"
                "（行政许可法第三十二条第四项：应当一次告知）。确实漏了的，请窗口负责人在“材料”页批准，按差错登记。"
            ).format(name=paper.name),
            rule="R07",
        )
    return MaterialUpdate(
        key=paper.key,
        state=checked["state"],
        defect=checked["defect"],
        remedy=checked["remedy"],
        noticed=paper.noticed,
        changed_by_id=by_id,
        changed_at=case.at,
    )
