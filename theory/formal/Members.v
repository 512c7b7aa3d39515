(** The paper's class lies in the weak class; the fixed point rises with the gain; concave members, and the multiplier. *)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From OddSigmoid Require Import Statements Pitchfork.
Open Scope R_scope.

(** What the weak class asks of f(x)/x at 0 and far out. *)
Lemma slope_at_zero f l : odd f -> is_derive f 0 l -> filterlim (fun x => f x / x) (at_right 0) (locally l).
Proof.
  intros Hodd Hslope. apply is_derive_Reals in Hslope.
  apply filterlim_locally. intros eps. destruct (Hslope eps (cond_pos eps)) as [d Hd].
  exists d. intros y Hy Hpos. unfold ball in Hy; simpl in Hy; unfold AbsRing_ball, abs, minus, plus, opp in Hy; simpl in Hy.
  rewrite Ropp_0, Rplus_0_r in Hy. specialize (Hd y (Rgt_not_eq _ _ Hpos) Hy).
  rewrite Rplus_0_l, (odd_zero f Hodd), Rminus_0_r in Hd. exact Hd.
Qed.

Lemma slope_at_infinity f : bounded f -> is_lim (fun x => f x / x) p_infty 0.
Proof.
  intros [M HM]. apply is_lim_spec. intros eps.
  exists (Rmax 0 (M / eps)). intros y Hy.
  assert (H1 := Rmax_l 0 (M / eps)). assert (H2 := Rmax_r 0 (M / eps)). assert (Hpos : 0 < y) by lra.
  assert (He := cond_pos eps). rewrite Rminus_0_r, Rabs_div by lra. rewrite (Rabs_pos_eq y) by lra.
  apply (Rmult_lt_reg_r y); [exact Hpos|]. replace (Rabs (f y) / y * y) with (Rabs (f y)) by (field; lra).
  apply Rle_lt_trans with M; [apply HM|]. apply (Rmult_lt_reg_l (/ eps)); [apply Rinv_0_lt_compat; exact He|].
  replace (/ eps * (eps * y)) with y by (field; lra). unfold Rdiv in H2. lra.
Qed.

Section Member.

Variables (f : R -> R) (omega : R).
Hypothesis F : odd_sigmoid f omega.

Lemma member_positive x : 0 < x -> 0 < f x.
Proof. intros H. rewrite <- (odd_zero f (member_odd _ _ F)). now apply (member_increasing _ _ F). Qed.

Lemma member_near x y : 0 < x -> 0 < y -> Rabs (f y - f x) <= f x / x * Rabs (y - x).
Proof.
  intros Hx Hy. assert (Hfx := member_positive x Hx). assert (Hfy := member_positive y Hy).
  destruct (Rtotal_order y x) as [H | [H | H]].
  - assert (H1 := member_increasing _ _ F y x H). assert (H2 := member_star _ _ F y x (conj Hy H)).
    apply (Rmult_lt_compat_r y) in H2; [|exact Hy]. replace (f y / y * y) with (f y) in H2 by (field; lra).
    rewrite !Rabs_left by lra. replace (f x / x * - (y - x)) with (f x - f x / x * y) by (field; lra). lra.
  - subst. rewrite !Rminus_eq_0, Rabs_R0. lra.
  - assert (H1 := member_increasing _ _ F x y H). assert (H2 := member_star _ _ F x y (conj Hx H)).
    apply (Rmult_lt_compat_r y) in H2; [|exact Hy]. replace (f y / y * y) with (f y) in H2 by (field; lra).
    rewrite !Rabs_pos_eq by lra. replace (f x / x * (y - x)) with (f x / x * y - f x) by (field; lra). lra.
Qed.

Lemma member_continuous_positive x : 0 < x -> continuous f x.
Proof.
  intros Hx. assert (Hc : 0 < f x / x) by (apply Rdiv_lt_0_compat; [apply member_positive|]; assumption).
  apply continuity_pt_filterlim. intros eps Heps.
  exists (Rmin x (eps / (f x / x))). split.
  - apply Rmin_pos; [exact Hx | apply Rdiv_lt_0_compat; lra].
  - intros y [_ Hy]. unfold dist in *; simpl in *; unfold R_dist in *.
    assert (H1 := Rmin_l x (eps / (f x / x))). assert (H2 := Rmin_r x (eps / (f x / x))).
    assert (Hpos : 0 < y) by (assert (Habs := Rabs_def2 (y - x) x); lra).
    apply Rle_lt_trans with (f x / x * Rabs (y - x)); [now apply member_near|].
    apply Rlt_le_trans with (f x / x * (eps / (f x / x))); [apply Rmult_lt_compat_l; lra|].
    right. field. split; apply Rgt_not_eq; [exact Hx | apply member_positive; exact Hx].
Qed.

Theorem member_continuous x : continuous f x.
Proof.
  destruct (Rtotal_order x 0) as [H | [H | H]].
  - apply (continuous_ext (fun y => - f (- y))).
    + intros y. rewrite (member_odd _ _ F). lra.
    + apply (continuous_opp (fun y => f (- y))). apply (continuous_comp Ropp f).
      * apply (ex_derive_continuous Ropp). auto_derive. exact I.
      * apply member_continuous_positive. lra.
  - subst. apply (ex_derive_continuous f 0). exists (/ omega). apply (member_slope _ _ F).
  - now apply member_continuous_positive.
Qed.

Theorem member_class : pitchfork_class f omega.
Proof.
  constructor.
  - apply (member_gain _ _ F).
  - apply (member_odd _ _ F).
  - apply member_continuous.
  - apply (member_star _ _ F).
  - apply slope_at_zero; [apply (member_odd _ _ F) | apply (member_slope _ _ F)].
  - apply slope_at_infinity, (member_bounded _ _ F).
Qed.

End Member.

Section FixedPoint.

Variables (f : R -> R) (omega : R).
Hypothesis F : pitchfork_class f omega.
Hypothesis strictly : increasing f.

(** The positive fixed point rises with the gain. *)
Theorem fixed_point_increases a b x y : 0 < a < b -> 0 < x -> 0 < y -> f (a * x) = x -> f (b * y) = y -> x < y.
Proof.
  intros [Ha Hab] Hx Hy H1 H2.
  assert (G1 := proj1 (fixed_iff_slope f a x Ha Hx) H1). assert (Hb : 0 < b) by lra.
  assert (G2 := proj1 (fixed_iff_slope f b y Hb Hy) H2).
  assert (Hinv : / b < / a) by (apply Rinv_lt_contravar; [apply Rmult_lt_0_compat|]; lra).
  assert (Hax : 0 < a * x) by (apply Rmult_lt_0_compat; assumption).
  assert (Hby : 0 < b * y) by (apply Rmult_lt_0_compat; assumption).
  destruct (Rlt_or_le (a * x) (b * y)) as [H | H].
  - rewrite <- H1, <- H2. now apply strictly.
  - exfalso. destruct (Rle_lt_or_eq_dec _ _ H) as [Hlt | Heq].
    + assert (H3 := class_star _ _ F (b * y) (a * x) (conj Hby Hlt)). lra.
    + rewrite Heq in G2. lra.
Qed.

End FixedPoint.

Section Concave.

Variables (f f' : R -> R).
Hypothesis f_odd : odd f.
Hypothesis derivative : forall x, is_derive f x (f' x).
Hypothesis decreasing : forall x y, 0 <= x < y -> f' y < f' x.

Lemma mean_value x y : x < y -> exists c, x < c < y /\ f y - f x = f' c * (y - x).
Proof.
  intros H. destruct (MVT_cor2 f f' x y H) as [c [H1 H2]].
  - intros c _. apply is_derive_Reals, derivative.
  - exists c. split; assumption.
Qed.

(** A derivative that falls makes the slope f(x)/x fall. *)
Theorem concave_star : star_shaped f.
Proof.
  intros x y [Hx Hy].
  destruct (mean_value 0 x Hx) as [c [Hc H1]]. destruct (mean_value x y Hy) as [d [Hd H2]].
  rewrite (odd_zero f f_odd), !Rminus_0_r in H1.
  assert (H3 : f' d < f' c) by (apply decreasing; lra).
  apply (Rmult_lt_reg_r (x * y)); [apply Rmult_lt_0_compat; lra|].
  replace (f y / y * (x * y)) with (f y * x) by (field; lra).
  replace (f x / x * (x * y)) with (f x * y) by (field; lra).
  replace (f y) with (f x + f' d * (y - x)) by lra. rewrite H1.
  assert (0 < x * (y - x)) by (apply Rmult_lt_0_compat; lra). nra.
Qed.

Hypothesis f_bounded : bounded f.

Lemma derivative_positive x : 0 <= x -> 0 < f' x.
Proof.
  intros Hx. destruct (Rlt_or_le 0 (f' x)) as [H | H]; [exact H | exfalso].
  destruct f_bounded as [M HM].
  (* from x + 1 on f falls at least as fast as a line *)
  assert (Hneg : f' (x + 1) < 0) by (assert (f' (x + 1) < f' x) by (apply decreasing; lra); lra).
  set (k := - f' (x + 1)). set (T := (2 * M + 1) / k).
  assert (HM0 : 0 <= M) by (assert (A := HM 0); assert (B := Rabs_pos (f 0)); lra).
  assert (Hk : 0 < k) by (unfold k; lra). assert (HT : 0 < T) by (unfold T; apply Rdiv_lt_0_compat; lra).
  destruct (mean_value (x + 1) (x + 1 + T)) as [c [Hc H1]]; [lra|].
  assert (H2 : f' c < f' (x + 1)) by (apply decreasing; lra).
  assert (A := HM (x + 1)). assert (B := HM (x + 1 + T)).
  apply Rabs_le_between in A. apply Rabs_le_between in B.
  assert (k * T = 2 * M + 1) by (unfold T; field; lra).
  replace (x + 1 + T - (x + 1)) with T in H1 by lra.
  assert (f' c * T < f' (x + 1) * T) by (apply Rmult_lt_compat_r; assumption).
  unfold k in *. lra.
Qed.

Theorem concave_member : odd_sigmoid f (/ f' 0).
Proof.
  assert (H0 : 0 < f' 0) by (apply derivative_positive; lra).
  constructor.
  - now apply Rinv_0_lt_compat.
  - exact f_odd.
  - exact f_bounded.
  - assert (Hup : forall x y, 0 <= x < y -> f x < f y).
    { intros x y H. destruct (mean_value x y) as [c [Hc H1]]; [lra|].
      assert (0 < f' c) by (apply derivative_positive; lra).
      assert (0 < f' c * (y - x)) by (apply Rmult_lt_0_compat; lra). lra. }
    intros x y H. destruct (Rle_or_lt 0 x) as [Hx | Hx]; [apply Hup; lra|].
    destruct (Rle_or_lt y 0) as [Hy | Hy].
    + assert (K := Hup (- y) (- x)). rewrite !f_odd in K. lra.
    + assert (K := Hup 0 (- x)). assert (L := Hup 0 y). rewrite f_odd, (odd_zero f f_odd) in *. lra.
  - rewrite Rinv_inv. apply derivative.
  - exact concave_star.
Qed.

(** At the positive fixed point the slope of x -> f(a x) lies in (0, 1). *)
Theorem multiplier a xi : 0 < a -> 0 < xi -> f (a * xi) = xi -> 0 < a * f' (a * xi) < 1.
Proof.
  intros Ha Hxi Hfix. assert (Hp : 0 < a * xi) by (apply Rmult_lt_0_compat; assumption). split.
  - apply Rmult_lt_0_compat; [exact Ha | apply derivative_positive; lra].
  - destruct (mean_value 0 (a * xi) Hp) as [c [Hc H]].
    rewrite (odd_zero f f_odd), !Rminus_0_r, Hfix in H.
    assert (H1 : f' (a * xi) < f' c) by (apply decreasing; lra).
    apply (Rmult_lt_reg_r xi); [exact Hxi|]. rewrite Rmult_1_l. rewrite H at 3.
    replace (a * f' (a * xi) * xi) with (f' (a * xi) * (a * xi)) by ring. now apply Rmult_lt_compat_r.
Qed.

End Concave.
