from .expected import Keeper, load_expected
from .probing import cost_of, endpoints_named, probe, public_url
from .report import render_probe
from .results import ProbeResult
from .session import Session
from .transport import Answer, HttpTransport, Transport

__all__ = [
    "Answer",
    "HttpTransport",
    "Keeper",
    "ProbeResult",
    "Session",
    "Transport",
    "cost_of",
    "endpoints_named",
    "load_expected",
    "probe",
    "public_url",
    "render_probe",
]
