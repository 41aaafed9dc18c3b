"""Addresses of access's pages."""

from __future__ import annotations

from django.urls import path

from clew.access import (
    approval_pages,
    audit_pages,
    campaign_pages,
    glass_pages,
    key_pages,
    onboarding_pages,
    people_pages,
    rights_pages,
    subject_request_pages,
)

app_name = "access"

urlpatterns = [
    path("approvals/", approval_pages.approvals, name="approvals"),
    path("approvals/<uuid:approval_id>/", approval_pages.approval, name="approval"),
    path("approvals/<uuid:approval_id>/decide/", approval_pages.approval_decide, name="approval_decide"),
    path("approvals/<uuid:approval_id>/withdraw/", approval_pages.approval_withdraw, name="approval_withdraw"),
    path("audit/", audit_pages.entries, name="entries"),
    path("audit/table/", audit_pages.entries_export, name="entries_export"),
    path("audit/officers/<uuid:officer_id>/", audit_pages.activity, name="activity"),
    path("audit/officers/<uuid:officer_id>/budget/", audit_pages.budget, name="budget"),
    path("audit/guard/", audit_pages.guard, name="guard"),
    path("audit/guard/<uuid:notice_id>/seen/", audit_pages.guard_seen, name="guard_seen"),
    path("audit/canaries/<uuid:canary_id>/remove/", audit_pages.canary_remove, name="canary_remove"),
    path("audit/checks/", audit_pages.spot_checks, name="spot_checks"),
    path("audit/checks/draw/", audit_pages.spot_check_draw, name="spot_check_draw"),
    path("audit/checks/<uuid:spot_check_id>/", audit_pages.spot_check, name="spot_check"),
    path("audit/checks/<uuid:spot_check_id>/answer/", audit_pages.spot_check_answer, name="spot_check_answer"),
    path("audit/checks/<uuid:spot_check_id>/sign/", audit_pages.spot_check_sign, name="spot_check_sign"),
    path("subject-requests/", subject_request_pages.requests, name="subject_requests"),
    path("subject-requests/new/", subject_request_pages.request_new, name="subject_request_new"),
    path(
        "subject-requests/<uuid:subject_request_id>/",
        subject_request_pages.request_one,
        name="subject_request",
    ),
    path(
        "subject-requests/<uuid:subject_request_id>/step/",
        subject_request_pages.request_step,
        name="subject_request_step",
    ),
    path(
        "subject-requests/<uuid:subject_request_id>/freeze/",
        subject_request_pages.request_freeze,
        name="subject_request_freeze",
    ),
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
