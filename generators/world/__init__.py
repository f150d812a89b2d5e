"""What every scenario's world is made of: words, days, ids, log, lags, order of questions."""
