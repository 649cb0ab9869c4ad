"""Whether what was written stands in its source: spans, numbers, names, denials, directions.

In: statements and spans. Out: what holds. No model is asked here.
"""
