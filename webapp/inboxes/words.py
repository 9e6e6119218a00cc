"""Statuses and results as people at the counter say them."""

from __future__ import annotations

from django.utils.translation import gettext as _

_TONES = {
    "APPROVED": "green",
    "DELIVERED": "green",
    "CORRECTION": "amber",
    "REFUSED": "red",
    "REFUSED_ACCEPTANCE": "red",
    "CLOSED": "",
}


def status_words(status: str) -> str:
    """The public status of a case (domain §1.7)."""
    return {
        "SUBMITTED": _("待收件"),
        "RECEIVED": _("已收件"),
        "CORRECTION": _("待补正"),
        "NOT_REQUIRED": _("不受理"),
        "REFUSED_ACCEPTANCE": _("不予受理"),
        "ACCEPTED": _("已受理"),
        "ACCEPTED_TOLERANT": _("容缺受理"),
        "IN_REVIEW": _("审查中"),
        "SUSPENDED": _("特别程序"),
        "JOINT": _("联办会办"),
        "FORWARDED": _("已上报"),
        "DECIDING": _("待决定"),
        "APPROVED": _("准予"),
        "REFUSED": _("不予"),
        "DELIVERED": _("已送达"),
        "WITHDRAWN": _("已撤回"),
        "CLOSED": _("已办结"),
    }.get(status, status)


def status_tone(status: str) -> str:
    """Colour of the status badge: green, amber, red, blue or none."""
    return _TONES.get(status, "blue")


def result_words(result: str) -> str:
    """How a case ended; "" while it runs."""
    return {
        "": "",
        "granted": _("准予"),
        "refused": _("不予批准"),
        "not_required": _("不受理（无需许可）"),
        "not_accepted": _("不予受理"),
        "returned": _("退回"),
        "withdrawn": _("撤回"),
        "expired": _("补正逾期终止"),
        "terminated": _("终止"),
        "answered": _("已答复"),
        "guided": _("已指导"),
        "redirected": _("已引导"),
        "handled_elsewhere": _("在别处办理"),
    }.get(result, result)
