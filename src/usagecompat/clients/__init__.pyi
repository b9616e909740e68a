from .expected import Comparison, compare_with_list, item_of, updated
from .grading import UNWRAPPABLE, Task, judge, tasks
from .probes import NONDETERMINISTIC, STATE_LEAK, Probing, why_not_same
from .protocol import ClientInfo, Features
from .results import NOT_JUDGED, CaseResult, ClientResult, Count, Expectation, Fault, Outcome, Probes
from .runner import run
from .selection import select
from .session import ClientSession, NotIntroduced, Reply
from .spec import TIMEOUT, ClientSpec, Way, client_spec
from .transports import open_session

__all__ = [
    "NONDETERMINISTIC",
    "NOT_JUDGED",
    "STATE_LEAK",
    "TIMEOUT",
    "UNWRAPPABLE",
    "CaseResult",
    "ClientInfo",
    "ClientResult",
    "ClientSession",
    "ClientSpec",
    "Comparison",
    "Count",
    "Expectation",
    "Fault",
    "Features",
    "NotIntroduced",
    "Outcome",
    "Probes",
    "Probing",
    "Reply",
    "Task",
    "Way",
    "client_spec",
    "compare_with_list",
    "item_of",
    "judge",
    "open_session",
    "run",
    "select",
    "tasks",
    "updated",
    "why_not_same",
]
