"""Where the meaning of the score comes from: raw scores of impostors -> `comparison/impostors.json`.

    python -m matching.fitting DIR... [--write]

Each folder is a set of prints of one sensor, named as `matching.prints` says. Fit and report are in this order:
`impostors` compares prints of different fingers, whole and in parts; `table` fits how their raw scores fall off;
`observed` counts how many impostors reach which score after all, and how sure that is.
"""
