"""Which role may use which verb (动作权限): county data, changed with four eyes.

A verb is what a person may do to a case or an item beside its drawn step. The rules of
`cases.policy` say whose case it is; this table says which roles may use the verb at all. A verb
without a row (a release that is newer than the county's last load) has its default here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from webapp.catalogue.models import VerbRule
from webapp.core.errors import Refused
from webapp.organisations.lookups import remembered
from webapp.organisations.models import Role

EVERY = "*"
"""Every role in whose posts steps of cases can wait."""


REGISTERING = ("village.agent", "township.window", "county.window")
LEADING = ("township.head_window", "township.leader", "county.head_window", "county.leader")
SUPERVISING = ("township.leader", "county.leader", "county.government", "county.office")

SEEING = (EVERY, "inspection", "oversight")


@dataclass(frozen=True, slots=True)
class Known:
    """A verb of the product: its name, what it means in a sentence, who may use it by default."""

    words: str | Promise
    about: str | Promise
    roles: tuple[str, ...] = (EVERY,)


VERBS: Mapping[str, Known] = {
    "release": Known(gettext_lazy("退回待办"), gettext_lazy("签收以后还给同岗位的同事")),
    "reassign": Known(gettext_lazy("转办"), gettext_lazy("交给同岗位的另一位同事办")),
    "return": Known(gettext_lazy("退回"), gettext_lazy("退回到前面的环节重新办")),
    "withdraw": Known(
        gettext_lazy("申请人撤回"), gettext_lazy("登记申请人撤回申请"), REGISTERING
    ),
    "suspend": Known(gettext_lazy("中止和恢复"), gettext_lazy("中止办理，恢复办理"), LEADING),
    "terminate": Known(gettext_lazy("提议终止"), gettext_lazy("提议终止办理，由负责人确认")),
    "urge": Known(
        gettext_lazy("催办"), gettext_lazy("请手里有件的人快办，一人一天一次"), SEEING
    ),
    "supervise": Known(
        gettext_lazy("督办"), gettext_lazy("要求限期答复，记录在案"), SUPERVISING
    ),
    "copy": Known(gettext_lazy("抄送"), gettext_lazy("让指定的人看这一件，到办结为止")),
    "comment": Known(gettext_lazy("沟通"), gettext_lazy("在办件上留言，@同事"), SEEING),
    "snooze": Known(
        gettext_lazy("稍后处理"), gettext_lazy("自己的待办里先不显示，到日子再出现")
    ),
}
"""Every verb that the table rules, in the order of its page."""


@remembered
def verb_rules() -> Mapping[str, frozenset[str]]:
    """Roles by verb, perhaps some seconds old: one statement."""
    stored = dict(VerbRule.objects.values_list("verb", "roles"))
    return {verb: frozenset(stored.get(verb, known.roles)) for verb, known in VERBS.items()}


def load_verbs(
    content: Mapping[str, Mapping[str, Any]], at: datetime, *, update: bool = False
) -> list[str]:
    """Write missing rows, with `update` also changed ones; gives the verbs written.

    What the county has set on a page stays. Raises Refused for a verb or role that there is not.
    """
    stored = {row.verb: row for row in VerbRule.objects.all()}
    known = set(Role.objects.values_list("key", flat=True)) | {EVERY}
    written = []
    for verb, row in content.items():
        roles = _checked(verb, row["roles"], known)
        found = stored.get(verb)
        if found and (found.by_county or not update or found.roles == roles):
            continue
        values = {"roles": roles, "source": str(row["source"]), "set_at": at}
        VerbRule.objects.update_or_create(verb=verb, defaults=values)
        written.append(verb)
    return written


def _checked(verb: str, roles: Iterable[str], known: set[str]) -> list[str]:
    if verb not in VERBS:
        raise Refused(_("动作权限文件：没有“{verb}”这个动作。").format(verb=verb))
    wanted = list(roles)
    strange = sorted(set(wanted) - known)
    if strange or not wanted:
        words = _("动作权限文件：“{verb}”的角色“{roles}”不认识，或者没有写角色。")
        raise Refused(words.format(verb=verb, roles="、".join(strange)))
    return wanted
