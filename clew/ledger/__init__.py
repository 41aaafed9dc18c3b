"""The ledger: append-only entries of every action, and the announcements other rooms wait for, written in the action's own transaction."""
