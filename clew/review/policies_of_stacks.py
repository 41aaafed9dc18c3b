"""What the database does for stacks by itself: whichever door decides, undoes or purges, the stack of that medoid is decided or open."""

from __future__ import annotations

from clew.access.policies import OWNERS_PATH, SERVICE_ROLE, WEB_ROLE

_DECIDED_BY = """(
      SELECT s.id FROM public.review_statement s
        WHERE s.media_id = k.medoid_id AND s.owner_organisation_id = k.owner_organisation_id
          AND s.is_standing AND s.slot = '' AND s.start_ms IS NULL
        ORDER BY s.made_at DESC, s.id DESC LIMIT 1)"""

#: With the rights of the tables' owner: an officer who is not cleared for a colleague's statement must not reopen what that decided, nor count
#: only what they see. Both write nothing but what follows from other rows, and tell nothing.
STATE = f"""
CREATE FUNCTION clew_stack_state() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER {OWNERS_PATH} AS $$
DECLARE changed public.review_statement;
BEGIN
  IF TG_OP = 'DELETE' THEN changed := OLD; ELSE changed := NEW; END IF;
  UPDATE public.review_stack k SET decided_by = {_DECIDED_BY}
    WHERE k.owner_organisation_id = changed.owner_organisation_id AND k.medoid_id = changed.media_id;
  RETURN NULL;
END $$;
CREATE TRIGGER review_statement_of_stack AFTER INSERT OR DELETE OR UPDATE OF is_standing ON review_statement
  FOR EACH ROW EXECUTE FUNCTION clew_stack_state();
CREATE FUNCTION clew_settle_stacks(stacks uuid[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER {OWNERS_PATH} AS $$
BEGIN
  UPDATE public.review_stack k SET decided_by = {_DECIDED_BY},
    size = (SELECT count(*) FROM public.review_stackmember m WHERE m.stack_id = k.id)
    WHERE k.id = ANY (stacks);
END $$;
REVOKE ALL ON FUNCTION clew_stack_state() FROM PUBLIC;
REVOKE ALL ON FUNCTION clew_settle_stacks(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION clew_settle_stacks(uuid[]) TO {WEB_ROLE}, {SERVICE_ROLE};
"""  # noqa: S608 - constants
DROP_STATE = """
DROP TRIGGER review_statement_of_stack ON review_statement; DROP FUNCTION clew_stack_state(); DROP FUNCTION clew_settle_stacks(uuid[]);
"""
