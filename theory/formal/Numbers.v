(** Statements with numbers, by interval arithmetic on a radix-2 float made of integers: no axiom beyond those of the reals. *)

From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Interval Require Import Specific_ops Specific_stdz Tactic.
From OddSigmoid Require Import Statements Pitchfork Members Catalogue Sharpness.
Open Scope R_scope.

Module Float := SpecificFloat StdZRadix2.
Module Enclose := IntervalTactic Float.
Import Enclose.

(** The positive fixed point of x -> tanh(3 x/2), to twelve digits. *)
Theorem tanh_fixed_point_at xi : 0 < xi -> tanh (3 / 2 * xi) = xi -> 858559636 / 10 ^ 9 < xi < 858559637 / 10 ^ 9.
Proof.
  apply (enclosure_at tanh 1 (member_class _ _ tanh_member)); try lra.
  - rewrite tanh_exp. interval with (i_prec 80).
  - rewrite tanh_exp. interval with (i_prec 80).
Qed.

Lemma look_alike_continuous x : continuous look_alike x.
Proof.
  apply (continuous_comp (fun x => x + x ^ 3) tanh); [|apply (member_continuous _ _ tanh_member)].
  apply (ex_derive_continuous (fun x : R => x + x ^ 3)). auto_derive. exact I.
Qed.

(** tanh(x + x^3) has critical gain 1, and at the gain 9/10 two positive fixed points. *)
Theorem look_alike_has_more : look_alike_fails.
Proof.
  assert (M := tanh_member). split; [|split; [|split; [|split]]].
  - intros x. unfold look_alike. rewrite <- (member_odd _ _ M). f_equal. ring.
  - destruct (member_bounded _ _ M) as [b Hb]. exists b. intros x. apply Hb.
  - intros x y H. apply (member_increasing _ _ M). assert (0 < (y - x) * (1 + x * x + x * y + y * y)); [|nra].
    apply Rmult_lt_0_compat; nra.
  - replace 1 with (1 * / 1) by field. apply (is_derive_comp tanh (fun x => x + x ^ 3) 0).
    + replace (0 + 0 ^ 3) with 0 by ring. apply (member_slope _ _ M).
    + auto_derive; [exact I | ring].
  - set (h := fun x => look_alike (9 / 10 * x) - x).
    assert (Hc : Ranalysis1.continuity h).
    { intros x. apply continuity_pt_filterlim. apply (continuous_minus (fun x => look_alike (9 / 10 * x)) (fun x => x)).
      - apply (continuous_comp (fun x => 9 / 10 * x) look_alike); [|apply look_alike_continuous].
        apply (ex_derive_continuous (fun x : R => 9 / 10 * x)). auto_derive. exact I.
      - apply continuous_id. }
    assert (L : h (1 / 2) < 0) by (unfold h, look_alike; rewrite tanh_exp; interval with (i_prec 60)).
    assert (U : 0 < h (7 / 10)) by (unfold h, look_alike; rewrite tanh_exp; interval with (i_prec 60)).
    assert (R : h 1 < 0) by (unfold h, look_alike; rewrite tanh_exp; interval with (i_prec 60)).
    destruct (IVT_gen h (1 / 2) (7 / 10) 0 Hc) as [u [Hu Eu]]; [rewrite Rmin_left, Rmax_right by lra; lra|].
    destruct (IVT_gen h (7 / 10) 1 0 Hc) as [v [Hv Ev]]; [rewrite Rmin_right, Rmax_left by lra; lra|].
    rewrite Rmin_left, Rmax_right in Hu by lra. rewrite Rmin_left, Rmax_right in Hv by lra.
    assert (Hlt : u < v).
    { destruct (Rle_lt_or_eq_dec u v) as [H | H]; [lra | exact H | exfalso].
      assert (E : u = 7 / 10) by lra. rewrite E in Eu. lra. }
    unfold h in Eu, Ev. exists u, v. split; [lra|]. split; lra.
Qed.
