"""Scripts that measure two sides in one run, each `python -m benchmarks.NAME [--quick]`.

`python -m benchmarks` runs those that measure cost, one after another; `docs/benchmarks.md` shows
what they said. The others (`damage`, `recall`, `report_statistics`) measure what is right, not
what it costs.
"""
