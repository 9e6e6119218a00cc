"""Jobs, one module for each app of webapp. Unknown arguments of newer callers are ignored."""
