"""Errors a user can mend."""

from synththeory.errors import DesignError, StoreError, SynththeoryError, nearest


def test_nearest_asks_only_when_a_name_is_close() -> None:
    assert nearest("smot", ["smote", "oracle"]) == "; did you mean 'smote'? valid: oracle, smote"
    assert nearest("zebra", ["smote", "oracle"]) == "; valid: oracle, smote"


def test_every_error_is_one_the_command_line_catches() -> None:
    assert issubclass(DesignError, SynththeoryError)
    assert issubclass(StoreError, SynththeoryError)
    assert issubclass(SynththeoryError, ValueError)
