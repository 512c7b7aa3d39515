(** Orbits of x -> f(a x): to 0 up to the critical gain, to the fixed points beyond it. *)

From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From OddSigmoid Require Import Statements Pitchfork.
Open Scope R_scope.

Lemma fixed_limit (h : R -> R) (u : nat -> R) (l : R) :
  continuous h l -> (forall n, u (S n) = h (u n)) -> is_lim_seq u l -> h l = l.
Proof.
  intros Hc Hu Hl.
  assert (H1 : is_lim_seq (fun n => u (S n)) l) by (apply -> is_lim_seq_incr_1; exact Hl).
  assert (H2 : is_lim_seq (fun n => h (u n)) (h l)).
  { apply is_lim_seq_continuous; [apply continuity_pt_filterlim; exact Hc | exact Hl]. }
  apply is_lim_seq_unique in H1. apply is_lim_seq_unique in H2.
  rewrite (Lim_seq_ext _ (fun n => h (u n))) in H1 by exact Hu. rewrite H1 in H2. now injection H2.
Qed.

Section Convergence.

Variables (f : R -> R) (omega : R).
Hypothesis F : pitchfork_class f omega.

Let step (a x : R) : R := f (a * x).
Let constant (a : R) : nat -> R := fun _ => a.

Lemma step_continuous a x : continuous (fun x => f (a * x)) x.
Proof.
  apply (continuous_comp (fun x => a * x) f); [|apply (class_continuous _ _ F)].
  apply (continuous_mult (fun _ => a) (fun x => x)); [apply continuous_const | apply continuous_id].
Qed.

Lemma slope_times x a c : 0 < a -> 0 < x -> (c < f (a * x) / (a * x) -> c * a * x < f (a * x)) /\
  (f (a * x) / (a * x) < c -> f (a * x) < c * a * x).
Proof.
  intros Ha Hx. assert (Hp : 0 < a * x) by (apply Rmult_lt_0_compat; assumption).
  split; intros H; apply (Rmult_lt_compat_r (a * x)) in H; try assumption;
    replace (f (a * x) / (a * x) * (a * x)) with (f (a * x)) in H by (field; lra); lra.
Qed.

Lemma step_up a xi x : 0 < a -> f (a * xi) = xi -> 0 < x < xi -> x < f (a * x).
Proof.
  intros Ha Hfix [Hx Hlt]. assert (Hxi : 0 < xi) by lra.
  assert (H : / a < f (a * x) / (a * x)).
  { rewrite <- (proj1 (fixed_iff_slope f a xi Ha Hxi) Hfix). apply (class_star _ _ F).
    split; [apply Rmult_lt_0_compat; lra | apply Rmult_lt_compat_l; lra]. }
  apply (proj1 (slope_times x a (/ a) Ha Hx)) in H. replace (/ a * a * x) with x in H by (field; lra). exact H.
Qed.

Lemma step_down a xi x : 0 < a -> f (a * xi) = xi -> 0 < xi < x -> f (a * x) < x.
Proof.
  intros Ha Hfix [Hxi Hlt]. assert (Hx : 0 < x) by lra.
  assert (H : f (a * x) / (a * x) < / a).
  { rewrite <- (proj1 (fixed_iff_slope f a xi Ha Hxi) Hfix). apply (class_star _ _ F).
    split; [apply Rmult_lt_0_compat; lra | apply Rmult_lt_compat_l; lra]. }
  apply (proj2 (slope_times x a (/ a) Ha Hx)) in H. replace (/ a * a * x) with x in H by (field; lra). exact H.
Qed.

Lemma step_down_subcritical a x : 0 < a <= omega -> 0 < x -> f (a * x) < x.
Proof.
  intros [Ha Hle] Hx. assert (Hp : 0 < a * x) by (apply Rmult_lt_0_compat; assumption).
  assert (H : f (a * x) / (a * x) < / a).
  { apply Rlt_le_trans with (/ omega); [apply (slope_bounds _ _ F); assumption | apply Rinv_le_contravar; lra]. }
  apply (proj2 (slope_times x a (/ a) Ha Hx)) in H. replace (/ a * a * x) with x in H by (field; lra). exact H.
Qed.

Lemma orbit_positive (a : nat -> R) x : (forall n, 0 < a n) -> 0 < x -> forall n, 0 < orbit f a x n.
Proof.
  intros Ha Hx n. induction n as [|n IH]; simpl; [assumption|].
  apply (positive _ _ F). apply Rmult_lt_0_compat; [apply Ha | exact IH].
Qed.

(** Up to omega every orbit tends to 0; f need not increase. *)
Theorem collapse_at a x : 0 < a <= omega -> is_lim_seq (orbit f (constant a) x) 0.
Proof.
  intros Ha.
  assert (Hpos : forall y, 0 < y -> is_lim_seq (orbit f (constant a) y) 0).
  { intros y Hy. assert (Hp := orbit_positive (constant a) y (fun _ => proj1 Ha) Hy).
    destruct (ex_finite_lim_seq_decr (orbit f (constant a) y) 0) as [l Hl].
    - intros n. simpl. apply Rlt_le, step_down_subcritical; [exact Ha | apply Hp].
    - intros n. apply Rlt_le, Hp.
    - assert (Hfix : f (a * l) = l) by (apply (fixed_limit (step a) (orbit f (constant a) y)); [apply step_continuous | reflexivity | exact Hl]).
      apply (subcritical _ _ F) in Hfix; [|exact Ha]. now subst. }
  assert (Hopp : forall y n, orbit f (constant a) (- y) n = - orbit f (constant a) y n).
  { intros y n. induction n as [|n IH]; simpl; [reflexivity|].
    rewrite IH, Ropp_mult_distr_r_reverse. apply (class_odd _ _ F). }
  destruct (Rtotal_order x 0) as [Hx | [Hx | Hx]].
  - replace x with (- - x) by lra.
    apply (is_lim_seq_ext (fun n => - orbit f (constant a) (- x) n)); [intros n; symmetry; apply Hopp|].
    replace (Finite 0) with (Rbar_opp 0) by (simpl; f_equal; lra). apply -> is_lim_seq_opp. apply Hpos. lra.
  - subst. apply (is_lim_seq_ext (fun _ => 0)); [|apply is_lim_seq_const].
    intros n. induction n as [|n IH]; simpl; [reflexivity|].
    rewrite <- IH, Rmult_0_r. symmetry. apply odd_zero, (class_odd _ _ F).
  - now apply Hpos.
Qed.

Hypothesis increasing : nondecreasing f.

(** Beyond omega every positive orbit tends to the positive fixed point. *)
Theorem attraction_at a xi x : omega < a -> 0 < xi -> f (a * xi) = xi -> 0 < x ->
  is_lim_seq (orbit f (constant a) x) xi.
Proof.
  intros Hwa Hxi Hfix Hx. assert (Ha : 0 < a) by (assert (H := class_gain _ _ F); lra).
  set (u := orbit f (constant a) x). assert (Hp := orbit_positive (constant a) x (fun _ => Ha) Hx). fold u in Hp.
  assert (Hmono : forall y z, y <= z -> f (a * y) <= f (a * z)) by (intros; apply increasing, Rmult_le_compat_l; lra).
  assert (Hend : forall l, is_lim_seq u (Finite l) -> 0 < l -> l = xi).
  { intros l Hl Hpos. apply (unique_positive f omega F a); try assumption.
    apply (fixed_limit (step a) u); [apply step_continuous | reflexivity | exact Hl]. }
  destruct (Rle_or_lt x xi) as [Hle | Hlt].
  - assert (Hbelow : forall n, u n <= xi).
    { intros n. induction n as [|n IH]; [exact Hle|]. change (f (a * u n) <= xi).
      rewrite <- Hfix. apply Hmono. exact IH. }
    assert (Hup : forall n, u n <= u (S n)).
    { intros n. destruct (Rle_lt_or_eq_dec _ _ (Hbelow n)) as [H | H]; [change (u n <= f (a * u n)) | change (u n <= f (a * u n))].
      - apply Rlt_le, (step_up a xi); try assumption. split; [apply Hp | exact H].
      - rewrite H, Hfix. apply Rle_refl. }
    destruct (ex_finite_lim_seq_incr u xi Hup Hbelow) as [l Hl].
    rewrite <- (Hend l Hl); [exact Hl|]. apply Rlt_le_trans with x; [exact Hx|].
    apply (is_lim_seq_incr_compare u l Hl Hup 0).
  - assert (Habove : forall n, xi <= u n).
    { intros n. induction n as [|n IH]; [apply Rlt_le; exact Hlt|]. change (xi <= f (a * u n)).
      rewrite <- Hfix. apply Hmono. exact IH. }
    assert (Hdown : forall n, u (S n) <= u n).
    { intros n. destruct (Rle_lt_or_eq_dec _ _ (Habove n)) as [H | H]; [change (f (a * u n) <= u n) | change (f (a * u n) <= u n)].
      - apply Rlt_le, (step_down a xi); try assumption. split; assumption.
      - rewrite <- H, Hfix. apply Rle_refl. }
    destruct (ex_finite_lim_seq_decr u xi Hdown Habove) as [l Hl].
    rewrite <- (Hend l Hl); [exact Hl|]. apply Rlt_le_trans with xi; [exact Hxi|].
    assert (H : Rbar_le xi l) by (apply (is_lim_seq_le (fun _ => xi) u xi l Habove); [apply is_lim_seq_const | exact Hl]).
    exact H.
Qed.

(** Gains of any sign that vary: only their sizes matter, and the orbit is caught between those of constant gains. *)
Lemma orbit_abs (a : nat -> R) x n : Rabs (orbit f a x n) = orbit f (fun k => Rabs (a k)) (Rabs x) n.
Proof.
  assert (Habs : forall y, Rabs (f y) = f (Rabs y)).
  { intros y. destruct (Rtotal_order y 0) as [H | [H | H]].
    - rewrite (Rabs_left y H). rewrite (class_odd _ _ F), Rabs_left; [reflexivity|].
      assert (0 < f (- y)) by (apply (positive _ _ F); lra). rewrite (class_odd _ _ F) in H0. lra.
    - subst. rewrite Rabs_R0, (odd_zero f (class_odd _ _ F)). apply Rabs_R0.
    - assert (0 < f y) by (apply (positive _ _ F); assumption). now rewrite !Rabs_pos_eq by lra. }
  induction n as [|n IH]; simpl; [reflexivity|]. now rewrite Habs, Rabs_mult, IH.
Qed.

Lemma orbit_compare (a b : nat -> R) x y : (forall n, 0 <= a n <= b n) -> 0 <= x <= y ->
  forall n, 0 <= orbit f a x n <= orbit f b y n.
Proof.
  intros Hab Hxy n. induction n as [|n IH]; simpl; [assumption|]. destruct (Hab n) as [H1 H2]. destruct IH as [H3 H4].
  split.
  - rewrite <- (odd_zero f (class_odd _ _ F)). apply increasing, Rmult_le_pos; assumption.
  - apply increasing, Rmult_le_compat; assumption.
Qed.

Lemma orbit_shift (a : nat -> R) x m n : orbit f a x (m + n) = orbit f (fun k => a (m + k)%nat) (orbit f a x m) n.
Proof.
  induction n as [|n IH]; [now rewrite Nat.add_0_r|]. rewrite Nat.add_succ_r. simpl. now rewrite IH.
Qed.

Theorem upper_bound (a : nat -> R) x b xi : omega < b -> 0 < xi -> f (b * xi) = xi ->
  eventually (fun n => Rabs (a n) <= b) -> forall eps, 0 < eps -> eventually (fun n => Rabs (orbit f a x n) < xi + eps).
Proof.
  intros Hb Hxi Hfix [m Hm] eps Heps.
  set (y := Rabs (orbit f a x m) + 1).
  assert (Hlim : is_lim_seq (orbit f (constant b) y) xi).
  { apply attraction_at; try assumption. unfold y. assert (H := Rabs_pos (orbit f a x m)). lra. }
  assert (Hnear : locally xi (fun z => z < xi + eps)) by (apply (open_lt (xi + eps)); lra).
  destruct (Hlim _ Hnear) as [k Hk]. exists (m + k)%nat. intros n Hn.
  replace n with (m + (n - m))%nat by lia. rewrite orbit_shift, orbit_abs.
  apply Rle_lt_trans with (orbit f (constant b) y (n - m)); [|apply Hk; lia].
  apply orbit_compare.
  - intros j. split; [apply Rabs_pos | apply Hm; lia].
  - unfold y. split; [apply Rabs_pos | lra].
Qed.

Theorem lower_bound (a : nat -> R) x b xi : omega < b -> 0 < xi -> f (b * xi) = xi ->
  eventually (fun n => b <= Rabs (a n)) -> (forall n, orbit f a x n <> 0) ->
  forall eps, 0 < eps -> eventually (fun n => xi - eps < Rabs (orbit f a x n)).
Proof.
  intros Hb Hxi Hfix [m Hm] Hne eps Heps.
  set (y := Rabs (orbit f a x m)).
  assert (Hy : 0 < y) by (apply Rabs_pos_lt, Hne).
  assert (Hlim : is_lim_seq (orbit f (constant b) y) xi) by (apply attraction_at; assumption).
  assert (Hnear : locally xi (fun z => xi - eps < z)) by (apply (open_gt (xi - eps)); lra).
  destruct (Hlim _ Hnear) as [k Hk]. exists (m + k)%nat. intros n Hn.
  replace n with (m + (n - m))%nat by lia. rewrite orbit_shift, orbit_abs.
  apply Rlt_le_trans with (orbit f (constant b) y (n - m)); [apply Hk; lia|].
  apply orbit_compare.
  - intros j. assert (H := class_gain _ _ F). unfold constant. split; [lra | apply Hm; lia].
  - fold y. lra.
Qed.

End Convergence.
