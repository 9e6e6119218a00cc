"""Kinds of change whose rules look at running work: units, posts, windows, roles."""
