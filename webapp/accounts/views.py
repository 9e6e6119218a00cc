"""The gate: signing in and out, an officer's own settings, forms that outlived a session."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import translation
from django.utils.translation import gettext as _

from webapp.accounts import actions, policy
from webapp.accounts.forms import PasswordForm, PreferencesForm, SignInForm
from webapp.accounts.models import Officer
from webapp.accounts.paths import form_path, own_path
from webapp.core import db
from webapp.core.access import page
from webapp.core.sign_in import kept_fields

YEAR = 365 * 24 * 3600


@page(policy.may_sign_in, methods=("GET", "POST"))
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for name and password; afterwards the page, or the form, that was wanted."""
    if request.method != "POST":
        if request.user.is_authenticated:
            return redirect(_wanted(request.GET.get("next"), request))
        return _gate(request, SignInForm(), wanted=request.GET.get("next", ""))
    form = SignInForm(request.POST, request=request)
    if not form.is_valid() or form.officer is None:
        return _gate(request, form, wanted=request.POST.get("next", ""), status=400)
    officer = form.officer
    at_gate = request.session.pop("looks", {})
    actions.sign_in(request, officer, db.now())
    actions.set_looks(
        officer,
        language=at_gate.get("language", officer.language),
        large_letters=at_gate.get("large", officer.large_letters),
    )
    kept = form_path(request, request.POST.get("kept_path"))
    if kept is None:
        answer: HttpResponse = redirect(_wanted(request.POST.get("next"), request))
    else:
        with translation.override(officer.language):
            answer = _offer_again(request, kept)
    return _remember(answer, officer.language, officer.large_letters)


def _wanted(wanted: str | None, request: HttpRequest) -> str:
    """Where to go after signing in: the page asked for, else the first page."""
    return own_path(request, wanted) or resolve_url(settings.LOGIN_REDIRECT_URL)


def _gate(
    request: HttpRequest,
    form: SignInForm,
    *,
    wanted: str = "",
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """The sign-in page, carrying along what was typed before."""
    context = {
        "form": form,
        "problem": problem,
        "next": own_path(request, wanted) or "",
        "kept_path": form_path(request, request.POST.get("kept_path")) or "",
        "kept_fields": kept_fields(request),
        "files_lost": bool(request.POST.get("files_lost")),
    }
    return render(request, "accounts/sign_in.html", context, status=status)


def locked_out(
    request: HttpRequest,
    response: HttpResponse | None = None,
    credentials: dict[str, str] | None = None,
) -> HttpResponse:
    """Too many wrong passwords (called by django-axes): wait, nothing typed is lost."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    sentence = _(
        "密码连续错了%(times)d次，为防止他人试密码，这个登录名在本机暂停登录%(minutes)d分钟。"
        "请稍后再试，急办请联系县政务办的系统管理员解除。"
    )
    answer = _gate(
        request,
        SignInForm(initial={"username": request.POST.get("username", "")}),
        wanted=request.POST.get("next", ""),
        problem=sentence % {"times": settings.AXES_FAILURE_LIMIT, "minutes": minutes},
        status=settings.AXES_HTTP_RESPONSE_CODE,
    )
    answer["Retry-After"] = str(minutes * 60)
    return answer


def _offer_again(request: HttpRequest, path: str) -> HttpResponse:
    """A page that submits the kept form again, with a fresh token, on the person's word."""
    context = {
        "kept_path": path,
        "kept_fields": kept_fields(request),
        "files_lost": bool(request.POST.get("files_lost")) or bool(request.FILES),
    }
    return render(request, "accounts/again.html", context)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is no longer valid (signed in again in another tab).

    Only a form that this site's own page sent is offered again; a foreign one is refused.
    """
    kept = form_path(request, request.path)
    if kept is None or not _sent_by_own_page(request):
        return render(request, "accounts/refused.html", status=403)
    if not request.user.is_authenticated:
        context = {
            "form": SignInForm(),
            "kept_path": kept,
            "kept_fields": kept_fields(request),
            "files_lost": bool(request.FILES),
        }
        return render(request, "accounts/sign_in.html", context, status=403)
    answer = _offer_again(request, kept)
    answer.status_code = 403
    return answer


def _sent_by_own_page(request: HttpRequest) -> bool:
    sender = urlsplit(request.META.get("HTTP_ORIGIN", ""))
    own = (request.scheme, request.get_host())
    return (sender.scheme, sender.netloc) == own


@page(policy.may_keep_own_account, methods=("POST",))
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    actions.sign_out(request, _officer(request), db.now())
    messages.info(request, _("已退出。"))
    return redirect("accounts:sign_in")


@page(policy.may_keep_own_account, methods=("GET", "POST"))
def preferences(request: HttpRequest) -> HttpResponse:
    """An officer's language and letter size."""
    officer = _officer(request)
    form = PreferencesForm(request.POST or None, instance=officer)
    if request.method == "POST" and form.is_valid():
        actions.set_looks(
            officer,
            language=form.cleaned_data["language"],
            large_letters=form.cleaned_data["large_letters"],
        )
        with translation.override(officer.language):
            messages.success(request, _("已保存。"))
        answer = redirect("accounts:preferences")
        return _remember(answer, officer.language, officer.large_letters)
    status = 400 if form.errors else 200
    return render(request, "accounts/preferences.html", {"form": form}, status=status)


@page(policy.may_keep_own_account, methods=("GET", "POST"))
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password."""
    officer = _officer(request)
    form = PasswordForm(request.POST or None, officer=officer)
    if request.method == "POST" and form.is_valid():
        actions.change_password(request, officer, form.cleaned_data["new"], db.now())
        messages.success(request, _("密码已更换。其他电脑上的登录已经退出。"))
        return redirect("accounts:preferences")
    status = 400 if form.errors else 200
    return render(request, "accounts/password.html", {"form": form}, status=status)


@page(policy.may_choose_looks, methods=("POST",))
def large(request: HttpRequest) -> HttpResponse:
    """Switch large letters on or off, for the officer or, at the gate, for this browser."""
    if request.user.is_authenticated:
        now = _officer(request).large_letters
    else:
        now = request.COOKIES.get("large") == "1"
    return _choose(request, large_letters=not now)


@page(policy.may_choose_looks, methods=("POST",))
def language(request: HttpRequest) -> HttpResponse:
    """Choose the language, for the officer or, at the gate, for this browser."""
    chosen = request.POST.get("language", "")
    known = chosen in dict(settings.LANGUAGES)
    return _choose(request, language=chosen if known else settings.LANGUAGE_CODE)


def _choose(
    request: HttpRequest, *, language: str | None = None, large_letters: bool | None = None
) -> HttpResponse:
    """Keep what was chosen: with the officer, or until somebody signs in here."""
    answer = redirect(_wanted(request.POST.get("next"), request))
    if request.user.is_authenticated:
        officer = _officer(request)
        actions.set_looks(
            officer,
            language=officer.language if language is None else language,
            large_letters=officer.large_letters if large_letters is None else large_letters,
        )
        return _remember(answer, officer.language, officer.large_letters)
    looks = dict(request.session.get("looks", {}))
    if language is not None:
        looks["language"] = language
    if large_letters is not None:
        looks["large"] = large_letters
    request.session["looks"] = looks
    return _remember(answer, language, large_letters)


def _remember(
    answer: HttpResponse, language: str | None, large_letters: bool | None
) -> HttpResponse:
    """Let the browser remember language and letter size, for its next visit to the gate."""
    kept = {
        settings.LANGUAGE_COOKIE_NAME: language,
        "large": None if large_letters is None else str(int(large_letters)),
    }
    for name, value in kept.items():
        if value is not None:
            answer.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=settings.HTTPS)
    return answer


def _officer(request: HttpRequest) -> Officer:
    """The signed-in officer; the rule of the page has made sure that there is one."""
    if not isinstance(request.user, Officer):
        raise TypeError("This page needs a signed-in officer.")
    return request.user
