from .mutations import VALID, Mutation, encode, records_in
from .public import broken_payloads, buckets, pages, payloads, results

__all__ = ["VALID", "Mutation", "broken_payloads", "buckets", "encode", "pages", "payloads", "records_in", "results"]
