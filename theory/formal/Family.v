(** x/(1 + |x|^k)^(1/k) for every real k > 0. *)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From OddSigmoid Require Import Statements Pitchfork Members Catalogue.
Open Scope R_scope.

Section Family.

Variable k : R.
Hypothesis Hk : 0 < k.

Let D (x : R) : R := Rpower (1 + power k (Rabs x)) (/ k).

Lemma power_zero : power k 0 = 0.
Proof. unfold power. destruct (Rle_dec 0 0); lra. Qed.

Lemma power_positive x : 0 < x -> power k x = Rpower x k /\ 0 < power k x.
Proof. intros H. unfold power. destruct (Rle_dec x 0) as [K | K]; [lra|]. split; [reflexivity | unfold Rpower; apply exp_pos]. Qed.

Lemma power_nonnegative x : 0 <= power k x.
Proof. unfold power. destruct (Rle_dec x 0); [lra | left; unfold Rpower; apply exp_pos]. Qed.

Lemma power_increasing x y : 0 <= x < y -> power k x < power k y.
Proof.
  intros [[Hx | <-] Hy].
  - rewrite (proj1 (power_positive x Hx)), (proj1 (power_positive y (Rlt_trans _ _ _ Hx Hy))). apply Rlt_Rpower_l; lra.
  - rewrite power_zero. now apply power_positive.
Qed.

Lemma root_of_power b : 0 < b -> Rpower (Rpower b (/ k)) k = b.
Proof. intros H. rewrite Rpower_mult, Rinv_l by lra. now apply Rpower_1. Qed.

Lemma power_of_root x : 0 < x -> Rpower (Rpower x k) (/ k) = x.
Proof. intros H. rewrite Rpower_mult, Rinv_r by lra. now apply Rpower_1. Qed.

Theorem family_member : odd_sigmoid (family k) 1.
Proof.
  assert (Hinv : 0 < / k) by now apply Rinv_0_lt_compat.
  assert (Hbase : forall x, 0 < 1 + power k x) by (intros x; assert (H := power_nonnegative x); lra).
  apply (ratio_member D 1).
  - intros x. unfold D. now rewrite Rabs_Ropp.
  - unfold D. rewrite Rabs_R0, power_zero, Rplus_0_r. unfold Rpower. now rewrite ln_1, Rmult_0_r, exp_0.
  - intros x y H. unfold D. rewrite !Rabs_pos_eq by lra. apply Rlt_Rpower_l; [exact Hinv|].
    split; [apply Hbase|]. apply Rplus_lt_compat_l. now apply power_increasing.
  - intros x y [[Hx | <-] Hy]; unfold D.
    + rewrite !Rabs_pos_eq by lra. destruct (power_positive x Hx) as [E1 P1].
      destruct (power_positive y (Rlt_trans _ _ _ Hx Hy)) as [E2 P2].
      assert (Hlt := power_increasing x y (conj (Rlt_le _ _ Hx) Hy)).
      apply Rnot_le_lt. intros H.
      assert (Hpos : 0 < y * Rpower (1 + power k x) (/ k)) by (apply Rmult_lt_0_compat; [lra | unfold Rpower; apply exp_pos]).
      assert (HR := Rle_Rpower_l _ _ k (Rlt_le _ _ Hk) (conj Hpos H)). revert HR.
      rewrite <- !Rpower_mult_distr by (try (unfold Rpower; apply exp_pos); lra).
      rewrite !root_of_power by apply Hbase. rewrite <- E1, <- E2. nra.
    + rewrite Rmult_0_l. apply Rmult_lt_0_compat; [exact Hy | unfold Rpower; apply exp_pos].
  - split; [lra|]. intros x Hx. unfold D. rewrite Rmult_1_l, Rabs_pos_eq by lra.
    destruct (power_positive x Hx) as [E P]. rewrite <- (power_of_root x Hx) at 1.
    apply Rle_Rpower_l; [lra|]. rewrite <- E. lra.
  - apply (continuous_comp (fun x => 1 + power k (Rabs x)) (fun b => Rpower b (/ k))).
    + apply continuity_pt_filterlim. intros eps Heps. exists (Rpower eps (/ k)). split; [unfold Rpower; apply exp_pos|].
      intros x [_ H]. unfold dist in *; simpl in *; unfold R_dist in *. rewrite Rminus_0_r in H.
      rewrite Rabs_R0, power_zero. replace (1 + power k (Rabs x) - (1 + 0)) with (power k (Rabs x)) by ring.
      rewrite Rabs_pos_eq by apply power_nonnegative.
      apply Rlt_le_trans with (power k (Rpower eps (/ k))); [apply power_increasing; split; [apply Rabs_pos | exact H]|].
      rewrite (proj1 (power_positive (Rpower eps (/ k)) (exp_pos _))). right. now apply root_of_power.
    + rewrite Rabs_R0, power_zero, Rplus_0_r. apply (ex_derive_continuous (fun b => Rpower b (/ k)) 1).
      unfold Rpower. auto_derive. lra.
Qed.

End Family.
