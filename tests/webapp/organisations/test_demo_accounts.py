"""Demo accounts: only in a demonstration, with passwords that work and are shown once."""

from __future__ import annotations

import re

import pytest
from django.core.management import CommandError, call_command

from webapp.accounts.models import Officer
from webapp.core import db
from webapp.organisations.models import Holding
from webapp.organisations.queries import acting

ROLES = {
    *("village.agent", "township.window", "township.head_window", "township.handler"),
    *("township.leader", "county.window", "county.head_window", "county.handler"),
    *("county.section_head", "county.leader"),
    *("county.office", "county.designer", "county.publisher", "inspection", "admin.system"),
}


@pytest.fixture
def demo(settings):
    settings.DEMO = True


def printed(capsys) -> dict[str, str]:
    """Sign-in names and passwords of the printed table."""
    return dict(
        re.findall(r"([a-z]+\d*\.[a-z]+\d*)\s*│\s*([a-z0-9-]{14})\s", capsys.readouterr().out)
    )


def test_without_demo_there_are_none(county, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("create_demo_accounts")
    assert not Officer.objects.filter(is_demo=True).exists()


def test_every_role_can_sign_in_with_the_printed_password(county, demo, capsys):
    call_command("create_demo_accounts")

    accounts = printed(capsys)
    officers = {o.username: o for o in Officer.objects.filter(is_demo=True)}
    assert accounts.keys() == officers.keys()
    assert all(officers[name].check_password(word) for name, word in accounts.items())
    at = db.now()
    held = [held for officer in officers.values() for held in acting(officer.pk, at).held]
    assert {post.role for post in held} >= ROLES
    assert any(post.cover == "B" and post.for_name for post in held)  # somebody covers today


def test_running_it_again_gives_new_passwords_to_the_same_people(county, demo, capsys):
    call_command("create_demo_accounts")
    first = printed(capsys)
    call_command("create_demo_accounts")
    second = printed(capsys)

    assert first.keys() == second.keys()
    assert not set(first.values()) & set(second.values())


def test_without_a_county_it_says_what_to_do_first(county, demo):
    Holding.objects.all().delete()
    with pytest.raises(CommandError, match="load_county"):
        call_command("create_demo_accounts")
