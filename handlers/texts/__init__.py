"""Every Vietnamese sentence of the conversation, as small typed functions. Flows call them; nothing is worded
anywhere else.
"""
