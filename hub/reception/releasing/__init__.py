"""Release: every condition shown with its evidence, two officers, a signed record, and what is watched afterwards."""
