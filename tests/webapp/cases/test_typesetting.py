"""Documents as files: the same bytes each time, nothing typed is obeyed, originals once."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.audit.actions import seal
from webapp.audit.models import Event
from webapp.audit.queries import broken_seals
from webapp.cases import actions, files, typesetting
from webapp.cases.models import Document
from webapp.cases.queries import broken_chain, events_without_case, printing, prove, to_print
from webapp.cases.typesetting import Sheet, typeset
from webapp.core import db, outbox
from webapp.core.crypto import is_query_code, query_code
from webapp.core.errors import Invalid, Unknown

AT = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
HOSTILE = (
    '#read("/etc/passwd") #panic() $x$ *a* _b_ `c` <label> @ref // note /* x */ \\ ] [ { } "'
)


def sheet(**more) -> Sheet:
    content = {
        "title": "受理通知书",
        "organ": "正定县民政局",
        "addressee": "王建国",
        "case_number": "130123103-20260303-000001",
        "paragraphs": ["申请人：王建国。"],
        "lists": [{"title": "材料", "columns": ["名称", "份数"], "rows": [["身份证", "1"]]}],
        "basis": ["《中华人民共和国行政许可法》第三十二条"],
        "seal": "acceptance",
        "signatures": ["申请人签收"],
        "query": {"code": "K7QM-3TXW", "address": "https://bm.example.gov.cn/q/?n=1"},
    }
    return Sheet("D05", "正民受〔2026〕1号", content | more, AT)


def test_the_same_sheet_gives_the_same_bytes_as_pdf_a():
    """IN-03, design §8: rendered identically on repetition, so that its hash proves it."""
    first = typeset([sheet()])
    assert typeset([sheet()]) == first
    assert first.startswith(b"%PDF-")
    assert b"pdfaid" in first
    assert typeset([sheet(title="补正告知书")]) != first


@given(
    st.text(min_size=1, max_size=60).filter(lambda text: text.strip()) | st.just(HOSTILE),
)
def test_whatever_was_typed_is_printed_and_never_obeyed(text):
    """Markup, code and strange signs in data neither fail nor run."""
    rows = [{"title": text, "columns": [text, text], "rows": [[text, text]]}]
    signed = {"paragraphs": [text], "addressee": text, "lists": rows, "remedy": text}
    assert typeset([sheet(**signed)]).startswith(b"%PDF-")


def test_a_sign_that_no_font_has_leaves_a_mark_and_not_a_failure():
    """A rare name must not keep a document from being issued."""
    rare = typeset([sheet(addressee="王\U000323af")])
    assert rare == typeset([sheet(addressee="王〓")])
    assert rare != typeset([sheet(addressee="王")])
    assert typeset([sheet(addressee="0\U0001d185")]).startswith(b"%PDF-")


def test_the_skeleton_fetches_nothing():
    """Neither packages nor files: typst would go to the network for the first."""
    source = (Path(typesetting.__file__).parent / "paper.typ").read_text("utf-8")
    assert not re.search(r"#?import|#?include|read\(|eval\(|@preview", source)


def test_query_codes_are_derived_and_forgive_how_they_are_typed():
    code = query_code("130123103-20260303-000001")
    assert re.fullmatch(r"[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}", code)
    assert is_query_code("130123103-20260303-000001", f" {code.lower().replace('-', ' ')} ")
    assert not is_query_code("130123103-20260303-000002", code)
    assert not is_query_code("130123103-20260303-000001", "")
    assert not is_query_code("130123103-20260303-000001", "查询")


def more_like(one, count, mark=""):
    """Issue further papers like this one, each with a number of its own."""
    rows = Document.objects.filter(pk=one.pk).values(
        "case_id", "code", "organ_id", "year", "content", "issued_at"
    )
    same = rows.get()
    Document.objects.bulk_create(
        Document(**same, number=f"{one.number}{mark}-{n}") for n in range(count)
    )


@pytest.mark.django_db
class TestOfACase:
    def opened(self, desk):
        case = desk.open("MZ04", desk.window)
        desk.run(case, "Task_Prelim")
        return case

    def test_a_worker_sets_them_and_the_chain_names_their_hashes(self, desk):
        """The step never waits: files come through the outbox, once, and are proven."""
        case = self.opened(desk)
        assert set(Document.objects.values_list("sha256", flat=True)) == {""}
        outbox.deliver()
        found = list(Document.objects.filter(case=case))
        assert found
        for one in found:
            stored = files.path_of(one.sha256).read_bytes()
            assert hashlib.sha256(stored).hexdigest() == one.sha256
            again = typeset([Sheet(one.code, one.number, one.content, one.issued_at)])
            assert again == stored
        events = Event.objects.filter(subject="case", subject_id=case.pk, kind="typeset")
        named = {number: h for event in events for number, h in event.payload["sha256"].items()}
        assert named == {one.number: one.sha256 for one in found}
        assert actions.typeset_documents(case.pk) == 0
        assert broken_chain(case.pk) == []

    def test_the_first_print_is_the_original_and_the_next_a_marked_copy(self, desk):
        case = self.opened(desk)
        ids = sorted(Document.objects.filter(case=case).values_list("pk", flat=True))
        assert {one.pk for one in to_print(desk.window).papers} >= {ids[0]}
        with db.pretended(desk.at):
            first = actions.print_documents(case.pk, desk.window, ids[:1])
            second = actions.print_documents(case.pk, desk.window, ids)
        assert [one.mark for one in first] == [""]
        assert desk.window.name in second[0].mark
        assert "补打" in second[0].mark
        assert [one.mark for one in second[1:]] == [""] * (len(ids) - 1)
        assert not {one.pk for one in to_print(desk.window).papers} & set(ids)
        printed = Event.objects.filter(subject_id=case.pk, kind="printed").order_by("seq")
        assert [len(one.payload["copies"]) for one in printed] == [0, 1]

    def test_a_full_queue_says_that_more_waits_behind_it(self, desk):
        """A count that stops at 200 would tell the window that 200 is all (IN-03)."""
        case = self.opened(desk)
        one = Document.objects.filter(case=case).earliest("pk")
        missing = printing.MOST - len(to_print(desk.window).papers)
        more_like(one, missing)
        full = to_print(desk.window)
        assert (len(full.papers), full.more) == (printing.MOST, False)
        more_like(one, 1, "多")
        over = to_print(desk.window)
        assert (len(over.papers), over.more) == (printing.MOST, True)

    def test_what_cannot_be_printed_is_refused(self, desk):
        case, other = self.opened(desk), self.opened(desk)
        foreign = Document.objects.filter(case=other).first().pk
        with db.pretended(desk.at):
            with pytest.raises(Invalid):
                actions.print_documents(case.pk, desk.window, [])
            with pytest.raises(Unknown):
                actions.print_documents(case.pk, desk.window, [foreign])
        assert not Document.objects.exclude(printed_at=None).exists()

    def test_papers_for_the_applicant_carry_her_query_code(self, desk, settings):
        case = self.opened(desk)
        for one in Document.objects.filter(case=case):
            query = one.content.get("query")
            assert query is None or is_query_code(case.number, query["code"])
        assert Document.objects.filter(case=case, content__has_key="query").exists()

    def test_a_case_proves_itself_and_a_changed_file_is_found(self, desk):
        case = self.opened(desk)
        outbox.deliver()
        case.refresh_from_db()
        sealed = seal(desk.at)
        proof = prove(case)
        assert (proof.wrong, proof.seal, proof.sealed) == ((), sealed, case.audit_seq)
        assert proof.documents == Document.objects.filter(case=case).count()
        one = Document.objects.filter(case=case).first()
        path = files.path_of(one.sha256)
        whole = path.read_bytes()
        path.write_bytes(whole + b" ")
        assert [one.number in sentence for sentence in prove(case).wrong] == [True]
        path.write_bytes(whole)

    def test_a_removed_case_is_found(self, desk):
        """design §11: `bianmin verify` also proves that no whole case is missing."""
        case = self.opened(desk)
        assert events_without_case() == []
        assert list(broken_seals()) == []
        seal(desk.at)
        Event.objects.filter(subject="case", subject_id=case.pk).delete()
        assert list(broken_seals())
