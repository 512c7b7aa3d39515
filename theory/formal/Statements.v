(** What is proved, as a mathematician would say it. Nothing is proved in this file; [Theorems] and
    [TheoremsWithNumbers] prove every statement, and [NearMisses] has a false neighbour of each.

    The four axioms used are those of the library of real numbers. *)

From Coq Require Import Reals Arith.
From Coquelicot Require Import Coquelicot.
Open Scope R_scope.

(** * Odd sigmoids *)

Definition odd (f : R -> R) : Prop := forall x, f (- x) = - f x.
Definition bounded (f : R -> R) : Prop := exists M, forall x, Rabs (f x) <= M.
Definition increasing (f : R -> R) : Prop := forall x y, x < y -> f x < f y.
Definition nondecreasing (f : R -> R) : Prop := forall x y, x <= y -> f x <= f y.
Definition star_shaped (f : R -> R) : Prop := forall x y, 0 < x < y -> f y / y < f x / x.

(** The paper's class F, with critical gain omega = 1/f'(0). Continuity need not be asked for. *)
Record odd_sigmoid (f : R -> R) (omega : R) : Prop := {
  member_gain : 0 < omega;
  member_odd : odd f;
  member_bounded : bounded f;
  member_increasing : increasing f;
  member_slope : is_derive f 0 (/ omega);
  member_star : star_shaped f
}.

(** The weak class: what the pitchfork needs. f need neither increase, nor be bounded, nor have a derivative. *)
Record pitchfork_class (f : R -> R) (omega : R) : Prop := {
  class_gain : 0 < omega;
  class_odd : odd f;
  class_continuous : forall x, continuous f x;
  class_star : star_shaped f;
  class_at_zero : filterlim (fun x => f x / x) (at_right 0) (locally (/ omega));
  class_at_infinity : is_lim (fun x => f x / x) p_infty 0
}.

Definition members_are_in_the_weak_class : Prop := forall f omega, odd_sigmoid f omega -> pitchfork_class f omega.

Definition gain_is_unique : Prop := forall f omega omega', odd_sigmoid f omega -> odd_sigmoid f omega' -> omega = omega'.

(** A line taken away, however flat, leaves no member. *)
Definition tilted_functions_are_no_members : Prop := forall f omega omega' c, odd_sigmoid f omega -> 0 < c ->
  ~ odd_sigmoid (fun x => f x - c * x) omega'.

(** * The pitchfork of x -> f(a x) *)

Definition pitchfork : Prop := forall f omega, pitchfork_class f omega -> forall a, 0 < a ->
  (a <= omega -> forall x, f (a * x) = x <-> x = 0) /\
  (omega < a -> exists xi, 0 < xi /\ forall x, f (a * x) = x <-> x = - xi \/ x = 0 \/ x = xi).

(** Where fixed points besides 0 appear is omega, and nothing else. *)
Definition fixed_points_tell_omega : Prop := forall f omega, pitchfork_class f omega -> forall b,
  (forall a, 0 < a -> (exists x, x <> 0 /\ f (a * x) = x) <-> b < a) -> b = omega.

(** Without the falling slope there is no pitchfork. *)
Definition star_shape_is_necessary : Prop := forall f,
  (forall x, 0 < x -> 0 < f x) -> (forall x, continuous f x) -> is_lim (fun x => f x / x) p_infty 0 ->
  (forall a x y, 0 < a -> 0 < x -> 0 < y -> f (a * x) = x -> f (a * y) = y -> x = y) -> star_shaped f.

(** tanh(x + x^3) has all other properties and critical gain 1; at 9/10 it has two positive fixed points. *)
Definition look_alike (x : R) : R := tanh (x + x ^ 3).
Definition look_alike_fails : Prop :=
  odd look_alike /\ bounded look_alike /\ increasing look_alike /\ is_derive look_alike 0 1 /\
  exists u v, 0 < u < v /\ look_alike (9 / 10 * u) = u /\ look_alike (9 / 10 * v) = v.

Definition fixed_point_rises : Prop := forall f omega, pitchfork_class f omega -> increasing f ->
  forall a b x y, 0 < a < b -> 0 < x -> 0 < y -> f (a * x) = x -> f (b * y) = y -> x < y.

(** Two comparisons enclose the positive fixed point, however l and u were found. *)
Definition two_signs_enclose : Prop := forall f omega, pitchfork_class f omega ->
  forall a l u xi, 0 < a -> 0 < l -> 0 < u -> l < f (a * l) -> f (a * u) < u -> 0 < xi -> f (a * xi) = xi -> l < xi < u.

Definition tanh_fixed_point : Prop :=
  forall xi, 0 < xi -> tanh (3 / 2 * xi) = xi -> 858559636 / 10 ^ 9 < xi < 858559637 / 10 ^ 9.

(** * Orbits *)

(** x_0 = x, x_(n+1) = f(a_n x_n). *)
Fixpoint orbit (f : R -> R) (a : nat -> R) (x : R) (n : nat) : R :=
  match n with
  | O => x
  | S m => f (a m * orbit f a x m)
  end.

Definition collapse : Prop := forall f omega, pitchfork_class f omega ->
  forall a x, 0 < a <= omega -> is_lim_seq (orbit f (fun _ => a) x) 0.

Definition attraction : Prop := forall f omega, pitchfork_class f omega -> nondecreasing f ->
  forall a xi x, omega < a -> 0 < xi -> f (a * xi) = xi -> 0 < x -> is_lim_seq (orbit f (fun _ => a) x) xi.

(** Gains may vary and have any sign: where their sizes end up below b, orbits end up below the fixed point of b. *)
Definition gains_from_above : Prop := forall f omega, pitchfork_class f omega -> nondecreasing f ->
  forall (a : nat -> R) x b xi, omega < b -> 0 < xi -> f (b * xi) = xi -> eventually (fun n => Rabs (a n) <= b) ->
  forall eps, 0 < eps -> eventually (fun n => Rabs (orbit f a x n) < xi + eps).

Definition gains_from_below : Prop := forall f omega, pitchfork_class f omega -> nondecreasing f ->
  forall (a : nat -> R) x b xi, omega < b -> 0 < xi -> f (b * xi) = xi -> eventually (fun n => b <= Rabs (a n)) ->
  (forall n, orbit f a x n <> 0) -> forall eps, 0 < eps -> eventually (fun n => xi - eps < Rabs (orbit f a x n)).

(** * Members *)

(** A derivative that strictly falls on [0, oo) suffices; it need not be continuous. *)
Definition concave_functions_are_members : Prop := forall f f', odd f -> (forall x, is_derive f x (f' x)) ->
  (forall x y, 0 <= x < y -> f' y < f' x) -> bounded f -> odd_sigmoid f (/ f' 0).

(** For them the slope of x -> f(a x) at the positive fixed point lies in (0, 1). *)
Definition multiplier_below_one : Prop := forall f f', odd f -> (forall x, is_derive f x (f' x)) ->
  (forall x y, 0 <= x < y -> f' y < f' x) -> bounded f ->
  forall a xi, 0 < a -> 0 < xi -> f (a * xi) = xi -> 0 < a * f' (a * xi) < 1.

Definition arctan_unit (x : R) : R := 2 / PI * atan (PI / 2 * x).
Definition gudermannian (x : R) : R := 2 * atan (tanh (x / 2)).
Definition logistic (x : R) : R := 2 / (1 + exp (- x)) - 1.
Definition erf (x : R) : R := 2 / sqrt PI * RInt (fun t => exp (- t ^ 2)) 0 x.
Definition langevin (x : R) : R := if Req_EM_T x 0 then 0 else cosh x / sinh x - / x.
Definition softsign (x : R) : R := x / (1 + Rabs x).
Definition algebraic (x : R) : R := x / sqrt (1 + x ^ 2).

(** x^k for x >= 0 (Rpower is 1 at 0), and the family x/(1 + |x|^k)^(1/k). *)
Definition power (k x : R) : R := if Rle_dec x 0 then 0 else Rpower x k.
Definition family (k x : R) : R := x / Rpower (1 + power k (Rabs x)) (/ k).

Definition tanh_is_a_member : Prop := odd_sigmoid tanh 1.
Definition arctan_is_a_member : Prop := odd_sigmoid atan 1.
Definition arctan_unit_is_a_member : Prop := odd_sigmoid arctan_unit 1.
Definition erf_is_a_member : Prop := odd_sigmoid erf (sqrt PI / 2).
Definition gudermannian_is_a_member : Prop := odd_sigmoid gudermannian 1.
Definition logistic_is_a_member : Prop := odd_sigmoid logistic 2.
Definition langevin_is_a_member : Prop := odd_sigmoid langevin 3.
Definition softsign_is_a_member : Prop := odd_sigmoid softsign 1.
Definition algebraic_is_a_member : Prop := odd_sigmoid algebraic 1.
Definition family_members : Prop := forall k, 0 < k -> odd_sigmoid (family k) 1.

Definition scaling : Prop := forall f omega c k, 0 < c -> 0 < k -> odd_sigmoid f omega ->
  odd_sigmoid (fun x => c * f (k * x)) (omega / (c * k)).

Definition composition : Prop := forall f g omega1 omega2, odd_sigmoid f omega1 -> odd_sigmoid g omega2 ->
  odd_sigmoid (fun x => f (g x)) (omega1 * omega2).

Definition convex_combination : Prop := forall f g omega1 omega2 t, 0 < t < 1 -> odd_sigmoid f omega1 ->
  odd_sigmoid g omega2 -> odd_sigmoid (fun x => t * f x + (1 - t) * g x) (/ (t / omega1 + (1 - t) / omega2)).

(** Of the values of two functions the one nearer to 0, and the one farther from it. *)
Definition nearer (f g : R -> R) (x : R) : R := if Rle_dec (Rabs (f x)) (Rabs (g x)) then f x else g x.
Definition farther (f g : R -> R) (x : R) : R := if Rle_dec (Rabs (f x)) (Rabs (g x)) then g x else f x.

Definition nearer_of_two : Prop := forall f g omega1 omega2, odd_sigmoid f omega1 -> odd_sigmoid g omega2 ->
  odd_sigmoid (nearer f g) (Rmax omega1 omega2).

Definition farther_of_two : Prop := forall f g omega1 omega2, odd_sigmoid f omega1 -> odd_sigmoid g omega2 ->
  odd_sigmoid (farther f g) (Rmin omega1 omega2).

Definition softsign_critical_orbit : Prop := forall x n, orbit softsign (fun _ => 1) x n = x / (1 + INR n * Rabs x).

(** * Calibration *)

(** The probability of an odd number of flips among L independent ones of probability q. *)
Definition odd_flips (q : R) (L : nat) : R :=
  sum_f_R0 (fun k => if Nat.odd k then Binomial.C L k * q ^ k * (1 - q) ^ (L - k) else 0) L.

Definition flip_rate (p : R) (L : nat) : R := (1 - Rpower (1 - 2 * p) (/ INR L)) / 2.

Definition parity : Prop := forall q L, odd_flips q L = (1 - (1 - 2 * q) ^ L) / 2.

Definition flip_rate_is_unique : Prop := forall p L, 0 < p < 1 / 2 -> (0 < L)%nat ->
  forall q, 0 < q < 1 / 2 /\ odd_flips q L = p <-> q = flip_rate p L.

(** Phi is the normal distribution function, or any other with these properties. *)
Definition sigma_star_is_unique : Prop := forall p L Phi omega, 0 < p < 1 / 2 -> (0 < L)%nat ->
  increasing Phi -> (forall x, continuous Phi x) -> Phi 0 = 1 / 2 -> is_lim Phi m_infty 0 -> 0 < omega ->
  exists! sigma, 0 < sigma /\ odd_flips (Phi (- omega / sigma)) L = p.

(** * The Gaussian closure *)

(** E: any mean over the components of a layer. x, y: two inputs of the layer. xi, eta: what the random matrix makes of them,
    uncorrelated with the inputs and correlated with each other as the inputs are. The diagonal adds omega^2 to sigma^2, for
    one input (y = x) and for two: weights without it, of variance omega^2 + sigma^2, do the same. *)
Definition closure_identity : Prop := forall (neuron : Type) (E : (neuron -> R) -> R),
  (forall u v, E (fun i => u i + v i) = E u + E v) -> (forall c u, E (fun i => c * u i) = c * E u) ->
  forall x y xi eta omega sigma,
  E (fun i => x i * eta i) = 0 -> E (fun i => y i * xi i) = 0 -> E (fun i => xi i * eta i) = E (fun i => x i * y i) ->
  E (fun i => (omega * x i + sigma * xi i) * (omega * y i + sigma * eta i)) = (omega ^ 2 + sigma ^ 2) * E (fun i => x i * y i).
