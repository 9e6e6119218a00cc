"""Which branch each token of a scope stands in, and whether they are those of one sound run."""

from __future__ import annotations

from dataclasses import dataclass, field

from workflows.errors import CommandRefused
from workflows.model import Kind
from workflows.spiff.blocks import Block, Level, Region, regions
from workflows.spiff.scopes import AnyWorkflow, ScopeSpec
from workflows.spiff.token import WAITING, Token

JOINING = frozenset({Kind.PARALLEL, Kind.INCLUSIVE})


@dataclass(slots=True)
class Standing:
    """Where the tokens of a scope stand, by level, in one of its regions."""

    region: Region
    tokens: dict[Token, Level] = field(default_factory=dict)
    astray: list[Token] = field(default_factory=list)  # whose level cannot be said

    def place(self, token: Token, level: Level | None) -> None:
        """Let a token stand somewhere."""
        if level is None:
            self.astray.append(token)
        else:
            self.tokens[token] = level

    def inside(self, level: Level) -> list[Token]:
        """The tokens in a branch, and in the branches inside it."""
        return [one for one, at in self.tokens.items() if at[: len(level)] == level]

    def weigh(self) -> None:
        """Make sure that the tokens are those of one sound run. Raises CommandRefused."""
        if self._count(()) != 1:
            raise CommandRefused(
                "同一段流程现在同时有几处在走，算不清要停下哪些环节，不能这样做。"
            )

    def _count(self, level: Level) -> int:
        """How many runs of a level are under way: its tokens and the blocks begun in it."""
        found = sum(1 for one in self.tokens.values() if one == level)
        for block in self.region.blocks:
            if self.region.level(block.split) == level:
                found += self._begun(level, block)
        return found

    def _begun(self, level: Level, block: Block) -> int:
        counts = [self._count((*level, (block, n))) for n in range(len(block.branches))]
        if block.tangled:
            return min(counts[0], 1)
        if block.waits_for_all and len(set(counts)) > 1:
            raise CommandRefused(
                f"{block.split.title}分出的分支有的不在了，算不清要停下哪些环节，不能这样做。"
            )
        return max(counts)


def layout_of(spec: ScopeSpec) -> list[Region]:
    """The regions of a scope, computed once a definition."""
    if spec.layout is None:
        spec.layout = regions(spec)
    found: list[Region] = spec.layout
    return found


def stand(region: Region, scope: AnyWorkflow) -> Standing:
    """Say in which branch of a region each token stands."""
    standing = Standing(region)
    for token in scope.tasks.values():
        if token._parent is not None or token.task_spec not in region.nodes:
            continue
        if waits_at_join(token):
            level = region.waiting_level(token.task_spec, token.via)
        else:
            level = region.level(token.task_spec)
        standing.place(token, level)
    return standing


def waits_at_join(token: Token) -> bool:
    """Whether the token waits for those of other branches."""
    return token._state == WAITING and token.task_spec.element.kind in JOINING
