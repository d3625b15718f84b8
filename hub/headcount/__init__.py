"""Headcounts: announced, counted blind, reconciled, cleared by the control room alone."""
