from .events import FOUNDED
from .ledger import DEFAULT_KEY, DEFAULT_NOW, DEFAULT_SEED, Delivery, Ledger, Memory, Response, error
from .queries import Query, Refusal, read_query
from .scenarios import SCENARIOS, NoSuchScenario, behaviour
from .server import Asked, UsageServer

__all__ = [
    "DEFAULT_KEY",
    "DEFAULT_NOW",
    "DEFAULT_SEED",
    "FOUNDED",
    "SCENARIOS",
    "Asked",
    "Delivery",
    "Ledger",
    "Memory",
    "NoSuchScenario",
    "Query",
    "Refusal",
    "Response",
    "UsageServer",
    "behaviour",
    "error",
    "read_query",
]
