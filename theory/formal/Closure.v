(** Rescaling, composition and averages of members are members. *)

From Coq Require Import Reals Lra Psatz FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From OddSigmoid Require Import Statements Pitchfork Members.
Open Scope R_scope.

Lemma member_ext f g omega : odd_sigmoid f omega -> (forall x, f x = g x) -> odd_sigmoid g omega.
Proof. intros F H. replace g with f by (extensionality x; apply H). exact F. Qed.

Theorem scaled_member f omega c k : 0 < c -> 0 < k -> odd_sigmoid f omega ->
  odd_sigmoid (fun x => c * f (k * x)) (omega / (c * k)).
Proof.
  intros Hc Hk F. assert (Hw := member_gain _ _ F). assert (Hck : 0 < c * k) by (apply Rmult_lt_0_compat; assumption).
  constructor.
  - now apply Rdiv_lt_0_compat.
  - intros x. rewrite Ropp_mult_distr_r_reverse, (member_odd _ _ F). ring.
  - destruct (member_bounded _ _ F) as [M HM]. exists (c * M). intros x.
    rewrite Rabs_mult, (Rabs_pos_eq c) by lra. apply Rmult_le_compat_l; [lra | apply HM].
  - intros x y H. apply Rmult_lt_compat_l; [exact Hc|]. apply (member_increasing _ _ F). now apply Rmult_lt_compat_l.
  - replace (/ (omega / (c * k))) with (c * (k * / omega)) by (field; lra).
    apply (is_derive_scal (fun x => f (k * x)) 0 c).
    apply (is_derive_comp f (fun x => k * x) 0).
    + rewrite Rmult_0_r. apply (member_slope _ _ F).
    + auto_derive; [exact I | ring].
  - intros x y [Hx Hy].
    assert (Hkx : 0 < k * x) by (apply Rmult_lt_0_compat; lra). assert (Hky : 0 < k * y) by (apply Rmult_lt_0_compat; lra).
    assert (S := member_star _ _ F (k * x) (k * y) (conj Hkx (Rmult_lt_compat_l k x y Hk Hy))).
    replace (c * f (k * x) / x) with (c * k * (f (k * x) / (k * x))) by (field; lra).
    replace (c * f (k * y) / y) with (c * k * (f (k * y) / (k * y))) by (field; lra).
    now apply Rmult_lt_compat_l.
Qed.

Theorem composed_member f g omega1 omega2 : odd_sigmoid f omega1 -> odd_sigmoid g omega2 ->
  odd_sigmoid (fun x => f (g x)) (omega1 * omega2).
Proof.
  intros F G. assert (H1 := member_gain _ _ F). assert (H2 := member_gain _ _ G).
  constructor.
  - now apply Rmult_lt_0_compat.
  - intros x. now rewrite (member_odd _ _ G), (member_odd _ _ F).
  - destruct (member_bounded _ _ F) as [M HM]. exists M. intros x. apply HM.
  - intros x y H. now apply (member_increasing _ _ F), (member_increasing _ _ G).
  - replace (/ (omega1 * omega2)) with (/ omega2 * / omega1) by (field; lra).
    apply (is_derive_comp f g 0); [|apply (member_slope _ _ G)].
    rewrite (odd_zero g (member_odd _ _ G)). apply (member_slope _ _ F).
  - intros x y [Hx Hy]. assert (P := member_positive _ _ G x Hx). assert (Hypos : 0 < y) by lra.
    assert (Q := member_positive _ _ G y Hypos). assert (K := member_increasing _ _ G x y Hy).
    assert (S1 := member_star _ _ F (g x) (g y) (conj P K)). assert (S2 := member_star _ _ G x y (conj Hx Hy)).
    assert (0 < f (g y) / g y) by (apply Rdiv_lt_0_compat; [apply (member_positive _ _ F)|]; assumption).
    assert (0 < g y / y) by (apply Rdiv_lt_0_compat; assumption).
    replace (f (g y) / y) with (f (g y) / g y * (g y / y)) by (field; lra).
    replace (f (g x) / x) with (f (g x) / g x * (g x / x)) by (field; lra).
    apply Rmult_gt_0_lt_compat; lra.
Qed.

Theorem averaged_member f g omega1 omega2 t : 0 < t < 1 -> odd_sigmoid f omega1 -> odd_sigmoid g omega2 ->
  odd_sigmoid (fun x => t * f x + (1 - t) * g x) (/ (t / omega1 + (1 - t) / omega2)).
Proof.
  intros Ht F G. assert (H1 := member_gain _ _ F). assert (H2 := member_gain _ _ G).
  assert (0 < t / omega1) by (apply Rdiv_lt_0_compat; lra). assert (0 < (1 - t) / omega2) by (apply Rdiv_lt_0_compat; lra).
  constructor.
  - apply Rinv_0_lt_compat. lra.
  - intros x. rewrite (member_odd _ _ F), (member_odd _ _ G). ring.
  - destruct (member_bounded _ _ F) as [M HM]. destruct (member_bounded _ _ G) as [N HN].
    exists (t * M + (1 - t) * N). intros x. specialize (HM x). specialize (HN x).
    apply Rle_trans with (Rabs (t * f x) + Rabs ((1 - t) * g x)); [apply Rabs_triang|].
    rewrite !Rabs_mult, (Rabs_pos_eq t), (Rabs_pos_eq (1 - t)) by lra.
    apply Rplus_le_compat; apply Rmult_le_compat_l; lra.
  - intros x y K. apply Rplus_lt_compat; apply Rmult_lt_compat_l; try lra;
      [apply (member_increasing _ _ F) | apply (member_increasing _ _ G)]; exact K.
  - rewrite Rinv_inv. apply (is_derive_plus (fun x => t * f x) (fun x => (1 - t) * g x)).
    + apply (is_derive_scal f). apply (member_slope _ _ F).
    + apply (is_derive_scal g). apply (member_slope _ _ G).
  - intros x y K. assert (S1 := member_star _ _ F x y K). assert (S2 := member_star _ _ G x y K).
    replace ((t * f y + (1 - t) * g y) / y) with (t * (f y / y) + (1 - t) * (g y / y)) by (field; lra).
    replace ((t * f x + (1 - t) * g x) / x) with (t * (f x / x) + (1 - t) * (g x / x)) by (field; lra).
    apply Rplus_lt_compat; apply Rmult_lt_compat_l; lra.
Qed.
