(** Of every statement a false neighbour: one bound or hypothesis is another one, or the converse is stated. Nothing is proved
    in this file; [Refutations] and [RefutationsWithNumbers] refute every near miss. *)

From Coq Require Import Reals Arith.
From Coquelicot Require Import Coquelicot.
From OddSigmoid Require Import Statements.
Open Scope R_scope.

(** The converse. *)
Definition members_are_in_the_weak_class : Prop := forall f omega, pitchfork_class f omega -> odd_sigmoid f omega.

(** Nor does omega tell the function. *)
Definition gain_is_unique : Prop := forall f g omega, odd_sigmoid f omega -> odd_sigmoid g omega -> f 1 = g 1.

(** 0 <= c in place of 0 < c. *)
Definition tilted_functions_are_no_members : Prop := forall f omega omega' c, odd_sigmoid f omega -> 0 <= c ->
  ~ odd_sigmoid (fun x => f x - c * x) omega'.

(** omega + 1 in place of omega. *)
Definition pitchfork : Prop := forall f omega, pitchfork_class f omega -> forall a, 0 < a ->
  a <= omega + 1 -> forall x, f (a * x) = x <-> x = 0.

(** One direction in place of both. *)
Definition fixed_points_tell_omega : Prop := forall f omega, pitchfork_class f omega -> forall b,
  (forall a, 0 < a -> (exists x, x <> 0 /\ f (a * x) = x) -> b < a) -> b = omega.

(** The other properties of members suffice. *)
Definition star_shape_is_necessary : Prop := forall f, odd f -> bounded f -> increasing f -> is_derive f 0 1 ->
  forall a x y, 0 < a -> 0 < x -> 0 < y -> f (a * x) = x -> f (a * y) = y -> x = y.

(** The gain 1/2 in place of 9/10. *)
Definition look_alike_fails : Prop := exists u, 0 < u /\ look_alike (1 / 2 * u) = u.

(** f need not increase. *)
Definition fixed_point_rises : Prop := forall f omega, pitchfork_class f omega ->
  forall a b x y, 0 < a < b -> 0 < x -> 0 < y -> f (a * x) = x -> f (b * y) = y -> x < y.

(** One comparison in place of two. *)
Definition two_signs_enclose : Prop := forall f omega, pitchfork_class f omega ->
  forall a l u xi, 0 < a -> 0 < l < u -> l < f (a * l) -> 0 < xi -> f (a * xi) = xi -> l < xi < u.

(** One unit in the last place. *)
Definition tanh_fixed_point : Prop :=
  forall xi, 0 < xi -> tanh (3 / 2 * xi) = xi -> 858559637 / 10 ^ 9 < xi < 858559638 / 10 ^ 9.

(** omega + 1 in place of omega. *)
Definition collapse : Prop := forall f omega, pitchfork_class f omega ->
  forall a x, 0 < a <= omega + 1 -> is_lim_seq (orbit f (fun _ => a) x) 0.

(** From x >= 0. *)
Definition attraction : Prop := forall f omega, pitchfork_class f omega -> nondecreasing f ->
  forall a xi x, omega < a -> 0 < xi -> f (a * xi) = xi -> 0 <= x -> is_lim_seq (orbit f (fun _ => a) x) xi.

(** Without eps. *)
Definition gains_from_above : Prop := forall f omega, pitchfork_class f omega -> nondecreasing f ->
  forall (a : nat -> R) x b xi, omega < b -> 0 < xi -> f (b * xi) = xi -> eventually (fun n => Rabs (a n) <= b) ->
  eventually (fun n => Rabs (orbit f a x n) < xi).

(** From x = 0 too. *)
Definition gains_from_below : Prop := forall f omega, pitchfork_class f omega -> nondecreasing f ->
  forall (a : nat -> R) x b xi, omega < b -> 0 < xi -> f (b * xi) = xi -> eventually (fun n => b <= Rabs (a n)) ->
  forall eps, 0 < eps -> eventually (fun n => xi - eps < Rabs (orbit f a x n)).

(** f need not be bounded. *)
Definition concave_functions_are_members : Prop := forall f f', odd f -> (forall x, is_derive f x (f' x)) ->
  (forall x y, 0 <= x < y -> f' y < f' x) -> odd_sigmoid f (/ f' 0).

(** 1/2 in place of 1. *)
Definition multiplier_below_one : Prop := forall f f', odd f -> (forall x, is_derive f x (f' x)) ->
  (forall x y, 0 <= x < y -> f' y < f' x) -> bounded f ->
  forall a xi, 0 < a -> 0 < xi -> f (a * xi) = xi -> 0 < a * f' (a * xi) < 1 / 2.

(** Another omega. *)
Definition tanh_is_a_member : Prop := odd_sigmoid tanh 2.
Definition arctan_is_a_member : Prop := odd_sigmoid atan 2.
Definition arctan_unit_is_a_member : Prop := odd_sigmoid arctan_unit (PI / 2).
Definition erf_is_a_member : Prop := odd_sigmoid erf (sqrt PI).
Definition gudermannian_is_a_member : Prop := odd_sigmoid gudermannian 2.
Definition logistic_is_a_member : Prop := odd_sigmoid logistic 1.
Definition langevin_is_a_member : Prop := odd_sigmoid langevin 1.
Definition softsign_is_a_member : Prop := odd_sigmoid softsign 2.
Definition algebraic_is_a_member : Prop := odd_sigmoid algebraic 2.
Definition family_members : Prop := forall k, 0 < k -> odd_sigmoid (family k) k.

(** omega c k in place of omega/(c k). *)
Definition scaling : Prop := forall f omega c k, 0 < c -> 0 < k -> odd_sigmoid f omega ->
  odd_sigmoid (fun x => c * f (k * x)) (omega * (c * k)).

(** The sum in place of the product. *)
Definition composition : Prop := forall f g omega1 omega2, odd_sigmoid f omega1 -> odd_sigmoid g omega2 ->
  odd_sigmoid (fun x => f (g x)) (omega1 + omega2).

(** The mean of the gains in place of that of the slopes. *)
Definition convex_combination : Prop := forall f g omega1 omega2 t, 0 < t < 1 -> odd_sigmoid f omega1 ->
  odd_sigmoid g omega2 -> odd_sigmoid (fun x => t * f x + (1 - t) * g x) (t * omega1 + (1 - t) * omega2).

(** The smaller gain in place of the larger, and the larger in place of the smaller. *)
Definition nearer_of_two : Prop := forall f g omega1 omega2, odd_sigmoid f omega1 -> odd_sigmoid g omega2 ->
  odd_sigmoid (nearer f g) (Rmin omega1 omega2).
Definition farther_of_two : Prop := forall f g omega1 omega2, odd_sigmoid f omega1 -> odd_sigmoid g omega2 ->
  odd_sigmoid (farther f g) (Rmax omega1 omega2).

(** n + 1 in place of n. *)
Definition softsign_critical_orbit : Prop := forall x n, orbit softsign (fun _ => 1) x n = x / (1 + INR (S n) * Rabs x).

(** An even number of flips. *)
Definition parity : Prop := forall q L, odd_flips q L = (1 + (1 - 2 * q) ^ L) / 2.

(** Among all rates, not only those below 1/2. *)
Definition flip_rate_is_unique : Prop := forall p L, 0 < p < 1 / 2 -> (0 < L)%nat ->
  forall q, 0 < q < 1 /\ odd_flips q L = p <-> q = flip_rate p L.

(** Also for p above 1/2. *)
Definition sigma_star_is_unique : Prop := forall p L Phi omega, 0 < p < 1 -> (0 < L)%nat ->
  increasing Phi -> (forall x, continuous Phi x) -> Phi 0 = 1 / 2 -> is_lim Phi m_infty 0 -> 0 < omega ->
  exists! sigma, 0 < sigma /\ odd_flips (Phi (- omega / sigma)) L = p.

(** (omega + sigma)^2 in place of omega^2 + sigma^2. *)
Definition closure_identity : Prop := forall (neuron : Type) (E : (neuron -> R) -> R),
  (forall u v, E (fun i => u i + v i) = E u + E v) -> (forall c u, E (fun i => c * u i) = c * E u) ->
  forall x y xi eta omega sigma,
  E (fun i => x i * eta i) = 0 -> E (fun i => y i * xi i) = 0 -> E (fun i => xi i * eta i) = E (fun i => x i * y i) ->
  E (fun i => (omega * x i + sigma * xi i) * (omega * y i + sigma * eta i)) = (omega + sigma) ^ 2 * E (fun i => x i * y i).
