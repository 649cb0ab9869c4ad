"""Which papers a text names, in whatever spelling, and the words that tell (entity linking).

In: texts and papers. Out: papers, names and words. What is asked of them is not known here.
"""
