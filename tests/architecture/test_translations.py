"""The English catalogue is complete, agrees with the sources, and reaches the pages (design: Chinese first, English second)."""

from __future__ import annotations

import gettext
import io
import re
import shutil
import warnings
from datetime import UTC, datetime

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils import translation

from tests.webapp.cases.desk import Desk
from tests.webapp.conftest import County, load
from webapp.cases import policy
from webapp.cases.models import Document
from webapp.config.folders import ROOT
from webapp.core.errors import Refused
from webapp.organisations.queries import Acting
from webapp.processes.models import Process

CATALOGUE = ROOT / "webapp" / "locale" / "en" / "LC_MESSAGES" / "django.po"
HAN = re.compile(r"[\u3400-\u9fff]+")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|</?\w+[^>]*>")


def entries(path=CATALOGUE):
    """Every entry but the header."""
    with path.open("rb") as file:
        return [one for one in read_po(file, locale="en") if one.id]


def forms(value):
    """A sentence, or its singular and plural, as a tuple."""
    return value if isinstance(value, tuple) else (value,)


# -- the catalogue itself ------------------------------------------------------------------


def test_nothing_is_empty_or_a_guess():
    assert [one.id for one in entries() if one.fuzzy] == []
    assert [one.id for one in entries() if not all(forms(one.string))] == []


def test_placeholders_are_kept():
    wrong = [
        one.id
        for one in entries()
        for said in forms(one.string)
        if sorted(PLACEHOLDER.findall(said)) != sorted(PLACEHOLDER.findall(forms(one.id)[0]))
    ]
    assert wrong == []


def test_english_is_english():
    """Chinese stands in an English sentence only where it quotes what is on the page."""
    wrong = [
        said
        for one in entries()
        for said in forms(one.string)
        if not all(word in forms(one.id)[0] for word in HAN.findall(said))
    ]
    assert wrong == []


def test_every_plural_has_two_forms():
    counted = [one for one in entries() if isinstance(one.id, tuple)]
    assert counted
    assert {len(one.string) for one in counted} == {2}


def test_the_compiled_catalogue_loads():
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="en")
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    english = gettext.GNUTranslations(compiled)
    assert english.gettext("受理通知书") == "Acceptance notice"
    days = "剩{n}个工作日"
    assert english.ngettext(days, days, 1) == "{n} working day left"
    assert english.ngettext(days, days, 2) == "{n} working days left"
    assert english.pgettext("原件交接", "签收") != english.gettext("签收")


# -- the catalogue and the sources ---------------------------------------------------------


@pytest.fixture
def collected(tmp_path, monkeypatch):
    """What `bianmin makemessages` makes of the sources as they are now."""
    if not shutil.which("xgettext"):
        warnings.warn("NO GETTEXT: translations not compared with the sources", stacklevel=1)
        pytest.skip("no xgettext (Debian: apt install gettext)")
    shutil.copytree(
        ROOT / "webapp",
        tmp_path / "webapp",
        ignore=shutil.ignore_patterns("frontend", "__pycache__", "*.mo"),
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(settings, "LOCALE_PATHS", [tmp_path / "webapp" / "locale"])
    call_command("makemessages", locale=["en"], verbosity=0)
    return entries(tmp_path / "webapp" / "locale" / "en" / "LC_MESSAGES" / "django.po")


def test_catalogue_and_sources_agree(collected):
    used = {(one.context, one.id) for one in collected}
    kept = {(one.context, one.id) for one in entries()}
    assert sorted(used - kept, key=str) == [], "没有翻译的句子：请运行 make messages"
    assert sorted(kept - used, key=str) == [], "不再使用的句子：请运行 make messages"


def test_no_sentence_is_glued_before_it_is_looked_up(collected):
    """f"…{name}…" is never found in a catalogue: `_("…{name}…").format(name=…)` is."""
    glued = re.compile(r"\{[^{}]*[^\w{}][^{}]*\}")
    assert [one.id for one in collected if glued.search(forms(one.id)[0])] == []


# -- the pages -----------------------------------------------------------------------------


@pytest.fixture
def county(_county_rows, db, at) -> County:
    """The example county."""
    if not Process.objects.exists():
        load()
    return County(at)


@pytest.fixture
def window(county, client) -> Client:
    """The browser of a township window whose officer chose English."""
    client.force_login(county.officer("xinan.centre", "township.window"))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def page(client: Client, path: str, **headers: str) -> str:
    """A page as text."""
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, path
    return answer.content.decode()


@pytest.mark.django_db
def test_the_gate_speaks_the_language_that_was_chosen(client):
    """By choice, never by the browser's settings (webapp.config.language)."""
    chinese = page(client, "/accounts/sign-in/", **{"accept-language": "en"})
    assert '<html lang="zh-hans"' in chinese
    assert "登录名" in chinese
    client.post("/accounts/language/", {"language": "en", "next": "/accounts/sign-in/"})
    english = page(client, "/accounts/sign-in/", **{"accept-language": "zh-CN"})
    assert '<html lang="en"' in english
    assert "User name" in english
    assert "登录" not in english


def test_the_inbox_is_english(window):
    inbox = page(window, "/inbox/")
    assert '<html lang="en"' in inbox
    assert "<h1>Work items</h1>" in inbox
    assert "待办" not in inbox


def test_a_case_is_english_and_its_documents_say_why_they_are_not(window, county):
    case = Desk(county, county.at).open("MZ01")
    overview = page(window, f"/cases/{case.pk}/timeline/")
    assert "registered the application (filed at a township window)" in overview
    receipt = Document.objects.filter(case=case, code="D02").get()
    shown = page(window, f"/documents/{receipt.pk}/")
    assert "Documents are legal texts" in shown
    assert '<article class="paper" lang="zh-CN">' in shown
    assert "材料接收凭证" in shown


def test_refusals_are_read_in_the_language_of_the_reader():
    nobody = Acting(0, "", (), datetime(2026, 3, 3, tzinfo=UTC))
    with pytest.raises(Refused) as refused:
        policy.check_can_register(nobody)
    with translation.override("en"):
        assert refused.value.sentence.startswith("Cases are registered by windows")
    with translation.override("zh-hans"):
        assert refused.value.sentence == str(refused.value)
