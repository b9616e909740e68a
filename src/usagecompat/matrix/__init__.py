"""
The matrix: many clients side by side, what each keeps of the corpus, and what it loses at worst.

The line of use is `files` (results that were saved), `summary` (what came of all), and a module for each format.
"""
