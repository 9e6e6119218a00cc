"""Publishing a library: immutable versions, in force for the next case (design: versions)."""

from __future__ import annotations

import shutil

import pytest
from django.core.management import CommandError, call_command

from tests.webapp.conftest import ROOT
from webapp.audit.models import Event
from webapp.core.errors import Refused, Unknown
from webapp.processes import queries
from webapp.processes.actions import publish_library
from webapp.processes.models import (
    DecisionVersion,
    Process,
    ProcessVersion,
    StoredFile,
    Wording,
)

LIBRARY = ROOT / "bpmn"


@pytest.fixture
def library(tmp_path):
    """A copy of the library that a test may change."""
    return shutil.copytree(LIBRARY, tmp_path / "bpmn")


def rename(library, old, new, file="shared/intake.bpmn"):
    path = library / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def versions():
    return {v.process.key: v.number for v in ProcessVersion.objects.select_related("process")}


def test_the_paths_are_in_force_and_prepared(county):
    for key in ("promised", "escalated", "immediate"):
        version = queries.current_version_id(key)
        assert queries.definition(version).root == key
        assert queries.definition(version) is queries.definition(version)
        assert b"<" in queries.diagram(version, key)
        assert b"Task_Examine" in queries.diagram(version, "intake")


def test_a_second_publication_changes_nothing(county, at):
    before = ProcessVersion.objects.count(), StoredFile.objects.count(), Wording.objects.count()

    published = publish_library(LIBRARY, None, at)

    assert not published.anything
    after = ProcessVersion.objects.count(), StoredFile.objects.count(), Wording.objects.count()
    assert after == before


def test_a_changed_part_gives_every_caller_a_new_version(county, library, at):
    """A shared part publishes a new version of each process that calls it."""
    old = queries.current_version_id("promised")
    numbers = versions()
    rename(library, "审查材料", "审查申请材料")
    by = county.acting("county_service_office", "county.publisher")

    published = publish_library(library, by, at)

    assert set(published.processes) >= {"promised", "escalated"}
    assert versions()["promised"] == numbers["promised"] + 1
    new = queries.current_version_id("promised")
    assert "审查申请材料" in queries.diagram(new, "intake").decode()
    assert "审查申请材料" not in queries.diagram(old, "intake").decode()
    assert queries.definition(old) is not queries.definition(new)
    event = Event.objects.filter(subject="process", kind="published").latest("id")
    assert event.actor_name == by.name


def test_going_back_puts_the_earlier_version_in_force(county, library, at):
    old = queries.current_version_id("promised")
    rename(library, "审查材料", "审查申请材料")
    publish_library(library, None, at)
    count = ProcessVersion.objects.count()

    publish_library(LIBRARY, None, at)

    assert queries.current_version_id("promised") == old
    assert ProcessVersion.objects.count() == count


def test_a_library_with_a_defect_publishes_nothing(county, library, at):
    before = ProcessVersion.objects.count(), Wording.objects.count()
    path = library / "documents" / "D05.yaml"
    path.write_text(path.read_text("utf-8").replace("受理通知书", "受理书"), "utf-8")
    rename(library, 'gov:role="township.window"', 'gov:role="township.wizard"')

    with pytest.raises(Refused, match="没有发布") as refused:
        publish_library(library, None, at)

    assert "shared/intake.bpmn" in refused.value.sentence
    assert (ProcessVersion.objects.count(), Wording.objects.count()) == before


@pytest.mark.parametrize("content", [b"", b"not xml", b"\x00\x01", b"<a>"])
def test_an_unreadable_diagram_is_named(county, library, at, content):
    (library / "promised.bpmn").write_bytes(content)
    with pytest.raises(Refused, match="promised.bpmn"):
        publish_library(library, None, at)


def test_the_command_says_what_it_did(county, library, capsys):
    call_command("publish_library", LIBRARY)
    assert "没有变化" in capsys.readouterr().out
    (library / "promised.bpmn").write_bytes(b"broken")
    with pytest.raises(CommandError, match="promised.bpmn"):
        call_command("publish_library", library)
    with pytest.raises(CommandError, match="没有目录"):
        call_command("publish_library", library / "nowhere")


def test_a_new_wording_replaces_the_old_one(county, library, at):
    old = queries.wording("D05")
    path = library / "documents" / "D05.yaml"
    path.write_text(path.read_text("utf-8").replace("受理通知书", "受理决定通知书"), "utf-8")

    assert publish_library(library, None, at).wordings == ("D05",)

    new = queries.wording("D05")
    assert new.number == old.number + 1
    assert new.content["title"] == "受理决定通知书"
    assert Wording.objects.filter(code="D05", in_force=True).count() == 1


def test_a_document_written_twice_is_refused(county, library, at):
    shutil.copy(library / "documents" / "D05.yaml", library / "documents" / "D05-copy.yaml")
    with pytest.raises(Refused, match="D05.*两份"):
        publish_library(library, None, at)


def test_wordings_come_in_one_statement(county, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert set(queries.wordings({"D04", "D05"})) == {"D04", "D05"}
    with pytest.raises(Refused, match="D99"):
        queries.wordings({"D05", "D99"})


@pytest.mark.parametrize(
    ("handling", "flow", "level", "key"),
    [
        ("immediate", "local", "township", "immediate"),
        ("promised", "local", "township", "promised"),
        ("promised", "escalated", "township", "escalated"),
        ("promised", "escalated", "village", "escalated"),
    ],
)
def test_the_path_table_chooses_the_process(county, handling, flow, level, key):
    assert queries.choose(handling=handling, flow=flow, level=level) == key


def test_an_items_own_process_wins(county):
    chosen = queries.choose(
        handling="promised", flow="local", level="township", process_key="immediate"
    )
    assert chosen == "immediate"


def test_what_is_missing_is_said_in_words(county):
    with pytest.raises(Refused, match="办理路径表"):
        queries.choose(handling="immediate", flow="local", level="moon")
    DecisionVersion.objects.update(in_force=False)
    with pytest.raises(Refused, match="还没有发布办理路径表"):
        queries.choose(handling="immediate", flow="local", level="township")
    Process.objects.create(key="draft", name="草图")
    with pytest.raises(Refused, match="draft"):
        queries.current_version_id("draft")
    with pytest.raises(Unknown):
        queries.definition(0)
    version = queries.current_version_id("promised")
    with pytest.raises(Unknown):
        queries.form(version, "no-such-form")
    with pytest.raises(Unknown):
        queries.diagram(version, "no-such-process")


def test_forms_come_from_the_pinned_version(county):
    version = queries.current_version_id("promised")
    assert queries.form(version, "intake-examine").field("outcome") is not None
