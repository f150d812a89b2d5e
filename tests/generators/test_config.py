from __future__ import annotations

import pytest

from generators.config import Config, make_config, reject_near_misses
from generators.errors import ConfigError
from generators.scenario_a.config import EpisodeConfig
from generators.scenario_d.config import InterferenceConfig
from generators.scenario_e.config import TranscriptConfig


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({"n": 0}, ["n=0", "greater than or equal to 1"]),
        ({"n": 2.5}, ["n=2.5", "integer"]),
        ({"n": True}, ["n=True", "integer"]),
        ({"n": "12"}, ["n='12'", "integer"]),
        ({"seed": None}, ["seed=None"]),
        ({"confounders_ratio": -0.1}, ["confounders_ratio=-0.1", "greater than or equal to 0"]),
        ({"confounders_ratio": float("nan")}, ["confounders_ratio=nan", "finite"]),
        ({"hard_negative": 1}, ["hard_negative=1", "boolean"]),
        ({"lag_bins": [0, 3, 3]}, ["lag_bins", "must increase", "[0, 1, 3, 7, 30]"]),
        ({"lag_bins": [5]}, ["lag_bins", "must increase"]),
        ({"lag_bins": [-1, 2]}, ["lag_bins", "greater than or equal to 0"]),
        ({"store_size": 0}, ["store_size=0"]),
        ({"style": "chat"}, ["style='chat'", "'log'", "'dialogue'"]),
        ({"lag_design": "both"}, ["lag_design='both'", "'between'", "'within'"]),
        ({"n": 10**9}, ["n=1000000000", "less than or equal to 10000000"]),
        ({"n": 1e30}, ["n=1e+30", "integer"]),
        ({"seed": 10**40}, ["seed=1", "less than or equal to 3402823669209384634633746074317"]),
        ({"lag_bins": [0, 10**8]}, ["lag_bins", "less than or equal to 36500"]),
        ({"lag_bins": list(range(10**6))}, ["lag_bins=[0, 1, 2", "at most 33 items"]),
        ({"store_size": 10**7}, ["store_size", "less than or equal to 100000"]),
        ({"confounders_ratio": 1e300}, ["less than or equal to 1000"]),
        ({"x" * 5000: 3}, ["unknown setting 'xxx"]),
        ({"lags": 3}, ["unknown setting 'lags'", "lag_bins"]),
    ],
)
def test_what_cannot_be_used_is_named_in_one_line(settings: dict[str, object], names: list[str]):
    with pytest.raises(ConfigError) as caught:
        make_config(EpisodeConfig, settings)
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) < 300
    for name in names:
        assert name in message


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        (InterferenceConfig, {"store_sizes": list(range(1, 10**6))}),
        (TranscriptConfig, {"lengths": list(range(1, 10**6))}),
        (TranscriptConfig, {"depths": [place / 10**6 for place in range(10**6)]}),
    ],
)
def test_a_list_without_end_is_one_short_line(kind: type[Config], settings: dict[str, object]):
    with pytest.raises(ConfigError, match="should have at most") as caught:
        make_config(kind, settings)
    assert len(str(caught.value)) < 300


def test_settings_round_trip():
    config = make_config(EpisodeConfig, {"n": 5, "lag_bins": [0, 2, 9], "lag_design": "within"})
    assert EpisodeConfig(**config.settings()) == config
    # The last bin is open; a log is half as long again as its lower end.
    assert config.bins == [(0, 2), (2, 9), (9, 13)]


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("confounder_ratio", "confounders_ratio"),
        ("Seed", "seed"),
        ("N", "n"),
        ("lag-bins", "lag_bins"),
        ("lagdesign", "lag_design"),
        ("hard_negatives", "hard_negative"),
        ("storesize", "store_size"),
        ("data_set", "dataset"),
    ],
)
def test_a_near_miss_is_an_error_that_names_the_right_key(key: str, meant: str):
    with pytest.raises(ConfigError, match=f"'{key}'.*'{meant}'"):
        reject_near_misses([key], [*EpisodeConfig.model_fields, "dataset"])


def test_other_peoples_keys_pass():
    # Every model argument of lm_eval's hf, vllm and API models that looks anything like ours.
    keys = (
        *("pretrained", "revision", "tokenizer", "device", "dtype", "batch_size", "max_length"),
        *("version", "config_source", "load_in_4bit", "parallelize", "peft", "delta", "backend"),
        *("trust_remote_code", "tensor_parallel_size", "base_url", "num_concurrent", "manifest"),
        *(
            "baseline",
            "retriever",
            "embedder",
            "k",
            "inner",
            "mode",
            "memory_tokens",
            "data_parallel_size",
        ),
        *("gpu_memory_utilization", "swap_space", "max_batch_size", "lora_local_path", "subfolder"),
    )
    reject_near_misses(keys, [*EpisodeConfig.model_fields, "dataset"])
    assert not set(keys) & set(EpisodeConfig.model_fields)
