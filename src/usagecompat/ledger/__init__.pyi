from .cursors import read_cursor, write_cursor
from .events import DAY, FOUNDED
from .ledger import DEFAULT_KEY, DEFAULT_NOW, DEFAULT_SEED, Delivery, Ledger, Memory, Response, error
from .queries import Query, Refusal, read_query
from .scenarios import SCENARIOS, Behaviour, NoSuchScenario, Scenario, behaviour
from .server import Asked, UsageServer
from .texts import body_of

__all__ = [
    "DAY",
    "DEFAULT_KEY",
    "DEFAULT_NOW",
    "DEFAULT_SEED",
    "FOUNDED",
    "SCENARIOS",
    "Asked",
    "Behaviour",
    "Delivery",
    "Ledger",
    "Memory",
    "NoSuchScenario",
    "Query",
    "Refusal",
    "Response",
    "Scenario",
    "UsageServer",
    "behaviour",
    "body_of",
    "error",
    "read_cursor",
    "read_query",
    "write_cursor",
]
