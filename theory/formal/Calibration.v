(** The surrogate's negative rate, and the noise scale that gives it. *)

From Coq Require Import Reals Lra Lia Psatz Arith.
From Coquelicot Require Import Coquelicot.
From OddSigmoid Require Import Statements Pitchfork Members.
Open Scope R_scope.

Lemma alternating k q : (- q) ^ k = (if Nat.odd k then -1 else 1) * q ^ k.
Proof.
  induction k as [|k IH]; [simpl; ring|].
  change ((- q) ^ S k) with (- q * (- q) ^ k). rewrite IH, Nat.odd_succ, <- Nat.negb_odd.
  destruct (Nat.odd k); simpl; ring.
Qed.

(** The binomial theorem at (q, 1 - q) and at (-q, 1 - q). *)
Theorem odd_flips_closed q L : odd_flips q L = (1 - (1 - 2 * q) ^ L) / 2.
Proof.
  assert (H1 : 1 = sum_f_R0 (fun k => Binomial.C L k * q ^ k * (1 - q) ^ (L - k)) L).
  { rewrite <- binomial. replace (q + (1 - q)) with 1 by ring. now rewrite pow1. }
  assert (H2 : (1 - 2 * q) ^ L = sum_f_R0 (fun k => Binomial.C L k * (- q) ^ k * (1 - q) ^ (L - k)) L).
  { rewrite <- binomial. f_equal. ring. }
  rewrite H2. rewrite H1 at 1. rewrite <- minus_sum. unfold Rdiv. rewrite Rmult_comm, scal_sum. unfold odd_flips.
  apply sum_eq. intros k _. rewrite alternating. destruct (Nat.odd k); field.
Qed.

Lemma root_pow y L : 0 < y -> (0 < L)%nat -> Rpower y (/ INR L) ^ L = y.
Proof.
  intros Hy HL. rewrite <- Rpower_pow by (unfold Rpower; apply exp_pos).
  rewrite Rpower_mult, Rinv_l by (apply not_0_INR; lia). now apply Rpower_1.
Qed.

Lemma pow_injective x y L : 0 < x -> 0 < y -> (0 < L)%nat -> x ^ L = y ^ L -> x = y.
Proof.
  intros Hx Hy HL H. rewrite <- (Rpower_1 x Hx), <- (Rpower_1 y Hy).
  rewrite <- (Rinv_r (INR L)) by (apply not_0_INR; lia).
  rewrite <- !Rpower_mult, !Rpower_pow by assumption. now rewrite H.
Qed.

Section Calibration.

Variables (p : R) (L : nat).
Hypotheses (Hp : 0 < p < 1 / 2) (HL : (0 < L)%nat).

Lemma flip_rate_bounds : 0 < flip_rate p L < 1 / 2.
Proof.
  unfold flip_rate. assert (Hy : 0 < 1 - 2 * p < 1) by lra.
  assert (H1 : 0 < Rpower (1 - 2 * p) (/ INR L)) by (unfold Rpower; apply exp_pos).
  assert (H2 : Rpower (1 - 2 * p) (/ INR L) < 1).
  { apply Rlt_le_trans with (Rpower (1 - 2 * p) 0); [|right; apply Rpower_O; lra].
    unfold Rpower. apply exp_increasing. rewrite Rmult_0_l.
    assert (ln (1 - 2 * p) < 0) by (rewrite <- ln_1; apply ln_increasing; lra).
    assert (0 < / INR L) by (apply Rinv_0_lt_compat, lt_0_INR; exact HL). nra. }
  lra.
Qed.

Theorem flip_rate_unique q : 0 < q < 1 / 2 -> (odd_flips q L = p <-> q = flip_rate p L).
Proof.
  intros Hq. rewrite odd_flips_closed. unfold flip_rate. split; intros H.
  - assert (E : 1 - 2 * q = Rpower (1 - 2 * p) (/ INR L)); [|lra].
    apply (pow_injective _ _ L); [lra | unfold Rpower; apply exp_pos | exact HL |].
    rewrite root_pow; [lra | lra | exact HL].
  - subst q. replace (1 - 2 * ((1 - Rpower (1 - 2 * p) (/ INR L)) / 2)) with (Rpower (1 - 2 * p) (/ INR L)) by field.
    rewrite root_pow; [lra | lra | exact HL].
Qed.

Variables (Phi : R -> R) (omega : R).
Hypotheses (Phi_increasing : increasing Phi) (Phi_continuous : forall x, continuous Phi x) (Phi_half : Phi 0 = 1 / 2)
  (Phi_tail : is_lim Phi m_infty 0) (Homega : 0 < omega).

(** Exactly one noise scale sigma > 0 gives the surrogate the negative rate p. *)
Theorem sigma_star_unique : exists! sigma, 0 < sigma /\ odd_flips (Phi (- omega / sigma)) L = p.
Proof.
  assert (B := flip_rate_bounds). set (q := flip_rate p L) in *.
  assert (Hneg : forall t, t < 0 -> 0 < Phi t < 1 / 2).
  { intros t Ht. split; [|rewrite <- Phi_half; now apply Phi_increasing].
    assert (K : 0 <= Phi (t - 1)).
    { assert (G : Rbar_le 0 (Phi (t - 1))); [|exact G].
      apply (filterlim_le (F := Rbar_locally m_infty) Phi (fun _ => Phi (t - 1)) 0 (Phi (t - 1))).
      - exists (t - 1). intros y Hy. now apply Rlt_le, Phi_increasing.
      - exact Phi_tail.
      - apply filterlim_const. }
    assert (Phi (t - 1) < Phi t) by (apply Phi_increasing; lra). lra. }
  assert (Hroot : exists t, t < 0 /\ Phi t = q).
  { assert (Hopen : locally 0 (fun z => z < q)) by (apply (open_lt q); lra).
    destruct (Phi_tail _ Hopen) as [M HM]. set (m := Rmin M 0 - 1).
    assert (M1 := Rmin_l M 0). assert (M2 := Rmin_r M 0). assert (Hm : Phi m < q) by (apply HM; unfold m; lra).
    assert (Hm0 : m < 0) by (unfold m; lra).
    destruct (IVT_gen Phi m 0 q) as [t [Ht Hq]].
    - intros x. apply continuity_pt_filterlim, Phi_continuous.
    - rewrite Phi_half, Rmin_left, Rmax_right by lra. lra.
    - rewrite Rmin_left, Rmax_right in Ht by lra. exists t. split; [|exact Hq].
      destruct Ht as [_ [Ht | Ht]]; [exact Ht | subst t; rewrite Phi_half in Hq; lra]. }
  destruct Hroot as [t [Ht Hq]]. assert (Hs : 0 < - omega / t).
  { replace (- omega / t) with (omega / - t) by (field; lra). apply Rdiv_lt_0_compat; lra. }
  exists (- omega / t). split.
  - split; [exact Hs|]. replace (- omega / (- omega / t)) with t by (field; lra). rewrite Hq. now apply flip_rate_unique.
  - intros s [Hpos H].
    assert (Hs' : - omega / s < 0) by (assert (0 < omega / s) by (apply Rdiv_lt_0_compat; lra); unfold Rdiv in *; lra).
    apply flip_rate_unique in H; [|now apply Hneg]. fold q in H. rewrite <- Hq in H.
    assert (E : - omega / s = t).
    { destruct (Rtotal_order (- omega / s) t) as [K | [K | K]]; [|exact K|]; apply Phi_increasing in K; lra. }
    rewrite <- E. field. split; lra.
Qed.

End Calibration.
