"""The page: a community in the browser (extra ``app``). Started by ``murmur view``.

What a visitor sees is a :class:`~sim.app.visit.Visit` of her own; the page is a view of it and holds nothing else.
"""
