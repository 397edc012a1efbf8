"""The offline model against a plain dictionary of counts, and its sentences."""

from collections import Counter

import numpy as np
import pytest

from synththeory.errors import SynththeoryError
from synththeory.text import NGram

TEXTS = ["y is 1, a is 2", "y is 1, a is 3", "y is 1, b is 2", "b is 3, y is 0"]


def witten_bell(text: str, contexts: tuple[int, ...]) -> dict[str, float]:
    """By counting in the texts, the border as a newline."""
    alphabet = sorted(set("".join(TEXTS)) | {"\n"})
    chances = dict.fromkeys(alphabet, 1.0 / len(alphabet))
    own = "\n" + text
    for length in contexts:
        context = own[len(own) - length :]
        follow = Counter(
            sentence[place]
            for sentence in (f"\n{each}\n" for each in TEXTS)
            for place in range(max(length, 1), len(sentence))
            if sentence[place - length : place] == context
        )
        if length <= len(own) and follow:
            total = sum(follow.values())
            chances = {c: (follow[c] + len(follow) * chances[c]) / (total + len(follow)) for c in alphabet}
    return chances


@pytest.mark.parametrize("text", ["", "y is 1, a is ", "y is 1,", "b is 3", "never seen 9"])
def test_chances_are_witten_and_bells(text: str) -> None:
    contexts = (0, 1, 2, 4, 8)
    model = NGram(contexts).fit(TEXTS, np.random.default_rng(0))
    expected = witten_bell(text, contexts)
    found = dict(zip(["\n", *model.alphabet], model.chances(text), strict=True))
    assert found.keys() == expected.keys()
    for character, chance in expected.items():
        assert found[character] == pytest.approx(chance, abs=1e-14)


def test_sentences_begin_with_their_prompts_end_and_repeat_with_the_seed() -> None:
    model = NGram().fit(TEXTS, np.random.default_rng(0))
    prompts = ["", "y is 1,", "b", "ö"]
    made = model.complete(prompts, 14, np.random.default_rng(5))
    assert made == model.complete(prompts, 14, np.random.default_rng(5))
    assert all(text.startswith(prompt) for text, prompt in zip(made, prompts, strict=True))
    assert max(map(len, made)) <= 14 * 1.5
    assert model.complete([], 14, np.random.default_rng(5)) == []


def test_a_cold_model_repeats_what_follows_most_often() -> None:
    model = NGram(temperature=0.01).fit([*TEXTS, TEXTS[1]], np.random.default_rng(0))
    assert model.complete(["y"] * 5, 14, np.random.default_rng(0)) == [TEXTS[1]] * 5


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"temperature": 0.0}, "temperature must be above 0, got 0.0"),
        ({"contexts": (1, 2)}, "lengths that increase from 0"),
    ],
)
def test_wrong_settings_are_named(settings: dict[str, object], message: str) -> None:
    with pytest.raises(SynththeoryError, match=message):
        NGram(**settings)  # type: ignore[arg-type]


def test_nothing_to_learn_from() -> None:
    with pytest.raises(SynththeoryError, match="no sentence to learn from"):
        NGram().fit([], np.random.default_rng(0))
