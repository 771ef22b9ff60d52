"""What a widget shows and what its reader may do: plain Python, no Jupyter."""
