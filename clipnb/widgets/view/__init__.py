"""Thin widgets: a state on a page."""
