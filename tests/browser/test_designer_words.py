"""Everything that the editors say is Chinese: palettes, menus, panels, tooltips, names for readers.

The editors of bpmn.io speak English by themselves; a new version of them that says something
new fails here. What a designer wrote (FEEL, identifiers, values) may be Latin.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Error, Page, expect

from tests.browser.test_designer import OFFICE, begin

LATIN = re.compile(r"[A-Za-z]{2,}")
NAMES = re.compile(
    r"FEEL|BPMN|DMN|JSON|Powered by bpmn\.io|Enter|Esc|Ctrl|Shift"  # formats, the mark, keys
    r"|[\w./-]+\.(?:bpmn|dmn|json|yaml)"  # files
    r"|\"[^\"]*\"|\brouting\b|\bsensitive\b"  # values, keys of properties
    r"|（[a-z0-9-]+）|[A-Z]\w*_\w+|\b[a-z]+(?:[-_][a-z]+)+\b|\bdepartment\b"  # identifiers
)
SAID = """() => {
  const said = new Set();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const around = walk.currentNode.parentElement;
    if (!around.closest("script, style, textarea, code, .cm-editor, .input-cell, .output-cell"))
      said.add(walk.currentNode.textContent.trim());
  }
  for (const one of document.body.querySelectorAll("*"))
    for (const name of ["title", "placeholder", "aria-label", "alt", "aria-description"])
      if (one.getAttribute(name)) said.add(one.getAttribute(name));
  return [...said].filter(Boolean);
}"""


@pytest.fixture
def designer(staff):
    return staff.sit(OFFICE, "county.designer")


class Words:
    """What was read on a page, with where it was first read."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.left: dict[str, str] = {}

    def read(self, where: str) -> None:
        """Look at the whole page as it is now."""
        for text in self.page.evaluate(SAID):
            if LATIN.search(NAMES.sub("", text)):
                self.left.setdefault(text, where)

    def told(self) -> str:
        """The English that was found."""
        return "\n".join(f"{where}: {text}" for text, where in self.left.items())


def test_the_editor_of_diagrams(staff, designer):
    page = begin(designer, "promised.bpmn", "看一看")
    words = Words(page)
    words.read("palette")
    for element in ("Task_Review", "Call_Special", "Gate_Accepted", "Start_Application"):
        shape = page.locator(f"[data-element-id={element}]").first
        shape.click(force=True)
        words.read(f"panel of {element}")
        for order in ("replace", "append"):
            entry = page.locator(f".djs-context-pad [data-action='{order}']")
            if entry.count():
                entry.first.click()
                expect(page.locator(".djs-popup")).to_be_visible()
                words.read(f"{order} of {element}")
                page.keyboard.press("Escape")
                shape.click(force=True)
    page.locator(".djs-minimap .toggle").click()
    words.read("minimap")
    page.locator(".djs-minimap .toggle").click()
    page.locator("#canvas svg").first.click(position={"x": 520, "y": 500})
    page.keyboard.press("Control+f")
    words.read("search")
    assert not words.left, words.told()
    assert staff.problems == []


@pytest.mark.parametrize("path", ["forms/decision-check.json", "forms/village-register.json"])
def test_the_editor_of_forms(staff, designer, path):
    """Each field is chosen and each group of its panel opened: nothing breaks, too."""
    page = begin(designer, path, "看一看")
    words = Words(page)
    words.read("nothing chosen")
    fields = page.locator(".fjs-form-field")
    for number in range(min(fields.count(), 9)):
        try:
            fields.nth(number).click(position={"x": 5, "y": 5}, timeout=1_500)
        except Error:  # lies inside another one
            continue
        for header in page.locator(".bio-properties-panel-group-header").all():
            if header.is_visible():
                header.click()
        words.read(f"field {number}")
    assert not words.left, words.told()
    assert staff.problems == []


def test_the_editor_of_tables(staff, designer):
    page = begin(designer, "decisions/opinion.dmn", "看一看")
    words = Words(page)
    words.read("table")
    for place in (".hit-policy", "th.input-cell", "th.output-cell", "td.annotation"):
        cell = page.locator(place).first
        if cell.count():
            cell.click(force=True)
            words.read(place)
            cell.click(button="right", force=True)
            words.read(f"menu of {place}")
            page.keyboard.press("Escape")
    page.locator(".view-drd button").first.click()
    expect(page.locator(".dmn-drd-container, .djs-container").first).to_be_visible()
    page.locator(".djs-element.djs-shape").first.click(force=True)
    words.read("drawing of requirements")
    assert not words.left, words.told()
    assert staff.problems == []
