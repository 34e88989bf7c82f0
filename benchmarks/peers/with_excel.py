"""Stock and exits from a workbook with a row for each spell, as many keep them: read by calamine, pivoted by pandas.

A workbook like this has neither moves nor transfers, so these are the counts that it can give.

python with_excel.py WORKBOOK FIRST_DAY LAST_DAY
"""

import sys

import pandas as pd

workbook, first, last = sys.argv[1:]
spell = pd.read_excel(workbook, engine="calamine", dtype=str)
spell = spell[(spell.exit_type != "misregistered") & (spell.entered_on <= last)]
ended = spell.exited_on.fillna("9")
spell["opening"] = (spell.entered_on < first) & (ended >= first)
spell["closing"] = ended > last
spell["exited"] = (ended >= first) & (ended <= last) & (spell.exit_type != "transferred")
pivot = spell.pivot_table(index=["municipality", "sex"], values=["opening", "closing", "exited"], aggfunc="sum")
for measure in pivot.columns:
    for (municipality, sex), count in pivot[measure].items():
        print("stock_flow", measure, municipality, sex, int(count), sep=",")
