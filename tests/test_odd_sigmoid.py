"""The class F: members are proved, look-alikes are refuted with a certified witness, and nothing is ever wrong."""

from dataclasses import FrozenInstanceError
from decimal import Decimal
from fractions import Fraction

import pytest
import sympy
from flint import arb, ctx
from hypothesis import Phase, given, settings

from theory import odd_sigmoid
from theory.activation import CATALOGUE, Activation, family, x
from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL
from theory.activation.expression import t
from theory.activation.parser import parse_activation
from theory.odd_sigmoid import HIGHEST, ODD, NormalForm, UndeterminedError, is_tame, over_t, root_coefficients
from verify.checker.slope import exact_slope, is_critical
from verify.membership import decide_membership
from verify.strategies import famous_look_alikes, look_alikes, members
from verify.verdict import Proved, Refuted, Undecided

# By hand: f'(0), and the first term of 1 - omega f(x)/x (THEORY A2).
OMEGA = {
    "tanh": "1", "erf": "sqrt(pi)/2", "arctan": "1", "arctan_unit": "1", "softsign": "1", "algebraic": "1",
    "gudermannian": "1", "logistic": "2", "langevin": "3",
}  # fmt: skip
KAPPA = {
    "tanh": "1/3", "erf": "pi/12", "arctan": "1/3", "arctan_unit": "pi**2/12", "softsign": "1", "algebraic": "1/2",
    "gudermannian": "1/6", "logistic": "1/3", "langevin": "3/5",
}  # fmt: skip


@pytest.mark.parametrize("name", CATALOGUE)
def test_catalogue_members_are_proved(name: str) -> None:
    membership = decide_membership(CATALOGUE[name])
    assert isinstance(membership.verdict, Proved)
    assert isinstance(membership.concave, Proved)


@pytest.mark.parametrize("name", OMEGA)
def test_omega_is_exact(name: str) -> None:
    assert str(odd_sigmoid.omega(CATALOGUE[name])) == OMEGA[name]


@pytest.mark.parametrize("name", KAPPA)
def test_normal_form_is_exact(name: str) -> None:
    form = odd_sigmoid.normal_form(CATALOGUE[name])
    assert (form.k, str(form.kappa)) == (1 if name == "softsign" else 2, KAPPA[name])


@pytest.mark.parametrize("k", [Fraction(1, 2), Fraction(1), Fraction(3, 2), Fraction(3), Fraction(7)])
def test_the_family_has_normal_form_k_and_1_over_k(k: Fraction) -> None:
    exact = sympy.Rational(k.numerator, k.denominator)
    assert odd_sigmoid.normal_form(family(k)) == NormalForm(exact, 1 / exact)
    assert isinstance(decide_membership(family(k)).verdict, Proved)


EXAMPLES = 1_000 if settings().max_examples > 1_000 else 100  # nightly, or every day


def test_random_members_are_never_refuted_and_rarely_undecided() -> None:
    undecided: list[sympy.Expr] = []

    @settings(max_examples=EXAMPLES, phases=[Phase.generate])
    @given(members)
    def judge(f: Activation) -> None:
        verdict = decide_membership(f).verdict
        assert not isinstance(verdict, Refuted), f
        if not isinstance(verdict, Proved):
            undecided.append(f.expression)

    judge()
    assert len(undecided) < 0.02 * EXAMPLES, undecided


def test_random_look_alikes_violate_the_axiom_they_are_known_for() -> None:
    undecided: list[sympy.Expr] = []

    @settings(max_examples=EXAMPLES, phases=[Phase.generate])
    @given(look_alikes)
    def judge(pair: tuple[Activation, str]) -> None:
        f, axiom = pair
        membership = decide_membership(f)
        assert not isinstance(membership.verdict, Proved), f
        assert not isinstance(membership.axioms[axiom], Proved), f
        if not isinstance(membership.axioms[axiom], Refuted):
            undecided.append(f.expression)

    judge()
    assert len(undecided) < 0.02 * EXAMPLES, undecided


@given(famous_look_alikes)
def test_the_famous_look_alikes_are_all_refuted(pair: tuple[Activation, str]) -> None:
    f, axiom = pair
    assert isinstance(decide_membership(f).axioms[axiom], Refuted)


@pytest.mark.parametrize(
    "text", ["tanh(x + x^3)", "sin(x)", "x/(1+x^2)", "clip(x,-1,1)", "1/(1+exp(-x))", "tanh(x) - x/1000000", "x"]
)
def test_a_witness_can_be_rechecked_by_hand(text: str) -> None:
    """The reported bounds enclose the violated quantity, recomputed here from the sentence of the witness."""
    f = parse_activation(text)
    verdict = decide_membership(f).verdict
    assert isinstance(verdict, Refuted)
    witness = verdict.witness
    assert witness is not None
    with ctx.workprec(200):
        point = arb(witness.x)
        other = arb(witness.inequality.split("f(")[-1].split(")")[0]) if " - f(" in witness.inequality else None
        value = {
            "odd": lambda: f(point) + f(-point),
            "increasing": lambda: f(point) - f(other),
            "star_shaped": lambda: f(point) / point - f(other) / other,
            "bounded": lambda: f(point),
        }[witness.axiom]()
        assert arb(witness.lower) <= value
        assert value <= arb(witness.upper)
    assert Decimal(witness.lower) <= Decimal(witness.upper)


@pytest.mark.parametrize("text", ["(exp(2*x)-1)/(exp(2*x)+1)", "sinh(x)/cosh(x)", "1 - 2/(exp(2*x)+1)", "tanh(3*x)/2"])
def test_a_name_and_its_spelling_get_the_same_verdict(text: str) -> None:
    assert isinstance(decide_membership(parse_activation(text)).verdict, Proved)


@pytest.mark.parametrize("text", ["x/(1-x^2)", "0-1/x", "x/abs(x)", "x^(1/3)", "x/sqrt(abs(x))", "x*cos(1/x)", "sqrt(x)"])
def test_functions_with_poles_jumps_or_gaps_are_never_proved(text: str) -> None:
    membership = decide_membership(parse_activation(text))
    assert not isinstance(membership.verdict, Proved)
    assert not isinstance(membership.axioms["slope_at_zero"], Proved) or text == "x/(1-x^2)"


@pytest.mark.parametrize(
    "text",
    [
        "exp(log(x))/(1+abs(x))",  # SymPy makes softsign of these, which they are for x > 0 only
        "sqrt(x)**2/(1+abs(x))",
        "x/(1+abs(x)) + 0*log(x)",
        "x/(1+abs(x)) + (1+1/(x+1))*(x+5)**(-1/2) - (x+5)**(-1/2) - (x+5)**(-1/2)/(x+1)",
    ],
)
def test_what_sympy_cancels_still_limits_the_domain(text: str) -> None:
    assert isinstance(decide_membership(parse_activation(text)).verdict, Undecided)


def test_a_removable_gap_at_0_is_filled_by_the_limit() -> None:
    f = parse_activation("x/sqrt(x**2)*atan(abs(x))")
    assert isinstance(decide_membership(f).verdict, Proved)
    assert f(0.0) == 0.0
    assert f(arb(0)) == 0


@pytest.mark.parametrize(
    "text", ["tanh(softsign(softsign(x)))", "tanh(tanh(tanh(tanh(tanh(tanh(x))))))", "erf(erf(erf(erf(x))))"]
)
def test_deep_compositions_have_their_normal_form(text: str) -> None:
    f = parse_activation(text)
    assert isinstance(decide_membership(f).verdict, Proved)
    form = odd_sigmoid.normal_form(f)
    with ctx.workprec(600):
        tiny = arb(2) ** -60
        omega = evaluate(odd_sigmoid.omega(f), {}, BALL)
        kappa = evaluate(form.kappa, {}, BALL)
        assert abs((tiny - f(omega * tiny)) / (kappa * tiny ** (int(form.k) + 1)) - 1) < arb(2) ** -50


def test_odd_parts_of_shifted_functions_cancel_exactly() -> None:
    """tanh(x+1) + tanh(x-1) has slope 2 sech(1)^2 at 0 and no quadratic term."""
    f = parse_activation("tanh(x+1) + tanh(x-1)")
    assert sympy.simplify(odd_sigmoid.omega(f) - sympy.cosh(1) ** 2 / 2) == 0
    assert odd_sigmoid.normal_form(f).k == 2


@pytest.mark.parametrize("text", ["atan((x+pi+e+sqrt(2)+log(2))^60)", "x + exp(-1000000*(x-1)^2) - exp(-1000000*(x+1)^2)"])
def test_expressions_that_would_expand_without_end_are_given_up(text: str) -> None:
    assert not isinstance(decide_membership(parse_activation(text)).verdict, Proved)


def test_a_coefficient_that_is_0_in_disguise_is_0() -> None:
    """(sqrt 2 + 1)(sqrt 2 - 1) - 1 = 0."""
    hidden = parse_activation("tanh(x) + ((sqrt(2)+1)*(sqrt(2)-1) - 1)*x*abs(x)")
    assert odd_sigmoid.normal_form(hidden) == NormalForm(sympy.Integer(2), sympy.Rational(1, 3))


@pytest.mark.parametrize("text", ["sinh(x)", "x*exp(abs(x))", "min(x,1/x)", "x**2/(max(x,abs(x))*(x+pi))", "exp(exp(exp(x)))"])
def test_wild_expressions_are_decided_without_a_crash(text: str) -> None:
    assert isinstance(decide_membership(parse_activation(text)).verdict, Refuted)


def test_growth_tells_bounded_from_logarithmic() -> None:
    unbounded = decide_membership(parse_activation("asinh(x)"))
    assert isinstance(unbounded.axioms["bounded"], Refuted)
    assert all(isinstance(unbounded.axioms[name], Proved) for name in ("odd", "increasing", "slope_at_zero", "star_shaped"))
    assert isinstance(decide_membership(parse_activation("x/(1+abs(x))")).axioms["bounded"], Proved)


def test_axioms_of_a_function_that_is_not_odd_are_not_proved_from_one_side() -> None:
    softplus = decide_membership(parse_activation("log(1+exp(x))"))
    assert isinstance(softplus.axioms["odd"], Refuted)
    assert not any(isinstance(verdict, Proved) for verdict in softplus.axioms.values())


def test_omega_of_a_flat_or_undetermined_slope_is_refused() -> None:
    with pytest.raises(UndeterminedError, match="f'\\(0\\) = 0"):
        odd_sigmoid.omega(Activation(sympy.tanh(x**3)))
    with pytest.raises(UndeterminedError, match=r"no expansion at 0|no finite value"):
        odd_sigmoid.omega(Activation(x / sympy.sqrt(sympy.Abs(x))))


def test_suprema_are_exact() -> None:
    assert odd_sigmoid.supremum(CATALOGUE["arctan"]) == sympy.pi / 2
    assert odd_sigmoid.supremum(CATALOGUE["algebraic"]) == 1
    assert odd_sigmoid.supremum(parse_activation("x")) == sympy.oo


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("tanh(x)", 1),
        ("3*erf(x/7) - 1/(1+x^2)", 3),
        ("x/(2+3*abs(x))", sympy.Rational(1, 3)),
        ("atan(2*x) + 1 - 1/(4+x^2)", sympy.pi / 2 + 1),
        ("tanh(x)/2 - 1/x", sympy.Rational(1, 2)),
        ("(x^2+x)/(2*x^2+1)", sympy.Rational(1, 2)),
        ("asinh(x)", sympy.oo),
        ("x*tanh(x)", sympy.oo),
        ("x/(1+sqrt(abs(x)))^2", 1),
    ],
)
def test_limits_at_infinity_are_those_found_by_hand(text: str, limit: sympy.Expr) -> None:
    assert odd_sigmoid.supremum(parse_activation(text)) == limit


def test_a_limit_that_is_not_seen_far_out_is_not_believed() -> None:
    """atan(log(1 + x)) is pi/2 - 7e-4 at 2^2000, and sin has no limit."""
    with pytest.raises(UndeterminedError, match="does not agree"):
        odd_sigmoid.supremum(parse_activation("atan(log(1+abs(x)))"))
    with pytest.raises(UndeterminedError, match="could not be derived"):
        odd_sigmoid.supremum(parse_activation("sin(x)"))


def test_slopes_at_0_without_an_expansion_come_from_the_quotient() -> None:
    """f/x = (sqrt 2 + x)^-9 = 2^(-9/2) (1 - 9 x/sqrt 2 + ...), too high a power of sqrt 2 for the expansion."""
    f = parse_activation("x/(sqrt(2)+abs(x))^9")
    with pytest.raises(UndeterminedError):
        root_coefficients(f, 1)
    assert sympy.simplify(odd_sigmoid.slope_at_zero(f) - sympy.sqrt(2) / 32) == 0
    form = odd_sigmoid.normal_form(f)
    assert (form.k, sympy.simplify(form.kappa)) == (1, 144)
    with pytest.raises(UndeterminedError, match="no expansion at 0 was found"):
        odd_sigmoid.slope_at_zero(parse_activation("sin(x)/(sqrt(2)+abs(x))^9"))
    with pytest.raises(UndeterminedError, match="no expansion at 0 was found"):
        odd_sigmoid.slope_at_zero(parse_activation("1/(sqrt(2)+abs(x))^9"))


@pytest.mark.parametrize(
    ("text", "critical"),
    [("tanh(x)", 1), ("2*tanh(3*x)", sympy.Rational(1, 6)), ("erf(x)", sympy.sqrt(sympy.pi) / 2), ("coth(x) - 1/x", 3)],
)
def test_the_critical_gain_is_told_exactly(text: str, critical: sympy.Expr) -> None:
    f = parse_activation(text)
    assert is_critical(f, sympy.sympify(critical))
    assert not is_critical(f, critical * (1 + sympy.Rational(1, 10**40)))


def test_without_a_slope_no_gain_is_seen_to_be_critical() -> None:
    root = Activation(sympy.sign(x) * sympy.sqrt(sympy.Abs(x)))
    assert exact_slope(root) is None
    assert not is_critical(root, sympy.Integer(1))


def test_jumps_and_roots_at_0_are_told() -> None:
    with pytest.raises(UndeterminedError, match=r"f\(0\+\) = 1, so an odd f jumps at 0"):
        odd_sigmoid.slope_at_zero(Activation(sympy.sign(x) + x))
    with pytest.raises(UndeterminedError, match=r"f behaves like x\^\(1/2\) at 0"):
        odd_sigmoid.slope_at_zero(Activation(sympy.sign(x) * sympy.sqrt(sympy.Abs(x)) + x))
    assert odd_sigmoid.slope_at_zero(Activation(sympy.sign(x) * sympy.Abs(x) ** sympy.Rational(3, 2))) == 0


def test_expansions_in_roots_found_by_hand() -> None:
    """x/(1 + sqrt x)^2 = x - 2 x^(3/2) + 3 x^2 - ..."""
    f = parse_activation("x/(1+sqrt(abs(x)))^2")
    assert root_coefficients(f, 2) == {1: 1, sympy.Rational(3, 2): -2, 2: 3}
    assert root_coefficients(CATALOGUE["tanh"], 5) == {1: 1, 3: sympy.Rational(-1, 3), 5: sympy.Rational(2, 15)}


def test_a_first_term_is_looked_for_up_to_the_highest_power() -> None:
    """x - x^(n-1) tanh x = x - x^n + ..."""
    assert HIGHEST == 31
    for n in (3, 5, 31):
        assert odd_sigmoid.normal_form(Activation(x - x ** (n - 1) * sympy.tanh(x))) == NormalForm(sympy.Integer(n - 1), 1)
    with pytest.raises(UndeterminedError, match="no expansion at 0 in powers"):
        odd_sigmoid.normal_form(Activation(x - x**32 * sympy.tanh(x)))
    with pytest.raises(UndeterminedError, match="no expansion at 0 in powers"):
        odd_sigmoid.normal_form(family(Fraction(40)))


@pytest.mark.parametrize(
    ("k", "c", "right"),
    [(10, "9", True), (10, "9 + 1/50", False), (10, "9 - 1/50", False), (9, "9", False), (11, "9", False), (10, "-9", False)],
)
def test_a_first_term_that_balls_do_not_see_is_not_believed(k: int, c: str, right: bool) -> None:
    """1 - 2^9 f(x)/x = 9 x^10/2 + ... for f = x/(2 + x^10)^9."""
    f, term = Activation(x / (2 + x**10) ** 9), (sympy.Integer(2) ** 9, sympy.Integer(k), sympy.sympify(c) / 2)
    if right:
        odd_sigmoid._confirm_leading_power(f, *term)
    else:
        with pytest.raises(UndeterminedError, match="does not agree with a ball evaluation"):
            odd_sigmoid._confirm_leading_power(f, *term)


def test_t_is_divided_out_where_a_value_at_0_needs_it() -> None:
    for h, value in (
        ((t**2 + 3 * t) / (1 + t**2), 3),
        (t / (2 + t), sympy.Rational(1, 2)),
        (2 * t + t**3, 2),
        (t * sympy.sqrt(4 + t), 2),
    ):
        assert over_t(h).subs(t, 0) == value
        assert sympy.simplify(over_t(h) * t - h) == 0
    assert over_t(sympy.tanh(t)) == sympy.tanh(t) / t


def test_sympy_is_asked_about_small_expressions_of_low_degree_only() -> None:
    """The degree counts in a common root: sqrt(1 + t) + t^50 has 100."""
    R = sympy.Rational
    for tame in (t, t**100, t**-100, t ** R(1, 500), sympy.sqrt(1 + t) + t**50, sympy.sqrt(t) + t ** R(1, 3) + t**16):
        assert is_tame(tame)
    for wild in (t**101, t**-101, t ** R(101, 7), sympy.sqrt(1 + t) + t**51, sympy.sqrt(t) + t ** R(1, 3) + t**17):
        assert not is_tame(wild)
    assert is_tame(sympy.Add(*sympy.symbols("s:150")))
    assert not is_tame(sympy.Add(*sympy.symbols("s:300")))


def test_axioms_and_normal_forms_do_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        ODD.name = "even"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        odd_sigmoid.normal_form(CATALOGUE["tanh"]).k = 3  # type: ignore[misc]


def test_undecided_says_why() -> None:
    """SymPy reads x^(1/3) as complex for x < 0, so it is no function on R here."""
    verdict = decide_membership(parse_activation("x^(1/3)")).verdict
    assert isinstance(verdict, Undecided)
    assert "defined for all real x" in verdict.reason
