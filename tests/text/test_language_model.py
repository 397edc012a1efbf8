"""The adapter to transformers against modules that stand for torch and transformers, and its refusals."""

import importlib
import sys
from contextlib import nullcontext
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from synththeory.errors import SynththeoryError
from synththeory.text import LanguageModel

TEXTS = ["y is 1, a is 2", "y is 1, a is 30"]


class Tokenizer:
    eos_token, eos_token_id = "|", 0

    def __call__(self, text: str) -> dict[str, list[int]]:
        return {"input_ids": [0 if character == "|" else ord(character) for character in text]}

    def decode(self, row: list[int], skip_special_tokens: bool) -> str:
        return "".join(chr(token) for token in row if token)


class Causal:
    """Remembers what it was given, and continues every row by a digit and the end."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []

    def to(self, device: str) -> "Causal":
        return self

    def parameters(self) -> list[float]:
        return []

    def train(self) -> None: ...

    def eval(self) -> None: ...

    def __call__(self, **given: Any) -> SimpleNamespace:
        self.calls.append(given)
        return SimpleNamespace(loss=SimpleNamespace(backward=lambda: None))

    def generate(self, **given: Any) -> list[list[int]]:
        self.calls.append(given)
        return [[*row, ord(" "), ord("7"), 0] for row in given["input_ids"]]


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Causal:
    found = Causal()
    torch, transformers = ModuleType("torch"), ModuleType("transformers")
    steps = SimpleNamespace(zero_grad=lambda: None, step=lambda: None)
    torch.manual_seed = lambda seed: None  # type: ignore[attr-defined]
    torch.tensor = lambda values, device: values  # type: ignore[attr-defined]
    torch.no_grad = nullcontext  # type: ignore[attr-defined]
    torch.optim = SimpleNamespace(  # type: ignore[attr-defined]
        AdamW=lambda parameters, lr: steps,
        lr_scheduler=SimpleNamespace(LambdaLR=lambda optimiser, shape: SimpleNamespace(step=lambda: None)),
    )

    def loaded(made: Any) -> SimpleNamespace:
        def from_pretrained(path: str, local_files_only: bool) -> Any:
            assert local_files_only
            if not (Path(path) / "config.json").exists():
                raise OSError("no file named config.json\nmore")
            return made

        return SimpleNamespace(from_pretrained=from_pretrained)

    transformers.AutoTokenizer = loaded(Tokenizer())  # type: ignore[attr-defined]
    transformers.AutoModelForCausalLM = loaded(found)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "transformers", transformers)
    return found


def test_sentences_are_learnt_without_loss_on_padding_and_prompts_are_padded_left(
    model: Causal, tmp_path: Path
) -> None:
    (tmp_path / "config.json").touch()
    tuned = LanguageModel(tmp_path, epochs=2, batch=2).fit(TEXTS, np.random.default_rng(0))
    assert len(model.calls) == 2
    batch = model.calls[0]
    assert all(len(row) == 16 for row in batch["input_ids"])
    for labels, mask in zip(batch["labels"], batch["attention_mask"], strict=True):
        assert [label == -100 for label in labels] == [not seen for seen in mask]
        assert 0 in labels  # the end of the sentence is learnt
    made = tuned.complete(["y is 1, a is", "y"], 16, np.random.default_rng(0))
    assert made == ["y is 1, a is 7", "y 7"]
    asked = model.calls[-1]
    assert asked["attention_mask"][1] == [0] * 11 + [1]
    assert asked["do_sample"]
    assert asked["max_new_tokens"] == 32


def test_a_folder_without_a_model_and_no_folder_are_named_in_one_line(model: Causal, tmp_path: Path) -> None:
    with pytest.raises(SynththeoryError, match=r"holds no causal language model: no file named config.json$"):
        LanguageModel(tmp_path).fit(TEXTS, np.random.default_rng(0))
    with pytest.raises(SynththeoryError, match=r"gpt2 is no folder; .*nothing is downloaded"):
        LanguageModel("gpt2").fit(TEXTS, np.random.default_rng(0))


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(f"No module named '{name}'", name=name)

    monkeypatch.setattr(importlib.import_module("synththeory.text.language_model"), "import_module", missing)
    with pytest.raises(SynththeoryError, match=r'needs torch: python -m pip install "synththeory\[llm\]"$'):
        LanguageModel(tmp_path).fit(TEXTS, np.random.default_rng(0))
