"""A question and the turns before it become a stand-alone query plan: what is asked, about which papers.

In: texts and the paper index. Out: a `QueryPlan`, and its parts. Evidence is chosen elsewhere.
"""
