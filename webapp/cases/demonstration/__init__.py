"""Example cases: a county at work, played through the real actions by invented officers."""
