"""What a generator is: synthetic rows that imitate seeds, and what theory asks of it."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, ClassVar

from pydantic import SerializeAsAny

from synththeory.arrays import Array, Integers, Vector
from synththeory.components import Component, component_of
from synththeory.errors import DesignError, SynththeoryError
from synththeory.generators.drawn import Drawn
from synththeory.generators.imitator import Imitator, Unlearned
from synththeory.generators.moments import GeneratorMoments, MomentSource
from synththeory.generators.response import Response
from synththeory.losses import Loss
from synththeory.populations import Population, RowLaw
from synththeory.sample import Block, Law, Sample
from synththeory.streams import Streams


class Generator(Component):
    """Where synthetic rows come from. A concrete one defines ``fit``, or ``rows`` where it learns nothing.

    Attributes
    ----------
    name : str or None
        Label of the arm; the kind when not given.
    smallest_minority : int
        Fewest minority rows that it imitates, a class attribute.
    stream : str or None
        Name of its draws, a class attribute; the kind when not given.
    needs_others : bool
        Whether it looks at the rows of the other class, a class attribute.
    allotted : bool
        Whether groups of seeds make fixed shares of any number of rows, a class attribute: given the seeds its rows are
        then not independent, and their mean has less noise than so many independent rows.
    effort : int
        Cost of learning from one training set, counted as numbers drawn, beside drawing its rows; a class attribute.
    pilot_sets : int or None
        How many independent sets a pilot draws and keeps on disk, a class attribute; when None, enough sets for
        120,000 rows, not kept on disk.
    programs : tuple of str
        Modules of `synththeory.neural` whose text its bits depend on, a class attribute.
    has_law : bool
        Whether its imitators know how probable a row is (`Imitator.log_law`), a class attribute.
    sums_suffice : bool
        Whether the sums of its rows' squares can be drawn from those of its seeds, so that nobody needs a row, a class
        attribute: its rows are Gaussian given the seeds, and follow their mean and covariance alone.
    """

    smallest_minority: ClassVar[int] = 1
    stream: ClassVar[str | None] = None
    needs_others: ClassVar[bool] = False
    pilot_sets: ClassVar[int | None] = None
    programs: ClassVar[tuple[str, ...]] = ()
    effort: ClassVar[int] = 0
    allotted: ClassVar[bool] = False
    has_law: ClassVar[bool] = False
    sums_suffice: ClassVar[bool] = False
    name: str | None = None

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        makes_rows = cls.fit is not Generator.fit or cls.rows is not Generator.rows
        if isinstance(cls.model_fields["kind"].default, str) and not makes_rows:
            raise TypeError(f"the generator {cls.__name__} makes no rows: define rows, or fit where it learns")
        super().__pydantic_init_subclass__(**kwargs)

    @property
    def label(self) -> str:
        """Name of the arm."""
        return self.name or self.kind

    @property
    def identity(self) -> dict[str, Any]:
        """The settings its rows depend on: all but its name and what is asked of theory."""
        return self.model_dump(mode="json", exclude={"name", "pilot"})

    @property
    def piloted(self) -> bool:
        """Whether a pilot simulation may measure its moments where no closed form is known; costly ones say no."""
        return True

    def fit(self, streams: Streams, seeds: Block, others: Block | None) -> Imitator:
        """Learn from the seeds, once for all rows that are drawn.

        Parameters
        ----------
        streams : Streams
            Names of its draws; they carry its kind, or that of the generator whose noise it shares.
        seeds : Block
            Rows of the stratum to imitate, (B, n1, d).
        others : Block or None
            The other rows, for generators that look at the boundary; there are some where ``needs_others``.
        """
        return Unlearned(partial(self.rows, streams, seeds, others), partial(self.sums, streams, seeds))

    def rows(self, streams: Streams, seeds: Block, others: Block | None, size: int) -> Array:
        """Rows of a generator that learns nothing, (B, size, d); the first rows of a longer draw are a shorter one."""
        raise NotImplementedError(f"the rows of {self.kind} come from its fitted imitator: call fit(...).rows(size)")

    def parents(self, streams: Streams, seeds: Block, size: int) -> Integers | None:
        """Places of the two seeds that each of those rows lies between, (B, size, 2), a single one twice.

        None where a row is made from all of them.
        """
        return None

    def sums(self, streams: Streams, seeds: Block, sizes: Integers) -> Array | None:
        """Sums of the same rows where they are known without keeping a row (see `Imitator.sums`)."""
        return None

    def mismatch(
        self, population: Population, loss: Loss, stratum: int, count: int, theta: Vector | None = None
    ) -> GeneratorMoments | None:
        """Moments of the synthetic score in closed form; None where none is known, and theory needs a pilot.

        Parameters
        ----------
        population : Population
            Who the seeds come from.
        loss : Loss
            Whose score.
        stratum : int
            The stratum the generator imitates.
        count : int
            Number of seeds n1.
        theta : Vector, optional
            Where, (p,); the population's optimum θ* when not given.
        """
        return None

    def given(self, majority: int) -> MomentSource:
        """The generator beside n0 = majority rows of the other class, as theory sees it: itself if it ignores them."""
        return self

    @property
    def response(self) -> Response | None:
        """How the mean and covariance of a synthetic row follow the seeds', where that is this simple."""
        return None

    def imitator(self, streams: Streams, seeds: Block, others: Block | None) -> Imitator:
        """What it learns from the seeds, under its own names of draws.

        Raises
        ------
        SynththeoryError
            When it looks at the other class and there is none.
        """
        if self.needs_others and others is None:
            raise SynththeoryError(f"{self.kind} needs the rows of the other class, got one class alone")
        return self.fit(streams.within(f"generator/{self.stream or self.kind}"), seeds, others)

    def trial(self, streams: Streams, seeds: Block, others: Block | None) -> Imitator:
        """The imitator used while a size is chosen on held-out rows; by default that of the final fit.

        Public code that draws differently in the two places is followed by a class that overrides this method.
        """
        return self.imitator(streams, seeds, others)

    def made_from(self, streams: Streams, seeds: Block, size: int) -> Integers | None:
        """`parents` of the rows that `draw` returns for the same streams and seeds."""
        return self.parents(streams.within(f"generator/{self.stream or self.kind}"), seeds, size)

    def fixed_law(self, population: Population, stratum: int, count: int) -> RowLaw | None:
        """The law of its rows where that is the same whatever the seeds are; None otherwise.

        Parameters
        ----------
        population, stratum, count
            As for ``mismatch``.
        """
        return None

    def draw(self, streams: Streams, seeds: Block, others: Block | None, size: int) -> Sample:
        """Synthetic rows (B, size, d) of unit weight with the seeds' response, drawn when first asked for.

        Parameters
        ----------
        streams, seeds, others
            As for ``fit``.
        size : int
            Number of synthetic rows m a replication.
        """
        return self.sample(self.imitator(streams, seeds, others), seeds, size)

    def sample(self, imitator: Imitator, seeds: Block, size: int) -> Sample:
        """Rows of its ready imitator of the seeds, as `draw` returns them."""
        maker = f"the generator '{self.kind}' ({type(self).__name__})"
        return Drawn(imitator, seeds.stratum, (seeds.shape[0], size, seeds.shape[2]), maker)

    def check(self, minority: int, dimension: int) -> None:
        """Refuse data the generator cannot imitate.

        Raises
        ------
        DesignError
            With what is wanted, what came and how to mend it.
        """
        if minority < self.smallest_minority:
            raise DesignError(
                f"{self.kind} needs at least {self.smallest_minority} minority rows, got {minority}; "
                "collect more (in a study: sample.minority), or use the bootstrap"
            )

    def check_size(self, size: int) -> None:
        """Refuse more synthetic rows than the generator can make.

        Raises
        ------
        DesignError
            With the most it can make and how to mend it.
        """


AnyGenerator = Annotated[SerializeAsAny[Generator], component_of(Generator)]


def known_law(seeds: Block, kind: str) -> Law:
    """The law of the seeds, for generators that idealise.

    Raises
    ------
    SynththeoryError
        When the seeds are people's own data.
    """
    if seeds.law is None:
        raise SynththeoryError(f"{kind} knows the true law of the seeds, which only simulated data have")
    return seeds.law
