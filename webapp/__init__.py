"""The web application: pages, permissions, tables, transactions."""
