"""The whole book as one document for paper, made from the pages that `make book` built.

The pages have all numbers of sections, figures, equations and exercises, so those on
paper cannot differ from them.  `site` reads the pages, `demos` puts first frames where
demos stand, `folded` moves to the end what a page folds away, `links` makes one
document's ids and links out of those of many pages, `front` writes the title page and
the contents, `document` puts all together, and `press` prints it.
"""
