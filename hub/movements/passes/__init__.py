"""Passes: who may go where and when, alone, with an officer or in a group, and whether they came."""
