(** Every near miss of [NearMisses] but those whose refutation needs interval arithmetic; mostly by softsign, whose fixed points
    are rational. *)

From Coq Require Import Reals Lra Psatz FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From OddSigmoid Require NearMisses.
From OddSigmoid Require Import Statements Pitchfork Orbits Members Catalogue Langevin Family Closure Extremes Uniqueness Calibration.
Open Scope R_scope.

(** * Witnesses *)

Lemma softsign_class : pitchfork_class softsign 1.
Proof. exact (member_class _ _ softsign_member). Qed.

Lemma softsign_positive x : 0 <= x -> softsign x = x / (1 + x).
Proof. intros H. unfold softsign. now rewrite Rabs_pos_eq. Qed.

Lemma softsign_nondecreasing : nondecreasing softsign.
Proof. intros x y [H | ->]; [left; now apply (member_increasing _ _ softsign_member) | right; reflexivity]. Qed.

(** At the gain 2 the positive fixed point is 1/2. *)
Lemma softsign_half : softsign (2 * (1 / 2)) = 1 / 2.
Proof. rewrite softsign_positive; lra. Qed.

Lemma softsign_stays x n : softsign (2 * x) = x -> orbit softsign (fun _ => 2) x n = x.
Proof. intros H. induction n as [|n IH]; [reflexivity | simpl; now rewrite IH]. Qed.

Lemma softsign_zero : softsign (2 * 0) = 0.
Proof. rewrite softsign_positive; lra. Qed.

(** In the weak class, but it falls from 1 on. *)
Definition rational (x : R) : R := x / (1 + x ^ 2).

Lemma rational_class : pitchfork_class rational 1.
Proof.
  assert (Hodd : odd rational) by (intros x; unfold rational; field; repeat split; nra).
  constructor.
  - lra.
  - exact Hodd.
  - intros x. apply (ex_derive_continuous rational). unfold rational. auto_derive. nra.
  - intros x y H. unfold rational. replace (y / (1 + y ^ 2) / y) with (/ (1 + y ^ 2)) by (field; repeat split; nra).
    replace (x / (1 + x ^ 2) / x) with (/ (1 + x ^ 2)) by (field; repeat split; nra). apply Rinv_lt_contravar; nra.
  - apply slope_at_zero; [exact Hodd|]. unfold rational. auto_derive; [nra | field].
  - apply slope_at_infinity. exists 1. intros x. unfold rational. apply Rabs_le.
    split; apply (Rmult_le_reg_r (1 + x ^ 2)); try nra; unfold Rdiv; rewrite Rmult_assoc, Rinv_l by nra; nra.
Qed.

(** A member has one omega. *)
Lemma other_gain f omega omega' : odd_sigmoid f omega -> omega <> omega' -> ~ odd_sigmoid f omega'.
Proof. intros F H G. apply H. exact (same_gain f omega omega' F G). Qed.

(** An orbit that stays where it is tends to nothing else. *)
Lemma constant_limit (u : nat -> R) (x l : R) : (forall n, u n = x) -> is_lim_seq u l -> l = x.
Proof.
  intros H Hl. apply is_lim_seq_unique in Hl. rewrite (Lim_seq_ext u (fun _ => x) H), Lim_seq_const in Hl.
  now inversion Hl.
Qed.

(** * Refutations *)

Theorem members_are_in_the_weak_class : ~ NearMisses.members_are_in_the_weak_class.
Proof.
  intros H. assert (K := member_increasing _ _ (H rational 1 rational_class) 1 2). unfold rational in K. lra.
Qed.

Theorem gain_is_unique : ~ NearMisses.gain_is_unique.
Proof.
  intros H. assert (M := scaled_member softsign 1 2 (1 / 2) ltac:(lra) ltac:(lra) softsign_member).
  replace (1 / (2 * (1 / 2))) with 1 in M by field.
  specialize (H _ _ 1 softsign_member M). simpl in H. rewrite !softsign_positive in H by lra. lra.
Qed.

Theorem tilted_functions_are_no_members : ~ NearMisses.tilted_functions_are_no_members.
Proof.
  intros H. apply (H softsign 1 1 0 softsign_member (Rle_refl 0)).
  replace (fun x => softsign x - 0 * x) with softsign by (extensionality x; ring). exact softsign_member.
Qed.

Theorem pitchfork : ~ NearMisses.pitchfork.
Proof.
  intros H. assert (K := proj1 (H softsign 1 softsign_class 2 ltac:(lra) ltac:(lra) (1 / 2)) softsign_half). lra.
Qed.

Theorem fixed_points_tell_omega : ~ NearMisses.fixed_points_tell_omega.
Proof.
  intros H. assert (K : 1 / 2 = 1); [|lra]. apply (H softsign 1 softsign_class).
  intros a Ha [x [Hx Hfix]]. destruct (Rlt_or_le (1 / 2) a) as [L | L]; [exact L | exfalso].
  apply Hx, (subcritical softsign 1 softsign_class a x); [lra | exact Hfix].
Qed.

Theorem look_alike_fails : ~ NearMisses.look_alike_fails.
Proof.
  intros [u [Hu H]]. unfold look_alike in H. set (y := 1 / 2 * u + (1 / 2 * u) ^ 3) in H.
  assert (Hy : 0 < y) by (unfold y; assert (0 < u ^ 3) by (apply pow_lt; exact Hu); nra).
  assert (S := proj2 (slope_bounds tanh 1 (member_class _ _ tanh_member) y Hy)). rewrite Rinv_1 in S.
  assert (B : tanh y < 1).
  { rewrite tanh_exp. assert (E := exp_pos (2 * y)). assert (0 < 2 / (exp (2 * y) + 1)) by (apply Rdiv_lt_0_compat; lra). lra. }
  assert (T : tanh y < y).
  { apply (Rmult_lt_compat_r y) in S; [|exact Hy]. unfold Rdiv in S. rewrite Rmult_assoc, Rinv_l in S by lra. lra. }
  assert (y <= u); [|lra]. unfold y. assert (0 <= u ^ 2 <= 1) by nra. nra.
Qed.

Theorem fixed_point_rises : ~ NearMisses.fixed_point_rises.
Proof.
  intros H. assert (K := H rational 1 rational_class 2 5 (1 / 2) (2 / 5)). unfold rational in K. lra.
Qed.

Theorem two_signs_enclose : ~ NearMisses.two_signs_enclose.
Proof.
  intros H. assert (K := H softsign 1 softsign_class 2 (1 / 4) (1 / 3) (1 / 2)).
  rewrite softsign_half in K. rewrite softsign_positive in K by lra. lra.
Qed.

Theorem collapse : ~ NearMisses.collapse.
Proof.
  intros H. assert (K := H softsign 1 softsign_class 2 (1 / 2) ltac:(lra)).
  apply (constant_limit _ (1 / 2)) in K; [lra|]. intros n. apply softsign_stays, softsign_half.
Qed.

Theorem attraction : ~ NearMisses.attraction.
Proof.
  intros H. assert (K := H softsign 1 softsign_class softsign_nondecreasing 2 (1 / 2) 0 ltac:(lra) ltac:(lra) softsign_half ltac:(lra)).
  apply (constant_limit _ 0) in K; [lra|]. intros n. apply softsign_stays, softsign_zero.
Qed.

Theorem gains_from_above : ~ NearMisses.gains_from_above.
Proof.
  intros H. destruct (H softsign 1 softsign_class softsign_nondecreasing (fun _ => 2) (1 / 2) 2 (1 / 2)) as [n K];
    [lra | lra | apply softsign_half | exists 0%nat; intros; rewrite Rabs_pos_eq; lra |].
  specialize (K n (le_n n)). rewrite (softsign_stays (1 / 2) n softsign_half), Rabs_pos_eq in K; lra.
Qed.

Theorem gains_from_below : ~ NearMisses.gains_from_below.
Proof.
  intros H. destruct (H softsign 1 softsign_class softsign_nondecreasing (fun _ => 2) 0 2 (1 / 2)) with (eps := 1 / 4) as [n K];
    [lra | lra | apply softsign_half | exists 0%nat; intros; rewrite Rabs_pos_eq; lra | lra |].
  specialize (K n (le_n n)). rewrite (softsign_stays 0 n softsign_zero), Rabs_R0 in K. lra.
Qed.

(** softsign' = 1/(1 + |x|)^2. *)
Lemma is_derive_softsign x : is_derive softsign x (/ (1 + Rabs x) ^ 2).
Proof.
  assert (Hnear : forall y, Rabs (y - x) < Rabs x -> 0 < x * y) by
    (intros y H; revert H; unfold Rabs; repeat destruct (Rcase_abs _); intros; nra).
  destruct (Rtotal_order x 0) as [H | [-> | H]].
  - apply (is_derive_ext_loc (fun x => x / (1 - x))).
    + exists (mkposreal (Rabs x) (Rabs_pos_lt x (Rlt_not_eq _ _ H))). intros y Hy. specialize (Hnear y Hy).
      unfold softsign. rewrite Rabs_left by nra. reflexivity.
    + rewrite Rabs_left by exact H. auto_derive; [lra | field; lra].
  - rewrite Rabs_R0. replace (/ (1 + 0) ^ 2) with (/ 1) by field. apply (member_slope _ _ softsign_member).
  - apply (is_derive_ext_loc (fun x => x / (1 + x))).
    + exists (mkposreal (Rabs x) (Rabs_pos_lt x (Rgt_not_eq _ _ H))). intros y Hy. specialize (Hnear y Hy).
      rewrite softsign_positive by nra. reflexivity.
    + rewrite Rabs_pos_eq by lra. auto_derive; [lra | field; lra].
Qed.

Lemma softsign_slope_falls x y : 0 <= x < y -> / (1 + Rabs y) ^ 2 < / (1 + Rabs x) ^ 2.
Proof. intros H. rewrite !Rabs_pos_eq by lra. apply Rinv_lt_contravar; nra. Qed.

Theorem concave_functions_are_members : ~ NearMisses.concave_functions_are_members.
Proof.
  intros H. assert (Hslope : forall x, is_derive (fun x : R => x + softsign x) x (1 + / (1 + Rabs x) ^ 2)).
  { intros x. apply (is_derive_plus (fun x : R => x) softsign x 1); [apply is_derive_Reals, derivable_pt_lim_id|].
    apply is_derive_softsign. }
  destruct (member_bounded _ _ (H (fun x => x + softsign x) (fun x => 1 + / (1 + Rabs x) ^ 2)
    ltac:(intros x; rewrite (member_odd _ _ softsign_member); ring) Hslope
    ltac:(intros x y L; apply Rplus_lt_compat_l, softsign_slope_falls, L))) as [M HM].
  assert (P := HM 0). rewrite (softsign_positive 0), Rplus_0_l in P by lra. unfold Rdiv in P. rewrite Rmult_0_l, Rabs_R0 in P.
  assert (Q := HM (M + 1)). assert (0 < softsign (M + 1)) by (apply (member_positive _ _ softsign_member); lra).
  rewrite Rabs_pos_eq in Q; lra.
Qed.

Theorem multiplier_below_one : ~ NearMisses.multiplier_below_one.
Proof.
  intros H. assert (K := H softsign (fun x => / (1 + Rabs x) ^ 2) (member_odd _ _ softsign_member) is_derive_softsign
    softsign_slope_falls (member_bounded _ _ softsign_member) (3 / 2) (1 / 3) ltac:(lra) ltac:(lra)).
  rewrite softsign_positive, Rabs_pos_eq in K by lra. lra.
Qed.

Theorem tanh_is_a_member : ~ NearMisses.tanh_is_a_member.
Proof. apply (other_gain _ _ _ tanh_member). lra. Qed.

Theorem arctan_is_a_member : ~ NearMisses.arctan_is_a_member.
Proof. apply (other_gain _ _ _ arctan_member). lra. Qed.

Theorem arctan_unit_is_a_member : ~ NearMisses.arctan_unit_is_a_member.
Proof. apply (other_gain _ _ _ arctan_unit_member). assert (H := PI2_1). lra. Qed.

Theorem erf_is_a_member : ~ NearMisses.erf_is_a_member.
Proof. apply (other_gain _ _ _ erf_member). assert (H := sqrt_lt_R0 PI PI_RGT_0). lra. Qed.

Theorem gudermannian_is_a_member : ~ NearMisses.gudermannian_is_a_member.
Proof. apply (other_gain _ _ _ gudermannian_member). lra. Qed.

Theorem logistic_is_a_member : ~ NearMisses.logistic_is_a_member.
Proof. apply (other_gain _ _ _ logistic_member). lra. Qed.

Theorem langevin_is_a_member : ~ NearMisses.langevin_is_a_member.
Proof. apply (other_gain _ _ _ langevin_member). lra. Qed.

Theorem softsign_is_a_member : ~ NearMisses.softsign_is_a_member.
Proof. apply (other_gain _ _ _ softsign_member). lra. Qed.

Theorem algebraic_is_a_member : ~ NearMisses.algebraic_is_a_member.
Proof. apply (other_gain _ _ _ algebraic_member). lra. Qed.

Theorem family_members : ~ NearMisses.family_members.
Proof. intros H. apply (other_gain _ 1 2 (family_member 2 ltac:(lra))); [lra|]. apply H. lra. Qed.

Theorem scaling : ~ NearMisses.scaling.
Proof.
  intros H. apply (other_gain _ _ (1 * (2 * 1)) (scaled_member softsign 1 2 1 ltac:(lra) ltac:(lra) softsign_member)); [lra|].
  apply H; [lra | lra | exact softsign_member].
Qed.

Theorem composition : ~ NearMisses.composition.
Proof.
  intros H. apply (other_gain _ _ (1 + 1) (composed_member _ _ 1 1 softsign_member softsign_member)); [lra|].
  apply H; exact softsign_member.
Qed.

(** softsign(x/2), omega = 2. *)
Lemma slower_member : odd_sigmoid (fun x => 1 * softsign (1 / 2 * x)) 2.
Proof.
  assert (M := scaled_member softsign 1 1 (1 / 2) ltac:(lra) ltac:(lra) softsign_member).
  now replace (1 / (1 * (1 / 2))) with 2 in M by field.
Qed.

Theorem convex_combination : ~ NearMisses.convex_combination.
Proof.
  intros H. assert (T : 0 < 1 / 2 < 1) by lra.
  apply (other_gain _ _ (1 / 2 * 1 + (1 - 1 / 2) * 2) (averaged_member _ _ _ _ _ T softsign_member slower_member)); [lra|].
  apply H; [exact T | exact softsign_member | exact slower_member].
Qed.

Theorem nearer_of_two : ~ NearMisses.nearer_of_two.
Proof.
  intros H. apply (other_gain _ _ (Rmin 1 2) (nearer_member _ _ _ _ softsign_member slower_member)).
  - rewrite Rmin_left, Rmax_right; lra.
  - apply H; [exact softsign_member | exact slower_member].
Qed.

Theorem farther_of_two : ~ NearMisses.farther_of_two.
Proof.
  intros H. apply (other_gain _ _ (Rmax 1 2) (farther_member _ _ _ _ softsign_member slower_member)).
  - rewrite Rmin_left, Rmax_right; lra.
  - apply H; [exact softsign_member | exact slower_member].
Qed.

Theorem softsign_critical_orbit : ~ NearMisses.softsign_critical_orbit.
Proof. intros H. specialize (H 1 0%nat). simpl in H. rewrite Rabs_pos_eq in H; lra. Qed.

Theorem parity : ~ NearMisses.parity.
Proof. intros H. specialize (H (1 / 4) 1%nat). rewrite odd_flips_closed in H. simpl in H. lra. Qed.

Theorem flip_rate_is_unique : ~ NearMisses.flip_rate_is_unique.
Proof.
  intros H. assert (K := fun q => proj1 (H (3 / 8) 2%nat ltac:(lra) Nat.lt_0_2 q)).
  assert (A := K (1 / 4)). assert (B := K (3 / 4)). rewrite !odd_flips_closed in A, B. lra.
Qed.

Theorem sigma_star_is_unique : ~ NearMisses.sigma_star_is_unique.
Proof.
  intros H. set (Phi := fun x => (1 + softsign x) / 2).
  assert (Hinc : increasing Phi) by (intros x y L; assert (K := member_increasing _ _ softsign_member x y L); unfold Phi; lra).
  destruct (H (3 / 4) 1%nat Phi 1) as [sigma [[Hs K] _]]; try lra; try exact Hinc.
  - apply Nat.lt_0_1.
  - intros x. unfold Phi. apply (continuous_scal_l (fun x => 1 + softsign x) (/ 2)).
    apply (continuous_plus (fun _ => 1)); [apply continuous_const | apply (member_continuous _ _ softsign_member)].
  - unfold Phi. rewrite softsign_positive; lra.
  - apply is_lim_spec. intros eps. exists (Rmin (-1) (- / eps)). intros x Hx. assert (He := cond_pos eps).
    assert (L1 := Rmin_l (-1) (- / eps)). assert (L2 := Rmin_r (-1) (- / eps)).
    unfold Phi, softsign. rewrite (Rabs_left x) by lra. replace ((1 + x / (1 + - x)) / 2 - 0) with (/ (2 * (1 - x))) by (field; lra).
    rewrite Rabs_pos_eq by (left; apply Rinv_0_lt_compat; lra). rewrite <- (Rinv_inv eps).
    assert (0 < / eps) by (apply Rinv_0_lt_compat; exact He). apply Rinv_lt_contravar; nra.
  - rewrite odd_flips_closed in K. simpl in K. assert (0 < / sigma) by (apply Rinv_0_lt_compat; exact Hs).
    assert (P := Hinc (- (1) / sigma) 0 ltac:(unfold Rdiv; lra)).
    assert (Q : Phi 0 = 1 / 2) by (unfold Phi; rewrite softsign_positive; lra). lra.
Qed.

Theorem closure_identity : ~ NearMisses.closure_identity.
Proof.
  intros H. set (noise := fun i : bool => if i then 1 else -1).
  assert (K := H bool (fun u => (u true + u false) / 2) ltac:(intros; lra) ltac:(intros; lra) (fun _ => 1) (fun _ => 1) noise noise 1 1).
  unfold noise in K. lra.
Qed.
