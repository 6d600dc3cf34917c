"""The site with another search behind its list: the same pages, cards and templates, to compare with."""
