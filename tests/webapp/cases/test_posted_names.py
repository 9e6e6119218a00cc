"""公示 (D28) hangs on a wall: names of people are masked, those of organisations are not."""

from __future__ import annotations

import pytest

from webapp.cases.planning.words import posted_name


@pytest.mark.parametrize(
    ("name", "posted"),
    [
        ("王芳", "王某"),
        ("李建国", "李某某"),
        ("欧阳建国", "欧某某"),
        ("阿不都热西提·买买提", "阿某某"),
        ("正定县新安镇示例合作社", "正定县新安镇示例合作社"),
    ],
)
def test_people_are_masked(name: str, posted: str) -> None:
    assert posted_name(name) == posted
