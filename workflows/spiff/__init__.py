"""The only package that imports SpiffWorkflow: its token engine, corrected by subclassing.

Every module here that corrects a defect of SpiffWorkflow 3.2.0 says in its docstring which
one (E1 … E27 of the engine study). Callers use `workflows.engine`, never this package.
"""

from __future__ import annotations
