"""From a state to HTML without scripts; pure functions."""
