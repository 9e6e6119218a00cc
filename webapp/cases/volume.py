"""The case volume (案卷): catalogue, documents and papers of one case as one ZIP in archive order.

Order of the file (domain §3.2): results first, then acceptance, application, papers, notices,
records, opinions, proof of service. The last sheet proves the whole: the hash of every file, the
end of the case's chain of records and the seal over it.
"""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from webapp.cases import files
from webapp.cases.models import Case
from webapp.cases.planning.papers import printed, table_of
from webapp.cases.planning.words import day_of
from webapp.cases.queries import CasePage, Proof
from webapp.cases.typesetting import Sheet, typeset
from webapp.processes.queries import wordings
from workflows.calendars import local_day

RESULTS = ("D19", "D20", "D06", "D07", "D10", "D25", "D25W")
BEFORE_PAPERS = ("D05", "D08", "D09", "D21", "D01")
AFTER_PAPERS = (
    *("D02", "D03", "D04", "D14", "D14S", "D14R", "D15", "D16", "D17", "D28"),
    *("D13", "D18", "D11", "D12", "D22", "D23", "D24", "D26", "D27"),
)
CATALOGUE_CODE = "D29"
CATALOGUE, PROOF, APPLICATION = "00-卷内目录.pdf", "99-校验页.pdf", "申请内容"


@dataclass(frozen=True, slots=True)
class Part:
    """One thing in the volume: its name in the ZIP, what it is, and its bytes."""

    file: str
    title: str
    number: str
    content: bytes | Path

    def digest(self) -> str:
        """SHA-256 of the bytes, as hex digits."""
        if isinstance(self.content, bytes):
            return hashlib.sha256(self.content).hexdigest()
        with self.content.open("rb") as stored:
            return hashlib.file_digest(stored, "sha256").hexdigest()


def write_volume(page: CasePage, proof: Proof, at: datetime, by: str) -> IO[bytes]:
    """Write the volume to a temporary file, open for reading; the caller closes it.

    `by` is printed on the last sheet. Raises FileNotFoundError when a stored file is gone: an
    incomplete volume is none.
    """
    parts = _parts(page, at)
    catalogue = _catalogue(page.case, parts, at)
    proving = _proving(page.case, proof, [catalogue, *parts], at, by)
    out = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as volume:
        for part in (catalogue, *parts, proving):
            if isinstance(part.content, bytes):
                volume.writestr(part.file, part.content)
            else:
                volume.write(part.content, part.file)
    out.seek(0)
    return out


def _parts(page: CasePage, at: datetime) -> list[Part]:
    """Everything between the catalogue and the proof, numbered in order."""
    found: list[tuple[str, str, str, bytes | Path]] = []
    found += _documents(page, RESULTS) + _documents(page, BEFORE_PAPERS)
    application = next((one for one in page.forms if one.is_application), None)
    if application is not None and not any(one.code == "D01" for one in page.documents):
        found.append((APPLICATION, page.case.number, ".pdf", _application(page, at)))
    for one in page.attachments:
        title = one.material.name if one.material else Path(one.name).stem
        found.append((title, "", Path(one.name).suffix, files.path_of(one.sha256)))
    found += _documents(page, AFTER_PAPERS)
    return [
        Part(f"{number:02}-{_plain(title)}{suffix}", title, text, content)
        for number, (title, text, suffix, content) in enumerate(found, start=1)
    ]


def _documents(
    page: CasePage, codes: tuple[str, ...]
) -> list[tuple[str, str, str, bytes | Path]]:
    found: list[tuple[str, str, str, bytes | Path]] = []
    for one in sorted(
        (one for one in page.documents if one.code in codes),
        key=lambda one: (codes.index(one.code), one.pk),
    ):
        mark = "作废" if one.state == one.State.VOID else ""
        kept = files.path_of(one.sha256) if one.sha256 and not mark else None
        sheet = Sheet(one.code, one.number, one.content, one.issued_at, mark)
        title = str(one.content.get("title", one.code))
        found.append((title, one.number, ".pdf", kept or typeset([sheet])))
    return found


def _plain(title: str) -> str:
    """A title as part of a file name."""
    return (
        "".join(sign for sign in title if sign.isalnum() or sign in "（）()-_")[:60] or "材料"
    )


def _sheet(case: Case, title: str, at: datetime, **content: object) -> bytes:
    whole = {
        "title": title,
        "organ": case.accountable_unit.name,
        "case_number": case.number,
        "paragraphs": [f"事项：{case.item_version.name}。办件编号：{case.number}。"],
        **content,
    }
    return typeset([Sheet("D29", case.number, whole, at)])


def _application(page: CasePage, at: datetime) -> bytes:
    """What was filled in at filing; sensitive answers stay masked (they are in the papers)."""
    answers = next(one for one in page.forms if one.is_application).answers
    rows = [[one.label, one.text or "（见申请材料）"] for one in answers if not one.rows]
    for one in answers:
        for line in one.rows:
            rows.append([one.label, "；".join(f"{name}：{text}" for name, text in line)])
    table = {"title": "登记的内容", "columns": ["栏目", "内容"], "rows": rows}
    return _sheet(page.case, "申请内容", page.case.opened_at, lists=[table])


def _catalogue(case: Case, parts: list[Part], at: datetime) -> Part:
    """The first sheet, in the county's own words (D29); pages are counted by whoever binds it."""
    rows = [
        {
            "title": part.title,
            "number": part.number.removeprefix(f"{case.number}-"),
            "file": part.file,
            "pages": "",
        }
        for part in parts
    ]
    wording = wordings({CATALOGUE_CODE})[CATALOGUE_CODE].content
    words = {
        "organ": case.accountable_unit.name,
        "applicant": case.applicant_name,
        "item": case.item_version.name,
        "item_code": case.item_version.item.code,
        "case_number": case.number,
        "competent_organ_name": case.competent_unit.name,
        "place": case.accountable_unit.name,
        "received_on": day_of(case.received_at),
        "decided_on": day_of(case.decided_at),
    }
    tables = [
        table_of(table, rows if table.get("source") == "volume" else [])
        for table in wording.get("lists") or ()
    ]
    licence = case.item_version.item_type == "licence"
    content = printed(CATALOGUE_CODE, wording, words, tables, licence=licence)
    content["case_number"] = case.number
    sheet = Sheet(CATALOGUE_CODE, case.number, content, at)
    return Part(CATALOGUE, "卷内目录", "", typeset([sheet]))


def _proving(case: Case, proof: Proof, parts: list[Part], at: datetime, by: str) -> Part:
    """The last sheet: hashes of all files, the chain and the seal."""
    day = local_day(at)
    said = [
        f"本卷由{by}于{day.year}年{day.month}月{day.day}日导出。",
        f"办件记录{proof.events}条，首尾相连，末条校验码{bytes(case.audit_head).hex()}。",
    ]
    if proof.seal is not None:
        said.append(
            f"前{proof.sealed}条由第{proof.seal.number}号封存封住，封存码{proof.seal.hex}。"
        )
    said += [f"发现的问题：{sentence}。" for sentence in proof.wrong] or ["核对没有发现问题。"]
    rows = [[part.file, part.digest()] for part in parts]
    table = {"title": "各文件的校验码（SHA-256）", "columns": ["文件", "校验码"], "rows": rows}
    content = _sheet(case, "校验页", at, paragraphs=said, lists=[table])
    return Part(PROOF, "校验页", "", content)
