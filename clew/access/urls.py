"""Addresses of access's pages."""

from __future__ import annotations

from django.urls import path

from clew.access import (
    approval_pages,
    campaign_pages,
    glass_pages,
    key_pages,
    onboarding_pages,
    people_pages,
    rights_pages,
)

app_name = "access"

urlpatterns = [
    path("approvals/", approval_pages.approvals, name="approvals"),
    path("approvals/<uuid:approval_id>/", approval_pages.approval, name="approval"),
    path("approvals/<uuid:approval_id>/decide/", approval_pages.approval_decide, name="approval_decide"),
    path("approvals/<uuid:approval_id>/withdraw/", approval_pages.approval_withdraw, name="approval_withdraw"),
    path("glass/", glass_pages.glass, name="glass"),
    path("glass/<uuid:glass_id>/close/", glass_pages.glass_close, name="glass_close"),
    path("glass/<uuid:glass_id>/review/", glass_pages.glass_review, name="glass_review"),
    path("keys/", key_pages.keys, name="keys"),
    path("keys/<uuid:key_id>/revoke/", key_pages.revocation, name="key_revoke"),
    path("onboarding/", onboarding_pages.own_onboarding, name="onboarding"),
    path("organisations/", onboarding_pages.organisations, name="organisations"),
    path("organisations/new/", onboarding_pages.organisation_new, name="organisation_new"),
    path("organisations/<uuid:organisation_id>/", onboarding_pages.organisation, name="organisation"),
    path("organisations/<uuid:organisation_id>/administrator/", onboarding_pages.administrator, name="administrator"),
    path("organisations/<uuid:organisation_id>/state/", onboarding_pages.state, name="organisation_state"),
    path("organisations/<uuid:organisation_id>/step/", onboarding_pages.step, name="onboarding_step"),
    path("people/", people_pages.people, name="people"),
    path("people/keys/", key_pages.all_keys, name="all_keys"),
    path("people/keys/<uuid:key_id>/revoke/", key_pages.revocation_of_other, name="key_revoke_of_other"),
    path("people/new/", people_pages.person_new, name="person_new"),
    path("people/register.csv", people_pages.register, name="register"),
    path("people/review/", campaign_pages.review, name="review"),
    path("people/review/<uuid:line_id>/", campaign_pages.line, name="review_line"),
    path("people/units/new/", people_pages.unit_new, name="unit_new"),
    path("people/<uuid:officer_id>/", people_pages.person, name="person"),
    path("people/<uuid:officer_id>/certification/", rights_pages.certification, name="certification"),
    path("people/<uuid:officer_id>/clearance/", rights_pages.clearance, name="clearance"),
    path("people/<uuid:officer_id>/disable/", rights_pages.ending, name="disable"),
    path("people/<uuid:officer_id>/enable/", rights_pages.readmission, name="enable"),
    path("people/<uuid:officer_id>/factor/", rights_pages.factor, name="factor"),
    path("people/<uuid:officer_id>/revocation/", rights_pages.revocation, name="revocation"),
    path("people/<uuid:officer_id>/roles/", rights_pages.roles, name="roles"),
    path("people/<uuid:officer_id>/secret/", rights_pages.secret, name="secret"),
]
