"""What learned adversaries find in datasets without any memory: `python -m generators audit`.

They are trained on the datasets of some seeds and tested on those of others. Needs scikit-learn,
the extra `[audit]`; nothing else in `generators` imports this package.
"""
