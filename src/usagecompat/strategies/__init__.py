"""
Hypothesis strategies: payloads, valid and broken, pages, buckets and results.

`public.py` has the public ones; `trees.py` draws what they say, `broken.py` breaks it, `mutations.py` and `rule_mutations.py` name each way of breaking, of what `samples.py` has.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
