"""What is compared within a cell, and the kinds of study that ask for it."""

from synththeory.sim.questions.anatomy import GeneratorAnatomy
from synththeory.sim.questions.base import Question, Setting
from synththeory.sim.questions.classes import ClassCurves
from synththeory.sim.questions.divergence import Divergence
from synththeory.sim.questions.effects import TreatmentEffects
from synththeory.sim.questions.groups import GroupCurves
from synththeory.sim.questions.sizes import SizeCurves
from synththeory.sim.questions.symmetry import RejectionRates
from synththeory.sim.questions.tasks import ScarceTask

__all__ = [
    "ClassCurves",
    "Divergence",
    "GeneratorAnatomy",
    "GroupCurves",
    "Question",
    "RejectionRates",
    "ScarceTask",
    "Setting",
    "SizeCurves",
    "TreatmentEffects",
]
