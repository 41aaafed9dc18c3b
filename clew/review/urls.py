"""Addresses of review's pages."""

from __future__ import annotations

from django.urls import path

from clew.review import (
    desk_act_pages,
    desk_pages,
    grid_pages,
    hotkeys_pages,
    scheme_pages,
    second_review_pages,
    viewing_pages,
    vote_pages,
)

app_name = "review"

urlpatterns = [
    path("desk/", desk_pages.desk, name="desk"),
    path("desk/proposals/", desk_pages.proposals, name="desk_proposals"),
    path("desk/progress/", desk_pages.progress, name="desk_progress"),
    path("desk/undo/", desk_act_pages.undo, name="desk_undo"),
    path("desk/redo/", desk_act_pages.redo, name="desk_redo"),
    path("desk/stacks/<uuid:stack_id>/", desk_pages.stack, name="desk_stack"),
    path("desk/stacks/<uuid:stack_id>/decide/", desk_act_pages.decide, name="desk_decide"),
    path("desk/stacks/<uuid:stack_id>/adopt/", desk_act_pages.adopt, name="desk_adopt"),
    path("desk/stacks/<uuid:stack_id>/accept/", desk_act_pages.accept, name="desk_accept"),
    path("desk/stacks/<uuid:stack_id>/out/", desk_act_pages.out, name="desk_out"),
    path("desk/stacks/<uuid:stack_id>/apart/", desk_act_pages.apart, name="desk_apart"),
    path("desk/stacks/<uuid:stack_id>/skip/", desk_act_pages.put_off, name="desk_skip"),
    path("desk/stacks/<uuid:stack_id>/release/", desk_act_pages.give_back, name="desk_release"),
    path("keys/", hotkeys_pages.hotkeys, name="hotkeys"),
    path("keys/change/", hotkeys_pages.hotkeys_change, name="hotkeys_change"),
    path("grid/", grid_pages.grid, name="grid"),
    path("results/<uuid:result_id>/", grid_pages.result, name="result"),
    path("results/<uuid:result_id>/tiles/", grid_pages.tiles, name="tiles"),
    path("results/<uuid:result_id>/more/", grid_pages.more, name="more"),
    path("results/<uuid:result_id>/decide/", grid_pages.decide_chosen, name="decide_chosen"),
    path("decisions/<uuid:decision_id>/undo/", grid_pages.decision_undo, name="decision_undo"),
    path("media/<uuid:media_id>/", viewing_pages.media, name="media"),
    path("compare/", viewing_pages.compare, name="compare"),
    path("agreement/", second_review_pages.agreement, name="agreement"),
    path("second/", second_review_pages.second_reviews, name="second_reviews"),
    path("second/draw/", second_review_pages.draw, name="second_review_draw"),
    path("second/<uuid:review_id>/", second_review_pages.second_review, name="second_review"),
    path("second/<uuid:review_id>/close/", second_review_pages.close, name="second_review_close"),
    path("second/<uuid:review_id>/next/", second_review_pages.second_look, name="second_look"),
    path("second/looks/<uuid:look_id>/judge/", second_review_pages.judge, name="judge"),
    path("schemes/", scheme_pages.schemes, name="schemes"),
    path("schemes/choose/", scheme_pages.choose, name="choose"),
    path("schemes/<slug:key>/<str:version>/", scheme_pages.scheme, name="scheme"),
    path("schemes/<slug:key>/<str:version>/confirm/", scheme_pages.confirm, name="confirm_scheme"),
    path("confirmations/<uuid:confirmation_id>/withdraw/", scheme_pages.withdraw_scheme, name="withdraw_scheme"),
    path("taxonomies/bring/", scheme_pages.bring, name="bring"),
    path("taxonomies/<str:key>/<str:version>/", scheme_pages.taxonomy, name="taxonomy"),
    path("votes/", vote_pages.votes, name="votes"),
    path("votes/<uuid:call_id>/", vote_pages.vote, name="vote"),
    path("votes/<uuid:call_id>/close/", vote_pages.close, name="close_call"),
    path("votes/<uuid:call_id>/ask/", vote_pages.ask, name="ask_promotion"),
    path("votes/<uuid:call_id>/confirm/", vote_pages.confirm, name="promote"),
    path("media/<uuid:media_id>/votes/", vote_pages.call, name="call"),
    path("confirmed/<uuid:promotion_id>/", vote_pages.promotion, name="promotion"),
    path("confirmed/<uuid:promotion_id>/ask/", vote_pages.ask_undo, name="ask_demotion"),
    path("confirmed/<uuid:promotion_id>/undo/", vote_pages.undo, name="demote"),
    path("statements/<uuid:statement_id>/withdraw/", vote_pages.withdraw, name="withdraw"),
]
