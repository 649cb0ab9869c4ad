"""Which papers a text names, in whatever spelling, and the words that tell (entity linking).

In: texts and papers. Out: papers, names, and what is left of a text without them.
"""
