from .about import About, CorpusAbout, digest_of_all, this_platform
from .badges import badge_of
from .case_results import (
    COMPARED,
    FAILED,
    NOT_JUDGED,
    CaseResult,
    Expectation,
    Fault,
    OneWay,
    Outcome,
    is_note,
)
from .expected import Comparison, compare_with_list, item_of, updated
from .grading import Task, judge, tasks, unasked, worst_of
from .in_process import DeadlinePassed, deadline
from .lifts import Fix, Lift
from .paging import run_paging
from .paging_judging import Paging, PagingResult, judge_paging
from .paging_output import Printed, printed_buckets
from .paging_server import Fetched, PagingServer
from .probes import NONDETERMINISTIC, STATE_LEAK, Probing, why_not_same
from .protocol import ClientInfo, Features
from .results import RUN_SCHEMA, Cause, ClientResult, Count, Kit, Probes, is_paging, topic_of
from .runner import run, run_tasks
from .saved import Saved, SavedCase, read_saved
from .saving import GivenClient, claimed, save_failures
from .selection import select
from .session import ClientSession, NotIntroduced, Reply
from .setting_up import SETUP_TIMEOUT, awaited, set_up
from .spec import TIMEOUT, ClientSpec, Way, client_spec
from .transports import open_session

__all__ = [
    "COMPARED",
    "FAILED",
    "NONDETERMINISTIC",
    "NOT_JUDGED",
    "RUN_SCHEMA",
    "SETUP_TIMEOUT",
    "STATE_LEAK",
    "TIMEOUT",
    "About",
    "CaseResult",
    "Cause",
    "ClientInfo",
    "ClientResult",
    "ClientSession",
    "ClientSpec",
    "Comparison",
    "CorpusAbout",
    "Count",
    "DeadlinePassed",
    "Expectation",
    "Fault",
    "Features",
    "Fetched",
    "Fix",
    "GivenClient",
    "Kit",
    "Lift",
    "NotIntroduced",
    "OneWay",
    "Outcome",
    "Paging",
    "PagingResult",
    "PagingServer",
    "Printed",
    "Probes",
    "Probing",
    "Reply",
    "Saved",
    "SavedCase",
    "Task",
    "Way",
    "awaited",
    "badge_of",
    "claimed",
    "client_spec",
    "compare_with_list",
    "deadline",
    "digest_of_all",
    "is_note",
    "is_paging",
    "item_of",
    "judge",
    "judge_paging",
    "open_session",
    "printed_buckets",
    "read_saved",
    "run",
    "run_paging",
    "run_tasks",
    "save_failures",
    "select",
    "set_up",
    "tasks",
    "this_platform",
    "topic_of",
    "unasked",
    "updated",
    "why_not_same",
    "worst_of",
]
