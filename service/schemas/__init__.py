"""Every shape that crosses HTTP, a module a subject. The OpenAPI document is generated from them.

Inputs refuse fields they do not know; outputs leave out what is not known.
"""
