"""Rooms: the files that belong together, and the tests that have to notice when one of them is wrong."""

from dataclasses import dataclass
from glob import glob

from mutation.mutants import ROOT


@dataclass(frozen=True)
class Room:
    """sources: paths and patterns from the root of the repository; tests: names of test files, `without` those named so.

    `exhaustive`: all mutants, not a share of the sample. `test_values` is of every room.
    """

    name: str
    sources: tuple[str, ...]
    tests: tuple[str, ...]
    without: tuple[str, ...] = ()
    exhaustive: bool = False

    def paths(self) -> list[str]:
        """Raises `FileNotFoundError` for a pattern without a file."""
        return _found(self.sources)

    def test_paths(self) -> list[str]:
        return _found(tuple(f"tests/test_{name}.py" for name in (*self.tests, "values")))


def _found(patterns: tuple[str, ...]) -> list[str]:
    found = []
    for pattern in patterns:
        paths = sorted(glob(pattern, root_dir=ROOT, recursive=True))
        if not paths:
            raise FileNotFoundError(f"{pattern}: no such file; mend tests/mutation/rooms.py")
        found += [path for path in paths if path not in found]
    return found


_CHECKER = "problem certificate checker oddness terms series taylor_models evaluation arithmetic"

ROOMS = (
    Room(
        "checker",
        tuple(f"verify/certificates/{name}.py" for name in _CHECKER.split()),
        (
            "certificate_arithmetic",
            "certificate_intervals",
            "certificate_sums",
            "certificate_series",
            "certificate_models",
            "certificate_ends",
            "certificate_terms",
            "certificate_conditions",
            "certificate_faults",
            "certificates",
            "certificate_files",
        ),
        without=("test_the_certificate_shows_the_claim_and_not_its_twin", "test_what_is_no_odd_sigmoid_gets_no_certificate"),
        exhaustive=True,
    ),
    Room(
        "activation",
        ("theory/activation/**/*.py",),
        (
            "arithmetics",
            "expansions",
            "activation",
            "activation_parser",
            "models",
            "models_ring",
            "models_functions",
            "checker",
            "odd_sigmoid",
            "asymptotics",
            "mean_field",
            "fixed_point_array",
        ),
    ),
    Room(
        "odd sigmoid",
        ("theory/odd_sigmoid.py", "theory/rounding.py"),
        ("odd_sigmoid", "rounding", "bifurcation", "models", "asymptotics"),
    ),
    Room("bifurcation", ("theory/bifurcation/*.py",), ("saturation", "bifurcation", "asymptotics", "fixed_point_array")),
    Room("calibration", ("theory/calibration/*.py",), ("calibration", "calibration_limits", "calibration_practice")),
    Room("gains", ("theory/gains/*.py",), ("gains", "finite_width")),
    Room("initialization", ("theory/initialization/*.py",), ("initialization", "init_model")),
    Room("jacobian", ("theory/jacobian/*.py",), ("jacobian", "network_jacobian")),
    Room("mean field", ("theory/mean_field/*.py",), ("mean_field", "mean_field_enclosures", "failures")),
    Room("overlap", ("theory/overlap/*.py",), ("overlap",)),
    Room("scaling limit", ("theory/scaling_limit/*.py",), ("scaling_limit", "scaling_entrance", "failures")),
    Room(
        "training",
        ("theory/training/*.py",),
        ("pinn",),
        without=("test_a_run_that_is_killed_continues_to_the_same_numbers",),  # it runs in a process of its own
    ),
    Room("validation", ("theory/validation.py",), ("validation", "calibration", "bifurcation")),
    Room(
        "wide limit",
        ("theory/wide_limit/*.py",),
        ("wide_limit", "finite_width", "preservation", "failures"),
        without=("test_each_number_of_the_central_claim_is_missed_if_it_is_off_by_twice_its_margin",),
    ),
    Room(
        "enclosure",
        ("verify/enclosure/*.py", "verify/checker/*.py"),
        (
            "checker",
            "half_line_rules",
            "identities",
            "gaussian_words",
            "checker_integrals",
            "checker_tail",
            "near_critical_checker",
            "searches",
            "fixed_points",
            "judged_parts",
            "cover",
            "gain_intervals",
            "bifurcation",
            "odd_sigmoid",
            "mean_field_enclosures",
            "asymptotics",
            "gains",
            "calibration_limits",
            "scaling_limit",
            "scaling_entrance",
        ),
    ),
)
