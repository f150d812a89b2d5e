"""From lm_eval's files to scored answers: strict, line by line, nothing taken on trust."""
