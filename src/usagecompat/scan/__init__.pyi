from .executors import run
from .page import render_page
from .partition_scan import Options
from .partitions import as_path, plan
from .summary import ARCHIVE_CODES
from .text import render

__all__ = ["ARCHIVE_CODES", "Options", "as_path", "plan", "render", "render_page", "run"]
