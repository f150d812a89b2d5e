"""Scripts that measure two sides in one run: `python -m benchmarks.NAME [--quick]`.

`python -m benchmarks` runs those that measure cost, one after another; their results are in
`docs/benchmarks.md`. The others (`architectures`, `caches`, `damage`,
`hostile_datasets`, `memory_kills`, `recall`, `report_statistics`, `resuming`) measure correctness.
"""
