"""A model by its name or a person's own, and what is tuned in it."""

from sklearn.tree import DecisionTreeClassifier

from synththeory.advise.models import model_of


def test_what_is_tuned_is_told_whatever_its_type() -> None:
    told = model_of(DecisionTreeClassifier(), {"max_features": [None, "sqrt"], "ccp_alpha": [0.01, 1e-5]}).name
    assert told.endswith("max_features tuned over None, sqrt, ccp_alpha tuned over 0.01, 1e-05")
