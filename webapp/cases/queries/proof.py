"""Proving one case (校验本卷): its chain, the seal over it, and every file that it names."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from webapp.audit.models import Seal
from webapp.audit.queries import sealed_upto
from webapp.cases import files
from webapp.cases.models import Attachment, Case, Document
from webapp.cases.queries.invariants import broken_chain


@dataclass(frozen=True, slots=True)
class Proof:
    """`wrong` is empty when all is well. `sealed` counts the events that a seal covers."""

    events: int
    sealed: int
    seal: Seal | None
    documents: int
    attachments: int
    wrong: tuple[str, ...]


def prove(case: Case) -> Proof:
    """Read the whole chain and every stored file; a few statements, and all the bytes."""
    upto = sealed_upto("case", case.pk)
    documents = list(Document.objects.filter(case=case).exclude(sha256="").order_by("id"))
    attachments = list(Attachment.objects.filter(case=case).order_by("id"))
    named = [
        (f"{one.content.get('title', one.code)} {one.number}", one.sha256) for one in documents
    ]
    named += [(one.name, one.sha256) for one in attachments]
    wrong = list(broken_chain(case.pk))
    wrong += [
        _("文件“{name}”不在或者被改动").format(name=name)
        for name, sha256 in named
        if sha256 not in {_digest(files.path_of(sha256)), _digest(files.quarantine_of(sha256))}
    ]
    return Proof(
        events=case.audit_seq,
        sealed=upto[0] if upto else 0,
        seal=upto[1] if upto else None,
        documents=len(documents),
        attachments=len(attachments),
        wrong=tuple(wrong),
    )


def _digest(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
