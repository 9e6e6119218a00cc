"""Forms of the sign-in gate and of an officer's own settings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate, password_validation
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from webapp.accounts.models import Officer, Reach


class SignInForm(forms.Form):
    """Name and password; `officer` is set when they are right."""

    username = forms.CharField(
        label=_("登录名"),
        max_length=40,
        error_messages={"required": _("请填写登录名。")},
        widget=forms.TextInput(
            attrs={"class": "form-control", "autocomplete": "username", "autofocus": True}
        ),
    )
    password = forms.CharField(
        label=_("密码"),
        strip=False,
        max_length=200,
        error_messages={"required": _("请填写密码。")},
        widget=forms.PasswordInput(
            attrs={"class": "form-control", "autocomplete": "current-password"}
        ),
    )

    def __init__(self, *args: Any, request: HttpRequest | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.officer: Officer | None = None

    def clean(self) -> dict[str, Any]:
        """Try the two together; never say which of them was wrong."""
        cleaned = super().clean() or self.cleaned_data
        username, password = cleaned.get("username"), cleaned.get("password")
        if username and password:
            found = authenticate(self.request, username=username.strip(), password=password)
            if not isinstance(found, Officer):
                raise forms.ValidationError(
                    _("登录名或密码不对。请核对后再试；忘记密码请联系县政务办的系统管理员。")
                )
            if found.is_demo and not settings.DEMO:
                raise forms.ValidationError(_("演示账号只能在演示系统中登录。"))
            self.officer = found
        return cleaned


class PreferencesForm(forms.ModelForm):  # type: ignore[type-arg]
    """Language and letter size of an officer."""

    language = forms.ChoiceField(
        label=_("界面语言"),
        choices=settings.LANGUAGES,
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
    )

    class Meta:
        model = Officer
        fields = ("language", "large_letters")
        labels = {"large_letters": _("大字（适老化）")}
        help_texts = {"large_letters": _("字号、间距和按钮都更大。")}
        widgets = {"large_letters": forms.CheckboxInput(attrs={"class": "form-check-input"})}


def _tick() -> forms.CheckboxInput:
    return forms.CheckboxInput(attrs={"class": "form-check-input"})


class ReachForm(forms.ModelForm):  # type: ignore[type-arg]
    """By which channels an officer is told, besides the page itself, and when not."""

    field_order = ("mail", "phone", "by_mail", "by_sms", "digest", "quiet_from", "quiet_until")
    phone = forms.RegexField(
        r"^1\d{10}$",
        label=_("手机号"),
        required=False,
        error_messages={"invalid": _("请填11位手机号。")},
        widget=forms.TextInput(attrs={"class": "form-control", "inputmode": "numeric"}),
    )

    class Meta:
        model = Reach
        fields = ("mail", "by_mail", "digest", "by_sms", "quiet_from", "quiet_until")
        labels = {
            "mail": _("邮箱"),
            "by_mail": _("有消息就发邮件"),
            "digest": _("每个工作日早上8点发一封当天的待办汇总"),
            "by_sms": _("有消息就发短信"),
            "quiet_from": _("免打扰从"),
            "quiet_until": _("免打扰到"),
        }
        error_messages = {
            "mail": {"invalid": _("邮箱不对，应该像 name@example.cn。")},
            "quiet_from": {
                "invalid": _("请写成18:00这样的时间。"),
                "required": _("请填写时间。"),
            },
            "quiet_until": {
                "invalid": _("请写成08:00这样的时间。"),
                "required": _("请填写时间。"),
            },
        }
        widgets = {
            "mail": forms.EmailInput(attrs={"class": "form-control", "autocomplete": "email"}),
            "by_mail": _tick(),
            "digest": _tick(),
            "by_sms": _tick(),
            "quiet_from": forms.TimeInput({"class": "form-control", "type": "time"}, "%H:%M"),
            "quiet_until": forms.TimeInput({"class": "form-control", "type": "time"}, "%H:%M"),
        }

    def clean(self) -> dict[str, Any]:
        """A channel needs its address."""
        cleaned = super().clean() or self.cleaned_data
        mails = cleaned.get("by_mail") or cleaned.get("digest")
        if mails and not cleaned.get("mail") and "mail" not in self.errors:
            self.add_error("mail", _("要发邮件，请填写邮箱。"))
        if cleaned.get("by_sms") and not cleaned.get("phone") and "phone" not in self.errors:
            self.add_error("phone", _("要发短信，请填写手机号。"))
        return cleaned


class PasswordForm(forms.Form):
    """A new password, typed twice, with the old one as proof."""

    old = forms.CharField(
        label=_("现在的密码"),
        strip=False,
        widget=forms.PasswordInput(
            attrs={"class": "form-control", "autocomplete": "current-password"}
        ),
    )
    new = forms.CharField(
        label=_("新密码"),
        strip=False,
        help_text=_("至少 10 个字符，不要用姓名、登录名或常见密码。"),
        widget=forms.PasswordInput(
            attrs={"class": "form-control", "autocomplete": "new-password"}
        ),
    )
    again = forms.CharField(
        label=_("再输一次新密码"),
        strip=False,
        widget=forms.PasswordInput(
            attrs={"class": "form-control", "autocomplete": "new-password"}
        ),
    )

    def __init__(self, *args: Any, officer: Officer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.officer = officer
        for field in self.fields.values():
            field.error_messages["required"] = _("请填写这一项。")

    def clean_old(self) -> str:
        """The old password proves that it is she who sits here."""
        old: str = self.cleaned_data["old"]
        if not self.officer.check_password(old):
            raise forms.ValidationError(_("现在的密码不对。"))
        return old

    def clean_new(self) -> str:
        """Refuse passwords that are easily guessed."""
        new: str = self.cleaned_data["new"]
        password_validation.validate_password(new, self.officer)
        return new

    def clean_again(self) -> str:
        """Both must be the same."""
        again: str = self.cleaned_data["again"]
        if self.cleaned_data.get("new") not in {None, again}:
            raise forms.ValidationError(_("两次输入的新密码不一样。"))
        return again
