"""Access: organisations, units and officers, what each may do, and whose rows each may see."""
