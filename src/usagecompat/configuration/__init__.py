"""
The table `[tool.usagecompat]` of a `pyproject.toml`: what a project always gives to commands and to pytest.

`schemas/config.json` describes it for editors, and docs/configuration.md for people.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
