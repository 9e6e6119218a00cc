"""What changes an officer's account: signing in and out, password, looks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth import login, logout, update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest

from webapp.accounts.models import Officer, Reach
from webapp.audit import actions as audit
from webapp.audit.models import Event


def sign_in(request: HttpRequest, officer: Officer, at: datetime) -> None:
    """Start a session for an officer whose password was right."""
    with transaction.atomic():
        login(request, officer)
        _record(officer, "signed_in", at)


def sign_out(request: HttpRequest, officer: Officer, at: datetime) -> None:
    """End the session."""
    with transaction.atomic():
        _record(officer, "signed_out", at)
        logout(request)


def change_password(
    request: HttpRequest, officer: Officer, password: str, at: datetime
) -> None:
    """Set a new password; her other sessions end, this one goes on."""
    with transaction.atomic():
        officer.set_password(password)
        officer.save(update_fields=["password"])
        update_session_auth_hash(request, officer)
        _record(officer, "password_changed", at)


def set_looks(officer: Officer, *, language: str, large_letters: bool) -> None:
    """Keep an officer's language and letter size."""
    officer.language = language
    officer.large_letters = large_letters
    officer.save(update_fields=["language", "large_letters"])


def set_reach(reach: Reach, phone: str, at: datetime) -> None:
    """Keep how an officer wants to be reached; the record names channels, never addresses."""
    officer = reach.officer
    with transaction.atomic():
        reach.save()
        if officer.phone != phone:
            officer.phone = phone
            officer.save(update_fields=["phone"])
        chosen = [name for name in ("by_mail", "by_sms", "digest") if getattr(reach, name)]
        _record(officer, "reach_changed", at, {"channels": chosen})


def _record(
    officer: Officer, kind: str, at: datetime, payload: dict[str, Any] | None = None
) -> None:
    audit.record(
        subject=Event.Subject.OFFICER,
        subject_id=officer.pk,
        kind=kind,
        at=at,
        actor_id=officer.pk,
        actor_name=officer.name,
        payload=payload,
    )
