"""
Mutants: faulty clients by which a corpus is measured.

The line of use is `model` (what a mutant is), `walks` and `exact` (how faults are made), one module for each group of
families, `reported` (what public clients got wrong) and `controls`, and `catalogue` (all of them).
"""
