"""Papers that no step orders: D01, D26, D27 at the counter, D29 with the volume, D10 by command."""

from __future__ import annotations

import pytest

from tests.webapp.cases.test_volume import volume_of
from webapp.cases import actions
from webapp.cases.models import Case, DenialFiling, Document, Proposal
from webapp.cases.queries.invariants import broken_chain, broken_invariants
from webapp.core import db
from webapp.core.errors import AlreadyDone, Invalid, Unknown

pytestmark = pytest.mark.django_db


def issue(desk, case, code, by=None):
    with db.pretended(desk.at):
        return actions.issue_paper(case.pk, by or desk.window, code)


def paper(case, code) -> dict:
    return Document.objects.get(case=case, code=code).content


def test_the_application_shows_what_was_filed_and_what_is_declared(desk):
    """D01 (domain §3.2): fields, papers, truth declaration (Art.31), privacy notice (PIPL 17)."""
    case = desk.open("ZR01")
    issue(desk, case, "D01")
    found = paper(case, "D01")
    text = "".join(found["paragraphs"])
    assert "真实性声明" in text
    assert "个人信息告知" in text
    assert case.applicant_name in text
    assert "**" in text  # identity number and telephone are masked
    answers, papers = found["lists"]
    labels = {row[0] for row in answers["rows"]}
    assert len(labels) >= 5
    assert all(value for _label, value in answers["rows"])
    assert len(papers["rows"]) == case.materials.filter(needed=True).count()
    assert any("第三十一条" in line for line in found["basis"])
    assert "query" not in found  # it goes to the office, not to the applicant
    assert broken_chain(case.pk) == []


def test_the_application_is_issued_once_and_the_slips_as_often_as_asked(desk):
    """A second print of what was signed is a copy of it, not another original."""
    case = desk.open("MZ04")
    issue(desk, case, "D01")
    with pytest.raises(AlreadyDone, match="D01"):
        issue(desk, case, "D01")
    issue(desk, case, "D26")
    issue(desk, case, "D26")
    issue(desk, case, "D27")
    numbers = list(
        Document.objects.filter(case=case, code="D26").values_list("number", flat=True)
    )
    assert len(set(numbers)) == 2
    slip = Document.objects.filter(case=case, code="D26").first()
    assert "评价全凭自愿" in "".join(slip.content["paragraphs"])
    assert "query" in slip.content  # the applicant may also answer from the public page
    assert "不得告诉被投诉的人" in "".join(paper(case, "D27")["paragraphs"])


def test_only_those_papers_and_only_for_those_who_have_the_case(desk):
    case = desk.open("MZ04")
    with pytest.raises(Invalid):
        issue(desk, case, "D20")
    with pytest.raises(Unknown):
        issue(desk, case, "D26", desk.acting("county_inspection", "inspection"))
    assert not Document.objects.filter(case=case, code__in=("D20", "D26")).exists()


def test_a_slip_can_be_had_after_the_end(desk):
    """D26: after closing (一事一评)."""
    case = desk.open("MZ04")
    with db.pretended(desk.at):
        actions.withdraw(case.pk, desk.window, "不办了")
    issue(desk, case, "D26")
    case.refresh_from_db()
    assert case.is_open is False
    assert broken_invariants() == []


def test_the_catalogue_of_the_volume_is_worded_by_the_county(desk):
    """D29: with the application once, as it was issued."""
    case = desk.open("MZ04")
    issue(desk, case, "D01")
    names = volume_of(desk, case).namelist()
    assert sum("申请书" in name for name in names) == 1
    assert not any("申请内容" in name for name in names)


class TestSentBack:
    """退回件 (D10): a negative act, so two persons, remedy, filing, papers back (DENY-01…03)."""

    def propose(self, desk, case, refile="可以。户口迁回以后可以再申请"):
        with db.pretended(desk.at):
            return actions.propose_termination(
                case.pk, desk.window, "户籍不在本镇", "《办法》第三条", "D10", refile
            )

    def head(self, desk):
        return desk.acting("xinan.centre", "township.head_window")

    def test_whether_she_may_file_again_must_be_said(self, desk):
        case = desk.open("MZ04")
        with pytest.raises(Invalid) as wrong:
            self.propose(desk, case, " ")
        assert set(wrong.value.errors) == {"refile"}
        assert not Proposal.objects.exists()

    def test_confirmed_it_ends_the_case_with_everything_that_belongs_to_it(self, desk):
        case = desk.run(desk.open("MZ04"), until="Task_Prelim")
        self.propose(desk, case)
        with db.pretended(desk.at):
            actions.decide_termination(case.pk, self.head(desk), agree=True)
        case.refresh_from_db()
        assert (case.result, case.is_open) == ("returned", False)
        found = Document.objects.get(case=case, code="D10")
        assert found.serial == 1
        assert "退〔2026〕1号" in found.number
        text = "".join(found.content["paragraphs"])
        assert "户籍不在本镇" in text
        assert "户口迁回以后可以再申请" in text
        assert "行政复议" in found.content["remedy"]
        assert found.content["lists"][0]["rows"]
        assert DenialFiling.objects.get(case=case).document_code == "D10"
        assert not Document.objects.filter(case=case, code="D25").exists()
        with db.pretended(desk.at):
            actions.give_back(case.pk, desk.window, case.applicant_name)
        assert Document.objects.filter(case=case, code="D22").count() == 1
        assert broken_chain(case.pk) == []
        assert broken_invariants() == []

    def test_without_those_words_it_is_a_termination(self, desk):
        case = desk.open("MZ04")
        with db.pretended(desk.at):
            actions.propose_termination(case.pk, desk.window, "已经死亡", "《办法》第三条")
            actions.decide_termination(case.pk, self.head(desk), agree=True)
        assert Case.objects.get(pk=case.pk).result == "terminated"
        assert not Document.objects.filter(case=case, code="D10").exists()
