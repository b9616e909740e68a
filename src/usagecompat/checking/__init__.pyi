from .fits import Extract, Facts, best_of, fits_of
from .flat_records import is_flat
from .hints import is_mapping, is_sequence
from .recognition import shape_of_document, told_shape
from .report import Incompatible, Report
from .report_text import render
from .rules import AROUND_RESULTS, GROUP_KEYS, LAST_TIME, group_of, is_currency_code, name_of_results
from .schema_stage import validate
from .spelling import is_one_edit, meant
from .stages import check, fast_route, look, report_on
from .sums import SUM_RULES, SumRule, sum_rules
from .unwrap import unwrapped
from .weighing import Fit, verdict_of

__all__ = [
    "AROUND_RESULTS",
    "GROUP_KEYS",
    "LAST_TIME",
    "SUM_RULES",
    "Extract",
    "Facts",
    "Fit",
    "Incompatible",
    "Report",
    "SumRule",
    "best_of",
    "check",
    "fast_route",
    "fits_of",
    "group_of",
    "is_currency_code",
    "is_flat",
    "is_mapping",
    "is_one_edit",
    "is_sequence",
    "look",
    "meant",
    "name_of_results",
    "render",
    "report_on",
    "shape_of_document",
    "sum_rules",
    "told_shape",
    "unwrapped",
    "validate",
    "verdict_of",
]
