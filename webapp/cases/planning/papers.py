"""Documents (文书) written from their wording: frozen content, filled from what is known now.

What the law fixes does not depend on the wording: the organ is the competent one unless the
document is the township's own (行政许可法第二十四、三十八条); D04 lists everything that is lacking,
once (第三十二条第四项); the remedy clause stands on every adverse document (domain §1.6).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext

from webapp.cases.changes import MaterialUpdate, NewDocument, NewMessage
from webapp.cases.documents import NAMES, SERIES
from webapp.cases.places import pool_facts, unit_facts
from webapp.cases.planning.filing import Filing, file_denial
from webapp.cases.planning.guidance import FORMS, required
from webapp.cases.planning.setting import OpinionLine, Paper
from webapp.cases.planning.step import Order, Step, organ_prefix
from webapp.cases.planning.words import (
    day_of,
    day_words,
    fill,
    known_words,
    minute_of,
    texts,
    words_of_order,
)
from webapp.cases.spoken import told
from webapp.core.crypto import query_code
from webapp.core.errors import Refused
from webapp.processes.wordings import ADVERSE
from workflows.calendars import local_day

REMEDY = (
    "如不服本决定，可以自知道本决定之日起六十日内向{reconsideration_organ}申请行政复议，"
    "也可以自知道本决定之日起六个月内依法向{court}提起行政诉讼。"
)
DEEMED = "deemed"
"""Basis of an acceptance by the lapse of time."""
TRAVELS = "D11"
"""The sheet that goes with the papers from hand to hand."""
_ADDRESSEES = {
    "applicant": "applicant",
    "county": "competent_organ_name",
    "county_office": "county_office",
    "organ": "organ",
}
"""Whose name stands above the text; papers for the file (`internal`) have no addressee."""
_KEPT = frozenset({"original", "original_and_copy"})
"""Forms of a paper of which the original stays with the office."""
_STAYS = _KEPT | {"copy"}
_LACKS = {"required": "没有提交", "missing": "没有提交", "defective": "不符合要求"}
_CAME = {"received", "to_check", "checked", "defective"}


def write_documents(step: Step) -> None:
    """Write the ordered documents and filings, now that dates and status are settled."""
    for order in step.orders:
        if order.code == "D02" and _have_receipts(step):
            continue
        if order.code == "D04":
            _lock_notice(step)
        if order.code == "D05" and order.params.get("basis") != DEEMED:
            _check_complete(step)
        step.changes.documents.append(write_document(step, order))
    for filed in step.filings:
        filing = file_denial(step, filed)
        document = write_document(step, Order("D24", {}), filing.words)
        step.changes.documents.append(document)
        _keep(step, filing, document.number)
    if step.changes.documents:
        key = f"typeset:{step.state.id}"
        payload = {"case": step.state.id}
        step.changes.messages.append(NewMessage("typeset", key, payload, step.at))


def _have_receipts(step: Step) -> bool:
    """Whether the promised papers that are taken up now got their receipts when they came."""
    held = step.state.commitment
    return held is not None and not any(
        paper.came_at == step.at for paper in step.changes.promised_papers
    )


def _keep(step: Step, filing: Filing, number: str) -> None:
    filing.row.number = number
    step.changes.filings.append(filing.row)


def write_document(
    step: Step, order: Order, more: Mapping[str, str] | None = None
) -> NewDocument:
    """Write one document; a gap-free number is filled in just before commit."""
    code = order.code
    wording = step.setting.papers.wordings.get(code, {})
    of_township = wording.get("organ") == "township"
    organ = unit_facts(
        step.state.accountable_unit_id if of_township else step.state.competent_unit_id
    )
    words = {**known_words(step, organ), **words_of_order(step, order), **(more or {})}
    return NewDocument(
        code=code,
        organ_id=organ.id,
        year=local_day(step.at).year,
        prefix=organ_prefix(organ.id),
        content=_content(step, code, wording, words),
        issued_at=step.at,
        issued_by_id=step.setting.actor.id,
        number="" if code in SERIES else _own_number(step, code),
    )


def _own_number(step: Step, code: str) -> str:
    """Numbers outside the gap-free series follow the case's number."""
    here = Counter(document.code for document in step.changes.documents)[code]
    again = here + step.setting.papers.counts.get(code, 0)
    return f"{step.state.number}-{code}" + (f"-{again + 1}" if again else "")


def _content(
    step: Step, code: str, wording: Mapping[str, Any], words: Mapping[str, str]
) -> dict[str, Any]:
    """Everything the printed page needs, frozen. Lists hold texts only."""
    about: dict[str, Any] = {
        "applicant": step.state.applicant_name,
        "case_number": step.state.number,
        "item": step.setting.item.name,
        "item_code": step.setting.item.code,
        "issued_on": words["today"],
    }
    if (wording.get("addressee") or "applicant") == "applicant":
        about["query"] = _query(step.state.number)
    if code == TRAVELS:
        about |= receiving(step.state.number)
    licence = step.setting.item.item_type == "licence"
    tables = [_list(step, table) for table in wording.get("lists") or ()]
    return about | printed(code, wording, words, tables, licence=licence)


def printed(
    code: str,
    wording: Mapping[str, Any],
    words: Mapping[str, str],
    tables: list[dict[str, Any]],
    *,
    licence: bool,
) -> dict[str, Any]:
    """What a wording says with these words: also how a draft of one is shown to its writer."""
    paragraphs = [fill(text, words) for text in texts(wording.get("paragraphs"))]
    content: dict[str, Any] = {
        "title": fill(str(wording.get("title") or NAMES.get(code, code)), words),
        "organ": words["organ"],
        "addressee": words.get(
            _ADDRESSEES.get(str(wording.get("addressee") or "applicant"), ""), ""
        ),
        "paragraphs": [text for text in paragraphs if text],
        "lists": tables,
        "basis": [fill(text, words) for text in texts(_basis(wording, licence=licence))],
        "seal": str(wording.get("seal") or "organ"),
        "signatures": [str(s.get("label", "")) for s in wording.get("signatures") or ()],
        "copies": str((wording.get("copies") or {}).get("text", "")),
        "wording": int(wording.get("number", 0)),
    }
    remedy = wording.get("remedy")
    if remedy or code in ADVERSE:
        text = remedy.get("text") if isinstance(remedy, Mapping) else None
        content["remedy"] = fill(str(text or REMEDY), words)
    return content


def _query(number: str) -> dict[str, str]:
    """What the applicant needs to ask for her case from outside; no address, no QR code."""
    code = query_code(number)
    there = f"{settings.PUBLIC_ADDRESS}/q/?" + urlencode({"n": number, "c": code})
    return {"code": code, "address": there if settings.PUBLIC_ADDRESS else ""}


def receiving(number: str) -> dict[str, Any]:
    """The square code of a sheet that travels with papers: it opens where they are signed for.

    `number`: of a case or of a run. Without a public address a scanner types the number itself.
    """
    there = f"{settings.PUBLIC_ADDRESS}/papers/?" + urlencode({"q": number})
    return {
        "travels": there if settings.PUBLIC_ADDRESS else number,
        "scan": "接收人扫描右边的二维码（扫码枪扫到“材料交接”的框里也行），核对后签收。",
    }


def _basis(wording: Mapping[str, Any], *, licence: bool) -> Any:
    """The law that the paper stands on: 行政许可法 binds licences only (domain §1.1)."""
    if licence and wording.get("basis_licence") is not None:
        return wording["basis_licence"]
    return wording.get("basis")


def _list(step: Step, table: Mapping[str, Any]) -> dict[str, Any]:
    rows = _SOURCES.get(str(table.get("source")), _nothing)(step)
    return table_of(table, rows)


def table_of(table: Mapping[str, Any], rows: list[dict[str, str]]) -> dict[str, Any]:
    """A table of a document: titles of the columns and rows of texts."""
    columns = list(table.get("columns") or ())
    return {
        "title": str(table.get("title", "")),
        "columns": [str(column.get("title", "")) for column in columns],
        "rows": [[row.get(str(column.get("key")), "") for column in columns] for row in rows],
    }


def _required(step: Step) -> list[dict[str, str]]:
    return required(step.setting.item)


def _answers(step: Step) -> list[dict[str, str]]:
    """What was filed, for the applicant to read and sign (D01); sensitive answers are masked above."""
    filed = told(step.setting.item.form, step.setting.papers.application)
    return [{"label": label, "text": text} for label, text in filed]


def _nothing(step: Step) -> list[dict[str, str]]:
    return []


def _received(step: Step) -> list[dict[str, str]]:
    """What has come; for a receipt of promised papers only those that came now."""
    window = unit_facts(step.state.accountable_unit_id).name
    now = {row.key for row in step.changes.promised_papers if row.came_at == step.at}
    return [
        {
            "name": paper.name,
            "form": FORMS.get(paper.form, paper.form),
            "copies": str(paper.copies or "—"),
            "original_with": window if paper.form in _KEPT else "",
        }
        for paper in step.setting.papers.checklist
        if paper.needed and paper.state in _CAME and (not now or paper.key in now)
    ]


def _kept(step: Step) -> list[dict[str, str]]:
    """What goes back to the applicant: originals that were only looked at never stayed."""
    names = {paper.name for paper in step.setting.papers.checklist if paper.form in _STAYS}
    return [row for row in _received(step) if row["name"] in names]


def _late(paper: Paper) -> str:
    """What the applicant reads of a request that the first notice left out."""
    if not paper.late:
        return ""
    return f"（本项第一次告知时没有提出，是后来新提的要求，已经批准并登记差错。{paper.late}）"


def _lacking(step: Step) -> list[dict[str, str]]:
    return [
        {
            "name": paper.name,
            "defect": _late(paper) + (paper.defect or _LACKS[paper.state]),
            "remedy": paper.remedy or "请补交",
        }
        for paper in _notice(step)
    ]


def _opinions(step: Step) -> list[dict[str, str]]:
    lines = [*step.setting.papers.opinions]
    for new in step.changes.opinions:
        lines.append(OpinionLine(new.step_name, step.setting.actor.name, new.at,
                                 new.outcome_label, new.text))  # fmt: skip
    return [
        {
            "step": line.step,
            "officer": line.officer,
            "at": day_of(line.at),
            "opinion": f"{line.outcome}。{line.text}" if line.outcome else line.text,
        }
        for line in lines
    ]


def _relay(step: Step) -> list[dict[str, str]]:
    return [
        {
            "from": unit_facts(paper.from_unit_id).name,
            "to": _whom(paper.to_pool_id),
            "at": minute_of(paper.given_at),
            "opinion": "",
        }
        for paper in step.changes.new_custody
    ]


def _whom(pool_id: int | None) -> str:
    if pool_id is None:
        return "申请人"
    pool = pool_facts(pool_id)
    return f"{pool.unit.name}{pool.role_name}"


def _open_papers(step: Step) -> list[dict[str, str]]:
    """What the applicant has promised to bring, each with its day (TOL-04, TOL-05)."""
    lines = {paper.key: paper for paper in step.setting.papers.checklist}
    promised = [(row.key, row.due_on) for row in step.changes.promised_papers]
    if not promised and step.state.commitment is not None:
        promised = [(row.key, row.due_on) for row in step.state.commitment.open_papers]
    return [
        {
            "name": lines[key].name,
            "form": FORMS.get(lines[key].form, lines[key].form),
            "due_on": day_words(due_on),
        }
        for key, due_on in promised
        if key in lines
    ]


_SOURCES = {
    "answers": _answers,
    "received": _received,
    "required": _required,
    "kept": _kept,
    "lacking": _lacking,
    "opinions": _opinions,
    "relay": _relay,
    "open_papers": _open_papers,
}


def _check_complete(step: Step) -> None:
    """Accepted is what is complete and in form (第三十二条第五项); all else is noticed or promised."""
    lacking = step.setting.papers.lacking
    if not lacking:
        return
    raise Refused(
        gettext(
            "“{papers}”还没有交齐或者不符合要求，不能按材料齐全受理。材料已经交来的，请在清单上标明；"
            "没有交来的，请选“补正”一次告知，可以容缺的也可以选“容缺受理”。"
        ).format(papers="”“".join(paper.name for paper in lacking)),
        rule="行政许可法第三十二条第五项",
        field="outcome",
    )


def _notice(step: Step) -> tuple[Paper, ...]:
    """What D04 lists: everything lacking; a second notice only repeats the first (R07).

    But for what a head of the window has allowed since, which is printed as such.
    """
    lacking = step.setting.papers.lacking
    if _noticed_before(step):
        return tuple(paper for paper in lacking if paper.noticed or paper.late)
    return lacking


def _noticed_before(step: Step) -> bool:
    return any(paper.noticed for paper in step.setting.papers.checklist)


def _lock_notice(step: Step) -> None:
    """Check that the one-time notice has something to say; lock what it names."""
    lacking = _notice(step)
    if not lacking:
        raise Refused(
            gettext(
                "第一次告知的材料都已经补齐，不能再要求补正别的材料（行政许可法第三十二条第四项）。"
            )
            if _noticed_before(step)
            else gettext(
                "没有一份材料标为“缺”或“不符合要求”，补正告知书无从写起。"
                "请先在材料清单上逐份标明缺什么、错在哪里、怎样补，再选“补正”。"
            ),
            rule="IN-08",
            field="outcome",
        )
    vague = next((p for p in lacking if p.state == "defective" and not p.defect), None)
    if vague is not None:
        raise Refused(
            gettext(
                "“{name}”标为不符合要求，但没有写明问题在哪里。请在材料清单上写明，再选“补正”。"
            ).format(name=vague.name),
            rule="IN-08",
            field="outcome",
        )
    for paper in lacking:
        if not paper.noticed:
            step.changes.materials.append(
                MaterialUpdate(
                    key=paper.key,
                    state=paper.state,
                    defect=paper.defect,
                    remedy=paper.remedy,
                    noticed=True,
                    changed_by_id=step.setting.actor.id,
                    changed_at=step.at,
                )
            )
