"""What is read off a model that reads evidence: does it answer, which sentences do, what belongs to a list?

In: evidence, questions or statements, and a model. Out: odds and orders; nothing here writes.
"""
