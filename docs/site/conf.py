"""Sphinx settings of the documentation; ``docs/site/build.py`` lays out the sources."""

project = "northsouth"
extensions = ["myst_parser"]
html_theme = "furo"
html_title = "northsouth"
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
html_show_sourcelink = False
# Nothing is fetched from elsewhere, and the search works from the disk.
myst_heading_anchors = 4
highlight_language = "text"
nitpicky = True
