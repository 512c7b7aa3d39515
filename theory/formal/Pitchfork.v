(** The pitchfork: 0 alone up to the critical gain, exactly -xi, 0 and xi beyond it. *)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From OddSigmoid Require Import Statements.
Open Scope R_scope.

Lemma odd_zero f : odd f -> f 0 = 0.
Proof. intros H. specialize (H 0). rewrite Ropp_0 in H. lra. Qed.

Section Pitchfork.

Variables (f : R -> R) (omega : R).
Hypothesis F : pitchfork_class f omega.

Let Hw := class_gain _ _ F.

Lemma slope_le_critical x : 0 < x -> f x / x <= / omega.
Proof.
  intros Hx.
  apply (filterlim_le (F := at_right 0) (fun _ => f x / x) (fun y => f y / y) (f x / x) (/ omega)).
  - exists (mkposreal x Hx). intros y Hy Hpos.
    apply Rlt_le, (class_star _ _ F). split; [exact Hpos|].
    unfold ball in Hy; simpl in Hy; unfold AbsRing_ball, abs, minus, plus, opp in Hy; simpl in Hy.
    rewrite Ropp_0, Rplus_0_r in Hy. apply Rabs_def2 in Hy. lra.
  - apply filterlim_const.
  - exact (class_at_zero _ _ F).
Qed.

Lemma slope_ge_zero x : 0 < x -> 0 <= f x / x.
Proof.
  intros Hx.
  apply (filterlim_le (F := Rbar_locally p_infty) (fun y => f y / y) (fun _ => f x / x) 0 (f x / x)).
  - exists x. intros y Hy. apply Rlt_le, (class_star _ _ F). lra.
  - exact (class_at_infinity _ _ F).
  - apply filterlim_const.
Qed.

Lemma slope_bounds x : 0 < x -> 0 < f x / x < / omega.
Proof.
  intros Hx. split.
  - apply Rle_lt_trans with (f (2 * x) / (2 * x)); [apply slope_ge_zero; lra | apply (class_star _ _ F); lra].
  - apply Rlt_le_trans with (f (x / 2) / (x / 2)); [apply (class_star _ _ F); lra | apply slope_le_critical; lra].
Qed.

Lemma positive x : 0 < x -> 0 < f x.
Proof.
  intros Hx. destruct (slope_bounds x Hx) as [H _].
  replace (f x) with (f x / x * x) by (field; lra). apply Rmult_lt_0_compat; assumption.
Qed.

Lemma fixed_iff_slope a x : 0 < a -> 0 < x -> (f (a * x) = x <-> f (a * x) / (a * x) = / a).
Proof.
  intros Ha Hx. split; intros H.
  - rewrite H. field. lra.
  - replace (f (a * x)) with (f (a * x) / (a * x) * (a * x)) by (field; lra). rewrite H. field. lra.
Qed.

Lemma fixed_opp a x : f (a * x) = x <-> f (a * (- x)) = - x.
Proof. rewrite Ropp_mult_distr_r_reverse, (class_odd _ _ F). split; intros; lra. Qed.

Lemma only_zero_positive a x : 0 < a <= omega -> 0 < x -> f (a * x) <> x.
Proof.
  intros [Ha Hle] Hx H. apply fixed_iff_slope in H; try assumption.
  assert (Hax : 0 < a * x) by (apply Rmult_lt_0_compat; assumption).
  destruct (slope_bounds (a * x) Hax) as [_ H1].
  assert (/ omega <= / a) by (apply Rinv_le_contravar; lra). lra.
Qed.

Theorem subcritical a x : 0 < a <= omega -> (f (a * x) = x <-> x = 0).
Proof.
  intros Ha. split; intros H.
  - destruct (Rtotal_order x 0) as [Hx | [Hx | Hx]]; [exfalso | assumption | exfalso].
    + apply (only_zero_positive a (- x)); [assumption | lra | apply (proj1 (fixed_opp a x)); assumption].
    + now apply (only_zero_positive a x).
  - subst. rewrite Rmult_0_r. apply odd_zero, (class_odd _ _ F).
Qed.

Lemma unique_positive a x y : 0 < a -> 0 < x -> 0 < y -> f (a * x) = x -> f (a * y) = y -> x = y.
Proof.
  intros Ha.
  assert (forall u v, 0 < u < v -> f (a * u) = u -> f (a * v) <> v) as less.
  { intros u v [Hu Huv] H1 H2.
    apply fixed_iff_slope in H1; try lra. apply fixed_iff_slope in H2; try lra.
    assert (f (a * v) / (a * v) < f (a * u) / (a * u)); [|lra].
    apply (class_star _ _ F). split; [apply Rmult_lt_0_compat; lra | apply Rmult_lt_compat_l; lra]. }
  intros Hx Hy H1 H2. destruct (Rtotal_order x y) as [H | [H | H]]; [exfalso | assumption | exfalso].
  - now apply (less x y).
  - now apply (less y x).
Qed.

Lemma above_near_zero a : omega < a -> exists u, 0 < u /\ u < f (a * u).
Proof.
  intros Ha.
  assert (Hslope : / a < / omega) by (apply Rinv_lt_contravar; [apply Rmult_lt_0_compat|]; lra).
  assert (Hopen : locally (/ omega) (fun z => / a < z)) by (apply (open_gt (/ a)); exact Hslope).
  destruct (class_at_zero _ _ F _ Hopen) as [d Hd].
  set (y := d / 2). assert (Hy : 0 < y) by (unfold y; destruct d; simpl; lra).
  assert (Hgy : / a < f y / y).
  { apply Hd; [|exact Hy]. unfold ball; simpl. unfold AbsRing_ball, abs, minus, plus, opp; simpl.
    rewrite Ropp_0, Rplus_0_r, Rabs_pos_eq; unfold y in *; destruct d; simpl in *; lra. }
  exists (y / a). split; [apply Rdiv_lt_0_compat; lra|].
  replace (a * (y / a)) with y by (field; lra).
  apply (Rmult_lt_compat_r y) in Hgy; [|exact Hy].
  replace (f y / y * y) with (f y) in Hgy by (field; lra). unfold Rdiv. rewrite Rmult_comm. exact Hgy.
Qed.

Lemma below_far_out a m : 0 < a -> exists v, m < v /\ 0 < v /\ f (a * v) < v.
Proof.
  intros Ha.
  assert (Hopen : locally 0 (fun z => z < / a)) by (apply (open_lt (/ a)); apply Rinv_0_lt_compat; exact Ha).
  destruct (class_at_infinity _ _ F _ Hopen) as [M HM].
  set (v := Rmax (Rmax m 0) (M / a) + 1).
  assert (H1 := Rmax_l (Rmax m 0) (M / a)). assert (H2 := Rmax_r (Rmax m 0) (M / a)).
  assert (H3 := Rmax_l m 0). assert (H4 := Rmax_r m 0).
  assert (Hv : 0 < v) by (unfold v; lra).
  exists v. repeat split; [unfold v; lra | exact Hv |].
  assert (Hav : M < a * v).
  { apply Rlt_le_trans with (a * (M / a + 1)); [replace (a * (M / a + 1)) with (M + a) by (field; lra); lra|].
    apply Rmult_le_compat_l; unfold v; lra. }
  assert (Hpos : 0 < a * v) by (apply Rmult_lt_0_compat; assumption).
  specialize (HM _ Hav). simpl in HM. apply (Rmult_lt_compat_r (a * v)) in HM; [|exact Hpos].
  replace (f (a * v) / (a * v) * (a * v)) with (f (a * v)) in HM by (field; lra).
  replace (/ a * (a * v)) with v in HM by (field; lra). exact HM.
Qed.

Theorem supercritical a : omega < a -> exists xi, 0 < xi /\ f (a * xi) = xi.
Proof.
  intros Ha. assert (Hpos : 0 < a) by lra.
  destruct (above_near_zero a Ha) as [u [Hu Hfu]]. destruct (below_far_out a u Hpos) as [v [Huv [Hv Hfv]]].
  assert (Hc : forall x, continuity_pt (fun x => f (a * x) - x) x).
  { intros x. apply continuity_pt_filterlim.
    apply (continuous_minus (fun x => f (a * x)) (fun x => x)); [|apply continuous_id].
    apply (continuous_comp (fun x => a * x) f); [|apply (class_continuous _ _ F)].
    apply (continuous_mult (fun _ => a) (fun x => x)); [apply continuous_const | apply continuous_id]. }
  destruct (IVT_gen (fun x => f (a * x) - x) u v 0) as [xi [Hxi Hf]].
  - exact Hc.
  - rewrite Rmin_right, Rmax_left by lra. lra.
  - rewrite Rmin_left in Hxi by lra. exists xi. split; lra.
Qed.

(** T1: below and at omega only 0; above it exactly -xi, 0, xi. *)
Theorem pitchfork_at a : 0 < a ->
  (a <= omega -> forall x, f (a * x) = x <-> x = 0) /\
  (omega < a -> exists xi, 0 < xi /\ forall x, f (a * x) = x <-> x = - xi \/ x = 0 \/ x = xi).
Proof.
  intros Ha. split; [intros Hle x; apply subcritical; lra|].
  intros Hlt. destruct (supercritical a Hlt) as [xi [Hxi Hfix]].
  exists xi. split; [assumption|]. intros x. split.
  - intros H. destruct (Rtotal_order x 0) as [Hx | [Hx | Hx]].
    + left. apply (proj1 (fixed_opp a x)) in H. assert (- x = xi) by (apply (unique_positive a); try assumption; lra). lra.
    + right; left; assumption.
    + right; right. now apply (unique_positive a).
  - intros [H | [H | H]]; subst x.
    + apply (proj1 (fixed_opp a xi)); assumption.
    + rewrite Rmult_0_r. apply odd_zero, (class_odd _ _ F).
    + assumption.
Qed.

End Pitchfork.
