"""Running scopes: the case (root process) and what runs inside activities.

Corrects E3 (Spiff's searches stop silently 1,000 levels down: here every scan is flat),
E19 (an interrupting event must act before the inner scopes step on: the agenda takes the
outermost scope first, in a scope first come first served) and the
part of E26 that is the running number. Also bounds every step: a diagram that loops without
waiting, or that breeds tokens, is stopped with a sentence.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.util.event import Event as Callbacks

from workflows.errors import CommandRefused
from workflows.model import Trigger
from workflows.spiff import conditions
from workflows.spiff.expressions import NoScripts
from workflows.spiff.journal import Journal
from workflows.spiff.merging import NO_DATA, Part, merge
from workflows.spiff.token import READY, Token

if TYPE_CHECKING:
    from workflows.spiff.handlers import ListenNode
    from workflows.spiff.inclusive import InclusiveNode
    from workflows.spiff.node import Node, Route

MAX_MOVES = 50_000  # of tokens in one step
MAX_TOKENS = 20_000  # open at once in one case
MAX_DEPTH = 100  # of scopes inside each other


class ScopeSpec(BpmnProcessSpec):
    """A process or embedded sub-process, compiled: its nodes and its start events.

    `index` is its number in the definition. The constructor of Spiff's class, which adds
    joins and ends of its own, is not used.
    """

    index = 0
    layout: Any = None  # see `returning`: computed when first asked for

    def __init__(self, name: str, process: str) -> None:
        WorkflowSpec.__init__(self, name=name)
        self.process = process
        self.nodes: list[Node] = []
        self.starts: dict[str, Node] = {}
        self.inclusive: tuple[InclusiveNode, ...] = ()
        self.listeners: tuple[ListenNode, ...] = ()  # what starts its event sub-processes
        self.watches = False  # some conditional event of the definition looks at data
        self.data_objects: dict[str, Any] = {}
        self.data_stores: dict[str, Any] = {}
        self.correlation_keys: dict[str, Any] = {}
        self.bpmn_start_events: list[Any] = []
        self.io_specification = None

    def start_of(self, element_id: str | None = None) -> Node | None:
        """Find the start event: the one named, else the one plain, else the only one."""
        if element_id is not None:
            return self.starts.get(element_id)
        plain = [
            node
            for node in self.starts.values()
            if node.element.event is None or node.element.event.trigger is Trigger.NONE
        ]
        found = plain or list(self.starts.values())
        return found[0] if len(found) == 1 else None


class _Scope:
    """What both kinds of running scope share."""

    spec: ScopeSpec
    tasks: dict[int, Token]
    completed: bool
    top_workflow: CaseWorkflow
    depth: int
    path: tuple[str, ...]
    instance: int | None
    host: Token | None

    def _begin(self, spec: ScopeSpec) -> None:
        self.spec = spec
        self.tasks = {}
        self.data: dict[str, Any] = {}
        self.locks: dict[str, Any] = {}
        self.correlations: dict[str, Any] = {}
        self.last_task = None
        self.success = True
        self.completed = False
        self.completed_event = Callbacks()
        self.task_removed_event = Callbacks()
        self.ended: Part | None = None
        self.base = NO_DATA  # what its tokens' data in the snapshot differ from
        self.base_row: Any = 0
        self.result: str | None = None

    @property
    def space(self) -> AnyWorkflow:
        """The scope whose variables this one shares: the process around, or itself."""
        scope: Any = self
        while scope.host is not None and not scope.host.task_spec.shuts_data:
            scope = scope.host.workflow
        found: AnyWorkflow = scope
        return found

    def get_tasks_iterator(self, first_task: Any = None, **options: Any) -> Any:
        """List tokens flatly; the tree walk of Spiff stops at depth 1,000 (E3)."""
        state = options.get("state")
        return iter([t for t in self.tasks.values() if state is None or t._state & state])

    def start_at(self, node: Node, part: Part) -> None:
        """Listen for what starts event sub-processes, and put the first token."""
        for listener in self.spec.listeners:
            listener.listen(self, part)  # type: ignore[arg-type]
        token = Token(self, node)  # type: ignore[arg-type]
        token.part = part
        node._update(token)

    def arrive(self, source: Token, route: Route) -> None:
        """Carry a token along a flow."""
        self.top_workflow.journal.taken.append((self.spec.process, route.id))
        token = Token(self, route.target, source)  # type: ignore[arg-type]
        token.via = route.entry
        route.target._update(token)

    def absorb(self, token: Token) -> None:
        """Keep the data of a token that has ended in this scope."""
        part = token.part
        self.ended = part if self.ended is None else merge((self.ended, part))

    def check_done(self) -> None:
        """Complete the scope when no token is left in it but those that only listen."""
        if self.completed or len(self.tasks) > len(self.spec.listeners):
            return
        if all(token.task_spec.listens for token in self.tasks.values()):
            for token in list(self.tasks.values()):
                token.discard()
            self.completed = True
            if self.host is not None:
                self.host._ready()

    def cancel(self, success: bool = False) -> list[Token]:
        """Cancel every token of the scope, oldest first."""
        self.completed = True
        tokens = [token for token in self.tasks.values() if token._parent is None]
        for token in tokens:
            token.cancel()
        return tokens

    def parts(self) -> list[Part]:
        """Give the data that would survive if the scope were cut off now."""
        found = [] if self.ended is None else [self.ended]
        for token in self.tasks.values():
            if token._parent is None:
                found.extend(token.task_spec.parts(token))
        return found

    def listening(self) -> tuple[ListenNode, ...]:
        """Give what can still start an event sub-process: nothing once one has interrupted."""
        for token in self.tasks.values() if self.spec.listeners else ():
            if token.task_spec.interrupts_scope:
                return ()
        return self.spec.listeners

    def interrupt(self) -> None:
        """Cancel what goes on in the scope, but not the scope."""
        self.cancel()
        self.completed = False

    def terminate(self) -> None:
        """End the scope now: what its other branches have written is kept."""
        parts = self.parts()
        self.ended = merge(parts) if parts else None
        self.interrupt()
        self.check_done()


class CaseWorkflow(_Scope, BpmnWorkflow):
    """A case: the root process and the registers shared by all its scopes."""

    depth = 0
    path = ()
    instance = None
    host = None
    parent_task_id = None

    def __init__(self, spec: ScopeSpec) -> None:
        # Not Spiff's constructor: it predicts and installs a Python script engine.
        self._begin(spec)
        self.subprocesses: dict[int, ScopeWorkflow] = {}
        self.open_tokens: dict[int, Token] = {}
        self.journal = Journal()
        self.prefix = ""
        self.counter = 0
        self.writes = 0
        self.moves = 0
        self.agenda: list[tuple[int, int, Token]] = []
        self.scheduled = 0
        self.watched: tuple[int, int] | None = None

    @property
    def top_workflow(self) -> CaseWorkflow:  # type: ignore[override]
        """The case itself."""
        return self

    @property
    def script_engine(self) -> NoScripts:
        """Nothing that could run a script."""
        return NoScripts()

    def next_number(self) -> int:
        """Give the next number for a token."""
        if len(self.open_tokens) >= MAX_TOKENS:
            raise CommandRefused(f"流程同时展开了超过 {MAX_TOKENS} 个分支，已停止执行。")
        self.counter += 1
        return self.counter

    def next_stamp(self) -> int:
        """Give the next number for a write."""
        self.writes += 1
        return self.writes

    def schedule(self, token: Token) -> None:
        """Queue a token that can run by itself."""
        self.scheduled += 1
        heappush(self.agenda, (token.workflow.depth, self.scheduled, token))

    def do_engine_steps(self, *_callbacks: Any) -> None:
        """Run until every token waits for something outside."""
        while True:
            self.watch()
            if self.agenda:
                self.step(heappop(self.agenda)[2])
            elif not self.release_inclusive():
                return

    def step(self, token: Token) -> None:
        """Let one token run, if it still can."""
        if token._state != READY or not token.alive:
            return
        self.moves += 1
        if self.moves > MAX_MOVES:
            raise CommandRefused(
                f"流程在{token.task_spec.title}一带不停地循环，没有环节让它停下，已停止执行。"
            )
        token.run()

    def watch(self) -> None:
        """Look at conditional events again, when data or tokens have changed."""
        if self.spec.watches and self.watched != (self.writes, self.counter):
            self.watched = (self.writes, self.counter)
            conditions.look(self)

    def release_inclusive(self) -> bool:
        """Let one waiting inclusive join go on, when one may; outermost first, then oldest."""
        scopes: list[AnyWorkflow] = [w for w in self.subprocesses.values() if w.spec.inclusive]
        scopes.sort(key=lambda scope: scope.depth)
        for workflow in (self, *scopes):
            asking = {token.task_spec for token in workflow.tasks.values()}
            for node in workflow.spec.inclusive:
                if node in asking and node.release(workflow):
                    return True
        return False

    def stop(self) -> None:
        """Cancel everything: the case is over, with what was written until now."""
        parts = self.parts()
        self.cancel()
        self.ended = merge(parts) if parts else None


class ScopeWorkflow(_Scope, BpmnSubWorkflow):
    """What runs inside a sub-process or call activity; `host` is its token outside."""

    def __init__(self, spec: ScopeSpec, host: Token) -> None:
        outer = host.workflow
        self.top_workflow = outer.top_workflow
        self.host = host
        self.parent_task_id = host.id
        self.depth = outer.depth + 1
        self.path = (*outer.path, host.task_spec.element.id)
        self.instance = host.instance if host.instance is not None else outer.instance
        if self.depth > MAX_DEPTH:
            raise CommandRefused(
                f"{host.task_spec.title}：子流程互相调用超过 {MAX_DEPTH} 层，已停止执行。"
            )
        self._begin(spec)
        self.top_workflow.subprocesses[host.id] = self

    @property
    def parent_workflow(self) -> AnyWorkflow:
        """The scope around."""
        assert self.host is not None  # noqa: S101
        return self.host.workflow


AnyWorkflow = CaseWorkflow | ScopeWorkflow
