"""The agencies' API: how an operation is declared, who may call it, how it answers and how it is described.

Operations themselves live with the capability they belong to and import `routes`; nothing here knows any of them.
"""
