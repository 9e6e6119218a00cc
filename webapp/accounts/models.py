"""Officers (经办人员): the people who sign in."""

from __future__ import annotations

from datetime import time
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models


class OfficerManager(BaseUserManager["Officer"]):
    """Finds officers by their sign-in name."""

    def create_officer(self, username: str, name: str, password: str | None) -> Officer:
        """Create an officer; `password=None` means that nobody can sign in as this person."""
        officer = self.model(username=username, name=name)
        officer.set_password(password)
        officer.save()
        return officer


class Officer(AbstractBaseUser):
    """A person who works in the system. What she may do comes from the posts she holds."""

    username = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    phone = models.CharField(max_length=20, blank=True)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False, help_text="Exists only with DEMO=1.")
    large_letters = models.BooleanField(default=False, help_text="适老化 large-letter mode.")
    language = models.CharField(max_length=10, default="zh-hans")

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = OfficerManager()

    def __str__(self) -> str:
        return f"{self.name} ({self.username})"

    def get_short_name(self) -> str:
        """The name that pages show."""
        return self.name


class Reach(models.Model):
    """How an officer wants to be reached besides the page itself. No row: on the page only.

    Quiet hours are hours of the day in China; they may run over midnight. What arrives in them
    is sent when they end, nothing is dropped.
    """

    officer = models.OneToOneField(Officer, models.CASCADE, primary_key=True, related_name="+")
    mail = models.EmailField(blank=True)
    by_mail = models.BooleanField(default=False)
    by_sms = models.BooleanField(default=False)
    digest = models.BooleanField(default=False, help_text="Each working day at eight, by mail.")
    quiet_from = models.TimeField(default=time(18))
    quiet_until = models.TimeField(default=time(8))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(by_mail=False, digest=False) | ~models.Q(mail=""),
                name="reach_mail_has_address",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.officer_id}: {'mail ' * self.by_mail}{'sms' * self.by_sms}"
