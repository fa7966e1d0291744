"""Uploads are shown to a virus scanner before anything of them is kept."""
