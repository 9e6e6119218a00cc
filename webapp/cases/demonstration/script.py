"""What happens to an example case: applicant, papers, answers of each step, pace.

Everything is drawn from the case's own random numbers: the same seed tells the same story.
Answers are the county's usual words; whatever a form asks beyond them is invented by
`workflows.forms.sample`, so that forms and diagrams drawn later are answered too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random
from typing import Any

from webapp.catalogue.queries import ItemFacts, MaterialFacts
from workflows.forms import Form

MODES = ("window",) * 6 + ("post",) * 2 + ("electronic",)
ORGANISATION = (  # the applicants of the examples are persons
    *("organisation_name", "organisation_uscc"),
    *("legal_representative", "organisation_handler"),
)
PACES = {"brisk": 0.4, "usual": 1.0, "slow": 3.0}

# Form → (outcome field, {answer: weight}). An answer marked once happens at most once a case.
FATES = {  # what makes a story its own: weight
    "plain": 44,
    "refused": 8,
    "supplement": 8,
    "tolerance_complete": 8,
    "tolerance_expired": 4,
    "tolerance_extended": 4,
    "dissent": 4,
    "silence": 4,
    "county_return": 3,
    "special": 5,
    "extension": 3,
    "withdrawal": 3,
    "suspension": 2,
    "termination": 2,
}
CAUTIOUS: Mapping[str, tuple[str, str]] = {  # when what the story wanted was refused
    "tolerance-decide": ("outcome", "terminate"),
    "extension-approve": ("outcome", "reject"),
    "review": ("outcome", "complete"),
    "county-review": ("outcome", "complete"),
}
REVIEWS = frozenset({"review", "county-review", "joint-consolidate", "county-consolidate"})
TOLERANT = frozenset({"tolerance_complete", "tolerance_expired", "tolerance_extended"})
JOINT = frozenset({"dissent", "silence"})
TURNS = frozenset({"withdrawal", "suspension", "termination"})
WEIGHTS: Mapping[str, tuple[str, Mapping[str, int]]] = {
    "intake-examine": (
        "outcome",
        {
            "accept": 84,
            "corrected": 7,
            "not_required": 3,
            "not_competent": 4,
        },
    ),
    "intake-overdue": ("outcome", {"terminate": 1}),
    "hand-up": ("outcome", {"send": 92, "return": 8}),
    "county-receive": ("outcome", {"receive": 92, "return": 8}),
    "opinion": ("outcome", {"agree": 94, "supplement": 6}),
    "opinion-external": ("outcome", {"agree": 90, "none": 10}),
    "opinion-follow": ("outcome", {"again": 60, "go_on": 40}),
    "joint-meet": ("outcome", {"agreed": 75, "refuse": 25}),
    "extension-approve": ("outcome", {"approve": 85, "reject": 15}),
    "coordination-draft": ("outcome", {"answer": 80, "lead": 20}),
    "coordination-approve": ("outcome", {"approve": 90, "return": 10}),
    "decision-check": ("outcome", {"agree": 93, "return": 7}),
    "denial-confirm": ("outcome", {"confirm": 90, "send_back": 10}),
    "denial-acknowledge": ("outcome", {"acknowledge": 85, "query": 15}),
    "delivery-counter": ("outcome", {"delivered": 94, "failed": 6}),
    "delivery-agent": ("outcome", {"delivered": 94, "failed": 6}),
    "delivery-post-proof": ("outcome", {"delivered": 94, "failed": 6}),
}
ONCE = frozenset({"return", "send_back", "query", "failed", "supplement", "again", "lead"})
# Steps whose answer follows from how the case is meant to end: (field, granted, refused).
DECIDING: Mapping[str, tuple[str, str, str]] = {
    "prelim": ("recommendation", "approve", "decline"),
    "decision-propose": ("proposal", "grant", "refuse"),
    "decision-approve": ("outcome", "grant", "refuse"),
    "immediate-handle": ("outcome", "grant", "refuse"),
}
WORDS: Mapping[str, Sequence[str]] = {
    "opinion": (
        "经核对，材料齐全，情况属实，符合规定。",
        "已逐项核对申请材料，与所附证明一致。",
        "经审查，事实清楚，依据充分，同意按程序办理。",
    ),
    "findings": (
        "查阅申请材料和共享信息，所述情况与登记信息一致。",
        "已入户了解情况，家庭成员和收入状况与申报一致。",
        "核对了证件原件和证明材料，未发现不一致之处。",
    ),
    "facts": ("申请人提交的材料齐全，经核查所述情况属实。",),
    "decision_content": ("同意申请人的申请，按规定标准执行。", "准予办理，自决定之日起生效。"),
    "reason": (
        "经核查，申请人目前的情况不符合该事项规定的条件。",
        "经核对登记信息，申请事项不属于规定的办理范围。",
    ),
    "legal_basis": ("该事项办事指南所列依据。",),
    "return_reason": (
        "材料清单与所附材料不一致，请核对后重新提交。",
        "意见不够明确，请补充依据。",
    ),
    "correction_note": ("申请人当场更正了申请表中的联系电话。",),
    "supplement_note": ("补齐后送本窗口，也可以请村级代办员转交。",),
    "competent_organ": ("正定县政务服务中心",),
    "explained_how": ("oral", "phone"),
    "contact_record": ("已电话联系申请人，说明了办理情况和领取方式。",),
    "fail_reason": ("申请人外出，约定改日再来领取。",),
    "carrier": ("中国邮政",),
    "officers": ("王静、李强",),
    "query": ("请说明不予办理所依据的具体条款。",),
    "answer": ("依据已在文书中列明，具体条款见办事指南第三项。",),
    "instruction": ("请尽快核对材料并作出是否受理的决定。",),
    "late_reason": ("近期申请较为集中，核对需要时间。",),
    "recipient_is": ("self",),
    "extension_reason": ("涉及的资料较多，核对和走访还需要时间。",),
    "procedure_reason": ("需要查明现场情况和申报内容是否一致。",),
    "procedure_basis": ("该事项办事指南关于特别程序的规定。",),
    "procedure_by": ("本单位两名工作人员",),
    "meet_points": ("各部门对用地情况的意见不一致，需要当面核对。",),
    "follow_note": ("已电话联系并补充了说明材料。",),
    "refuse_ground": ("经核查，申请人目前的情况不符合规定的条件。",),
    "guide_office": ("正定县政务服务中心综合窗口",),
    "agency_reason": ("old",),
    "attendees": ("自然资源所、农业站、村镇建设办",),
}
TICKED = (
    *("explained", "content_checked", "commitment_signed", "mandate_signed", "guide_given"),
    *("duty_examined", "duty_told", "duty_explained", "duty_limit"),
)
DEFECTS = (
    ("未提交", "请补交原件，现场核对后退还"),
    ("复印件不清晰", "请重新复印后提交"),
    ("缺少签名", "请本人签名后提交"),
)


@dataclass(slots=True)
class Story:
    """One example case: its plan, and what has happened of it so far."""

    number: int
    item: ItemFacts
    level: str
    pool_id: int
    village_id: int
    village: str
    opens_at: datetime
    random: Random
    pace: float
    fate: str
    rests_after: int | None
    window_pool: int
    way: str = ""
    cautious: bool = False
    case_id: int = 0
    steps: int = 0
    happened: set[str] = field(default_factory=set)

    @property
    def refused(self) -> bool:
        """Whether it ends with a refusal."""
        return self.fate == "refused"

    def applicant(self) -> dict[str, Any]:
        """Answers of the item's form that the story fixes."""
        address = f"河北省石家庄市正定县{self.village}{self.random.randint(1, 300)}号"
        return {
            "applicant_id_type": "id_card",
            "application_mode": "agent" if self.level == "village" else "self",
            "delivery_mode": self.random.choice(MODES),
            "household_address": address,
            "residence_address": address,
            "privacy_notice": True,
            "truth_promise": True,
            **dict.fromkeys(ORGANISATION, ""),
        }

    def marks(self) -> dict[str, dict[str, str]]:
        """How the papers looked at the counter; some stories lack one of them."""
        always = [paper for paper in self.item.materials if not paper.condition]
        may_lack = []
        if self.fate == "supplement":
            may_lack = [paper.key for paper in always]
        elif self.fate in TOLERANT:
            may_lack = [paper.key for paper in always if paper.tolerable]
        if self.fate in {"supplement", *TOLERANT} and not may_lack:
            self.fate = "plain"
        lacking = self.random.choice(may_lack) if may_lack else ""
        return {paper.key: self._mark(paper, lacking) for paper in self.item.materials}

    def _mark(self, paper: MaterialFacts, lacking: str) -> dict[str, str]:
        if paper.key == lacking:
            defect, remedy = self.random.choice(DEFECTS)
            return {"state": "missing", "defect": defect, "remedy": remedy}
        checked = "original" in paper.form
        return {"state": "checked" if checked else "received", "defect": "", "remedy": ""}

    def mandate(self, name: str, day: date) -> dict[str, Any] | None:
        """The mandate to the village agent, where she files (AGT-01)."""
        if self.level != "village":
            return None
        return {
            "principal_name": name,
            "reason": self.random.choice(("elderly", "mobility", "away", "convenience")),
            "powers": ["file", "receipt", "correct", "collect"],
            "signed_on": day.isoformat(),
        }

    def answers(self, form: Form, form_id: str, day: date) -> dict[str, Any]:
        """What the officer writes: the decision of the story, then the usual words."""
        given: dict[str, Any] = {
            key: self.random.choice(list(words))
            for key, words in WORDS.items()
            if form.field(key) is not None
        }
        for key in ("served_on", "posted_on"):
            if form.field(key) is not None:
                given[key] = day.isoformat()
        for key in TICKED:
            if form.field(key) is not None:
                given[key] = True
        return given | self._decision(form_id)

    def takes_care(self, form_id: str) -> bool:
        """Give up what the story wanted at this step; False when there is nothing to give up."""
        if form_id == "intake-examine" and self.fate in TOLERANT:
            self.fate = "supplement"
            return True
        if form_id in CAUTIOUS and not self.cautious:
            self.cautious = True
            return True
        return False

    def keeps_silent(self) -> bool:
        """Whether the department that is asked now lets its time run out (once a story)."""
        return self.fate == "silence" and self._first("silence")

    def brings_papers(self, message: str) -> bool:
        """Whether the applicant brings what the case waits for now."""
        if message != "paper_arrived":
            return self.random.random() < 0.8
        if self.fate == "tolerance_extended":
            return "extended" in self.happened
        return self.fate != "tolerance_expired"

    def turns_now(self) -> bool:
        """Whether something happens now that no step is: withdrawn, suspended, terminated."""
        return self.fate in TURNS and self.steps >= 2 and self._first("turn")

    def _by_fate(self, form_id: str) -> dict[str, Any]:
        """The answers that make the story what it is."""
        if self.cautious and form_id in CAUTIOUS:
            key, answer = CAUTIOUS[form_id]
            return {key: answer}
        if form_id == "intake-examine" and self.fate in TOLERANT:
            return {"outcome": "tolerate"}
        if form_id == "village-register":
            return {"outcome": self.way or "agency"}
        if form_id == "tolerance-verify":
            return {"outcome": "complete"}
        if form_id == "tolerance-overdue":
            again = self.fate == "tolerance_extended" and self._first("asked_longer")
            return {"overdue_request": "extend" if again else "terminate"}
        if form_id == "tolerance-decide":
            again = self.fate == "tolerance_extended" and self._first("extended")
            return {"outcome": "extend" if again else "terminate"}
        if form_id == "opinion" and self.fate == "dissent" and self._first("dissent"):
            return {"outcome": "disagree"}
        if (
            form_id in {"joint-consolidate", "county-consolidate"}
            and "dissent" in self.happened
        ):
            return {"outcome": "meet"} if self._first("met") else {"outcome": "complete"}
        if form_id in REVIEWS:
            return self._reviewed(form_id)
        return {}

    def _reviewed(self, form_id: str) -> dict[str, Any]:
        """At a review: go on, order a procedure, ask for more time, send back."""
        if (
            self.fate == "county_return"
            and form_id.startswith("county")
            and self._first("back")
        ):
            return {"outcome": "return"}
        if self.fate == "special" and self._first("special"):
            kind = self.random.choice(("site_visit", "publicity"))
            return {
                "outcome": "special",
                "procedure": kind,
                "procedure_days": self.random.randint(2, 5),
                "procedure_unit": "workday",
            }
        if self.fate == "extension" and self._first("extension"):
            return {"outcome": "extend", "added_days": self.random.randint(1, 3)}
        return {"outcome": "complete"}

    def _decision(self, form_id: str) -> dict[str, Any]:
        fated = self._by_fate(form_id)
        if fated:
            return fated
        if form_id in DECIDING:
            key, granted, refused = DECIDING[form_id]
            return {key: refused if self.refused else granted}
        if form_id not in WEIGHTS:
            return {}
        key, weights = WEIGHTS[form_id]
        if (
            form_id == "intake-examine"
            and self.fate == "supplement"
            and self._first("supplement")
        ):
            return {key: "supplement"}
        offered = {
            answer: weight
            for answer, weight in weights.items()
            if answer not in ONCE or f"{form_id}/{answer}" not in self.happened
        }
        (chosen,) = self.random.choices(list(offered), list(offered.values()))
        self.happened.add(f"{form_id}/{chosen}")
        return {key: chosen}

    def _first(self, what: str) -> bool:
        """Whether this has not happened yet; from now on it has."""
        first = what not in self.happened
        self.happened.add(what)
        return first
