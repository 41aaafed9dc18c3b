"""Addresses of review's pages."""

from __future__ import annotations

from django.urls import path

from clew.review import (
    break_pages,
    exposure_pages,
    grid_pages,
    scheme_pages,
    second_review_pages,
    viewing_pages,
    vote_pages,
)

app_name = "review"

urlpatterns = [
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
    path("taxonomies/<str:taxonomy_key>/<str:version>/", scheme_pages.taxonomy, name="taxonomy"),
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
    path("wellbeing/", exposure_pages.wellbeing, name="wellbeing"),
    path("wellbeing/shift/", exposure_pages.shift, name="shift"),
    path("wellbeing/beats/", exposure_pages.beats, name="beats"),
    path("wellbeing/oversight/", exposure_pages.oversight, name="oversight"),
    path("wellbeing/oversight/rule/", exposure_pages.rule_set, name="rule_set"),
    path("break/", break_pages.pause, name="pause"),
    path("break/take/", break_pages.pause_take, name="pause_take"),
    path("break/end/", break_pages.pause_end, name="pause_end"),
    path("outcomes/", break_pages.outcomes, name="outcomes"),
    path("outcomes/read/", break_pages.outcomes_note, name="outcomes_note"),
]
