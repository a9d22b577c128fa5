"""What a seller still has to do before selling: a checklist that follows from what and where they want to sell. Pure."""

from compliance.onboarding.checklist import checklist
from compliance.onboarding.steps import Checklist, Goods, Situation, Step

__all__ = ["Checklist", "Goods", "Situation", "Step", "checklist"]
