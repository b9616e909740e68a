from .about import about_lines, corpus_words
from .check_page import CheckPage
from .formats import IN_COLOUR, RENDERERS
from .github import MOST, add_to_summary, annotation
from .one_way import right_in
from .outcomes import Checked, Outcome, Unread
from .paging_run import render_paging_failure
from .places import path_in_repository
from .run import MAX_CASES, MEANINGS, render_failures, render_run
from .run_page import render_run_page
from .run_parts import failure, who

__all__ = [
    "IN_COLOUR",
    "MAX_CASES",
    "MEANINGS",
    "MOST",
    "RENDERERS",
    "CheckPage",
    "Checked",
    "Outcome",
    "Unread",
    "about_lines",
    "add_to_summary",
    "annotation",
    "corpus_words",
    "failure",
    "path_in_repository",
    "render_failures",
    "render_paging_failure",
    "render_run",
    "render_run_page",
    "right_in",
    "who",
]
