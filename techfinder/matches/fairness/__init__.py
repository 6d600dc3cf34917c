"""Who comes first where not all can: the places of a provider and what is held back, and the weights of the score.

Nothing here makes a pair fit or not; that is for the rules of the engine.
"""
