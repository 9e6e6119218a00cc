"""Templates: they compile, obey the content security policy, and speak through gettext."""

from __future__ import annotations

import re

import pytest

from webapp.core.management.commands.check_templates import check, template_files

CHINESE = re.compile(r"[\u3400-\u9fff]+")
THROUGH_GETTEXT = (
    r"{%\s*comment.*?{%\s*endcomment\s*%}",
    r"{#.*?#}",
    r"{%\s*blocktrans.*?{%\s*endblocktrans\s*%}",
    r"{%\s*trans\s+(\"[^\"]*\"|'[^']*').*?%}",
    r"\b_\((\"[^\"]*\"|'[^']*')\)",
)
PRINTED = {"inboxes/parts/paper.html"}
"""Papers with legal effect are Chinese in every language of the screen (style: documents)."""
MARKS = {
    "base.html": {"便"},  # the mark of the brand
    "accounts/gate.html": {"便", "简体中文"},  # a language names itself
    "ui/plain_page.html": {"便"},
}
EVENTS = re.compile(r"\s(on[a-z]+|style|hx-on[\w:.-]*)\s*=", re.IGNORECASE)


def bare_chinese(text: str) -> set[str]:
    """Chinese that a template shows without asking gettext."""
    for pattern in THROUGH_GETTEXT:
        text = re.sub(pattern, " ", text, flags=re.DOTALL)
    # Values that a tag compares with are data, not words for the screen.
    text = re.sub(r"{%\s*(if|elif)\b.*?%}", " ", text, flags=re.DOTALL)
    return set(CHINESE.findall(text))


@pytest.mark.parametrize("template", list(template_files()), ids=lambda one: one[0])
def test_templates_compile_obey_the_policy_and_speak_through_gettext(template):
    name, file = template
    text = file.read_text("utf-8")
    assert list(check(template)) == []
    html = re.sub(r"{%.*?%}", " ", text, flags=re.DOTALL)
    assert EVENTS.findall(html) == [], "no handlers or styles in templates (CSP)"
    if name not in PRINTED:
        assert bare_chinese(text) <= MARKS.get(name, set())


def test_the_scan_sees_what_is_not_translated():
    """It can fail."""
    assert bare_chinese('<p>你好 {% trans "再见" %}</p>') == {"你好"}
    assert bare_chinese('<a title="{% trans \'关\' %}">{{ x|default:_("无") }}</a>') == set()
    assert bare_chinese('{{ x|default:"无" }}') == {"无"}
    assert EVENTS.search('<p onclick="x()">')
    assert EVENTS.search('<p style="x">')
    assert EVENTS.search('<p hx-on:click="x">')
