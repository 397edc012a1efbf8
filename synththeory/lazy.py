"""A property that is computed once an instance, without a lock.

Before Python 3.12 `functools.cached_property` holds one lock for all instances while it computes, so that threads with
data of their own would wait for each other's draws and sums. Here two threads that share an instance may both compute;
they get the same value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from functools import cached_property as lazy
else:

    class lazy:
        """Decorator of a method without arguments; its value is kept in the instance's ``__dict__``."""

        def __init__(self, method):
            self.method, self.__doc__ = method, method.__doc__

        def __set_name__(self, owner, name):
            self.name = name

        def __get__(self, instance, owner=None):
            if instance is None:
                return self
            value = instance.__dict__[self.name] = self.method(instance)
            return value


__all__ = ["lazy"]
