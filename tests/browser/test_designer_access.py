"""The designer's pages for everybody: axe (WCAG AA), a strict policy, the mark of bpmn.io."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.access import violations
from tests.browser.test_designer import OFFICE
from webapp.processes import actions
from webapp.processes.queries.library import content_of

CHANGED = "escalated.bpmn"
EDITED = {
    CHANGED: ".bjs-powered-by:visible",
    "decisions/path.dmn": ".bjs-powered-by:visible",
    "forms/decision-check.json": ".fjs-powered-by-link",
    "documents/D05.yaml": "",
    "scenarios/county-granted.yaml": "",
}
"""A file of each kind, and where its editor shows the mark (our own editor of text has none)."""
PAGES = [
    "/designer/", "/designer/drafts/", "/designer/drafts/?import=1",
    f"/designer/drafts/?copy={CHANGED}", f"/designer/drafts/?path={CHANGED}",
    f"/designer/drafts/?retire={CHANGED}",
    "/designer/drafts/{empty}/", "/designer/drafts/{draft}/",
    f"/designer/drafts/{{draft}}/compare/{CHANGED}",
    "/designer/drafts/{draft}/preview/forms/decision-check.json",
    "/designer/drafts/{draft}/play/",
    "/designer/running/", "/designer/running/escalated/", "/designer/publications/",
]  # fmt: skip
OF_DMN_JS = '<th class="index-column"></th>'
"""The corner over the numbers of rules, which dmn-js draws empty (minor, no WCAG criterion)."""
STRICT = {"script-src 'self'", "style-src 'self'", "object-src 'none'", "base-uri 'self'"}


@pytest.fixture
def drafts(papers):
    """A draft with a file of each kind and a step renamed, beside one without files."""
    designer = papers.acting(OFFICE, "county.designer")
    empty = actions.begin_draft(designer, "还没有文件", "会议纪要第3号")
    draft = actions.begin_draft(designer, "乡镇初审改为3个工作日", "会议纪要第3号")
    for path in EDITED:
        file = actions.take_file(draft.pk, designer, path)
        if path == CHANGED:
            text = content_of(file.content_id).decode()
            assert 'gov:limit="8 workday"' in text
            text = text.replace('gov:limit="8 workday"', 'gov:limit="3 workday"')
            actions.save_file(draft.pk, designer, path, text.encode(), file.version)
    yield {"draft": draft.pk, "empty": empty.pk}
    for one in (draft, empty):
        actions.discard_draft(one.pk, designer)


def policy_of(answer) -> set[str]:
    """The directives of a page's Content-Security-Policy."""
    header = answer.headers["content-security-policy"]
    return {one.strip() for one in header.split(";")}


@pytest.mark.parametrize("path", EDITED)
def test_an_editor_is_for_everybody_and_only_its_styles_are_free(staff, drafts, path):
    """No script but ours, styles of the editor allowed; the mark stays, as its licence asks."""
    page = staff.sit(OFFICE, "county.designer").page
    page.set_viewport_size({"width": 1366, "height": 768})
    answer = page.goto(f"/designer/drafts/{drafts['draft']}/edit/{path}")
    expect(page.locator("#editor[data-ready='1']")).to_be_visible()
    assert policy_of(answer) >= STRICT - {"style-src 'self'"}
    assert "style-src 'self' 'unsafe-inline'" in policy_of(answer)
    assert (
        re.search(r"unsafe-eval|script-src[^;]*unsafe|\*", "; ".join(policy_of(answer))) is None
    )
    if EDITED[path]:
        expect(page.locator(EDITED[path]).first).to_be_in_viewport(ratio=1)
    assert [one for one in violations(page) if OF_DMN_JS not in one] == []
    assert staff.problems == []


def test_the_other_pages_are_for_everybody_and_wholly_strict(staff, papers, drafts):
    papers.run(papers.open("MZ04"), until="Task_Prelim")
    page = staff.sit(OFFICE, "county.designer").page
    page.set_viewport_size({"width": 1366, "height": 768})
    found = {}
    for address in PAGES:
        answer = page.goto(address.format(**drafts), timeout=30_000)
        assert answer.status == 200, address
        assert policy_of(answer) >= STRICT, address
        assert "unsafe" not in answer.headers["content-security-policy"], address
        if "compare" in address:
            expect(page.locator("#drawings[data-ready='1']")).to_be_visible()
            page.get_by_role("button", name="在图上标以往办件数").click()
            expect(page.locator("#counted")).to_contain_text("件", timeout=60_000)
            expect(page.locator("#after .bjs-powered-by")).to_be_in_viewport(ratio=1)
        if wrong := violations(page):
            found[address] = wrong
        wide = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, f"{address} is too wide by {wide}"
    assert found == {}
    assert staff.problems == []
