"""Units, their windows and posts, and roles (机构、窗口、岗位、角色): lists and one unit."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from webapp.cases.models import WorkItem
from webapp.changes import policy as changing
from webapp.changes import queries as changes
from webapp.core.access import page
from webapp.office import policy
from webapp.office.change_pages import in_list
from webapp.office.kinds.roles import levels
from webapp.organisations.middleware import acting_of
from webapp.organisations.models import Holding, Post, Role, Unit

ORGANS = ("unit", "windows")


@page(policy.may_see_parameters)
def units(request: HttpRequest) -> HttpResponse:
    """Units by words and level, with their posts counted: three statements."""
    words, level = request.GET.get("q", "").strip(), request.GET.get("level", "")
    rows = Unit.objects.select_related("division__parent").annotate(
        posts=Count("pools__posts", filter=Q(pools__posts__active=True), distinct=True)
    )
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(key__icontains=words))
    if level:
        rows = rows.filter(level=level)
    found = Paginator(rows.order_by("level", "pk"), 40).get_page(request.GET.get("page"))
    context = {
        "rows": found,
        "words": words,
        "level": level,
        "levels": levels(),
        "may_change": changing.may_propose(acting_of(request)),
    }
    return render(request, "office/units.html", context)


@page(policy.may_see_parameters)
def unit(request: HttpRequest, key: str) -> HttpResponse:
    """One unit with its windows, posts and who holds them today, and changes on their way."""
    by = acting_of(request)
    row = get_object_or_404(Unit.objects.select_related("division__parent"), key=key)
    posts = list(
        Post.objects.filter(pool__unit=row)
        .select_related("pool__role", "window")
        .order_by("-active", "pool__role__order", "pk")
    )
    today = timezone.localdate(by.at)
    holders: dict[tuple[int, str], str] = {
        (held.post_id, held.cover): held.officer.name
        for held in Holding.objects.filter(
            post__in=posts, during__contains=today
        ).select_related("officer")
    }
    subjects = {str(post.pk) for post in posts}
    waiting = [
        (one, *in_list(one)[:2])
        for one in changes.changes_in(changes.OPEN, ("unit", "windows", "post", "post.new"))
        if (one.kind in ORGANS and one.subject == row.key)
        or (one.kind == "post" and one.subject in subjects)
        or (one.kind == "post.new" and one.subject.partition("/")[0] == row.key)
    ]
    context = {
        "unit": row,
        "windows": row.windows.order_by("number"),
        "posts": [
            (post, holders.get((post.pk, "A"), ""), holders.get((post.pk, "B"), ""))
            for post in posts
        ],
        "open_items": WorkItem.objects.filter(pool__unit=row, state="OPEN").count(),
        "waiting": waiting,
        "may_change": changing.may_propose(by),
    }
    return render(request, "office/unit.html", context)


@page(policy.may_see_parameters)
def roles(request: HttpRequest) -> HttpResponse:
    """Every role with its level and how many posts have it: one statement."""
    counted = Post.objects.filter(active=True).values("pool__role")
    posts = {row["pool__role"]: row["n"] for row in counted.annotate(n=Count("pk")).order_by()}
    rows = [(role, posts.get(role.key, 0)) for role in Role.objects.order_by("order")]
    context = {
        "roles": rows,
        "levels": levels(),
        "may_change": changing.may_propose(acting_of(request)),
    }
    return render(request, "office/roles.html", context)
