from .redacting import Redaction, Redactor, redact
from .scanning import Replaced

__all__ = ["Redaction", "Redactor", "Replaced", "redact"]
