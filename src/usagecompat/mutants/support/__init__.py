"""
What several families of faults are made of.
"""
