"""Fingers taken at an enrolment desk: asked for here, guided there, checked and stored here."""
