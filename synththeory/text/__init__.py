"""Rows as sentences: writing, asking, reading and mending them, and the models that continue them."""

from synththeory.text.columns import Column
from synththeory.text.language_model import LanguageModel
from synththeory.text.ngram import NGram
from synththeory.text.orders import ORDERS, Order
from synththeory.text.protocol import TextGenerator, TextModel

__all__ = ["ORDERS", "Column", "LanguageModel", "NGram", "Order", "TextGenerator", "TextModel"]
