"""The commands that work on files alone: `check`, `try`, `decide`, `feel`, `diff`, `rehearse`.

No database, no Django, no network. Exit status: 0 good, 1 there are errors (or, with
`--publish` or where a file speaks `gov:`, things unfit for a county), 2 unreadable or wrong
use. Whatever the file, there is an answer in words, never a traceback.
"""

from __future__ import annotations

import argparse
import json
import sys
from io import TextIOWrapper
from typing import Any

from workflows.errors import WorkflowError

BAD_USE = 2


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # halves of characters are written as escapes
            stream.reconfigure(errors="backslashreplace")
    arguments = _parser().parse_args(_spelt(sys.argv[1:] if argv is None else argv))
    try:
        return _run(arguments)
    except WorkflowError as wrong:
        _tell(arguments, str(wrong))
    except BrokenPipeError:
        return BAD_USE
    except (MemoryError, RecursionError):
        _tell(arguments, "文件太大或嵌套太深，没有读完")
    return BAD_USE


def _spelt(argv: list[str]) -> list[str]:
    """The words typed; `feel -2**2` asks for a value, though argparse takes it for an option."""
    if argv[:1] != ["feel"] or "--" in argv:
        return argv
    for place, word in enumerate(argv[1:], 1):
        of_option = argv[place - 1].startswith("--") and argv[place - 1] != "--json"
        if (
            word.startswith("-")
            and not word.startswith("--")
            and word != "-h"
            and not of_option
        ):
            return [*argv[:place], *argv[place + 1 :], "--", word]
    return argv


def _tell(arguments: argparse.Namespace, sentence: str) -> None:
    """Say why nothing could be read; with `--json` a JSON object is owed in any case."""
    sys.stderr.write(f"{sentence}\n")
    if not arguments.json:
        return
    error = {"code": "unreadable", "sentence": sentence}
    said: dict[str, Any] = {"error": error}
    if arguments.command in {"decide", "feel"}:
        said = {"error": {**error, "column": None}}
    elif arguments.command == "try":
        from workflows.cli.walking import nothing

        found = {
            "severity": "error", "code": "unreadable", "file": arguments.file, "line": None,
            "element": "", "sentence": sentence, "remedy": "",
        }  # fmt: skip
        said |= nothing() | {"status": "refused", "sentence": sentence, "findings": [found]}
    sys.stdout.write(json.dumps(said, ensure_ascii=False) + "\n")


def _run(arguments: argparse.Namespace) -> int:
    """Each command imports what it needs when it is asked for: starting stays quick."""
    if arguments.command == "check":
        from workflows.cli.checking import check

        return check(arguments.files, publish=arguments.publish, as_json=arguments.json)
    if arguments.command == "try":
        from workflows.cli.trying import try_process

        return try_process(
            arguments.file,
            arguments.process,
            arguments.answers,
            arguments.start,
            as_json=arguments.json,
        )
    if arguments.command == "diff":
        from workflows.cli.differing import diff

        return diff(arguments.old, arguments.new, as_json=arguments.json)
    if arguments.command == "rehearse":
        from workflows.cli.rehearsing import rehearse

        return rehearse(
            arguments.draft, arguments.cases, arguments.against, as_lines=not arguments.json
        )
    if arguments.command == "decide":
        from workflows.cli.deciding import decide_file

        return decide_file(
            arguments.file, arguments.decision, arguments.input, as_json=arguments.json
        )
    from workflows.cli.expressing import feel_text

    return feel_text(arguments.expression, arguments.context, as_json=arguments.json)


_ANSWER = (
    "用 --json 时总是输出一个对象：result 是结果（数字照写每一位，日期、时间、期间是 ISO 8601 文字，"
    "函数是 null）；findings 说明文件有什么问题、为什么结果里有 null（值不在允许范围内、类型不符、"
    "没有这个函数等，按 DMN 都是 null）。没有结果时是 error，code 为 syntax（读不懂）、budget"
    "（计算量超过限度）、no-decision（没有这个决策或它有错误）、value（输入的值不能用）"
    "、unreadable（文件或 JSON 读不了）；"
    "规则冲突（rules-disagree）时 result 为 null，同时有 error。有 error 时退出码为 1，"
    "unreadable 时为 2。"
)


_PREPARED = """答案文件（YAML 或 JSON）：
  start: {level: township}          开始时的流转数据
  start_event: Start_Online         从哪一个开始事件开始（有几个时）
  tasks:                            用户任务，按第几次到达依次填写
    Task_Examine: [{outcome: supplement}, {outcome: accept}]
  events:                           消息、信号、定时事件发生几次，一等到就发生
    Event_Supplied: 1
    Event_CheckDue: {times: 2, after: [Task_Direct], values: {days: 3}}
其他任务（服务、发送、接收、手工、业务规则）经过时立即完成；没有答案的用户任务停着等待。
--json 输出 status（completed、waiting、refused、error）、trace、open、timers、messages、
effects、ends、unhandled、result、data、findings。退出码：refused、error 为 1，读不了为 2。"""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bianmin", description="只看文件的命令")
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="检查流程图、决策表、表单，或整个库文件夹")
    check.add_argument("files", nargs="+", metavar="FILE")
    check.add_argument("--publish", action="store_true", help="按发布的要求检查")
    check.add_argument("--json", action="store_true", help="输出 JSON")
    trial = commands.add_parser(
        "try",
        help="一步一步试走流程图",
        epilog=_PREPARED,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    trial.add_argument("file", metavar="FILE")
    trial.add_argument("--process", metavar="ID", help="流程标识；文件里只有一个时不必写")
    trial.add_argument("--answers", metavar="FILE", help="事先写好的答案（YAML 或 JSON）")
    trial.add_argument("--start", metavar="ID", help="从哪一个开始事件开始；只有一个时不必写")
    trial.add_argument("--json", action="store_true", help="输出 JSON")
    decide = commands.add_parser("decide", help="试算决策表", epilog=_ANSWER)
    decide.add_argument("file", metavar="FILE")
    decide.add_argument(
        "--decision", metavar="NAME", help="决策的名称或标识；也可以是决策服务、业务知识的名称"
    )
    decide.add_argument(
        "--input",
        default="{}",
        metavar="JSON",
        help="输入值；输入声明为日期、时间、期间的，写 ISO 8601 文字",
    )
    decide.add_argument("--json", action="store_true", help="输出 JSON")
    feel = commands.add_parser("feel", help="试算 FEEL 表达式", epilog=_ANSWER)
    feel.add_argument("expression", metavar="EXPR")
    feel.add_argument(
        "--context", "--vars", default="{}", metavar="JSON", dest="context", help="变量的值"
    )
    feel.add_argument("--json", action="store_true", help="输出 JSON")
    diff = commands.add_parser("diff", help="比较两个版本：意思上改了什么，权责的变化在前")
    diff.add_argument("old", metavar="OLD", help="原来的文件或文件夹")
    diff.add_argument("new", metavar="NEW", help="现在的文件或文件夹")
    diff.add_argument("--json", action="store_true", help="输出 JSON")
    play = commands.add_parser("rehearse", help="用以往办件彩排草稿：走法、工作量、天数怎样变")
    play.add_argument("draft", metavar="DRAFT", help="草稿的库文件夹")
    play.add_argument("--cases", required=True, metavar="FILE", help="以往办件，一行一件 JSON")
    play.add_argument("--against", metavar="OLD", help="当时的库文件夹，用来比较")
    play.add_argument("--json", action="store_true", help="输出 JSON")
    return parser
