"""Celery's side: what a worker does and when. Interface code only; the verbs are webapp's."""
