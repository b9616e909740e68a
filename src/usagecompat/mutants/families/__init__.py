"""
The faults themselves, one module a family.
"""
