"""How fast is it? Rows of numbers, each with bars that a run on any machine has to stay under.

Times are compared with others of the same run, or are far enough under their bar on a small machine to hold anywhere.
"""
