"""Two-person acts in the database: whose they are to see, and a trigger that lets a request go forwards alone and never by its asker."""

from django.db import migrations

from clew.access.policies import OWN_ROW, protect

APPROVAL_GUARD = """
UPDATE access_officer SET person_id = gen_random_uuid();
CREATE FUNCTION access_approval_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'an approval stays on record' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF (OLD.id, OLD.act, OLD.subject_kind, OLD.subject_id, OLD.facts, OLD.request_digest, OLD.reason, OLD.owner_organisation_id,
      OLD.requested_by_id, OLD.requester_person_id, OLD.requested_at)
     IS DISTINCT FROM
     (NEW.id, NEW.act, NEW.subject_kind, NEW.subject_id, NEW.facts, NEW.request_digest, NEW.reason, NEW.owner_organisation_id,
      NEW.requested_by_id, NEW.requester_person_id, NEW.requested_at) THEN
    RAISE EXCEPTION 'a request is not altered' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF NOT (OLD.state = 'waiting' AND NEW.state IN ('granted', 'refused', 'withdrawn')
          OR OLD.state = 'granted' AND NEW.state IN ('used', 'withdrawn')) THEN
    RAISE EXCEPTION 'a request only goes forwards' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF OLD.state = 'granted' AND (OLD.decided_by_id, OLD.decider_person_id, OLD.decided_digest, OLD.decided_at)
     IS DISTINCT FROM (NEW.decided_by_id, NEW.decider_person_id, NEW.decided_digest, NEW.decided_at) THEN
    RAISE EXCEPTION 'a decision is not altered' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF NEW.state IN ('granted', 'used') AND (NEW.decided_by_id IS NULL OR NEW.decider_person_id IS NULL
     OR NEW.decided_by_id = NEW.requested_by_id OR NEW.decider_person_id = NEW.requester_person_id
     OR NEW.decided_digest IS DISTINCT FROM NEW.request_digest) THEN
    RAISE EXCEPTION 'another person decides' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER access_approval_guard BEFORE UPDATE OR DELETE ON access_approval
  FOR EACH ROW EXECUTE FUNCTION access_approval_guard();
CREATE FUNCTION access_approval_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state <> 'waiting' OR NEW.decided_by_id IS NOT NULL THEN
    RAISE EXCEPTION 'a request begins undecided' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER access_approval_begins BEFORE INSERT ON access_approval FOR EACH ROW EXECUTE FUNCTION access_approval_begins();
"""


class Migration(migrations.Migration):
    """Policies of two-person acts and of the broken glass."""

    dependencies = [("access", "0003_approvals")]

    operations = [
        protect("access_approval", visible=OWN_ROW, writable=None),
        protect(
            "access_glassbreak",
            visible=f"{OWN_ROW} OR holder_organisation_id = (SELECT clew_organisation())",
            writable=None,
        ),
        migrations.RunSQL(APPROVAL_GUARD, migrations.RunSQL.noop),
    ]
