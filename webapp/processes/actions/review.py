"""From draft to life: submit, review by a second person, put in force, go back (四眼发布)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from webapp.core.errors import Invalid, NotYours, Refused, Unknown
from webapp.organisations.queries import Acting
from webapp.processes import policy
from webapp.processes.actions.drafts import lock, note
from webapp.processes.actions.publishing import Act, Published, put_in_force
from webapp.processes.actions.remarks import check_settled
from webapp.processes.models import Draft, LibraryFile, Publication
from webapp.processes.queries import drafts as seen
from webapp.processes.queries.difference import difference, roles_that_gain
from webapp.processes.queries.findings import findings, scenarios
from webapp.processes.queries.library import contents, in_force, with_draft
from workflows.findings import Severity


def submit_draft(draft_id: int, by: Acting) -> Draft:
    """Hand a draft to the reviewer. Raises Refused while it is not fit to be published."""
    with transaction.atomic():
        draft = lock(draft_id)
        policy.check_can_edit(by, draft)
        check_fit(draft)
        draft.state, draft.submitted_at = Draft.State.SUBMITTED, by.at
        draft.reviewer, draft.reviewed_at = None, None
        draft.save(update_fields=["state", "submitted_at", "reviewer", "reviewed_at"])
        note(draft, "draft_submitted", by, {"files": _digests(draft)})
    return draft


def approve_draft(
    draft_id: int, by: Acting, on: date | None = None, settled: Collection[int] = ()
) -> Draft:
    """Agree to a draft; `on` is the day from which it shall be in force, None for by hand.

    `settled`: remarks that are settled by it. Raises NotYours for the author and for somebody
    whom the change gives more power, Refused while a remark is open.
    """
    with transaction.atomic():
        draft = lock(draft_id)
        policy.check_can_review(by, draft)
        _check_gains_nothing(draft, by)
        if on is not None and on < timezone.localdate(by.at):
            raise Invalid({"on": _("生效日期已经过去，请写今天或者以后的日期。")})
        check_settled(draft, by, settled)
        draft.state = Draft.State.APPROVED
        draft.reviewer_id, draft.reviewed_at, draft.takes_effect_on = by.officer_id, by.at, on
        draft.save(update_fields=["state", "reviewer", "reviewed_at", "takes_effect_on"])
        note(draft, "draft_approved", by, {"on": on.isoformat() if on else None})
    return draft


def return_draft(draft_id: int, by: Acting, why: str) -> Draft:
    """Give a draft back to its author with a reason; also one that was approved already."""
    if not why.strip():
        raise Invalid({"why": _("请写明退回的理由，起草人要照着改。")})
    with transaction.atomic():
        draft = lock(draft_id)
        if draft.state != Draft.State.APPROVED:
            policy.check_can_review(by, draft)
        elif not policy.can_put_in_force(by, draft):
            raise NotYours("复核和发布要有流程复核发布员的岗位。")
        draft.state, draft.takes_effect_on = Draft.State.EDITING, None
        draft.save(update_fields=["state", "takes_effect_on"])
        draft.remarks.create(text=why.strip(), by_id=by.officer_id, at=by.at)
        note(draft, "draft_returned", by, {"why": why.strip()[:300]})
    return draft


def recall_draft(draft_id: int, by: Acting) -> Draft:
    """Take a submitted draft back before anybody has reviewed it. Raises NotYours, Refused."""
    with transaction.atomic():
        draft = lock(draft_id)
        if not policy.may_design(by):
            raise NotYours("修改流程要有流程设计员的岗位。")
        if draft.state != Draft.State.SUBMITTED:
            raise Refused("这份草案不在等待复核，不能撤回。")
        draft.state = Draft.State.EDITING
        draft.save(update_fields=["state"])
        note(draft, "draft_recalled", by)
    return draft


def publish_draft(draft_id: int, by: Acting) -> Published:
    """Put an approved draft in force now. Raises NotYours, Refused; then nothing has changed."""
    with transaction.atomic():
        draft = lock(draft_id)
        policy.check_can_put_in_force(by, draft)
        return _publish(draft, by)


def publish_due_drafts(at: datetime) -> int:
    """Put in force what was approved for today or earlier; returns how many drafts.

    One that cannot be published goes back to its author with the reason; the others go on.
    """
    due = Draft.objects.filter(
        state=Draft.State.APPROVED, takes_effect_on__lte=timezone.localdate(at)
    )
    return sum(_publish_due(pk, at) for pk in due.values_list("pk", flat=True))


def _publish_due(draft_id: int, at: datetime) -> bool:
    try:
        with transaction.atomic():
            draft = lock(draft_id)
            if draft.state != Draft.State.APPROVED or draft.reviewer is None:
                return False  # another worker was quicker
            _publish(draft, Acting(draft.reviewer.pk, draft.reviewer.name, (), at))
    except Refused as refusal:
        with transaction.atomic():
            draft = lock(draft_id)
            if draft.state != Draft.State.APPROVED or draft.reviewer is None:
                return False
            by = Acting(draft.reviewer.pk, draft.reviewer.name, (), at)
            draft.state, draft.takes_effect_on = Draft.State.EDITING, None
            draft.save(update_fields=["state", "takes_effect_on"])
            draft.remarks.create(text=refusal.sentence, by_id=by.officer_id, at=at)
            note(draft, "draft_not_published", by, {"why": refusal.sentence[:300]})
        return False
    return True


def _publish(draft: Draft, by: Acting) -> Published:
    _check_current(draft)
    check_fit(draft)
    files = contents(with_draft(draft))
    act = Act(Publication.Kind.DRAFT, by, by.at, draft.reason, draft)
    published = put_in_force(files, act)
    draft.state = Draft.State.PUBLISHED
    draft.save(update_fields=["state"])
    number = published.publication.pk if published.publication else None
    note(draft, "draft_published", by, {"publication": number})
    return published


def roll_back(publication_id: int, by: Acting, reason: str) -> Published:
    """Put what was in force before a publication in force again.

    Cases that were opened meanwhile keep their version. Raises Refused when a later publication
    has changed one of the files, naming it.
    """
    if not policy.may_publish(by):
        raise NotYours("复核和发布要有流程复核发布员的岗位。")
    if not reason.strip():
        raise Invalid({"reason": _("请写明为什么退回上一版。")})
    undone = Publication.objects.filter(pk=publication_id).first()
    if undone is None:
        raise Unknown("没有这次发布。")
    if undone.kind == Publication.Kind.LIBRARY:
        raise Refused("这是产品自带的流程库，没有更早的版本可以退回。")
    manifest = in_force()
    for change in undone.changes:
        path = change["path"]
        if manifest.get(path) != change["after"]:
            raise Refused(
                _(
                    "“{path}”在这次发布之后又改过，不能只退回这一次。请先退回后来的发布。"
                ).format(path=path)
            )
        if change["before"] is None:
            manifest.pop(path)
        else:
            manifest[path] = change["before"]
    act = Act(Publication.Kind.ROLL_BACK, by, by.at, reason.strip(), undoes=undone)
    return put_in_force(contents(manifest), act)


def check_fit(draft: Draft) -> None:
    """Raises Refused while a draft has a finding or a failing scenario, or changes nothing."""
    changed = seen.changed_paths(draft)
    if not changed:
        raise Refused("这份草案还没有改动任何文件。")
    manifest = with_draft(draft)
    wrong = [f for f in findings(manifest, changed) if f.severity is not Severity.NOTE]
    if wrong:
        raise Refused(
            _("还有{n}处问题没有解决，例如：{first}").format(
                n=len(wrong), first=wrong[0].sentence
            )
        )
    failing = [told for told in scenarios(manifest, changed) if told.failures]
    if failing:
        raise Refused(
            _("有{n}个情形走不通，例如“{name}”：{why}").format(
                n=len(failing), name=failing[0].name, why=failing[0].failures[0]
            )
        )


def _check_current(draft: Draft) -> None:
    """What was in force when a file was taken must still be: nobody's change is undone."""
    now: Mapping[str, str] = in_force()
    for path, base in draft.files.values_list("path", "base_id"):
        if now.get(path) != base:
            raise Refused(
                _(
                    "“{path}”在起草以后有人发布过新版本，请退回草案、对照新版本后再发布。"
                ).format(path=path)
            )


def _digests(draft: Draft) -> dict[str, str | None]:
    return dict(draft.files.values_list("path", "content_id"))


def _check_gains_nothing(draft: Draft, by: Acting) -> None:
    """Raises NotYours when the change gives work or decisions to a role of the reviewer."""
    gaining = roles_that_gain(difference(in_force(), with_draft(draft)))
    own = next((held for held in by.held if held.role in gaining), None)
    if own is not None:
        raise NotYours(
            _(
                "这份草案扩大“{role}”的权限，您有这个岗位，不能复核，请另一位复核发布员办理。"
            ).format(role=own.role_name)
        )


def take_current(draft_id: int, by: Acting, path: str) -> None:
    """Say that the author has seen the version that came into force meanwhile, and goes on."""
    with transaction.atomic():
        draft = lock(draft_id)
        policy.check_can_edit(by, draft)
        base = (
            LibraryFile.objects.filter(path=path).values_list("content_id", flat=True).first()
        )
        if not draft.files.filter(path=path).update(base_id=base):
            raise Unknown("草案里没有这个文件。")
        note(draft, "draft_rebased", by, {"path": path})
