"""
Adapters: the small programs that drive real clients, what each needs, and how it is installed.

Each folder `<language>-<client>/` beside this file is one adapter, described by its `adapter.json`.
"""
