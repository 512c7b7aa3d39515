(** Where every gain has at most one positive fixed point, the slope falls; two signs enclose the fixed point. *)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From OddSigmoid Require Import Statements Pitchfork Orbits.
Open Scope R_scope.

Section Enclosure.

Variables (f : R -> R) (omega : R).
Hypothesis F : pitchfork_class f omega.

(** Two comparisons enclose the positive fixed point, however they were found. *)
Theorem enclosure_at a l u xi : 0 < a -> 0 < l -> 0 < u -> l < f (a * l) -> f (a * u) < u ->
  0 < xi -> f (a * xi) = xi -> l < xi < u.
Proof.
  intros Ha Hl Hu Hlow Hup Hxi Hfix. split.
  - destruct (Rlt_or_le l xi) as [H | [H | H]]; [exact H | exfalso | exfalso].
    + assert (f (a * l) < l) by (apply (step_down f omega F a xi); try assumption; split; assumption). lra.
    + subst. lra.
  - destruct (Rlt_or_le xi u) as [H | [H | H]]; [exact H | exfalso | exfalso].
    + assert (u < f (a * u)) by (apply (step_up f omega F a xi); try assumption; split; assumption). lra.
    + subst. lra.
Qed.

End Enclosure.

(** Where every gain has at most one positive fixed point, the slope falls. *)
Theorem necessity_of f : (forall x, 0 < x -> 0 < f x) -> (forall x, continuous f x) -> is_lim (fun x => f x / x) p_infty 0 ->
  (forall a x y, 0 < a -> 0 < x -> 0 < y -> f (a * x) = x -> f (a * y) = y -> x = y) -> star_shaped f.
Proof.
  intros Hpos Hc Hlim Huniq x y [Hx Hxy]. set (g := fun z => f z / z).
  assert (Hg : forall z, 0 < z -> 0 < g z) by (intros z Hz; apply Rdiv_lt_0_compat; [apply Hpos|]; assumption).
  assert (Hinj : forall u v, 0 < u -> 0 < v -> g u = g v -> u = v).
  { intros u v Hu Hv H. assert (P := Hg u Hu).
    assert (E : u * g u = v * g v); [|rewrite H in E; apply Rmult_eq_reg_r in E; [exact E | rewrite <- H; lra]].
    apply (Huniq (/ g u)); try (apply Rmult_lt_0_compat); try (apply Rinv_0_lt_compat); try assumption; try (now apply Hg).
    - replace (/ g u * (u * g u)) with u by (field; lra). unfold g. field. lra.
    - rewrite <- H. replace (/ g u * (v * g u)) with v by (field; lra). rewrite H. unfold g. field. lra. }
  fold (g x) (g y). destruct (Rlt_or_le (g y) (g x)) as [H | H]; [exact H | exfalso].
  assert (Hne : g x <> g y) by (intros E; apply Hinj in E; lra).
  assert (Hlt : g x < g y) by lra.
  (* far out g is below g x: it passes the value (g x + g y)/2 twice *)
  set (c := (g x + g y) / 2). assert (Gx := Hg x Hx).
  assert (Hopen : locally 0 (fun z => z < c)) by (apply (open_lt c); unfold c; lra).
  destruct (Hlim _ Hopen) as [M HM]. set (z := Rmax y M + 1).
  assert (Z1 := Rmax_l y M). assert (Z2 := Rmax_r y M). assert (Hz : g z < c) by (apply HM; unfold z; lra).
  assert (Hroot : forall u v, 0 < u < v -> Rmin (g u) (g v) <= c <= Rmax (g u) (g v) -> exists w, u <= w <= v /\ g w = c).
  { intros u v Huv Hc'. set (h := fun t => f t - c * t).
    assert (Hcont : Ranalysis1.continuity h).
    { intros t. apply continuity_pt_filterlim. apply (continuous_minus f (fun t => c * t)); [apply Hc|].
      apply (continuous_mult (fun _ => c) (fun t => t)); [apply continuous_const | apply continuous_id]. }
    assert (Hsign : forall t, 0 < t -> h t = t * (g t - c)) by (intros t Ht; unfold h, g; field; lra).
    destruct (IVT_gen h u v 0 Hcont) as [w [Hw H0]].
    - rewrite !Hsign by lra. revert Hc'. unfold Rmin, Rmax.
      repeat (destruct (Rle_dec _ _)); intros; nra.
    - rewrite Rmin_left, Rmax_right in Hw by lra. exists w. split; [exact Hw|].
      rewrite Hsign in H0 by lra. apply Rmult_integral in H0. lra. }
  destruct (Hroot x y) as [w1 [W1 E1]]; [lra | rewrite Rmin_left, Rmax_right by lra; unfold c; lra |].
  destruct (Hroot y z) as [w2 [W2 E2]]; [unfold z; lra | rewrite Rmin_right, Rmax_left by (unfold c in Hz; lra); unfold c in *; lra |].
  assert (E : w1 = w2) by (apply Hinj; lra).
  assert (w1 = y) by lra. subst w1. rewrite H0 in E1. unfold c in E1. lra.
Qed.
