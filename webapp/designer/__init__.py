"""The designer's surface: drafts of diagrams, tables, forms and wordings; their publication."""
