"""The administrators' page about mail: does it go, and what happened to the one that did not come?"""
