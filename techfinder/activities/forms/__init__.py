from techfinder.activities.forms.new import NewActivityForm
from techfinder.activities.forms.rows import SessionFormSet, StageFormSet
from techfinder.activities.forms.steps import STEP_FORMS, StepForm

__all__ = ["STEP_FORMS", "NewActivityForm", "SessionFormSet", "StageFormSet", "StepForm"]
