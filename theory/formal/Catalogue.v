(** tanh, arctan, the Gudermannian, the logistic sigmoid, erf, softsign, the algebraic sigmoid: members, each with its omega. *)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From OddSigmoid Require Import Statements Pitchfork Members Closure.
Open Scope R_scope.

Lemma tanh_exp x : tanh x = 1 - 2 / (exp (2 * x) + 1).
Proof.
  unfold tanh, sinh, cosh. assert (H := exp_pos x). assert (K := exp_pos (- x)).
  replace (exp (2 * x)) with (exp x / exp (- x)) by (unfold Rdiv; rewrite <- exp_Ropp, <- exp_plus; f_equal; lra).
  field. split; lra.
Qed.

Lemma is_derive_tanh x : is_derive tanh x (4 * exp (2 * x) / (exp (2 * x) + 1) ^ 2).
Proof.
  apply (is_derive_ext (fun x => 1 - 2 / (exp (2 * x) + 1))); [intros; symmetry; apply tanh_exp|].
  assert (H := exp_pos (2 * x)). auto_derive; [lra|]. field. lra.
Qed.

Lemma tanh_odd : odd tanh.
Proof. intros x. unfold tanh, sinh, cosh. rewrite Ropp_involutive, (Rplus_comm (exp (- x))). field.
  assert (H := exp_pos x). assert (K := exp_pos (- x)). lra. Qed.

Theorem tanh_member : odd_sigmoid tanh 1.
Proof.
  set (d := fun x => 4 * exp (2 * x) / (exp (2 * x) + 1) ^ 2).
  replace 1 with (/ d 0) by (unfold d; rewrite Rmult_0_r, exp_0; field).
  apply (concave_member tanh d).
  - exact tanh_odd.
  - exact is_derive_tanh.
  - intros x y [Hx Hy]. unfold d.
    assert (H1 : 1 <= exp (2 * x)) by (rewrite <- exp_0; destruct Hx as [Hx|<-]; [left; apply exp_increasing; lra | right; f_equal; lra]).
    assert (H2 : exp (2 * x) < exp (2 * y)) by (apply exp_increasing; lra).
    set (u := exp (2 * x)) in *. set (v := exp (2 * y)) in *.
    apply (Rmult_lt_reg_r ((u + 1) ^ 2 * (v + 1) ^ 2)); [nra|].
    replace (4 * v / (v + 1) ^ 2 * ((u + 1) ^ 2 * (v + 1) ^ 2)) with (4 * v * (u + 1) ^ 2) by (field; lra).
    replace (4 * u / (u + 1) ^ 2 * ((u + 1) ^ 2 * (v + 1) ^ 2)) with (4 * u * (v + 1) ^ 2) by (field; lra).
    assert (0 < (v - u) * (u * v - 1)); [apply Rmult_lt_0_compat; nra | nra].
  - exists 1. intros x. rewrite tanh_exp. assert (H := exp_pos (2 * x)).
    assert (0 < 2 / (exp (2 * x) + 1) < 2).
    { split; [apply Rdiv_lt_0_compat; lra|]. apply (Rmult_lt_reg_r (exp (2 * x) + 1)); [lra|].
      replace (2 / (exp (2 * x) + 1) * (exp (2 * x) + 1)) with 2 by (field; lra). lra. }
    apply Rabs_le. lra.
Qed.

Lemma square_increasing x y : 0 <= x < y -> x ^ 2 < y ^ 2.
Proof. intros. nra. Qed.

Theorem arctan_member : odd_sigmoid atan 1.
Proof.
  set (d := fun x => / (1 + x ^ 2)).
  replace 1 with (/ d 0) by (unfold d; field).
  apply (concave_member atan d).
  - exact atan_opp.
  - intros x. apply is_derive_Reals. apply derivable_pt_lim_atan.
  - intros x y H. unfold d. assert (K := square_increasing x y H). assert (0 <= x ^ 2) by nra.
    apply Rinv_lt_contravar; nra.
  - exists (PI / 2). intros x. assert (H := atan_bound x). apply Rabs_le. lra.
Qed.

Theorem gudermannian_member : odd_sigmoid gudermannian 1.
Proof.
  assert (M := scaled_member _ _ 2 (/ 2) ltac:(lra) ltac:(lra) (composed_member _ _ _ _ arctan_member tanh_member)).
  replace (1 * 1 / (2 * / 2)) with 1 in M by field. apply (member_ext _ _ _ M). intros x. unfold gudermannian. do 3 f_equal. field.
Qed.

Theorem arctan_unit_member : odd_sigmoid arctan_unit 1.
Proof.
  assert (P := PI_RGT_0). assert (Q : 0 < 2 / PI) by (apply Rdiv_lt_0_compat; lra).
  assert (M := scaled_member _ _ (2 / PI) (PI / 2) Q ltac:(lra) arctan_member).
  now replace (1 / (2 / PI * (PI / 2))) with 1 in M by (field; lra).
Qed.

Theorem logistic_member : odd_sigmoid logistic 2.
Proof.
  assert (M := scaled_member _ _ 1 (/ 2) ltac:(lra) ltac:(lra) tanh_member).
  replace (1 / (1 * / 2)) with 2 in M by field. apply (member_ext _ _ _ M). intros x. unfold logistic.
  rewrite tanh_exp. replace (2 * (/ 2 * x)) with x by field. rewrite exp_Ropp. assert (H := exp_pos x). field. lra.
Qed.

Lemma gaussian_continuous x : continuous (fun t => exp (- t ^ 2)) x.
Proof. apply (ex_derive_continuous (fun t : R => exp (- t ^ 2))). auto_derive. exact I. Qed.

Lemma gaussian_integrable a b : ex_RInt (fun t => exp (- t ^ 2)) a b.
Proof. apply (ex_RInt_continuous (V := R_CompleteNormedModule)). intros. apply gaussian_continuous. Qed.

Theorem erf_member : odd_sigmoid erf (sqrt PI / 2).
Proof.
  assert (HP : 0 < sqrt PI) by (apply sqrt_lt_R0, PI_RGT_0).
  set (d := fun x => 2 / sqrt PI * exp (- x ^ 2)).
  replace (sqrt PI / 2) with (/ d 0) by (unfold d; replace (- 0 ^ 2) with 0 by ring; rewrite exp_0; field; lra).
  assert (Hodd : odd erf).
  { intros x. unfold erf.
    rewrite Ropp_mult_distr_r. f_equal.
    replace (- x) with (-1 * x + 0) by ring. replace 0 with (-1 * 0 + 0) at 1 by ring.
    rewrite <- (RInt_comp_lin (V := R_CompleteNormedModule)) by apply gaussian_integrable.
    rewrite <- (RInt_opp (V := R_CompleteNormedModule)) by apply gaussian_integrable.
    apply RInt_ext. intros t _. unfold scal, opp; simpl; unfold mult; simpl.
    replace (- ((-1 * t + 0) * ((-1 * t + 0) * 1))) with (- (t * (t * 1))) by ring. ring. }
  apply (concave_member erf d).
  - exact Hodd.
  - intros x. unfold erf, d. apply (is_derive_scal (fun x => RInt (fun t => exp (- t ^ 2)) 0 x)).
    apply (is_derive_RInt (V := R_NormedModule) (fun t => exp (- t ^ 2)) _ 0).
    + exists (mkposreal 1 Rlt_0_1). intros y _. apply (RInt_correct (V := R_CompleteNormedModule)), gaussian_integrable.
    + apply gaussian_continuous.
  - intros x y H. unfold d. apply Rmult_lt_compat_l; [apply Rdiv_lt_0_compat; lra|].
    apply exp_increasing. assert (K := square_increasing x y H). lra.
  - (* exp(-t^2) <= 1/(1 + t^2), whose integral is atan *)
    assert (Hup : forall x, 0 <= x -> 0 <= RInt (fun t => exp (- t ^ 2)) 0 x <= PI / 2).
    { intros x Hx. split.
      - apply RInt_ge_0; [exact Hx | apply gaussian_integrable | intros t _; left; apply exp_pos].
      - apply Rle_trans with (RInt (fun t => / (1 + t ^ 2)) 0 x).
        + apply RInt_le; [exact Hx | apply gaussian_integrable | |].
          * apply (ex_RInt_continuous (V := R_CompleteNormedModule)). intros t _.
            apply (ex_derive_continuous (fun t : R => / (1 + t ^ 2))). auto_derive. nra.
          * intros t _. rewrite exp_Ropp. apply Rinv_le_contravar; [nra | apply exp_ineq1_le].
        + rewrite (is_RInt_unique _ 0 x (atan x - atan 0)).
          * rewrite atan_0. assert (H := atan_bound x). lra.
          * apply (is_RInt_derive (V := R_CompleteNormedModule) atan).
            -- intros t _. apply is_derive_Reals, derivable_pt_lim_atan.
            -- intros t _. apply (ex_derive_continuous (fun t : R => / (1 + t ^ 2))). auto_derive. nra. }
    exists (2 / sqrt PI * (PI / 2)). intros x. unfold erf.
    rewrite Rabs_mult, (Rabs_pos_eq (2 / sqrt PI)) by (apply Rlt_le, Rdiv_lt_0_compat; lra).
    apply Rmult_le_compat_l; [apply Rlt_le, Rdiv_lt_0_compat; lra|].
    destruct (Rle_or_lt 0 x) as [Hx | Hx]; [rewrite Rabs_pos_eq; apply Hup; exact Hx|].
    assert (E : RInt (fun t => exp (- t ^ 2)) 0 x = - RInt (fun t => exp (- t ^ 2)) 0 (- x)).
    { apply (Rmult_eq_reg_l (2 / sqrt PI)); [|apply Rgt_not_eq, Rdiv_lt_0_compat; lra].
      assert (K := Hodd (- x)). unfold erf in K. rewrite Ropp_involutive in K. rewrite K. ring. }
    rewrite E, Rabs_Ropp, Rabs_pos_eq; apply Hup; lra.
Qed.

(** x/D(x), with D even, D(0) = 1, D and x/D increasing, D at least c x. *)
Section Ratio.

Variables (D : R -> R) (c : R).
Hypothesis D_even : forall x, D (- x) = D x.
Hypothesis D_one : D 0 = 1.
Hypothesis D_increasing : forall x y, 0 <= x < y -> D x < D y.
Hypothesis ratio_increasing : forall x y, 0 <= x < y -> x * D y < y * D x.
Hypothesis D_large : 0 < c /\ forall x, 0 < x -> c * x <= D x.
Hypothesis D_continuous : continuous D 0.

Lemma D_positive x : 0 < D x.
Proof.
  assert (H : forall y, 0 <= y -> 0 < D y).
  { intros y [Hy | <-]; [assert (K := D_increasing 0 y); lra | lra]. }
  destruct (Rle_or_lt 0 x) as [Hx | Hx]; [now apply H|]. rewrite <- D_even. apply H. lra.
Qed.

Theorem ratio_member : odd_sigmoid (fun x => x / D x) 1.
Proof.
  assert (Hup : forall x y, 0 <= x < y -> x / D x < y / D y).
  { intros x y H. assert (P := D_positive x). assert (Q := D_positive y).
    apply (Rmult_lt_reg_r (D x * D y)); [now apply Rmult_lt_0_compat|].
    replace (x / D x * (D x * D y)) with (x * D y) by (field; lra).
    replace (y / D y * (D x * D y)) with (y * D x) by (field; lra). now apply ratio_increasing. }
  constructor.
  - lra.
  - intros x. rewrite D_even. field. apply Rgt_not_eq, D_positive.
  - exists (/ c). assert (Hpos : forall x, 0 < x -> x / D x <= / c).
    { intros x Hx. assert (P := D_positive x). destruct D_large as [Hc H]. specialize (H x Hx).
      apply (Rmult_le_reg_r (c * D x)); [now apply Rmult_lt_0_compat|].
      replace (x / D x * (c * D x)) with (c * x) by (field; lra).
      replace (/ c * (c * D x)) with (D x) by (field; lra). exact H. }
    intros x. assert (P := D_positive x). rewrite Rabs_div by lra. rewrite (Rabs_pos_eq (D x)) by lra.
    destruct (Rtotal_order x 0) as [H | [H | H]].
    + rewrite Rabs_left by exact H. rewrite <- D_even. apply Hpos. lra.
    + subst. rewrite Rabs_R0. unfold Rdiv. rewrite Rmult_0_l. destruct D_large. left. now apply Rinv_0_lt_compat.
    + rewrite Rabs_pos_eq by lra. now apply Hpos.
  - intros x y H. destruct (Rle_or_lt 0 x) as [Hx | Hx]; [apply Hup; lra|].
    assert (N : forall z, z / D z = - (- z / D (- z))) by (intros z; rewrite D_even; field; apply Rgt_not_eq, D_positive).
    destruct (Rle_or_lt y 0) as [Hy | Hy].
    + rewrite (N x), (N y). apply Ropp_lt_contravar, Hup. lra.
    + rewrite (N x). assert (P := D_positive (- x)). assert (Q := D_positive y).
      assert (0 < - x / D (- x)) by (apply Rdiv_lt_0_compat; lra). assert (0 < y / D y) by (apply Rdiv_lt_0_compat; lra). lra.
  - rewrite Rinv_1. apply is_derive_Reals. intros eps Heps.
    assert (Hinv : continuous (fun x => / D x) 0).
    { apply (continuous_comp D Rinv); [exact D_continuous|]. rewrite D_one.
      apply (ex_derive_continuous Rinv 1). auto_derive. lra. }
    apply continuity_pt_filterlim in Hinv. destruct (Hinv eps Heps) as [d [Hd H]].
    exists (mkposreal d Hd). intros h Hh Hlt. simpl in Hlt. rewrite Rplus_0_l.
    replace ((h / D h - 0 / D 0) / h - 1) with (/ D h - / D 0).
    + apply (H h). split; [split; [exact I | apply not_eq_sym; exact Hh]|]. simpl. unfold R_dist. now rewrite Rminus_0_r.
    + rewrite D_one. field. split; [apply Rgt_not_eq, D_positive | exact Hh].
  - intros x y [Hx Hy]. assert (P := D_positive x). assert (Q := D_positive y).
    replace (y / D y / y) with (/ D y) by (field; lra). replace (x / D x / x) with (/ D x) by (field; lra).
    apply Rinv_lt_contravar; [now apply Rmult_lt_0_compat | apply D_increasing; lra].
Qed.

End Ratio.

Theorem softsign_member : odd_sigmoid softsign 1.
Proof.
  apply (ratio_member (fun x => 1 + Rabs x) 1).
  - intros x. now rewrite Rabs_Ropp.
  - rewrite Rabs_R0. lra.
  - intros x y H. rewrite !Rabs_pos_eq; lra.
  - intros x y H. rewrite !Rabs_pos_eq; nra.
  - split; [lra|]. intros x H. rewrite Rabs_pos_eq; lra.
  - apply (continuous_plus (fun _ => 1) Rabs); [apply continuous_const | apply continuous_Rabs].
Qed.

Theorem algebraic_member : odd_sigmoid algebraic 1.
Proof.
  apply (ratio_member (fun x => sqrt (1 + x ^ 2)) 1).
  - intros x. f_equal. ring.
  - replace (1 + 0 ^ 2) with 1 by ring. apply sqrt_1.
  - intros x y H. apply sqrt_lt_1; [nra | nra | assert (K := square_increasing x y H); lra].
  - intros x y H. assert (K := square_increasing x y H).
    rewrite <- (sqrt_pow2 x) at 1 by lra. rewrite <- (sqrt_pow2 y) at 2 by lra. rewrite <- !sqrt_mult by nra.
    apply sqrt_lt_1; nra.
  - split; [lra|]. intros x H. rewrite Rmult_1_l. rewrite <- (sqrt_pow2 x) at 1 by lra. apply sqrt_le_1; nra.
  - apply (ex_derive_continuous (fun x => sqrt (1 + x ^ 2)) 0). auto_derive. lra.
Qed.

(** Softsign at its critical gain 1. *)
Theorem softsign_orbit x n : orbit softsign (fun _ => 1) x n = x / (1 + INR n * Rabs x).
Proof.
  assert (Hpos : forall m, 0 < 1 + INR m * Rabs x) by (intros m; assert (A := pos_INR m); assert (B := Rabs_pos x); nra).
  induction n as [|n IH]; [simpl; field|].
  simpl orbit. rewrite IH, Rmult_1_l. unfold softsign. assert (P := Hpos n). assert (Q := Hpos (S n)).
  rewrite Rabs_div by lra. rewrite (Rabs_pos_eq (1 + INR n * Rabs x)) by lra. rewrite S_INR in *.
  field. repeat split; lra.
Qed.
