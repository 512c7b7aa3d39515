(** The near misses whose refutation needs interval arithmetic. *)

From Coq Require Import Reals Lra.
From OddSigmoid Require NearMisses.
From OddSigmoid Require Import Statements Pitchfork Members Catalogue Numbers.
Open Scope R_scope.

Theorem star_shape_is_necessary : ~ NearMisses.star_shape_is_necessary.
Proof.
  intros H. destruct look_alike_has_more as [Hodd [Hbound [Hinc [Hslope [u [v [Huv [Hu Hv]]]]]]]].
  assert (u = v) by (apply (H look_alike Hodd Hbound Hinc Hslope (9 / 10)); [lra | lra | lra | exact Hu | exact Hv]). lra.
Qed.

Theorem tanh_fixed_point : ~ NearMisses.tanh_fixed_point.
Proof.
  intros H. destruct (supercritical tanh 1 (member_class _ _ tanh_member) (3 / 2)) as [xi [Hxi Hfix]]; [lra|].
  assert (A := H xi Hxi Hfix). assert (B := tanh_fixed_point_at xi Hxi Hfix). lra.
Qed.
