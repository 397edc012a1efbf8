"""A model by its name or a person's own, and what is tuned in it."""

from sklearn.tree import DecisionTreeClassifier

from synththeory.advise import cli
from synththeory.advise.methods import OURS
from synththeory.advise.models import NAMES, model_of
from synththeory.advise.reading.columns import KINDS
from synththeory.advise.run import DEFAULT_GENERATORS


def test_what_is_tuned_is_told_whatever_its_type() -> None:
    told = model_of(DecisionTreeClassifier(), {"max_features": [None, "sqrt"], "ccp_alpha": [0.01, 1e-5]}).name
    assert told.endswith("max_features tuned over None, sqrt, ccp_alpha tuned over 0.01, 1e-05")


def test_help_names_what_there_is() -> None:
    """The command spells it out, so that ``--help`` imports nothing heavy."""
    assert ", ".join(DEFAULT_GENERATORS) == cli._DEFAULT
    assert ", ".join(NAMES) == cli._MODELS
    assert ", ".join(KINDS) == cli._TYPES
    assert cli._VALID.startswith(f"{', '.join(OURS)}, or ")
