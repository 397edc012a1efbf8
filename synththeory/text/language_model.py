"""A causal language model of Hugging Face's transformers, from a folder of this machine (extra ``llm``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from synththeory.errors import MissingExtraError, SynththeoryError

_ROOM = 2
"""How far beyond the prompt a sentence may go, in tokens of the longest one learnt."""
_IGNORED = -100
"""The target of padding: no loss there."""


@dataclass(frozen=True)
class LanguageModel:
    """A causal language model, fine-tuned on sentences; nothing is downloaded.

    Attributes
    ----------
    path : str or Path
        Folder that ``save_pretrained`` wrote, with its tokenizer.
    epochs, batch, learning_rate
        Of AdamW, whose rate falls linearly to 0.
    temperature, top_k
        Of the sampling.
    prompts : int
        Sentences made at once.
    device : str
        As PyTorch names it.
    """

    path: str | Path
    epochs: int = 50
    batch: int = 32
    learning_rate: float = 5e-5
    temperature: float = 0.7
    top_k: int = 50
    prompts: int = 100
    device: str = "cpu"

    def fit(self, texts: Sequence[str], rng: np.random.Generator) -> FineTuned:
        """Load the folder and learn the sentences, each ended by the end-of-text token.

        Raises
        ------
        SynththeoryError
            Without the extra, or where the folder holds no model.
        """
        torch, transformers = _needed("torch"), _needed("transformers")
        tokenizer, model = self._loaded(transformers)
        torch.manual_seed(int(rng.integers(2**31)))
        ends = tokenizer.eos_token or ""
        coded = [tokenizer(text + ends)["input_ids"] for text in texts]
        optimiser = torch.optim.AdamW(model.parameters(), lr=self.learning_rate)
        steps = self.epochs * -(-len(texts) // self.batch)
        schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: max(0.0, 1.0 - step / steps))
        model.train()
        for _ in range(self.epochs):
            order = rng.permutation(len(texts))
            for start in range(0, len(order), self.batch):
                chosen = [coded[place] for place in order[start : start + self.batch]]
                loss = model(**_padded(torch, chosen, self.device)).loss
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
                schedule.step()
        model.eval()
        return FineTuned(self, tokenizer, model, max(map(len, coded), default=1))

    def _loaded(self, transformers: Any) -> tuple[Any, Any]:
        if not Path(self.path).is_dir():
            raise SynththeoryError(
                f"LanguageModel: {self.path} is no folder; give the folder of a model that save_pretrained wrote: "
                "nothing is downloaded"
            )
        try:
            tokenizer = transformers.AutoTokenizer.from_pretrained(str(self.path), local_files_only=True)
            model = transformers.AutoModelForCausalLM.from_pretrained(str(self.path), local_files_only=True)
        except (OSError, ValueError) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise SynththeoryError(f"LanguageModel: {self.path} holds no causal language model: {reason}") from error
        return tokenizer, model.to(self.device)


@dataclass(frozen=True, eq=False)
class FineTuned:
    """A language model that has learnt sentences.

    Attributes
    ----------
    settings : LanguageModel
        What it was made with.
    tokenizer, model
        Of transformers.
    longest : int
        Tokens of the longest sentence learnt.
    """

    settings: LanguageModel
    tokenizer: Any
    model: Any
    longest: int

    def complete(self, prompts: Sequence[str], longest: int, rng: np.random.Generator) -> list[str]:
        """Sentences that begin with the prompts; shorter prompts are padded on the left, and the padding is masked."""
        torch = _needed("torch")
        torch.manual_seed(int(rng.integers(2**31)))
        made: list[str] = []
        for start in range(0, len(prompts), self.settings.prompts):
            made += self._some(torch, list(prompts[start : start + self.settings.prompts]))
        return made

    def _some(self, torch: Any, prompts: list[str]) -> list[str]:
        end = int(self.tokenizer.eos_token_id or 0)
        coded = [self.tokenizer(prompt)["input_ids"] or [end] for prompt in prompts]
        width = max(map(len, coded))
        padded = torch.tensor([[end] * (width - len(each)) + each for each in coded], device=self.settings.device)
        mask = torch.tensor(
            [[0] * (width - len(each)) + [1] * len(each) for each in coded], device=self.settings.device
        )
        with torch.no_grad():
            grown = self.model.generate(
                input_ids=padded, attention_mask=mask, do_sample=True, temperature=self.settings.temperature,
                top_k=self.settings.top_k, max_new_tokens=_ROOM * self.longest, pad_token_id=end, eos_token_id=end,
            )  # fmt: skip
        tails = (self.tokenizer.decode(row[width:], skip_special_tokens=True) for row in grown)
        return [prompt + tail for prompt, tail in zip(prompts, tails, strict=True)]


def _padded(torch: Any, sentences: list[list[int]], device: str) -> dict[str, Any]:
    """Arguments of a causal model's call: no attention to padding, and no loss on it."""
    width = max(map(len, sentences))
    spare = [width - len(each) for each in sentences]
    rows = {
        "input_ids": [each + [0] * more for each, more in zip(sentences, spare, strict=True)],
        "attention_mask": [[1] * len(each) + [0] * more for each, more in zip(sentences, spare, strict=True)],
        "labels": [each + [_IGNORED] * more for each, more in zip(sentences, spare, strict=True)],
    }
    return {name: torch.tensor(values, device=device) for name, values in rows.items()}


def _needed(package: str) -> Any:
    try:
        return import_module(package)
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"LanguageModel needs {error.name}", "llm") from error
