from . import strategies
from .checking import Fit, Incompatible, Report, check
from .codec import Narrowed, dumps, loads, narrow
from .contract import ABSENT, LATEST, REVISIONS, Revision, load_revision, schema
from .conversion import Conversion, convert, flatten
from .corpus import Case, cases
from .exceptions import UsageCompatError
from .fidelity import Difference, Fidelity, Level, compare
from .findings import CODES, Finding, Profile, Severity, Shape, Verdict
from .redaction import redact

__version__: str

__all__ = [
    "ABSENT",
    "CODES",
    "LATEST",
    "REVISIONS",
    "Case",
    "Conversion",
    "Difference",
    "Fidelity",
    "Finding",
    "Fit",
    "Incompatible",
    "Level",
    "Narrowed",
    "Profile",
    "Report",
    "Revision",
    "Severity",
    "Shape",
    "UsageCompatError",
    "Verdict",
    "cases",
    "check",
    "compare",
    "convert",
    "dumps",
    "flatten",
    "load_revision",
    "loads",
    "narrow",
    "redact",
    "schema",
    "strategies",
]
