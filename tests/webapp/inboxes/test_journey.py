"""The picture for villagers follows the process in force to its good end."""

from __future__ import annotations

from pathlib import Path

import pytest

from webapp.catalogue.queries import item_by_code
from webapp.inboxes.journey import journey_of, stays_of
from webapp.processes import actions
from webapp.processes.queries.library import content_of
from workflows.sources.bundle import read_library

LIBRARY = read_library(Path("bpmn"))


def way(key: str) -> list[tuple[str, str]]:
    return [(stay.level, stay.purpose) for stay in stays_of(LIBRARY.bundle(key))]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (
            "promised",
            [
                ("township", "intake"),
                ("township", "review"),
                ("township", "decision"),
                ("township", "delivery"),
            ],
        ),
        (
            "escalated",
            [
                ("township", "intake"),
                ("township", "review"),
                ("county", "review"),
                ("county", "decision"),
                ("township", "delivery"),
            ],
        ),
    ],
)
def test_the_way_to_the_good_end(key, expected):
    assert way(key) == expected


@pytest.mark.parametrize(
    "key",
    [
        "immediate",
        "joint",
        "escalated-joint",
        "county",
        "county-joint",
        "village",
        "coordination",
    ],
)
def test_every_path_of_the_library_has_a_picture(key):
    stays = stays_of(LIBRARY.bundle(key))
    assert stays
    assert all(stay.level and stay.steps for stay in stays)


def test_who_and_how_long_stand_in_it(county):
    shown = journey_of(item_by_code("MZ04"), "township")
    titles = [one.title for one in shown.stations]
    assert titles[0] == "交材料"
    assert titles[-1] == "送到您手里"
    assert any(title.startswith("县里") for title in titles)
    assert any("工作日" in one.limit for one in shown.stations)
    assert [one.y for one in shown.stations] == sorted(one.y for one in shown.stations)


def test_a_published_change_changes_the_picture(county):
    """The handler's lane goes to the county: the picture says so, nobody draws it."""
    before = journey_of(item_by_code("MZ04"), "township")
    designer = county.acting("county_service_office", "county.designer")
    publisher = county.acting("county_service_office", "county.publisher")
    draft = actions.begin_draft(designer, "乡镇初审改名", "试一试")
    file = actions.take_file(draft.pk, designer, "escalated.bpmn")
    text = content_of(file.content_id).decode()
    changed = text.replace('name="乡镇初审"', 'name="镇里核一核"')
    assert changed != text
    actions.save_file(draft.pk, designer, "escalated.bpmn", changed.encode(), file.version)
    actions.submit_draft(draft.pk, designer)
    actions.approve_draft(draft.pk, publisher, None)
    actions.publish_draft(draft.pk, publisher)
    after = journey_of(item_by_code("MZ04"), "township")
    assert "镇里核一核" in " ".join(one.who for one in after.stations)
    assert "镇里核一核" not in " ".join(one.who for one in before.stations)


def test_the_page_of_an_item_shows_it_with_the_same_words_as_a_list(window):
    said = window.get("/register/ZR01/").content.decode()
    figure = said.partition('<figure class="journey">')[2].partition("</figure>")[0]
    assert "<svg" in figure
    assert "style=" not in figure, "the policy of content allows no inline style"
    assert "<li>交材料，您到镇便民服务中心</li>" in figure
