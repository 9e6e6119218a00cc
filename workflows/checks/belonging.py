"""What belongs together: an act and its document, a document and its clock.

Each line of `TABLE` says: where this is ordered, that must be ordered in the same stretch,
between the same two waits, whichever way the token takes. Most are one sentence of the law or
of flows.md (clocks); `clocks` and `papers` look further than one stretch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workflows.checks.orders import (
    Order,
    holds,
    meets,
    ordered_in,
    orders,
    together,
)
from workflows.checks.registry import Hit, Subject, rule
from workflows.findings import Severity
from workflows.sources.vocabulary import labels


@dataclass(frozen=True, slots=True)
class Belongs:
    """Where `when` is ordered, one of `needs` must be too; `because` cites the requirement.

    `started`: asked only where the bundle starts that clock at all. Unless `alone`, asked
    only where something in the bundle accepts applications: a fragment does not show it all.
    """

    when: Order
    needs: tuple[Order, ...]
    sentence: str
    remedy: str
    because: str
    started: str = ""
    alone: bool = False


def document(code: str) -> Order:
    """Issuing the document of that code."""
    return ("issue-document", code)


def clocked(do: str, clock: str) -> Order:
    """Starting, stopping, resuming, extending or ending that clock."""
    return (f"{do}-clock", clock)


ACCEPTED = (document("D05"), document("D08"))

GUARDED = (
    Belongs(clocked("start", "statutory"), ACCEPTED,
            "起算“法定时限”没有受理文书（D05 或 D08）", "同时发出受理通知书",
            "行政许可法第三十二条", alone=True),
    Belongs(clocked("start", "promised"), ACCEPTED,
            "起算“承诺时限”没有受理文书（D05 或 D08）", "同时发出受理通知书", "TYPE-03"),
    Belongs(clocked("start", "supplement"), (document("D04"),),
            "起算“补正期限”没有补正告知书（D04）", "同时发出 D04", "TYPE-04", alone=True),
    Belongs(clocked("start", "tolerance"), (document("D08"),),
            "起算“容缺补齐期限”没有容缺受理通知书（D08）", "同时发出 D08", "TOL-05", alone=True),
)  # fmt: skip
"""No clock effect without its document (design §11)."""

TABLE = (
    *(
        Belongs(document("D05"), (clocked("start", clock),),
                f"受理（D05）没有起算“{labels('Clock')[clock]}”",
                f"加上动作 start-clock {clock}", "PROC-04、CAT-14")
        for clock in ("statutory", "promised")
    ),
    *(
        Belongs(document("D09"), (clocked("start", clock),),
                f"容缺受理（D09）没有起算“{labels('Clock')[clock]}”",
                f"加上动作 start-clock {clock}", "PROC-04、TOL-08")
        for clock in ("statutory", "promised")
    ),
    Belongs(document("D09"), (clocked("end", "check"),),
            "容缺受理（D09）没有终结“材料审查期”", "加上 end-clock check",
            "行政许可法第三十二条", "check"),
    Belongs(document("D04"), (clocked("start", "supplement"),),
            "补正告知（D04）没有起算“补正期限”", "加上 start-clock supplement", "TYPE-04"),
    *(
        Belongs(document(code), (clocked("end", "check"),),
                f"出具 {code} 没有终结“材料审查期”", "加上 end-clock check",
                "行政许可法第三十二条", "check")
        for code in ("D04", "D05", "D06", "D07")
    ),
    Belongs(("register-commitment", ""), (document("D08"),),
            "登记容缺承诺没有容缺受理通知书（D08）", "同时发出 D08", "TOL-04、TOL-06"),
    Belongs(("register-commitment", ""), (clocked("start", "tolerance"),),
            "登记容缺承诺没有起算“容缺补齐期限”", "加上 start-clock tolerance", "TOL-05"),
    Belongs(document("D08"), (("register-commitment", ""),),
            "容缺受理（D08）没有登记申请人的承诺", "加上 register-commitment", "TOL-07"),
    *(
        Belongs(document(code), (clocked("end", clock),),
                f"作出决定（{code}）没有终结“{labels('Clock')[clock]}”",
                f"加上 end-clock {clock}", "PROC-04", clock)
        for code, clocks in (
            ("D19", ("statutory", "promised")),
            ("D20", ("statutory", "promised", "tolerance")),
            ("D25", ("statutory", "promised", "tolerance", "supplement", "handup", "county")),
        )
        for clock in clocks
    ),
    *(
        Belongs(document(code), (("record-result", result),),
                f"出具 {code} 没有记录结果“{labels('Result')[result]}”",
                f"加上 record-result {result}", "PROC-12")
        for code, result in (
            ("D19", "granted"), ("D20", "refused"), ("D06", "not_accepted"),
            ("D07", "not_required"), ("D25", "expired"),
        )
    ),
    *(
        Belongs(("record-result", result), (document(code),),
                f"记录结果“{labels('Result')[result]}”没有出具文书（{code}）",
                f"同时发出 {code}", "DENY-03、IN-04")
        for code, result in (
            ("D20", "refused"), ("D06", "not_accepted"), ("D07", "not_required"),
            ("D25", "expired"), ("D19", "granted"),
        )
    ),
    *(
        Belongs(document("D15"), (clocked("extend", clock),),
                f"延期告知（D15）没有延长“{labels('Clock')[clock]}”",
                f"加上 extend-clock {clock}", "行政许可法第四十二条", clock)
        for clock in ("statutory", "promised")
    ),
    *(
        Belongs(("record-result", "answered"), (clocked("end", clock),),
                f"已经答复，没有终结“{labels('Clock')[clock]}”",
                f"加上 end-clock {clock}", "PROC-12", clock)
        for clock in ("statutory", "promised")
    ),
    Belongs(clocked("start", "county"), (clocked("stop", "handup"), clocked("end", "handup")),
            "县里起算了时限，“上报时限”没有停", "签收时加上 stop-clock handup", "PROC-09"),
    Belongs(clocked("resume", "handup"), (clocked("end", "county"),),
            "退回乡镇以后“县级时限”还在走", "加上 end-clock county", "PROC-09", "county"),
    Belongs(clocked("end", "county"), (clocked("resume", "handup"), clocked("end", "handup")),
            "县级时限结束时，“上报时限”既没有恢复也没有终结",
            "退回的加上 resume-clock handup，决定的加上 end-clock handup", "PROC-09", "handup"),
    Belongs(clocked("end", "handup"), (clocked("end", "county"),),
            "作出决定时“县级时限”没有终结", "加上 end-clock county", "PROC-09", "county"),
    Belongs(clocked("start", "check"), (document("D02"),),
            "起算“材料审查期”没有收件回执（D02）", "同时发出 D02", "IN-10"),
    Belongs(clocked("end", "supplement"), (clocked("start", "check"), document("D25")),
            "补正以后没有重新起算“材料审查期”", "加上 start-clock check", "TYPE-04", "check"),
    Belongs(clocked("start", "publicity"), (document("D28"),),
            "起算“公示期”没有公示（D28）", "同时发出 D28", "TYPE-08", alone=True),
    Belongs(document("D21"), (("start-case", ""),),
            "有委托书（D21），没有替群众立件", "加上 start-case", "AGT-03", alone=True),
    Belongs(("start-case", ""), (document("D21"),),
            "为群众另立一件没有委托书（D21）", "同时发出 D21", "AGT-01", alone=True),
)  # fmt: skip


@rule("guard-clock-unfounded", Severity.UNFIT, county=True, whole=True)
def clocks_start_bydocument(subject: Subject) -> Iterator[Hit]:
    """行政许可法 Art. 32, TYPE-03, TOL-05: a clock of the applicant starts with a document."""
    yield from _belonging(subject, GUARDED)


@rule("belongs-together", Severity.UNFIT, county=True, whole=True)
def acts_are_whole(subject: Subject) -> Iterator[Hit]:
    """A lawful act is whole: its document, its clocks, its result, in one stretch (flows.md)."""
    yield from _belonging(subject, TABLE)


def _belonging(subject: Subject, table: tuple[Belongs, ...]) -> Iterator[Hit]:
    started = ordered_in(subject.bundle, subject)
    whole = bool(started & set(ACCEPTED))
    asked = [
        one
        for one in table
        if (whole or one.alone)
        and (not one.started or meets(started, clocked("start", one.started)))
    ]
    for _, graph in subject.scopes():
        for element in graph.elements.values():
            held = orders(element) if element.effects else frozenset()
            for one in asked:
                if one.when in held and not together(
                    graph, element.id, holds(subject, *one.needs)
                ):
                    yield Hit(element, f"{one.sentence}（{one.because}）", one.remedy)
