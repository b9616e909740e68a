from .course import Broken, Window
from .expected import Keeper, load_expected
from .probing import cost_of, endpoints_named, probe, shown
from .relations import RELATIONS, UNKNOWN
from .report import FORMATS, render_probe
from .results import EndpointResult, ProbeResult
from .session import Session
from .transport import Answer, HttpTransport, Transport

__all__ = [
    "FORMATS",
    "RELATIONS",
    "UNKNOWN",
    "Answer",
    "Broken",
    "EndpointResult",
    "HttpTransport",
    "Keeper",
    "ProbeResult",
    "Session",
    "Transport",
    "Window",
    "cost_of",
    "endpoints_named",
    "load_expected",
    "probe",
    "render_probe",
    "shown",
]
