"""Forms: form-js JSON read, filled in, checked; item forms made from the catalogue."""

from __future__ import annotations

from workflows.forms.answers import feel_value
from workflows.forms.fields import Choice, Field, FieldKind, Form, Format, Group, Part, Words
from workflows.forms.items import item_form
from workflows.forms.reading import read_form
from workflows.forms.sampling import NoSample, sample
from workflows.forms.validation import (
    Validation,
    from_pairs,
    routing_values,
    validate,
    visible,
)

__all__ = [
    "Choice",
    "Field",
    "FieldKind",
    "Form",
    "Format",
    "Group",
    "NoSample",
    "Part",
    "Validation",
    "Words",
    "feel_value",
    "from_pairs",
    "item_form",
    "read_form",
    "routing_values",
    "sample",
    "validate",
    "visible",
]
