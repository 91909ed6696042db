"""Random people talk to accepted playbooks, through the real reader, core, fold and gate."""
