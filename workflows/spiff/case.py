"""The commands on a case, as the engine package uses them."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from workflows.errors import CommandRefused, NoSuchToken
from workflows.spiff import throwing
from workflows.spiff.awaiting import Awaits
from workflows.spiff.program import Program
from workflows.spiff.scopes import CaseWorkflow
from workflows.spiff.token import COMPLETED, READY, WAITING, Token
from workflows.spiff.values import admit

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"


def begin(
    program: Program, facts: Mapping[str, Any], seed: str, at: str | None = None
) -> CaseWorkflow:
    """Start a case; `at` names a start event where there are several."""
    case = CaseWorkflow(program.processes[program.root])
    case.prefix = prefix_of(seed)
    start = case.spec.start_of(at)
    if start is None:
        raise CommandRefused(
            f"没有名为「{at}」的开始事件。" if at else "有几个开始事件，请指明从哪一个开始。"
        )
    data = admit(facts)
    case.start_at(start, (data, dict.fromkeys(data, 0)))
    case.do_engine_steps()
    return case


def prefix_of(seed: str) -> str:
    """Shorten a seed to ten letters that tell the tokens of one case from another's."""
    number = int.from_bytes(blake2b(seed.encode(), digest_size=7).digest(), "big") >> 6
    return "".join(ALPHABET[number >> shift & 31] for shift in range(0, 50, 5))


def name_of(token: Token) -> str:
    """Give the public identity of a token: the case's prefix and the running number."""
    number, text = token.id, ""
    while number:
        number, digit = divmod(number, 36)
        text = DIGITS[digit] + text
    return f"{token.workflow.top_workflow.prefix}-{text}"


def find(case: CaseWorkflow, name: str) -> Token:
    """Find an open token by its public identity. Raises NoSuchToken."""
    prefix, _, digits = name.partition("-")
    if prefix == case.prefix and digits.isalnum() and digits.isascii() and len(digits) < 13:
        token = case.open_tokens.get(int(digits, 36))
        if token is not None and name_of(token) == name:
            return token
    raise NoSuchToken("这一事项已经办结、取消或不存在。")


def is_item(token: Token) -> bool:
    """Whether the token is a step that waits for a person."""
    return token.task_spec.awaits is Awaits.PERSON and token._state == READY


def is_waiting(token: Token) -> bool:
    """Whether the token waits for a timer, message or signal: `task_spec.awaits` says which."""
    awaits = token.task_spec.awaits
    return token._state == WAITING and Awaits.PERSON < awaits < Awaits.CONDITION


def complete(case: CaseWorkflow, name: str, values: Mapping[str, Any]) -> None:
    """A person has finished a step."""
    token = find(case, name)
    if not is_item(token):
        raise NoSuchToken("这一事项不是待人办理的环节。")
    token.write(admit(values))
    token._set_state(COMPLETED)
    token.task_spec._on_complete(token)
    case.do_engine_steps()


def fire(case: CaseWorkflow, name: str) -> None:
    """The ledger says that a timer is due."""
    token = find(case, name)
    if not is_waiting(token) or token.task_spec.awaits is not Awaits.TIMER:
        raise NoSuchToken("这一事项不是定时器。")
    token.task_spec.trigger(token, {})
    case.do_engine_steps()


def deliver(
    case: CaseWorkflow,
    message: str,
    values: Mapping[str, Any],
    name: str | None,
    *,
    signal: bool,
) -> None:
    """A message or signal arrives: a signal for all who wait, a message for exactly one."""
    waiting = throwing.awaiting(case, message, signal=signal)
    if name is not None:
        wanted = find(case, name)
        waiting = [token for token in waiting if token is wanted]
    if not waiting:
        raise CommandRefused(f"现在没有环节在等「{message}」。")
    if not signal and len(waiting) > 1:
        raise CommandRefused(f"有 {len(waiting)} 处在等「{message}」，请指明是哪一处。")
    admitted = admit(values)
    for token in waiting:
        if token.alive:
            token.task_spec.trigger(token, admitted)
    case.do_engine_steps()


def abandon(case: CaseWorkflow, result: str) -> None:
    """Withdrawal or termination: cancel everything, end with `result`."""
    case.stop()
    case.result = result
