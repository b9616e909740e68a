from .redacting import Redactor, redact

__all__ = ["Redactor", "redact"]
