"""Learning paths: are the edges right, do paths beat plain lists, and how fast are they.

``ZHIYING_DATA=… python -m benchmarks.path order|lists|sample|text|near|serving``.

order    edges from half of the learners of MOOCCubeX and icourse163 against the order in which
         the other half studied; rivals: the more popular first, the easier text first, the
         earlier in general first; and shuffled histories, where nothing must be found
lists    on MOOCCubeX: what comes next, as a path and as plain lists, by the order of others
sample   on the sample catalogue: places of paths and of plain lists that break a label by hand
text     prerequisites read in the sample catalogue against labels by hand
near     what items have in common that are this near: a subject, or learners
serving  seconds of a path and of the curriculum at 10,000 items
"""
