"""How the documentation is built: ``make docs``."""

project = "lionpride_trio"
author = "The lionpride_trio contributors"
copyright = "The lionpride_trio contributors"
extensions = ["myst_parser", "sphinxcontrib_trio"]
html_theme = "furo"
exclude_patterns = ["_build"]
