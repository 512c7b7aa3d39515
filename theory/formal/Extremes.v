(** The nearer and the farther of two members are members. *)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From OddSigmoid Require Import Statements Pitchfork Members.
Open Scope R_scope.

(** * Odd functions from the right *)

(** An odd function that increases on (0, oo), from above 0, increases. *)
Lemma increasing_from_right h : odd h -> (forall x, 0 < x -> 0 < h x) -> (forall x y, 0 < x < y -> h x < h y) -> increasing h.
Proof.
  intros Hodd Hpos Hinc x y Hxy. assert (H0 := odd_zero h Hodd).
  assert (Hneg : forall z, h z = - h (- z)) by (intros z; rewrite Hodd; ring).
  destruct (Rtotal_order x 0) as [Hx | [Hx | Hx]].
  - assert (0 < h (- x)) by (apply Hpos; lra). rewrite (Hneg x).
    destruct (Rtotal_order y 0) as [Hy | [Hy | Hy]].
    + rewrite (Hneg y). apply Ropp_lt_contravar, Hinc. lra.
    + rewrite Hy, H0. lra.
    + assert (K := Hpos y Hy). lra.
  - rewrite Hx, H0. apply Hpos. lra.
  - apply Hinc. lra.
Qed.

(** The slope at 0 of an odd function may be taken from the right. *)
Lemma slope_from_right h l : odd h ->
  (forall eps, 0 < eps -> exists d, 0 < d /\ forall x, 0 < x < d -> Rabs (h x / x - l) < eps) -> is_derive h 0 l.
Proof.
  intros Hodd H. apply is_derive_Reals. intros eps Heps. destruct (H eps Heps) as [d [Hd K]].
  exists (mkposreal d Hd). intros x Hx Hlt. simpl in Hlt. rewrite Rplus_0_l, (odd_zero h Hodd), Rminus_0_r.
  destruct (Rtotal_order x 0) as [N | [N | N]]; [| now elim Hx |].
  - replace (h x / x) with (h (- x) / (- x)) by (rewrite Hodd; field; exact Hx).
    apply K. rewrite Rabs_left in Hlt by exact N. lra.
  - apply K. rewrite Rabs_pos_eq in Hlt by lra. lra.
Qed.

Lemma slope_near h omega eps : odd_sigmoid h omega -> 0 < eps ->
  exists d, 0 < d /\ forall x, 0 < x < d -> Rabs (h x / x - / omega) < eps.
Proof.
  intros H Heps. assert (D := member_slope _ _ H). apply is_derive_Reals in D. destruct (D eps Heps) as [d K].
  exists d. split; [apply cond_pos|]. intros x Hx.
  replace (h x / x) with ((h (0 + x) - h 0) / x); [apply K; [lra | rewrite Rabs_pos_eq; lra]|].
  rewrite Rplus_0_l, (odd_zero h (member_odd _ _ H)), Rminus_0_r. reflexivity.
Qed.

(** * Minima and maxima *)

Lemma min_lt a b c d : a < c -> b < d -> Rmin a b < Rmin c d.
Proof. intros. unfold Rmin. repeat destruct (Rle_dec _ _); lra. Qed.

Lemma max_lt a b c d : a < c -> b < d -> Rmax a b < Rmax c d.
Proof. intros. unfold Rmax. repeat destruct (Rle_dec _ _); lra. Qed.

Lemma min_near a b c d eps : Rabs (a - c) < eps -> Rabs (b - d) < eps -> Rabs (Rmin a b - Rmin c d) < eps.
Proof. intros H K. apply Rabs_lt_between in H. apply Rabs_lt_between in K. apply Rabs_lt_between.
  unfold Rmin. repeat destruct (Rle_dec _ _); lra. Qed.

Lemma max_near a b c d eps : Rabs (a - c) < eps -> Rabs (b - d) < eps -> Rabs (Rmax a b - Rmax c d) < eps.
Proof. intros H K. apply Rabs_lt_between in H. apply Rabs_lt_between in K. apply Rabs_lt_between.
  unfold Rmax. repeat destruct (Rle_dec _ _); lra. Qed.

Lemma quotient_min a b x : 0 < x -> Rmin a b / x = Rmin (a / x) (b / x).
Proof.
  intros Hx. assert (H := Rinv_0_lt_compat x Hx). unfold Rdiv, Rmin.
  destruct (Rle_dec a b), (Rle_dec (a * / x) (b * / x)); try reflexivity; nra.
Qed.

Lemma quotient_max a b x : 0 < x -> Rmax a b / x = Rmax (a / x) (b / x).
Proof.
  intros Hx. assert (H := Rinv_0_lt_compat x Hx). unfold Rdiv, Rmax.
  destruct (Rle_dec a b), (Rle_dec (a * / x) (b * / x)); try reflexivity; nra.
Qed.

Section Two.

Variables (f g : R -> R) (omega1 omega2 : R).
Hypothesis F : odd_sigmoid f omega1.
Hypothesis G : odd_sigmoid g omega2.

Lemma nearer_positive x : 0 < x -> nearer f g x = Rmin (f x) (g x) /\ farther f g x = Rmax (f x) (g x).
Proof.
  intros H. assert (P := member_positive _ _ F x H). assert (Q := member_positive _ _ G x H).
  unfold nearer, farther. rewrite !Rabs_pos_eq by lra.
  destruct (Rle_dec (f x) (g x)); [rewrite Rmin_left, Rmax_right | rewrite Rmin_right, Rmax_left]; lra.
Qed.

Lemma nearer_odd : odd (nearer f g) /\ odd (farther f g).
Proof.
  split; intros x; unfold nearer, farther; rewrite (member_odd _ _ F), (member_odd _ _ G), !Rabs_Ropp;
    destruct (Rle_dec _ _); reflexivity.
Qed.

(** A property of both values is one of the nearer and the farther. *)
Lemma one_of_two (P : R -> Prop) x : P (f x) -> P (g x) -> P (nearer f g x) /\ P (farther f g x).
Proof. intros. unfold nearer, farther. destruct (Rle_dec _ _); split; assumption. Qed.

Lemma two_bounded : bounded (nearer f g) /\ bounded (farther f g).
Proof.
  destruct (member_bounded _ _ F) as [M HM]. destruct (member_bounded _ _ G) as [N HN].
  assert (H : forall x, Rabs (nearer f g x) <= Rmax M N /\ Rabs (farther f g x) <= Rmax M N).
  { intros x. apply (one_of_two (fun z => Rabs z <= Rmax M N)).
    - apply Rle_trans with M; [apply HM | apply Rmax_l].
    - apply Rle_trans with N; [apply HN | apply Rmax_r]. }
  split; exists (Rmax M N); intros x; apply H.
Qed.

Lemma two_increasing : increasing (nearer f g) /\ increasing (farther f g).
Proof.
  split; apply increasing_from_right; try apply nearer_odd; intros x.
  - intros H. destruct (nearer_positive x H) as [-> _]. apply Rmin_glb_lt; [apply (member_positive _ _ F) | apply (member_positive _ _ G)]; exact H.
  - intros y [Hx Hy]. rewrite (proj1 (nearer_positive x Hx)), (proj1 (nearer_positive y (Rlt_trans _ _ _ Hx Hy))).
    apply min_lt; [apply (member_increasing _ _ F) | apply (member_increasing _ _ G)]; exact Hy.
  - intros H. destruct (nearer_positive x H) as [_ ->]. apply Rlt_le_trans with (f x); [now apply (member_positive _ _ F) | apply Rmax_l].
  - intros y [Hx Hy]. rewrite (proj2 (nearer_positive x Hx)), (proj2 (nearer_positive y (Rlt_trans _ _ _ Hx Hy))).
    apply max_lt; [apply (member_increasing _ _ F) | apply (member_increasing _ _ G)]; exact Hy.
Qed.

Lemma two_star : star_shaped (nearer f g) /\ star_shaped (farther f g).
Proof.
  split; intros x y H; assert (Hy : 0 < y) by lra; destruct H as [Hx Hxy];
    assert (S1 := member_star _ _ F x y (conj Hx Hxy)); assert (S2 := member_star _ _ G x y (conj Hx Hxy)).
  - rewrite (proj1 (nearer_positive x Hx)), (proj1 (nearer_positive y Hy)), !quotient_min by assumption. now apply min_lt.
  - rewrite (proj2 (nearer_positive x Hx)), (proj2 (nearer_positive y Hy)), !quotient_max by assumption. now apply max_lt.
Qed.

Lemma two_slopes : is_derive (nearer f g) 0 (/ Rmax omega1 omega2) /\ is_derive (farther f g) 0 (/ Rmin omega1 omega2).
Proof.
  assert (H1 := member_gain _ _ F). assert (H2 := member_gain _ _ G).
  assert (E : / Rmax omega1 omega2 = Rmin (/ omega1) (/ omega2) /\ / Rmin omega1 omega2 = Rmax (/ omega1) (/ omega2)).
  { destruct (Rle_or_lt omega1 omega2) as [H | H].
    - assert (/ omega2 <= / omega1) by (apply Rinv_le_contravar; lra).
      rewrite (Rmax_right omega1), (Rmin_left omega1), Rmin_right, Rmax_left by lra. split; reflexivity.
    - assert (/ omega1 <= / omega2) by (apply Rinv_le_contravar; lra).
      rewrite (Rmax_left omega1), (Rmin_right omega1), Rmin_left, Rmax_right by lra. split; reflexivity. }
  destruct E as [-> ->]. split; apply slope_from_right; try apply nearer_odd; intros eps Heps;
    destruct (slope_near f omega1 eps F Heps) as [d1 [D1 K1]]; destruct (slope_near g omega2 eps G Heps) as [d2 [D2 K2]];
    exists (Rmin d1 d2); (split; [now apply Rmin_glb_lt|]); intros x [Hx Hlt];
    assert (x < d1) by (apply Rlt_le_trans with (1 := Hlt), Rmin_l); assert (x < d2) by (apply Rlt_le_trans with (1 := Hlt), Rmin_r).
  - rewrite (proj1 (nearer_positive x Hx)), quotient_min by exact Hx. apply min_near; [apply K1 | apply K2]; lra.
  - rewrite (proj2 (nearer_positive x Hx)), quotient_max by exact Hx. apply max_near; [apply K1 | apply K2]; lra.
Qed.

Theorem nearer_member : odd_sigmoid (nearer f g) (Rmax omega1 omega2).
Proof.
  constructor; try apply nearer_odd; try apply two_bounded; try apply two_increasing; try apply two_slopes; try apply two_star.
  apply Rlt_le_trans with omega1; [apply (member_gain _ _ F) | apply Rmax_l].
Qed.

Theorem farther_member : odd_sigmoid (farther f g) (Rmin omega1 omega2).
Proof.
  constructor; try apply nearer_odd; try apply two_bounded; try apply two_increasing; try apply two_slopes; try apply two_star.
  apply Rmin_glb_lt; [apply (member_gain _ _ F) | apply (member_gain _ _ G)].
Qed.

End Two.
