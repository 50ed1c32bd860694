"""How fast this program is, beside others that do the same: `make bench` runs it all, alone, and writes a page.

`bench_table.py` lists what is measured; the ordinary tests do not collect it. `page.py` makes the table and
`experiments/benchmarks.md`.
"""
