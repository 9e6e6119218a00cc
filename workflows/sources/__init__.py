"""Bytes → plain values: diagrams, decisions and whole libraries, with findings."""
