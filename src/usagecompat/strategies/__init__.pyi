from .public import broken_payloads, buckets, pages, payloads, results
from .samples import VALID, Mutation, encode, records_in

__all__ = ["VALID", "Mutation", "broken_payloads", "buckets", "encode", "pages", "payloads", "records_in", "results"]
