"""HEI-NW: an episodic-memory task suite for EleutherAI's lm_eval."""
