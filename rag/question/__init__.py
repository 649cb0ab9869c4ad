"""A question and the turns before it become a stand-alone query plan: what is asked, about which papers.

In: texts. Out: a `QueryPlan`. Evidence is chosen elsewhere.
"""
