"""People at their screens: what a clerk does on a page, in the words that she reads."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Locator, Page, expect

from tests.architecture.bodies import flat
from tests.webapp.cases import desk as actions_desk
from tests.webapp.conftest import County
from webapp.accounts.models import Officer
from webapp.cases.facts import facts_of
from webapp.cases.models import Case
from webapp.catalogue.queries import item_by_code
from workflows.calendars import local_day
from workflows.forms import sample

PASSWORD = "kvn3-ywvj-kf2p"
PHONE_SIZE = {"width": 390, "height": 844}
_seeds = itertools.count(1)


class Desk(actions_desk.Desk):
    """The desk of the action tests, at the office's pretended moment."""

    def __init__(self, clock) -> None:
        super().__init__(County(clock.at), clock.at)


@dataclass
class Staff:
    """Gives people a screen of their own: a browser context, signed in."""

    site: str
    browser: Browser
    usual: dict[str, Any]
    clock: Any
    seated: list[Person] = field(default_factory=list)

    @property
    def problems(self) -> list[str]:
        """Whatever any screen complained about."""
        return [problem for person in self.seated for problem in person.problems]

    def officer(self, unit: str, role: str, cover: str = "A", post: str = "") -> Officer:
        """Who holds a post."""
        return County(self.clock.at).officer(unit, role, cover, post)

    def sit(self, unit: str, role: str, *, post: str = "", cover: str = "A",
            by_form: bool = False, **context: Any) -> Person:  # fmt: skip
        """Somebody sits down and signs in (by the form, or with a session made for her)."""
        officer = self.officer(unit, role, cover, post)
        wanted = {**self.usual, "base_url": self.site, **context}
        page = self.browser.new_context(**wanted).new_page()
        page.set_default_timeout(8_000)
        one = Person(officer, page, self, wanted.get("java_script_enabled", True))
        if by_form:
            one.sign_in()
        else:
            one.have_session()
        self.seated.append(one)
        return one


@dataclass
class Person:
    """An officer before her screen."""

    officer: Officer
    page: Page
    staff: Staff
    scripted: bool = True

    def __post_init__(self) -> None:
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", self._hear)

    def _hear(self, message) -> None:
        """A refused script or style, a failed module: nothing of the kind may happen."""
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.problems.append(message.text)

    # -- coming and going ------------------------------------------------------------------

    def sign_in(self) -> None:
        """Type name and password at the gate."""
        self.officer.set_password(PASSWORD)
        self.officer.save(update_fields=["password"])
        self.page.goto("/accounts/sign-in/")
        self.type_password()
        expect(self.page.locator(".who summary")).to_contain_text(self.officer.name)

    def type_password(self) -> None:
        """Fill in the gate that is on the screen."""
        self.page.get_by_label("登录名").fill(self.officer.username)
        self.page.get_by_label("密码").fill(PASSWORD)
        self.page.get_by_role("button", name="登录", exact=True).click()

    def have_session(self) -> None:
        """Be signed in already."""
        client = Client()
        client.force_login(self.officer)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": self.staff.site}]
        )

    def lose_session(self) -> None:
        """The session ends behind her back (twelve hours, another computer)."""
        self.page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)

    # -- the inbox -------------------------------------------------------------------------

    def row(self, case: Case) -> Locator:
        """The line of a case in the list on the screen."""
        return self.page.locator("[data-row]", has_text=case.number)

    def finds(self, case: Case, step: str, due: str) -> None:
        """Her inbox has the case with this step and these words of its deadline."""
        self.page.goto("/inbox/")
        row = self.row(case)
        expect(row).to_contain_text(step)
        expect(row.locator(".due")).to_have_text(re.compile(f"^{due}$"))

    def finds_nothing(self, case: Case) -> None:
        """Her inbox does not have it."""
        self.page.goto("/inbox/?view=unit")
        expect(self.page.get_by_role("heading", name="待办")).to_be_visible()
        expect(self.row(case)).to_have_count(0)

    def takes(self, case: Case, step: str, due: str) -> None:
        """Sign for the case in the inbox and open it."""
        self.finds(case, step, due)
        self.row(case).get_by_role("button", name="签收").click()
        expect(self.notice).to_contain_text("已签收")
        self.row(case).get_by_role("link", name="办理").click()
        expect(self.page.get_by_role("heading", name=f"本环节：{step}")).to_be_visible()

    # -- forms -----------------------------------------------------------------------------

    @property
    def notice(self) -> Locator:
        """What the page says has happened."""
        return self.page.locator(".notices")

    def fill(self, **answers: Any) -> None:
        """Answer questions of the form by their keys."""
        for key, value in flat(answers).items():
            self.put(key, value)

    def put(self, name: str, value: Any) -> None:
        """Answer one question, whatever kind of control it is.

        Where other questions depend on it, wait until the page has asked the server.
        """
        inside = self.page.locator(f'form[data-form] [name="{name}"]')
        found = inside if inside.count() else self.page.locator(f'[name="{name}"]')
        kind, drives = found.first.evaluate(
            "e => [e.tagName + ':' + (e.type || ''), e.matches('[data-drives],[data-rows] *')]"
        )
        if kind in {"INPUT:radio", "INPUT:checkbox"}:
            for one in value if isinstance(value, list) else [value]:
                choice = found.and_(self.page.locator(f'[value="{one}"]'))
                if not choice.is_checked():
                    self._answer(drives, choice.check)
        elif found.input_value() != str(value):
            if kind.startswith("SELECT"):
                self._answer(drives, lambda: found.select_option(str(value)))
            else:
                self._answer(drives, lambda: (found.fill(str(value)), found.blur()))

    def _answer(self, drives: bool, act: Callable[[], Any]) -> None:
        if not drives or not self.scripted:
            act()
            return
        with self.page.expect_response(lambda answer: "/state/" in answer.url):
            act()
        expect(self.page.locator("form[data-state][aria-busy]")).to_have_count(0)  # applied

    def opens_item(self, case: Case) -> None:
        """Open the work item of a case from the inbox, without signing for it."""
        self.page.goto("/inbox/")
        self.row(case).locator('a[href^="/items/"]').first.click()
        expect(self.page.get_by_role("heading", name="本环节")).to_be_visible()

    def typed_in(self) -> dict[str, Any]:
        """Everything that the form on the screen holds now, by name."""
        return self.page.evaluate(
            """() => Object.fromEntries(
              [...new FormData(document.querySelector("form[data-form]")).entries()]
                .filter(([name, value]) => typeof value === "string" && !name.startsWith("csrf"))
                .map(([name, value]) => [name + "=" + value, true]))"""
        )

    def button(self, words: str) -> Locator:
        """A button that everybody can see."""
        shown = self.page.locator(":not([aria-hidden])")
        return self.page.get_by_role("button", name=words, exact=True).and_(shown)

    def press(self, words: str) -> None:
        """Press a button."""
        self.button(words).click()

    def complete(self, button: str = "完成") -> str:
        """Press the button; gives what the page says has happened."""
        self.press(button)
        expect(self.notice).to_contain_text("已办完")
        return self.notice.inner_text()

    def does(self, case: Case, step: str, due: str, *, then: str = "", **answers: Any) -> str:
        """One whole step: find, sign for, fill in, read what will follow, complete."""
        self.takes(case, step, due)
        self.fill(**answers)
        if then:
            expect(self.page.locator(".consequence-line:visible")).to_contain_text(then)
        return self.complete()

    # -- registering -----------------------------------------------------------------------

    def registers(self, code: str, *, marks: Mapping[str, str] | None = None,
                  village: str = "新安村", **given: Any) -> Case:  # fmt: skip
        """Register an application: choose the item, fill in its form, tick the papers."""
        self.opens_registration(code)
        self.fills_registration(code, marks=marks, village=village, **given)
        self.press("提交登记")
        return self.registered()

    def registered(self) -> Case:
        """The page says that it is registered; gives the case with the number on it."""
        expect(self.page.get_by_role("heading", name="已登记")).to_be_visible()
        number = self.page.locator(".done-number").inner_text().strip()
        return Case.objects.get(number=number)

    def opens_registration(self, code: str) -> None:
        """Find the item by its code and open its page."""
        self.page.goto("/register/")
        box = self.page.get_by_label("按名称或编码找事项")
        box.fill(code)
        expect(self.page.locator("[data-filter-words]:visible")).to_have_count(1)
        box.press("Enter")
        expect(self.page.get_by_role("heading", name=item_by_code(code).name)).to_be_visible()

    def fills_registration(self, code: str, *, marks: Mapping[str, str] | None = None,
                           village: str = "新安村", **given: Any) -> dict[str, Any]:  # fmt: skip
        """Answer every question that the page asks; gives the answers."""
        answers = invented(code, self.staff.clock.at, **given)
        if self.page.locator("#reg-village").count():
            option = self.page.locator("#reg-village option", has_text=village).first
            self.page.locator("#reg-village").select_option(option.get_attribute("value"))
        self.add_rows(answers)
        for name, value in flat(answers).items():
            if self.page.locator(f'[name="{name}"]:visible:enabled:not([readonly])').count():
                self.put(name, value)
        for line in self.page.locator(".mat:visible").all():
            key = (line.get_attribute("data-mat") or "").removeprefix("mat-")
            state = (marks or {}).get(key, "received")
            line.locator(f'[value="{state}"]').check()
        return answers

    def add_rows(self, answers: Mapping[str, Any]) -> None:
        """Press 再加一行 as often as there are people to write down."""
        for key, value in answers.items():
            holder = self.page.locator(f'[data-rows="{key}"]')
            if not isinstance(value, list) or not holder.count():
                continue
            while holder.locator("> [data-row]").count() < len(value):
                holder.locator("> [data-add]").click()

    def fits(self) -> None:
        """Nothing of the page lies outside the screen (a telephone does not scroll sideways)."""
        wide = self.page.locator("html").evaluate("e => e.scrollWidth - e.clientWidth")
        assert wide <= 0, f"{self.page.url} is {wide} pixels too wide"

    # -- the case --------------------------------------------------------------------------

    def looks_at(self, case: Case, tab: str) -> Locator:
        """Open a tab of the case."""
        self.page.goto(f"/cases/{case.pk}/{tab}/")
        return self.page.locator("main")

    def sees_painted(
        self, case: Case, process: str, *, done: set[str], current: set[str]
    ) -> None:
        """The drawing shows these steps as passed and these as being worked on."""
        self.page.goto(f"/cases/{case.pk}/diagram/?process={process}")
        expect(self.page.locator("#diagram[data-ready='1']")).to_be_visible()
        painted = self.page.evaluate(
            """() => Object.fromEntries(["done", "current", "overdue"].map((mark) => [mark,
              [...document.querySelectorAll(`#diagram .djs-element.step-${mark}`)]
                .map((one) => one.dataset.elementId)]))"""
        )
        assert done <= set(painted["done"]), painted
        assert current == set(painted["current"] + painted["overdue"]), painted
        assert not done & current

    def sees_relay(self, case: Case, *hands: str, now: str = "") -> None:
        """Who has had it, in order, who has it now, and the record of what happened."""
        self.looks_at(case, "overview")
        before = self.page.locator(".relay-before")
        if before.count():
            before.locator("summary").click()
        shown = self.page.locator(
            ".relay-before li, .relay > li:not(.relay-next):not(.relay-end)"
        )
        found = [" ".join(text.split()) for text in shown.all_inner_texts()]
        assert len(found) == len(hands), found
        for text, hand in zip(found, hands, strict=True):
            assert all(word in text for word in hand.split()), (text, hand)
        if now:
            expect(self.page.locator(".relay-now")).to_contain_text(now)
        else:
            expect(self.page.locator(".relay-end")).to_contain_text("办结")

    def reads_timeline(self, case: Case, *sentences: str) -> None:
        """The record tells these things in this order (newest first on the screen)."""
        self.looks_at(case, "timeline")
        lines = self.page.locator(".timeline > li").all_inner_texts()[::-1]
        told = iter(enumerate(" ".join(line.split()) for line in lines))
        for sentence in sentences:
            words = sentence.split()
            assert any(all(word in line for word in words) for _n, line in told), (
                sentence,
                lines,
            )

    def reads_document(self, case: Case, code: str) -> Locator:
        """Open the newest paper of this kind from the list of papers; gives its text."""
        self.looks_at(case, "documents")
        row = self.page.locator("table.list tbody tr", has_text=code).last
        row.get_by_role("link", name="查看", exact=True).click()
        expect(self.page.locator(".paper")).to_be_visible()
        return self.page.locator(".paper")

    def sees_documents(self, case: Case, codes: list[str]) -> dict[str, str]:
        """The papers issued so far, in order; gives their numbers by code."""
        self.looks_at(case, "documents")
        rows = self.page.locator("table.list tbody tr")
        expect(rows).to_have_count(len(codes))
        found = {}
        for row, code in zip(rows.all(), codes, strict=True):
            assert row.locator(".item-code").inner_text() == code
            found[code] = row.locator(".document-number").inner_text().strip()
            assert found[code]
        return found


def invented(code: str, at, **given: Any) -> dict[str, Any]:
    """Answers of an item's form that pass its rules."""
    item = item_by_code(code)
    return sample(
        item.form,
        next(_seeds),
        today=local_day(at),
        variables={**facts_of(item, delivery_mode=""), "level": "township"},
        given={
            "application_mode": "self",
            "delivery_mode": "window",
            "organisation_name": "",
            **given,
        },
    )
