"""Dutch text: which activities have the words that somebody typed, and which are most about them.

main = build(documents)                    # a segment; its rows are those of the documents
changed = build(documents, like=main)      # a small one beside it, on the same scale
query = parse("robot groep 7", synonyms)
found = find([(main, alive), (changed, alive)], query)
"""

from techfinder.activities.search.text.building import build
from techfinder.activities.search.text.documents import Document
from techfinder.activities.search.text.postings import Found, Postings, find
from techfinder.activities.search.text.query import Query, parse
from techfinder.activities.search.text.spelling import suggest
from techfinder.activities.search.text.synonyms import Synonyms

__all__ = ["Document", "Found", "Postings", "Query", "Synonyms", "build", "find", "parse", "suggest"]
