"""How one response is scored; `hei_nw_tasks.metrics` is the registry of what comes of it.

A response goes down this list:

reasoning.py            takes the reasoning out
markup.py               takes chat markers, further turns and Markdown off
final_answer.py         what is left: conclusion, without lead-in and quotation marks
values.py               what a value means (clock.py, number_words.py)
mentions.py             where a text names values (neighbours.py: a longer name is another value)
claims.py               which of them it asserts (claim_patterns.py)
reading.py              all of this for one question
abstention.py           whether it says that the answer is not known (abstention_phrases.py)
correct.py              the judgement
naming.py               what kind of right or wrong that is

text.py, squad.py       exact match and F1, as SQuAD computes them
aggregates.py           scores of several responses together
"""
