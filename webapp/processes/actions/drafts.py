"""Drafts: begin, take files in, save, take files out, give up.

A save says which version it was made from: two people never overwrite each other, and what the
second one typed is kept as a save of its own in the history (`Overtaken`).
"""

from __future__ import annotations

import re

from django.db import transaction
from django.utils.translation import gettext as _

from webapp.audit import actions as audit
from webapp.audit.models import Event
from webapp.core.db import transaction_with_retry
from webapp.core.errors import Invalid, Refused, Unknown
from webapp.organisations.queries import Acting
from webapp.processes import policy
from webapp.processes.actions.publishing import store
from webapp.processes.models import Draft, DraftFile, DraftSave, LibraryFile
from webapp.processes.queries.library import in_force
from workflows.errors import Unreadable
from workflows.forms import read_form
from workflows.sources.decisions import read_decisions
from workflows.sources.diagrams import read_diagram

PLACES = re.compile(
    r"(?:shared/)?[a-z0-9][a-z0-9-]{0,50}\.bpmn|decisions/[a-z0-9][a-z0-9-]{0,50}\.dmn"
    r"|forms/[a-z0-9][a-z0-9-]{0,50}\.json|documents/[A-Z0-9]{2,6}\.yaml"
    r"|scenarios/[a-z0-9][a-z0-9-]{0,80}\.yaml"
)
"""Where a file of the library may lie, and how it may be called."""
MAX_BYTES = 3_000_000
MAX_FILES = 60


class Overtaken(Refused):
    """Somebody else saved the file since; what was typed is kept as save `kept`."""

    def __init__(self, sentence: str, kept: int) -> None:
        super().__init__(sentence)
        self.kept = kept


def begin_draft(by: Acting, title: str, reason: str) -> Draft:
    """Begin a draft; the reason stands on the record of its publication.

    Raises NotYours, Invalid.
    """
    if not policy.may_design(by):
        raise Refused("修改流程要有流程设计员的岗位。")
    errors = {}
    if not title.strip():
        errors["title"] = _("请写明要改什么，例如：县级审核由5个工作日改为3个。")
    if not reason.strip():
        errors["reason"] = _("请写明为什么改，发布以后一直可以查到。")
    if errors:
        raise Invalid(errors)
    with transaction.atomic():
        draft = Draft.objects.create(
            title=title.strip()[:80],
            reason=reason.strip(),
            author_id=by.officer_id,
            created_at=by.at,
        )
        note(draft, "draft_begun", by, {"title": draft.title})
    return draft


def take_file(draft_id: int, by: Acting, path: str) -> DraftFile:
    """Take a file of the library in force into a draft; one that it has stays as it is.

    Raises Unknown, NotYours, Refused.
    """
    with transaction.atomic():
        draft = _open(draft_id, by)
        found = draft.files.filter(path=path).first()
        if found is not None:
            return found
        digest = LibraryFile.objects.filter(path=path).values_list("content_id", flat=True)
        if not digest:
            raise Unknown("流程库里没有这个文件。")
        _room_for_one_more(draft)
        return _create(draft, by, path, digest[0], digest[0])


def add_file(draft_id: int, by: Acting, path: str, content: bytes) -> DraftFile:
    """Put a new file into a draft (new, copied or imported). Raises Invalid, Refused."""
    if not PLACES.fullmatch(path):
        raise Invalid({"path": _("文件名只用小写字母、数字和连字符，例如 house-review.bpmn。")})
    _fits(content)
    with transaction.atomic():
        draft = _open(draft_id, by)
        if path in in_force() or draft.files.filter(path=path).exists():
            raise Invalid({"path": _("已经有叫这个名字的文件了，请换一个。")})
        _room_for_one_more(draft)
        digest = store({path: content})[path]
        return _create(draft, by, path, None, digest)


def import_file(draft_id: int, by: Acting, path: str, content: bytes) -> DraftFile:
    """Put a file from elsewhere into a draft: a new one, or a save of the one of that name.

    It must be readable. Raises Invalid, Refused with the place and the reason.
    """
    _readable(path, content)
    with transaction.atomic():
        draft = _open(draft_id, by)
        if path in in_force() or draft.files.filter(path=path).exists():
            file = take_file(draft_id, by, path)
            return save_file(draft_id, by, path, content, file.version)
        return add_file(draft_id, by, path, content)


def _readable(path: str, content: bytes) -> None:
    try:
        if path.endswith(".bpmn"):
            read_diagram(content, path)
        elif path.endswith(".dmn"):
            read_decisions(content, path)
        elif path.endswith(".json"):
            read_form(content, path)
    except Unreadable as wrong:
        raise Refused(_("没有导入：{why}").format(why=wrong)) from wrong


def save_file(draft_id: int, by: Acting, path: str, content: bytes, seen: int) -> DraftFile:
    """Save a file of a draft; `seen` is the version that the writer had before her.

    Raises Unknown, NotYours, Refused, or Overtaken when somebody else has saved since.
    """
    _fits(content)

    def save() -> DraftFile | Overtaken:
        draft = _open(draft_id, by)
        file = _file(draft, path)
        digest = store({path: content})[path]
        if file.content_id == digest:
            return file
        last = file.saves.order_by("-version").values_list("version", flat=True).first() or 0
        number = max(last, file.version) + 1
        DraftSave.objects.create(
            file=file, version=number, content_id=digest, by_id=by.officer_id, at=by.at
        )
        if file.version != seen:
            return _overtaken(file, by, number)
        file.content_id, file.version = digest, number
        file.edited_by_id, file.edited_at = by.officer_id, by.at
        file.save(update_fields=["content", "version", "edited_by", "edited_at"])
        return file

    done = transaction_with_retry(save)
    if isinstance(done, Overtaken):
        raise done
    return done


def _overtaken(file: DraftFile, by: Acting, kept: int) -> Overtaken:
    if file.edited_by_id == by.officer_id:
        sentence = _(
            "您在另一个窗口也保存过这个文件。这里的修改已另存为第{n}稿，没有覆盖那一份。"
        )
        return Overtaken(sentence.format(n=kept), kept)
    sentence = _("{name}刚刚也保存过这个文件。您的修改已另存为第{n}稿，没有覆盖对方的。")
    return Overtaken(sentence.format(name=file.edited_by.name, n=kept), kept)


def restore_save(draft_id: int, by: Acting, path: str, version: int) -> DraftFile:
    """Make an earlier save the file again, as a new save. Raises Unknown, NotYours, Refused."""
    with transaction.atomic():
        draft = _open(draft_id, by)
        file = _file(draft, path)
        old = file.saves.filter(version=version).first()
        if old is None:
            raise Unknown("没有这一稿。")
        content = bytes(old.content.content)
        return save_file(draft_id, by, path, content, file.version)


def remove_file(draft_id: int, by: Acting, path: str) -> None:
    """Order that publication removes a file from the library (停用). Raises as `take_file`."""
    with transaction.atomic():
        file = take_file(draft_id, by, path)
        if file.base_id is None:
            file.delete()
            return
        file.content_id = None
        file.version += 1
        file.edited_by_id, file.edited_at = by.officer_id, by.at
        file.save(update_fields=["content", "version", "edited_by", "edited_at"])


def leave_file(draft_id: int, by: Acting, path: str) -> None:
    """Take a file out of the draft again: the one in force stays as it is."""
    with transaction.atomic():
        _file(_open(draft_id, by), path).delete()


def discard_draft(draft_id: int, by: Acting) -> None:
    """Give a draft up; it can still be read. Raises NotYours, Refused."""
    with transaction.atomic():
        draft = _open(draft_id, by)
        draft.state = Draft.State.DISCARDED
        draft.save(update_fields=["state"])
        note(draft, "draft_discarded", by)


def lock(draft_id: int) -> Draft:
    """Lock a draft for a change. Raises Unknown."""
    draft = Draft.objects.select_for_update().filter(pk=draft_id).first()
    if draft is None:
        raise Unknown("没有这份草案。")
    return draft


def note(draft: Draft, kind: str, by: Acting, payload: dict[str, object] | None = None) -> None:
    """Write an event into the draft's chain, in the transaction of the change."""
    audit.record(
        subject=Event.Subject.DRAFT,
        subject_id=draft.pk,
        kind=kind,
        at=by.at,
        actor_id=by.officer_id,
        actor_name=by.name,
        payload=payload or {},
    )


def _open(draft_id: int, by: Acting) -> Draft:
    draft = lock(draft_id)
    policy.check_can_edit(by, draft)
    return draft


def _file(draft: Draft, path: str) -> DraftFile:
    file = draft.files.select_related("edited_by").filter(path=path).first()
    if file is None:
        raise Unknown("草案里没有这个文件。")
    return file


def _create(
    draft: Draft, by: Acting, path: str, base: str | None, content: str | None
) -> DraftFile:
    return DraftFile.objects.create(
        draft=draft,
        path=path,
        base_id=base,
        content_id=content,
        edited_by_id=by.officer_id,
        edited_at=by.at,
    )


def _fits(content: bytes) -> None:
    if len(content) > MAX_BYTES:
        raise too_large()


def too_large() -> Refused:
    """What is said of a file above `MAX_BYTES`, wherever it is noticed."""
    return Refused("文件太大，超过3 MB，没有保存；原来存的一稿没有变。请删去一些内容再保存。")


def _room_for_one_more(draft: Draft) -> None:
    if draft.files.count() >= MAX_FILES:
        raise Refused("一份草案最多改60个文件。请把这次修改分成几份草案。")
