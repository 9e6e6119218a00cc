"""The engine is a function: same definition, snapshot and command give the same outcome."""
