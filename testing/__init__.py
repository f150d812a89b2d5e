"""What tests and benchmarks share: small models, scripted runs of lm_eval, damaged files.

Not part of the wheel.
"""
