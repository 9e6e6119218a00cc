"""The commands on files alone: exit status 0, 1, 2; text and JSON; never a traceback."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workflows.drawings import END, START, chain, diagram, flow, straight, task
from workflows.cli import main

GOOD = straight(task("a", 'name="审查"'))
BAD = straight(task("a", tag="scriptTask"))
UNFIT = straight(task("a", 'gov:batch="true"'))


@pytest.fixture
def drawn(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def put(name: str, data: bytes) -> str:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(data)
        return name

    return put


@pytest.mark.parametrize(
    ("data", "publish", "status"),
    [
        (GOOD, False, 0),
        (GOOD, True, 1),  # nobody has a role, no form: unfit
        (BAD, False, 1),
        (UNFIT, False, 1),  # speaks gov:, so unfit counts
        (b"<broken", False, 2),
        (b"", False, 2),
        (b"<html/>", False, 2),
    ],
)
def test_check_status(drawn, data: bytes, publish: bool, status: int) -> None:
    assert main(["check", drawn("p.bpmn", data), *(["--publish"] if publish else [])]) == status


def test_check_lines(drawn, capsys) -> None:
    main(["check", drawn("p.bpmn", BAD)])
    said = capsys.readouterr().out
    assert "错误 p.bpmn:5: a: refused: 脚本任务" in said
    assert said.splitlines()[-1].startswith("检查了 1 个文件：错误 1 条")


def test_check_json(drawn, capsys) -> None:
    main(
        [
            "check",
            drawn("p.bpmn", UNFIT),
            drawn("q.bpmn", GOOD),
            drawn("r.bpmn", b"x"),
            "--json",
        ]
    )
    files = json.loads(capsys.readouterr().out)["files"]
    assert [f["file"] for f in files] == ["p.bpmn", "q.bpmn", "r.bpmn"]
    assert set(files[0]["findings"][0]) == {
        "severity", "code", "line", "column", "element", "name", "sentence", "remedy",
    }  # fmt: skip
    assert files[1]["findings"] == []
    assert files[2]["findings"][0]["code"] == "unreadable"


def test_check_a_missing_file_and_a_device(drawn, capsys) -> None:
    assert main(["check", "nowhere.bpmn"]) == 2
    assert main(["check", "/dev/zero"]) == 2
    assert "没有这个文件" in capsys.readouterr().out


def test_check_a_huge_file_without_reading_it(drawn) -> None:
    with Path("huge.bpmn").open("wb") as stream:
        stream.truncate(1_000_000_000)
    assert main(["check", "huge.bpmn"]) == 2


def test_check_a_folder_follows_references(drawn, capsys) -> None:
    call = task("a", 'calledElement="nowhere"', tag="callActivity")
    drawn("lib/p.bpmn", straight(call))
    drawn("lib/forms/f.json", b"{}")
    assert main(["check", "lib"]) == 2
    said = capsys.readouterr().out
    assert "missing-process" in said
    assert "forms/f.json" in said


def test_check_a_file_inside_its_library(drawn, capsys) -> None:
    drawn("lib/shared/q.bpmn", straight(task("t"), "t").replace(b'id="p"', b'id="q"'))
    drawn("lib/p.bpmn", straight(task("a", 'calledElement="q"', tag="callActivity")))
    assert main(["check", "lib/p.bpmn"]) == 0
    assert main(["check", "lib/shared/q.bpmn"]) == 0


def test_check_forms_and_decisions(drawn) -> None:
    form = json.dumps({"type": "default", "id": "f", "components": []}).encode()
    assert main(["check", drawn("f.json", form)]) == 0
    assert main(["check", drawn("g.json", b"{")]) == 2
    assert main(["check", drawn("d.dmn", b"<definitions/>")]) == 1


DECIDING = diagram(
    START, task("a", 'name="审查"'), '<bpmn:exclusiveGateway id="g" default="g_e"/>', END,
    '<bpmn:endEvent id="again"/>', task("b", tag="manualTask"),
    task("t", 'attachedToRef="a" cancelActivity="false"',
         "<bpmn:timerEventDefinition gov:due='due(\"step\")'/>", "boundaryEvent"),
    '<bpmn:endEvent id="told"/>', chain("s", "a", "g"), flow("g", "e"),
    flow("g", "b", 'outcome = "no"'), flow("b", "again"), flow("t", "told"),
)  # fmt: skip


def test_try_with_answers(drawn, capsys) -> None:
    drawn(
        "answers.yaml",
        b"start: {level: village}\ntasks: {a: [{outcome: 'no'}]}\nevents: {t: 1}\n",
    )
    assert main(["try", drawn("p.bpmn", DECIDING), "--answers", "answers.yaml", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["status"] == "completed"
    assert said["ends"] == ["told", "again"]
    assert said["trace"][:2] == ["s", "t"]
    assert said["trace"][-4:] == ["a", "g", "b", "again"]
    assert said["data"]["level"] == "village"


def test_try_waits_without_answers(drawn, capsys) -> None:
    assert main(["try", drawn("p.bpmn", DECIDING), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["status"] == "waiting"
    assert [item["element"] for item in said["open"]] == ["a"]
    assert [timer["clock"] for timer in said["timers"]] == ["step"]


def test_try_refuses_in_words(drawn, capsys) -> None:
    assert main(["try", drawn("p.bpmn", BAD), "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["status"] == "refused"
    assert "refused" in {f["code"] for f in said["findings"]}
    assert main(["try", drawn("p.bpmn", BAD), "--process", "zz"]) == 2


def test_try_at_the_terminal(drawn, capsys, monkeypatch) -> None:
    keys = '{"level": "township"}\nnonsense\n1 {"outcome": "no"}\n1\n'
    monkeypatch.setattr(sys, "stdin", io.StringIO(keys))
    assert main(["try", drawn("p.bpmn", DECIDING)]) == 0
    said = capsys.readouterr().out
    assert "办理 审查" in said
    assert "没有这一项" in said
    assert "已走完" in said


@pytest.mark.parametrize(
    "answers", [b"[1, 2]", b"tasks: [", b"tasks: {a: 3}", b"events: {t: x}"]
)
def test_try_with_answers_that_are_none(drawn, answers: bytes) -> None:
    drawn("answers.yaml", answers)
    assert main(["try", drawn("p.bpmn", DECIDING), "--answers", "answers.yaml"]) == 2


def test_feel(drawn, capsys) -> None:
    assert main(["feel", "天数 + 0.5", "--vars", '{"天数": 3}', "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"result": 3.5}
    assert main(["feel", "1 +", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["column"]
    assert main(["feel", "1", "--context", "["]) == 2


@pytest.mark.parametrize(
    ("words", "result"),
    [
        (["-2**2"], 4),
        (["-a + 1", "--context", '{"a": 3}'], -2),
        (["--context", '{"a": 3}', "-(a)"], -3),
        (["--", "-1 - 1"], -2),
    ],
)
def test_an_expression_may_begin_with_a_minus(words: list[str], result: int, capsys) -> None:
    assert main(["feel", "--json", *words]) == 0
    assert json.loads(capsys.readouterr().out) == {"result": result}


TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d"
 namespace="urn:t"><decision id="path" name="办理路径"><variable name="path"/>
<decisionTable hitPolicy="UNIQUE"><input><inputExpression><text>handling</text></inputExpression>
</input><output name="path"/><rule><inputEntry><text>"immediate"</text></inputEntry>
<outputEntry><text>"immediate"</text></outputEntry></rule><rule><inputEntry>
<text>"promised"</text></inputEntry><outputEntry><text>"promised"</text></outputEntry></rule>
</decisionTable></decision></definitions>""".encode()


def test_decide(drawn, capsys) -> None:
    file = drawn("path.dmn", TABLE)
    asked = ["--input", '{"handling": "promised"}', "--json"]
    assert main(["decide", file, *asked]) == 0
    assert json.loads(capsys.readouterr().out) == {"result": "promised"}
    assert main(["decide", file, "--decision", "办理路径", *asked]) == 0
    assert main(["decide", file, "--decision", "none", *asked]) == 1


@pytest.mark.parametrize("command", [["try", "{}", "--json"], ["diff", "{}", "{}", "--json"]])
def test_as_a_program_without_django(drawn, command: list[str]) -> None:
    script = (
        "import sys; from workflows.cli import main; status = main(sys.argv[1:]);"
        "assert not {'django', 'celery', 'psycopg'} & set(sys.modules); sys.exit(status)"
    )
    path = str(Path(drawn("p.bpmn", DECIDING)).resolve())
    done = subprocess.run(
        [sys.executable, "-c", script, *(word.format(path) for word in command)],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said.get("status", "waiting") == "waiting"
    assert said.get("changes", []) == []


# --- diff ----------------------------------------------------------------------------------

OTHER = straight(task("a", 'name="审查" gov:limit="3 workday"'))


@pytest.mark.parametrize(
    ("old", "new", "status"),
    [
        (GOOD, GOOD, 0),
        (GOOD, GOOD.replace(b"\n", b"\n\n"), 0),
        (GOOD, OTHER, 1),
        (GOOD, b"<broken", 2),
        (b"", GOOD, 2),
    ],
)
def test_diff_status(drawn, old: bytes, new: bytes, status: int) -> None:
    assert main(["diff", drawn("old.bpmn", old), drawn("new.bpmn", new)]) == status


def test_diff_json_and_lines(drawn, capsys) -> None:
    files = [drawn("old.bpmn", GOOD), drawn("new.bpmn", OTHER)]
    main(["diff", *files, "--json"])
    (change,) = json.loads(capsys.readouterr().out)["changes"]
    assert set(change) == {
        "kind", "power", "process", "element", "name", "before", "after", "gains", "sentence",
    }  # fmt: skip
    assert (change["kind"], change["element"], change["after"]) == ("limit", "a", "3 个工作日")
    main(["diff", *files])
    assert "权责的变化（1 处）" in capsys.readouterr().out
    main(["diff", files[0], files[0], "--json"])
    assert json.loads(capsys.readouterr().out) == {"changes": []}


def test_diff_of_folders_names_roles_and_documents(drawn, capsys) -> None:
    for folder, role in (("one", "township.window"), ("two", "township.leader")):
        lane = (
            f'<bpmn:laneSet id="ls"><bpmn:lane id="l" gov:role="{role}">'
            "<bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>"
        )
        drawn(
            f"{folder}/p.bpmn",
            diagram(lane, START, task("a", 'name="审查"'), END, chain("s", "a", "e")),
        )
        drawn(
            f"{folder}/catalogue/roles.yaml",
            "- {key: township.window, name: 窗口}\n- {key: township.leader, name: 领导}\n".encode(),
        )  # fmt: skip
    assert main(["diff", "one", "two"]) == 1
    assert "由“窗口”改由“领导”" not in capsys.readouterr().err
    assert main(["diff", "one", "two/p.bpmn"]) == 2
    assert main(["diff", "one", "nowhere"]) == 2
    assert main(["diff", "/dev/zero", "/dev/zero"]) == 2


def test_feel_and_decide_owe_an_object_whatever_they_cannot_read(tmp_path, capsys) -> None:
    empty = tmp_path / "empty.dmn"
    empty.write_bytes(b"")
    for command in (
        ["feel", "1", "--context", "{", "--json"],
        ["decide", str(empty), "--json"],
        ["decide", str(tmp_path / "gone.dmn"), "--json"],
    ):
        assert main(command) == 2
        error = json.loads(capsys.readouterr().out)["error"]
        assert error["code"] == "unreadable"
        assert error["sentence"]


def test_half_a_character_is_written_as_an_escape() -> None:
    """JSON may bring half of a surrogate pair, which UTF-8 cannot write."""
    command = [sys.executable, "-m", "workflows.cli", "feel", "a", "--json", "--context"]
    done = subprocess.run([*command, '{"a": "\\ud800"}'], capture_output=True, check=True)
    assert json.loads(done.stdout) == {"result": "\ud800"}


def literal(key: str, name: str, text: str) -> str:
    return (
        f'<decision id="{key}" name="{name}"><variable name="{name}"/>'
        f"<literalExpression><text>{text}</text></literalExpression></decision>"
    )


def decisions(*drawn: str) -> bytes:
    head = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d"'
    return f'{head} namespace="urn:t">{"".join(drawn)}</definitions>'.encode()


def test_of_two_decisions_of_one_name_none_is_guessed(drawn, capsys) -> None:
    file = drawn("two.dmn", decisions(literal("a", "z", "1"), literal("b", "z", "2")))
    assert main(["decide", file, "--decision", "z", "--input", "{}", "--json"]) == 1
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "no-decision"
    assert "有 2 个决策叫“z”" in error["sentence"]
    assert main(["decide", file, "--decision", "b", "--input", "{}", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"result": 2}


def test_a_file_beside_that_cannot_be_read_does_not_keep_a_decision_from_deciding(
    drawn, capsys
) -> None:
    drawn("huge.dmn", b" " * 5_000_001)
    link = '<import name="i" namespace="urn:o" importType="x"/>'
    file = drawn("one.dmn", decisions(link, literal("a", "a", "1")))
    assert main(["decide", file, "--decision", "a", "--input", "{}", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["result"] == 1
