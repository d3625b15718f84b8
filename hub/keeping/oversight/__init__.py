"""Looking at the trail: what an auditor reads and verifies, and what a person may know of who looked at their file."""
