(** Langevin's function coth x - 1/x, filled by 0 at 0: a member, with omega = 3. *)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From OddSigmoid Require Import Statements Pitchfork Members Extremes.
Open Scope R_scope.

(** * Inequalities of sinh and cosh on x > 0 *)

Lemma rises (f f' : R -> R) : (forall x, is_derive f x (f' x)) -> (forall x, 0 < x -> 0 < f' x) -> f 0 = 0 -> forall x, 0 < x -> 0 < f x.
Proof.
  intros D P Z x Hx. destruct (MVT_cor2 f f' 0 x Hx) as [c [E Hc]].
  - intros c _. apply is_derive_Reals, D.
  - rewrite Z, Rminus_0_r, Rminus_0_r in E. rewrite E. apply Rmult_lt_0_compat; [apply P|]; lra.
Qed.

Ltac differentiate := intros; unfold sinh, cosh; auto_derive; [exact I | field].
Ltac at_zero := cbv beta; rewrite ?sinh_0, ?cosh_0; field.

Lemma squares x : cosh x ^ 2 = 1 + sinh x ^ 2.
Proof.
  unfold cosh, sinh. assert (H : exp x * exp (- x) = 1) by (rewrite <- exp_plus, Rplus_opp_r; apply exp_0). nra.
Qed.

Lemma cosh_pos x : 0 < cosh x.
Proof. unfold cosh. assert (H := exp_pos x). assert (K := exp_pos (- x)). lra. Qed.

Lemma sinh_pos x : 0 < x -> 0 < sinh x.
Proof. apply (rises sinh cosh); [differentiate | intros; apply cosh_pos | apply sinh_0]. Qed.

Lemma cosh_above x : 0 < x -> 1 < cosh x.
Proof.
  intros H. enough (0 < cosh x - 1) by lra. revert x H.
  apply (rises (fun x => cosh x - 1) sinh); [differentiate | exact sinh_pos | at_zero].
Qed.

Lemma sinh_above x : 0 < x -> x < sinh x.
Proof.
  intros H. enough (0 < sinh x - x) by lra. revert x H.
  apply (rises (fun x => sinh x - x) (fun x => cosh x - 1));
    [differentiate | intros x H; assert (K := cosh_above x H); lra | at_zero].
Qed.

(** What is left of x cosh x without sinh x lies between x^3/3 and cosh x times that. *)
Lemma rest_above x : 0 < x -> x ^ 3 / 3 < x * cosh x - sinh x.
Proof.
  intros H. enough (0 < x * cosh x - sinh x - x ^ 3 / 3) by lra. revert x H.
  apply (rises (fun x => x * cosh x - sinh x - x ^ 3 / 3) (fun x => x * (sinh x - x)));
    [differentiate | | at_zero].
  intros x H. assert (K := sinh_above x H). apply Rmult_lt_0_compat; lra.
Qed.

Lemma rest_below x : 0 < x -> x * cosh x - sinh x < x ^ 3 / 3 * cosh x.
Proof.
  intros H. enough (0 < x ^ 3 / 3 * cosh x - (x * cosh x - sinh x)) by lra. revert x H.
  apply (rises (fun x => x ^ 3 / 3 * cosh x - (x * cosh x - sinh x))
    (fun x => x * (x * cosh x - sinh x) + x ^ 3 / 3 * sinh x)); [differentiate | | at_zero].
  intros x H. assert (K := rest_above x H). assert (S := sinh_pos x H). assert (0 < x ^ 3 / 3) by (assert (P := pow_lt x 3 H); lra).
  apply Rplus_lt_0_compat; apply Rmult_lt_0_compat; lra.
Qed.

Lemma star_numerator x : 0 < x -> 0 < x ^ 2 + x * (sinh x * cosh x) - 2 * sinh x ^ 2.
Proof.
  revert x. apply (rises (fun x => x ^ 2 + x * (sinh x * cosh x) - 2 * sinh x ^ 2)
    (fun x => 2 * x + x * (cosh x ^ 2 + sinh x ^ 2) - 3 * (sinh x * cosh x))); [differentiate | | at_zero].
  apply (rises (fun x => 2 * x + x * (cosh x ^ 2 + sinh x ^ 2) - 3 * (sinh x * cosh x))
    (fun x => 2 + 4 * x * (sinh x * cosh x) - 2 * (cosh x ^ 2 + sinh x ^ 2))); [differentiate | | at_zero].
  intros x H. assert (K := rest_above x H). assert (S := sinh_pos x H). assert (P := pow_lt x 3 H). assert (Q := squares x).
  assert (0 < sinh x * (x * cosh x - sinh x)) by (apply Rmult_lt_0_compat; lra). nra.
Qed.

(** * Langevin's function *)

Lemma langevin_right x : 0 < x -> langevin x = cosh x / sinh x - / x.
Proof. intros H. unfold langevin. destruct (Req_EM_T x 0); [lra | reflexivity]. Qed.

Lemma langevin_odd : odd langevin.
Proof.
  intros x. unfold langevin. destruct (Req_EM_T x 0) as [-> | H]; destruct (Req_EM_T (- _) 0) as [K | K];
    [ring | elim K; ring | elim H; lra |].
  assert (S : sinh (- x) = - sinh x) by (unfold sinh; rewrite Ropp_involutive; field).
  assert (C : cosh (- x) = cosh x) by (unfold cosh; rewrite Ropp_involutive; field).
  assert (N : sinh x <> 0).
  { intros E. destruct (Rtotal_order x 0) as [L | [L | L]]; [| lra | assert (P := sinh_pos x L); lra].
    assert (P := sinh_pos (- x) ltac:(lra)). lra. }
  rewrite S, C. field. split; assumption.
Qed.

Lemma langevin_quotient x : 0 < x -> langevin x / x = (x * cosh x - sinh x) / (x ^ 2 * sinh x).
Proof. intros H. rewrite langevin_right by exact H. assert (S := sinh_pos x H). field. lra. Qed.

Lemma langevin_bounds x : 0 < x -> 0 < langevin x < 1.
Proof.
  intros H. rewrite langevin_right by exact H. assert (S := sinh_pos x H). assert (K := rest_above x H). assert (P := pow_lt x 3 H).
  replace (cosh x / sinh x - / x) with ((x * cosh x - sinh x) / (x * sinh x)) by (field; lra).
  assert (0 < x * sinh x) by (apply Rmult_lt_0_compat; assumption).
  split; [apply Rdiv_lt_0_compat; lra|]. apply (Rmult_lt_reg_r (x * sinh x)); [assumption|].
  unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra.
  (* x (cosh x - sinh x) = x exp(-x) < x < sinh x *)
  assert (E : cosh x - sinh x = exp (- x)) by (unfold cosh, sinh; field).
  assert (exp (- x) < 1) by (rewrite <- exp_0; apply exp_increasing; lra). assert (A := sinh_above x H). nra.
Qed.

Lemma langevin_slope : is_derive langevin 0 (/ 3).
Proof.
  apply slope_from_right; [exact langevin_odd|]. intros eps Heps.
  assert (C : continuous cosh 0) by (apply (ex_derive_continuous cosh 0); exists (sinh 0); differentiate).
  apply continuity_pt_filterlim in C. destruct (C eps Heps) as [d [Hd N]]. exists d. split; [exact Hd|]. intros x [Hx Hlt].
  assert (K : Rabs (cosh x - 1) < eps).
  { rewrite <- cosh_0. apply (N x). split; [split; [exact I | lra] | simpl; unfold R_dist; rewrite Rminus_0_r, Rabs_pos_eq; lra]. }
  assert (A := cosh_above x Hx). rewrite Rabs_pos_eq in K by lra.
  assert (S := sinh_above x Hx). assert (P := pow_lt x 3 Hx). assert (L := rest_above x Hx). assert (U := rest_below x Hx).
  assert (Q := langevin_quotient x Hx). set (q := langevin x / x) in *.
  assert (0 < x ^ 2) by (apply pow_lt; exact Hx). assert (0 < x ^ 2 * sinh x) by (apply Rmult_lt_0_compat; lra).
  assert (E : q * (x ^ 2 * sinh x) = x * cosh x - sinh x) by (rewrite Q; field; lra).
  (* x^3 < x^2 sinh x < x^3 cosh x *)
  assert (B1 : x ^ 3 < x ^ 2 * sinh x) by (replace (x ^ 3) with (x ^ 2 * x) by ring; apply Rmult_lt_compat_l; assumption).
  assert (B2 : x ^ 2 * sinh x < x ^ 3 * cosh x)
    by (replace (x ^ 3 * cosh x) with (x ^ 2 * (x * cosh x)) by ring; apply Rmult_lt_compat_l; lra).
  apply Rabs_lt_between. split.
  - (* q > 1/(3 cosh x) > 1/3 - (cosh x - 1)/3 *)
    assert (1 < 3 * cosh x * q).
    { apply (Rmult_lt_reg_r (x ^ 2 * sinh x)); [assumption|]. replace (3 * cosh x * q * (x ^ 2 * sinh x)) with (3 * cosh x * (q * (x ^ 2 * sinh x))) by ring.
      rewrite E. nra. }
    nra.
  - assert (3 * q < cosh x); [|lra].
    apply (Rmult_lt_reg_r (x ^ 2 * sinh x)); [assumption|]. replace (3 * q * (x ^ 2 * sinh x)) with (3 * (q * (x ^ 2 * sinh x))) by ring.
    rewrite E. nra.
Qed.

(** On x > 0 by the mean value theorem. *)
Lemma right_mean_value (f f' : R -> R) x y : (forall x, 0 < x -> is_derive f x (f' x)) -> 0 < x < y -> exists c, 0 < c /\ f y - f x = f' c * (y - x).
Proof.
  intros D [Hx Hy]. destruct (MVT_cor2 f f' x y Hy) as [c [E Hc]]; [|exists c; split; [lra | exact E]].
  intros c Hc. apply is_derive_Reals, D. lra.
Qed.

Lemma langevin_increasing : increasing langevin.
Proof.
  apply increasing_from_right; [exact langevin_odd | intros x H; apply langevin_bounds, H |]. intros x y H.
  rewrite !langevin_right by lra.
  destruct (right_mean_value (fun x => cosh x / sinh x - / x) (fun x => / x ^ 2 - / sinh x ^ 2) x y) as [c [Hc E]]; [| exact H |].
  - intros t Ht. assert (S := sinh_pos t Ht).
    replace (/ t ^ 2 - / sinh t ^ 2) with ((sinh t ^ 2 - cosh t ^ 2) / sinh t ^ 2 + / t ^ 2)
      by (rewrite (squares t); field; lra).
    revert S. unfold sinh, cosh. intros S. auto_derive; [repeat split; lra | field; repeat split; lra].
  - assert (A := sinh_above c Hc). enough (0 < (/ c ^ 2 - / sinh c ^ 2) * (y - x)) by lra.
    apply Rmult_lt_0_compat; [|lra]. enough (/ sinh c ^ 2 < / c ^ 2) by lra. apply Rinv_lt_contravar; [apply Rmult_lt_0_compat; apply pow_lt; lra | nra].
Qed.

Lemma langevin_star : star_shaped langevin.
Proof.
  intros x y H. rewrite !langevin_quotient by lra.
  destruct (right_mean_value (fun x => (x * cosh x - sinh x) / (x ^ 2 * sinh x))
    (fun x => - (x ^ 2 + x * (sinh x * cosh x) - 2 * sinh x ^ 2) / (x ^ 3 * sinh x ^ 2)) x y) as [c [Hc E]]; [| exact H |].
  - intros t Ht. assert (S := sinh_pos t Ht). assert (Q := squares t).
    assert (E : t * sinh t * (t ^ 2 * sinh t) - (t * cosh t - sinh t) * (2 * t * sinh t + t ^ 2 * cosh t) =
      - t * (t ^ 2 + t * (sinh t * cosh t) - 2 * sinh t ^ 2)).
    { transitivity (- t * (t ^ 2 * (cosh t ^ 2 - sinh t ^ 2) + t * (sinh t * cosh t) - 2 * sinh t ^ 2)); [ring|]. rewrite Q. ring. }
    replace (- (t ^ 2 + t * (sinh t * cosh t) - 2 * sinh t ^ 2) / (t ^ 3 * sinh t ^ 2))
      with ((t * sinh t * (t ^ 2 * sinh t) - (t * cosh t - sinh t) * (2 * t * sinh t + t ^ 2 * cosh t)) / (t ^ 2 * sinh t) ^ 2)
      by (rewrite E; field; lra).
    clear E Q. assert (D : t ^ 2 * sinh t <> 0) by (apply Rgt_not_eq, Rmult_lt_0_compat; [apply pow_lt|]; lra).
    revert S D. unfold sinh, cosh. intros S D. auto_derive; [exact D | field; split; lra].
  - assert (N := star_numerator c Hc). assert (S := sinh_pos c Hc).
    set (n := c ^ 2 + c * (sinh c * cosh c) - 2 * sinh c ^ 2) in *.
    assert (0 < n / (c ^ 3 * sinh c ^ 2)) by (apply Rdiv_lt_0_compat; [exact N | apply Rmult_lt_0_compat; apply pow_lt; assumption]).
    replace (- n / (c ^ 3 * sinh c ^ 2)) with (- (n / (c ^ 3 * sinh c ^ 2))) in E by (unfold Rdiv; ring). nra.
Qed.

Theorem langevin_member : odd_sigmoid langevin 3.
Proof.
  constructor; [lra | exact langevin_odd | | exact langevin_increasing | exact langevin_slope | exact langevin_star].
  exists 1. intros x. destruct (Rtotal_order x 0) as [H | [-> | H]].
  - rewrite <- (Rabs_Ropp (langevin x)), <- langevin_odd. assert (B := langevin_bounds (- x) ltac:(lra)). rewrite Rabs_pos_eq; lra.
  - unfold langevin. destruct (Req_EM_T 0 0); [rewrite Rabs_R0; lra | lra].
  - assert (B := langevin_bounds x H). rewrite Rabs_pos_eq; lra.
Qed.
