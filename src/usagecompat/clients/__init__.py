"""
Clients under test: how one is spoken to, driven, judged and summed up.

The line of use is `spec` (which client), `protocol` (what is said), `process` and `ways` (how it is said),
`judging` and `probing` (what it is worth), `results` (what came of it), `runner` (all of it, in parallel).
"""
