"""The desk: the reps' web page. Reads are queries, clicks are rows of the inbox; nothing here speaks to X.

`site.make_site` gives the ASGI application, `serve.Server` runs it on a thread.
"""
