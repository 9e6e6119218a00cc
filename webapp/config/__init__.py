"""How the product is put together: settings, addresses, the console script, the supervisor.

Nothing here imports Django at import time except `settings`, `urls` and `wsgi`: the console
script answers for files alone without it.
"""
