"""Which notes are close to each other, linked or not: measured by links, by what stands together, and by text.

Every score is a sum of whole numbers, so it is the same in whatever order it is
summed, on whatever machine. The only package that knows numpy and scipy.
"""
