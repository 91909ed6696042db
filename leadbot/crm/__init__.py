"""Where warm leads go. See docs/crm.md for how to write an adapter."""
