"""A day at the window without a mouse, one in high contrast, one without JavaScript (WEB access)."""

from __future__ import annotations

from playwright.sync_api import expect

from webapp.cases.models import WorkItem

OPINION = "材料齐全，符合法定形式。"


def tab_to(page, name: str) -> None:
    """Press Tab until the question has the focus, as a person would."""
    for _ in range(90):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement?.name") == name:
            return
    raise AssertionError(f"Tab never reaches {name}")


def choose(page, name: str, value: str) -> None:
    """Go to a question with a few answers and move to the wanted one with the arrows."""
    tab_to(page, name)
    for _ in range(12):
        if (
            page.evaluate("document.activeElement.checked && document.activeElement.value")
            == value
        ):
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"no arrow leads to {value}")


def test_ten_cases_by_keyboard_alone(staff, papers):
    """Find, open, answer, complete, go on to the next: never a mouse, never a lost focus."""
    cases = [papers.open("MZ04") for _ in range(10)]
    window = staff.sit("xinan.centre", "township.window")
    page, keys = window.page, window.page.keyboard
    page.goto("/inbox/")
    keys.press("2")
    expect(page).to_have_url(f"{staff.site}/inbox/?view=unit")
    keys.press("1")
    expect(page).to_have_url(f"{staff.site}/inbox/?view=mine")
    keys.press("f")
    expect(page.locator("#filter-q")).to_be_focused()
    keys.type(cases[3].number[-6:])
    expect(page.locator("#waiting [data-row]")).to_have_count(1)
    expect(page.locator("#filter-q")).to_be_focused()
    page.goto("/inbox/")
    keys.press("j")
    keys.press("Enter")
    examined = WorkItem.objects.filter(element="Task_Examine", state="DONE")
    for number in range(10):
        expect(page.get_by_role("heading", name="本环节：审查材料")).to_be_visible()
        here = page.url
        choose(page, "outcome", "accept")
        tab_to(page, "opinion")
        keys.type(OPINION)
        keys.press("Control+Shift+Enter")
        expect(window.notice).to_contain_text("审查材料")
        assert page.url != here
        assert examined.count() == number + 1
    assert set(examined.values_list("case", flat=True)) == {case.pk for case in cases}
    assert set(examined.values_list("closed_by", flat=True)) == {window.officer.pk}
    assert window.problems == []


def test_ticks_by_keyboard_and_a_refresh_keep_the_place(staff, papers):
    """x ticks, and what a colleague changes appears without moving the marked row or the focus."""
    first, second = papers.open("ZR01"), papers.open("MZ04")
    window = staff.sit("xinan.centre", "township.window")
    page, keys = window.page, window.page.keyboard
    page.goto("/inbox/?view=unit")
    keys.press("j")
    keys.press("j")
    keys.press("x")
    expect(window.row(second).locator("[data-pick]")).to_be_checked()
    keys.press("x")
    third = papers.open("ZR01")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(window.row(third)).to_be_visible()
    expect(window.row(second)).to_have_class("at")
    expect(window.row(first)).not_to_have_class("at")
    expect(page.locator("#refreshed")).to_contain_text("待办有变化")
    assert page.evaluate("document.activeElement.closest('[data-row]')?.className") == "at"
    assert window.problems == []


def test_high_contrast_shows_the_place_by_a_line(staff, papers):
    case = papers.open("ZR01")
    window = staff.sit("xinan.centre", "township.window", forced_colors="active")
    window.page.goto("/inbox/")
    window.page.keyboard.press("j")
    style = "getComputedStyle(document.querySelector('[data-row].at')).outlineStyle"
    assert window.page.evaluate(style) == "solid"
    expect(window.row(case)).to_be_visible()
    assert window.problems == []


def test_the_daily_path_without_javascript(staff, papers):
    """Filter, tick, sign for, open, answer, complete: plain forms."""
    case, other = papers.open("ZR01"), papers.open("MZ04")
    window = staff.sit("xinan.centre", "township.window", java_script_enabled=False)
    page = window.page
    page.goto("/inbox/")
    page.locator("#filter-q").fill(case.number[-6:])
    page.get_by_role("button", name="筛选").click()
    expect(window.row(case)).to_be_visible()
    expect(window.row(other)).to_have_count(0)
    window.row(case).locator("[data-pick]").check()
    page.get_by_role("button", name="批量签收").click()
    expect(window.notice).to_contain_text("1件办好了")
    window.row(case).locator('a[href^="/items/"]').first.click()
    page.locator('[name="outcome"][value="accept"]').check()
    page.locator('[name="opinion"]').fill(OPINION)
    page.get_by_role("button", name="完成", exact=True).last.click()
    expect(window.notice).to_contain_text("审查材料")
    done = WorkItem.objects.get(case=case, element="Task_Examine")
    assert (done.state, done.closed_by_id) == ("DONE", window.officer.pk)
