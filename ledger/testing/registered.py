"""What hypothesis calls when it is imported: `st.from_type(CouncilForm)` gives valid councils.

Loading the forms takes as long as loading hypothesis itself, and most programs that use
hypothesis beside this package ask for none. So nothing is loaded here: the strategies are
registered when, and if, a program imports the module that has the forms, and made when one is
first asked for.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

FORMS = {  # by module: of each class, the strategy's name in ledger.testing.forms
    "ledger.forms": {
        "CandidateForm": "candidate_forms",
        "CandidateCorrection": "candidate_corrections",
        "ContestForm": "contest_forms",
        "CouncilForm": "council_forms",
        "NightForm": "night_forms",
        "NomineeForm": "nominee_forms",
        "NotionalForm": "notional_forms",
        "ResultForm": "result_forms",
        "SeatForm": "seat_forms",
        "WardForm": "ward_forms",
    },
    "ledger.events": {"Viewpoint": "any_viewpoints"},
    "ledger.testing.plan": {"Plan": "any_plans"},
}


def register() -> None:
    """Register the strategies of every form, now or when its module is imported."""
    waiting = [name for name in FORMS if name not in sys.modules]
    for name in FORMS.keys() - waiting:
        _register(sys.modules[name])
    if waiting and not any(isinstance(finder, _Watch) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Watch())


def _register(module: ModuleType) -> None:
    from hypothesis import strategies as st  # noqa: PLC0415 - it is being imported itself

    for kind, name in FORMS[module.__name__].items():
        st.register_type_strategy(getattr(module, kind), _later(name))


def _later(name: str) -> Any:
    """A strategy by its name, made when it is first asked for."""

    def made(_kind: type) -> Any:
        from ledger.testing import forms  # noqa: PLC0415 - that is the point

        return getattr(forms, name)()

    return made


class _Watch(MetaPathFinder):
    """Finds the modules of the forms where they are found anyway, and registers their strategies
    when they have been executed."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of a module of forms, with what is to be done afterwards."""
        if fullname not in FORMS:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.loader is None:
            return None
        execute = spec.loader.exec_module

        def executed(module: ModuleType) -> None:
            execute(module)
            _register(module)

        spec.loader.exec_module = executed  # type: ignore[method-assign]
        return spec
