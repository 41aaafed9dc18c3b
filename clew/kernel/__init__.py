"""The kernel holds what every room needs and nothing that belongs to one: ids, clock, limits, errors, paging, events."""
