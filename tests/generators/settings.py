"""One setting of every registered generator, and a population to imitate."""

from synththeory.generators import Generator
from synththeory.populations import MeanShift

ELSEWHERE = ("pool", "leo-cvae", "moms", "row-transformer", "in-context-transformer", "chain-fit")
"""Not made of the seeds, nets, or of discrete columns: tests of their own."""
# other tests register generators of their own, made to fail
KINDS = sorted(
    kind
    for kind, member in Generator.registry.items()
    if member.__module__.startswith("synththeory.") and kind not in ELSEWHERE
)
POPULATION = MeanShift(dimension=3, shift=1.3, noise="cube")

SETTINGS: dict[str, dict[str, object]] = {
    "adasyn": {"neighbors": 3},
    "adasyn-published": {"neighbors": 3},
    "bootstrap": {},
    "consistent-gaussian": {},
    "diagonal-gaussian-fit": {"scale": 0.8},
    "duplicates": {"majority": 0.0},  # with a share of the majority its rows have two labels
    "external": {"class": "sklearn.neighbors.KernelDensity", "settings": {"bandwidth": 0.5}, "pilot": True},
    "further-rows": {"inner": {"kind": "gaussian-fit"}, "further": 40},
    "gaussian": {"mean": (0.4, -0.2, 0.1)},
    "gaussian-fit": {"shrinkage": 0.2, "jitter": 0.01},
    "gaussian-mixture-fit": {"components": 2, "jitter": 0.01},
    "gk-smote": {"neighbors": 3},
    "jitter": {"scale": 0.5},
    "kde": {},
    "local-jitter": {"scale": 0.5},
    "moved-majority": {},
    "offset": {"offset": 0.5},
    "oracle": {},
    "perturbed-oracle": {"shift": 0.3, "scale": 1.2, "direction": (0.0, 1.0, 1.0)},
    "pooled-gaussian": {},
    "scaled-majority": {},
    "semi-oracle": {},
    "smote": {"neighbors": 3},
    "standardised": {"inner": {"kind": "smote", "neighbors": 3}},
    "steered-gaussian": {"angle": 60.0, "ratio": 0.7},
}


VARIANTS: dict[str, tuple[str, dict[str, object]]] = {
    "duplicates of both classes": ("duplicates", {"majority": 0.5}),
    "gk-smote as published": ("gk-smote", {"neighbors": 4, "faithful": True}),
    "external resampler": ("external", {"class": "imblearn.over_sampling.SMOTE", "settings": {"k_neighbors": 3}}),
}
"""Further settings: generators that look at the other class."""


def built(kind: str, **more: object) -> Generator:
    """The generator of a kind or variant at its test settings."""
    assert kind in SETTINGS | VARIANTS, f"name settings for the new generator {kind}"
    kind, settings = VARIANTS.get(kind) or (kind, SETTINGS[kind])
    generator = Generator.registry[kind].model_validate({"kind": kind, **settings, **more})
    assert isinstance(generator, Generator)
    return generator
