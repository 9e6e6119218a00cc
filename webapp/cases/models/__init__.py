"""Tables of a case: the case itself, its work, clocks, papers and records."""

from __future__ import annotations

from webapp.cases.models.cards import Card, CardAppeal
from webapp.cases.models.case import Case, CaseSnapshot, Mandate
from webapp.cases.models.clocks import Clock, ClockEntry, Timer
from webapp.cases.models.commitments import (
    Commitment,
    CommitmentPaper,
    ForwardedCommand,
    Proposal,
)
from webapp.cases.models.documents import (
    Delivery,
    DenialFiling,
    Document,
    NumberSeries,
)
from webapp.cases.models.files import StoredFile, Upload
from webapp.cases.models.materials import Attachment, CaseMaterial, Custody
from webapp.cases.models.transfers import Transfer, TransferLine
from webapp.cases.models.values import Draft, Opinion, SensitiveValue, Submission
from webapp.cases.models.verbs import Copy, Demand, Remark, Snooze, Urge
from webapp.cases.models.work import AwaitedMessage, Passage, WorkItem

__all__ = [
    "Attachment",
    "AwaitedMessage",
    "Card",
    "CardAppeal",
    "Case",
    "CaseMaterial",
    "CaseSnapshot",
    "Clock",
    "ClockEntry",
    "Commitment",
    "CommitmentPaper",
    "Copy",
    "Custody",
    "Delivery",
    "Demand",
    "DenialFiling",
    "Document",
    "Draft",
    "ForwardedCommand",
    "Mandate",
    "NumberSeries",
    "Opinion",
    "Passage",
    "Proposal",
    "Remark",
    "SensitiveValue",
    "Snooze",
    "StoredFile",
    "Submission",
    "Timer",
    "Transfer",
    "TransferLine",
    "Upload",
    "Urge",
    "WorkItem",
]
