from .findings import Findings
from .layouts import RecordLayout
from .types import Column, FastRecord, FastTypes

__all__ = ["Column", "FastRecord", "FastTypes", "Findings", "RecordLayout"]
