"""Average treatment effects where few are treated: weighting and augmented weighting."""

from synththeory.causal.effects import Effects, TreatmentEffect, aipw, aipw_effect, ipw, ipw_effect

__all__ = ["Effects", "TreatmentEffect", "aipw", "aipw_effect", "ipw", "ipw_effect"]
