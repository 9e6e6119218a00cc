"""Look at a file that has come in: scan it for viruses, draw its preview (outbox)."""

from __future__ import annotations

from functools import partial

from django.conf import settings
from django.utils.translation import gettext_noop

from webapp.cases import files, previews, scanner
from webapp.cases.changes import NewMessage
from webapp.cases.models import Attachment, StoredFile
from webapp.cases.noting import changes_of, note
from webapp.cases.planning.setting import Actor
from webapp.cases.store import lock_case
from webapp.core.db import now, transaction_with_retry

SCANNER = Actor(None, gettext_noop("病毒查杀"))
State = StoredFile.State


def examine_file(sha256: str) -> str:
    """Scan and draw one stored file; gives its state. Done twice it does what is still undone.

    The scanner and the drawing run outside any transaction. Raises ScannerAway: the file stays
    closed (扫描中) and the outbox comes back.
    """
    one = StoredFile.objects.filter(pk=sha256).first()
    if one is None:
        return ""
    if one.state == State.SCANNING:
        one.state = _scanned(sha256)
    if one.state == State.INFECTED:
        _isolate(sha256)
    elif one.pages is None:
        count = previews.draw(sha256, one.media_type)
        StoredFile.objects.filter(pk=sha256, pages=None).update(pages=count)
    return one.state


def _scanned(sha256: str) -> State:
    finding = scanner.scan(files.path_of(sha256), settings.CLAMAV) if settings.CLAMAV else None
    state = State.INFECTED if finding else State.UNSCANNED if finding is None else State.CLEAN
    StoredFile.objects.filter(pk=sha256, state=State.SCANNING).update(
        state=state, finding=finding or "", scanned_at=now() if settings.CLAMAV else None
    )
    return state


def _isolate(sha256: str) -> None:
    """Take the bytes out of reach, and the file off every case that names it, one by one."""
    files.isolate(sha256)
    named = Attachment.objects.filter(sha256=sha256, removed_at=None)
    for case_id in sorted(set(named.values_list("case_id", flat=True))):
        transaction_with_retry(partial(_take_off, case_id, sha256))


def _take_off(case_id: int, sha256: str) -> None:
    """The case says what happened to its file; whoever has it in hand is told."""
    state = lock_case(case_id)
    named = Attachment.objects.filter(case=case_id, sha256=sha256, removed_at=None)
    ids = list(named.order_by("pk").values_list("pk", flat=True))
    if not ids:
        return
    named.update(removed_at=state.at)
    changes = changes_of(state)
    notice = {"template": "file_infected", "case": case_id, "attachments": ids}
    changes.messages.append(NewMessage("notify", f"notify:{case_id}", notice, state.at))
    note(state, changes, SCANNER, "quarantined", {"attachments": ids, "sha256": sha256})
