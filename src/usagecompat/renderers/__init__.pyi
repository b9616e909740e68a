from .check_page import CheckPage
from .formats import IN_COLOUR, RENDERERS, Renderer
from .github import MOST, annotation
from .outcomes import Checked, Outcome, Unread
from .places import path_in_repository
from .run import MAX_CASES, MEANINGS, render_run
from .run_page import render_run_page

__all__ = [
    "IN_COLOUR",
    "MAX_CASES",
    "MEANINGS",
    "MOST",
    "RENDERERS",
    "CheckPage",
    "Checked",
    "Outcome",
    "Renderer",
    "Unread",
    "annotation",
    "path_in_repository",
    "render_run",
    "render_run_page",
]
