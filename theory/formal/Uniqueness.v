(** omega is determined by the function, and by its fixed points; a tilted member is none. *)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From OddSigmoid Require Import Statements Pitchfork.
Open Scope R_scope.

Theorem same_gain f omega omega' : odd_sigmoid f omega -> odd_sigmoid f omega' -> omega = omega'.
Proof.
  intros F G. rewrite <- (Rinv_inv omega), <- (Rinv_inv omega'). f_equal.
  rewrite <- (is_derive_unique _ _ _ (member_slope _ _ F)). apply is_derive_unique, (member_slope _ _ G).
Qed.

Theorem tilted f omega omega' c : odd_sigmoid f omega -> 0 < c -> ~ odd_sigmoid (fun x => f x - c * x) omega'.
Proof.
  intros F Hc G. destruct (member_bounded _ _ F) as [M HM]. destruct (member_bounded _ _ G) as [N HN].
  set (x := (M + N + 1) / c). specialize (HM x). specialize (HN x). simpl in HN.
  assert (Hx : c * x = M + N + 1) by (unfold x; field; lra).
  apply Rabs_le_between in HM. apply Rabs_le_between in HN. lra.
Qed.

Theorem gain_of_fixed_points f omega : pitchfork_class f omega -> forall b,
  (forall a, 0 < a -> (exists x, x <> 0 /\ f (a * x) = x) <-> b < a) -> b = omega.
Proof.
  intros F b H. assert (Hw := class_gain _ _ F).
  destruct (Rtotal_order b omega) as [K | [K | K]]; [exfalso | exact K | exfalso].
  - destruct (proj2 (H omega Hw) K) as [x [Hx Hfix]].
    apply Hx, (subcritical f omega F omega x); [lra | exact Hfix].
  - destruct (supercritical f omega F b K) as [xi [Hxi Hfix]].
    assert (b < b); [|lra]. apply (H b); [lra|]. exists xi. split; [lra | exact Hfix].
Qed.
