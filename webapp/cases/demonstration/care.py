"""What follows the end of a story: papers go back, the county office reads the filing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from webapp.cases.actions.filings import acknowledge_filing, answer_query
from webapp.cases.actions.give_back import give_back
from webapp.cases.demonstration.script import Story
from webapp.cases.models import WorkItem
from webapp.cases.planning.aftercare import ACKNOWLEDGE, ANSWER, GIVE_BACK
from webapp.core.errors import Refused
from webapp.organisations.queries import Acting

if TYPE_CHECKING:
    from webapp.cases.demonstration.play import Stage


def look_after(stage: Stage, story: Story, item_id: int) -> Callable[[datetime], None]:
    """Somebody of the pool does what is owed; it opens what comes next."""

    def act(at: datetime) -> None:
        rows = WorkItem.objects.filter(pk=item_id, state="OPEN").select_related("case")
        row = rows.first()
        if row is None:
            return
        for by in stage.cast.of(row.pool_id, at, story.random):
            try:
                _do(row, by, story)
            except Refused:
                continue
            stage.go_on(story, at)
            return

    return act


def _do(row: WorkItem, by: Acting, story: Story) -> None:
    if row.element == GIVE_BACK:
        give_back(row.case_id, by, row.case.applicant_name)
    elif row.element == ANSWER:
        answer_query(row.case_id, by, "已核对：迁出证明在卷，依据是办事指南第二条。")
    elif row.element == ACKNOWLEDGE and story.random.random() < 0.8:
        acknowledge_filing(row.case_id, by, "acknowledge", "理由、依据和程序清楚，予以备案。")
    else:
        acknowledge_filing(row.case_id, by, "query", "请补充说明户籍迁出的证明在哪里。")
