"""Playing a draft step by step (试走): the same engine, planning and clocks as real cases.

A run is a list of moves (`processes.models.TrialRun`); every page replays it from its beginning
in memory. Nothing is written into the tables of cases.
"""

from __future__ import annotations

from webapp.designer.playing.replaying import Played, replay

__all__ = ["Played", "replay"]
