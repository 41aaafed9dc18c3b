"""Permissions and roles: one alphabetised list of doors, and which role opens which."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """What an officer may be allowed to do, as `room:noun:verb`."""

    AGREEMENT_READ = "review:agreement:read"
    ALERT_READ = "cooperation:alert:read"
    APART_STATE = "catalogue:apart:state"
    APPROVAL_DECIDE = "access:approval:decide"
    APPROVAL_READ = "access:approval:read"
    BUDGET_RAISE = "access:budget:raise"
    CANARY_PLANT = "access:canary:plant"
    CAUTION_OVERSEE = "catalogue:caution:oversee"
    CAUTION_SET = "catalogue:caution:set"
    CERTIFICATE_REGISTER = "access:certificate:register"
    CHECK_RUN = "intake:check:run"
    CODE_PROMOTE = "review:code:promote"
    DENIAL_SET = "access:denial:set"
    ENTRY_READ = "ledger:entry:read"
    EXPOSURE_OVERSEE = "review:exposure:oversee"
    EXPOSURE_READ = "review:exposure:read"
    EXPOSURE_RULE_SET = "review:exposure:set_rule"
    GLASS_BREAK = "access:glass:break"
    GLASS_READ = "access:glass:read"
    GLASS_REVIEW = "access:glass:review"
    GROUP_MANAGE = "access:group:manage"
    GROUP_READ = "access:group:read"
    GUARD_READ = "access:guard:read"
    HOLD_LIFT = "catalogue:hold:lift"
    HOLD_PLACE = "catalogue:hold:place"
    HOTKEY_CHOOSE = "review:hotkey:choose"
    IDENTITY_STATE = "access:identity:state"
    INDEX_READ = "intake:index:read"
    KEY_CREATE = "access:key:create"
    KEY_OVERSEE = "access:key:oversee"
    LOOK_CHOOSE = "catalogue:look:choose"
    LOOK_MINIMUM_SET = "catalogue:look:set_minimum"
    MEDIA_READ = "catalogue:media:read"
    MEDIA_REVEAL = "catalogue:media:reveal"
    OFFICER_CHANGE = "access:officer:change"
    OFFICER_ENLIST = "access:officer:enlist"
    OFFICER_READ = "access:officer:read"
    OFFICER_UNLOCK = "access:officer:unlock"
    ONBOARDING_READ = "access:onboarding:read"
    ONBOARDING_TICK = "access:onboarding:tick"
    ORGANISATION_OVERSEE = "access:organisation:oversee"
    OUTCOME_READ = "review:outcome:read"
    OUTCOME_STATE = "catalogue:outcome:state"
    RECERTIFICATION_ANSWER = "access:recertification:answer"
    RECERTIFICATION_READ = "access:recertification:read"
    RECORD_PURGE = "catalogue:record:purge"
    REGISTER_EXPORT = "access:register:export"
    REQUEST_ANSWER = "cooperation:request:answer"
    REQUEST_CREATE = "cooperation:request:create"
    REQUEST_OVERSEE = "cooperation:request:oversee"
    REQUEST_READ = "cooperation:request:read"
    RESULT_READ = "review:result:read"
    RETENTION_ANSWER = "catalogue:retention:answer"
    RETENTION_READ = "catalogue:retention:read"
    RULE_CHANGE = "catalogue:rule:change"
    RULE_OVERSEE = "catalogue:rule:oversee"
    SCHEME_CONFIRM = "review:scheme:confirm"
    SCHEME_READ = "review:scheme:read"
    SEARCH_RUN = "review:search:run"
    SECOND_REVIEW_DRAW = "review:second_review:draw"
    SERIES_READ = "catalogue:series:read"
    SIGNATURE_PARK = "intake:signature:park"
    SPOT_CHECK_RUN = "access:spot_check:run"
    STACK_DECIDE = "review:stack:decide"
    STACK_READ = "review:stack:read"
    SUBJECT_REQUEST_DECIDE = "access:subject_request:decide"
    SUBJECT_REQUEST_FREEZE = "access:subject_request:freeze"
    SUBJECT_REQUEST_OPEN = "access:subject_request:open"
    SUBJECT_REQUEST_READ = "access:subject_request:read"
    SUBMISSION_CREATE = "intake:submission:create"
    SUBMISSION_HAND_OVER = "intake:submission:hand_over"
    SUBMISSION_READ = "intake:submission:read"
    UNIT_SET_UP = "access:unit:set_up"
    VAULT_KEY_DESTROY = "vault:key:destroy"
    VOTE_CALL = "review:vote:call"


class Role(StrEnum):
    """The part an officer plays in their organisation."""

    SPECIALIST = "specialist"
    NATIONAL_ADMINISTRATOR = "national_administrator"
    AUDITOR = "auditor"
    COORDINATOR = "coordinator"
    PROVIDER_ENGINEER = "provider_engineer"
    #: Works on the requests of data subjects, apart from everything else: held with no other role.
    DATA_PROTECTION_OFFICER = "data_protection_officer"


#: The names of all roles, as stored with officers.
ROLE_NAMES = frozenset(role.value for role in Role)

_SPECIALIST = frozenset(
    {
        Permission.ALERT_READ,
        Permission.APART_STATE,
        Permission.APPROVAL_READ,
        Permission.CAUTION_SET,
        Permission.CHECK_RUN,
        Permission.CODE_PROMOTE,
        Permission.EXPOSURE_READ,
        Permission.GLASS_BREAK,
        Permission.GLASS_READ,
        Permission.GROUP_READ,
        Permission.HOLD_PLACE,
        Permission.HOTKEY_CHOOSE,
        Permission.INDEX_READ,
        Permission.KEY_CREATE,
        Permission.LOOK_CHOOSE,
        Permission.MEDIA_READ,
        Permission.MEDIA_REVEAL,
        Permission.OUTCOME_READ,
        Permission.OUTCOME_STATE,
        Permission.RECORD_PURGE,
        Permission.REQUEST_ANSWER,
        Permission.REQUEST_CREATE,
        Permission.REQUEST_READ,
        Permission.RESULT_READ,
        Permission.RETENTION_ANSWER,
        Permission.RETENTION_READ,
        Permission.RULE_CHANGE,
        Permission.SCHEME_READ,
        Permission.SEARCH_RUN,
        Permission.SERIES_READ,
        Permission.STACK_DECIDE,
        Permission.STACK_READ,
        Permission.SUBMISSION_CREATE,
        Permission.SUBMISSION_READ,
        Permission.VOTE_CALL,
    }
)

#: What each role opens. A provider sees lists, which come later, and nothing of the catalogue.
ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.SPECIALIST: _SPECIALIST,
    Role.NATIONAL_ADMINISTRATOR: frozenset(
        {
            Permission.AGREEMENT_READ,
            Permission.ALERT_READ,
            Permission.APPROVAL_DECIDE,
            Permission.APPROVAL_READ,
            Permission.BUDGET_RAISE,
            Permission.CAUTION_SET,
            Permission.CERTIFICATE_REGISTER,
            Permission.DENIAL_SET,
            Permission.ENTRY_READ,
            Permission.EXPOSURE_OVERSEE,
            Permission.EXPOSURE_RULE_SET,
            Permission.GLASS_READ,
            Permission.GLASS_REVIEW,
            Permission.GROUP_MANAGE,
            Permission.GROUP_READ,
            Permission.GUARD_READ,
            Permission.HOLD_LIFT,
            Permission.HOLD_PLACE,
            Permission.IDENTITY_STATE,
            Permission.INDEX_READ,
            Permission.KEY_CREATE,
            Permission.KEY_OVERSEE,
            Permission.LOOK_CHOOSE,
            Permission.LOOK_MINIMUM_SET,
            Permission.OFFICER_CHANGE,
            Permission.OFFICER_ENLIST,
            Permission.OFFICER_READ,
            Permission.OFFICER_UNLOCK,
            Permission.ONBOARDING_READ,
            Permission.ONBOARDING_TICK,
            Permission.RECERTIFICATION_ANSWER,
            Permission.RECERTIFICATION_READ,
            Permission.RECORD_PURGE,
            Permission.REGISTER_EXPORT,
            Permission.REQUEST_ANSWER,
            Permission.REQUEST_OVERSEE,
            Permission.REQUEST_READ,
            Permission.RETENTION_ANSWER,
            Permission.RETENTION_READ,
            Permission.RULE_CHANGE,
            Permission.RULE_OVERSEE,
            Permission.SCHEME_CONFIRM,
            Permission.SCHEME_READ,
            Permission.SECOND_REVIEW_DRAW,
            Permission.SERIES_READ,
            Permission.SUBMISSION_HAND_OVER,
            Permission.SUBMISSION_READ,
            Permission.UNIT_SET_UP,
            Permission.VAULT_KEY_DESTROY,
        }
    ),
    Role.AUDITOR: frozenset(
        {
            Permission.AGREEMENT_READ,
            Permission.APPROVAL_READ,
            Permission.CANARY_PLANT,
            Permission.CAUTION_OVERSEE,
            Permission.CAUTION_SET,
            Permission.ENTRY_READ,
            Permission.GLASS_READ,
            Permission.GUARD_READ,
            Permission.INDEX_READ,
            Permission.OFFICER_READ,
            Permission.RECERTIFICATION_READ,
            Permission.REGISTER_EXPORT,
            Permission.RETENTION_READ,
            Permission.SPOT_CHECK_RUN,
        }
    ),
    Role.COORDINATOR: frozenset(
        {
            Permission.ALERT_READ,
            Permission.CAUTION_OVERSEE,
            Permission.CAUTION_SET,
            Permission.INDEX_READ,
            Permission.ONBOARDING_READ,
            Permission.ONBOARDING_TICK,
            Permission.ORGANISATION_OVERSEE,
            Permission.RECERTIFICATION_ANSWER,
            Permission.RECERTIFICATION_READ,
            Permission.SERIES_READ,
            Permission.SIGNATURE_PARK,
        }
    ),
    Role.PROVIDER_ENGINEER: frozenset({Permission.KEY_CREATE}),
    Role.DATA_PROTECTION_OFFICER: frozenset(
        {
            Permission.SUBJECT_REQUEST_DECIDE,
            Permission.SUBJECT_REQUEST_FREEZE,
            Permission.SUBJECT_REQUEST_OPEN,
            Permission.SUBJECT_REQUEST_READ,
        }
    ),
}


#: Roles that open what is protected only while their officer's certification is valid, and what they open without one.
CERTIFIED_ROLES = frozenset({Role.SPECIALIST})
UNCERTIFIED_PERMISSIONS = frozenset(
    {Permission.APPROVAL_READ, Permission.GLASS_READ, Permission.INDEX_READ, Permission.KEY_CREATE}
)
#: What officers may do while their organisation is being onboarded: put its people in order, and ask each other.
ONBOARDING_PERMISSIONS = frozenset(
    {
        Permission.APPROVAL_DECIDE,
        Permission.APPROVAL_READ,
        Permission.ENTRY_READ,
        Permission.KEY_OVERSEE,
        Permission.OFFICER_CHANGE,
        Permission.OFFICER_ENLIST,
        Permission.OFFICER_READ,
        Permission.ONBOARDING_READ,
        Permission.ONBOARDING_TICK,
        Permission.RECERTIFICATION_ANSWER,
        Permission.RECERTIFICATION_READ,
        Permission.REGISTER_EXPORT,
        Permission.UNIT_SET_UP,
    }
)


def permissions_of(roles: list[str], *, is_certified: bool = True) -> frozenset[Permission]:
    """Every permission of the given roles; unknown role names open nothing, and roles that need a certification little without it."""
    known = [Role(role) for role in roles if role in ROLE_NAMES]
    return frozenset().union(*(_opened(role, is_certified=is_certified) for role in known))


def _opened(role: Role, *, is_certified: bool) -> frozenset[Permission]:
    opened = ROLE_PERMISSIONS[role]
    return opened if is_certified or role not in CERTIFIED_ROLES else opened & UNCERTIFIED_PERMISSIONS
